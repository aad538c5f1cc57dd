//! Cloud firewalls: what may come in and go out, for droplets by number or by tag.
//!
//! A change reaches the droplets a few seconds later; until then it is listed as pending.

mod members;
mod rules;

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
use crate::sim::digitalocean::firewalls::rules::Rules;
use crate::sim::digitalocean::tags;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;
use crate::sim::validate::is_made_of;

/// A firewall and what it was last told.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Firewall {
    id: String,
    name: String,
    droplet_ids: Vec<u64>,
    tags: Vec<String>,
    rules: Rules,
    created_at: Timestamp,
    /// The droplets that the last change still has to reach, with whether it takes the firewall off them.
    pending: Vec<(u64, bool)>,
    settled_at: Timestamp,
}

/// The vendor's limits for one firewall.
const MAX_DROPLETS: usize = 10;
const MAX_TAGS: usize = 5;

impl Stored for Firewall {
    const KIND: &'static str = "firewall";

    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Firewall {
    /// Whether it stands before that droplet, by number or by tag.
    fn covers(&self, droplet: &Droplet) -> bool {
        self.droplet_ids.contains(&droplet.id) || self.tags.iter().any(|tag| tags::carries(&droplet.tags, tag))
    }
}

/// Everything under `/v2/firewalls`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => {
            let all: Vec<&Firewall> = call.list().collect();
            page::list(call, "firewalls", &all, |firewall| show(call, firewall))
        }
        ("POST", []) => create(call),
        ("GET", [id]) => Ok(Reply::ok("firewall", &show(call, call.need(id)?))),
        ("PUT", [id]) => replace(call, id),
        ("DELETE", [id]) => {
            call.need::<Firewall>(id)?;
            call.remove::<Firewall>(id);
            Ok(Reply::done())
        }
        ("POST", [id, "droplets"]) => members::change_droplets(call, id, true),
        ("DELETE", [id, "droplets"]) => members::change_droplets(call, id, false),
        ("POST", [id, "tags"]) => members::change_tags(call, id, true),
        ("DELETE", [id, "tags"]) => members::change_tags(call, id, false),
        ("POST", [id, "rules"]) => change_rules(call, id, true),
        ("DELETE", [id, "rules"]) => change_rules(call, id, false),
        (_, [] | [_] | [_, "droplets" | "tags" | "rules"]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// `GET /v2/droplets/{id}/firewalls`.
pub(super) fn of_droplet(call: &Call<'_>, droplet: &Droplet) -> Result<Reply, Refusal> {
    let all: Vec<&Firewall> = call.list::<Firewall>().filter(|firewall| firewall.covers(droplet)).collect();
    page::list(call, "firewalls", &all, |firewall| show(call, firewall))
}

/// Takes a tag that is deleted off every firewall, targets and rules alike.
pub(super) fn forget_tag(call: &mut Call<'_>, name: &str) {
    let all: Vec<Firewall> = call.list::<Firewall>().cloned().collect();
    for mut firewall in all {
        let count = firewall.tags.len();
        firewall.tags.retain(|tag| !tag.eq_ignore_ascii_case(name));
        if firewall.rules.forget_tag(name) || firewall.tags.len() != count {
            call.put(firewall);
        }
    }
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let id = call.world.uuid();
    let firewall = read(call, &body, id, call.now)?;
    let firewall = changed(call, firewall, &[]);
    let reply = Reply::accepted("firewall", &show(call, &firewall));
    call.put(firewall);
    Ok(reply)
}

/// A whole new description: what is left out is empty.
fn replace(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let before = call.need::<Firewall>(id)?.clone();
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let firewall = read(call, &body, before.id.clone(), before.created_at)?;
    let firewall = changed(call, firewall, &targets(call, &before));
    let reply = Reply::ok("firewall", &show(call, &firewall));
    call.put(firewall);
    Ok(reply)
}

fn read(call: &Call<'_>, body: &Fields<'_>, id: String, created_at: Timestamp) -> Result<Firewall, Refusal> {
    let name = checked_name(call, body.need_text("name")?, &id)?;
    let rules = rules::read(call, body)?;
    let droplet_ids = members::checked_droplets(call, &body.numbers("droplet_ids")?, &[])?;
    let tags = members::checked_tags(call, &body.texts("tags")?, &[])?;
    Ok(Firewall { id, name, droplet_ids, tags, rules, created_at, pending: Vec::new(), settled_at: created_at })
}

fn change_rules(call: &mut Call<'_>, id: &str, is_added: bool) -> Result<Reply, Refusal> {
    let mut firewall = call.need::<Firewall>(id)?.clone();
    let body = call.json()?;
    let named = rules::read(call, &Fields::of(&body, "the request body")?)?;
    if is_added {
        firewall.rules.add(named)?;
    } else {
        firewall.rules.take(&named)?;
    }
    let before = targets(call, &firewall);
    let firewall = changed(call, firewall, &before);
    call.put(firewall);
    Ok(Reply::done())
}

/// The numbers of all droplets that it stands before.
fn targets(call: &Call<'_>, firewall: &Firewall) -> Vec<u64> {
    let covered = call.list::<Droplet>().filter(|droplet| droplet.is_visible(call.now) && firewall.covers(droplet));
    covered.map(|droplet| droplet.id).collect()
}

/// Notes what a change has yet to do; without droplets it is done at once.
fn changed(call: &mut Call<'_>, firewall: Firewall, before: &[u64]) -> Firewall {
    let after = targets(call, &firewall);
    let removed = before.iter().filter(|id| !after.contains(id)).map(|id| (*id, true));
    let pending: Vec<(u64, bool)> = after.iter().map(|id| (*id, false)).chain(removed).collect();
    let settled_at = if pending.is_empty() { call.now } else { call.after(2.0, 5.0) };
    Firewall { pending, settled_at, ..firewall }
}

fn checked_name(call: &Call<'_>, name: &str, own: &str) -> Result<String, Refusal> {
    let starts = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if !starts || name.len() < 2 || !is_made_of(name, 255, |c| c.is_ascii_alphanumeric() || ".-".contains(c)) {
        return Err(Refusal::invalid("invalid name: only letters, numbers, periods and dashes are allowed"));
    }
    if call.list::<Firewall>().any(|firewall| firewall.name == name && firewall.id != own) {
        return Err(Refusal::conflict("duplicate name"));
    }
    Ok(name.to_owned())
}

fn show(call: &Call<'_>, firewall: &Firewall) -> Value {
    let is_waiting = call.now < firewall.settled_at;
    let alive = |id: &&u64| droplets::need(call, &id.to_string()).is_ok();
    let pending = firewall.pending.iter().filter(|_| is_waiting);
    let pending = pending.map(|(id, removing)| json!({ "droplet_id": id, "removing": removing, "status": "waiting" }));
    json!({
        "id": firewall.id,
        "name": firewall.name,
        "status": if is_waiting { "waiting" } else { "succeeded" },
        "created_at": stamp(firewall.created_at),
        "pending_changes": pending.collect::<Vec<_>>(),
        "inbound_rules": firewall.rules.inbound,
        "outbound_rules": firewall.rules.outbound,
        "droplet_ids": firewall.droplet_ids.iter().filter(alive).collect::<Vec<_>>(),
        "tags": firewall.tags,
    })
}
