//! The provider block, and how it becomes a client.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use super::dialect::DigitalOceanDialect;
use crate::net::rest::Auth;
use crate::net::rest::Rest;
use crate::net::rest::Retry;
use crate::net::rest::Secret;
use crate::net::rest::Settings;
use crate::provider::Configure;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;

const DOING: &str = "configuring DigitalOcean";
pub(super) const ENDPOINT: &str = "https://api.digitalocean.com";

pub(super) fn schema() -> Schema {
    Schema::new([
        ("token", string().sensitive().describe("The API token.")),
        ("api_endpoint", string().describe("Another address of the API.")),
        ("spaces_endpoint", string().describe("Another address of Spaces.")),
        ("spaces_access_id", string().describe("The access key for Spaces.")),
        ("spaces_secret_key", string().sensitive().describe("The secret key for Spaces.")),
        (
            "requests_per_second",
            number().describe(
                "At most so many requests a second, in place of the published limit while the vendor takes them.",
            ),
        ),
        ("http_retry_max", number().describe("How often a failed request is sent again.")),
        ("http_retry_wait_min", number().describe("The first wait before sending again, in seconds.")),
        ("http_retry_wait_max", number().describe("The longest wait before sending again, in seconds.")),
    ])
}

/// Makes a client; sends nothing.
pub(super) fn configure(config: &Object, with: Configure) -> Result<Rest> {
    let credentials = &with.credentials;
    let token = config
        .str("token")
        .map(str::to_owned)
        .or_else(|| Some(credentials.env(&["DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"])?.1))
        .or_else(|| credentials.keyring("digitalocean"))
        .filter(|token| !token.trim().is_empty())
        .ok_or_else(|| {
            let message = "There is no API token for DigitalOcean. Keep one with `infra login digitalocean`, or set \
                           DIGITALOCEAN_TOKEN or DIGITALOCEAN_ACCESS_TOKEN in the environment, or `token` in the provider \
                           block. To try things without one, use -sim.";
            ProviderError::problem(Path::root(), "Credential missing", message)
        })?;
    let base = config
        .str("api_endpoint")
        .map(str::to_owned)
        .or_else(|| Some(credentials.env(&["DIGITALOCEAN_API_URL"])?.1))
        .unwrap_or_else(|| ENDPOINT.to_owned());
    let retry = Retry::default();
    let seconds = |attribute, variable, otherwise: Duration| {
        let seconds = figure::<f64>(config, &with, attribute, variable)?;
        Ok::<_, ProviderError>(seconds.map_or(otherwise, Duration::from_secs_f64))
    };
    let retry = Retry {
        max: figure(config, &with, "http_retry_max", "DIGITALOCEAN_HTTP_RETRY_MAX")?.unwrap_or(retry.max),
        wait_min: seconds("http_retry_wait_min", "DIGITALOCEAN_HTTP_RETRY_WAIT_MIN", retry.wait_min)?,
        wait_max: seconds("http_retry_wait_max", "DIGITALOCEAN_HTTP_RETRY_WAIT_MAX", retry.wait_max)?,
        patience: retry.patience,
    };
    let per_second = figure(config, &with, "requests_per_second", "DIGITALOCEAN_REQUESTS_PER_SECOND")?;
    Rest::new(Settings {
        base,
        auth: Auth::Bearer(Secret::new(&token)),
        http: with.http,
        dialect: Arc::new(DigitalOceanDialect),
        retry,
        per_second,
        commons: with.commons,
    })
}

/// A number of the block, else of the environment.
fn figure<T>(config: &Object, with: &Configure, attribute: &str, variable: &'static str) -> Result<Option<T>>
where
    T: FromStr + PartialOrd + Default,
{
    let (text, from) = match config.get(attribute).and_then(|value| value.as_number()) {
        Some(number) => (number.to_string(), attribute),
        None => match with.credentials.env(&[variable]) {
            Some((variable, text)) => (text, variable),
            None => return Ok(None),
        },
    };
    let number = text.trim().parse().ok().filter(|number| (T::default()..).contains(number));
    let ceiling = text.trim().parse::<f64>().is_ok_and(|number| number <= 1e6);
    number.filter(|_| ceiling).map(Some).ok_or_else(|| {
        ProviderError::refused(DOING, format!("{from} is `{text}`, which is not a number that can be used here"))
    })
}
