//! Uptime checks: an address that is looked at from several regions.

mod alerts;

use http::Method;
use http::StatusCode;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;
use crate::sim::validate::missing;

pub(super) use self::alerts::Alert;

/// A check.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Check {
    id: String,
    name: String,
    kind: String,
    target: String,
    regions: Vec<String>,
    enabled: bool,
    begun_at: Timestamp,
}

const REGIONS: [&str; 4] = ["us_east", "us_west", "eu_west", "se_asia"];

/// After that long the first results are in.
const FIRST_LOOK: SignedDuration = SignedDuration::from_secs(60);

impl Stored for Check {
    const KIND: &'static str = "uptime_check";

    fn id(&self) -> String {
        self.id.clone()
    }
}

/// Everything under `/v2/uptime/checks`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => page::list(call, "checks", &call.list::<Check>().collect::<Vec<_>>(), |check| show(check)),
        ("POST", []) => {
            let id = call.world.uuid();
            let (name, kind, target) = (String::new(), "https".to_owned(), String::new());
            // Europe and the east of America are what the vendor chooses when nobody does.
            let regions = vec!["us_east".to_owned(), "eu_west".to_owned()];
            let blank = Check { id, name, kind, target, regions, enabled: true, begun_at: call.now };
            write(call, blank, StatusCode::CREATED)
        }
        ("GET", [id]) => Ok(Reply::ok("check", &show(call.need(id)?))),
        ("PUT", [id]) => {
            let check = call.need::<Check>(id)?.clone();
            write(call, check, StatusCode::OK)
        }
        ("DELETE", [id]) => {
            call.need::<Check>(id)?;
            alerts::forget_of(call, id);
            call.remove::<Check>(id);
            Ok(Reply::done())
        }
        ("GET", [id, "state"]) => Ok(Reply::ok("state", &state(call.need(id)?, call.now))),
        (_, [id, "alerts", rest @ ..]) => {
            call.need::<Check>(id)?;
            alerts::route(call, method, id, rest)
        }
        (_, [] | [_] | [_, "state"]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// What a request says over what was there; a new check needs a name and a target.
fn write(call: &mut Call<'_>, mut check: Check, status: StatusCode) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let text = |name: &str, before: String| match body.text(name)? {
        Some("") => Err(missing(name)),
        Some(text) => Ok(text.to_owned()),
        None if before.is_empty() => Err(missing(name)),
        None => Ok(before),
    };
    check.name = text("name", check.name)?;
    check.target = text("target", check.target)?;
    if let Some(kind) = body.one_of("type", &["ping", "http", "https"])? {
        kind.clone_into(&mut check.kind);
    }
    let is_web = check.target.starts_with("http://") || check.target.starts_with("https://");
    if check.kind != "ping" && !is_web {
        return Err(Refusal::invalid("target must be a URL with http or https"));
    }
    let regions = body.texts("regions")?;
    if let Some(bad) = regions.iter().find(|region| !REGIONS.contains(region)) {
        return Err(Refusal::invalid(format!("{bad} is not a region for checks")));
    }
    if !regions.is_empty() {
        check.regions = regions.into_iter().map(str::to_owned).collect();
    }
    check.enabled = body.flag("enabled")?.unwrap_or(check.enabled);
    let reply = Reply::body(status, &json!({ "check": show(&check) }));
    call.put(check);
    Ok(reply)
}

fn show(check: &Check) -> Value {
    json!({
        "id": check.id,
        "name": check.name,
        "type": check.kind,
        "target": check.target,
        "regions": check.regions,
        "enabled": check.enabled,
    })
}

/// Nothing here is ever down.
fn state(check: &Check, now: Timestamp) -> Value {
    let status = if now < check.begun_at + FIRST_LOOK { "CHECKING" } else { "UP" };
    let seen = |region: &String| {
        let seen = json!({
            "status": status,
            "status_changed_at": stamp(check.begun_at),
            "thirty_day_uptime_percentage": 100.0,
        });
        (region.clone(), seen)
    };
    let regions: Map<String, Value> = check.regions.iter().map(seen).collect();
    json!({ "regions": regions })
}
