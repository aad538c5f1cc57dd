//! Small checks on a request body: each names the field and what it must be, as the vendor does.
//!
//! `null` counts as absent, because the vendors' own clients send it so. Unknown fields are
//! not looked at.

use std::ops::RangeInclusive;

use serde_json::Map;
use serde_json::Value;

use crate::sim::refusal::Refusal;

/// The fields of one JSON object.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    map: &'a Map<String, Value>,
}

type Checked<T> = Result<T, Refusal>;

impl<'a> Fields<'a> {
    /// The fields of a body or of an object inside one.
    pub(super) fn of(value: &'a Value, what: &str) -> Checked<Fields<'a>> {
        match value {
            Value::Object(map) => Ok(Fields { map }),
            _ => Err(Refusal::invalid(format!("{what} must be an object"))),
        }
    }

    /// The value, unless it is absent or null.
    pub(super) fn any(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// Whether the field is there with anything but null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.any(name).is_some()
    }

    /// A string.
    pub(super) fn text(&self, name: &str) -> Checked<Option<&'a str>> {
        self.as_kind(name, "a string", Value::as_str)
    }

    /// A string that must be there and not be empty.
    pub(super) fn need_text(&self, name: &str) -> Checked<&'a str> {
        match self.text(name)? {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(missing(name)),
        }
    }

    /// A string out of a few.
    pub(super) fn one_of(&self, name: &str, allowed: &[&'static str]) -> Checked<Option<&'static str>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match allowed.iter().find(|value| **value == text) {
            Some(value) => Ok(Some(value)),
            None => Err(Refusal::invalid(format!("{name} must be one of {}", allowed.join(", ")))),
        }
    }

    /// A string out of a few that must be there.
    pub(super) fn need_one_of(&self, name: &str, allowed: &[&'static str]) -> Checked<&'static str> {
        self.one_of(name, allowed)?.ok_or_else(|| missing(name))
    }

    /// A boolean.
    pub(super) fn flag(&self, name: &str) -> Checked<Option<bool>> {
        self.as_kind(name, "a boolean", Value::as_bool)
    }

    /// A whole number within bounds.
    pub(super) fn whole(&self, name: &str, bounds: RangeInclusive<i64>) -> Checked<Option<i64>> {
        let Some(number) = self.as_kind(name, "an integer", Value::as_i64)? else { return Ok(None) };
        if bounds.contains(&number) {
            return Ok(Some(number));
        }
        let (low, high) = bounds.into_inner();
        Err(Refusal::invalid(format!("{name} must be between {low} and {high}")))
    }

    /// A whole number within bounds that must be there.
    pub(super) fn need_whole(&self, name: &str, bounds: RangeInclusive<i64>) -> Checked<i64> {
        self.whole(name, bounds)?.ok_or_else(|| missing(name))
    }

    /// A number within bounds.
    pub(super) fn real(&self, name: &str, bounds: RangeInclusive<f64>) -> Checked<Option<f64>> {
        let Some(number) = self.as_kind(name, "a number", Value::as_f64)? else { return Ok(None) };
        if bounds.contains(&number) {
            return Ok(Some(number));
        }
        let (low, high) = bounds.into_inner();
        Err(Refusal::invalid(format!("{name} must be between {low} and {high}")))
    }

    /// A truth value that must be there.
    pub(super) fn need_flag(&self, name: &str) -> Checked<bool> {
        self.flag(name)?.ok_or_else(|| missing(name))
    }

    /// A string of at most that many characters.
    pub(super) fn short_text(&self, name: &str, max: usize) -> Checked<Option<&'a str>> {
        match self.text(name)? {
            Some(text) if text.chars().count() > max => {
                Err(Refusal::invalid(format!("{name} is too long (maximum is {max} characters)")))
            }
            text => Ok(text),
        }
    }

    /// An array that must be there.
    pub(super) fn need_list(&self, name: &str) -> Checked<&'a [Value]> {
        self.list(name)?.ok_or_else(|| missing(name))
    }

    /// An object that must be there.
    pub(super) fn need_object(&self, name: &str) -> Checked<Fields<'a>> {
        self.object(name)?.ok_or_else(|| missing(name))
    }

    /// Every field and its value, those that are null too.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.map.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// An array.
    pub(super) fn list(&self, name: &str) -> Checked<Option<&'a [Value]>> {
        self.as_kind(name, "an array", |value| value.as_array().map(Vec::as_slice))
    }

    /// An array of strings; absent is empty.
    pub(super) fn texts(&self, name: &str) -> Checked<Vec<&'a str>> {
        let items = self.list(name)?.unwrap_or_default().iter().map(Value::as_str);
        items.collect::<Option<_>>().ok_or_else(|| Refusal::invalid(format!("{name} must be an array of strings")))
    }

    /// An array of ids that are positive whole numbers; absent is empty.
    pub(super) fn numbers(&self, name: &str) -> Checked<Vec<u64>> {
        let items = self.list(name)?.unwrap_or_default().iter().map(Value::as_u64);
        items.collect::<Option<_>>().ok_or_else(|| Refusal::invalid(format!("{name} must be an array of integers")))
    }

    /// An object.
    pub(super) fn object(&self, name: &str) -> Checked<Option<Fields<'a>>> {
        self.any(name).map(|value| Fields::of(value, name)).transpose()
    }

    fn as_kind<T>(&self, name: &str, kind: &str, read: impl Fn(&'a Value) -> Option<T>) -> Checked<Option<T>> {
        let Some(value) = self.any(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| Refusal::invalid(format!("{name} must be {kind}")))
    }
}

/// 422 for a field that has to be there.
pub(super) fn missing(name: &str) -> Refusal {
    Refusal::invalid(format!("{name} is required"))
}

/// Whether every character passes and the text is neither empty nor longer than `max`.
pub(super) fn is_made_of(text: &str, max: usize, allowed: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.len() <= max && text.chars().all(allowed)
}
