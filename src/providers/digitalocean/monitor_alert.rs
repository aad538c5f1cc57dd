//! `digitalocean_monitor_alert`: a mail or message when a figure of droplets, load balancers or databases passes a limit.
//!
//! The vendor offers no mark and two may be alike, so those that exist are noted before one is made.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::enumerated;
use super::listing;
use super::listing::Listing;
use super::notices;
use super::notices::Notices;
use super::values::listed;
use super::values::number as figure;
use super::values::strings;
use super::values::text;
use super::values::unchanged;
use crate::net::rest::Api;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Marker;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::number;
use crate::schema::set;
use crate::schema::string;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;

/// An alert policy, found again by its uuid.
pub(super) struct MonitorAlert;

const ALERTS: &str = "/v2/monitoring/alerts";
const COMPARISONS: [&str; 2] = ["GreaterThan", "LessThan"];
const WINDOWS: [&str; 4] = ["5m", "10m", "30m", "1h"];
const TYPES: [&str; 36] = [
    "v1/insights/droplet/load_1",
    "v1/insights/droplet/load_5",
    "v1/insights/droplet/load_15",
    "v1/insights/droplet/memory_utilization_percent",
    "v1/insights/droplet/disk_utilization_percent",
    "v1/insights/droplet/cpu",
    "v1/insights/droplet/disk_read",
    "v1/insights/droplet/disk_write",
    "v1/insights/droplet/public_outbound_bandwidth",
    "v1/insights/droplet/public_inbound_bandwidth",
    "v1/insights/droplet/private_outbound_bandwidth",
    "v1/insights/droplet/private_inbound_bandwidth",
    "v1/insights/lbaas/avg_cpu_utilization_percent",
    "v1/insights/lbaas/connection_utilization_percent",
    "v1/insights/lbaas/droplet_health",
    "v1/insights/lbaas/tls_connections_per_second_utilization_percent",
    "v1/insights/lbaas/increase_in_http_error_rate_percentage_5xx",
    "v1/insights/lbaas/increase_in_http_error_rate_percentage_4xx",
    "v1/insights/lbaas/increase_in_http_error_rate_count_5xx",
    "v1/insights/lbaas/increase_in_http_error_rate_count_4xx",
    "v1/insights/lbaas/high_http_request_response_time",
    "v1/insights/lbaas/high_http_request_response_time_50p",
    "v1/insights/lbaas/high_http_request_response_time_95p",
    "v1/insights/lbaas/high_http_request_response_time_99p",
    "v1/dbaas/alerts/load_15_alerts",
    "v1/dbaas/alerts/memory_utilization_alerts",
    "v1/dbaas/alerts/disk_utilization_alerts",
    "v1/dbaas/alerts/cpu_alerts",
    "v1/droplet/autoscale_alerts/current_instances",
    "v1/droplet/autoscale_alerts/target_instances",
    "v1/droplet/autoscale_alerts/current_cpu_utilization",
    "v1/droplet/autoscale_alerts/target_cpu_utilization",
    "v1/droplet/autoscale_alerts/current_memory_utilization",
    "v1/droplet/autoscale_alerts/target_memory_utilization",
    "v1/droplet/autoscale_alerts/scale_up",
    "v1/droplet/autoscale_alerts/scale_down",
];

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("uuid", string().computed()),
        ("description", string().required()),
        ("type", string().required()),
        ("compare", string().required()),
        ("value", number().required().equality(Equality::Semantic(same_figure))),
        ("window", string().required()),
        ("enabled", boolean().default(true)),
        ("entities", set(Type::STRING)),
        ("tags", set(Type::STRING).equality(Equality::SetIgnoreCase)),
    ])
    .block("alerts", notices::block())
});

/// The vendor keeps figures in single precision.
fn same_figure(a: &Value, b: &Value) -> bool {
    let single = |value: &Value| value.as_number().and_then(|number| number.to_string().parse::<f32>().ok());
    single(a).is_some_and(|a| Some(a) == single(b))
}

#[derive(Clone, Deserialize)]
struct Wire {
    uuid: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    description: Option<String>,
    compare: Option<String>,
    value: Option<serde_json::Number>,
    window: Option<String>,
    enabled: Option<bool>,
    /// Ids; some answers have them as numbers.
    entities: Option<Vec<Json>>,
    tags: Option<Vec<String>>,
    alerts: Option<Notices>,
}

impl Wire {
    fn object(&self, base: &Object) -> Object {
        let entities =
            self.entities.iter().flatten().map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        let mut given = vec![
            ("id", Value::from(&*self.uuid)),
            ("uuid", Value::from(&*self.uuid)),
            ("description", text(self.description.as_deref())),
            ("type", text(self.kind.as_deref())),
            ("compare", text(self.compare.as_deref())),
            ("value", figure(self.value.as_ref())),
            ("window", text(self.window.as_deref())),
            ("entities", known_empty(base, "entities", strings(entities))),
            ("tags", known_empty(base, "tags", strings(self.tags.iter().flatten()))),
        ];
        given.extend(self.enabled.map(|enabled| ("enabled", Value::from(enabled))));
        given.extend(self.alerts.as_ref().map(|alerts| ("alerts", alerts.value(base, "alerts"))));
        SCHEMA.settle(base, given)
    }

    /// Whether it could be the planned one.
    fn is_like(&self, planned: &Object) -> bool {
        let same = |name: &str, answered: &Option<String>| answered.as_deref() == planned.str(name);
        same("type", &self.kind)
            && same("description", &self.description)
            && same("compare", &self.compare)
            && same("window", &self.window)
            && planned.get("value").is_some_and(|value| same_figure(&figure(self.value.as_ref()), value))
    }
}

/// A set that is empty; null stays null where the user says nothing.
fn known_empty(base: &Object, name: &str, answered: Value) -> Value {
    let is_empty = answered.as_elements().is_some_and(<[Value]>::is_empty);
    match base.get(name) {
        Some(known) if known.is_null() && is_empty => known.clone(),
        _ => answered,
    }
}

#[async_trait]
impl ResourceType<Rest> for MonitorAlert {
    fn name(&self) -> &'static str {
        "digitalocean_monitor_alert"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let lists: [(_, &[_]); 3] = [("type", &TYPES), ("compare", &COMPARISONS), ("window", &WINDOWS)];
        lists.iter().filter_map(|(name, values)| enumerated::problem(config, name, values)).collect()
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let object = match prior {
            Some(prior) => unchanged(&proposed, prior, &["id", "uuid"]),
            None => proposed,
        };
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("monitor_alerts".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the monitor alert {}", prior.id()));
        Ok(get(&api, prior.id()).await?.map(|wire| wire.object(prior)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let listing =
            Listing { path: ALERTS, key: "policies", one: &path, one_key: "policy", id: |it: &Wire| it.uuid.clone() };
        let found = listing.read(&client.on(cx, "reading monitor alerts"), &ids).await;
        let reads = found.into_iter().zip(items);
        reads.map(|(found, item)| listing::seen(found.map(|it| Some(Read::Present(it?.object(&item.prior)))))).collect()
    }

    async fn before_create(&self, client: &Rest, cx: &Cx, _: &Object) -> Result<Json> {
        let api = client.on(cx, "noting the monitor alerts that exist");
        let existing: Vec<Wire> = api.pages(ALERTS, "policies").await?;
        Ok(existing.into_iter().map(|wire| wire.uuid).collect())
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("creating the monitor alert {}", described(planned)));
        let wire: Wire = api.post(ALERTS, &body(planned)).one("policy").await?;
        Ok(wire.object(planned))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("changing the monitor alert {}", described(prior)));
        let wire: Wire = api.put(&path(prior.id()), &body(planned)).one("policy").await?;
        Ok(wire.object(planned))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        client.on(cx, format!("deleting the monitor alert {}", described(prior))).delete(&path(prior.id())).gone().await
    }

    fn marker(&self) -> Marker {
        Marker::None
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let planned = &intent.planned;
        let api = client.on(cx, format!("looking for the monitor alert {}", described(planned)));
        let before: BTreeSet<_> = intent.before.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        let all: Vec<Wire> = api.pages(ALERTS, "policies").await?;
        let new = all.into_iter().filter(|wire| {
            !before.contains(&*wire.uuid) && !intent.claimed.contains(&wire.uuid) && wire.is_like(planned)
        });
        let first = new.min_by(|a, b| a.uuid.cmp(&b.uuid));
        Ok(first.map_or(Found::Absent, |wire| Found::One(wire.object(planned))))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let api = client.on(cx, format!("importing the monitor alert {id}"));
        Ok(get(&api, id).await?.map(|wire| wire.object(&SCHEMA.empty())))
    }
}

fn path(id: &str) -> String {
    format!("{ALERTS}/{}", segment(id))
}

async fn get(api: &Api<'_>, id: &str) -> Result<Option<Wire>> {
    api.get(&path(id)).optional("policy").await
}

fn described(object: &Object) -> &str {
    object.str("description").unwrap_or_default()
}

/// All of it: the vendor wants every key, and takes what is left out for empty.
fn body(planned: &Object) -> Json {
    let value = planned.get("value").and_then(Value::as_number);
    let value = value.and_then(|number| number.to_string().parse::<serde_json::Number>().ok());
    json!({
        "type": planned.str("type"),
        "description": planned.str("description"),
        "compare": planned.str("compare"),
        "value": value,
        "window": planned.str("window"),
        "enabled": planned.bool("enabled"),
        "entities": listed(planned, "entities").unwrap_or_default(),
        "tags": listed(planned, "tags").unwrap_or_default(),
        "alerts": notices::body(planned, "alerts"),
    })
}
