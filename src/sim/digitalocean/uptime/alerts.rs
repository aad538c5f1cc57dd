//! The alerts of an uptime check.

use http::Method;
use http::StatusCode;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::monitoring;
use crate::sim::digitalocean::monitoring::Alerts;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;

/// An alert of one check.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::sim::digitalocean) struct Alert {
    id: String,
    check: String,
    name: String,
    kind: String,
    threshold: Option<i64>,
    comparison: Option<String>,
    notifications: Alerts,
    period: String,
}

impl Stored for Alert {
    const KIND: &'static str = "uptime_alert";

    fn id(&self) -> String {
        self.id.clone()
    }
}

/// Everything under `/v2/uptime/checks/{id}/alerts`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, check: &str, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => page::list(call, "alerts", &of(call, check).collect::<Vec<_>>(), |alert| show(alert)),
        ("POST", []) => {
            let id = call.world.uuid();
            write(call, id, check, StatusCode::CREATED)
        }
        ("GET", [id]) => Ok(Reply::ok("alert", &show(find(call, check, id)?))),
        ("PUT", [id]) => {
            let id = find(call, check, id)?.id.clone();
            write(call, id, check, StatusCode::OK)
        }
        ("DELETE", [id]) => {
            find(call, check, id)?;
            call.remove::<Alert>(id);
            Ok(Reply::done())
        }
        (_, [] | [_]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// Removes the alerts of a check that is deleted.
pub(super) fn forget_of(call: &mut Call<'_>, check: &str) {
    let ids: Vec<String> = of(call, check).map(Stored::id).collect();
    ids.iter().for_each(|id| call.remove::<Alert>(id));
}

fn of<'a>(call: &'a Call<'_>, check: &str) -> impl Iterator<Item = &'a Alert> {
    call.list::<Alert>().filter(move |alert| alert.check == check)
}

fn find<'a>(call: &'a Call<'_>, check: &str, id: &str) -> Result<&'a Alert, Refusal> {
    call.get::<Alert>(id).filter(|alert| alert.check == check).ok_or_else(Refusal::not_found)
}

/// Making and changing take the same whole alert.
fn write(call: &mut Call<'_>, id: String, check: &str, status: StatusCode) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let comparison = body.text("comparison")?.filter(|text| !text.is_empty());
    if comparison.is_some() {
        body.one_of("comparison", &["greater_than", "less_than"])?;
    }
    let alert = Alert {
        id,
        check: check.to_owned(),
        name: body.need_text("name")?.to_owned(),
        kind: body.need_one_of("type", &["latency", "down", "down_global", "ssl_expiry"])?.to_owned(),
        threshold: body.whole("threshold", 0..=i64::MAX)?,
        comparison: comparison.map(str::to_owned),
        notifications: monitoring::notifications(&body.need_object("notifications")?)?,
        period: body.need_one_of("period", &["2m", "3m", "5m", "10m", "15m", "30m", "1h"])?.to_owned(),
    };
    let reply = Reply::body(status, &json!({ "alert": show(&alert) }));
    call.put(alert);
    Ok(reply)
}

fn show(alert: &Alert) -> Value {
    let mut shown = json!({
        "id": alert.id,
        "name": alert.name,
        "type": alert.kind,
        "notifications": alert.notifications,
        "period": alert.period,
    });
    if let Some(threshold) = alert.threshold {
        shown["threshold"] = json!(threshold);
    }
    if let Some(comparison) = &alert.comparison {
        shown["comparison"] = json!(comparison);
    }
    shown
}
