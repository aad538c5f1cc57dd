//! Read-only replicas: clusters that follow a primary one, under a name of its own among its replicas.

use http::Method;
use http::StatusCode;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::databases::create::checked_shape;
use crate::sim::digitalocean::databases::dbs;
use crate::sim::digitalocean::databases::events;
use crate::sim::digitalocean::databases::need;
use crate::sim::digitalocean::databases::need_idle;
use crate::sim::digitalocean::databases::options;
use crate::sim::digitalocean::databases::policies;
use crate::sim::digitalocean::databases::show;
use crate::sim::digitalocean::databases::users;
use crate::sim::digitalocean::projects;
use crate::sim::digitalocean::regions;
use crate::sim::digitalocean::tags;
use crate::sim::digitalocean::vpcs;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;
use crate::sim::validate::is_made_of;

/// How many one cluster can have.
const MAX: usize = 5;

/// Everything under `/v2/databases/{id}/replicas`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, primary: &str, path: &[&str]) -> Result<Reply, Refusal> {
    need(call, primary)?;
    match (method.as_str(), path) {
        ("GET", []) => {
            let all: Vec<&Cluster> = of(call, primary).filter(|replica| is_shown(call, replica)).collect();
            page::list(call, "replicas", &all, |replica| {
                let mut shown = shown(call, replica);
                if let Some(fields) = shown.as_object_mut() {
                    fields.remove("do_settings");
                }
                shown
            })
        }
        ("POST", []) => create(call, primary),
        ("GET", [name]) => Ok(Reply::ok("replica", &shown(call, find(call, primary, name)?))),
        ("DELETE", [name]) => {
            let replica = find(call, primary, name)?.clone();
            let gone_at = Some(call.after(10.0, 30.0));
            call.put(Cluster { gone_at, ..replica });
            Ok(Reply::done())
        }
        ("PUT", [name, "promote"]) => promote(call, primary, name),
        (_, [] | [_] | [_, "promote"]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// The replicas of a cluster that are not gone, those too that the API does not show yet.
pub(super) fn of<'a>(call: &'a Call<'_>, primary: &str) -> impl Iterator<Item = &'a Cluster> {
    let all = call.list::<Cluster>().filter(move |replica| replica.primary.as_deref() == Some(primary));
    all.filter(|replica| !replica.is_gone(call.now))
}

/// For a while after it was made, the API denies that a replica exists.
fn is_shown(call: &Call<'_>, replica: &Cluster) -> bool {
    replica.visible_at <= call.now
}

fn find<'a>(call: &'a Call<'_>, primary: &str, name: &str) -> Result<&'a Cluster, Refusal> {
    let mut named = of(call, primary).filter(|replica| replica.name == name && replica.gone_at.is_none());
    named.find(|replica| is_shown(call, replica)).ok_or_else(Refusal::not_found)
}

fn create(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let primary = need_idle(call, id)?;
    let engine = options::known(&primary.engine);
    if !engine.has_replicas {
        return Err(Refusal::invalid("read-only replicas are not supported for this engine"));
    }
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let name = body.need_text("name")?;
    let is_plain = is_made_of(name, 63, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !is_plain || name.len() < 3 || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(Refusal::invalid("invalid replica name"));
    }
    if of(call, id).any(|replica| replica.name == name) {
        return Err(Refusal::invalid("replica name is not available"));
    }
    if of(call, id).count() >= MAX {
        return Err(Refusal::invalid(format!("a cluster can have at most {MAX} read-only replicas")));
    }
    let size = body.text("size")?.filter(|size| !size.is_empty()).unwrap_or(&primary.shape.size);
    let storage = body.whole("storage_size_mib", 0..=i64::MAX)?;
    let storage = storage.filter(|storage| *storage != 0);
    let shape = checked_shape(engine, size, 1, Some(storage.unwrap_or(0)), None)?;
    let (_, most) = engine.check_layout(size, 1)?;
    if most < primary.shape.storage_mib || options::memory(size) < options::memory(&primary.shape.size) {
        return Err(Refusal::invalid("invalid size: must be at least as large as the primary's"));
    }
    if storage.is_some_and(|storage| storage < primary.shape.storage_mib) {
        return Err(Refusal::invalid("invalid storage_size_mib: must be at least as large as the primary's"));
    }
    let storage_mib = shape.storage_mib.max(primary.shape.storage_mib);
    let region = match body.text("region")?.filter(|region| !region.is_empty()) {
        Some(slug) => regions::find(slug).ok_or_else(|| Refusal::invalid("invalid region"))?.slug.to_owned(),
        None => primary.region.clone(),
    };
    let vpc = match body.text("private_network_uuid")?.filter(|vpc| !vpc.is_empty()) {
        None if region == primary.region => primary.vpc.clone(),
        asked => vpcs::choose(call, asked, &region)?.id,
    };
    let replica = Cluster {
        id: call.world.uuid(),
        name: name.to_owned(),
        vpc,
        tags: tags::ensure(call, &body.texts("tags")?)?,
        created_at: call.now,
        shape: super::Shape { storage_mib, ..shape },
        region,
        primary: Some(primary.id.clone()),
        visible_at: call.after(30.0, 90.0),
        online_at: call.after(180.0, 300.0),
        backed_up_at: call.now,
        is_fork: true,
        rules: Vec::new(),
        config: Map::new(),
        autoscale: None,
        cnames: policies::cnames(&body)?,
        events: Vec::new(),
        change: None,
        gone_at: None,
        users_busy_until: None,
        ..primary
    };
    let shown = shown(call, &replica);
    call.put(replica);
    Ok(Reply::body(StatusCode::CREATED, &json!({ "replica": shown })))
}

/// One way: the replica becomes a cluster with the same id, and its old primary does not know it any more.
fn promote(call: &mut Call<'_>, primary: &str, name: &str) -> Result<Reply, Refusal> {
    let replica = find(call, primary, name)?.at(call.now).into_owned();
    if replica.status(call.now) != "online" {
        return Err(Refusal::precondition("The read-only replica is not online."));
    }
    users::copy(call, primary, &replica.id);
    dbs::copy(call, primary, &replica.id);
    projects::join(call, &format!("do:dbaas:{}", replica.id), None)?;
    let backed_up_at = call.after(60.0, 120.0);
    let replica = events::noted(call, Cluster { primary: None, backed_up_at, ..replica }, "cluster_master_promotion");
    call.put(replica);
    Ok(Reply::done())
}

fn shown(call: &Call<'_>, replica: &Cluster) -> Value {
    let replica = replica.at(call.now);
    let mut shown = json!({
        "id": replica.id(),
        "name": replica.name,
        "region": replica.region,
        "size": replica.shape.size,
        "storage_size_mib": replica.shape.storage_mib,
        "status": replica.status(call.now),
        "tags": replica.tags,
        "created_at": stamp(replica.created_at),
        "private_network_uuid": replica.vpc,
        "connection": show::connection(call, &replica, ""),
        "private_connection": show::connection(call, &replica, "private-"),
    });
    if !replica.cnames.is_empty() {
        shown["do_settings"] = json!({ "service_cnames": replica.cnames });
    }
    shown
}
