//! `data digitalocean_loadbalancer`: a load balancer, by its id or name.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::loadbalancer;
use super::super::loadbalancer::Wire;
use super::none;
use super::one_of;
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

/// A load balancer.
pub(in super::super) struct LoadBalancer;

/// What the resource has under the same names; its blocks are attributes here.
const SHARED: [&str; 29] = [
    "algorithm",
    "disable_lets_encrypt_dns_records",
    "domains",
    "droplet_ids",
    "droplet_tag",
    "enable_backend_keepalive",
    "enable_proxy_protocol",
    "firewall",
    "forwarding_rule",
    "glb_settings",
    "healthcheck",
    "http_idle_timeout_seconds",
    "ip",
    "ipv6",
    "network",
    "network_stack",
    "project_id",
    "redirect_http_to_https",
    "region",
    "size",
    "size_unit",
    "status",
    "sticky_sessions",
    "subnet_uuid",
    "target_load_balancer_ids",
    "tls_cipher_policy",
    "type",
    "urn",
    "vpc_uuid",
];

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let root = loadbalancer::SCHEMA.root();
    let ty = |name: &str| match root.attributes().get(name) {
        Some(attribute) => attribute.ty,
        None => root.blocks()[name].ty(),
    };
    let shared = SHARED.into_iter().map(|name| (name, of(ty(name)).computed()));
    let chosen = [("id", string().optional_computed()), ("name", string().optional_computed())];
    Schema::new(chosen.into_iter().chain(shared))
});

#[async_trait]
impl DataSource<Rest> for LoadBalancer {
    fn name(&self) -> &'static str {
        "digitalocean_loadbalancer"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        one_of(config, &["id", "name"], false)
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let api = client.on(cx, "reading a load balancer");
        let wire = match (config.str("id"), config.str("name").unwrap_or_default()) {
            (Some(id), _) => {
                let found: Option<Wire> = api.get(&loadbalancer::path(id)).optional("load_balancer").await?;
                found.ok_or_else(|| none(&api, &format!("load balancer with the id `{id}`")))?
            }
            (None, name) => {
                let mut all: Vec<Wire> = api.pages("/v2/load_balancers", "load_balancers").await?;
                all.retain(|wire| wire.name == name);
                only(&api, all, &format!("load balancer named `{name}`"))?
            }
        };
        let whole = loadbalancer::told(&api, &wire).await?;
        let shared = SHARED.iter().chain(&["id", "name"]).filter_map(|name| Some((*name, whole.get(name)?.clone())));
        Ok(SCHEMA.settle(config, shared))
    }
}
