//! What can be changed about a cluster: its shape, its region, when it is maintained, what it evicts.

use http::StatusCode;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::databases::Change;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::databases::Effect;
use crate::sim::digitalocean::databases::Maintenance;
use crate::sim::digitalocean::databases::create::checked_shape;
use crate::sim::digitalocean::databases::need;
use crate::sim::digitalocean::databases::need_up;
use crate::sim::digitalocean::databases::options;
use crate::sim::digitalocean::regions;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::validate::Fields;

/// `PUT /v2/databases/{id}/resize`.
pub(super) fn resize(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let cluster = need_idle(call, id)?;
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let (size, nodes) = (body.need_text("size")?, body.need_whole("num_nodes", 1..=100)?);
    let storage = body.whole("storage_size_mib", 0..=i64::MAX)?;
    let shape = checked_shape(options::known(&cluster.engine), size, nodes, storage, Some(&cluster.shape))?;
    if shape == cluster.shape {
        return Err(Refusal::invalid("cannot scale to same configuration"));
    }
    begin(call, cluster, Effect::Resize(shape), (120.0, 300.0))
}

/// `PUT /v2/databases/{id}/migrate`.
pub(super) fn migrate(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let cluster = need_idle(call, id)?;
    let body = call.json()?;
    let region = Fields::of(&body, "the request body")?.need_text("region")?;
    let region = regions::find(region).ok_or_else(|| Refusal::invalid("invalid region"))?.slug;
    if region == cluster.region {
        return Err(Refusal::invalid("cannot migrate to the same region"));
    }
    begin(call, cluster, Effect::Migrate(region.to_owned()), (300.0, 900.0))
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

/// `GET /v2/databases/{id}/eviction_policy`.
pub(super) fn eviction_policy(call: &Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let policy = need(call, id)?.eviction_policy.as_ref().ok_or_else(no_eviction)?;
    Ok(Reply::body(StatusCode::OK, &json!({ "eviction_policy": policy })))
}

/// `PUT /v2/databases/{id}/eviction_policy`.
pub(super) fn set_eviction_policy(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let cluster = need_up(call, id)?;
    if cluster.eviction_policy.is_none() {
        return Err(no_eviction());
    }
    let body = call.json()?;
    let policies = ["noeviction", "allkeys_lru", "allkeys_random", "volatile_lru", "volatile_random", "volatile_ttl"];
    let policy = Fields::of(&body, "the request body")?.need_one_of("eviction_policy", &policies)?;
    call.put(Cluster { eviction_policy: Some(policy.to_owned()), ..cluster });
    Ok(Reply::done())
}

fn no_eviction() -> Refusal {
    Refusal::invalid("eviction policies are not supported for this engine")
}

fn need_idle(call: &Call<'_>, id: &str) -> Result<Cluster, Refusal> {
    let cluster = need_up(call, id)?;
    match cluster.status(call.now) {
        "online" => Ok(cluster),
        status => Err(Refusal::precondition(format!("The database cluster is {status}."))),
    }
}

fn begin(call: &mut Call<'_>, cluster: Cluster, effect: Effect, (low, high): (f64, f64)) -> Result<Reply, Refusal> {
    let until = call.after(low, high);
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
