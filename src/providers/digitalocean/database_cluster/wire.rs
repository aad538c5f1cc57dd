//! A database cluster as the API tells it, and as an object.

use serde::Deserialize;

use super::super::database_access::Access;
use super::super::database_access::Names;
use super::super::database_access::PRIVATE;
use super::super::database_access::PUBLIC;
use super::super::database_trust;
use super::super::database_trust::Rule;
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

/// The names of the way to the dashboard of OpenSearch.
const DASHBOARD: Names = Names {
    host: "ui_host",
    port: "ui_port",
    user: "ui_user",
    database: "ui_database",
    uri: "ui_uri",
    password: "ui_password",
};

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
#[derive(Clone, Default)]
pub(super) struct Extras {
    pub(super) eviction_policy: Option<String>,
    pub(super) sql_mode: Option<String>,
    pub(super) rules: Option<Vec<Rule>>,
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
        for (access, names) in
            [(&self.connection, PUBLIC), (&self.private_connection, PRIVATE), (&self.ui_connection, DASHBOARD)]
        {
            for (name, value) in access.iter().flat_map(|access| access.shown(names)) {
                when(name, Some(value));
            }
        }
        // Where the user has no window the vendor picks one, which is no drift; and so on.
        when("maintenance_window", only_block(base, "maintenance_window").and_then(|_| self.window()));
        let autoscale = only_block(base, "storage_autoscale");
        when("storage_autoscale", autoscale.and_then(|configured| self.storage_autoscale(Some(configured))));
        when("rule", extras.rules.as_ref().map(|rules| trusted(base, rules)));
        if given.iter().all(|(name, _)| *name != "metrics_endpoints") && !is_set(base, "metrics_endpoints") {
            given.push(("metrics_endpoints", Value::list(Type::STRING, Vec::new())));
        }
        SCHEMA.settle(base, given)
    }

    /// When the vendor maintains it.
    pub(super) fn window(&self) -> Option<Value> {
        let window = self.maintenance_window.as_ref()?;
        Some(block(
            "maintenance_window",
            [("day", text(window.day.as_deref())), ("hour", text(window.hour.as_deref()))],
        ))
    }

    /// How it grows; figures that a configuration leaves to the vendor stay unsaid.
    pub(super) fn storage_autoscale(&self, configured: Option<&Object>) -> Option<Value> {
        let storage = self.autoscale.as_ref()?.storage.as_ref()?;
        let figure = |name: &str, figure| match configured {
            Some(configured) => said(configured, name, int(figure)),
            None => int(figure),
        };
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

/// The rules that are there, all of them, spelled as they are known.
fn trusted(base: &Object, rules: &[Rule]) -> Value {
    let known = database_trust::configured(base);
    database_trust::value(rules.iter().map(|rule| rule.object(&known)))
}

fn is_set(object: &Object, name: &str) -> bool {
    object.get(name).is_some_and(|value| value.is_known() && !value.is_null())
}

/// A list of one block.
fn block<const N: usize>(name: &str, attributes: [(&str, Value); N]) -> Value {
    let object = Value::object(attributes.map(|(name, value)| (Str::from(name), value)));
    Value::list(SCHEMA.root().blocks()[name].block.implied_type(), vec![object])
}
