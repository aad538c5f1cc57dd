//! A database cluster as the API tells it, and as an object.

use serde::Deserialize;

use super::super::tagging;
use super::super::values::int;
use super::super::values::only_block;
use super::super::values::said;
use super::super::values::text;
use super::schema::SCHEMA;
use crate::value::Object;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

#[derive(Clone, Deserialize)]
pub(super) struct Wire {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) engine: String,
    pub(super) version: Option<String>,
    pub(super) num_nodes: i64,
    pub(super) size: String,
    pub(super) region: String,
    pub(super) status: Option<String>,
    pub(super) created_at: Option<String>,
    private_network_uuid: Option<String>,
    tags: Option<Vec<String>>,
    connection: Option<Access>,
    private_connection: Option<Access>,
    ui_connection: Option<Access>,
    maintenance_window: Option<Window>,
    project_id: Option<String>,
    storage_size_mib: Option<u64>,
    metrics_endpoints: Option<Vec<Endpoint>>,
    autoscale: Option<Autoscale>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Access {
    uri: Option<String>,
    database: Option<String>,
    host: Option<String>,
    port: Option<i64>,
    user: Option<String>,
    password: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Window {
    day: Option<String>,
    hour: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Endpoint {
    host: String,
    port: u16,
}

#[derive(Clone, Deserialize)]
struct Autoscale {
    storage: Option<StorageAutoscale>,
}

#[derive(Clone, Deserialize)]
struct StorageAutoscale {
    enabled: bool,
    threshold_percent: Option<i64>,
    increment_gib: Option<i64>,
}

/// What is asked for apart from the cluster, where it matters.
#[derive(Debug, Clone, Default)]
pub(super) struct Extras {
    pub(super) eviction_policy: Option<String>,
    pub(super) sql_mode: Option<String>,
}

impl Wire {
    pub(super) fn is_online(&self) -> bool {
        self.status.as_deref() == Some("online")
    }

    /// The id alone: what is made durable before waiting.
    pub(super) fn partial(&self, planned: &Object) -> Object {
        SCHEMA.settle(planned, self.identity())
    }

    fn identity(&self) -> [(&'static str, Value); 2] {
        [("id", Value::from(&*self.id)), ("urn", format!("do:dbaas:{}", self.id).into())]
    }

    /// The cluster as an object; `base` is what was known or planned, which stays where the answer says nothing.
    pub(super) fn object(&self, base: &Object, extras: &Extras) -> Object {
        let mut given = Vec::from(self.identity());
        given.extend([
            ("name", Value::from(&*self.name)),
            ("engine", Value::from(&*self.engine)),
            ("size", Value::from(&*self.size)),
            ("region", Value::from(&*self.region)),
            ("node_count", Value::from(self.num_nodes)),
        ]);
        let mut when = |name, value: Option<Value>| {
            given.extend(value.filter(|value| !value.is_null()).map(|value| (name, value)));
        };
        when("version", self.version.as_deref().map(Value::from));
        when("private_network_uuid", Some(text(self.private_network_uuid.as_deref())));
        when("project_id", Some(text(self.project_id.as_deref())));
        when("storage_size_mib", self.storage_size_mib.map(|size| Value::from(size.to_string())));
        when("tags", self.tags.as_ref().map(|tags| tagging::shown(base, tags)));
        when("eviction_policy", extras.eviction_policy.as_deref().map(Value::from));
        when("sql_mode", extras.sql_mode.as_deref().map(Value::from));
        let endpoints = self.metrics_endpoints.as_ref().map(|endpoints| {
            let address = |at: &Endpoint| Value::from(format!("https://{}:{}/metrics", at.host, at.port));
            Value::list(Type::STRING, endpoints.iter().map(address).collect())
        });
        when("metrics_endpoints", endpoints);
        let names = ["host", "port", "user", "database", "uri", "password"];
        access(self.connection.as_ref(), names, &mut when);
        let names = ["private_host", "", "", "", "private_uri", ""];
        access(self.private_connection.as_ref(), names, &mut when);
        let names = ["ui_host", "ui_port", "ui_user", "ui_database", "ui_uri", "ui_password"];
        access(self.ui_connection.as_ref(), names, &mut when);
        when("maintenance_window", self.window(base));
        when("storage_autoscale", self.storage_autoscale(base));
        if given.iter().all(|(name, _)| *name != "metrics_endpoints") && !is_set(base, "metrics_endpoints") {
            given.push(("metrics_endpoints", Value::list(Type::STRING, Vec::new())));
        }
        SCHEMA.settle(base, given)
    }

    /// The window, where the user has one: the vendor picks one otherwise, which is no drift.
    fn window(&self, base: &Object) -> Option<Value> {
        let (window, _) = (self.maintenance_window.as_ref()?, only_block(base, "maintenance_window")?);
        Some(block(
            "maintenance_window",
            [("day", text(window.day.as_deref())), ("hour", text(window.hour.as_deref()))],
        ))
    }

    /// Autoscaling, where the user has set it up; figures that were left to the vendor stay unsaid.
    fn storage_autoscale(&self, base: &Object) -> Option<Value> {
        let (storage, configured) =
            (self.autoscale.as_ref()?.storage.as_ref()?, only_block(base, "storage_autoscale")?);
        let figure = |name: &str, figure| said(configured, name, int(figure));
        Some(block(
            "storage_autoscale",
            [
                ("enabled", Value::from(storage.enabled)),
                ("threshold_percent", figure("threshold_percent", storage.threshold_percent)),
                ("increment_gib", figure("increment_gib", storage.increment_gib)),
            ],
        ))
    }
}

/// Takes over one way of connecting. Without the scope for credentials the vendor leaves them out, of addresses too:
/// what is known of them stays.
fn access(access: Option<&Access>, names: [&'static str; 6], when: &mut dyn FnMut(&'static str, Option<Value>)) {
    let Some(access) = access else {
        return;
    };
    let has_credentials = access.password.as_deref().is_some_and(|password| !password.is_empty());
    let secret = |secret: &Option<String>| text(secret.as_deref().filter(|_| has_credentials));
    let values = [
        text(access.host.as_deref()),
        int(access.port),
        text(access.user.as_deref()),
        text(access.database.as_deref()),
        secret(&access.uri),
        secret(&access.password),
    ];
    for (name, value) in names.into_iter().zip(values).filter(|(name, _)| !name.is_empty()) {
        when(name, Some(value));
    }
}

fn is_set(object: &Object, name: &str) -> bool {
    object.get(name).is_some_and(|value| value.is_known() && !value.is_null())
}

/// A list of one block.
fn block<const N: usize>(name: &str, attributes: [(&str, Value); N]) -> Value {
    let object = Value::object(attributes.map(|(name, value)| (Str::from(name), value)));
    Value::list(SCHEMA.root().blocks()[name].block.implied_type(), vec![object])
}
