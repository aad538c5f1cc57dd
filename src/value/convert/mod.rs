//! Conversion between types, and the one type that several values can share.
//!
//! Whether a conversion is possible depends on types alone; whether it succeeds may depend on the value (`"x"` is no
//! number). Unknowns, nulls and marks go through. Messages are Terraform's.

mod mismatch;
mod unify;

pub use mismatch::constraint_name;
pub use mismatch::mismatch;
pub use unify::unify;

use std::sync::Arc;

use super::Number;
use super::Object;
use super::ObjectAttr;
use super::Path;
use super::Refinement;
use super::Step;
use super::Str;
use super::Type;
use super::TypeKind;
use super::Unknown;
use super::Value;
use super::text::quoted;

/// Why a value cannot be converted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ConvertError {
    /// Where inside the value.
    pub path: Path,
    /// In Terraform's words: `string required`, `attribute "a" is required`.
    pub message: String,
}

impl ConvertError {
    fn new(message: impl Into<String>) -> Self {
        Self { path: Path::root(), message: message.into() }
    }

    fn within(self, step: Step) -> Self {
        let path = std::iter::once(step).chain(self.path.steps().iter().cloned()).collect();
        Self { path, message: self.message }
    }
}

/// Converts a value to a type as the language does where a type is declared.
///
/// `any` inside the type takes whatever is there, as long as the elements of one collection agree; optional attributes
/// are filled with null. A conversion that loses something (a fraction, duplicate elements) is the language's or fails.
pub fn convert(value: &Value, ty: Type) -> Result<Value, ConvertError> {
    if has_type(value, ty) {
        return Ok(value.clone());
    }
    converted(value, ty).map_err(|error| {
        let from = value.ty();
        if can_convert(from, ty) { error } else { ConvertError::new(mismatch(from, ty)) }
    })
}

/// Whether the value is already of the type, optional attributes counting as any others.
pub fn has_type(value: &Value, ty: Type) -> bool {
    match (value, ty.kind()) {
        (Value::Marked(marked), _) => has_type(marked.value(), ty),
        (Value::Null(own), _) => *own == ty,
        (Value::Unknown(unknown), _) => unknown.ty() == ty,
        (Value::Bool(_), TypeKind::Bool)
        | (Value::Number(_), TypeKind::Number)
        | (Value::String(_), TypeKind::String) => true,
        (Value::List(list), TypeKind::List(element)) => list.element() == *element,
        (Value::Set(set), TypeKind::Set(element)) => set.element() == *element,
        (Value::Map(map), TypeKind::Map(element)) => map.element() == *element,
        (Value::Tuple(tuple), TypeKind::Tuple(types)) => {
            tuple.as_slice().len() == types.len() && tuple.iter().zip(types).all(|(part, ty)| has_type(part, *ty))
        }
        (Value::Object(object), TypeKind::Object(attributes)) => {
            object.len() == attributes.len()
                && object.iter().zip(attributes).all(|((name, part), a)| *name == a.name && has_type(part, a.ty))
        }
        _ => false,
    }
}

/// Whether values of a type can be converted to another; single values may still fail.
pub fn can_convert(from: Type, to: Type) -> bool {
    if from == to {
        return true;
    }
    match (from.kind(), to.kind()) {
        (TypeKind::Dynamic, _) | (_, TypeKind::Dynamic) => true,
        (TypeKind::String, TypeKind::Number | TypeKind::Bool)
        | (TypeKind::Number | TypeKind::Bool, TypeKind::String) => true,
        (TypeKind::List(from) | TypeKind::Set(from), TypeKind::List(to) | TypeKind::Set(to))
        | (TypeKind::Map(from), TypeKind::Map(to)) => can_convert(*from, *to),
        (TypeKind::Tuple(from), TypeKind::List(to) | TypeKind::Set(to)) => all_convert(from.iter().copied(), *to),
        (TypeKind::Tuple(from), TypeKind::Tuple(to)) => {
            from.len() == to.len() && from.iter().zip(to).all(|(from, to)| can_convert(*from, *to))
        }
        (TypeKind::Object(from), TypeKind::Map(to)) => all_convert(from.iter().map(|attribute| attribute.ty), *to),
        (TypeKind::Map(from), TypeKind::Object(to)) => to.iter().all(|attribute| can_convert(*from, attribute.ty)),
        (TypeKind::Object(_), TypeKind::Object(to)) => {
            to.iter().all(|attribute| match from.attribute(&attribute.name) {
                Some(own) => can_convert(own.ty, attribute.ty),
                None => attribute.optional,
            })
        }
        _ => false,
    }
}

fn all_convert(from: impl Iterator<Item = Type>, element: Type) -> bool {
    let from: Vec<Type> = from.collect();
    match element_type(&from, element) {
        Some(element) => from.iter().all(|from| can_convert(*from, element)),
        None => from.is_empty(),
    }
}

/// The element type that a collection of any kind of element gets.
fn element_type(from: &[Type], element: Type) -> Option<Type> {
    if element == Type::DYNAMIC { unify(from) } else { Some(element) }
}

fn converted(value: &Value, ty: Type) -> Result<Value, ConvertError> {
    if ty == Type::DYNAMIC {
        return Ok(value.clone());
    }
    let impossible = || ConvertError::new(mismatch(value.ty(), ty));
    match (value, ty.kind()) {
        (Value::Marked(marked), _) => Ok(converted(marked.value(), ty)?.with_marks(marked.marks())),
        (Value::Null(own), _) if can_convert(*own, ty) => Ok(Value::Null(filled(*own, ty.without_optional()))),
        (Value::Unknown(unknown), _) if can_convert(unknown.ty(), ty) => Ok(of_unknown(value, unknown, ty)),
        (Value::Bool(_), TypeKind::Bool)
        | (Value::Number(_), TypeKind::Number)
        | (Value::String(_), TypeKind::String) => Ok(value.clone()),
        (Value::Bool(value), TypeKind::String) => Ok(Value::from(if *value { "true" } else { "false" })),
        (Value::Number(number), TypeKind::String) => Ok(Value::from(number.to_string())),
        (Value::String(text), TypeKind::Number) => number(text),
        (Value::String(text), TypeKind::Bool) => boolean(text),
        (Value::List(_) | Value::Set(_) | Value::Tuple(_), TypeKind::List(element) | TypeKind::Set(element)) => {
            if let Some(from) = value.ty().element()
                && !can_convert(from, *element)
            {
                return Err(impossible());
            }
            to_sequence(value, ty, *element)
        }
        (Value::Map(map), TypeKind::Map(element)) if can_convert(map.element(), *element) => {
            to_map(map.iter(), map.element(), *element, Key::Index)
        }
        (Value::Object(object), TypeKind::Map(element)) => {
            let types: Vec<Type> = object.values().iter().map(Value::ty).collect();
            let wanted = element_type(&types, *element);
            if object.is_empty() {
                return Ok(Value::map(element.without_optional(), []));
            }
            to_map(object.iter(), *element, wanted.ok_or_else(impossible)?, Key::Attribute)
        }
        (Value::Map(map), TypeKind::Object(attributes)) => {
            let attribute = |wanted: &ObjectAttr| {
                if !can_convert(map.element(), wanted.ty) {
                    return Err(impossible());
                }
                let missing = || format!("map has no element for required attribute {}", quoted(&wanted.name));
                let part = map.get(&wanted.name).map(|part| converted(part, wanted.ty));
                let part = part.or_else(|| wanted.optional.then(|| Ok(Value::Null(wanted.ty.without_optional()))));
                let part = part.ok_or_else(|| ConvertError::new(missing()))?;
                let at = || Step::Index(Value::String(Arc::clone(&wanted.name)));
                Ok((Arc::clone(&wanted.name), part.map_err(|error| error.within(at()))?))
            };
            Ok(Value::object(attributes.iter().map(attribute).collect::<Result<Vec<_>, _>>()?))
        }
        (Value::Object(object), TypeKind::Object(attributes)) => to_object(object, attributes, impossible),
        (Value::Tuple(tuple), TypeKind::Tuple(types)) if tuple.as_slice().len() == types.len() => {
            let parts = tuple.iter().zip(types).enumerate();
            let parts = parts.map(|(at, (part, ty))| converted(part, *ty).map_err(|error| error.within(index(at))));
            Ok(Value::tuple(parts.collect::<Result<_, _>>()?))
        }
        _ => Err(impossible()),
    }
}

fn number(text: &str) -> Result<Value, ConvertError> {
    text.parse::<Number>().map(Value::Number).map_err(|error| ConvertError::new(error.to_string()))
}

fn boolean(text: &str) -> Result<Value, ConvertError> {
    let hint = |word: &str| {
        Err(ConvertError::new(format!("a bool is required; to convert from string, use lowercase \"{word}\"")))
    };
    match text {
        "true" | "1" => Ok(Value::Bool(true)),
        "false" | "0" => Ok(Value::Bool(false)),
        _ if text.to_lowercase() == "true" => hint("true"),
        _ if text.to_lowercase() == "false" => hint("false"),
        _ => Err(ConvertError::new("a bool is required")),
    }
}

fn index(at: usize) -> Step {
    Step::Index(Value::Number(Number::from(at)))
}

/// To a list or set (`ty`, whose element type is `element`).
fn to_sequence(value: &Value, ty: Type, element: Type) -> Result<Value, ConvertError> {
    let elements = value.as_elements().expect("a list, set or tuple");
    let is_list = matches!(ty.kind(), TypeKind::List(_));
    let collection =
        |element, elements| if is_list { Value::list(element, elements) } else { Value::set(element, elements) };
    if elements.is_empty() {
        let own = value.ty().element().filter(|_| element == Type::DYNAMIC);
        return Ok(collection(own.unwrap_or(element).without_optional(), Vec::new()));
    }
    let wanted = match value {
        Value::Tuple(_) => {
            let types: Vec<Type> = elements.iter().map(Value::ty).collect();
            element_type(&types, element).ok_or_else(|| ConvertError::new(mismatch(value.ty(), ty)))?
        }
        _ => element,
    };
    let parts = elements.iter().enumerate();
    let parts = parts.map(|(at, part)| converted(part, wanted).map_err(|error| error.within(index(at))));
    let parts: Vec<Value> = parts.collect::<Result<_, _>>()?;
    if !wanted.has_dynamic() {
        return Ok(collection(wanted.without_optional(), parts));
    }
    let failed = || match element == Type::DYNAMIC {
        true => ConvertError::new(mismatch(value.ty(), ty)),
        false if is_list => ConvertError::new("element types must all match for conversion to list"),
        false => ConvertError::new("element types must all match for conversion to set"),
    };
    let (element, parts) = agreed(parts, false).ok_or_else(failed)?;
    Ok(collection(element, parts))
}

enum Key {
    Index,
    Attribute,
}

fn to_map<'a>(
    entries: impl ExactSizeIterator<Item = (&'a Str, &'a Value)>,
    own: Type,
    wanted: Type,
    key: Key,
) -> Result<Value, ConvertError> {
    if entries.len() == 0 {
        let element = if wanted == Type::DYNAMIC { own } else { wanted };
        return Ok(Value::map(element.without_optional(), []));
    }
    let entries = entries.map(|(name, part)| {
        let at = || match key {
            Key::Index => Step::Index(Value::String(Arc::clone(name))),
            Key::Attribute => Step::Attr(Arc::clone(name)),
        };
        Ok((Arc::clone(name), converted(part, wanted).map_err(|error| error.within(at()))?))
    });
    let entries: Vec<(Str, Value)> = entries.collect::<Result<_, _>>()?;
    if !wanted.has_dynamic() {
        return Ok(Value::map(wanted.without_optional(), entries));
    }
    let (names, parts): (Vec<Str>, Vec<Value>) = entries.into_iter().unzip();
    let failed = || ConvertError::new("element types must all match for conversion to map");
    let (element, parts) = agreed(parts, true).ok_or_else(failed)?;
    Ok(Value::map(element, names.into_iter().zip(parts)))
}

/// Brings elements to the one type that they can share. A bare null takes the others' type; next to tuples and objects
/// only in a map, as in Terraform.
fn agreed(parts: Vec<Value>, is_map: bool) -> Option<(Type, Vec<Value>)> {
    let same = |parts: &[Value]| {
        let element = parts.first()?.ty();
        parts.iter().all(|part| has_type(part, element)).then_some(element)
    };
    if let Some(element) = same(&parts) {
        return Some((element, parts));
    }
    let types = parts.iter().filter(|part| !is_map || part.ty() != Type::DYNAMIC).map(Value::ty);
    let wanted = unify(&types.collect::<Vec<_>>())?;
    let parts: Vec<Value> = parts.iter().map(|part| converted(part, wanted).ok()).collect::<Option<_>>()?;
    same(&parts).map(|element| (element, parts))
}

fn to_object(
    object: &Object,
    attributes: &[ObjectAttr],
    impossible: impl Fn() -> ConvertError,
) -> Result<Value, ConvertError> {
    let attribute = |wanted: &ObjectAttr| match object.get(&wanted.name) {
        Some(part) => converted(part, wanted.ty).map_err(|error| error.within(Step::Attr(Arc::clone(&wanted.name)))),
        None if wanted.optional => Ok(Value::Null(wanted.ty.without_optional())),
        None => Err(impossible()),
    };
    let values: Vec<Value> = attributes.iter().map(attribute).collect::<Result<_, _>>()?;
    let names = attributes.iter().map(|attribute| &attribute.name);
    if names.clone().eq(object.shape().names()) {
        return Ok(Value::Object(Arc::new(Object::with_shape(Arc::clone(object.shape()), values))));
    }
    Ok(Value::object(names.cloned().zip(values)))
}

fn of_unknown(value: &Value, unknown: &Unknown, ty: Type) -> Value {
    let from = unknown.ty();
    let target = filled(from, ty.without_optional());
    if target == from {
        return value.clone();
    }
    let known = unknown.refinement();
    let mut refinement = Refinement { not_null: known.not_null, ..Refinement::default() };
    let (min, max) = match from.kind() {
        TypeKind::Tuple(types) => (Some(types.len()), Some(types.len())),
        TypeKind::Object(attributes) => (Some(attributes.len()), Some(attributes.len())),
        _ => (known.min_length, known.max_length),
    };
    match target.kind() {
        TypeKind::List(_) | TypeKind::Map(_) if known.not_null => {
            (refinement.min_length, refinement.max_length) = (min, max);
        }
        // Equal elements become one.
        TypeKind::Set(_) if known.not_null => {
            (refinement.min_length, refinement.max_length) = (min.map(|min| min.min(1)), max);
        }
        _ => {}
    }
    Value::Unknown(Arc::new(Unknown::new(target).refined(refinement)))
}

/// `to` with every `any` replaced by what stands there in `from`.
fn filled(from: Type, to: Type) -> Type {
    if from == Type::DYNAMIC || !to.has_dynamic() {
        return to;
    }
    let element = || match from.kind() {
        TypeKind::List(element) | TypeKind::Set(element) | TypeKind::Map(element) => Some(*element),
        TypeKind::Tuple(types) => unify(types),
        TypeKind::Object(attributes) => unify(&attributes.iter().map(|attribute| attribute.ty).collect::<Vec<_>>()),
        TypeKind::Bool | TypeKind::Number | TypeKind::String | TypeKind::Dynamic => None,
    };
    let part = |to: Type| element().map_or(to, |from| filled(from, to));
    match to.kind() {
        TypeKind::Dynamic => from,
        TypeKind::Bool | TypeKind::Number | TypeKind::String => to,
        TypeKind::List(to) => Type::list(part(*to)),
        TypeKind::Set(to) => Type::set(part(*to)),
        TypeKind::Map(to) => Type::map(part(*to)),
        TypeKind::Tuple(types) => match from.kind() {
            TypeKind::Tuple(from) if from.len() == types.len() => {
                Type::tuple(from.iter().zip(types).map(|(from, to)| filled(*from, *to)).collect())
            }
            _ => to,
        },
        TypeKind::Object(attributes) => {
            let attribute = |to: &ObjectAttr| {
                let own = match from.kind() {
                    TypeKind::Map(element) => Some(*element),
                    _ => from.attribute(&to.name).map(|own| own.ty),
                };
                ObjectAttr { ty: own.map_or(to.ty, |own| filled(own, to.ty)), ..to.clone() }
            };
            Type::object(attributes.iter().map(attribute).collect())
        }
    }
}

#[cfg(test)]
mod tests;
