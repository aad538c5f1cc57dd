//! `digitalocean_database_db`: a database in a cluster.

use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::database_member::Member;
use super::database_member::Members;
use super::database_member::Told;
use super::database_member::named;
use crate::net::rest::Rest;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;
use crate::value::Value;

/// A database, found again by its name. All that is in it goes with it.
pub(super) struct DatabaseDb;

const DBS: Members = Members { list: "dbs", key: "db", word: "database" };

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("cluster_id", string().required().replaces()),
        ("name", string().required().replaces()),
    ])
});

#[derive(Clone, Deserialize)]
struct Wire {
    name: String,
}

impl Member for Wire {
    const TOLD: Option<fn(Told<Self>) -> Vec<Self>> =
        Some(|cluster| cluster.db_names.unwrap_or_default().into_iter().map(|name| Wire { name }).collect());

    fn name(&self) -> &str {
        &self.name
    }

    fn object(&self, base: &Object, cluster: &str) -> Object {
        let given = [
            ("id", Value::from(format!("{cluster}/database/{}", self.name))),
            ("cluster_id", Value::from(cluster)),
            ("name", Value::from(&*self.name)),
        ];
        SCHEMA.settle(base, given)
    }
}

#[async_trait]
impl ResourceType<Rest> for DatabaseDb {
    fn name(&self) -> &'static str {
        "digitalocean_database_db"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        DBS.read_key(prior)
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        DBS.read::<Wire>(client, cx, prior).await
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        DBS.read_batch::<Wire>(client, cx, items).await
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let (cluster, name) = named(planned);
        let api = client.on(cx, format!("creating the database {name}"));
        let db: Wire = api.post(&DBS.all(cluster), &json!({"name": name})).one("db").await?;
        Ok(db.object(planned, cluster))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        DBS.delete(client, cx, prior).await
    }

    fn guards(&self) -> Option<&'static str> {
        Some("its data")
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let found = self.read(client, cx, &intent.planned).await?;
        Ok(found.map_or(Found::Absent, Found::One))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let (cluster, name) = DBS.parts(id)?;
        let known = SCHEMA.object([("cluster_id", Value::from(cluster)), ("name", Value::from(name))]);
        self.read(client, cx, &known).await
    }
}
