//! `data digitalocean_database_replica`: a read replica, made by somebody else.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::database_member::connection;
use super::super::tagging;
use super::REPLICAS;
use super::Wire;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Result;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;

/// A replica, by its cluster and name.
pub(in super::super) struct ReplicaData;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let own = [
        ("id", string().computed()),
        ("uuid", string().computed()),
        ("cluster_id", string().required()),
        ("name", string().required()),
        ("region", string().computed()),
        ("size", string().computed()),
        ("storage_size_mib", string().computed()),
        ("private_network_uuid", string().computed()),
        ("tags", tagging::attribute().computed()),
    ];
    Schema::new(own.into_iter().chain(connection()))
});

#[async_trait]
impl DataSource<Rest> for ReplicaData {
    fn name(&self) -> &'static str {
        "digitalocean_database_replica"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        REPLICAS.data::<Wire>(client, cx, (&super::SCHEMA, &SCHEMA), config).await
    }
}
