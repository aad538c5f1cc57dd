//! What can be changed about a cluster: its shape, its region, its version, when it is maintained.

use http::StatusCode;

use crate::sim::call::Call;
use crate::sim::digitalocean::databases::Change;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::databases::Effect;
use crate::sim::digitalocean::databases::Maintenance;
use crate::sim::digitalocean::databases::create::checked_shape;
use crate::sim::digitalocean::databases::events;
use crate::sim::digitalocean::databases::need;
use crate::sim::digitalocean::databases::need_idle;
use crate::sim::digitalocean::databases::need_up;
use crate::sim::digitalocean::databases::options;
use crate::sim::digitalocean::regions;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::validate::Fields;

/// `PUT /v2/databases/{id}/resize`, of a cluster or of a replica.
pub(super) fn resize(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let cluster = need_idle(call, id)?;
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let (size, nodes) = (body.need_text("size")?, body.need_whole("num_nodes", 1..=100)?);
    let storage = body.whole("storage_size_mib", 0..=i64::MAX)?;
    if cluster.primary.is_some() && nodes != 1 {
        return Err(Refusal::invalid("invalid num_nodes: a read-only replica has one node"));
    }
    let shape = checked_shape(options::known(&cluster.engine), size, nodes, storage, Some(&cluster.shape))?;
    if shape == cluster.shape {
        return Err(Refusal::invalid("cannot scale to same configuration"));
    }
    begin(call, cluster, Effect::Resize(shape), (120.0, 300.0))
}

/// `PUT /v2/databases/{id}/migrate`.
pub(super) fn migrate(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    need(call, id)?;
    let cluster = need_idle(call, id)?;
    let body = call.json()?;
    let region = Fields::of(&body, "the request body")?.need_text("region")?;
    let region = regions::find(region).ok_or_else(|| Refusal::invalid("invalid region"))?.slug;
    if region == cluster.region {
        return Err(Refusal::invalid("cannot migrate to the same region"));
    }
    begin(call, cluster, Effect::Migrate(region.to_owned()), (300.0, 900.0))
}

/// `PUT /v2/databases/{id}/upgrade`: upwards only, and answered before it is done.
pub(super) fn upgrade(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    need(call, id)?;
    let cluster = need_idle(call, id)?;
    let body = call.json()?;
    let version = Fields::of(&body, "the request body")?.need_text("version")?;
    let engine = options::known(&cluster.engine);
    let version = engine.version(Some(version))?;
    if options::numbers(version) <= options::numbers(&cluster.version) {
        return Err(Refusal::invalid("invalid version: a cluster can only be upgraded to a newer version"));
    }
    begin(call, cluster, Effect::Upgrade(version.to_owned()), (180.0, 420.0))?;
    Ok(Reply::done())
}

/// `PUT /v2/databases/{id}/install_update`.
pub(super) fn install_update(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    need(call, id)?;
    let cluster = need_idle(call, id)?;
    let cluster = events::noted(call, cluster, "cluster_maintenance_perform");
    call.put(cluster);
    Ok(Reply::done())
}

/// `PUT /v2/databases/{id}/maintenance`.
pub(super) fn maintenance(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let cluster = need_up(call, id)?;
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let day = body.need_text("day")?.to_ascii_lowercase();
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    if !days.contains(&day.as_str()) {
        return Err(Refusal::invalid("invalid day"));
    }
    let hour = whole_hour(body.need_text("hour")?).ok_or_else(|| Refusal::invalid("invalid hour"))?;
    call.put(Cluster { maintenance: Maintenance { day, hour }, ..cluster });
    Ok(Reply::done())
}

fn begin(call: &mut Call<'_>, cluster: Cluster, effect: Effect, (low, high): (f64, f64)) -> Result<Reply, Refusal> {
    let until = call.after(low, high);
    let cluster = events::noted(call, cluster, "cluster_update");
    call.put(Cluster { change: Some(Change { until, effect }), ..cluster });
    Ok(Reply::bare(StatusCode::ACCEPTED))
}

/// `13:00` and `13:00:00` both mean the latter.
fn whole_hour(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(':').collect();
    let (hour, minute, second) = match parts[..] {
        [hour, minute] => (hour, minute, "00"),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let number = |text: &str, below: u8| text.parse::<u8>().ok().filter(|n| *n < below && text.len() <= 2);
    Some(format!("{:02}:{:02}:{:02}", number(hour, 24)?, number(minute, 60)?, number(second, 60)?))
}
