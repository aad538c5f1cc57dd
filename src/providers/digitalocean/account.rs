//! Which account a token works on: its team, or the user where there is no team.

use serde::Deserialize;

use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::value::Value;

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
