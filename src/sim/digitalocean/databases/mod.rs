//! Managed database clusters: minutes to come up, and one change of shape at a time.

mod changes;
mod create;
pub(super) mod dbs;
mod firewall;
mod options;
mod show;
pub(super) mod users;

use std::borrow::Cow;

use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::databases::dbs::Db;
use crate::sim::digitalocean::databases::firewall::Rule;
use crate::sim::digitalocean::databases::users::User;
use crate::sim::digitalocean::regions;
use crate::sim::digitalocean::tags;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;

/// A database cluster.
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
    project_id: Option<String>,
    rules: Vec<Rule>,
    online_at: Timestamp,
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
            Effect::Migrate(region) => cluster.region = region,
        }
        Cow::Owned(cluster)
    }

    /// Whether its deletion is over.
    pub(super) fn is_gone(&self, now: Timestamp) -> bool {
        self.gone_at.is_some_and(|gone_at| gone_at <= now)
    }

    fn status(&self, now: Timestamp) -> &'static str {
        match self.change.as_ref().filter(|change| change.until > now).map(|change| &change.effect) {
            _ if now < self.online_at => "creating",
            Some(Effect::Resize(_)) => "resizing",
            Some(Effect::Migrate(_)) => "migrating",
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
        ("PUT", [id, "maintenance"]) => changes::maintenance(call, id),
        ("GET", [id, "eviction_policy"]) => changes::eviction_policy(call, id),
        ("PUT", [id, "eviction_policy"]) => changes::set_eviction_policy(call, id),
        (_, [id, "users", rest @ ..]) => users::route(call, method, id, rest),
        (_, [id, "dbs", rest @ ..]) => dbs::route(call, method, id, rest),
        (_, [id, "firewall"]) => firewall::route(call, method, id),
        (_, [] | [_] | [_, "resize" | "migrate" | "maintenance" | "eviction_policy"]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// A cluster that is there, as it was last stored.
fn need<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Cluster, Refusal> {
    call.get::<Cluster>(id).filter(|cluster| !cluster.is_gone(call.now)).ok_or_else(Refusal::not_found)
}

/// A cluster that has come up, up to date and ready to be changed; 412 before that.
fn need_up(call: &Call<'_>, id: &str) -> Result<Cluster, Refusal> {
    let cluster = need(call, id)?.at(call.now).into_owned();
    if cluster.gone_at.is_some() {
        return Err(Refusal::precondition("The database cluster is being deleted."));
    }
    match cluster.status(call.now) {
        "creating" => Err(Refusal::precondition("The database cluster is still being created.")),
        _ => Ok(cluster),
    }
}

fn shown(call: &Call<'_>, cluster: &Cluster) -> Value {
    show::show(call, &cluster.at(call.now))
}

/// The only list of the vendor's that has no pages.
fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let tag = call.query("tag_name");
    let all = call.list::<Cluster>().filter(|cluster| !cluster.is_gone(call.now));
    let all = all.filter(|cluster| tag.is_none_or(|tag| tags::carries(&cluster.tags, tag)));
    let all: Vec<Value> = all.map(|cluster| shown(call, cluster)).collect();
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
        dbs.iter().for_each(|db| call.remove::<Db>(db));
        call.remove::<Cluster>(&id);
    }
}
