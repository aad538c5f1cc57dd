//! Which account a key works on: its organisation, or the user who is in several.

use serde::Deserialize;

use super::client::Client;
use crate::net::rest::segment;
use crate::provider::Cx;
use crate::provider::ProviderError;
use crate::provider::Reach;
use crate::provider::Result;
use crate::provider::Scopes;
use crate::value::Value;

#[derive(Deserialize)]
struct Organisation {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct User {
    id: String,
    email: String,
}

/// The account as `{id, name}`; `None` when the key may not see it. An organisation's key and the personal key of
/// somebody who is in that organisation only work on the same account.
pub(super) async fn read(client: &Client, cx: &Cx) -> Result<Option<Value>> {
    match look(client, cx).await {
        // A key of a narrow scope can do all its work without seeing the account.
        Err(ProviderError::Forbidden { .. }) => Ok(None),
        found => found.map(Some),
    }
}

async fn look(client: &Client, cx: &Cx) -> Result<Value> {
    let api = client.on(cx, "reading the account");
    if let Some(org) = &client.org {
        let organisation: Organisation = api.get(&format!("/organizations/{}", segment(org))).whole().await?;
        return Ok(account(organisation.id, organisation.name));
    }
    let mut all: Vec<Organisation> = api.get("/users/me/organizations").one("organizations").await?;
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => Ok(account(only.id, only.name)),
        _ => {
            let user: User = api.get("/users/me").whole().await?;
            Ok(account(user.id, user.email))
        }
    }
}

fn account(id: String, name: String) -> Value {
    Value::object([("id".into(), id.into()), ("name".into(), name.into())])
}

#[derive(Deserialize)]
struct Details {
    auth_method: String,
}

/// What the key may do: that hangs on its kind. Keys of this vendor have no scopes beside it, and no end that is told.
pub(super) async fn reach(client: &Client, cx: &Cx) -> Result<Reach> {
    let details: Details = client.on(cx, "asking about the key").get("/auth").whole().await?;
    let scope = match &*details.auth_method {
        "api_key_user" => "all that its user may".to_owned(),
        "api_key_org" => "all of its organization, or of the one project that it was made for".to_owned(),
        other => other.to_owned(),
    };
    Ok(Reach { scopes: Scopes::Told(vec![scope]), expiry: None })
}
