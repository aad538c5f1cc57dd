//! `neon_database`: a database of a branch.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::client::Client;
use super::super::sight::Sight;
use super::super::values::word;
use super::missing;
use super::named;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Result;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;
use crate::value::Value;

/// A database, by its name.
pub(super) struct Database;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("project_id", string().required()),
        ("branch_id", string().required()),
        ("name", string().required()),
        ("owner_name", string().computed()),
    ])
});

#[async_trait]
impl DataSource<Client> for Database {
    fn name(&self) -> &'static str {
        "neon_database"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    async fn read(&self, client: &Client, cx: &Cx, config: &Object) -> Result<Object> {
        let ((project, branch), name) = (named(config), word(config, "name"));
        let sight = Sight::new(client, cx, format!("reading the database {name}"), project);
        let all = sight.databases(branch).await?.ok_or_else(|| missing(&sight, "such branch"))?;
        let found = all.iter().find(|database| database.name == name);
        let found = found.ok_or_else(|| missing(&sight, "such database"))?;
        let known = [("id", Value::from(found.id.to_string())), ("owner_name", Value::from(&*found.owner_name))];
        Ok(SCHEMA.settle(config, known))
    }
}
