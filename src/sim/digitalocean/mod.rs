//! DigitalOcean's control plane, version 2 of its API.
//!
//! One file or folder for each collection. A handler takes a [`Call`], checks everything, then
//! changes the world and shows the result; a refusal rolls back whatever was changed before it.

mod account;
mod actions;
mod certificates;
mod databases;
mod domains;
mod droplets;
mod firewalls;
mod images;
mod load_balancers;
mod monitoring;
mod network;
mod projects;
mod regions;
mod reserved_ips;
mod scopes;
mod sizes;
mod snapshots;
mod ssh_keys;
mod tags;
mod uptime;
mod volumes;
mod vpcs;

use std::collections::HashSet;

use http::Method;
use jiff::Timestamp;

use crate::sim::call::Call;
use crate::sim::digitalocean::actions::Action;
use crate::sim::digitalocean::certificates::Certificate;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::databases::dbs::Db;
use crate::sim::digitalocean::databases::pools::Pool;
use crate::sim::digitalocean::databases::users::User;
use crate::sim::digitalocean::domains::Domain;
use crate::sim::digitalocean::domains::Record;
use crate::sim::digitalocean::droplets::Doomed;
use crate::sim::digitalocean::droplets::Droplet;
use crate::sim::digitalocean::firewalls::Firewall;
use crate::sim::digitalocean::load_balancers::LoadBalancer;
use crate::sim::digitalocean::monitoring::Policy;
use crate::sim::digitalocean::projects::Assignment;
use crate::sim::digitalocean::projects::Project;
use crate::sim::digitalocean::reserved_ips::ReservedIp;
use crate::sim::digitalocean::snapshots::Snapshot;
use crate::sim::digitalocean::ssh_keys::SshKey;
use crate::sim::digitalocean::tags::Tag;
use crate::sim::digitalocean::uptime::Alert;
use crate::sim::digitalocean::uptime::Check;
use crate::sim::digitalocean::volumes::Volume;
use crate::sim::digitalocean::vpcs::Vpc;
use crate::sim::hosts::Machine;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Kind;
use crate::sim::store::Store;

/// The tables this vendor keeps.
pub(super) fn kinds() -> impl IntoIterator<Item = Kind> {
    [
        Kind::of::<Action>(),
        Kind::of::<Alert>(),
        Kind::of::<Assignment>(),
        Kind::of::<Certificate>(),
        Kind::of::<Check>(),
        Kind::of::<Cluster>(),
        Kind::of::<Db>(),
        Kind::of::<Domain>(),
        Kind::of::<Doomed>(),
        Kind::of::<Droplet>(),
        Kind::of::<Firewall>(),
        Kind::of::<LoadBalancer>(),
        Kind::of::<Policy>(),
        Kind::of::<Pool>(),
        Kind::of::<Project>(),
        Kind::of::<Record>(),
        Kind::of::<ReservedIp>(),
        Kind::of::<Snapshot>(),
        Kind::of::<SshKey>(),
        Kind::of::<Tag>(),
        Kind::of::<User>(),
        Kind::of::<Volume>(),
        Kind::of::<Vpc>(),
    ]
}

/// The folders of all machines that may still be there.
pub(super) fn host_folders(store: &Store) -> HashSet<String> {
    store.all::<Droplet>().filter_map(|(_, droplet)| droplet.folder()).collect()
}

/// The machine that answers at an IPv4 address, directly or through a reserved one: `None` when there is no droplet, and
/// `Some(None)` while it does not run.
pub(super) fn machine_at(store: &Store, address: &str, now: Timestamp) -> Option<Option<Machine>> {
    let reserved = store.all::<ReservedIp>().find(|(_, reserved)| Ok(reserved.ip) == address.parse());
    let droplet = match reserved {
        Some((team, reserved)) => store.get::<Droplet>(team, &reserved.droplet_at(now)?.to_string())?,
        None => {
            let mut droplets = store.all::<Droplet>().map(|(_, droplet)| droplet);
            droplets.find(|droplet| droplet.has_address(address) && !droplet.is_gone(now))?
        }
    };
    (!droplet.is_gone(now)).then(|| droplet.machine(now))
}

/// Finds the handler of a call by its method and path.
pub(super) fn route(call: &mut Call<'_>, discard: &mut Vec<String>) -> Result<Reply, Refusal> {
    const GET: &Method = &Method::GET;
    let (method, path) = call.route();
    if let (GET, ["v1", "oauth", "token", "info"]) = (method, &path[..]) {
        return Ok(account::token(call));
    }
    let Some((&"v2", path)) = path.split_first() else { return Err(Refusal::not_found()) };
    scopes::check(call, method, path)?;
    match (method, path) {
        (GET, ["account"]) => account::get(call),
        (_, ["account", "keys", rest @ ..]) => ssh_keys::route(call, method, rest),
        (GET, ["regions"]) => regions::list(call),
        (GET, ["sizes"]) => sizes::list(call),
        (_, ["images", rest @ ..]) => images::route(call, method, rest),
        (GET, ["actions"]) => actions::list(call),
        (GET, ["actions", id]) => actions::get(call, id),
        (_, ["tags", rest @ ..]) => tags::route(call, method, rest),
        (_, ["droplets", rest @ ..]) => droplets::route(call, method, rest, discard),
        (_, ["volumes", rest @ ..]) => volumes::route(call, method, rest),
        (_, ["snapshots", rest @ ..]) => snapshots::route(call, method, rest),
        (_, ["vpcs", rest @ ..]) => vpcs::route(call, method, rest),
        (_, ["reserved_ips", rest @ ..]) => reserved_ips::route(call, method, rest),
        (_, ["firewalls", rest @ ..]) => firewalls::route(call, method, rest),
        (_, ["domains", rest @ ..]) => domains::route(call, method, rest),
        (_, ["load_balancers", rest @ ..]) => load_balancers::route(call, method, rest),
        (_, ["certificates", rest @ ..]) => certificates::route(call, method, rest),
        (_, ["projects", rest @ ..]) => projects::route(call, method, rest),
        (_, ["monitoring", "alerts", rest @ ..]) => monitoring::route(call, method, rest),
        (_, ["uptime", "checks", rest @ ..]) => uptime::route(call, method, rest),
        (_, ["databases", rest @ ..]) => databases::route(call, method, rest),
        (_, ["account" | "regions" | "sizes" | "actions"]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

#[cfg(test)]
mod tests;
