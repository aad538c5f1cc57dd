//! Snapshots: of volumes, and of droplets, where each is an image too.
//!
//! A snapshot outlives what it was made of. One of a droplet that was deleted is kept, hidden,
//! because droplets made from it still show it.

use http::Method;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::regions;
use crate::sim::digitalocean::tags;
use crate::sim::digitalocean::tags::Tagged;
use crate::sim::digitalocean::volumes::Volume;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;

/// A snapshot; from that moment on it is there.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Snapshot {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    /// What it was made of.
    pub(super) resource: String,
    #[serde(deserialize_with = "regions::stored")]
    pub(super) region: String,
    /// Gibibytes.
    pub(super) min_disk: i64,
    pub(super) tags: Vec<String>,
    pub(super) created_at: Timestamp,
    pub(super) available_at: Timestamp,
    pub(super) distribution: String,
    pub(super) description: String,
    pub(super) is_deleted: bool,
}

/// What a snapshot was made of.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) enum Kind {
    /// A droplet: it can be booted from.
    Droplet,
    /// A volume.
    Volume,
}

impl Stored for Snapshot {
    const KIND: &'static str = "snapshot";

    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Snapshot {
    /// Whether the API shows it.
    pub(super) fn is_there(&self, now: Timestamp) -> bool {
        !self.is_deleted && self.available_at <= now
    }

    /// Gigabytes that it fills, which are fewer than it was made of.
    pub(super) fn size(&self) -> f64 {
        self.min_disk as f64 / 10.0
    }
}

/// Everything under `/v2/snapshots`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => match call.query("resource_type") {
            None | Some("") => list_where(call, |_| true),
            Some("droplet") => list_where(call, |snapshot| snapshot.kind == Kind::Droplet),
            Some("volume") => list_where(call, |snapshot| snapshot.kind == Kind::Volume),
            Some(_) => Err(Refusal::invalid("resource_type must be one of droplet, volume")),
        },
        ("GET", [id]) => Ok(Reply::ok("snapshot", &show(need(call, id)?))),
        ("DELETE", [id]) => delete(call, id),
        (_, [] | [_]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// A list of the snapshots that are meant, the newest first.
pub(super) fn list_where(call: &Call<'_>, is_meant: impl Fn(&Snapshot) -> bool) -> Result<Reply, Refusal> {
    let all = call.list::<Snapshot>().rev().filter(|snapshot| snapshot.is_there(call.now) && is_meant(snapshot));
    page::list(call, "snapshots", &all.collect::<Vec<_>>(), |snapshot| show(snapshot))
}

/// A snapshot that the API shows, or 404.
pub(super) fn need<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Snapshot, Refusal> {
    call.get::<Snapshot>(id).filter(|snapshot| snapshot.is_there(call.now)).ok_or_else(Refusal::not_found)
}

/// The snapshot of a volume, or 404.
pub(super) fn need_of_volume<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Snapshot, Refusal> {
    need(call, id).and_then(|snapshot| match snapshot.kind {
        Kind::Volume => Ok(snapshot),
        Kind::Droplet => Err(Refusal::not_found()),
    })
}

/// `GET /v2/volumes/snapshots/{id}`.
pub(super) fn get_of_volume(call: &Call<'_>, id: &str) -> Result<Reply, Refusal> {
    Ok(Reply::ok("snapshot", &show(need_of_volume(call, id)?)))
}

/// `DELETE /v2/volumes/snapshots/{id}`.
pub(super) fn delete_of_volume(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    need_of_volume(call, id)?;
    delete(call, id)
}

/// `DELETE /v2/snapshots/{id}`.
pub(super) fn delete(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let snapshot = need(call, id)?.clone();
    match snapshot.kind {
        Kind::Volume => call.remove::<Snapshot>(id),
        Kind::Droplet => call.put(Snapshot { is_deleted: true, tags: Vec::new(), ..snapshot }),
    }
    Ok(Reply::done())
}

/// `POST /v2/volumes/{id}/snapshots`.
pub(super) fn of_volume(call: &mut Call<'_>, volume: &Volume) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let name = body.need_text("name")?.to_owned();
    let tags = tags::ensure(call, &body.texts("tags")?)?;
    let snapshot = Snapshot {
        id: call.world.uuid(),
        name,
        kind: Kind::Volume,
        resource: volume.id.clone(),
        region: volume.region.clone(),
        min_disk: volume.size,
        tags,
        created_at: call.now,
        available_at: call.now,
        distribution: String::new(),
        description: String::new(),
        is_deleted: false,
    };
    tags::touch(call, &snapshot.tags, Tagged::VolumeSnapshots, &snapshot.id);
    let reply = Reply::body(StatusCode::CREATED, &json!({ "snapshot": show(&snapshot) }));
    call.put(snapshot);
    Ok(reply)
}

/// A snapshot as `/v2/snapshots` shows it.
pub(super) fn show(snapshot: &Snapshot) -> Value {
    json!({
        "id": snapshot.id,
        "name": snapshot.name,
        "created_at": stamp(snapshot.created_at),
        "regions": [snapshot.region],
        "resource_id": snapshot.resource,
        "resource_type": match snapshot.kind {
            Kind::Droplet => "droplet",
            Kind::Volume => "volume",
        },
        "min_disk_size": snapshot.min_disk,
        "size_gigabytes": snapshot.size(),
        "tags": snapshot.tags,
    })
}
