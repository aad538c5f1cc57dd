//! Answers that planning was given, kept in a saved plan so that the same plan is made again from them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value as Json;
use serde_json::json;
use sha2::Digest;
use sha2::Sha256;

use crate::graph::NodeId;
use crate::plan::Answer;
use crate::plan::Request;
use crate::provider::BatchItem;
use crate::provider::BatchKey;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;
use crate::value::json as typed;

/// Answers as they come, by what was asked. Which objects were asked for together is chance, so each is kept by itself.
#[derive(Debug, Default)]
pub(super) struct Recorded(BTreeMap<String, Kept>);

/// Answers read back.
#[derive(Debug, Default)]
pub(super) struct Remembered(BTreeMap<String, Kept>);

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Kept {
    Read(KeptRead),
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

/// What stands for a value that is not wholly known.
const UNKNOWN: &str = "unknown";

/// What is asked of an object, the same in every planning of the same configuration and state.
fn asked(provider: NodeId, key: &BatchKey, item: &BatchItem) -> String {
    let about = json!([item.ty, key.0, object_to_json(&item.item.prior), item.item.private]);
    format!("read {provider} {} {:x}", item.ty, Sha256::digest(about.to_string()))
}

impl Recorded {
    /// Keeps an answer. One that failed is not kept: such a plan is never applied.
    pub(super) fn keep(&mut self, request: &Request, answer: &Answer) {
        match (request, answer) {
            (Request::Read { provider, key, items }, Answer::Read(reads)) => {
                let reads = items.iter().zip(reads).filter_map(|(item, read)| Some((item, read.as_ref().ok()?)));
                self.0.extend(reads.map(|(item, read)| (asked(*provider, key, item), Kept::Read(keep_read(read)))));
            }
            (Request::Data { addr, .. }, Answer::Data(Ok(object))) => {
                self.0.insert(format!("data {addr}"), Kept::Object(object_to_json(object)));
            }
            (Request::Import { addr, id, .. }, Answer::Imported(Ok(found))) => {
                let kept = found.as_ref().map_or(Kept::Nothing, |object| Kept::Object(object_to_json(object)));
                self.0.insert(format!("import {addr} {id}"), kept);
            }
            _ => {}
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

    /// The answer to a request that reads: what is not remembered is an error, as nothing else may be read.
    pub(super) fn answer(&self, request: &Request) -> Answer {
        match request {
            Request::Configure { .. } => Answer::Configured(Ok(())),
            Request::Read { provider, key, items } => {
                let read = |item: &BatchItem| match self.0.get(&asked(*provider, key, item)) {
                    Some(Kept::Read(read)) => give_read(read, &item.item.prior),
                    _ => Err(missing(&item.ty)),
                };
                Answer::Read(items.iter().map(read).collect())
            }
            Request::Data { addr, .. } => Answer::Data(match self.0.get(&format!("data {addr}")) {
                Some(Kept::Object(json)) => object_from_json(json, None),
                _ => Err(missing(&addr.to_string())),
            }),
            Request::Import { addr, id, config, .. } => {
                Answer::Imported(match self.0.get(&format!("import {addr} {id}")) {
                    Some(Kept::Object(json)) => object_from_json(json, Some(config)).map(Some),
                    Some(Kept::Nothing) => Ok(None),
                    _ => Err(missing(&addr.to_string())),
                })
            }
        }
    }
}

/// What should have been read is not in the plan.
fn missing(what: &str) -> ProviderError {
    let problem = format!("what was read of {what} is not in it");
    ProviderError::Unexpected { doing: "reading the saved plan".to_owned(), problem }
}

fn keep_read(read: &Read) -> KeptRead {
    match read {
        Read::Present(object) => KeptRead::Present(object_to_json(object)),
        Read::Noted(object, note) => KeptRead::Noted(object_to_json(object), note.clone()),
        Read::Absent => KeptRead::Absent,
        Read::Stale(why) => KeptRead::Stale(why.clone()),
    }
}

fn give_read(read: &KeptRead, reference: &Object) -> Result<Read, ProviderError> {
    let reference = Some(reference);
    Ok(match read {
        KeptRead::Present(json) => Read::Present(object_from_json(json, reference)?),
        KeptRead::Noted(json, note) => Read::Noted(object_from_json(json, reference)?, note.clone()),
        KeptRead::Absent => Read::Absent,
        KeptRead::Stale(why) => Read::Stale(why.clone()),
    })
}

/// An object without what is not wholly known of it: only what an answer leaves as it was asked for is not.
fn object_to_json(object: &Object) -> Json {
    let values = object.iter().map(|(name, value)| {
        let known = if value.is_wholly_known() {
            typed::to_json(&value.clone().unmark_deep().0, Type::DYNAMIC)
        } else {
            Json::String(UNKNOWN.to_owned())
        };
        (name.to_string(), known)
    });
    Json::Object(values.collect())
}

/// Reads back an object; what was not known of it is as in the reference that it was asked with.
fn object_from_json(json: &Json, reference: Option<&Object>) -> Result<Object, ProviderError> {
    let damaged = |problem: String| ProviderError::Unexpected { doing: "reading the saved plan".to_owned(), problem };
    let Json::Object(attributes) = json else { return Err(damaged("an object is missing".to_owned())) };
    let mut values = Vec::with_capacity(attributes.len());
    for (name, json) in attributes {
        let value = match json {
            Json::String(text) if text == UNKNOWN => {
                let asked = reference.and_then(|reference| reference.get(name)).cloned();
                asked.unwrap_or_else(|| Value::unknown(Type::DYNAMIC))
            }
            json => typed::from_json(json, Type::DYNAMIC).map_err(|error| damaged(error.to_string()))?,
        };
        values.push((name.as_str().into(), value));
    }
    Ok(Object::new(values))
}
