//! The provider block, and how it becomes a client.

use std::sync::Arc;
use std::time::Duration;

use super::dialect::NeonDialect;
use crate::net::rest::Api;
use crate::net::rest::Auth;
use crate::net::rest::Rest;
use crate::net::rest::Retry;
use crate::net::rest::Secret;
use crate::net::rest::Settings;
use crate::provider::Configure;
use crate::provider::Cx;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;

const BASE: &str = "https://console.neon.tech/api/v2";
/// The vendor's own client begins to wait at a quarter of a second, and never waits longer than ten.
const RETRY: Retry = Retry {
    max: 6,
    wait_min: Duration::from_millis(250),
    wait_max: Duration::from_secs(10),
    patience: Duration::from_secs(300),
};

/// The API with a key, and the organisation that projects are made in where a resource names none.
pub(super) struct Client {
    rest: Rest,
    pub(super) org: Option<String>,
}

impl Client {
    /// Says what the next requests are about: see [`Rest::on`].
    pub(super) fn on<'a>(&'a self, cx: &'a Cx, doing: impl Into<String>) -> Api<'a> {
        self.rest.on(cx, doing)
    }

    /// Tells the key from all others without showing it; with the organisation, as one key may be of several.
    pub(super) fn credential_digest(&self) -> String {
        format!("{} {}", self.rest.credential_digest(), self.org.as_deref().unwrap_or_default())
    }
}

pub(super) fn schema() -> Schema {
    Schema::new([
        ("api_key", string().sensitive().describe("The API key: a personal one, an organisation's, or a project's.")),
        ("org_id", string().describe("The organisation of projects that name none. An organisation's key implies it.")),
    ])
}

/// Makes a client; sends nothing.
pub(super) fn configure(config: &Object, with: Configure) -> Result<Client> {
    let credentials = &with.credentials;
    let key = config
        .str("api_key")
        .map(str::to_owned)
        .or_else(|| Some(credentials.env(&["NEON_API_KEY"])?.1))
        .or_else(|| credentials.keyring("neon"))
        .filter(|key| !key.trim().is_empty())
        .ok_or_else(|| {
            let message = "There is no API key for Neon. Keep one with `infra login neon`, or set NEON_API_KEY in the \
                           environment, or `api_key` in the provider block. To try things without one, use -sim.";
            ProviderError::problem(Path::root(), "Credential missing", message)
        })?;
    let rest = Rest::new(Settings {
        base: BASE.to_owned(),
        auth: Auth::Bearer(Secret::new(&key)),
        http: with.http,
        dialect: Arc::new(NeonDialect),
        retry: RETRY,
        per_second: None,
        commons: with.commons,
    })?;
    Ok(Client { rest, org: config.str("org_id").filter(|org| !org.is_empty()).map(str::to_owned) })
}
