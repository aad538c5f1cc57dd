//! The databases inside a cluster.

use http::Method;
use serde::Deserialize;
use serde::Serialize;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::databases::need;
use crate::sim::digitalocean::databases::need_up;
use crate::sim::digitalocean::databases::options;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;
use crate::sim::validate::is_made_of;

/// A database of one cluster.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::sim::digitalocean) struct Db {
    cluster: String,
    pub(super) name: String,
}

impl Stored for Db {
    const KIND: &'static str = "database_db";

    fn id(&self) -> String {
        key(&self.cluster, &self.name)
    }
}

impl Db {
    pub(super) fn new(cluster: &str, name: &str) -> Db {
        Db { cluster: cluster.to_owned(), name: name.to_owned() }
    }
}

fn key(cluster: &str, name: &str) -> String {
    format!("{cluster}/{name}")
}

/// Whether the cluster has such a database.
pub(super) fn exists(call: &Call<'_>, cluster: &str, name: &str) -> bool {
    call.get::<Db>(&key(cluster, name)).is_some()
}

/// Gives a cluster the databases of another.
pub(super) fn copy(call: &mut Call<'_>, from: &str, to: &str) {
    let names: Vec<String> = of(call, from).map(|db| db.name.clone()).collect();
    names.iter().for_each(|name| call.put(Db::new(to, name)));
}

/// The cluster's databases.
pub(super) fn of<'a>(call: &'a Call<'_>, cluster: &str) -> impl Iterator<Item = &'a Db> {
    call.list::<Db>().filter(move |db| db.cluster == cluster)
}

/// Everything under `/v2/databases/{id}/dbs`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, cluster: &str, path: &[&str]) -> Result<Reply, Refusal> {
    if !options::known(&need(call, cluster)?.engine).has_dbs {
        return Err(Refusal::invalid("databases are not supported for this engine"));
    }
    let show = |db: &Db| json!({ "name": db.name });
    match (method.as_str(), path) {
        ("GET", []) => page::list(call, "dbs", &of(call, cluster).collect::<Vec<_>>(), |db| show(db)),
        ("POST", []) => {
            need_up(call, cluster)?;
            let body = call.json()?;
            let name = Fields::of(&body, "the request body")?.need_text("name")?;
            if !is_made_of(name, 63, |c| c.is_ascii_alphanumeric() || "_-.".contains(c)) {
                return Err(Refusal::invalid("invalid database name"));
            }
            if call.get::<Db>(&key(cluster, name)).is_some() {
                return Err(Refusal::invalid("database name is not available"));
            }
            let db = Db::new(cluster, name);
            let reply = Reply::created("db", &show(&db));
            call.put(db);
            Ok(reply)
        }
        ("GET", [name]) => Ok(Reply::ok("db", &show(call.need(&key(cluster, name))?))),
        ("DELETE", [name]) => {
            need_up(call, cluster)?;
            let id = call.need::<Db>(&key(cluster, name))?.id();
            call.remove::<Db>(&id);
            Ok(Reply::done())
        }
        (_, [] | [_]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}
