//! `neon_connection_uri`: the address of a database, as the vendor composes it, with the password in it.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::client::Client;
use super::super::sight::project_path;
use super::super::values::word;
use super::wanted;
use crate::net::rest::segment;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::string;
use crate::value::Object;
use crate::value::Value;

/// An address, direct or by the pooler.
pub(super) struct ConnectionUri;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("project_id", string().required()),
        ("branch_id", string().describe("Without one, the project's default branch.")),
        ("endpoint_id", string().describe("Without one, the compute that writes to the branch.")),
        ("database_name", string().required()),
        ("role_name", string().required()),
        ("pooled", boolean().default(false)),
        ("uri", string().computed().sensitive()),
    ])
});

#[async_trait]
impl DataSource<Client> for ConnectionUri {
    fn name(&self) -> &'static str {
        "neon_connection_uri"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    async fn read(&self, client: &Client, cx: &Cx, config: &Object) -> Result<Object> {
        let (project, database) = (word(config, "project_id"), word(config, "database_name"));
        let api = client.on(cx, format!("reading the address of the database {database}"));
        let names = ["branch_id", "endpoint_id", "database_name", "role_name"];
        let said = names.iter().filter_map(|name| Some(format!("{name}={}", segment(wanted(config, name)?))));
        let pooled = (config.bool("pooled") == Some(true)).then(|| "pooled=true".to_owned());
        let query: Vec<_> = said.chain(pooled).collect();
        let uri: String =
            api.get(&format!("{}/connection_uri?{}", project_path(project), query.join("&"))).one("uri").await?;
        let id = Value::from(format!("{project}/{}/{database}", word(config, "role_name")));
        Ok(SCHEMA.settle(config, [("id", id), ("uri", Value::from(uri))]))
    }
}
