//! A successful answer: status and body, and how long the vendor took over it.

use std::time::Duration;

use http::StatusCode;
use serde::Serialize;
use serde::ser::SerializeMap;
use serde::ser::Serializer;

/// What a handler gives back when it did what was asked.
#[derive(Debug)]
pub(super) struct Reply {
    /// The HTTP status.
    pub(super) status: StatusCode,
    /// JSON, or nothing at all.
    pub(super) body: Vec<u8>,
    /// How long the operation occupies the vendor before it answers.
    pub(super) takes: Duration,
}

impl Reply {
    /// 200 with the object under its singular key.
    pub(super) fn ok(key: &'static str, object: &impl Serialize) -> Reply {
        Reply::body(StatusCode::OK, &Under(key, object))
    }

    /// 201 with the object under its singular key.
    pub(super) fn created(key: &'static str, object: &impl Serialize) -> Reply {
        Reply::body(StatusCode::CREATED, &Under(key, object))
    }

    /// 202 with the object under its singular key.
    pub(super) fn accepted(key: &'static str, object: &impl Serialize) -> Reply {
        Reply::body(StatusCode::ACCEPTED, &Under(key, object))
    }

    /// A status without a body.
    pub(super) fn bare(status: StatusCode) -> Reply {
        Reply { status, body: Vec::new(), takes: Duration::ZERO }
    }

    /// 204.
    pub(super) fn done() -> Reply {
        Reply::bare(StatusCode::NO_CONTENT)
    }

    /// Any status and document.
    pub(super) fn body(status: StatusCode, document: &impl Serialize) -> Reply {
        let body = serde_json::to_vec(document).expect("answers hold plain data");
        Reply { status, body, takes: Duration::ZERO }
    }

    /// The same answer, given only after that long.
    pub(super) fn taking(self, takes: Duration) -> Reply {
        Reply { takes, ..self }
    }
}

struct Under<'a, T>(&'static str, &'a T);

impl<T: Serialize> Serialize for Under<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, self.1)?;
        map.end()
    }
}
