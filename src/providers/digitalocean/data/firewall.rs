//! `data digitalocean_firewall`: a firewall, by its id.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::firewall;
use super::super::firewall::Wire;
use super::none;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::of;
use crate::schema::set;
use crate::schema::string;
use crate::value::Object;
use crate::value::Type;

/// A firewall.
pub(in super::super) struct Firewall;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let rules = |direction: &firewall::Direction| {
        of(Type::set(firewall::SCHEMA.root().blocks()[direction.block].block.implied_type())).computed()
    };
    Schema::new([
        ("id", string().computed()),
        ("firewall_id", string().required()),
        ("name", string().computed()),
        ("droplet_ids", set(Type::NUMBER).computed()),
        ("tags", set(Type::STRING).computed()),
        ("status", string().computed()),
        ("created_at", string().computed()),
        ("pending_changes", of(Type::list(firewall::pending_type())).computed()),
        ("inbound_rule", rules(&firewall::INBOUND)),
        ("outbound_rule", rules(&firewall::OUTBOUND)),
    ])
});

#[async_trait]
impl DataSource<Rest> for Firewall {
    fn name(&self) -> &'static str {
        "digitalocean_firewall"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let id = config.str("firewall_id").unwrap_or_default();
        let api = client.on(cx, format!("reading the firewall {id}"));
        let found: Option<Wire> = api.get(&firewall::path(id)).optional("firewall").await?;
        let wire = found.ok_or_else(|| none(&api, &format!("firewall with the id `{id}`")))?;
        Ok(SCHEMA.settle(config, wire.attributes(&firewall::SCHEMA.empty())))
    }
}
