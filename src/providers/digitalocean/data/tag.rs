//! `data digitalocean_tag` and `digitalocean_tags`: tags with how much carries them, one by its name or all.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::marks;
use super::super::query::Query;
use super::super::tag::Wire;
use super::super::tag::path;
use super::element;
use super::none;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::of;
use crate::schema::string;
use crate::value::Object;
use crate::value::ObjectAttr;
use crate::value::Type;
use crate::value::Value;

/// A tag.
pub(in super::super) struct Tag;

/// The tags.
pub(in super::super) struct Tags;

const KEYS: [&str; 7] = [
    "name",
    "total_resource_count",
    "droplets_count",
    "images_count",
    "volumes_count",
    "volume_snapshots_count",
    "databases_count",
];

fn query() -> Query {
    let ty = |name: &str| if name == "name" { Type::STRING } else { Type::NUMBER };
    let element = Type::object(KEYS.iter().map(|name| ObjectAttr::new(*name, ty(name))).collect());
    Query { element, filters: &KEYS, sorts: &KEYS }
}

static TAG: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("name", string().required()),
        ("total_resource_count", number().computed()),
        ("droplets_count", number().computed()),
        ("images_count", number().computed()),
        ("volumes_count", number().computed()),
        ("volume_snapshots_count", number().computed()),
        ("databases_count", number().computed()),
    ])
});

static TAGS: LazyLock<Schema> = LazyLock::new(|| {
    Query::blocks(Schema::new([("id", string().computed()), ("tags", of(Type::list(query().element)).computed())]))
});

#[async_trait]
impl DataSource<Rest> for Tag {
    fn name(&self) -> &'static str {
        "digitalocean_tag"
    }

    fn schema(&self) -> Schema {
        TAG.clone()
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let name = config.str("name").unwrap_or_default();
        let api = client.on(cx, format!("reading the tag {name}"));
        let found: Option<Wire> = api.get(&path(name)).optional("tag").await?;
        let wire = found.ok_or_else(|| none(&api, &format!("tag named `{name}`")))?;
        let mut known = Vec::from(wire.counts());
        known.push(("id", Value::from(&*wire.name)));
        Ok(TAG.settle(config, known))
    }
}

#[async_trait]
impl DataSource<Rest> for Tags {
    fn name(&self) -> &'static str {
        "digitalocean_tags"
    }

    fn schema(&self) -> Schema {
        TAGS.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        query().problems(config)
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let api = client.on(cx, "reading the tags");
        let all: Vec<Wire> = api.pages("/v2/tags", "tags").await?;
        let all = all.iter().filter(|wire| marks::is_shown(&wire.name)).map(|wire| {
            let mut known = Vec::from(wire.counts());
            known.push(("name", Value::from(&*wire.name)));
            element(known)
        });
        let tags = query().select(&api, config, all.collect())?;
        Ok(TAGS.settle(config, [("id", Value::from("tags")), ("tags", tags)]))
    }
}
