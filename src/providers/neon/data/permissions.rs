//! `neon_project_permissions`: who may see and use a project.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::client::Client;
use super::super::sight::Sight;
use super::super::values::word;
use super::list;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Result;
use crate::schema::Schema;
use crate::schema::of;
use crate::schema::string;
use crate::value::Object;
use crate::value::ObjectAttr;
use crate::value::Type;
use crate::value::Value;

/// The permissions of a project.
pub(super) struct ProjectPermissions;

fn permission_type() -> Type {
    Type::object(["id", "grantee", "granted_at"].map(|name| ObjectAttr::new(name, Type::STRING)).to_vec())
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("project_id", string().required()),
        ("permissions", of(Type::list(permission_type())).computed()),
    ])
});

#[async_trait]
impl DataSource<Client> for ProjectPermissions {
    fn name(&self) -> &'static str {
        "neon_project_permissions"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    async fn read(&self, client: &Client, cx: &Cx, config: &Object) -> Result<Object> {
        let project = word(config, "project_id");
        let sight = Sight::new(client, cx, format!("reading the permissions of the project {project}"), project);
        let objects = sight.permissions().await?.into_iter().map(|permission| {
            Value::object([
                ("id".into(), Value::from(format!("{project}/{}", permission.id))),
                ("grantee".into(), Value::from(permission.granted_to_email)),
                ("granted_at".into(), Value::from(permission.granted_at)),
            ])
        });
        let objects: Vec<_> = objects.collect();
        Ok(SCHEMA.settle(config, [("id", Value::from(project)), ("permissions", list(permission_type(), objects))]))
    }
}
