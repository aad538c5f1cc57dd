//! Wire values as attributes, and attributes as wire values.

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::schema::Attribute;
use crate::schema::Equality;
use crate::schema::NestedBlock;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Number;
use crate::value::Object;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// A string; null where the vendor says nothing.
pub(super) fn text(text: Option<&str>) -> Value {
    text.filter(|text| !text.is_empty()).map_or(Value::Null(Type::STRING), Value::from)
}

/// A whole number or null.
pub(super) fn int(number: Option<i64>) -> Value {
    number.map_or(Value::Null(Type::NUMBER), Value::from)
}

/// A number in the digits in which the vendor wrote it.
pub(super) fn number(number: Option<&serde_json::Number>) -> Value {
    let number = number.and_then(|number| Number::from_json(number).ok());
    number.map_or(Value::Null(Type::NUMBER), Value::from)
}

/// A number of an object, as a body has it.
pub(super) fn number_body(object: &Object, name: &str) -> Option<serde_json::Number> {
    object.get(name)?.as_number()?.to_json()
}

/// A body without its nulls, at any depth: what the user left out is not sent.
pub(super) fn compact(body: Json) -> Json {
    match body {
        Json::Object(entries) => {
            let entries = entries.into_iter().filter(|(_, value)| !value.is_null());
            Json::Object(entries.map(|(key, value)| (key, compact(value))).collect())
        }
        Json::Array(elements) => Json::Array(elements.into_iter().map(compact).collect()),
        body => body,
    }
}

/// The only block of a kind that stands at most once.
pub(super) fn only_block<'a>(object: &'a Object, name: &str) -> Option<&'a Object> {
    object.get(name)?.as_elements()?.first()?.as_object()
}

/// The blocks of a kind that stands at most once: one with these attributes, or none.
pub(super) fn block<N: Into<Str>>(nested: &NestedBlock, attributes: Option<Vec<(N, Value)>>) -> Value {
    let ty = nested.block.implied_type();
    let object = |attributes: Vec<(N, Value)>| {
        Value::object(attributes.into_iter().map(|(name, value)| (name.into(), value)).collect::<Vec<_>>())
    };
    Value::list(ty, attributes.into_iter().map(object).collect())
}

/// Whether a value is there and known.
pub(super) fn is_set(object: &Object, name: &str) -> bool {
    object.get(name).is_some_and(|value| value.is_wholly_known() && !value.is_null())
}

/// Whether an attribute, or blocks, mean something else in the two objects.
pub(super) fn differs(schema: &Schema, a: &Object, b: &Object, name: &str) -> bool {
    let value = |object: &Object| object.get(name).map(|value| value.clone().unmark_deep().0);
    match (value(a), value(b)) {
        (Some(a), Some(b)) => match schema.root().attributes().get(name) {
            Some(attribute) => !attribute.same(&a, &b),
            None => a != b,
        },
        (a, b) => a != b,
    }
}

/// A moment as RFC 3339 writes it; other spellings of the same moment are equal.
pub(super) fn moment() -> Attribute {
    fn same(a: &Value, b: &Value) -> bool {
        let moment = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
        moment(a).is_some() && moment(a) == moment(b)
    }
    string().equality(Equality::Semantic(same))
}

/// The two or three parts of an import id.
pub(super) fn parts<const N: usize>(id: &str) -> Option<[&str; N]> {
    let mut parts = id.splitn(N, '/');
    let parts: Vec<&str> = parts.by_ref().filter(|part| !part.is_empty()).collect();
    parts.try_into().ok()
}

/// A string of an object, empty when it has none.
pub(super) fn word<'a>(object: &'a Object, name: &str) -> &'a str {
    object.str(name).unwrap_or_default()
}
