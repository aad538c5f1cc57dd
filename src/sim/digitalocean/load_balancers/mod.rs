//! Load balancers: a wholly replaceable description, and members by number or by tag.

mod rules;
mod spec;

use std::net::Ipv4Addr;

use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::droplets;
use crate::sim::digitalocean::load_balancers::spec::Members;
use crate::sim::digitalocean::load_balancers::spec::Spec;
use crate::sim::digitalocean::network;
use crate::sim::digitalocean::projects;
use crate::sim::digitalocean::regions;
use crate::sim::digitalocean::vpcs;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;

/// A load balancer; what may be changed is its [`Spec`].
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct LoadBalancer {
    id: String,
    pub(super) vpc: String,
    pub(super) ip: Ipv4Addr,
    pub(super) created_at: Timestamp,
    pub(super) spec: Spec,
    active_at: Timestamp,
    /// Set by a deletion: not shown any more, but for some seconds still in its network.
    leaves_at: Option<Timestamp>,
}

impl Stored for LoadBalancer {
    const KIND: &'static str = "load_balancer";

    fn id(&self) -> String {
        self.id.clone()
    }
}

impl LoadBalancer {
    /// Whether the API shows it.
    pub(super) fn is_there(&self) -> bool {
        self.leaves_at.is_none()
    }

    /// Whether nothing of it is left.
    pub(super) fn has_left(&self, now: Timestamp) -> bool {
        self.leaves_at.is_some_and(|leaves_at| leaves_at <= now)
    }
}

/// Everything under `/v2/load_balancers`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => {
            let all: Vec<_> = call.list::<LoadBalancer>().filter(|balancer| balancer.leaves_at.is_none()).collect();
            page::list(call, "load_balancers", &all, |balancer| show(call, balancer))
        }
        ("POST", []) => create(call),
        ("GET", [id]) => Ok(Reply::ok("load_balancer", &show(call, need(call, id)?))),
        ("PUT", [id]) => replace(call, id),
        ("DELETE", [id]) => delete(call, id),
        ("POST", [id, "droplets"]) => change_droplets(call, id, true),
        ("DELETE", [id, "droplets"]) => change_droplets(call, id, false),
        ("POST", [id, "forwarding_rules"]) => change_rules(call, id, true),
        ("DELETE", [id, "forwarding_rules"]) => change_rules(call, id, false),
        (_, [] | [_] | [_, "droplets" | "forwarding_rules"]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

fn need<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a LoadBalancer, Refusal> {
    call.get::<LoadBalancer>(id).filter(|balancer| balancer.leaves_at.is_none()).ok_or_else(Refusal::not_found)
}

/// Whether there is such a load balancer.
pub(super) fn exists(call: &Call<'_>, id: &str) -> bool {
    need(call, id).is_ok()
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let spec = spec::read(call, &body)?;
    // A global one has no region of its own; its members' networks are not its network.
    let vpc = match spec.region.clone() {
        Some(region) => vpcs::choose(call, body.text("vpc_uuid")?, &region)?.id,
        None => String::new(),
    };
    let balancer = LoadBalancer {
        id: call.world.uuid(),
        vpc,
        ip: network::public_v4(call)?,
        created_at: call.now,
        spec,
        active_at: call.after(45.0, 75.0),
        leaves_at: None,
    };
    projects::join(call, &urn(&balancer.id), body.text("project_id")?)?;
    let shown = show(call, &balancer);
    call.put(balancer);
    Ok(Reply::accepted("load_balancer", &shown))
}

/// A whole new description: what is left out falls back to its default.
fn replace(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let balancer = need(call, id)?.clone();
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let spec = spec::read(call, &body)?;
    let before = &balancer.spec;
    let fixed = [
        (spec.region != before.region, "region"),
        (body.has("type") && spec.kind != before.kind, "type"),
        (body.has("network") && spec.network != before.network, "network"),
        (body.has("network_stack") && spec.network_stack != before.network_stack, "network_stack"),
        (body.text("vpc_uuid")?.is_some_and(|vpc| !vpc.is_empty() && vpc != balancer.vpc), "vpc_uuid"),
    ];
    if let Some((_, name)) = fixed.iter().find(|(differs, _)| *differs) {
        return Err(Refusal::invalid(format!("{name} can not be changed")));
    }
    let mut spec = spec;
    spec.kind.clone_from(&before.kind);
    spec.network.clone_from(&before.network);
    spec.network_stack.clone_from(&before.network_stack);
    if let Some(project) = body.text("project_id")? {
        projects::join(call, &urn(id), Some(project))?;
    }
    let balancer = LoadBalancer { spec, ..balancer };
    let shown = show(call, &balancer);
    call.put(balancer);
    Ok(Reply::ok("load_balancer", &shown))
}

fn delete(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let balancer = need(call, id)?.clone();
    let gone = call.list::<LoadBalancer>().filter(|other| other.has_left(call.now)).map(Stored::id);
    for id in gone.collect::<Vec<_>>() {
        call.remove::<LoadBalancer>(&id);
    }
    projects::leave(call, &urn(id));
    let leaves_at = Some(call.after(10.0, 25.0));
    call.put(LoadBalancer { leaves_at, ..balancer });
    Ok(Reply::done())
}

fn change_droplets(call: &mut Call<'_>, id: &str, is_added: bool) -> Result<Reply, Refusal> {
    let mut balancer = need(call, id)?.clone();
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    if !body.has("droplet_ids") {
        return Err(crate::sim::validate::missing("droplet_ids"));
    }
    let named = body.numbers("droplet_ids")?;
    let Members::Droplets(members) = &mut balancer.spec.members else {
        return Err(Refusal::invalid("Droplets can not be added or removed: the load balancer selects them by tag"));
    };
    if is_added {
        spec::check_droplets(call, &named, balancer.spec.region.as_deref())?;
        members.extend(&named);
        members.sort_unstable();
        members.dedup();
    } else if named.iter().all(|id| members.contains(id)) {
        members.retain(|id| !named.contains(id));
    } else {
        return Err(Refusal::invalid("some Droplets are not assigned to the load balancer"));
    }
    call.put(balancer);
    Ok(Reply::done())
}

fn change_rules(call: &mut Call<'_>, id: &str, is_added: bool) -> Result<Reply, Refusal> {
    let mut balancer = need(call, id)?.clone();
    let body = call.json()?;
    let named = rules::read(call, &Fields::of(&body, "the request body")?)?;
    let present = &mut balancer.spec.forwarding_rules;
    if is_added {
        present.extend(named);
        rules::check_together(present)?;
    } else if named.iter().all(|rule| present.contains(rule)) {
        present.retain(|rule| !named.contains(rule));
    } else {
        return Err(Refusal::not_found());
    }
    if present.is_empty() {
        return Err(Refusal::invalid("a load balancer must have at least one forwarding rule"));
    }
    call.put(balancer);
    Ok(Reply::done())
}

fn urn(id: &str) -> String {
    format!("do:loadbalancer:{id}")
}

fn show(call: &Call<'_>, balancer: &LoadBalancer) -> Value {
    let spec = &balancer.spec;
    let is_active = call.now >= balancer.active_at;
    let (tag, droplet_ids) = match &spec.members {
        Members::Tag(tag) => (tag.as_str(), droplets::tagged(call, tag)),
        Members::Droplets(ids) => {
            let alive = ids.iter().filter(|id| droplets::need(call, &id.to_string()).is_ok());
            ("", alive.copied().collect())
        }
    };
    let is_internal = spec.network == "INTERNAL";
    let mut shown = serde_json::to_value(spec).expect("a description is plain data");
    let added = json!({
        "id": balancer.id,
        "ip": if is_active && !is_internal { balancer.ip.to_string() } else { String::new() },
        "ipv6": "",
        "status": if is_active { "active" } else { "new" },
        "created_at": stamp(balancer.created_at),
        "region": spec.region.as_deref().map(regions::shown),
        "vpc_uuid": balancer.vpc,
        "tag": tag,
        "droplet_ids": droplet_ids,
        "project_id": projects::of(call, &urn(&balancer.id)),
    });
    if let (Value::Object(shown), Value::Object(added)) = (&mut shown, added) {
        shown.extend(added);
        shown.retain(|name, value| name != "members" && (name != "region" || !value.is_null()));
    }
    shown
}
