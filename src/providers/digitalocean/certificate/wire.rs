//! A certificate as the API tells it, and as an object.

use serde::Deserialize;

use super::super::values::strings;
use super::super::values::text;
use super::schema::SCHEMA;
use crate::value::Object;
use crate::value::Value;

#[derive(Clone, Deserialize)]
pub(in super::super) struct Wire {
    pub(in super::super) id: String,
    pub(in super::super) name: String,
    pub(in super::super) state: Option<String>,
    #[serde(rename = "type")]
    pub(in super::super) kind: Option<String>,
    pub(in super::super) not_after: Option<String>,
    pub(in super::super) sha1_fingerprint: Option<String>,
    created_at: Option<String>,
    pub(in super::super) dns_names: Option<Vec<String>>,
}

impl Wire {
    pub(in super::super) fn created_at(&self) -> Option<&str> {
        self.created_at.as_deref()
    }

    pub(super) fn object(&self, base: &Object) -> Object {
        let mut given = vec![
            ("id", Value::from(&*self.name)),
            ("uuid", Value::from(&*self.id)),
            ("name", Value::from(&*self.name)),
            ("state", text(self.state.as_deref())),
            ("not_after", text(self.not_after.as_deref())),
            ("sha1_fingerprint", text(self.sha1_fingerprint.as_deref())),
            ("domains", strings(self.dns_names.iter().flatten())),
        ];
        given.extend(self.kind.as_deref().map(|kind| ("type", Value::from(kind))));
        SCHEMA.settle(base, given)
    }
}
