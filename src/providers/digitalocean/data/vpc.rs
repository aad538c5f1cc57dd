//! `data digitalocean_vpc`: a network, by its id or name, or the default one of a region.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::vpc::Wire;
use super::super::vpc::path;
use super::none;
use super::one_of;
use super::only;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
use crate::provider::Result;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::string;
use crate::value::Object;

/// A network.
pub(in super::super) struct Vpc;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().optional_computed()),
        ("name", string().optional_computed()),
        ("region", string().optional_computed().equality(Equality::IgnoreCase)),
        ("description", string().computed()),
        ("ip_range", string().computed()),
        ("default", boolean().computed()),
        ("urn", string().computed()),
        ("created_at", string().computed()),
    ])
});

#[async_trait]
impl DataSource<Rest> for Vpc {
    fn name(&self) -> &'static str {
        "digitalocean_vpc"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        one_of(config, &["id", "name", "region"], false)
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let api = client.on(cx, "reading a VPC");
        let wire = match config.str("id") {
            Some(id) => {
                let found: Option<Wire> = api.get(&path(id)).optional("vpc").await?;
                found.ok_or_else(|| none(&api, &format!("VPC with the id `{id}`")))?
            }
            None => {
                let mut all: Vec<Wire> = api.pages("/v2/vpcs", "vpcs").await?;
                let what = match (config.str("name"), config.str("region")) {
                    (Some(name), _) => {
                        all.retain(|wire| wire.name == name);
                        format!("VPC named `{name}`")
                    }
                    (None, region) => {
                        let region = region.unwrap_or_default();
                        all.retain(|wire| wire.default && wire.region.eq_ignore_ascii_case(region));
                        format!("default VPC in the region `{region}`")
                    }
                };
                only(&api, all, &what)?
            }
        };
        Ok(SCHEMA.settle(config, wire.attributes()))
    }
}
