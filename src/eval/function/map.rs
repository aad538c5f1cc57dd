//! Functions that look into one map or object: its keys, its values, one element.

use super::CallError;
use super::Function;
use super::Param;
use super::signature::Returns;
use super::string::string;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;
use crate::value::convert::convert;
use crate::value::text::quoted;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::pure("keys", [Param::any("inputMap").unknown().marked()], Returns::Of(keys_type), keys),
        Function::pure(
            "lookup",
            [Param::any("inputMap").marked(), Param::string("key").marked()],
            Returns::Of(lookup_type),
            lookup,
        )
        .variadic_of(Param::any("default").unchecked())
        .may_be_null(),
        Function::pure("values", [Param::any("mapping").marked()], Returns::Of(values_type), values),
    ]
}

fn keys_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].ty().kind() {
        TypeKind::Map(_) => Ok(Type::list(Type::STRING)),
        TypeKind::Object(attributes) => Ok(Type::tuple(vec![Type::STRING; attributes.len()])),
        _ => Err(CallError::argument(0, "must have map or object type")),
    }
}

/// An object's attributes are known even while their values are not.
fn keys(args: &[Value]) -> Result<Value, CallError> {
    keys_type(args)?;
    let (map, marks) = args[0].clone().unmark();
    let keys = match (map.as_entries(), map.ty().attributes()) {
        (_, Some(attributes)) => attributes.iter().map(|attribute| Value::String(attribute.name.clone())).collect(),
        (Some(entries), None) => entries.iter().map(|(key, _)| Value::String((*key).clone())).collect(),
        (None, None) => return Ok(Value::unknown_not_null(Type::list(Type::STRING)).with_marks(marks)),
    };
    let keys = if map.ty().attributes().is_some() { Value::tuple(keys) } else { Value::list(Type::STRING, keys) };
    Ok(keys.with_marks(marks))
}

fn lookup_type(args: &[Value]) -> Result<Type, CallError> {
    if args.len() > 3 {
        return Err(CallError::call(format!("lookup() takes two or three arguments, got {}", args.len())));
    }
    let ty = args[0].ty();
    match (ty.kind(), args[1].as_str()) {
        (TypeKind::Object(_), None) => Ok(Type::DYNAMIC),
        (TypeKind::Object(_), Some(key)) => match (ty.attribute(key), args.get(2)) {
            (Some(attribute), _) => Ok(attribute.ty),
            (None, Some(default)) => Ok(default.ty()),
            (None, None) => Err(CallError::argument(0, format!("the given object has no attribute {}", quoted(key)))),
        },
        (TypeKind::Map(element), _) => {
            if let Some(default) = args.get(2) {
                let message = "the default value must have the same type as the map elements";
                convert(default, *element).map_err(|_| CallError::argument(2, message))?;
            }
            Ok(*element)
        }
        _ => Err(CallError::argument(0, "lookup() requires a map as the first argument")),
    }
}

fn lookup(args: &[Value]) -> Result<Value, CallError> {
    let ty = lookup_type(args)?;
    let (map, marks) = args[0].clone().unmark();
    let marks = marks | args[1].marks();
    let key = string(args, 1);
    let found = match (map.get(key), args.get(2)) {
        (Some(found), _) => found.clone(),
        (None, Some(default)) => {
            let message = "the default value must have the same type as the map elements";
            convert(default, ty).map_err(|_| CallError::argument(2, message))?
        }
        (None, None) => return Err(CallError::call(format!("lookup failed to find key {}", quoted(key)))),
    };
    Ok(found.with_marks(marks))
}

fn values_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].ty().kind() {
        TypeKind::Map(element) => Ok(Type::list(*element)),
        TypeKind::Object(attributes) => Ok(Type::tuple(attributes.iter().map(|attribute| attribute.ty).collect())),
        _ => Err(CallError::call("values() requires a map as the first argument")),
    }
}

fn values(args: &[Value]) -> Result<Value, CallError> {
    let ty = values_type(args)?;
    let (map, marks) = args[0].clone().unmark();
    let values = map.as_entries().unwrap_or_default().into_iter().map(|(_, value)| value.clone()).collect();
    let values = match ty.element() {
        Some(element) => Value::list(element, values),
        None => Value::tuple(values),
    };
    Ok(values.with_marks(marks))
}
