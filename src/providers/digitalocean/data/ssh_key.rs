//! `data digitalocean_ssh_key` and `digitalocean_ssh_keys`: the account's public keys, one by its name or all.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::query::Query;
use super::super::ssh_key::Wire;
use super::super::values::int;
use super::super::values::text;
use super::element;
use super::only;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::of;
use crate::schema::string;
use crate::value::Object;
use crate::value::ObjectAttr;
use crate::value::Type;
use crate::value::Value;

/// A key.
pub(in super::super) struct SshKey;

/// The keys.
pub(in super::super) struct SshKeys;

const KEYS: [&str; 3] = ["name", "public_key", "fingerprint"];

fn query() -> Query {
    let element = Type::object(vec![
        ObjectAttr::new("id", Type::NUMBER),
        ObjectAttr::new("name", Type::STRING),
        ObjectAttr::new("public_key", Type::STRING),
        ObjectAttr::new("fingerprint", Type::STRING),
    ]);
    Query { element, filters: &KEYS, sorts: &KEYS }
}

static KEY: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("name", string().required()),
        ("public_key", string().computed()),
        ("fingerprint", string().computed()),
    ])
});

static KEY_LIST: LazyLock<Schema> = LazyLock::new(|| {
    Query::blocks(Schema::new([("id", string().computed()), ("ssh_keys", of(Type::list(query().element)).computed())]))
});

#[async_trait]
impl DataSource<Rest> for SshKey {
    fn name(&self) -> &'static str {
        "digitalocean_ssh_key"
    }

    fn schema(&self) -> Schema {
        KEY.clone()
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let name = config.str("name").unwrap_or_default();
        let api = client.on(cx, format!("reading the SSH key {name}"));
        let mut all: Vec<Wire> = api.pages("/v2/account/keys", "ssh_keys").await?;
        all.retain(|wire| wire.name == name);
        let wire = only(&api, all, &format!("SSH key named `{name}`"))?;
        let known = [
            ("id", Value::from(wire.id.to_string())),
            ("public_key", text(wire.public_key.as_deref())),
            ("fingerprint", text(wire.fingerprint.as_deref())),
        ];
        Ok(KEY.settle(config, known))
    }
}

#[async_trait]
impl DataSource<Rest> for SshKeys {
    fn name(&self) -> &'static str {
        "digitalocean_ssh_keys"
    }

    fn schema(&self) -> Schema {
        KEY_LIST.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        query().problems(config)
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let api = client.on(cx, "reading the SSH keys");
        let all: Vec<Wire> = api.pages("/v2/account/keys", "ssh_keys").await?;
        let all = all.iter().map(|wire| {
            element(vec![
                ("id", int(i64::try_from(wire.id).ok())),
                ("name", Value::from(&*wire.name)),
                ("public_key", text(wire.public_key.as_deref())),
                ("fingerprint", text(wire.fingerprint.as_deref())),
            ])
        });
        let keys = query().select(&api, config, all.collect())?;
        Ok(KEY_LIST.settle(config, [("id", Value::from("ssh_keys")), ("ssh_keys", keys)]))
    }
}
