//! Checks on a request body: each names the place and what must be there.
//!
//! `null` counts as absent and unknown fields are not looked at: the vendor's server reads a body
//! into a record of the fields it knows. What breaks the published schema is 400.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use serde_json::Map;
use serde_json::Value;

use crate::sim::call::Call;
use crate::sim::neon::refuse;
use crate::sim::refusal::Refusal;

/// The fields of one object of a request.
#[derive(Clone)]
pub(super) struct Body<'a> {
    map: &'a Map<String, Value>,
    /// Where it stands, as a pointer into the request.
    at: String,
}

type Checked<T> = Result<T, Refusal>;

/// The request's document; where none needs to be sent, nothing is an empty object.
pub(super) fn read(call: &Call<'_>, is_optional: bool) -> Checked<Value> {
    let document = if is_optional { call.json_or_empty() } else { call.json() };
    document.map_err(|_| refuse::bad("the request body is not valid JSON"))
}

impl<'a> Body<'a> {
    /// The fields of a document.
    pub(super) fn of(document: &'a Value) -> Checked<Body<'a>> {
        Body::at(document, String::new())
    }

    fn at(value: &'a Value, at: String) -> Checked<Body<'a>> {
        match value {
            Value::Object(map) => Ok(Body { map, at }),
            _ => Err(refuse::bad(format!("Error at \"{at}\": value must be an object"))),
        }
    }

    /// The value, unless it is absent or null.
    pub(super) fn any(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// Whether the field is there, if only as null.
    pub(super) fn names(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// A string of any length.
    pub(super) fn text(&self, name: &str) -> Checked<Option<&'a str>> {
        self.read(name, "a string", Value::as_str)
    }

    /// A string that must be there.
    pub(super) fn need_text(&self, name: &str) -> Checked<&'a str> {
        self.text(name)?.ok_or_else(|| self.missing(name))
    }

    /// A string of so many characters.
    pub(super) fn sized(&self, name: &str, length: RangeInclusive<usize>) -> Checked<Option<&'a str>> {
        match self.text(name)? {
            Some(text) if !length.contains(&text.chars().count()) => {
                let (low, high) = length.into_inner();
                Err(self.wrong(name, &format!("the length must be between {low} and {high}")))
            }
            text => Ok(text),
        }
    }

    /// The id of an object.
    pub(super) fn id(&self, name: &str) -> Checked<Option<&'a str>> {
        match self.text(name)? {
            Some(text) if !is_id(text) => Err(self.wrong(name, "string doesn't match ^[a-z0-9-]{1,60}$")),
            text => Ok(text),
        }
    }

    /// A string out of a few.
    pub(super) fn one_of(&self, name: &str, allowed: &[&'static str]) -> Checked<Option<&'static str>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let found = allowed.iter().find(|value| **value == text).copied();
        found.map(Some).ok_or_else(|| self.wrong(name, &format!("value must be one of {}", allowed.join(", "))))
    }

    /// A boolean.
    pub(super) fn flag(&self, name: &str) -> Checked<Option<bool>> {
        self.read(name, "a boolean", Value::as_bool)
    }

    /// A whole number within bounds.
    pub(super) fn whole(&self, name: &str, bounds: RangeInclusive<i64>) -> Checked<Option<i64>> {
        match self.read(name, "an integer", Value::as_i64)? {
            Some(number) if !bounds.contains(&number) => {
                let (low, high) = bounds.into_inner();
                Err(self.wrong(name, &format!("number must be between {low} and {high}")))
            }
            number => Ok(number),
        }
    }

    /// A number that is not less than that.
    pub(super) fn number(&self, name: &str, least: f64) -> Checked<Option<f64>> {
        match self.read(name, "a number", Value::as_f64)? {
            Some(number) if number < least => Err(self.wrong(name, &format!("number must be at least {least}"))),
            number => Ok(number),
        }
    }

    /// A moment.
    pub(super) fn moment(&self, name: &str) -> Checked<Option<Timestamp>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| self.wrong(name, "string doesn't match the format \"date-time\""))
    }

    /// An array.
    pub(super) fn list(&self, name: &str) -> Checked<Option<&'a [Value]>> {
        self.read(name, "an array", |value| value.as_array().map(Vec::as_slice))
    }

    /// An array of strings.
    pub(super) fn texts(&self, name: &str) -> Checked<Option<Vec<&'a str>>> {
        let Some(items) = self.list(name)? else { return Ok(None) };
        let items: Option<_> = items.iter().map(Value::as_str).collect();
        items.map(Some).ok_or_else(|| self.wrong(name, "items must be strings"))
    }

    /// An array of objects; absent is empty.
    pub(super) fn objects(&self, name: &str) -> Checked<Vec<Body<'a>>> {
        let items = self.list(name)?.unwrap_or_default().iter().enumerate();
        items.map(|(n, item)| Body::at(item, format!("{}/{name}/{n}", self.at))).collect()
    }

    /// Strings by name.
    pub(super) fn pairs(&self, name: &str) -> Checked<Option<BTreeMap<String, String>>> {
        let Some(body) = self.object(name)? else { return Ok(None) };
        let pair = |(name, value): (&String, &Value)| match value {
            Value::String(value) => Ok((name.clone(), value.clone())),
            _ => Err(body.wrong(name, "value must be a string")),
        };
        body.map.iter().map(pair).collect::<Checked<_>>().map(Some)
    }

    /// An object.
    pub(super) fn object(&self, name: &str) -> Checked<Option<Body<'a>>> {
        self.any(name).map(|value| Body::at(value, format!("{}/{name}", self.at))).transpose()
    }

    /// An object that must be there.
    pub(super) fn need_object(&self, name: &str) -> Checked<Body<'a>> {
        self.object(name)?.ok_or_else(|| self.missing(name))
    }

    /// Those of its fields that have one of these names, and a value.
    pub(super) fn only(&self, names: &[&str]) -> Value {
        let known = self.map.iter().filter(|(name, value)| names.contains(&name.as_str()) && !value.is_null());
        Value::Object(known.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// 400 for a field that has to be there.
    pub(super) fn missing(&self, name: &str) -> Refusal {
        refuse::bad(format!("Error at \"{}/{name}\": property \"{name}\" is missing", self.at))
    }

    /// 400 for a field that is not as it must be.
    pub(super) fn wrong(&self, name: &str, problem: &str) -> Refusal {
        refuse::bad(format!("Error at \"{}/{name}\": {problem}", self.at))
    }

    fn read<T>(&self, name: &str, kind: &str, read: impl Fn(&'a Value) -> Option<T>) -> Checked<Option<T>> {
        let Some(value) = self.any(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| self.wrong(name, &format!("value must be {kind}")))
    }
}

/// Whether a text could be the id of anything.
pub(super) fn is_id(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=60).contains(&text.len()) && text.chars().all(is_plain)
}
