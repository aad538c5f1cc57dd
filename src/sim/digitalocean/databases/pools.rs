//! Connection pools of a Postgres cluster.

use http::Method;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::databases::dbs;
use crate::sim::digitalocean::databases::need;
use crate::sim::digitalocean::databases::need_up;
use crate::sim::digitalocean::databases::options;
use crate::sim::digitalocean::databases::show;
use crate::sim::digitalocean::databases::users;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;
use crate::sim::validate::is_made_of;

/// A pool of one cluster.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::sim::digitalocean) struct Pool {
    cluster: String,
    name: String,
    mode: String,
    size: i64,
    db: String,
    /// Without one, whoever connects is who they say.
    user: Option<String>,
}

impl Stored for Pool {
    const KIND: &'static str = "database_pool";

    fn id(&self) -> String {
        key(&self.cluster, &self.name)
    }
}

fn key(cluster: &str, name: &str) -> String {
    format!("{cluster}/{name}")
}

/// The cluster's pools.
pub(super) fn of<'a>(call: &'a Call<'_>, cluster: &str) -> impl Iterator<Item = &'a Pool> {
    call.list::<Pool>().filter(move |pool| pool.cluster == cluster)
}

/// Everything under `/v2/databases/{id}/pools`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, id: &str, path: &[&str]) -> Result<Reply, Refusal> {
    if need(call, id)?.engine != "pg" {
        return Err(Refusal::invalid("connection pools are not supported for this engine"));
    }
    match (method.as_str(), path) {
        ("GET", []) => {
            let cluster = need(call, id)?;
            page::list(call, "pools", &of(call, id).collect::<Vec<_>>(), |pool| shown(call, cluster, pool))
        }
        ("POST", []) => create(call, id),
        ("GET", [name]) => {
            let pool = call.need::<Pool>(&key(id, name))?;
            Ok(Reply::ok("pool", &shown(call, need(call, id)?, pool)))
        }
        ("PUT", [name]) => {
            let cluster = need_up(call, id)?;
            let name = call.need::<Pool>(&key(id, name))?.name.clone();
            let body = call.json()?;
            let pool = read(call, &cluster, &Fields::of(&body, "the request body")?, name)?;
            call.put(pool);
            Ok(Reply::done())
        }
        ("DELETE", [name]) => {
            need_up(call, id)?;
            let id = call.need::<Pool>(&key(id, name))?.id();
            call.remove::<Pool>(&id);
            Ok(Reply::done())
        }
        (_, [] | [_]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

fn create(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let cluster = need_up(call, id)?;
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let name = body.need_text("name")?;
    if name.len() < 3 || !is_made_of(name, 63, |c| c.is_ascii_alphanumeric() || "_-.".contains(c)) {
        return Err(Refusal::invalid("invalid pool name: must have from 3 to 63 characters"));
    }
    if call.get::<Pool>(&key(id, name)).is_some() {
        return Err(Refusal::invalid("pool name is not available"));
    }
    let pool = read(call, &cluster, &body, name.to_owned())?;
    let reply = Reply::created("pool", &shown(call, &cluster, &pool));
    call.put(pool);
    Ok(reply)
}

/// A whole pool: what is left out is cleared.
fn read(call: &Call<'_>, cluster: &Cluster, body: &Fields<'_>, name: String) -> Result<Pool, Refusal> {
    let mode = body.need_one_of("mode", &["session", "transaction", "statement"])?;
    let size = body.need_whole("size", 1..=i64::from(i32::MAX))?;
    let db = body.need_text("db")?;
    if !dbs::exists(call, &cluster.id, db) {
        return Err(Refusal::invalid(format!("database {db} does not exist")));
    }
    let user = body.text("user")?.filter(|user| !user.is_empty());
    if let Some(user) = user.filter(|user| !users::exists(call, &cluster.id, user)) {
        return Err(Refusal::invalid(format!("user {user} does not exist")));
    }
    let others = of(call, &cluster.id).filter(|pool| pool.name != name).map(|pool| pool.size);
    let free = options::connections(&cluster.shape.size) - others.sum::<i64>();
    if size > free {
        return Err(Refusal::invalid(format!("pool size is too large: only {free} connections are available")));
    }
    let (cluster, mode, db) = (cluster.id.clone(), mode.to_owned(), db.to_owned());
    Ok(Pool { cluster, name, mode, size, db, user: user.map(str::to_owned) })
}

fn shown(call: &Call<'_>, cluster: &Cluster, pool: &Pool) -> Value {
    let cluster = cluster.at(call.now);
    let user = pool.user.as_deref();
    let mut shown = json!({
        "name": pool.name,
        "mode": pool.mode,
        "size": pool.size,
        "db": pool.db,
        "connection": show::pooled(call, &cluster, "", &pool.name, user),
        "private_connection": show::pooled(call, &cluster, "private-", &pool.name, user),
    });
    if cluster.shape.nodes > 1 {
        shown["standby_connection"] = show::pooled(call, &cluster, "replica-", &pool.name, user);
        shown["standby_private_connection"] = show::pooled(call, &cluster, "private-replica-", &pool.name, user);
    }
    if let Some(user) = user {
        shown["user"] = json!(user);
    }
    shown
}
