//! `neon_project`: a project that is there.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::client::Client;
use super::super::project;
use super::super::sight::Sight;
use super::super::values::word;
use super::missing;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Result;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;

/// A project, by its id.
pub(super) struct Project;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let secret = string().computed().sensitive();
    Schema::new([
        ("id", string().required()),
        ("name", string().computed()),
        ("org_id", string().computed()),
        ("region_id", string().computed()),
        ("pg_version", number().computed()),
        ("default_branch_id", string().computed()),
        ("default_endpoint_id", string().computed()),
        ("database_host", string().computed()),
        ("database_host_pooler", string().computed()),
        ("database_name", string().computed()),
        ("database_user", string().computed()),
        ("database_password", secret.clone()),
        ("connection_uri", secret.clone()),
        ("connection_uri_pooler", secret),
    ])
});

#[async_trait]
impl DataSource<Client> for Project {
    fn name(&self) -> &'static str {
        "neon_project"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    async fn read(&self, client: &Client, cx: &Cx, config: &Object) -> Result<Object> {
        let id = word(config, "id");
        let sight = Sight::new(client, cx, format!("reading the project {id}"), id);
        let found = project::object(&sight).await?.ok_or_else(|| missing(&sight, "such project"))?;
        let names = SCHEMA.shape().names().iter();
        let values = names.filter_map(|name| Some((name.clone(), found.get(name)?.clone())));
        Ok(SCHEMA.settle(config, values.collect::<Vec<_>>()))
    }
}
