//! Which account a token works on: its team, or the user where there is no team. And what the token may do there.

use futures::future::join_all;
use jiff::SignedDuration;
use serde::Deserialize;

use super::config::ENDPOINT;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::ProviderError;
use crate::provider::Reach;
use crate::provider::Result;
use crate::provider::Scopes;
use crate::value::Value;

/// Where the vendor tells about tokens: beside the published interface, as its own command-line client asks.
const CLOUD: &str = "https://cloud.digitalocean.com";
const TOKEN: &str = "/v1/oauth/token/info";

/// A list of each family of objects, the shortest that can be asked for.
const FAMILIES: [(&str, &str); 12] = [
    ("certificates", "/v2/certificates?per_page=1"),
    ("databases", "/v2/databases"),
    ("domains", "/v2/domains?per_page=1"),
    ("droplets", "/v2/droplets?per_page=1"),
    ("firewalls", "/v2/firewalls?per_page=1"),
    ("load balancers", "/v2/load_balancers?per_page=1"),
    ("monitoring", "/v2/monitoring/alerts?per_page=1"),
    ("projects", "/v2/projects?per_page=1"),
    ("reserved IPs", "/v2/reserved_ips?per_page=1"),
    ("tags", "/v2/tags?per_page=1"),
    ("volumes", "/v2/volumes?per_page=1"),
    ("VPCs", "/v2/vpcs?per_page=1"),
];

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    scopes: Vec<String>,
    expires_in_seconds: Option<i64>,
}

#[derive(Deserialize)]
struct Account {
    uuid: String,
    email: String,
    team: Option<Team>,
}

#[derive(Deserialize)]
struct Team {
    uuid: String,
    name: String,
}

/// The account as `{id, name}`; `None` when the token may not see it.
pub(super) async fn read(client: &Rest, cx: &Cx) -> Result<Option<Value>> {
    let account: Account = match client.on(cx, "reading the account").get("/v2/account").one("account").await {
        // A token of a narrow scope can do all its work without seeing the account.
        Err(ProviderError::Forbidden { .. }) => return Ok(None),
        account => account?,
    };
    let Team { uuid, name } = account.team.unwrap_or(Team { uuid: account.uuid, name: account.email });
    Ok(Some(Value::object([("id".into(), uuid.into()), ("name".into(), name.into())])))
}

/// What the token may do, and until when: as the vendor tells; else what it may read, as is tried.
pub(super) async fn reach(client: &Rest, cx: &Cx) -> Result<Reach> {
    let cloud = client.beside(ENDPOINT, CLOUD);
    let told: Result<Token> = cloud.on(cx, "asking about the token").get(TOKEN).whole().await;
    match told {
        Ok(Token { scopes, expires_in_seconds }) if !scopes.is_empty() => {
            let left = expires_in_seconds.filter(|seconds| *seconds > 0).map(SignedDuration::from_secs);
            let expiry = left.and_then(|left| cx.clock.now().checked_add(left).ok());
            Ok(Reach { scopes: Scopes::Told(scopes), expiry })
        }
        Err(error @ ProviderError::Cancelled { .. }) => Err(error),
        _ => tried(client, cx).await,
    }
}

async fn tried(client: &Rest, cx: &Cx) -> Result<Reach> {
    let (mut reads, mut denied) = (Vec::new(), Vec::new());
    let tries = FAMILIES.iter().map(|(family, path)| async move {
        let tried = client.on(cx, format!("trying to read the {family}")).get(path).done().await;
        ((*family).to_owned(), tried)
    });
    for (family, tried) in join_all(tries).await {
        match tried {
            Ok(()) => reads.push(family),
            Err(ProviderError::Forbidden { .. }) => denied.push(family),
            Err(error) => return Err(error),
        }
    }
    Ok(Reach { scopes: Scopes::Tried { reads, denied }, expiry: None })
}
