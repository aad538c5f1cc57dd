//! Certificates by name and id: configurations name them, the API wants ids, and a renewed one has another id.

use std::collections::BTreeMap;

use serde::Deserialize;
use uuid::Uuid;

use crate::net::rest::Api;
use crate::provider::ProviderError;
use crate::provider::Result;

/// The account's certificates, as far as they were needed.
#[derive(Debug, Clone, Default)]
pub(super) struct Certificates {
    names: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    name: String,
}

impl Certificates {
    /// Reads them when `needed`.
    pub(super) async fn read(api: &Api<'_>, needed: bool) -> Result<Self> {
        if !needed {
            return Ok(Self::default());
        }
        match api.pages::<Vec<Wire>>("/v2/certificates", "certificates").await {
            Ok(all) => Ok(Self { names: all.into_iter().map(|wire| (wire.id, wire.name)).collect() }),
            // Without the scope, the ids themselves must do.
            Err(ProviderError::Forbidden { .. }) => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// The name of the certificate with an id.
    pub(super) fn name(&self, id: &str) -> Option<&str> {
        self.names.get(id).map(String::as_str)
    }

    /// The id of a certificate that is given by name, or by id already.
    pub(super) fn id(&self, api: &Api<'_>, given: &str) -> Result<String> {
        if is_id(given) {
            return Ok(given.to_owned());
        }
        let known = self.names.iter().find(|(_, name)| *name == given);
        known.map(|(id, _)| id.clone()).ok_or_else(|| {
            ProviderError::refused(
                api.doing(),
                format!("there is no certificate named `{given}`, or it cannot be seen"),
            )
        })
    }
}

/// Whether a certificate is given by its id.
pub(super) fn is_id(given: &str) -> bool {
    Uuid::parse_str(given).is_ok()
}
