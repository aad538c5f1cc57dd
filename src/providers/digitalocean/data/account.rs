//! `digitalocean_account`: whose token it is, and what it may have.

use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;

use super::super::values::int;
use super::super::values::text;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Result;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Value;

/// The account.
pub(in super::super) struct Account;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("uuid", string().computed()),
        ("email", string().computed()),
        ("email_verified", boolean().computed()),
        ("droplet_limit", number().computed()),
        ("floating_ip_limit", number().computed()),
        ("status", string().computed()),
        ("status_message", string().computed()),
    ])
});

#[derive(Deserialize)]
struct Wire {
    uuid: String,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
    droplet_limit: Option<i64>,
    floating_ip_limit: Option<i64>,
    status: Option<String>,
    status_message: Option<String>,
}

#[async_trait]
impl DataSource<Rest> for Account {
    fn name(&self) -> &'static str {
        "digitalocean_account"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let wire: Wire = client.on(cx, "reading the account").get("/v2/account").one("account").await?;
        let known = [
            ("id", Value::from(&*wire.uuid)),
            ("uuid", Value::from(&*wire.uuid)),
            ("email", text(wire.email.as_deref())),
            ("email_verified", Value::from(wire.email_verified)),
            ("droplet_limit", int(wire.droplet_limit)),
            ("floating_ip_limit", int(wire.floating_ip_limit)),
            ("status", text(wire.status.as_deref())),
            ("status_message", Value::from(wire.status_message.unwrap_or_default())),
        ];
        Ok(SCHEMA.settle(config, known))
    }
}
