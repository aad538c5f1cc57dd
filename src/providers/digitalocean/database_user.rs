//! `digitalocean_database_user`: somebody who may log in to a database cluster.

use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::listing;
use super::listing::Listing;
use super::values::compact;
use super::values::differs;
use super::values::only_block;
use super::values::text;
use super::values::unchanged;
use super::values::unsettled;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Block;
use crate::schema::NestedBlock;
use crate::schema::Nesting;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;

/// A user of a cluster, found again by its name.
pub(super) struct DatabaseUser;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let acl = NestedBlock::list([
        ("id", string().computed()),
        ("topic", string().required()),
        ("permission", string().required()),
    ]);
    let opensearch_acl = NestedBlock::list([("index", string().required()), ("permission", string().required())]);
    let settings = Block::default().block("acl", acl).block("opensearch_acl", opensearch_acl);
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
    .block("settings", NestedBlock::new(Nesting::List, settings))
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

#[derive(Clone, Deserialize)]
struct Settings {
    #[serde(default)]
    acl: Vec<Acl>,
}

#[derive(Clone, Deserialize)]
struct Acl {
    id: Option<String>,
    topic: String,
    permission: String,
}

impl Wire {
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
        given.push(("settings", self.settings(base)));
        SCHEMA.settle(base, given)
    }

    /// The settings as configured, with the ids of the rules. Only writes echo them, so reads leave them alone.
    fn settings(&self, base: &Object) -> Value {
        let known = base.get("settings").cloned().unwrap_or(Value::NULL);
        let ids = self.settings.iter().flat_map(|settings| &settings.acl);
        with_acl_ids(known, &|topic, permission, id| {
            let answered = ids.clone().find(|acl| acl.topic == topic && acl.permission == permission);
            match answered.and_then(|acl| acl.id.as_deref()) {
                Some(id) => Value::from(id),
                None if id.is_known() => id.clone(),
                None => Value::Null(Type::STRING),
            }
        })
    }
}

/// The settings with the id of each Kafka rule chosen anew, from its topic, permission and present id.
fn with_acl_ids(settings: Value, choose: &dyn Fn(&str, &str, &Value) -> Value) -> Value {
    let rule = |acl: &Value| match acl.as_object() {
        Some(rule) => {
            let (topic, permission) = (rule.str("topic").unwrap_or(""), rule.str("permission").unwrap_or(""));
            let id = choose(topic, permission, rule.get("id").unwrap_or(&Value::NULL));
            Value::Object(rule.set("id", id).into())
        }
        None => acl.clone(),
    };
    settings.map_children(&mut |block| match block.as_object() {
        Some(object) => {
            let acl = object.get("acl").cloned().unwrap_or(Value::NULL).map_children(&mut |acl| rule(acl));
            Value::Object(object.set("acl", acl).into())
        }
        None => block.clone(),
    })
}

#[async_trait]
impl ResourceType<Rest> for DatabaseUser {
    fn name(&self) -> &'static str {
        "digitalocean_database_user"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
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
            let without_ids = |object: &Object| {
                with_acl_ids(object.get("settings").cloned().unwrap_or(Value::NULL), &|_, _, _| Value::NULL)
            };
            let settings = match without_ids(prior) == without_ids(&object) {
                true => prior.get("settings").cloned(),
                false => object
                    .get("settings")
                    .cloned()
                    .map(|settings| with_acl_ids(settings, &|_, _, _| Value::unknown(Type::STRING))),
            };
            object = object.with(settings.map(|settings| ("settings".into(), settings)));
        }
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        Some(BatchKey(format!("database_users/{}", prior.str("cluster_id")?)))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let (cluster, name) = named(prior);
        let api = client.on(cx, format!("reading the database user {name}"));
        let user: Option<Wire> = api.get(&path(cluster, name)).optional("user").await?;
        Ok(user.map(|user| user.object(prior, cluster)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let Some(cluster) = items.first().map(|item| named(&item.prior).0) else {
            return Vec::new();
        };
        let names: Vec<_> = items.iter().map(|item| named(&item.prior).1).collect();
        let listing = Listing {
            path: &users(cluster),
            key: "users",
            one: &|name| path(cluster, name),
            one_key: "user",
            id: |user: &Wire| user.name.clone(),
        };
        let api = client.on(cx, format!("reading the users of the database cluster {cluster}"));
        let found = listing.read(&api, &names).await;
        let reads = found.into_iter().zip(items).map(|(found, item)| match found {
            Ok(user) => Ok(user.map(|user| Read::Present(user.object(&item.prior, cluster)))),
            // The list of a cluster that is gone.
            Err(ProviderError::Refused { code: Some(404), .. }) => Ok(None),
            Err(error) => Err(error),
        });
        reads.map(listing::seen).collect()
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let (cluster, name) = named(planned);
        let api = client.on(cx, format!("creating the database user {name}"));
        let body = compact(json!({
            "name": name,
            "mysql_settings": planned.str("mysql_auth_plugin").map(|plugin| json!({"auth_plugin": plugin})),
            "settings": settings_body(planned),
        }));
        let user: Wire = api.post(&users(cluster), &body).one("user").await?;
        Ok(user.object(planned, cluster))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let (cluster, name) = named(prior);
        let api = client.on(cx, format!("changing the database user {name}"));
        let mut object = planned.clone();
        if differs(&SCHEMA, prior, planned, "mysql_auth_plugin") {
            let body = json!({"mysql_settings": {"auth_plugin": planned.str("mysql_auth_plugin")}});
            let user: Wire = api.post(&format!("{}/reset_auth", path(cluster, name)), &body).one("user").await?;
            object = user.object(&object, cluster);
        }
        if differs(&SCHEMA, prior, planned, "settings") {
            let body = json!({"settings": settings_body(planned).unwrap_or_else(|| json!({}))});
            let user: Wire = api.put(&path(cluster, name), &body).one("user").await?;
            object = user.object(&object, cluster);
        }
        Ok(SCHEMA.settle::<&str>(&object, []))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let (cluster, name) = named(prior);
        client.on(cx, format!("deleting the database user {name}")).delete(&path(cluster, name)).gone().await
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let found = self.read(client, cx, &intent.planned).await?;
        Ok(found.map_or(Found::Absent, Found::One))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let Some((cluster, name)) =
            id.split_once(',').filter(|(cluster, name)| !cluster.is_empty() && !name.is_empty())
        else {
            let message = format!("`{id}` is not an id. Write the cluster's id and the user's name, as in `9cc1…,app`");
            return Err(ProviderError::refused("importing a database user", message));
        };
        let known = SCHEMA.object([("cluster_id", Value::from(cluster)), ("name", Value::from(name))]);
        self.read(client, cx, &known).await
    }

    /// The vendor mixes up users that are made or removed at the same time.
    fn serial_key(&self, planned: &Object) -> Option<String> {
        Some(format!("digitalocean_database_cluster/{}/users", planned.str("cluster_id")?))
    }
}

fn named(object: &Object) -> (&str, &str) {
    (object.str("cluster_id").unwrap_or_default(), object.str("name").unwrap_or_default())
}

fn users(cluster: &str) -> String {
    format!("/v2/databases/{}/users", segment(cluster))
}

fn path(cluster: &str, name: &str) -> String {
    format!("{}/{}", users(cluster), segment(name))
}

/// The settings block as a body has it.
fn settings_body(planned: &Object) -> Option<Json> {
    let settings = only_block(planned, "settings")?;
    let rules = |block: &str, key: &str| {
        let rules = settings.get(block)?.as_elements()?.iter().filter_map(Value::as_object);
        let rules: Vec<_> =
            rules.map(|rule| json!({key: rule.str(key), "permission": rule.str("permission")})).collect();
        (!rules.is_empty()).then_some(rules)
    };
    Some(compact(json!({"acl": rules("acl", "topic"), "opensearch_acl": rules("opensearch_acl", "index")})))
}
