//! Tags: one name whatever its case, and counters of what carries it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use http::Method;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::droplets::Droplet;
use crate::sim::digitalocean::firewalls;
use crate::sim::digitalocean::snapshots;
use crate::sim::digitalocean::snapshots::Snapshot;
use crate::sim::digitalocean::volumes::Volume;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;
use crate::sim::validate::is_made_of;

/// A tag with the case it was first given, and the address of what last got it, by kind.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Tag {
    name: String,
    last: BTreeMap<String, String>,
}

impl Stored for Tag {
    const KIND: &'static str = "tag";

    fn id(&self) -> String {
        self.name.to_ascii_lowercase()
    }
}

/// The kinds of things that carry tags, in the plural under which they are counted.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Tagged {
    /// Droplets.
    Droplets,
    /// Database clusters.
    Databases,
    /// Snapshots of droplets.
    Images,
    /// Volumes.
    Volumes,
    /// Snapshots of volumes.
    VolumeSnapshots,
}

impl Tagged {
    fn plural(self) -> &'static str {
        match self {
            Tagged::Droplets => "droplets",
            Tagged::Databases => "databases",
            Tagged::Images => "images",
            Tagged::Volumes => "volumes",
            Tagged::VolumeSnapshots => "volume_snapshots",
        }
    }
}

/// Everything under `/v2/tags`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => {
            let counts = counts(call);
            page::list(call, "tags", &call.list::<Tag>().collect::<Vec<_>>(), |tag| show(tag, &counts))
        }
        ("POST", []) => {
            let body = call.json()?;
            let name = Fields::of(&body, "the request body")?.need_text("name")?;
            let name = ensure(call, &[name])?.remove(0);
            Ok(Reply::created("tag", &show(find(call, &name)?, &counts(call))))
        }
        ("GET", [name]) => Ok(Reply::ok("tag", &show(find(call, name)?, &counts(call)))),
        ("DELETE", [name]) => delete(call, name),
        ("POST", [name, "resources"]) => retag(call, name, true),
        ("DELETE", [name, "resources"]) => retag(call, name, false),
        (_, [] | [_] | [_, "resources"]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// Makes the tags that are not there yet; gives each name in the case it is kept in, once.
pub(super) fn ensure(call: &mut Call<'_>, names: &[&str]) -> Result<Vec<String>, Refusal> {
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        if !is_made_of(name, 255, |c| c.is_ascii_alphanumeric() || "_-:".contains(c)) {
            return Err(Refusal::invalid(format!(
                "{name} is not a valid tag: tags may hold letters, numbers, colons, dashes, and underscores, up to 255 of them"
            )));
        }
        let name = match call.get::<Tag>(&name.to_ascii_lowercase()) {
            Some(tag) => tag.name.clone(),
            None => {
                call.put(Tag { name: (*name).to_owned(), last: BTreeMap::new() });
                (*name).to_owned()
            }
        };
        if !kept.contains(&name) {
            kept.push(name);
        }
    }
    Ok(kept)
}

/// Notes that an object just got these tags.
pub(super) fn touch(call: &mut Call<'_>, names: &[String], kind: Tagged, id: &str) {
    for name in names {
        let Some(mut tag) = call.get::<Tag>(&name.to_ascii_lowercase()).cloned() else { continue };
        let path = if kind == Tagged::VolumeSnapshots { "snapshots" } else { kind.plural() };
        tag.last.insert(kind.plural().to_owned(), call.url(&format!("/v2/{path}/{id}")));
        call.put(tag);
    }
}

/// Whether one of an object's tags is that one.
pub(super) fn carries(tags: &[String], name: &str) -> bool {
    tags.iter().any(|tag| tag.eq_ignore_ascii_case(name))
}

fn find<'a>(call: &'a Call<'_>, name: &str) -> Result<&'a Tag, Refusal> {
    call.need(&name.to_ascii_lowercase())
}

type Counts = BTreeMap<(String, &'static str), usize>;

/// How many objects of each kind carry each tag, in one pass over all of them.
fn counts(call: &Call<'_>) -> Counts {
    let mut counts = Counts::new();
    let droplets = call.list::<Droplet>().filter(|droplet| droplet.is_visible(call.now));
    let clusters = call.list::<Cluster>().filter(|cluster| !cluster.is_gone(call.now));
    let droplets = droplets.flat_map(|droplet| droplet.tags.iter().map(|tag| (tag, Tagged::Droplets)));
    let clusters = clusters.flat_map(|cluster| cluster.tags.iter().map(|tag| (tag, Tagged::Databases)));
    let volumes = call.list::<Volume>().flat_map(|volume| volume.tags.iter().map(|tag| (tag, Tagged::Volumes)));
    let snapshots = call.list::<Snapshot>().filter(|snapshot| snapshot.is_there(call.now));
    let snapshots = snapshots.flat_map(|snapshot| snapshot.tags.iter().map(|tag| (tag, kind_of(snapshot))));
    for (tag, kind) in droplets.chain(clusters).chain(volumes).chain(snapshots) {
        *counts.entry((tag.to_ascii_lowercase(), kind.plural())).or_default() += 1;
    }
    counts
}

fn kind_of(snapshot: &Snapshot) -> Tagged {
    match snapshot.kind {
        snapshots::Kind::Droplet => Tagged::Images,
        snapshots::Kind::Volume => Tagged::VolumeSnapshots,
    }
}

fn show(tag: &Tag, counts: &Counts) -> Value {
    let mut resources = Map::new();
    let mut total = 0;
    let mut last = None;
    for kind in ["droplets", "images", "volumes", "volume_snapshots", "databases"] {
        let count = counts.get(&(tag.id(), kind)).copied().unwrap_or(0);
        let mut entry = json!({ "count": count });
        if let Some(uri) = tag.last.get(kind).filter(|_| count > 0) {
            entry["last_tagged_uri"] = json!(uri);
            last = Some(uri);
        }
        total += count;
        resources.insert(kind.to_owned(), entry);
    }
    resources.insert("count".to_owned(), json!(total));
    if let Some(uri) = last {
        resources.insert("last_tagged_uri".to_owned(), json!(uri));
    }
    json!({ "name": tag.name, "resources": resources })
}

/// Deleting a tag takes it off everything.
fn delete(call: &mut Call<'_>, name: &str) -> Result<Reply, Refusal> {
    find(call, name)?;
    let droplets = call.list::<Droplet>().filter(|droplet| carries(&droplet.tags, name)).cloned();
    for mut droplet in droplets.collect::<Vec<_>>() {
        droplet.tags.retain(|tag| !tag.eq_ignore_ascii_case(name));
        call.put(droplet);
    }
    let clusters = call.list::<Cluster>().filter(|cluster| carries(&cluster.tags, name)).cloned();
    for mut cluster in clusters.collect::<Vec<_>>() {
        cluster.tags.retain(|tag| !tag.eq_ignore_ascii_case(name));
        call.put(cluster);
    }
    let volumes = call.list::<Volume>().filter(|volume| carries(&volume.tags, name)).cloned();
    for mut volume in volumes.collect::<Vec<_>>() {
        volume.tags.retain(|tag| !tag.eq_ignore_ascii_case(name));
        call.put(volume);
    }
    let snapshots = call.list::<Snapshot>().filter(|snapshot| carries(&snapshot.tags, name)).cloned();
    for mut snapshot in snapshots.collect::<Vec<_>>() {
        snapshot.tags.retain(|tag| !tag.eq_ignore_ascii_case(name));
        call.put(snapshot);
    }
    firewalls::forget_tag(call, name);
    call.remove::<Tag>(&name.to_ascii_lowercase());
    Ok(Reply::done())
}

fn retag(call: &mut Call<'_>, name: &str, is_added: bool) -> Result<Reply, Refusal> {
    let name = find(call, name)?.name.clone();
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let resources = body.list("resources")?.ok_or_else(|| crate::sim::validate::missing("resources"))?;
    let mut seen = BTreeSet::new();
    for resource in resources {
        let resource = Fields::of(resource, "a resource")?;
        let id = resource.need_text("resource_id")?;
        let kinds = ["droplet", "database", "image", "volume", "volume_snapshot"];
        let kind = resource.need_one_of("resource_type", &kinds)?;
        if seen.insert((kind, id)) {
            retag_one(call, &name, kind, id, is_added)?;
        }
    }
    Ok(Reply::done())
}

fn retag_one(call: &mut Call<'_>, name: &str, kind: &str, id: &str, is_added: bool) -> Result<(), Refusal> {
    let change = |tags: &mut Vec<String>| {
        tags.retain(|tag| !tag.eq_ignore_ascii_case(name));
        if is_added {
            tags.push(name.to_owned());
        }
    };
    let kind = match kind {
        "droplet" => {
            let now = call.now;
            let mut droplet = call
                .get::<Droplet>(id)
                .filter(|droplet| droplet.is_visible(now))
                .cloned()
                .ok_or_else(Refusal::not_found)?;
            change(&mut droplet.tags);
            call.put(droplet);
            Tagged::Droplets
        }
        "database" => {
            let now = call.now;
            let mut cluster = call
                .get::<Cluster>(id)
                .filter(|cluster| !cluster.is_gone(now))
                .cloned()
                .ok_or_else(Refusal::not_found)?;
            change(&mut cluster.tags);
            call.put(cluster);
            Tagged::Databases
        }
        "volume" => {
            let mut volume = call.need::<Volume>(id)?.clone();
            change(&mut volume.tags);
            call.put(volume);
            Tagged::Volumes
        }
        _ => {
            let mut snapshot = snapshots::need(call, id)?.clone();
            let is_meant = (kind == "image") == (snapshot.kind == snapshots::Kind::Droplet);
            if !is_meant {
                return Err(Refusal::not_found());
            }
            let tagged = kind_of(&snapshot);
            change(&mut snapshot.tags);
            call.put(snapshot);
            tagged
        }
    };
    if is_added {
        touch(call, &[name.to_owned()], kind, id);
    }
    Ok(())
}

/// A tag's name in the case it is kept in, if there is such a tag.
pub(super) fn kept(call: &Call<'_>, name: &str) -> Option<String> {
    find(call, name).ok().map(|tag| tag.name.clone())
}

/// Whether there is such a tag.
pub(super) fn exists(call: &Call<'_>, name: &str) -> bool {
    find(call, name).is_ok()
}
