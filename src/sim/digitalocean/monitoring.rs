//! Alert policies: when somebody is to be told about droplets, load balancers or databases.

use http::Method;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use crate::sim::call::Call;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;
use crate::sim::validate::missing;

/// A policy; stored as it is shown.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Policy {
    uuid: String,
    #[serde(rename = "type")]
    kind: String,
    description: String,
    compare: String,
    value: f64,
    window: String,
    entities: Vec<String>,
    tags: Vec<String>,
    alerts: Alerts,
    enabled: bool,
}

/// Who is told.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Alerts {
    email: Vec<String>,
    slack: Vec<Slack>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Slack {
    channel: String,
    url: String,
}

/// What can be watched, by the path before the last part.
const TYPES: [(&str, &[&str]); 4] = [
    (
        "v1/insights/droplet",
        &[
            "load_1",
            "load_5",
            "load_15",
            "memory_utilization_percent",
            "disk_utilization_percent",
            "cpu",
            "disk_read",
            "disk_write",
            "public_outbound_bandwidth",
            "public_inbound_bandwidth",
            "private_outbound_bandwidth",
            "private_inbound_bandwidth",
        ],
    ),
    (
        "v1/insights/lbaas",
        &[
            "avg_cpu_utilization_percent",
            "connection_utilization_percent",
            "droplet_health",
            "tls_connections_per_second_utilization_percent",
            "increase_in_http_error_rate_percentage_5xx",
            "increase_in_http_error_rate_percentage_4xx",
            "increase_in_http_error_rate_count_5xx",
            "increase_in_http_error_rate_count_4xx",
            "high_http_request_response_time",
            "high_http_request_response_time_50p",
            "high_http_request_response_time_95p",
            "high_http_request_response_time_99p",
        ],
    ),
    ("v1/dbaas/alerts", &["load_15_alerts", "memory_utilization_alerts", "disk_utilization_alerts", "cpu_alerts"]),
    (
        "v1/droplet/autoscale_alerts",
        &[
            "current_instances",
            "target_instances",
            "current_cpu_utilization",
            "target_cpu_utilization",
            "current_memory_utilization",
            "target_memory_utilization",
            "scale_up",
            "scale_down",
        ],
    ),
];

impl Stored for Policy {
    const KIND: &'static str = "alert_policy";

    fn id(&self) -> String {
        self.uuid.clone()
    }
}

/// Everything under `/v2/monitoring/alerts`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => page::list(call, "policies", &call.list::<Policy>().collect::<Vec<_>>(), |policy| *policy),
        ("POST", []) => {
            let uuid = call.world.uuid();
            write(call, uuid)
        }
        ("GET", [uuid]) => Ok(Reply::ok("policy", call.need::<Policy>(uuid)?)),
        ("PUT", [uuid]) => {
            let uuid = call.need::<Policy>(uuid)?.uuid.clone();
            write(call, uuid)
        }
        ("DELETE", [uuid]) => {
            call.need::<Policy>(uuid)?;
            call.remove::<Policy>(uuid);
            Ok(Reply::done())
        }
        (_, [] | [_]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// Making and changing take the same whole policy, and both answer 200.
fn write(call: &mut Call<'_>, uuid: String) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
    for name in ["entities", "tags"] {
        body.need_list(name)?;
    }
    let policy = Policy {
        uuid,
        kind: checked_type(body.need_text("type")?)?,
        description: body.need_text("description")?.to_owned(),
        compare: body.need_one_of("compare", &["GreaterThan", "LessThan"])?.to_owned(),
        value: body.real("value", 0.0..=f64::MAX)?.ok_or_else(|| missing("value"))?,
        window: body.need_one_of("window", &["5m", "10m", "30m", "1h"])?.to_owned(),
        entities: owned(body.texts("entities")?),
        tags: owned(body.texts("tags")?),
        alerts: alerts(&body.need_object("alerts")?)?,
        enabled: body.need_flag("enabled")?,
    };
    let reply = Reply::ok("policy", &policy);
    call.put(policy);
    Ok(reply)
}

fn checked_type(text: &str) -> Result<String, Refusal> {
    let known = text.rsplit_once('/').and_then(|(group, name)| {
        let (_, names) = TYPES.iter().find(|(known, _)| *known == group)?;
        names.iter().find(|known| **known == name)
    });
    known.map(|_| text.to_owned()).ok_or_else(|| Refusal::invalid("type is not a known alert type"))
}

fn alerts(fields: &Fields<'_>) -> Result<Alerts, Refusal> {
    fields.need_list("email")?;
    let email = fields.texts("email")?;
    if let Some(bad) = email.iter().find(|address| !address.contains('@')) {
        return Err(Refusal::invalid(format!("{bad} is not an email address")));
    }
    Ok(Alerts {
        email: email.into_iter().map(str::to_owned).collect(),
        slack: fields.need_list("slack")?.iter().map(slack).collect::<Result<_, _>>()?,
    })
}

fn slack(value: &Value) -> Result<Slack, Refusal> {
    let fields = Fields::of(value, "slack")?;
    Ok(Slack { channel: fields.need_text("channel")?.to_owned(), url: fields.need_text("url")?.to_owned() })
}

/// Who an uptime alert tells: as here, except that either kind may be left out.
pub(super) fn notifications(fields: &Fields<'_>) -> Result<Alerts, Refusal> {
    Ok(Alerts {
        email: fields.texts("email")?.into_iter().map(str::to_owned).collect(),
        slack: fields.list("slack")?.unwrap_or_default().iter().map(slack).collect::<Result<_, _>>()?,
    })
}
