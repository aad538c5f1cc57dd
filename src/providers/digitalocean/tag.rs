//! `digitalocean_tag`: a label on droplets, databases, images, volumes and snapshots.

use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::listing;
use super::listing::Listing;
use super::tagging;
use super::values::int;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Problem;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// A tag; its name is its id.
pub(super) struct Tag;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        // Whoever made a tag first decided on upper and lower case.
        ("name", string().required().replaces().equality(Equality::IgnoreCase)),
        ("total_resource_count", number().computed()),
        ("droplets_count", number().computed()),
        ("images_count", number().computed()),
        ("volumes_count", number().computed()),
        ("volume_snapshots_count", number().computed()),
        ("databases_count", number().computed()),
    ])
});

#[derive(Clone, Deserialize)]
pub(super) struct Wire {
    pub(super) name: String,
    #[serde(default)]
    resources: Counts,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Counts {
    count: i64,
    droplets: Count,
    images: Count,
    volumes: Count,
    volume_snapshots: Count,
    databases: Count,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Count {
    count: i64,
}

impl Wire {
    fn object(&self, base: &Object) -> Object {
        let name = || Value::from(&*self.name);
        SCHEMA.settle(base, [("id", name()), ("name", name())].into_iter().chain(self.counts()))
    }

    /// How much carries the tag.
    pub(super) fn counts(&self) -> [(&'static str, Value); 6] {
        let counts = &self.resources;
        [
            ("total_resource_count", int(Some(counts.count))),
            ("droplets_count", int(Some(counts.droplets.count))),
            ("images_count", int(Some(counts.images.count))),
            ("volumes_count", int(Some(counts.volumes.count))),
            ("volume_snapshots_count", int(Some(counts.volume_snapshots.count))),
            ("databases_count", int(Some(counts.databases.count))),
        ]
    }
}

#[async_trait]
impl ResourceType<Rest> for Tag {
    fn name(&self) -> &'static str {
        "digitalocean_tag"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let bad = config.str("name").filter(|name| !tagging::is_name(name));
        bad.map(|name| tagging::problem(Path::of("name"), name)).into_iter().collect()
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("tags".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the tag {}", prior.id()));
        let tag: Option<Wire> = api.get(&path(prior.id())).optional("tag").await?;
        Ok(tag.map(|tag| tag.object(prior)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let listing =
            Listing { path: "/v2/tags", key: "tags", one: &path, one_key: "tag", id: |tag: &Wire| tag.name.clone() };
        let found = listing.read(&client.on(cx, "reading tags"), &ids).await;
        let reads = found.into_iter().zip(items);
        reads
            .map(|(found, item)| listing::seen(found.map(|tag| Some(Read::Present(tag?.object(&item.prior))))))
            .collect()
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let name = planned.str("name").unwrap_or_default();
        let api = client.on(cx, format!("creating the tag {name}"));
        // The name is the id, so making it twice is the same as once.
        let tag: Wire = api.post("/v2/tags", &json!({"name": name})).idempotent().one("tag").await?;
        Ok(tag.object(planned))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        client.on(cx, format!("deleting the tag {}", prior.id())).delete(&path(prior.id())).gone().await
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let name = intent.planned.str("name").unwrap_or_default();
        let api = client.on(cx, format!("looking for the tag {name}"));
        let tag: Option<Wire> = api.get(&path(name)).optional("tag").await?;
        Ok(tag.map_or(Found::Absent, |tag| Found::One(tag.object(&intent.planned))))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        self.read(client, cx, &SCHEMA.object([("id", Value::from(id))])).await
    }
}

pub(super) fn path(name: &str) -> String {
    format!("/v2/tags/{}", segment(name))
}
