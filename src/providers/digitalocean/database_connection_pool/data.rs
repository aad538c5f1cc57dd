//! `data digitalocean_database_connection_pool`: a connection pool, made by somebody else.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::POOLS;
use super::Wire;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Result;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;

/// A pool, by its cluster and name.
pub(in super::super) struct PoolData;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let secret = || string().computed().sensitive();
    Schema::new([
        ("id", string().computed()),
        ("cluster_id", string().required()),
        ("name", string().required()),
        ("mode", string().computed()),
        ("size", number().computed()),
        ("db_name", string().computed()),
        ("user", string().computed()),
        ("host", string().computed()),
        ("private_host", string().computed()),
        ("port", number().computed()),
        ("uri", secret()),
        ("private_uri", secret()),
        ("password", secret()),
    ])
});

#[async_trait]
impl DataSource<Rest> for PoolData {
    fn name(&self) -> &'static str {
        "digitalocean_database_connection_pool"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        POOLS.data::<Wire>(client, cx, (&super::SCHEMA, &SCHEMA), config).await
    }
}
