//! Which parts of a value are unknown or sensitive: the same shape, with `true` where something is.

use serde::Serialize;
use serde::Serializer;

use crate::value::Value;

/// A value's shape with a claim on each part.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mask<'a> {
    /// Whether it holds of the whole.
    Is(bool),
    /// Of each element.
    Elements(Vec<Mask<'a>>),
    /// Of the entries of which it does not plainly not hold.
    Entries(Vec<(&'a str, Mask<'a>)>),
}

impl<'a> Mask<'a> {
    /// An object of which nothing holds.
    pub(super) const NOWHERE: Mask<'static> = Mask::Entries(Vec::new());

    /// Which parts are unknown.
    pub(super) fn unknown(value: &'a Value) -> Mask<'a> {
        match value.unmarked() {
            Value::Unknown(_) => Mask::Is(true),
            value => Mask::of_parts(value, Mask::unknown),
        }
    }

    /// Which parts are sensitive. Of an unknown collection that is not known.
    pub(super) fn sensitive(value: &'a Value) -> Mask<'a> {
        if value.is_sensitive() {
            return Mask::Is(true);
        }
        match value.unmarked() {
            Value::Unknown(unknown) => {
                use crate::value::TypeKind as Kind;
                match unknown.ty().kind() {
                    Kind::Bool | Kind::Number | Kind::String | Kind::Dynamic => Mask::Is(false),
                    Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => Mask::Elements(Vec::new()),
                    Kind::Map(_) | Kind::Object(_) => Mask::NOWHERE,
                }
            }
            value => Mask::of_parts(value, Mask::sensitive),
        }
    }

    fn of_parts(value: &'a Value, of: fn(&'a Value) -> Mask<'a>) -> Mask<'a> {
        let entry = |key: &'a str, part: &'a Value| match of(part) {
            Mask::Is(false) => None,
            mask => Some((key, mask)),
        };
        match value {
            Value::List(_) | Value::Set(_) | Value::Tuple(_) => {
                Mask::Elements(value.as_elements().unwrap_or_default().iter().map(of).collect())
            }
            Value::Map(map) => Mask::Entries(map.iter().filter_map(|(key, part)| entry(key, part)).collect()),
            Value::Object(object) => Mask::Entries(object.iter().filter_map(|(key, part)| entry(key, part)).collect()),
            Value::Null(_) | Value::Bool(_) | Value::Number(_) | Value::String(_) => Mask::Is(false),
            Value::Unknown(_) | Value::Marked(_) => Mask::Is(false),
        }
    }
}

impl Serialize for Mask<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Mask::Is(holds) => to.serialize_bool(*holds),
            Mask::Elements(parts) => to.collect_seq(parts),
            Mask::Entries(parts) => to.collect_map(parts.iter().map(|(key, mask)| (key, mask))),
        }
    }
}
