//! Wire values as attributes, and attributes as wire values.

use serde_json::Value as Json;

use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::value::Number;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;

/// A string; null where the vendor says nothing, which some endpoints write as an empty string.
pub(super) fn text(text: Option<&str>) -> Value {
    text.filter(|text| !text.is_empty()).map_or(Value::Null(Type::STRING), Value::from)
}

/// The same for a text of the user's: an empty one stays where the vendor says nothing.
pub(super) fn text_or_empty(base: &Object, name: &str, answered: Option<&str>) -> Value {
    match text(answered) {
        said if !said.is_null() => said,
        _ if base.str(name) == Some("") => Value::from(""),
        unsaid => unsaid,
    }
}

/// A whole number or null.
pub(super) fn int(number: Option<i64>) -> Value {
    number.map_or(Value::Null(Type::NUMBER), Value::from)
}

/// A number in the digits in which the vendor wrote it.
pub(super) fn number(number: Option<&serde_json::Number>) -> Value {
    let number = number.and_then(|number| number.to_string().parse::<Number>().ok());
    number.map_or(Value::Null(Type::NUMBER), Value::from)
}

/// A set of strings.
pub(super) fn strings<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Value {
    Value::set(Type::STRING, texts.into_iter().map(|text| Value::from(text.as_ref())).collect())
}

/// A set of whole numbers.
pub(super) fn ints(numbers: impl IntoIterator<Item = i64>) -> Value {
    Value::set(Type::NUMBER, numbers.into_iter().map(Value::from).collect())
}

/// An id that may be a number at the vendor, as a body holds it.
pub(super) fn id(text: &str) -> Json {
    text.parse::<u64>().map_or_else(|_| Json::from(text), Json::from)
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

/// What the vendor says of an attribute of a configured block: nothing where the user left the choice to the vendor, so
/// that the choice is no drift.
pub(super) fn said(configured: &Object, name: &str, answered: Value) -> Value {
    let is_unsaid = configured.get(name).is_some_and(Value::is_null);
    if is_unsaid { Value::Null(answered.ty()) } else { answered }
}

/// Whether an attribute means something else in the two objects.
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

/// Whether the user wants anything to be other than it was.
pub(super) fn is_change(schema: &Schema, prior: &Object, proposed: &Object) -> bool {
    let attributes = schema.root().attributes().iter().filter(|(_, attribute)| attribute.is_settable());
    let names = attributes.map(|(name, _)| name).chain(schema.root().blocks().keys());
    names.into_iter().any(|name| differs(schema, prior, proposed, name))
}

/// `proposed` with the named attributes as they were before: nothing that is going to happen changes them.
pub(super) fn unchanged(proposed: &Object, prior: &Object, names: &[&str]) -> Object {
    let kept = names.iter().filter_map(|name| Some(((*name).into(), prior.get(name)?.clone())));
    proposed.with(kept.collect::<Vec<_>>())
}

/// `proposed` with the named attributes not known before the change is made.
pub(super) fn unsettled(schema: &Schema, proposed: &Object, names: &[&str]) -> Object {
    let unknown = |name: &&str| Value::unknown_not_null(schema.root().attributes()[*name].ty);
    proposed.with(names.iter().map(|name| ((*name).into(), unknown(name))).collect::<Vec<_>>())
}

/// The strings of a set, for a body; `None` when it is null or not known.
pub(super) fn listed(object: &Object, name: &str) -> Option<Vec<String>> {
    Some(object.strings(name)?.iter().map(|text| (**text).to_owned()).collect())
}
