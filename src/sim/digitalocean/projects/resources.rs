//! What is in a project: everything with an URN is in exactly one.

use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::databases;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::domains::Domain;
use crate::sim::digitalocean::droplets::Droplet;
use crate::sim::digitalocean::load_balancers::LoadBalancer;
use crate::sim::digitalocean::projects;
use crate::sim::digitalocean::reserved_ips::ReservedIp;
use crate::sim::digitalocean::volumes::Volume;
use crate::sim::digitalocean::vpcs::Vpc;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;

/// Which project something is in; without a row it is in the one the team began with.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::sim::digitalocean) struct Assignment {
    /// The URN in its published spelling.
    urn: String,
    /// The URN as it was given: reserved addresses have two spellings.
    given: String,
    project: String,
    assigned_at: Timestamp,
}

impl Stored for Assignment {
    const KIND: &'static str = "project_resource";

    fn id(&self) -> String {
        self.urn.clone()
    }
}

/// Something that can be in a project.
struct Asset {
    urn: String,
    created_at: Timestamp,
    path: String,
}

/// The project that something is in.
pub(in crate::sim::digitalocean) fn of(call: &Call<'_>, urn: &str) -> String {
    call.get::<Assignment>(urn).map_or_else(|| projects::first(call), |assignment| assignment.project.clone())
}

/// Puts something new into the project that its request names, or into the default one.
pub(in crate::sim::digitalocean) fn join(call: &mut Call<'_>, urn: &str, asked: Option<&str>) -> Result<(), Refusal> {
    let project = match asked.filter(|id| !id.is_empty()) {
        Some(id) => projects::need(call, id).map_err(|_| Refusal::invalid("project not found"))?.id,
        None => projects::default(call),
    };
    if project != of(call, urn) {
        let (urn, given, assigned_at) = (urn.to_owned(), urn.to_owned(), call.now);
        call.put(Assignment { urn, given, project, assigned_at });
    }
    Ok(())
}

/// Forgets where something was that is no more.
pub(in crate::sim::digitalocean) fn leave(call: &mut Call<'_>, urn: &str) {
    call.remove::<Assignment>(urn);
}

/// `GET /v2/projects/{id}/resources`.
pub(super) fn list(call: &Call<'_>, project: &str) -> Result<Reply, Refusal> {
    let inside: Vec<Asset> = assets(call).into_iter().filter(|asset| of(call, &asset.urn) == project).collect();
    page::list(call, "resources", &inside, |asset| show(call, asset, "ok"))
}

/// Whether anything is in a project.
pub(super) fn has_any(call: &Call<'_>, project: &str) -> bool {
    assets(call).iter().any(|asset| of(call, &asset.urn) == project)
}

/// `POST /v2/projects/{id}/resources`: what is named leaves the project that it is in.
pub(super) fn assign(call: &mut Call<'_>, project: &str) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let named = Fields::of(&body, "the request body")?.texts("resources")?;
    let (mut shown, all) = (Vec::new(), assets(call));
    for given in named {
        let urn = canonical(given)?;
        let Some(asset) = all.iter().find(|asset| asset.urn == urn) else {
            shown.push(json!({ "urn": given, "assigned_at": stamp(call.now), "status": "not_found" }));
            continue;
        };
        let from = of(call, &urn);
        let status = if from == project { "already_assigned" } else { "assigned" };
        if from != project {
            projects::left(call, &from);
            let (given, project, assigned_at) = (given.to_owned(), project.to_owned(), call.now);
            call.put(Assignment { urn, given, project, assigned_at });
        }
        shown.push(show(call, asset, status));
    }
    Ok(Reply::body(StatusCode::OK, &json!({ "resources": shown })))
}

/// An URN in its published spelling.
fn canonical(given: &str) -> Result<String, Refusal> {
    let kinds =
        ["dbaas", "domain", "droplet", "floatingip", "loadbalancer", "space", "volume", "kubernetes", "vpc", "app"];
    let parts = given.strip_prefix("do:").and_then(|rest| rest.split_once(':'));
    match parts {
        // Clients write this one, and the vendor takes both.
        Some(("reservedip", id)) if !id.is_empty() => Ok(format!("do:floatingip:{id}")),
        Some((kind, id)) if kinds.contains(&kind) && !id.is_empty() => Ok(given.to_owned()),
        _ => Err(Refusal::invalid(format!("resources: {given} is not a valid URN"))),
    }
}

fn show(call: &Call<'_>, asset: &Asset, status: &str) -> Value {
    let assignment = call.get::<Assignment>(&asset.urn);
    let urn = assignment.map_or(&asset.urn, |assignment| &assignment.given);
    let assigned_at = assignment.map_or(asset.created_at, |assignment| assignment.assigned_at);
    json!({
        "urn": urn,
        "assigned_at": stamp(assigned_at),
        "links": { "self": call.url(&asset.path) },
        "status": status,
    })
}

/// Everything that can be in a project and is there.
fn assets(call: &Call<'_>) -> Vec<Asset> {
    let asset = |kind: &str, id: String, created_at: Timestamp, path: &str| Asset {
        urn: format!("do:{kind}:{id}"),
        created_at,
        path: format!("/v2/{path}/{id}"),
    };
    let mut all = Vec::new();
    let droplets = call.list::<Droplet>().filter(|droplet| droplet.is_visible(call.now));
    all.extend(droplets.map(|droplet| asset("droplet", droplet.id.to_string(), droplet.created_at, "droplets")));
    let volumes = call.list::<Volume>();
    all.extend(volumes.map(|volume| asset("volume", volume.id.clone(), volume.created_at, "volumes")));
    let balancers = call.list::<LoadBalancer>().filter(|balancer| balancer.is_there());
    all.extend(balancers.map(|one| asset("loadbalancer", one.id(), one.created_at, "load_balancers")));
    let clusters = call.list::<Cluster>().filter(|cluster| databases::is_listed(call, cluster));
    all.extend(clusters.map(|cluster| asset("dbaas", cluster.id(), cluster.created_at, "databases")));
    let domains = call.list::<Domain>();
    all.extend(domains.map(|domain| asset("domain", domain.name.clone(), domain.created_at, "domains")));
    let addresses = call.list::<ReservedIp>();
    all.extend(addresses.map(|one| asset("floatingip", one.ip.to_string(), one.created_at, "reserved_ips")));
    // Networks are in no project until somebody puts them into one.
    let networks = call.list::<Vpc>().map(|vpc| asset("vpc", vpc.id.clone(), vpc.created_at, "vpcs"));
    all.extend(networks.filter(|vpc| call.get::<Assignment>(&vpc.urn).is_some()));
    all
}
