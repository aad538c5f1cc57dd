//! `neon_database`: a database of a branch; renamed and given to another owner in place.
//!
//! Known by the number that the vendor gives it, which stays when it is renamed. A database that came with the branch is
//! taken over, not made: see [`adoption`].

use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::adoption;
use super::batch;
use super::client::Client;
use super::operation;
use super::operation::Operation;
use super::sight::Sight;
use super::sight::branch_path;
use super::sight::database_path;
use super::values::differs;
use super::values::parts;
use super::values::word;
use super::wire;
use crate::net::rest::Api;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::ProviderError;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// A database, found again by its number.
pub(super) struct Database;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("project_id", string().required().replaces()),
        ("branch_id", string().required().replaces()),
        ("name", string().required()),
        ("owner_name", string().required()),
    ])
});

#[derive(Deserialize)]
struct Changed {
    database: wire::Database,
    #[serde(default)]
    operations: Vec<Operation>,
}

impl wire::Database {
    fn object(&self, base: &Object) -> Object {
        SCHEMA.settle(
            base,
            [
                ("id", Value::from(self.id.to_string())),
                ("name", Value::from(&*self.name)),
                ("owner_name", Value::from(&*self.owner_name)),
            ],
        )
    }
}

/// Reads a database: by its number, and by its name where that is not known.
pub(super) async fn see(sight: &Sight<'_>, prior: &Object) -> Result<Option<Object>> {
    let (branch, name) = (word(prior, "branch_id"), word(prior, "name"));
    let Some(all) = sight.databases(branch).await? else { return Ok(None) };
    let is_it = |database: &wire::Database| match prior.id() {
        "" => database.name == name,
        id => database.id.to_string() == id,
    };
    if let Some(there) = all.iter().find(|database| is_it(database)) {
        return Ok(Some(there.object(prior)));
    }
    // Lists lag behind.
    let path = database_path(sight.id(), branch, name);
    let there: Option<wire::Database> = sight.api().get(&path).optional("database").await?;
    Ok(there.filter(|there| is_it(there)).map(|there| there.object(prior)))
}

#[async_trait]
impl ResourceType<Client> for Database {
    fn name(&self) -> &'static str {
        "neon_database"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        batch::key(prior.str("project_id"))
    }

    async fn read(&self, client: &Client, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let doing = format!("reading the database {}", word(prior, "name"));
        see(&Sight::new(client, cx, doing, word(prior, "project_id")), prior).await
    }

    async fn before_create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Json> {
        let (project, branch) = (word(planned, "project_id"), word(planned, "branch_id"));
        let name = word(planned, "name");
        let sight = Sight::new(client, cx, format!("looking for the database {name}"), project);
        let all = sight.databases(branch).await?.unwrap_or_default();
        if let Some(there) = all.iter().find(|database| database.name == name) {
            let of = sight.branch(branch).await?;
            if !of.is_some_and(|branch| adoption::came_with(&branch.created_at, &there.created_at)) {
                let doing = format!("creating the database {name}");
                let message = "the branch has a database of this name".to_owned();
                let id = Some(format!("{project}/{branch}/{name}"));
                let argument = Some(Path::of("name"));
                return Err(ProviderError::Taken { doing, message, id, argument });
            }
            adoption::note(cx, &there.id.to_string());
        }
        Ok(all.iter().map(|database| database.id.to_string()).collect())
    }

    async fn create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Object> {
        let (project, branch) = (word(planned, "project_id"), word(planned, "branch_id"));
        let name = word(planned, "name");
        if adoption::noted(&cx.private()).is_some() {
            let api = client.on(cx, format!("taking over the database {name}"));
            let sight = Sight::of(api.about(api.doing()), project);
            let base = SCHEMA.object(["project_id", "branch_id", "name"].map(|key| (key, word(planned, key).into())));
            let gone = || ProviderError::refused(api.doing(), "the database went away meanwhile");
            let there = see(&sight, &base).await?.ok_or_else(gone)?;
            cx.record(&there).await?;
            return change(&api, &there, planned).await;
        }
        let api = client.on(cx, format!("creating the database {name}"));
        let body = json!({"database": {"name": name, "owner_name": planned.str("owner_name")}});
        let path = format!("{}/databases", branch_path(project, branch));
        let made: Changed = api.post(&path, &body).whole().await?;
        let object = made.database.object(planned);
        cx.record(&object).await?;
        operation::finished(&api, made.operations).await?;
        Ok(object)
    }

    async fn update(&self, client: &Client, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("changing the database {}", word(prior, "name")));
        change(&api, prior, planned).await
    }

    async fn delete(&self, client: &Client, cx: &Cx, prior: &Object) -> Result<()> {
        if adoption::noted(&cx.private()).is_some() {
            return Ok(());
        }
        let name = word(prior, "name");
        let api = client.on(cx, format!("deleting the database {name}"));
        let path = database_path(word(prior, "project_id"), word(prior, "branch_id"), name);
        operation::finished(&api, api.delete(&path).optional("operations").await?.unwrap_or_default()).await
    }

    fn guards(&self) -> Option<&'static str> {
        Some("its data")
    }

    async fn find(&self, client: &Client, cx: &Cx, intent: &Intent) -> Result<Found> {
        let project = word(&intent.planned, "project_id");
        let api = client.on(cx, format!("looking for the database {}", word(&intent.planned, "name")));
        let base = SCHEMA
            .object(["project_id", "branch_id", "name"].map(|key| (key, Value::from(word(&intent.planned, key)))));
        let there = see(&Sight::of(api.about(api.doing()), project), &base).await?;
        let is_adopted = adoption::noted(&intent.private).is_some();
        let Some(there) = there.filter(|there| is_adopted || super::branch::is_new(intent, there.id())) else {
            return Ok(Found::Absent);
        };
        operation::quiet(&api, project).await?;
        let read = ["id", "name", "owner_name"].map(|key| (key, Value::from(word(&there, key))));
        Ok(Found::One(SCHEMA.settle(&intent.planned, read)))
    }

    async fn import(&self, client: &Client, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let Some([project, branch, name]) = parts(id) else {
            let message = format!(
                "`{id}` is not an id. Write the project's id, the branch's, and the name, as in `p-1/br-2/app`"
            );
            return Err(ProviderError::refused("importing a database", message));
        };
        let known = [("project_id", project), ("branch_id", branch), ("name", name)];
        self.read(client, cx, &SCHEMA.object(known.map(|(name, value)| (name, Value::from(value))))).await
    }

    /// The vendor changes one thing of a project at a time.
    fn serial_key(&self, planned: &Object) -> Option<String> {
        super::project::serial_key(planned.str("project_id"))
    }

    fn keeps(&self, _: &Object, private: &Json) -> Option<String> {
        adoption::keeps(private, "the database came with its branch, so it")
    }
}

/// Renames a database, gives it to another owner, or both.
async fn change(api: &Api<'_>, prior: &Object, planned: &Object) -> Result<Object> {
    let (project, branch) = (word(planned, "project_id"), word(planned, "branch_id"));
    let changed = ["name", "owner_name"].into_iter().filter(|name| differs(&SCHEMA, prior, planned, name));
    let body: serde_json::Map<_, _> = changed.map(|name| (name.to_owned(), planned.str(name).into())).collect();
    if body.is_empty() {
        return Ok(SCHEMA.settle(planned, [("id", Value::from(prior.id()))]));
    }
    let path = database_path(project, branch, word(prior, "name"));
    match api.patch(&path, &json!({"database": body})).whole::<Changed>().await {
        Ok(changed) => {
            operation::finished(api, changed.operations).await?;
            Ok(changed.database.object(planned))
        }
        Err(refused @ ProviderError::Refused { code: Some(404), .. }) => {
            // An earlier try, of which no answer came, may have renamed it.
            let sight = Sight::of(api.about(api.doing()), project);
            let there = see(&sight, prior).await?.ok_or(refused)?;
            operation::quiet(api, project).await?;
            Ok(SCHEMA.settle(planned, ["id", "name", "owner_name"].map(|key| (key, Value::from(word(&there, key))))))
        }
        Err(error) => Err(error),
    }
}
