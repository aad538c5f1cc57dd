//! `data digitalocean_database_user`: a login to a cluster, made by somebody else.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::USERS;
use super::Wire;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Result;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;

/// A user, by its cluster and name.
pub(in super::super) struct UserData;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("cluster_id", string().required()),
        ("name", string().required()),
        ("mysql_auth_plugin", string().computed()),
        ("role", string().computed()),
        ("password", string().computed().sensitive()),
        ("access_cert", string().computed().sensitive()),
        ("access_key", string().computed().sensitive()),
    ])
});

#[async_trait]
impl DataSource<Rest> for UserData {
    fn name(&self) -> &'static str {
        "digitalocean_database_user"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        USERS.data::<Wire>(client, cx, (&super::SCHEMA, &SCHEMA), config).await
    }
}
