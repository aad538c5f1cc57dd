//! Reserved addresses: kept apart from droplets, given to one at a time.

use std::net::Ipv4Addr;

use http::Method;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::actions;
use crate::sim::digitalocean::actions::Action;
use crate::sim::digitalocean::actions::Subject;
use crate::sim::digitalocean::droplets;
use crate::sim::digitalocean::droplets::Droplet;
use crate::sim::digitalocean::network;
use crate::sim::digitalocean::projects;
use crate::sim::digitalocean::regions;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;

/// A reserved address and the droplet that has it or is about to.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct ReservedIp {
    pub(super) ip: Ipv4Addr,
    pub(super) created_at: Timestamp,
    #[serde(deserialize_with = "regions::stored")]
    region: String,
    droplet: Option<u64>,
    /// A change of droplet that takes effect at that moment.
    change: Option<Change>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Change {
    until: Timestamp,
    droplet: Option<u64>,
}

impl Stored for ReservedIp {
    const KIND: &'static str = "reserved_ip";

    fn id(&self) -> String {
        self.ip.to_string()
    }
}

impl ReservedIp {
    /// The droplet that has the address at that moment, as far as the address knows.
    pub(super) fn droplet_at(&self, now: Timestamp) -> Option<u64> {
        match &self.change {
            Some(change) if change.until <= now => change.droplet,
            _ => self.droplet,
        }
    }

    fn is_busy(&self, now: Timestamp) -> bool {
        self.change.as_ref().is_some_and(|change| change.until > now)
    }
}

/// Everything under `/v2/reserved_ips`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => {
            let all: Vec<&ReservedIp> = call.list().collect();
            page::list(call, "reserved_ips", &all, |reserved| show(call, reserved))
        }
        ("POST", []) => create(call),
        ("GET", [ip]) => Ok(Reply::ok("reserved_ip", &show(call, call.need(ip)?))),
        ("DELETE", [ip]) => delete(call, ip),
        ("POST", [ip, "actions"]) => perform(call, ip),
        ("GET", [ip, "actions"]) => {
            call.need::<ReservedIp>(ip)?;
            actions::list_where(call, |action| action.concerns_address(ip))
        }
        ("GET", [ip, "actions", id]) => {
            call.need::<ReservedIp>(ip)?;
            actions::get_where(call, id, |action| action.concerns_address(ip))
        }
        (_, [] | [_] | [_, "actions"]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let droplet = body.whole("droplet_id", 1..=i64::MAX)?;
    let region = body.text("region")?;
    let (region, droplet) = match (region, droplet) {
        (Some(_), Some(_)) => return Err(Refusal::invalid("region and droplet_id can not be combined.")),
        (None, None) => return Err(Refusal::invalid("region or droplet_id is required.")),
        (Some(region), None) => {
            let region = regions::find(region).ok_or_else(|| Refusal::invalid("region is not valid"))?;
            (region.slug.to_owned(), None)
        }
        (None, Some(id)) => {
            let droplet = able_droplet(call, id, None)?;
            (droplet.region.clone(), Some(droplet))
        }
    };
    let ip = network::public_v4(call)?;
    let reserved = ReservedIp { ip, created_at: call.now, region, droplet: None, change: None };
    projects::join(call, &urn(&reserved), body.text("project_id")?)?;
    call.put(reserved.clone());
    let mut links = json!({});
    if let Some(droplet) = droplet {
        let action = change(call, &reserved, Some(droplet.id), "assign_ip");
        let href = call.url(&format!("/v2/droplets/{}", droplet.id));
        links["droplets"] = json!([{ "id": droplet.id, "rel": "droplet", "href": href }]);
        links["actions"] = json!([actions::link(call, &action, "assign_ip")]);
    }
    let shown = show(call, call.need(&reserved.id())?);
    Ok(Reply::body(StatusCode::ACCEPTED, &json!({ "reserved_ip": shown, "links": links })))
}

fn delete(call: &mut Call<'_>, ip: &str) -> Result<Reply, Refusal> {
    let reserved = call.need::<ReservedIp>(ip)?.clone();
    if reserved.is_busy(call.now) {
        return Err(Refusal::invalid("The reserved IP already has a pending event."));
    }
    projects::leave(call, &urn(&reserved));
    call.remove::<ReservedIp>(ip);
    Ok(Reply::done())
}

fn perform(call: &mut Call<'_>, ip: &str) -> Result<Reply, Refusal> {
    let reserved = call.need::<ReservedIp>(ip)?.clone();
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let kind = body.need_one_of("type", &["assign", "unassign"])?;
    if reserved.is_busy(call.now) {
        return Err(Refusal::invalid("The reserved IP already has a pending event."));
    }
    let holder = holder(call, &reserved);
    let action = match kind {
        "assign" => {
            let id = body.need_whole("droplet_id", 1..=i64::MAX)?;
            let droplet = able_droplet(call, id, Some(&reserved))?;
            if holder == Some(droplet.id) {
                return Err(Refusal::invalid("The reserved IP is already assigned to this Droplet."));
            }
            change(call, &reserved, Some(droplet.id), "assign_ip")
        }
        _ => {
            let holder = holder.ok_or_else(|| Refusal::invalid("The reserved IP is not assigned."))?;
            let droplet = droplets::need(call, &holder.to_string())?;
            droplets::refuse_if_busy(droplet, call.now)?;
            change(call, &reserved, None, "unassign_ip")
        }
    };
    Ok(Reply::created("action", &action.show(call.now)))
}

/// The droplet an address is to be given to: there, free, in its region, and reachable at all.
fn able_droplet(call: &Call<'_>, id: i64, reserved: Option<&ReservedIp>) -> Result<Droplet, Refusal> {
    let droplet =
        droplets::need(call, &id.to_string()).map_err(|_| Refusal::invalid("The Droplet could not be found."))?;
    droplets::refuse_if_busy(droplet, call.now)?;
    if droplet.public_ip.is_none() {
        return Err(Refusal::invalid("The Droplet has no public networking."));
    }
    if reserved.is_some_and(|reserved| reserved.region != droplet.region) {
        return Err(Refusal::invalid("The reserved IP and the Droplet are not in the same region."));
    }
    let mut others = call.list::<ReservedIp>().filter(|other| reserved.is_none_or(|own| own.ip != other.ip));
    if others.any(|other| holder(call, other) == Some(droplet.id)) {
        return Err(Refusal::invalid("The Droplet already has a reserved IP."));
    }
    Ok(droplet.clone())
}

/// Begins to give the address to a droplet or to take it away; the droplets concerned are busy too.
fn change(call: &mut Call<'_>, reserved: &ReservedIp, to: Option<u64>, kind: &str) -> Action {
    let until = call.after(2.0, 6.0);
    let from = reserved.droplet_at(call.now);
    let busy = to.or(from);
    if let Some(droplet) = busy.and_then(|id| call.get::<Droplet>(&id.to_string())) {
        let droplet = droplet.occupied(call.now, until);
        call.put(droplet);
    }
    let subject = Subject::ReservedIp { ip: reserved.ip, droplet: busy };
    let action = actions::start(call, kind, subject, &reserved.region, until);
    let change = Some(Change { until, droplet: to });
    call.put(ReservedIp { droplet: from, change, ..reserved.clone() });
    action
}

/// The droplet that has or is about to get the address; none once that was deleted.
fn holder(call: &Call<'_>, reserved: &ReservedIp) -> Option<u64> {
    let id = match &reserved.change {
        Some(change) => change.droplet,
        None => reserved.droplet,
    };
    droplets::need(call, &id?.to_string()).ok().map(|droplet| droplet.id)
}

fn urn(reserved: &ReservedIp) -> String {
    format!("do:floatingip:{}", reserved.ip)
}

fn show(call: &Call<'_>, reserved: &ReservedIp) -> Value {
    let droplet = reserved.droplet_at(call.now).and_then(|id| droplets::need(call, &id.to_string()).ok());
    json!({
        "ip": reserved.ip,
        "region": regions::shown(&reserved.region),
        "droplet": droplet.map(|droplet| droplets::shown_now(call, droplet)),
        "locked": reserved.is_busy(call.now),
        "project_id": projects::of(call, &urn(reserved)),
    })
}
