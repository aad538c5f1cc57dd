//! Reading values from JSON beside their type.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::JsonError;
use super::type_from_json;
use crate::value::Number;
use crate::value::Object;
use crate::value::Shape;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;

/// Reads back what [`super::to_json`] wrote for the same type. To read many values of few types, use a [`Reader`].
pub fn from_json(json: &Json, ty: Type) -> Result<Value, JsonError> {
    Reader::default().read(json, ty)
}

/// Reads values and lets objects of one type share their shape.
#[derive(Default)]
pub struct Reader {
    shapes: HashMap<Type, Arc<Shape>, rustc_hash::FxBuildHasher>,
}

impl Reader {
    /// Reads back what [`super::to_json`] wrote for the same type.
    ///
    /// Attributes that are not there are null: the type may have grown since. Primitives may be of another JSON type
    /// that says the same, as older writers did it.
    pub fn read(&mut self, json: &Json, ty: Type) -> Result<Value, JsonError> {
        match (json, ty.kind()) {
            (Json::Null, _) => Ok(Value::Null(ty.without_optional())),
            (Json::Object(parts), TypeKind::Dynamic) => match (parts.get("value"), parts.get("type")) {
                (Some(value), Some(ty)) if parts.len() == 2 => {
                    let ty = type_from_json(ty)?;
                    self.read(value, ty)
                }
                _ => Err(wrong(json, ty)),
            },
            (Json::Bool(value), TypeKind::Bool) => Ok(Value::Bool(*value)),
            (Json::String(text), TypeKind::Bool) if text == "true" || text == "false" => {
                Ok(Value::Bool(text == "true"))
            }
            (Json::Number(number), TypeKind::Number) => number_of(number.as_str()).ok_or_else(|| wrong(json, ty)),
            (Json::String(text), TypeKind::Number) => number_of(text).ok_or_else(|| wrong(json, ty)),
            (Json::String(text), TypeKind::String) => Ok(Value::text(text.as_str())),
            (Json::Number(number), TypeKind::String) => Ok(Value::from(number.as_str())),
            (Json::Bool(value), TypeKind::String) => Ok(Value::from(value.to_string())),
            (Json::Array(parts), TypeKind::List(element)) => Ok(Value::list(*element, self.sequence(parts, *element)?)),
            (Json::Array(parts), TypeKind::Set(element)) => Ok(Value::set(*element, self.sequence(parts, *element)?)),
            (Json::Array(parts), TypeKind::Tuple(types)) if parts.len() == types.len() => {
                let parts = parts.iter().zip(types).enumerate();
                let parts = parts.map(|(at, (part, ty))| self.read(part, *ty).map_err(|error| indexed(error, at)));
                Ok(Value::tuple(parts.collect::<Result<_, _>>()?))
            }
            (Json::Object(parts), TypeKind::Map(element)) => {
                let entries = parts.iter().map(|(key, part)| {
                    let value = self.read(part, *element).map_err(|error| within(error, &format!("[{key:?}]")))?;
                    Ok((key.as_str().into(), value))
                });
                Ok(Value::map(*element, entries.collect::<Result<Vec<_>, _>>()?))
            }
            (Json::Object(parts), TypeKind::Object(attributes)) => {
                if let Some(name) = parts.keys().find(|name| ty.attribute(name).is_none()) {
                    return Err(JsonError::Type {
                        path: ".".into(),
                        expected: ty.to_string(),
                        found: format!("attribute {name:?}, which it does not have"),
                    });
                }
                let values = attributes.iter().map(|attribute| match parts.get(&*attribute.name) {
                    Some(part) => {
                        self.read(part, attribute.ty).map_err(|error| within(error, &format!(".{}", attribute.name)))
                    }
                    None => Ok(Value::Null(attribute.ty.without_optional())),
                });
                let values = values.collect::<Result<Vec<_>, _>>()?;
                let shape = self.shapes.entry(ty);
                let shape = shape.or_insert_with(|| Shape::new(attributes.iter().map(|a| Arc::clone(&a.name))));
                Ok(Value::Object(Arc::new(Object::with_shape(Arc::clone(shape), values))))
            }
            _ => Err(wrong(json, ty)),
        }
    }

    fn sequence(&mut self, parts: &[Json], element: Type) -> Result<Vec<Value>, JsonError> {
        let parts = parts.iter().enumerate();
        parts.map(|(at, part)| self.read(part, element).map_err(|error| indexed(error, at))).collect()
    }
}

fn number_of(text: &str) -> Option<Value> {
    text.parse::<Number>().ok().map(Value::Number)
}

fn wrong(json: &Json, ty: Type) -> JsonError {
    let found = match json {
        Json::Null => "null".into(),
        Json::Bool(_) => "a boolean".into(),
        Json::Number(_) => "a number".into(),
        Json::String(_) => "a string".into(),
        Json::Array(parts) => format!("an array of {}", parts.len()),
        Json::Object(_) => "an object".into(),
    };
    let expected = match ty.kind() {
        TypeKind::Tuple(types) => format!("an array of {}", types.len()),
        TypeKind::Dynamic => "an object of \"value\" and \"type\"".into(),
        _ => ty.to_string(),
    };
    JsonError::Type { path: ".".into(), expected, found }
}

fn indexed(error: JsonError, at: usize) -> JsonError {
    within(error, &format!("[{at}]"))
}

fn within(error: JsonError, step: &str) -> JsonError {
    match error {
        JsonError::Type { path, expected, found } => {
            let path = if path == "." { step.to_owned() } else { format!("{step}{path}") };
            JsonError::Type { path, expected, found }
        }
        JsonError::UnknownType(_) => error,
    }
}
