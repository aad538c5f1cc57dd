//! One setting of a database engine: its names, what it takes, and what setting it does to the service.

use serde_json::Value as Json;

use crate::schema::Attribute;
use crate::schema::Equality;
use crate::schema::boolean;
use crate::schema::list;
use crate::schema::number;
use crate::schema::string;
use crate::value::Number;
use crate::value::Type;
use crate::value::Value;

/// Where the vendor names no upper bound.
pub(super) const MAX: i64 = i64::MAX;

/// A setting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    /// What the user calls it.
    pub(super) name: &'static str,
    /// What the vendor calls it, without the engine's name before it.
    pub(super) stem: &'static str,
    /// Never has the engine's name before it.
    pub(super) is_bare: bool,
    /// Changing it restarts the service.
    pub(super) restarts: bool,
    /// Its words are joined by a dash or an underscore, as the engine likes it.
    is_worded: bool,
    takes: Takes,
}

#[derive(Debug, Clone, Copy)]
enum Takes {
    Flag,
    Int(i64, i64),
    Float(i64, i64),
    Text,
    OneOf(&'static [&'static str]),
    Texts(&'static [&'static str]),
}

const fn setting(name: &'static str, takes: Takes) -> Setting {
    Setting { name, stem: name, is_bare: false, restarts: false, is_worded: false, takes }
}

/// Yes or no.
pub(super) const fn flag(name: &'static str) -> Setting {
    setting(name, Takes::Flag)
}

/// A whole number within bounds.
pub(super) const fn int(name: &'static str, min: i64, max: i64) -> Setting {
    setting(name, Takes::Int(min, max))
}

/// A number within bounds.
pub(super) const fn float(name: &'static str, min: i64, max: i64) -> Setting {
    setting(name, Takes::Float(min, max))
}

/// Any text.
pub(super) const fn text(name: &'static str) -> Setting {
    setting(name, Takes::Text)
}

/// One of some words.
pub(super) const fn one_of(name: &'static str, words: &'static [&'static str]) -> Setting {
    setting(name, Takes::OneOf(words))
}

/// Any of some words.
pub(super) const fn texts(name: &'static str, words: &'static [&'static str]) -> Setting {
    setting(name, Takes::Texts(words))
}

impl Setting {
    /// The vendor calls it otherwise.
    pub(super) const fn stem(self, stem: &'static str) -> Self {
        Self { stem, ..self }
    }

    /// Never has the engine's name before it.
    pub(super) const fn bare(self) -> Self {
        Self { is_bare: true, ..self }
    }

    /// Changing it restarts the service.
    pub(super) const fn restarts(self) -> Self {
        Self { restarts: true, ..self }
    }

    /// Its words are joined by a dash or an underscore, as the engine likes it.
    pub(super) const fn worded(self) -> Self {
        Self { is_worded: true, ..self }
    }

    /// The attribute: what is not configured is as the vendor has it.
    pub(super) fn attribute(&self) -> Attribute {
        let attribute = match self.takes {
            Takes::Flag => boolean(),
            Takes::Int(..) | Takes::Float(..) => number(),
            Takes::Text | Takes::OneOf(_) => string(),
            Takes::Texts(_) => list(Type::STRING).equality(Equality::AnyOrder),
        };
        let attribute = attribute.optional_computed();
        if self.is_worded { attribute.equality(Equality::Semantic(same_words)) } else { attribute }
    }

    /// What the vendor would refuse a value for.
    pub(super) fn problem(&self, value: &Value) -> Option<String> {
        let name = self.name;
        let within = |min: i64, max: i64| {
            let number: f64 = value.as_number()?.to_string().parse().ok()?;
            // The bounds are far from where these would not be exact, but for the open one.
            let is_within = number >= min as f64 && (max == MAX || number <= max as f64);
            let bound = if max == MAX { format!("at least {min}") } else { format!("between {min} and {max}") };
            (!is_within).then(|| format!("`{name}` must be {bound}, not {number}."))
        };
        match self.takes {
            Takes::Flag | Takes::Text => None,
            Takes::Int(min, max) => match value.as_number() {
                Some(number) if value.as_i64().is_none() => Some(format!("`{name}` is a whole number, not {number}.")),
                _ => within(min, max),
            },
            Takes::Float(min, max) => within(min, max),
            Takes::OneOf(words) => unlisted(name, value, words),
            Takes::Texts(words) => value.as_elements()?.iter().find_map(|value| unlisted(name, value, words)),
        }
    }

    /// A value as a body has it.
    pub(super) fn body(&self, value: &Value, separator: &str) -> Json {
        match self.takes {
            Takes::Flag => value.as_bool().map_or(Json::Null, Json::from),
            Takes::Int(..) | Takes::Float(..) => match (value.as_i64(), value.as_number()) {
                (Some(whole), _) => Json::from(whole),
                (None, Some(number)) => number.to_string().parse::<f64>().map_or(Json::Null, Json::from),
                (None, None) => Json::Null,
            },
            Takes::Text | Takes::OneOf(_) => value.as_str().map_or(Json::Null, |text| match self.is_worded {
                true => Json::from(text.replace(['-', '_'], separator)),
                false => Json::from(text),
            }),
            Takes::Texts(_) => value.as_elements().unwrap_or_default().iter().filter_map(Value::as_str).collect(),
        }
    }

    /// A value as the vendor tells it; null where it is none of the kind.
    pub(super) fn value(&self, told: &Json) -> Value {
        match (self.takes, told) {
            (Takes::Flag, Json::Bool(told)) => Value::from(*told),
            (Takes::Int(..) | Takes::Float(..), Json::Number(told)) => {
                told.to_string().parse::<Number>().map_or(self.absent(), Value::from)
            }
            (Takes::Text | Takes::OneOf(_), Json::String(told)) => Value::from(&**told),
            (Takes::Texts(_), Json::Array(told)) => {
                Value::list(Type::STRING, told.iter().filter_map(Json::as_str).map(Value::from).collect())
            }
            _ => self.absent(),
        }
    }

    fn absent(&self) -> Value {
        Value::Null(self.attribute().ty)
    }
}

fn unlisted(name: &str, value: &Value, words: &[&str]) -> Option<String> {
    let text = value.as_str().filter(|text| !words.iter().any(|word| same_text(word, text)))?;
    Some(format!("`{text}` is not a value of `{name}`; they are `{}`.", words.join("`, `")))
}

fn same_text(a: &str, b: &str) -> bool {
    a.replace('-', "_") == b.replace('-', "_")
}

fn same_words(a: &Value, b: &Value) -> bool {
    matches!((a.as_str(), b.as_str()), (Some(a), Some(b)) if same_text(a, b))
}
