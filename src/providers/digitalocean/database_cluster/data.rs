//! `data digitalocean_database_cluster`: a database cluster, made by somebody else.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::database_member::shared;
use super::super::tagging;
use super::schema;
use super::wire::Extras;
use super::wire::Wire;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::Attribute;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::list;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;

/// A cluster, by its name.
pub(in super::super) struct ClusterData;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let own = [
        ("id", string().computed()),
        ("name", string().required()),
        ("engine", string().computed()),
        ("version", string().computed()),
        ("size", string().computed()),
        ("region", string().computed()),
        ("node_count", number().computed()),
        ("storage_size_mib", string().computed()),
        ("private_network_uuid", string().computed()),
        ("project_id", string().computed()),
        ("tags", tagging::attribute().computed()),
        ("maintenance_window", blocks("maintenance_window")),
        ("storage_autoscale", blocks("storage_autoscale")),
    ];
    Schema::new(own.into_iter().chain(schema::told()))
});

/// What is a block where a cluster is made.
fn blocks(name: &str) -> Attribute {
    list(schema::SCHEMA.root().blocks()[name].block.implied_type()).computed()
}

#[async_trait]
impl DataSource<Rest> for ClusterData {
    fn name(&self) -> &'static str {
        "digitalocean_database_cluster"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let name = config.str("name").unwrap_or_default();
        let api = client.on(cx, format!("reading the database cluster {name}"));
        let all: Vec<Wire> = api.pages("/v2/databases", "databases").await?;
        // Names are unique in an account.
        let found = all.into_iter().find(|wire| wire.name == name);
        let absent = || ProviderError::refused(api.doing(), "there is no database cluster of this name");
        let wire = found.ok_or_else(absent)?;
        let cluster = shared(&SCHEMA, &wire.object(&schema::SCHEMA.empty(), &Extras::default()));
        let told = [("maintenance_window", wire.window()), ("storage_autoscale", wire.storage_autoscale(None))];
        Ok(cluster.with(told.into_iter().filter_map(|(name, value)| Some((name.into(), value?)))))
    }
}
