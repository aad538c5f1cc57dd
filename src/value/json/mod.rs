//! The JSON forms of values: beside a type, as state files hold them, and the plain text of `jsonencode`.
//!
//! Beside a type, `any` inside that type becomes `{"value": …, "type": …}`. Numbers stay exact. Marks are dropped and
//! unknowns written as null: a caller that cares deals with both before.

mod decode;
mod encode;
mod read;
mod types;

pub use decode::DecodeError;
pub use decode::decode;
pub use encode::EncodeError;
pub use encode::encode;
pub use read::Reader;
pub use read::from_json;
pub use types::type_from_json;
pub use types::type_to_json;

use serde::Serialize;
use serde::Serializer;
use serde::ser::Error;
use serde::ser::SerializeMap;
use serde::ser::SerializeSeq;
use serde_json::Value as Json;

use super::Type;
use super::TypeKind;
use super::Value;

/// Why JSON does not hold a value of the wanted type.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum JsonError {
    /// The JSON is of another type.
    #[error("at {path}: expected {expected}, found {found}")]
    Type {
        /// Where, as in a [`super::Path`]; `.` for the value itself.
        path: String,
        /// The type that was wanted.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// A type's JSON form is not one.
    #[error("`{0}` is not a type")]
    UnknownType(String),
}

/// A value to be written beside a type that it has, without building a tree of JSON first. Infinity, which JSON has no form
/// for, becomes null.
pub struct Typed<'a>(pub &'a Value, pub Type);

/// A value as JSON beside a type that it has.
pub fn to_json(value: &Value, ty: Type) -> Json {
    serde_json::to_value(Typed(value, ty)).unwrap_or(Json::Null)
}

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Typed(value, ty) = *self;
        if let Value::Marked(marked) = value {
            return Typed(marked.value(), ty).serialize(to);
        }
        if ty == Type::DYNAMIC && value.ty() != Type::DYNAMIC {
            let own = value.ty();
            let mut map = to.serialize_map(Some(2))?;
            map.serialize_entry("value", &Typed(value, own))?;
            map.serialize_entry("type", &type_to_json(own))?;
            return map.end();
        }
        match value {
            Value::Null(_) | Value::Unknown(_) => to.serialize_unit(),
            Value::Bool(value) => to.serialize_bool(*value),
            Value::Number(super::Number::Int(value)) => to.serialize_i64(*value),
            Value::Number(number) => match number.to_json() {
                Some(number) => number.serialize(to),
                None => to.serialize_unit(),
            },
            Value::String(text) => to.serialize_str(text),
            Value::List(list) => to.collect_seq(list.iter().map(|part| Typed(part, element(ty, list.element())))),
            Value::Set(set) => to.collect_seq(set.iter().map(|part| Typed(part, element(ty, set.element())))),
            Value::Map(map) => {
                to.collect_map(map.iter().map(|(key, part)| (key, Typed(part, element(ty, map.element())))))
            }
            Value::Tuple(tuple) => {
                let mut seq = to.serialize_seq(Some(tuple.as_slice().len()))?;
                for (at, part) in tuple.iter().enumerate() {
                    let ty = match ty.kind() {
                        TypeKind::Tuple(types) => types.get(at).copied(),
                        _ => None,
                    };
                    seq.serialize_element(&Typed(part, ty.unwrap_or_else(|| part.ty())))?;
                }
                seq.end()
            }
            Value::Object(object) => to.collect_map(object.iter().map(|(name, part)| {
                let ty = ty.attribute(name).map_or_else(|| part.ty(), |attribute| attribute.ty);
                (name, Typed(part, ty))
            })),
            Value::Marked(_) => Err(S::Error::custom("marks never nest")),
        }
    }
}

fn element(ty: Type, own: Type) -> Type {
    ty.element().unwrap_or(own)
}

#[cfg(test)]
mod tests;
