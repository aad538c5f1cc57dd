//! Answers that planning was given, kept in a saved plan so that the same plan is made again from them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value as Json;

use crate::plan::Answer;
use crate::plan::Request;
use crate::provider::BatchItem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;
use crate::value::json;

/// Answers as they come, by the name of their request.
#[derive(Debug, Default)]
pub(super) struct Recorded(BTreeMap<String, Kept>);

/// Answers read back.
#[derive(Debug, Default)]
pub(super) struct Remembered(BTreeMap<String, Kept>);

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Kept {
    Read(Vec<KeptRead>),
    /// An object as `any`: with its type.
    Object(Json),
    Nothing,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum KeptRead {
    Present(Json),
    Noted(Json, Json),
    Absent,
    Stale(String),
}

/// What a request is about, the same in every planning of the same configuration and state.
pub(super) fn name(request: &Request) -> String {
    match request {
        Request::Configure { provider, .. } => format!("configure {provider}"),
        Request::Read { provider, key, items } => {
            let known = |item: &BatchItem| {
                let part = ["id", "path", "name"].into_iter().find_map(|name| item.item.prior.get(name)?.as_str());
                format!("{} {}", item.ty, part.unwrap_or(""))
            };
            let first: Vec<String> = items.iter().take(3).map(known).collect();
            format!("read {provider} {} {} {first:?}", key.0, items.len())
        }
        Request::Data { addr, .. } => format!("data {addr}"),
        Request::Import { addr, id, .. } => format!("import {addr} {id}"),
    }
}

impl Recorded {
    /// Keeps an answer. One that failed is not kept: such a plan is never applied.
    pub(super) fn keep(&mut self, name: &str, answer: &Answer) {
        let kept = match answer {
            Answer::Configured(_) => return,
            Answer::Read(reads) => {
                let reads: Option<Vec<KeptRead>> = reads.iter().map(|read| read.as_ref().ok().map(keep_read)).collect();
                reads.map(Kept::Read)
            }
            Answer::Data(Ok(object)) | Answer::Imported(Ok(Some(object))) => Some(Kept::Object(object_to_json(object))),
            Answer::Imported(Ok(None)) => Some(Kept::Nothing),
            Answer::Data(Err(_)) | Answer::Imported(Err(_)) => None,
        };
        if let Some(kept) = kept {
            self.0.insert(name.to_owned(), kept);
        }
    }

    /// All of it as JSON.
    pub(super) fn to_json(&self) -> Json {
        serde_json::to_value(&self.0).expect("answers are plain data")
    }
}

impl Remembered {
    /// Reads back what [`Recorded::to_json`] gave.
    pub(super) fn from_json(json: Json) -> Result<Self, serde_json::Error> {
        serde_json::from_value(json).map(Self)
    }

    /// The answer to a request; `None` when there was none.
    pub(super) fn answer(&self, name: &str, request: &Request) -> Option<Answer> {
        match (self.0.get(name)?, request) {
            (Kept::Read(reads), Request::Read { items, .. }) if reads.len() == items.len() => {
                Some(Answer::Read(reads.iter().map(give_read).collect()))
            }
            (Kept::Object(json), Request::Data { .. }) => Some(Answer::Data(object_from_json(json))),
            (Kept::Object(json), Request::Import { .. }) => Some(Answer::Imported(object_from_json(json).map(Some))),
            (Kept::Nothing, Request::Import { .. }) => Some(Answer::Imported(Ok(None))),
            _ => None,
        }
    }
}

fn keep_read(read: &Read) -> KeptRead {
    match read {
        Read::Present(object) => KeptRead::Present(object_to_json(object)),
        Read::Noted(object, note) => KeptRead::Noted(object_to_json(object), note.clone()),
        Read::Absent => KeptRead::Absent,
        Read::Stale(why) => KeptRead::Stale(why.clone()),
    }
}

fn give_read(read: &KeptRead) -> Result<Read, ProviderError> {
    Ok(match read {
        KeptRead::Present(json) => Read::Present(object_from_json(json)?),
        KeptRead::Noted(json, note) => Read::Noted(object_from_json(json)?, note.clone()),
        KeptRead::Absent => Read::Absent,
        KeptRead::Stale(why) => Read::Stale(why.clone()),
    })
}

/// An object with unknowns written as null: only what an answer leaves out is unknown.
fn object_to_json(object: &Object) -> Json {
    let values = object.iter().map(|(name, value)| {
        let known = if value.is_wholly_known() {
            json::to_json(&value.clone().unmark_deep().0, Type::DYNAMIC)
        } else {
            Json::String("unknown".to_owned())
        };
        (name.to_string(), known)
    });
    Json::Object(values.collect())
}

fn object_from_json(json: &Json) -> Result<Object, ProviderError> {
    let damaged = |problem: String| ProviderError::Unexpected { doing: "reading the saved plan".to_owned(), problem };
    let Json::Object(attributes) = json else { return Err(damaged("an object is missing".to_owned())) };
    let mut values = Vec::with_capacity(attributes.len());
    for (name, json) in attributes {
        let value = match json {
            Json::String(text) if text == "unknown" => Value::unknown(Type::DYNAMIC),
            json => json::from_json(json, Type::DYNAMIC).map_err(|error| damaged(error.to_string()))?,
        };
        values.push((name.as_str().into(), value));
    }
    Ok(Object::new(values))
}
