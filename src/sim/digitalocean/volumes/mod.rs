//! Block storage volumes: kept apart from droplets, attached to one at a time.

mod actions;
mod create;

use std::collections::BTreeMap;

use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::droplets;
use crate::sim::digitalocean::droplets::Droplet;
use crate::sim::digitalocean::projects;
use crate::sim::digitalocean::regions;
use crate::sim::digitalocean::snapshots;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;

/// A volume, the droplet that has it, and what is being done to it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Volume {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(deserialize_with = "regions::stored")]
    pub(super) region: String,
    /// Gibibytes.
    pub(super) size: i64,
    pub(super) tags: Vec<String>,
    pub(super) created_at: Timestamp,
    description: String,
    filesystem_type: String,
    filesystem_label: String,
    droplet: Option<u64>,
    change: Option<Change>,
}

/// A change that takes effect at that moment.
#[derive(Clone, Serialize, Deserialize)]
struct Change {
    until: Timestamp,
    effect: Effect,
}

#[derive(Clone, Serialize, Deserialize)]
enum Effect {
    Attach(u64),
    Detach,
    Resize(i64),
}

/// How many volumes one droplet can have.
const MAX_ATTACHED: usize = 15;

impl Stored for Volume {
    const KIND: &'static str = "volume";

    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Volume {
    /// The volume as it is at that moment.
    fn at(&self, now: Timestamp) -> Volume {
        let mut volume = self.clone();
        match self.change.as_ref().filter(|change| change.until <= now).map(|change| &change.effect) {
            Some(Effect::Attach(droplet)) => volume.droplet = Some(*droplet),
            Some(Effect::Detach) => volume.droplet = None,
            Some(Effect::Resize(size)) => volume.size = *size,
            None => return volume,
        }
        volume.change = None;
        volume
    }

    /// The droplet that has it at that moment, as far as the volume knows.
    fn droplet_at(&self, now: Timestamp) -> Option<u64> {
        match self.change.as_ref().filter(|change| change.until <= now).map(|change| &change.effect) {
            Some(Effect::Attach(droplet)) => Some(*droplet),
            Some(Effect::Detach) => None,
            Some(Effect::Resize(_)) | None => self.droplet,
        }
    }
}

/// Everything under `/v2/volumes`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => list(call),
        ("POST", []) => create::create(call),
        ("DELETE", []) => {
            let id = by_name(call)?.id.clone();
            delete(call, &id)
        }
        ("POST", ["actions"]) => actions::perform_named(call),
        ("GET", ["snapshots", id]) => snapshots::get_of_volume(call, id),
        ("DELETE", ["snapshots", id]) => snapshots::delete_of_volume(call, id),
        ("GET", [id]) => Ok(Reply::ok("volume", &show(call, call.need(id)?))),
        ("DELETE", [id]) => delete(call, id),
        ("POST", [id, "actions"]) => actions::perform(call, id),
        ("GET", [id, "actions"]) => actions::list(call, id),
        ("GET", [id, "actions", action]) => actions::get(call, id, action),
        ("GET", [id, "snapshots"]) => {
            call.need::<Volume>(id)?;
            snapshots::list_where(call, |snapshot| snapshot.resource == *id)
        }
        ("POST", [id, "snapshots"]) => {
            let volume = call.need::<Volume>(id)?.at(call.now);
            snapshots::of_volume(call, &volume)
        }
        (_, [] | [_] | [_, "actions" | "snapshots"]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// The volumes that each droplet has, in one pass over all of them.
pub(super) fn attached(call: &Call<'_>) -> BTreeMap<u64, Vec<String>> {
    let mut attached = BTreeMap::<u64, Vec<String>>::new();
    for volume in call.list::<Volume>() {
        if let Some(droplet) = volume.droplet_at(call.now) {
            attached.entry(droplet).or_default().push(volume.id.clone());
        }
    }
    attached
}

/// The volumes that a new droplet is to have: there, free, and in its region.
pub(super) fn check(call: &Call<'_>, named: &[Value], region: &str) -> Result<Vec<Volume>, Refusal> {
    if named.len() > MAX_ATTACHED {
        return Err(Refusal::invalid(format!("A Droplet can have at most {MAX_ATTACHED} volumes.")));
    }
    let ids = named.iter().map(|one| id_of(call, one, region)).collect::<Result<Vec<String>, Refusal>>()?;
    let one = |id: &String| match call.get::<Volume>(id) {
        None => Err(Refusal::invalid(format!("Volume {id} was not found."))),
        Some(volume) if volume.region != region => {
            Err(Refusal::invalid(format!("Volume {id} is not in the same region.")))
        }
        Some(volume) if volume.change.as_ref().is_some_and(|change| change.until > call.now) => {
            Err(Refusal::invalid(format!("Volume {id} already has a pending event.")))
        }
        Some(volume) => match holder(call, volume) {
            Some(_) => Err(Refusal::invalid("This volume is already attached")),
            None => Ok(volume.at(call.now)),
        },
    };
    ids.iter().map(one).collect()
}

/// The id that a create request names a volume by: as published, or in an object as the vendor's own client does.
fn id_of(call: &Call<'_>, named: &Value, region: &str) -> Result<String, Refusal> {
    if let Some(id) = named.as_str() {
        return Ok(id.to_owned());
    }
    let fields = Fields::of(named, "volumes")?;
    if let Some(id) = fields.text("id")? {
        return Ok(id.to_owned());
    }
    let name = fields.need_text("name")?;
    let mut all = call.list::<Volume>();
    let found = all.find(|volume| volume.name == name && volume.region == region);
    found.map(Stored::id).ok_or_else(|| Refusal::invalid(format!("Volume {name} was not found.")))
}

/// Gives a volume to a droplet that is being made.
pub(super) fn give(call: &mut Call<'_>, volume: Volume, droplet: u64) {
    call.put(Volume { droplet: Some(droplet), ..volume });
}

/// The droplet that has a volume or is about to; none once that is gone.
fn holder<'a>(call: &'a Call<'_>, volume: &Volume) -> Option<&'a Droplet> {
    let id = match volume.change.as_ref().map(|change| &change.effect) {
        Some(Effect::Attach(droplet)) => Some(*droplet),
        _ => volume.droplet_at(call.now),
    };
    droplets::need(call, &id?.to_string()).ok()
}

/// Filtered by name, by region, or by both.
fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let (name, region) = (call.query("name"), call.query("region"));
    let all = call.list::<Volume>().filter(|volume| name.is_none_or(|name| volume.name == name));
    let all = all.filter(|volume| region.is_none_or(|region| volume.region.eq_ignore_ascii_case(region)));
    page::list(call, "volumes", &all.collect::<Vec<_>>(), |volume| show(call, volume))
}

/// The volume that the query's name and region mean.
fn by_name<'a>(call: &'a Call<'_>) -> Result<&'a Volume, Refusal> {
    let need = |name: &str| {
        let value = call.query(name).filter(|value| !value.is_empty());
        value.ok_or_else(|| Refusal::bad_request(format!("{name} is required")))
    };
    let (name, region) = (need("name")?, need("region")?);
    let mut all = call.list::<Volume>();
    all.find(|volume| volume.name == name && volume.region == region).ok_or_else(Refusal::not_found)
}

fn delete(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let volume = call.need::<Volume>(id)?;
    if holder(call, volume).is_some() {
        return Err(Refusal::conflict("attached volume cannot be deleted"));
    }
    projects::leave(call, &format!("do:volume:{id}"));
    call.remove::<Volume>(id);
    Ok(Reply::done())
}

fn show(call: &Call<'_>, volume: &Volume) -> Value {
    let volume = volume.at(call.now);
    let droplet = volume.droplet.filter(|id| droplets::need(call, &id.to_string()).is_ok());
    json!({
        "id": volume.id,
        "name": volume.name,
        "region": regions::shown(&volume.region),
        "size_gigabytes": volume.size,
        "description": volume.description,
        "filesystem_type": volume.filesystem_type,
        "filesystem_label": volume.filesystem_label,
        "droplet_ids": droplet.into_iter().collect::<Vec<_>>(),
        "tags": volume.tags,
        "created_at": stamp(volume.created_at),
    })
}
