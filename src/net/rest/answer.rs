//! An answer: its JSON read, and what is not as it should be said clearly and without quoting it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ::http::StatusCode;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::Api;
use super::dialect::Refusal;
use super::dialect::RefusalKind;
use super::request::named;
use crate::provider::ProviderError;
use crate::value::Path;

/// A vendor's answer with success.
#[derive(Clone)]
pub(super) struct Answer {
    status: StatusCode,
    body: Bytes,
}

/// A failure of the vendor after which nothing is certain.
#[derive(Debug, thiserror::Error)]
#[error("{} {message}", named(*.status))]
pub(super) struct Broken {
    pub(super) status: u16,
    pub(super) message: String,
}

/// The keys of an answer, their values not yet read.
pub(super) type Envelope<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

impl Answer {
    pub(super) fn new(status: StatusCode, body: Bytes) -> Self {
        Self { status, body }
    }

    /// Whether the vendor says by the status that there is no body.
    pub(super) fn says_nothing(&self) -> bool {
        self.status == StatusCode::NO_CONTENT
    }

    /// The body as JSON; null when it is none.
    pub(super) fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(super) fn whole<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_slice(&self.body).map_err(|error| self.problem(&error))
    }

    pub(super) fn envelope(&self) -> Result<Envelope<'_>, String> {
        serde_json::from_slice(&self.body).map_err(|error| self.problem(&error))
    }

    pub(super) fn one<T: DeserializeOwned>(&self, key: &str) -> Result<T, String> {
        let envelope = self.envelope()?;
        let part = envelope.get(key).ok_or_else(|| format!("it has no `{key}`"))?;
        serde_json::from_str(part.get()).map_err(|error| format!("in `{key}`: {}", self.problem(&error)))
    }

    /// What is wrong with the body. The parser's own words may quote the body, in which there may be passwords; only
    /// what it says of missing keys is passed on.
    pub(super) fn problem(&self, error: &serde_json::Error) -> String {
        let status = named(self.status.as_u16());
        if self.body.is_empty() {
            return format!("{status} with nothing in it");
        }
        if self.is_html() {
            return format!("{status} with an HTML page instead of JSON");
        }
        match error.classify() {
            Category::Eof => format!("its JSON breaks off after {} bytes", self.body.len()),
            Category::Syntax | Category::Io => format!("it is not JSON, from line {}", error.line()),
            Category::Data if error.to_string().starts_with("missing field") => error.to_string(),
            Category::Data => format!("another type than expected at column {}", error.column()),
        }
    }

    /// A few words on a body without a message.
    pub(super) fn gist(&self) -> String {
        let name = named(self.status.as_u16());
        if self.is_html() { format!("{name}, with an HTML page") } else { name }
    }

    fn is_html(&self) -> bool {
        self.body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
    }
}

impl Api<'_> {
    pub(super) fn unexpected(&self, problem: String) -> ProviderError {
        ProviderError::Unexpected { doing: self.doing.clone(), problem }
    }

    /// The error for a success that cannot be read. What it says is lost, and if asking once more is not the same as asking
    /// once, so is what came of it: something may have been made.
    pub(super) fn unreadable(&self, problem: String, is_idempotent: bool) -> ProviderError {
        if is_idempotent {
            return self.unexpected(problem);
        }
        let source = format!("the answer cannot be understood ({problem})").into();
        ProviderError::AnswerLost { doing: self.doing.clone(), source }
    }

    /// The error for a definite refusal, with the argument that it is about where that can be told.
    pub(super) fn refused(&self, refusal: Refusal, status: u16, request: &Bytes) -> ProviderError {
        let shared = &self.rest.shared;
        let doing = self.doing.clone();
        let message = shared.secret.scrub(&refusal.message);
        let argument = |message: &str| {
            let sent = serde_json::from_slice(request).unwrap_or_default();
            blamed(message, inner(&sent)).map(|key| Path::of(shared.dialect.argument(key)))
        };
        match refusal.kind {
            RefusalKind::Unauthorized => ProviderError::Unauthorized { doing, message },
            RefusalKind::Forbidden => ProviderError::Forbidden { doing, message },
            RefusalKind::Taken(id) => {
                let argument = argument(&message);
                ProviderError::Taken { doing, message, id, argument }
            }
            RefusalKind::Broken => {
                let name = named(status);
                let problem = if message.starts_with(&name) { message } else { format!("{name}: {message}") };
                ProviderError::Unexpected { doing, problem }
            }
            RefusalKind::Missing | RefusalKind::Busy | RefusalKind::Throttled | RefusalKind::Refused => {
                let argument = argument(&message);
                ProviderError::Refused { doing, message, code: Some(i64::from(status)), argument }
            }
        }
    }
}

/// What a request is about: some vendors wrap it in an object with its kind as the only key.
fn inner(sent: &Json) -> &Json {
    let mut wrapped = sent.as_object().into_iter().filter(|keys| keys.len() == 1).flat_map(serde_json::Map::values);
    wrapped.next().filter(|inner| inner.is_object()).unwrap_or(sent)
}

/// The one key of a request that a refusal speaks of, by its whole name or else by its last word, as of a `range` where the
/// key is `ip_range`; `None` when it speaks of none, or of several.
pub(super) fn blamed<'a>(message: &str, sent: &'a Json) -> Option<&'a str> {
    let words = spelled(message);
    let keys: Vec<(&str, Vec<String>)> = sent.as_object()?.keys().map(|key| (key.as_str(), spelled(key))).collect();
    let only = |speaks: &dyn Fn(&[String]) -> bool| {
        let mut named = keys.iter().filter(|(_, spelling)| speaks(spelling)).map(|(key, _)| *key);
        (named.next(), named.next())
    };
    let by_name = |spelling: &[String]| words.windows(spelling.len()).any(|run| run == spelling);
    let by_noun = |spelling: &[String]| spelling.last().is_some_and(|noun| noun.len() > 3 && words.contains(noun));
    match only(&by_name) {
        (None, _) => match only(&by_noun) {
            (Some(key), None) => Some(key),
            _ => None,
        },
        (Some(key), None) => Some(key),
        (Some(_), Some(_)) => None,
    }
}

/// The words of a text in lower case; `_` parts words as a space does.
fn spelled(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}
