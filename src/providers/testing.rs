//! What the tests of vendors without a network share: surroundings for a call, a configuration, a proposal.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::provider::Cancel;
use crate::provider::Commons;
use crate::provider::Configure;
use crate::provider::Credentials;
use crate::provider::Cx;
use crate::provider::Http;
use crate::provider::HttpError;
use crate::provider::NoRecord;
use crate::provider::VirtualClock;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Value;

/// Nobody to ask, nobody to send to.
struct Nothing;

impl Credentials for Nothing {
    fn env(&self, _: &[&'static str]) -> Option<(&'static str, String)> {
        None
    }

    fn keyring(&self, _: &str) -> Option<String> {
        None
    }
}

#[async_trait::async_trait]
impl Http for Nothing {
    async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<bytes::Bytes>, HttpError> {
        Err(HttpError::NotSent("these vendors have no network".into()))
    }
}

/// Surroundings that keep no notes.
pub(super) fn cx() -> Cx {
    let clock = Arc::new(VirtualClock::new(Timestamp::UNIX_EPOCH));
    let op = "0123456789abcdefghijklmnop".to_owned();
    Cx::new(clock, Cancel::new(), op, "abcdefgh".to_owned(), Arc::new(|_| {}), Arc::new(NoRecord), Json::Null)
}

/// What a vendor is configured with: relative paths start from `dir`.
pub(super) fn configure(dir: &Path) -> Configure {
    Configure {
        commons: Commons::default(),
        clock: Arc::new(VirtualClock::new(Timestamp::UNIX_EPOCH)),
        http: Arc::new(Nothing),
        credentials: Arc::new(Nothing),
        hosts: None,
        dir: dir.to_owned(),
    }
}

/// What the schema proposes for a configuration: defaults filled in, computed attributes from the prior object or, without
/// one, unknown.
pub(super) fn proposed(schema: &Schema, prior: Option<&Object>, config: &[(&'static str, Value)]) -> Object {
    let given = |name: &str| config.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    let values = schema.shape().names().iter().map(|name| {
        let attribute = &schema.root().attributes()[name];
        match given(name).or_else(|| attribute.default.clone()) {
            Some(value) => value,
            None if !attribute.is_computed() => Value::Null(attribute.ty),
            None => prior.and_then(|prior| prior.get(name)).cloned().unwrap_or_else(|| Value::unknown(attribute.ty)),
        }
    });
    Object::with_shape(Arc::clone(schema.shape()), values.collect())
}
