//! `digitalocean_droplet` and `digitalocean_droplets`: droplets, one by its id, name or tag, or many.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::droplet::Wire;
use super::super::query::Query;
use super::element;
use super::none;
use super::one_of;
use super::only;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
use crate::provider::Result;
use crate::schema::Attribute;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::number;
use crate::schema::of;
use crate::schema::string;
use crate::value::Object;
use crate::value::ObjectAttr;
use crate::value::Type;
use crate::value::Value;

/// A droplet.
pub(in super::super) struct Droplet;

/// The droplets.
pub(in super::super) struct Droplets;

const FILTERS: [&str; 25] = [
    "backups",
    "created_at",
    "disk",
    "id",
    "image",
    "ipv4_address",
    "ipv4_address_private",
    "ipv6",
    "ipv6_address",
    "ipv6_address_private",
    "locked",
    "memory",
    "monitoring",
    "name",
    "price_hourly",
    "price_monthly",
    "private_networking",
    "region",
    "size",
    "status",
    "tags",
    "urn",
    "vcpus",
    "volume_ids",
    "vpc_uuid",
];
/// What is no list or set.
static SORTS: LazyLock<Vec<&str>> =
    LazyLock::new(|| FILTERS.into_iter().filter(|name| !matches!(*name, "tags" | "volume_ids")).collect());

/// What the resource has under the same names and types.
fn shared() -> impl Iterator<Item = &'static str> {
    FILTERS.into_iter().filter(|name| !matches!(*name, "id" | "ipv6_address_private"))
}

fn kind(name: &str) -> Type {
    match name {
        "id" | "disk" | "memory" | "price_hourly" | "price_monthly" | "vcpus" => Type::NUMBER,
        "backups" | "ipv6" | "locked" | "monitoring" | "private_networking" => Type::BOOL,
        "tags" | "volume_ids" => Type::set(Type::STRING),
        _ => Type::STRING,
    }
}

static DROPLET: LazyLock<Schema> = LazyLock::new(|| {
    let chosen = [
        ("id", number().optional_computed()),
        ("name", string().optional_computed()),
        ("tag", string()),
        ("gpu", boolean()),
        ("gpu_partition_mode", string().computed()),
        ("ipv6_address_private", string().computed()),
    ];
    let shared = shared().filter(|name| *name != "name").map(|name| (name, of(kind(name)).computed()));
    Schema::new(chosen.into_iter().chain(shared).collect::<Vec<(&str, Attribute)>>())
});

fn query() -> Query {
    let attributes = FILTERS.iter().map(|name| ObjectAttr::new(*name, kind(name)));
    Query { element: Type::object(attributes.collect()), filters: &FILTERS, sorts: &SORTS }
}

static DROPLETS: LazyLock<Schema> = LazyLock::new(|| {
    Query::blocks(Schema::new([
        ("id", string().computed()),
        ("gpus", boolean()),
        ("droplets", of(Type::list(query().element)).computed()),
    ]))
});

/// A droplet as the data sources show it.
fn attributes(wire: &Wire) -> Vec<(&'static str, Value)> {
    let whole = wire.told();
    let shared = shared().map(|name| (name, whole.get(name).cloned().unwrap_or(Value::Null(kind(name)))));
    let id = i64::try_from(wire.id).map_or(Value::Null(Type::NUMBER), Value::from);
    shared.chain([("id", id), ("ipv6_address_private", wire.private_v6())]).collect()
}

#[async_trait]
impl DataSource<Rest> for Droplet {
    fn name(&self) -> &'static str {
        "digitalocean_droplet"
    }

    fn schema(&self) -> Schema {
        DROPLET.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        one_of(config, &["id", "name", "tag"], false)
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let api = client.on(cx, "reading a droplet");
        let wire = match (config.int("id"), config.str("name")) {
            (Some(id), _) => {
                let found: Option<Wire> = api.get(&format!("/v2/droplets/{id}")).optional("droplet").await?;
                found.ok_or_else(|| none(&api, &format!("droplet with the id {id}")))?
            }
            (None, Some(name)) => {
                let gpus = if config.bool("gpu") == Some(true) { "&type=gpus" } else { "" };
                let mut all: Vec<Wire> =
                    api.pages(&format!("/v2/droplets?name={}{gpus}", segment(name)), "droplets").await?;
                // The vendor ignores case.
                all.retain(|wire| wire.name == name);
                only(&api, all, &format!("droplet named `{name}`"))?
            }
            (None, None) => {
                let tag = config.str("tag").unwrap_or_default();
                let all = api.pages(&format!("/v2/droplets?tag_name={}", segment(tag)), "droplets").await?;
                only(&api, all, &format!("droplet with the tag `{tag}`"))?
            }
        };
        Ok(DROPLET.settle(config, attributes(&wire)))
    }
}

#[async_trait]
impl DataSource<Rest> for Droplets {
    fn name(&self) -> &'static str {
        "digitalocean_droplets"
    }

    fn schema(&self) -> Schema {
        DROPLETS.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        query().problems(config)
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let api = client.on(cx, "reading the droplets");
        let path = if config.bool("gpus") == Some(true) { "/v2/droplets?type=gpus" } else { "/v2/droplets" };
        let all: Vec<Wire> = api.pages(path, "droplets").await?;
        let droplets = query().select(&api, config, all.iter().map(|wire| element(attributes(wire))).collect())?;
        Ok(DROPLETS.settle(config, [("id", Value::from("droplets")), ("droplets", droplets)]))
    }
}
