//! When a droplet's backups are made: policies and windows. The backups themselves are never due here.

use http::StatusCode;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::droplets::BackupPolicy;
use crate::sim::digitalocean::droplets::Droplet;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const HOURS: [u8; 6] = [0, 4, 8, 12, 16, 20];

/// `GET /v2/droplets/backups/supported_policies`.
pub(super) fn supported() -> Reply {
    let policy = |name: &str, kept: u8, days: &[&str]| {
        json!({
            "name": name,
            "possible_window_starts": HOURS,
            "window_length_hours": 4,
            "retention_period_days": kept,
            "possible_days": days,
        })
    };
    let policies = [policy("weekly", 28, &DAYS), policy("daily", 7, &[])];
    Reply::body(StatusCode::OK, &json!({ "supported_policies": policies }))
}

/// `GET /v2/droplets/backups/policies`: an object with the droplets' numbers for names.
pub(super) fn policies(call: &Call<'_>) -> Result<Reply, Refusal> {
    let all: Vec<&Droplet> = call.list::<Droplet>().filter(|droplet| droplet.is_visible(call.now)).collect();
    page::map(call, "policies", &all, |droplet| (droplet.id.to_string(), shown(&droplet.at(call.now), call.now)))
}

/// `GET /v2/droplets/{id}/backups/policy`.
pub(super) fn shown(droplet: &Droplet, now: Timestamp) -> Value {
    let Some(policy) = &droplet.backups else {
        return json!({ "droplet_id": droplet.id, "backup_enabled": false });
    };
    let mut shown = json!(policy);
    shown["window_length_hours"] = json!(4);
    shown["retention_period_days"] = json!(if policy.plan == "daily" { 7 } else { 28 });
    json!({
        "droplet_id": droplet.id,
        "backup_enabled": true,
        "backup_policy": shown,
        "next_backup_window": next_window(policy, now),
    })
}

/// The first window of four hours that begins after this moment.
pub(super) fn next_window(policy: &BackupPolicy, now: Timestamp) -> Value {
    const DAY: i64 = 24 * 3600;
    const DAYS: [&str; 7] = ["THU", "FRI", "SAT", "SUN", "MON", "TUE", "WED"];
    // Day 0 of the epoch was a Thursday.
    let today = now.as_second().div_euclid(DAY);
    let is_day = |day: &i64| {
        let weekday = DAYS[day.rem_euclid(7) as usize];
        policy.weekday.as_deref().is_none_or(|chosen| chosen == weekday)
    };
    let starts = (today..=today + 8).filter(is_day).map(|day| day * DAY + policy.hour * 3600);
    let start = starts.into_iter().find(|start| *start > now.as_second()).unwrap_or(now.as_second());
    let start = Timestamp::from_second(start).unwrap_or(now);
    json!({ "start": stamp(start), "end": stamp(start + SignedDuration::from_hours(4)) })
}
