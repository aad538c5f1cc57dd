//! `digitalocean_database_user`: somebody who may log in to a database cluster.

mod data;
mod settings;

pub(super) use data::UserData;

use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::database_member::Member;
use super::database_member::Members;
use super::database_member::Told;
use super::database_member::named;
use super::values::compact;
use super::values::differs;
use super::values::text;
use super::values::unchanged;
use super::values::unsettled;
use crate::net::rest::Rest;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

use settings::Settings;

/// A user of a cluster, found again by its name.
pub(super) struct DatabaseUser;

const USERS: Members = Members { list: "users", key: "user", word: "database user" };
const PLUGINS: [&str; 2] = ["mysql_native_password", "caching_sha2_password"];

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("cluster_id", string().required().replaces()),
        ("name", string().required().replaces()),
        ("mysql_auth_plugin", string().optional_computed()),
        ("role", string().computed()),
        ("password", string().computed().sensitive()),
        ("access_cert", string().computed().sensitive()),
        ("access_key", string().computed().sensitive()),
    ])
    .block("settings", settings::block())
});

#[derive(Clone, Deserialize)]
struct Wire {
    name: String,
    role: Option<String>,
    password: Option<String>,
    access_cert: Option<String>,
    access_key: Option<String>,
    mysql_settings: Option<MysqlSettings>,
    settings: Option<Settings>,
}

#[derive(Clone, Deserialize)]
struct MysqlSettings {
    auth_plugin: Option<String>,
}

impl Member for Wire {
    const TOLD: Option<fn(Told<Self>) -> Vec<Self>> = Some(|cluster| cluster.users.unwrap_or_default());

    fn name(&self) -> &str {
        &self.name
    }

    fn object(&self, base: &Object, cluster: &str) -> Object {
        let mut given = vec![
            ("id", Value::from(format!("{cluster}/user/{}", self.name))),
            ("cluster_id", Value::from(cluster)),
            ("name", Value::from(&*self.name)),
            ("role", text(self.role.as_deref().filter(|role| !role.is_empty()).or(Some("normal")))),
        ];
        // A token without the scope for credentials, and MongoDB after the creation, see them empty: no reason to
        // forget.
        let secrets =
            [("password", &self.password), ("access_cert", &self.access_cert), ("access_key", &self.access_key)];
        let shown = secrets.into_iter().map(|(name, secret)| (name, text(secret.as_deref())));
        given.extend(shown.filter(|(_, secret)| !secret.is_null()));
        let plugin = self.mysql_settings.as_ref().and_then(|settings| settings.auth_plugin.as_deref());
        given.extend(plugin.map(|plugin| ("mysql_auth_plugin", Value::from(plugin))));
        given.push(("settings", settings::shown(base, self.settings.as_ref())));
        SCHEMA.settle(base, given)
    }
}

#[async_trait]
impl ResourceType<Rest> for DatabaseUser {
    fn name(&self) -> &'static str {
        "digitalocean_database_user"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = settings::problems(config);
        if let Some(plugin) = config.str("mysql_auth_plugin").filter(|plugin| !PLUGINS.contains(plugin)) {
            let detail = format!("`{plugin}` is not a way to log in; there are {}.", PLUGINS.join(" and "));
            let path = Path::of("mysql_auth_plugin");
            problems.push(Problem { path, summary: "Invalid authentication plugin".to_owned(), detail });
        }
        problems
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let mut object = proposed;
        if let Some(prior) = prior {
            let resets = differs(&SCHEMA, prior, &object, "mysql_auth_plugin");
            object = unchanged(&object, prior, &["id", "role", "access_cert", "access_key", "password"]);
            if resets {
                // Changing the plugin goes by resetting the password; there is no other way.
                object = unsettled(&SCHEMA, &object, &["password"]);
            }
            object = object.set("settings", settings::planned(prior, &object));
        }
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        USERS.read_key(prior)
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        USERS.read::<Wire>(client, cx, prior).await
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        USERS.read_batch::<Wire>(client, cx, items).await
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let (cluster, name) = named(planned);
        let api = client.on(cx, format!("creating the database user {name}"));
        let body = compact(json!({
            "name": name,
            "mysql_settings": planned.str("mysql_auth_plugin").map(|plugin| json!({"auth_plugin": plugin})),
            "settings": settings::body(planned),
        }));
        let user: Wire = api.post(&USERS.all(cluster), &body).one("user").await?;
        Ok(user.object(planned, cluster))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let (cluster, name) = named(prior);
        let api = client.on(cx, format!("changing the database user {name}"));
        let mut object = planned.clone();
        if differs(&SCHEMA, prior, planned, "mysql_auth_plugin") {
            let body = json!({"mysql_settings": {"auth_plugin": planned.str("mysql_auth_plugin")}});
            let user: Wire = api.post(&format!("{}/reset_auth", USERS.path(cluster, name)), &body).one("user").await?;
            object = user.object(&object, cluster);
        }
        if differs(&SCHEMA, prior, planned, "settings") {
            let body = json!({"settings": settings::body(planned).unwrap_or_else(|| json!({}))});
            let user: Wire = api.put(&USERS.path(cluster, name), &body).one("user").await?;
            object = user.object(&object, cluster);
        }
        Ok(SCHEMA.settle::<&str>(&object, []))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        USERS.delete(client, cx, prior).await
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let found = self.read(client, cx, &intent.planned).await?;
        Ok(found.map_or(Found::Absent, Found::One))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let (cluster, name) = USERS.parts(id)?;
        let known = SCHEMA.object([("cluster_id", Value::from(cluster)), ("name", Value::from(name))]);
        self.read(client, cx, &known).await
    }

    /// The vendor mixes up users that are made or removed at the same time.
    fn serial_key(&self, planned: &Object) -> Option<String> {
        Some(format!("digitalocean_database_cluster/{}/users", planned.str("cluster_id")?))
    }
}
