//! `data digitalocean_project`: a project, by its id or name, else the default one.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::project::Wire;
use super::super::project::path;
use super::super::urns;
use super::none;
use super::one_of;
use super::only;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::number;
use crate::schema::set;
use crate::schema::string;
use crate::value::Object;
use crate::value::Type;

/// A project.
pub(in super::super) struct Project;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().optional_computed()),
        ("name", string().optional_computed()),
        ("description", string().computed()),
        ("purpose", string().computed()),
        ("environment", string().computed()),
        ("is_default", boolean().computed()),
        ("resources", set(Type::STRING).computed()),
        ("owner_uuid", string().computed()),
        ("owner_id", number().computed()),
        ("created_at", string().computed()),
        ("updated_at", string().computed()),
    ])
});

#[async_trait]
impl DataSource<Rest> for Project {
    fn name(&self) -> &'static str {
        "digitalocean_project"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        one_of(config, &["id", "name"], true)
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let api = client.on(cx, "reading a project");
        let wire = match (config.str("id"), config.str("name")) {
            (None, Some(name)) => {
                let mut all: Vec<Wire> = api.pages("/v2/projects", "projects").await?;
                all.retain(|wire| wire.name == name);
                only(&api, all, &format!("project named `{name}`"))?
            }
            (id, _) => {
                let id = id.unwrap_or(urns::DEFAULT);
                let found: Option<Wire> = api.get(&path(id)).optional("project").await?;
                found.ok_or_else(|| none(&api, &format!("project with the id `{id}`")))?
            }
        };
        let resources = urns::listed(&api, &wire.id).await?.unwrap_or_default();
        Ok(SCHEMA.settle(config, wire.attributes(&resources)))
    }
}
