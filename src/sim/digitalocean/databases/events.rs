//! What has happened to a cluster, its backups, and the authority that signs its certificates.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::databases::need;
use crate::sim::digitalocean::databases::options;
use crate::sim::draw::digest;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// Something that happened.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Event {
    id: String,
    kind: String,
    at: Timestamp,
}

/// How many backups are kept.
const KEPT: usize = 7;

/// The cluster with one more event.
pub(super) fn noted(call: &mut Call<'_>, mut cluster: Cluster, kind: &str) -> Cluster {
    let id = call.world.text(8).to_ascii_lowercase();
    cluster.events.push(Event { id, kind: kind.to_owned(), at: call.now });
    cluster
}

/// `GET /v2/databases/{id}/events`, the newest first.
pub(super) fn list(call: &Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let cluster = need(call, id)?;
    let all: Vec<&Event> = cluster.events.iter().rev().collect();
    page::list(call, "events", &all, |event| {
        json!({
            "id": event.id,
            "cluster_name": cluster.name,
            "event_type": event.kind,
            "create_time": stamp(event.at),
        })
    })
}

/// `GET /v2/databases/{id}/backups`.
pub(super) fn backups(call: &Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let cluster = need(call, id)?;
    if !options::known(&cluster.engine).has_backups {
        return Err(Refusal::invalid("backups are not supported for this engine"));
    }
    let shown =
        |at: &Timestamp| json!({ "created_at": stamp(*at), "size_gigabytes": 0.03364864, "incremental": false });
    let made: Vec<Value> = made(cluster, call.now).iter().map(shown).collect();
    let (hour, minute) = scheduled(cluster);
    let mut document = json!({
        "backups": made,
        "scheduled_backup_time": { "backup_hour": hour, "backup_minute": minute, "backup_interval_hours": 24 },
    });
    if cluster.is_backing_up(call.now) {
        document["backup_progress"] = json!("36");
    }
    Ok(Reply::body(StatusCode::OK, &document))
}

/// When the backups that are kept were made, the newest first: one as soon as the cluster was up, then one a day.
pub(super) fn made(cluster: &Cluster, now: Timestamp) -> Vec<Timestamp> {
    if now < cluster.backed_up_at {
        return Vec::new();
    }
    let (hour, minute) = scheduled(cluster);
    let (day, first) = (24 * 3600, cluster.backed_up_at.as_second());
    let today = now.as_second().div_euclid(day) * day + hour * 3600 + minute * 60;
    let daily = (0..=KEPT as i64).map(|back| today - back * day).filter(|at| *at > first && *at <= now.as_second());
    daily.chain([first]).take(KEPT).filter_map(|at| Timestamp::from_second(at).ok()).collect()
}

/// Hour and minute.
fn scheduled(cluster: &Cluster) -> (i64, i64) {
    let set = |name: &str| cluster.config.get(name).and_then(Value::as_i64);
    (set("backup_hour").unwrap_or(3), set("backup_minute").unwrap_or(30))
}

/// How long after it is up a cluster's first backup begins to count.
pub(super) fn first_backup(call: &mut Call<'_>, online_at: Timestamp) -> Timestamp {
    let length: SignedDuration = call.after(60.0, 120.0).duration_since(call.now);
    online_at + length
}

/// `GET /v2/databases/{id}/ca`: text in the shape of a certificate, that no connection will ever check.
pub(super) fn authority(call: &Call<'_>, id: &str) -> Result<Reply, Refusal> {
    need(call, id)?;
    let bytes = digest([call.world.id().as_bytes(), b"ca/", call.team.as_bytes()]);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(bytes));
    Ok(Reply::body(StatusCode::OK, &json!({ "ca": { "certificate": STANDARD.encode(pem) } })))
}
