//! Managed database clusters: minutes to come up, and one change of shape at a time.

mod changes;
mod config;
mod create;
pub(super) mod dbs;
mod events;
mod firewall;
mod options;
mod policies;
pub(super) mod pools;
mod replicas;
mod show;
pub(super) mod users;

use std::borrow::Cow;

use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::databases::dbs::Db;
use crate::sim::digitalocean::databases::events::Event;
use crate::sim::digitalocean::databases::firewall::Rule;
use crate::sim::digitalocean::databases::policies::Autoscale;
use crate::sim::digitalocean::databases::pools::Pool;
use crate::sim::digitalocean::databases::users::User;
use crate::sim::digitalocean::projects;
use crate::sim::digitalocean::regions;
use crate::sim::digitalocean::tags;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;

/// A database cluster, or a replica of one.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Cluster {
    id: String,
    pub(super) name: String,
    pub(super) vpc: String,
    pub(super) tags: Vec<String>,
    pub(super) created_at: Timestamp,
    #[serde(deserialize_with = "options::stored")]
    engine: String,
    version: String,
    shape: Shape,
    #[serde(deserialize_with = "regions::stored")]
    region: String,
    maintenance: Maintenance,
    eviction_policy: Option<String>,
    sql_mode: Option<String>,
    /// The settings that were ever set.
    config: Map<String, Value>,
    autoscale: Option<Autoscale>,
    cnames: Vec<String>,
    rules: Vec<Rule>,
    events: Vec<Event>,
    /// The cluster that it is a replica of.
    primary: Option<String>,
    /// Whether it comes from another cluster's data.
    is_fork: bool,
    /// Before this moment the API denies that it exists.
    visible_at: Timestamp,
    online_at: Timestamp,
    /// When its first backup is made; until then much is refused.
    backed_up_at: Timestamp,
    change: Option<Change>,
    gone_at: Option<Timestamp>,
    /// Until then a user is being made, changed or removed.
    users_busy_until: Option<Timestamp>,
}

/// How large a cluster is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Shape {
    size: String,
    nodes: i64,
    storage_mib: i64,
}

#[derive(Clone, Serialize, Deserialize)]
struct Maintenance {
    day: String,
    hour: String,
}

/// A change that takes effect at that moment.
#[derive(Clone, Serialize, Deserialize)]
struct Change {
    until: Timestamp,
    effect: Effect,
}

#[derive(Clone, Serialize, Deserialize)]
enum Effect {
    Resize(Shape),
    Upgrade(String),
    Migrate(#[serde(deserialize_with = "regions::stored")] String),
}

impl Stored for Cluster {
    const KIND: &'static str = "database";

    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Cluster {
    /// The cluster as it is at that moment.
    fn at(&self, now: Timestamp) -> Cow<'_, Cluster> {
        let Some(Change { effect, .. }) = self.change.as_ref().filter(|change| change.until <= now) else {
            return Cow::Borrowed(self);
        };
        let mut cluster = Cluster { change: None, ..self.clone() };
        match effect.clone() {
            Effect::Resize(shape) => cluster.shape = shape,
            Effect::Upgrade(version) => cluster.version = version,
            Effect::Migrate(region) => cluster.region = region,
        }
        Cow::Owned(cluster)
    }

    /// Whether its deletion is over.
    pub(super) fn is_gone(&self, now: Timestamp) -> bool {
        self.gone_at.is_some_and(|gone_at| gone_at <= now)
    }

    /// Whether its first backup is under way.
    fn is_backing_up(&self, now: Timestamp) -> bool {
        self.online_at <= now && now < self.backed_up_at
    }

    fn status(&self, now: Timestamp) -> &'static str {
        match self.change.as_ref().filter(|change| change.until > now).map(|change| &change.effect) {
            _ if now < self.online_at && self.is_fork => "forking",
            _ if now < self.online_at => "creating",
            Some(Effect::Resize(_)) => "resizing",
            Some(Effect::Upgrade(_) | Effect::Migrate(_)) => "migrating",
            None => "online",
        }
    }
}

/// Everything under `/v2/databases`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => list(call),
        ("POST", []) => create::create(call),
        ("GET", ["options"]) => Ok(Reply::body(http::StatusCode::OK, &options::document())),
        ("GET", [id]) => Ok(Reply::ok("database", &shown(call, need(call, id)?))),
        ("DELETE", [id]) => delete(call, id),
        ("PUT", [id, "resize"]) => changes::resize(call, id),
        ("PUT", [id, "migrate"]) => changes::migrate(call, id),
        ("PUT", [id, "upgrade"]) => changes::upgrade(call, id),
        ("PUT", [id, "maintenance"]) => changes::maintenance(call, id),
        ("PUT", [id, "install_update"]) => changes::install_update(call, id),
        ("GET", [id, "backups"]) => events::backups(call, id),
        ("GET", [id, "events"]) => events::list(call, id),
        ("GET", [id, "ca"]) => events::authority(call, id),
        (_, [id, "config"]) => config::route(call, method, id),
        (_, [id, "eviction_policy"]) => policies::eviction(call, method, id),
        (_, [id, "sql_mode"]) => policies::sql_mode(call, method, id),
        (_, [id, "autoscale"]) => policies::autoscale(call, method, id),
        (_, [id, "do_settings"]) => policies::settings(call, method, id),
        (_, [id, "replicas", rest @ ..]) => replicas::route(call, method, id, rest),
        (_, [id, "pools", rest @ ..]) => pools::route(call, method, id, rest),
        (_, [id, "users", rest @ ..]) => users::route(call, method, id, rest),
        (_, [id, "dbs", rest @ ..]) => dbs::route(call, method, id, rest),
        (_, [id, "firewall"]) => firewall::route(call, method, id),
        (_, [] | [_] | [_, "resize" | "migrate" | "upgrade" | "maintenance" | "install_update"]) => {
            Err(Refusal::wrong_method())
        }
        (_, [_, "backups" | "events" | "ca"]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// Whether it is a cluster of its own that is there.
pub(super) fn is_listed(call: &Call<'_>, cluster: &Cluster) -> bool {
    cluster.primary.is_none() && !cluster.is_gone(call.now)
}

/// A cluster that is there, as it was last stored.
fn need<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Cluster, Refusal> {
    let is_shown = |cluster: &&Cluster| is_listed(call, cluster) && cluster.visible_at <= call.now;
    call.get::<Cluster>(id).filter(is_shown).ok_or_else(Refusal::not_found)
}

/// A cluster or a replica: a few calls take the ids of both.
fn need_any<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Cluster, Refusal> {
    let is_there = |cluster: &&Cluster| !cluster.is_gone(call.now) && cluster.visible_at <= call.now;
    call.get::<Cluster>(id).filter(is_there).ok_or_else(Refusal::not_found)
}

/// A cluster that has come up, up to date and ready to be changed; 412 before that.
fn need_up(call: &Call<'_>, id: &str) -> Result<Cluster, Refusal> {
    need(call, id)?;
    need_any_up(call, id)
}

/// A cluster or a replica that has come up.
fn need_any_up(call: &Call<'_>, id: &str) -> Result<Cluster, Refusal> {
    let cluster = need_any(call, id)?.at(call.now).into_owned();
    if cluster.gone_at.is_some() {
        return Err(Refusal::precondition("The database cluster is being deleted."));
    }
    match cluster.status(call.now) {
        "creating" | "forking" => Err(Refusal::precondition("The database cluster is still being created.")),
        _ => Ok(cluster),
    }
}

/// A cluster or a replica with which nothing is being done, a backup neither.
fn need_idle(call: &Call<'_>, id: &str) -> Result<Cluster, Refusal> {
    let cluster = need_any_up(call, id)?;
    if cluster.is_backing_up(call.now) {
        return Err(Refusal::precondition("The database cluster's first backup has not completed yet."));
    }
    match cluster.status(call.now) {
        "online" => Ok(cluster),
        status => Err(Refusal::precondition(format!("The database cluster is {status}."))),
    }
}

fn shown(call: &Call<'_>, cluster: &Cluster) -> Value {
    show::show(call, &cluster.at(call.now))
}

/// A cluster as the list has it, which leaves some things out.
fn without_details(mut shown: Value) -> Value {
    if let Value::Object(fields) = &mut shown {
        for name in ["do_settings", "semantic_version", "standby_connection", "standby_private_connection"] {
            fields.remove(name);
        }
    }
    shown
}

/// The only list of the vendor's that has no pages.
fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let tag = call.query("tag_name");
    let all = call.list::<Cluster>().filter(|cluster| is_listed(call, cluster) && cluster.visible_at <= call.now);
    let all = all.filter(|cluster| tag.is_none_or(|tag| tags::carries(&cluster.tags, tag)));
    let all: Vec<Value> = all.map(|cluster| without_details(shown(call, cluster))).collect();
    Ok(Reply::body(http::StatusCode::OK, &json!({ "databases": all })))
}

/// Accepted at once; the cluster stays visible, and in its network, for some time.
fn delete(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let cluster = need(call, id)?.clone();
    if cluster.gone_at.is_some() {
        return Ok(Reply::done());
    }
    forget_gone(call);
    let gone_at = Some(call.after(20.0, 60.0));
    // Its replicas go with it.
    for replica in replicas::of(call, id).cloned().collect::<Vec<_>>() {
        call.put(Cluster { gone_at, ..replica });
    }
    projects::leave(call, &format!("do:dbaas:{id}"));
    call.put(Cluster { gone_at, ..cluster });
    Ok(Reply::done())
}

/// Removes the rows of clusters whose deletion is over.
fn forget_gone(call: &mut Call<'_>) {
    let gone: Vec<String> =
        call.list::<Cluster>().filter(|cluster| cluster.is_gone(call.now)).map(Stored::id).collect();
    for id in gone {
        let users: Vec<String> = users::of(call, &id).map(Stored::id).collect();
        let dbs: Vec<String> = dbs::of(call, &id).map(Stored::id).collect();
        users.iter().for_each(|user| call.remove::<User>(user));
        let pools: Vec<String> = pools::of(call, &id).map(Stored::id).collect();
        dbs.iter().for_each(|db| call.remove::<Db>(db));
        pools.iter().for_each(|pool| call.remove::<Pool>(pool));
        call.remove::<Cluster>(&id);
    }
}
