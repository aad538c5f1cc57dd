//! Droplets: what one is, and what it is like at any moment.
//!
//! A droplet stores its last settled state and at most one event with the moment at which it
//! takes effect. Reading folds a past event in; only writing stores the result.

mod backups;
mod create;
mod events;
mod show;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::sim::call::Call;
use crate::sim::digitalocean::actions;
use crate::sim::digitalocean::firewalls;
use crate::sim::digitalocean::images;
use crate::sim::digitalocean::projects;
use crate::sim::digitalocean::regions;
use crate::sim::digitalocean::sizes;
use crate::sim::digitalocean::snapshots::Kind;
use crate::sim::digitalocean::snapshots::Snapshot;
use crate::sim::digitalocean::tags;
use crate::sim::digitalocean::volumes;
use crate::sim::digitalocean::vpcs::Vpc;
use crate::sim::hosts::Machine;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;

pub(super) use self::events::refuse_if_busy;

/// A virtual machine.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Droplet {
    pub(super) id: u64,
    pub(super) name: String,
    #[serde(deserialize_with = "regions::stored")]
    pub(super) region: String,
    pub(super) vpc: String,
    pub(super) tags: Vec<String>,
    pub(super) private_ip: Ipv4Addr,
    pub(super) public_ip: Option<Ipv4Addr>,
    pub(super) created_at: Timestamp,
    ipv6: Option<Ipv6Addr>,
    #[serde(deserialize_with = "sizes::stored")]
    size: String,
    /// Gigabytes; a size may be changed without its disk.
    disk: u64,
    #[serde(deserialize_with = "images::stored")]
    image: u64,
    monitoring: bool,
    backups: Option<BackupPolicy>,
    is_on: bool,
    /// Before this moment the API denies that the droplet exists.
    visible_at: Timestamp,
    /// From this moment on it denies it again.
    gone_at: Option<Timestamp>,
    event: Option<Event>,
    /// The folder its files are in; a rebuilt droplet has another.
    folder: String,
    rebuilds: u32,
    boots: u32,
}

/// When backups are made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct BackupPolicy {
    plan: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weekday: Option<String>,
    hour: i64,
}

/// Something that is done to a droplet and takes effect later.
#[derive(Clone, Serialize, Deserialize)]
struct Event {
    until: Timestamp,
    effect: Effect,
}

/// What an event changes once its time has come.
#[derive(Clone, Serialize, Deserialize)]
enum Effect {
    Create,
    PowerOn,
    PowerOff,
    Restart,
    Rename(String),
    Resize {
        #[serde(deserialize_with = "sizes::stored")]
        size: String,
        disk: u64,
    },
    EnableIpv6(Ipv6Addr),
    Backups(Option<BackupPolicy>),
    Rebuild(#[serde(deserialize_with = "images::stored")] u64),
    /// Something elsewhere, such as a reserved address, of which the droplet is only a part.
    Elsewhere,
}

impl Stored for Droplet {
    const KIND: &'static str = "droplet";

    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// A deleted droplet whose row can be forgotten from that moment on.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Doomed {
    droplet: u64,
    gone_at: Timestamp,
}

impl Stored for Doomed {
    const KIND: &'static str = "doomed_droplet";

    fn id(&self) -> String {
        self.droplet.to_string()
    }
}

impl Droplet {
    /// The droplet as it is at that moment.
    fn at(&self, now: Timestamp) -> Cow<'_, Droplet> {
        let Some(Event { effect, .. }) = self.event.as_ref().filter(|event| event.until <= now) else {
            return Cow::Borrowed(self);
        };
        let mut droplet = Droplet { event: None, ..self.clone() };
        match effect.clone() {
            Effect::Create | Effect::PowerOn | Effect::Restart => {
                droplet.is_on = true;
                droplet.boots += 1;
            }
            Effect::PowerOff => droplet.is_on = false,
            Effect::Rename(name) => droplet.name = name,
            Effect::Resize { size, disk } => (droplet.size, droplet.disk) = (size, disk),
            Effect::EnableIpv6(address) => droplet.ipv6 = Some(address),
            Effect::Backups(policy) => droplet.backups = policy,
            Effect::Rebuild(image) => {
                droplet.image = image;
                droplet.is_on = true;
                droplet.boots += 1;
            }
            Effect::Elsewhere => {}
        }
        Cow::Owned(droplet)
    }

    /// Whether the API shows it.
    pub(super) fn is_visible(&self, now: Timestamp) -> bool {
        self.visible_at <= now && !self.is_gone(now)
    }

    /// Whether its deletion is over.
    pub(super) fn is_gone(&self, now: Timestamp) -> bool {
        self.gone_at.is_some_and(|gone_at| gone_at <= now)
    }

    /// Whether anything else can be begun; a droplet under deletion never gets free.
    fn is_busy(&self, now: Timestamp) -> bool {
        self.gone_at.is_some() || self.event.as_ref().is_some_and(|event| event.until > now)
    }

    /// Whether that is one of its own addresses.
    pub(super) fn has_address(&self, address: &str) -> bool {
        let Ok(address) = address.parse::<Ipv4Addr>() else { return false };
        self.public_ip == Some(address) || self.private_ip == address
    }

    /// The folder of its files, unless it is being deleted.
    pub(super) fn folder(&self) -> Option<String> {
        self.gone_at.is_none().then(|| self.folder.clone())
    }

    /// The machine it is, while that runs and nothing interrupts it.
    pub(super) fn machine(&self, now: Timestamp) -> Option<Machine> {
        let droplet = self.at(now);
        let interrupted = droplet.event.as_ref().is_some_and(|event| match event.effect {
            Effect::Create | Effect::PowerOn | Effect::PowerOff | Effect::Restart | Effect::Rebuild(_) => true,
            Effect::Resize { .. } => true,
            Effect::Rename(_) | Effect::EnableIpv6(_) | Effect::Backups(_) | Effect::Elsewhere => false,
        });
        let runs = droplet.is_on && !interrupted && droplet.gone_at.is_none();
        runs.then(|| Machine { folder: droplet.folder.clone(), name: droplet.name.clone(), boots: droplet.boots })
    }

    /// Makes the droplet busy with something that is recorded elsewhere.
    pub(super) fn occupied(&self, now: Timestamp, until: Timestamp) -> Droplet {
        Droplet { event: Some(Event { until, effect: Effect::Elsewhere }), ..self.at(now).into_owned() }
    }
}

/// Everything under `/v2/droplets`.
pub(super) fn route(
    call: &mut Call<'_>,
    method: &Method,
    path: &[&str],
    discard: &mut Vec<String>,
) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => list(call),
        ("POST", []) => create::create(call),
        ("DELETE", []) => delete_tagged(call, discard),
        ("POST", ["actions"]) => events::perform_tagged(call, discard),
        ("GET", ["backups", "policies"]) => backups::policies(call),
        ("GET", ["backups", "supported_policies"]) => Ok(backups::supported()),
        ("GET", [id]) => Ok(Reply::ok("droplet", &shown(call, &need(call, id)?.at(call.now), &Beside::of(call)))),
        ("DELETE", [id]) => {
            let droplet = need(call, id)?.clone();
            delete(call, droplet, discard)?;
            Ok(Reply::done())
        }
        ("POST", [id, "actions"]) => events::perform(call, id, discard),
        ("GET", [id, "actions"]) => {
            let id = need(call, id)?.id;
            actions::list_where(call, |action| action.concerns_droplet(id))
        }
        ("GET", [id, "actions", action]) => {
            let id = need(call, id)?.id;
            actions::get_where(call, action, |action| action.concerns_droplet(id))
        }
        ("GET", [id, "backups", "policy"]) => {
            let policy = backups::shown(&need(call, id)?.at(call.now), call.now);
            Ok(Reply::ok("policy", &policy))
        }
        ("GET", [id, "firewalls"]) => firewalls::of_droplet(call, need(call, id)?),
        ("GET", [id, "snapshots"]) => {
            let id = need(call, id)?.id.to_string();
            let own = call.list::<Snapshot>().filter(|own| own.resource == id && own.is_there(call.now));
            page::list(call, "snapshots", &own.collect::<Vec<_>>(), |own| show::snapshot(own))
        }
        ("GET", [id, kind @ ("backups" | "kernels")]) => {
            need(call, id)?;
            let key = if *kind == "backups" { "backups" } else { "kernels" };
            page::list(call, key, &[] as &[u64], |none| *none)
        }
        (_, [] | [_] | [_, "actions"]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// A droplet that the API shows, or 404.
pub(super) fn need<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Droplet, Refusal> {
    call.get::<Droplet>(id).filter(|droplet| droplet.is_visible(call.now)).ok_or_else(Refusal::not_found)
}

/// The numbers of the droplets that carry a tag.
pub(super) fn tagged(call: &Call<'_>, tag: &str) -> Vec<u64> {
    let carriers = call.list::<Droplet>().filter(|droplet| tags::carries(&droplet.tags, tag));
    carriers.filter(|droplet| droplet.is_visible(call.now)).map(|droplet| droplet.id).collect()
}

/// A droplet as the API shows it inside another object.
pub(super) fn shown_now(call: &Call<'_>, droplet: &Droplet) -> serde_json::Value {
    let shown = serde_json::to_value(shown(call, &droplet.at(call.now), &Beside::of(call)));
    shown.expect("a droplet is plain data")
}

/// What droplets have that is kept elsewhere, by their numbers.
struct Beside {
    volumes: BTreeMap<u64, Vec<String>>,
    snapshots: BTreeMap<u64, Vec<u64>>,
}

impl Beside {
    /// In one pass over everything, because lists are of thousands.
    fn of(call: &Call<'_>) -> Beside {
        let mut snapshots = BTreeMap::<u64, Vec<u64>>::new();
        let own = call.list::<Snapshot>().filter(|own| own.kind == Kind::Droplet && own.is_there(call.now));
        for (droplet, id) in own.filter_map(|own| Some((own.resource.parse().ok()?, own.id.parse().ok()?))) {
            snapshots.entry(droplet).or_default().push(id);
        }
        Beside { volumes: volumes::attached(call), snapshots }
    }
}

fn shown<'a>(call: &Call<'_>, droplet: &'a Droplet, beside: &'a Beside) -> show::Shown<'a> {
    let around = show::Around {
        range: call.get::<Vpc>(&droplet.vpc).map(|vpc| vpc.range),
        image: images::shown(call, droplet.image),
        volumes: beside.volumes.get(&droplet.id).map_or(&[], Vec::as_slice),
        snapshots: beside.snapshots.get(&droplet.id).map_or(&[], Vec::as_slice),
    };
    show::show(droplet, around, call.now)
}

fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let (tag, name) = (call.query("tag_name"), call.query("name"));
    if tag.is_some() && name.is_some() {
        return Err(Refusal::bad_request("tag_name and name can not be combined."));
    }
    // Only ordinary droplets are kept here.
    let is_gpu = call.query("type") == Some("gpus");
    let all = call.list::<Droplet>().filter(|droplet| !is_gpu && droplet.is_visible(call.now));
    let all = all.filter(|droplet| tag.is_none_or(|tag| tags::carries(&droplet.tags, tag)));
    let all = all.map(|droplet| droplet.at(call.now));
    let all = all.filter(|droplet| name.is_none_or(|name| droplet.name.eq_ignore_ascii_case(name)));
    let all: Vec<Cow<'_, Droplet>> = all.collect();
    let beside = Beside::of(call);
    page::list(call, "droplets", &all, |droplet| shown(call, droplet, &beside))
}

fn delete_tagged(call: &mut Call<'_>, discard: &mut Vec<String>) -> Result<Reply, Refusal> {
    let tag = call.query("tag_name").filter(|tag| !tag.is_empty());
    let tag = tag.ok_or_else(|| Refusal::bad_request("tag_name is required."))?;
    let droplets = tagged(call, tag).into_iter().filter_map(|id| call.get::<Droplet>(&id.to_string()).cloned());
    for droplet in droplets.collect::<Vec<_>>() {
        delete(call, droplet, discard)?;
    }
    Ok(Reply::done())
}

/// Begins a deletion: accepted at once, visible for some seconds more.
fn delete(call: &mut Call<'_>, droplet: Droplet, discard: &mut Vec<String>) -> Result<(), Refusal> {
    refuse_if_busy(&droplet, call.now)?;
    forget_gone(call);
    let gone_at = call.after(3.0, 8.0);
    discard.push(droplet.folder.clone());
    projects::leave(call, &format!("do:droplet:{}", droplet.id));
    call.put(Doomed { droplet: droplet.id, gone_at });
    let droplet = Droplet { gone_at: Some(gone_at), ..droplet.at(call.now).into_owned() };
    call.put(droplet);
    Ok(())
}

/// Removes the rows of droplets whose deletion is over.
fn forget_gone(call: &mut Call<'_>) {
    let gone: Vec<String> = call.list::<Doomed>().filter(|doomed| doomed.gone_at <= call.now).map(Doomed::id).collect();
    for id in gone {
        call.remove::<Doomed>(&id);
        call.remove::<Droplet>(&id);
    }
}
