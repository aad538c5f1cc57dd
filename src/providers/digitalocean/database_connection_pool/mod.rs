//! `digitalocean_database_connection_pool`: PgBouncer in front of a database of a PostgreSQL cluster.

mod data;

pub(super) use data::PoolData;

use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::database_access::Access;
use super::database_access::Names;
use super::database_access::PRIVATE;
use super::database_access::PUBLIC;
use super::database_member::Member;
use super::database_member::Members;
use super::database_member::named;
use super::values::compact;
use super::values::differs;
use super::values::text;
use crate::net::rest::Rest;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

/// A connection pool, found again by its name.
pub(super) struct DatabaseConnectionPool;

const POOLS: Members = Members { list: "pools", key: "pool", word: "connection pool" };
const MODES: [&str; 3] = ["session", "transaction", "statement"];
/// The pool tells its user and its database itself.
const SHOWN: Names = Names { user: "", database: "", ..PUBLIC };

const SECRETS: [&str; 3] = ["uri", "private_uri", "password"];

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let secret = || string().computed().sensitive();
    Schema::new([
        ("id", string().computed()),
        ("cluster_id", string().required().replaces()),
        ("name", string().required().replaces()),
        ("mode", string().required()),
        ("size", number().required()),
        ("db_name", string().required()),
        ("user", string()),
        ("host", string().computed()),
        ("private_host", string().computed()),
        ("port", number().computed()),
        ("uri", secret()),
        ("private_uri", secret()),
        ("password", secret()),
    ])
});

#[derive(Clone, Deserialize)]
struct Wire {
    name: String,
    mode: String,
    size: i64,
    db: String,
    user: Option<String>,
    connection: Option<Access>,
    private_connection: Option<Access>,
}

impl Member for Wire {
    fn name(&self) -> &str {
        &self.name
    }

    fn object(&self, base: &Object, cluster: &str) -> Object {
        let mut given = vec![
            ("id", Value::from(format!("{cluster}/pool/{}", self.name))),
            ("cluster_id", Value::from(cluster)),
            ("name", Value::from(&*self.name)),
            ("mode", Value::from(&*self.mode)),
            ("size", Value::from(self.size)),
            ("db_name", Value::from(&*self.db)),
            ("user", text(self.user.as_deref())),
        ];
        given.extend(self.connection.iter().flat_map(|access| access.shown(SHOWN)));
        given.extend(self.private_connection.iter().flat_map(|access| access.shown(PRIVATE)));
        SCHEMA.settle(base, given)
    }
}

#[async_trait]
impl ResourceType<Rest> for DatabaseConnectionPool {
    fn name(&self) -> &'static str {
        "digitalocean_database_connection_pool"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut push = |name: &'static str, summary: &str, detail: String| {
            problems.push(Problem { path: Path::of(name), summary: summary.to_owned(), detail });
        };
        if let Some(name) = config.str("name").filter(|name| !(3..=63).contains(&name.chars().count())) {
            push("name", "Invalid pool name", format!("The name of a pool has 3 to 63 characters; `{name}` has not."));
        }
        if let Some(mode) = config.str("mode").filter(|mode| !MODES.contains(mode)) {
            push("mode", "Invalid pool mode", format!("`{mode}` is not a mode; they are {}.", MODES.join(", ")));
        }
        if config.int("size").is_some_and(|size| size < 1) {
            push("size", "Invalid pool size", "A pool has at least one connection.".to_owned());
        }
        problems
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let changes = |name| prior.is_some_and(|prior| differs(&SCHEMA, prior, &proposed, name));
        let object = match changes("user") || changes("db_name") {
            // Whom the pool logs in as is part of its address.
            true => proposed.with(SECRETS.map(|name| (name.into(), Value::unknown(Type::STRING)))),
            false => proposed,
        };
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        POOLS.read_key(prior)
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        POOLS.read::<Wire>(client, cx, prior).await
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        POOLS.read_batch::<Wire>(client, cx, items).await
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let (cluster, name) = named(planned);
        let api = client.on(cx, format!("creating the connection pool {name}"));
        let mut body = body(planned);
        body["name"] = name.into();
        let pool: Wire = api.post(&POOLS.all(cluster), &body).one("pool").await?;
        Ok(pool.object(planned, cluster))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let (cluster, name) = named(prior);
        let api = client.on(cx, format!("changing the connection pool {name}"));
        let path = POOLS.path(cluster, name);
        // All four every time: what is left out is cleared.
        api.put(&path, &body(planned)).done().await?;
        let gone = || ProviderError::refused(api.doing(), "the connection pool went away meanwhile");
        let pool: Wire = api.get(&path).optional("pool").await?.ok_or_else(gone)?;
        Ok(pool.object(planned, cluster))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        POOLS.delete(client, cx, prior).await
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let found = self.read(client, cx, &intent.planned).await?;
        Ok(found.map_or(Found::Absent, Found::One))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let (cluster, name) = POOLS.parts(id)?;
        let known = SCHEMA.object([("cluster_id", Value::from(cluster)), ("name", Value::from(name))]);
        self.read(client, cx, &known).await
    }

    /// Sessions of the pool are cut when it is set up anew.
    fn interrupts(&self, prior: &Object, planned: &Object) -> bool {
        ["mode", "size", "user", "db_name"].iter().any(|name| differs(&SCHEMA, prior, planned, name))
    }
}

fn body(planned: &Object) -> Json {
    compact(json!({
        "mode": planned.str("mode"),
        "size": planned.int("size"),
        "db": planned.str("db_name"),
        "user": planned.str("user"),
    }))
}
