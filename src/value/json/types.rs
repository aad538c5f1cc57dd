//! Types as JSON: `"string"`, `["list","string"]`, `["object",{"a":"string"}]`.

use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;

use super::JsonError;
use crate::value::ObjectAttr;
use crate::value::Type;
use crate::value::TypeKind;

/// A type as JSON. An object's optional attributes follow in a third element, which most types do not have.
pub fn type_to_json(ty: Type) -> Json {
    match ty.kind() {
        TypeKind::Bool => "bool".into(),
        TypeKind::Number => "number".into(),
        TypeKind::String => "string".into(),
        TypeKind::Dynamic => "dynamic".into(),
        TypeKind::List(element) => json!(["list", type_to_json(*element)]),
        TypeKind::Set(element) => json!(["set", type_to_json(*element)]),
        TypeKind::Map(element) => json!(["map", type_to_json(*element)]),
        TypeKind::Tuple(types) => json!(["tuple", types.iter().map(|ty| type_to_json(*ty)).collect::<Vec<_>>()]),
        TypeKind::Object(attributes) => {
            let types = attributes.iter().map(|attribute| (attribute.name.to_string(), type_to_json(attribute.ty)));
            let types: Map<String, Json> = types.collect();
            let optional = attributes.iter().filter(|attribute| attribute.optional);
            let optional: Vec<&str> = optional.map(|attribute| &*attribute.name).collect();
            if optional.is_empty() { json!(["object", types]) } else { json!(["object", types, optional]) }
        }
    }
}

/// Reads back what [`type_to_json`] wrote.
pub fn type_from_json(json: &Json) -> Result<Type, JsonError> {
    read(json).ok_or_else(|| JsonError::UnknownType(json.to_string()))
}

fn read(json: &Json) -> Option<Type> {
    if let Json::String(name) = json {
        return match name.as_str() {
            "bool" => Some(Type::BOOL),
            "number" => Some(Type::NUMBER),
            "string" => Some(Type::STRING),
            "dynamic" => Some(Type::DYNAMIC),
            _ => None,
        };
    }
    let parts = json.as_array()?;
    match (parts.first()?.as_str()?, parts.get(1)?, parts.len()) {
        ("list", element, 2) => read(element).map(Type::list),
        ("set", element, 2) => read(element).map(Type::set),
        ("map", element, 2) => read(element).map(Type::map),
        ("tuple", Json::Array(types), 2) => Some(Type::tuple(types.iter().map(read).collect::<Option<_>>()?)),
        ("object", Json::Object(types), 2 | 3) => {
            let optional = parts.get(2).map(Json::as_array).unwrap_or(const { Some(&Vec::new()) })?;
            let attribute = |(name, ty): (&String, &Json)| {
                let optional = optional.iter().any(|other| other == name);
                Some(ObjectAttr { name: name.as_str().into(), ty: read(ty)?, optional })
            };
            Some(Type::object(types.iter().map(attribute).collect::<Option<_>>()?))
        }
        _ => None,
    }
}
