//! `data digitalocean_volume`: a volume, by its name.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::volume::Wire;
use super::only;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Result;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::set;
use crate::schema::string;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;

/// A volume.
pub(in super::super) struct Volume;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("name", string().required()),
        ("region", string().optional_computed().equality(Equality::IgnoreCase)),
        ("size", number().computed()),
        ("description", string().computed()),
        ("filesystem_type", string().computed()),
        ("filesystem_label", string().computed()),
        ("droplet_ids", set(Type::NUMBER).computed()),
        ("tags", set(Type::STRING).computed()),
        ("urn", string().computed()),
    ])
});

#[async_trait]
impl DataSource<Rest> for Volume {
    fn name(&self) -> &'static str {
        "digitalocean_volume"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let name = config.str("name").unwrap_or_default();
        let api = client.on(cx, format!("reading the volume {name}"));
        let region = config.str("region").map(|region| format!("&region={}", segment(&region.to_lowercase())));
        let path = format!("/v2/volumes?name={}{}", segment(name), region.unwrap_or_default());
        let mut all: Vec<Wire> = api.pages(&path, "volumes").await?;
        all.retain(|wire| wire.name == name);
        let what = match config.str("region") {
            Some(region) => format!("volume named `{name}` in the region `{region}`"),
            None => format!("volume named `{name}`"),
        };
        let wire = only(&api, all, &what)?;
        // Tags that are not there are none here, not unsaid.
        let base = SCHEMA.empty().set("tags", Value::set(Type::STRING, Vec::new()));
        Ok(SCHEMA.settle(config, wire.attributes(&base)))
    }
}
