//! A project's settings: each part of a request replaces that part, what it leaves out stays.

use ipnet::IpNet;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::neon::body::Body;
use crate::sim::neon::compute::preload;
use crate::sim::neon::refuse;
use crate::sim::refusal::Refusal;

/// The settings as they were asked for, and what the vendor chose where nothing was.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Settings {
    map: Map<String, Value>,
}

impl Settings {
    /// The settings of a new project; the vendor picks an hour of a day at which it may be maintained.
    pub(super) fn fresh(call: &mut Call<'_>) -> Settings {
        let chosen = |fraction: f64, of: f64| (fraction * of) as u32;
        let (day, hour) = (1 + chosen(call.world.fraction(), 7.0), chosen(call.world.fraction(), 24.0));
        let settings = json!({
            "allowed_ips": { "ips": [], "protected_branches_only": false },
            "enable_logical_replication": false,
            "maintenance_window": {
                "weekdays": [day], "start_time": format!("{hour:02}:00"), "end_time": format!("{:02}:00", (hour + 1) % 24),
            },
            "block_public_connections": false,
            "block_vpc_connections": false,
            "hipaa": false,
        });
        let Value::Object(map) = settings else { return Settings { map: Map::new() } };
        Settings { map }
    }

    /// Whether every compute has to log for replication.
    pub(super) fn is_logical(&self) -> bool {
        self.map.get("enable_logical_replication") == Some(&Value::Bool(true))
    }

    /// The settings as the API shows them.
    pub(super) fn show(&self) -> Value {
        Value::Object(self.map.clone())
    }

    /// The settings with what a request says.
    pub(super) fn read(self, body: &Body<'_>) -> Result<Settings, Refusal> {
        let Some(body) = body.object("settings")? else { return Ok(self) };
        let mut settings = self;
        let parts = [
            ("quota", body.object("quota")?.map(|quota| checked_quota(&quota)).transpose()?),
            (
                "maintenance_window",
                body.object("maintenance_window")?.map(|window| checked_window(&window)).transpose()?,
            ),
            ("block_public_connections", body.flag("block_public_connections")?.map(Value::Bool)),
            ("block_vpc_connections", body.flag("block_vpc_connections")?.map(Value::Bool)),
            ("audit_log_level", body.one_of("audit_log_level", &["base", "extended", "full"])?.map(Value::from)),
            ("preload_libraries", preload(&body)?),
            ("allowed_ips", body.object("allowed_ips")?.map(|allowed| allowed_ips(&allowed)).transpose()?),
        ];
        for (name, part) in parts {
            settings.map.extend(part.map(|part| (name.to_owned(), part)));
        }
        if body.flag("hipaa")? == Some(true) {
            return Err(refuse::unacceptable("HIPAA is not enabled for the organization"));
        }
        match body.flag("enable_logical_replication")? {
            Some(false) if settings.is_logical() => {
                return Err(refuse::unacceptable("logical replication can not be disabled once enabled"));
            }
            Some(wanted) => settings.map.insert("enable_logical_replication".to_owned(), Value::Bool(wanted)),
            None => None,
        };
        Ok(settings)
    }
}

const QUOTAS: [&str; 5] =
    ["active_time_seconds", "compute_time_seconds", "written_data_bytes", "data_transfer_bytes", "logical_size_bytes"];

fn checked_quota(quota: &Body<'_>) -> Result<Value, Refusal> {
    for limit in QUOTAS {
        quota.whole(limit, 0..=i64::MAX)?;
    }
    Ok(quota.only(&QUOTAS))
}

fn allowed_ips(body: &Body<'_>) -> Result<Value, Refusal> {
    let only_protected = body.flag("protected_branches_only")?.unwrap_or(false);
    let ips = body.texts("ips")?.unwrap_or_default();
    match ips.iter().find(|text| !is_address(text)) {
        Some(bad) => Err(body.wrong("ips", &format!("{bad:?} is not an IP address, a range or a block"))),
        None => Ok(json!({ "ips": ips, "protected_branches_only": only_protected })),
    }
}

fn checked_window(window: &Body<'_>) -> Result<Value, Refusal> {
    let days = window.list("weekdays")?.ok_or_else(|| window.missing("weekdays"))?;
    if days.is_empty() || !days.iter().all(|day| day.as_i64().is_some_and(|day| (1..=7).contains(&day))) {
        return Err(window.wrong("weekdays", "items must be between 1 and 7"));
    }
    for name in ["start_time", "end_time"] {
        if !is_hour(window.need_text(name)?) {
            return Err(window.wrong(name, "string doesn't match the format HH:MM"));
        }
    }
    Ok(window.only(&["weekdays", "start_time", "end_time"]))
}

fn is_hour(text: &str) -> bool {
    let number = |text: &str, below: u8| text.len() == 2 && text.parse::<u8>().is_ok_and(|number| number < below);
    text.split_once(':').is_some_and(|(hour, minute)| number(hour, 24) && number(minute, 60))
}

/// An address, a block of them, or a range from one to another.
fn is_address(text: &str) -> bool {
    let is_one = |text: &str| text.parse::<std::net::IpAddr>().is_ok();
    is_one(text)
        || text.parse::<IpNet>().is_ok()
        || text.split_once('-').is_some_and(|(from, to)| is_one(from.trim()) && is_one(to.trim()))
}
