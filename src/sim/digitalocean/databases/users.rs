//! A cluster's users. Two writes at once on one cluster race: the second is refused.

use http::Method;
use http::StatusCode;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::databases::need;
use crate::sim::digitalocean::databases::need_up;
use crate::sim::digitalocean::databases::options::Engine;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;
use crate::sim::validate::is_made_of;
use crate::sim::validate::missing;

/// A user of one cluster.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::sim::digitalocean) struct User {
    cluster: String,
    name: String,
    is_admin: bool,
    password: String,
    auth_plugin: Option<String>,
    settings: Option<Value>,
}

/// How long the vendor is occupied with one user, in seconds.
const WORK: f64 = 0.3;

impl Stored for User {
    const KIND: &'static str = "database_user";

    fn id(&self) -> String {
        key(&self.cluster, &self.name)
    }
}

/// The scope without which no password is shown.
pub(super) const CREDENTIALS: &str = "database:view_credentials";

/// A user as lists and reads show it.
pub(super) fn show(call: &Call<'_>, user: &User) -> Value {
    let role = if user.is_admin { "primary" } else { "normal" };
    let mut shown = json!({ "name": user.name, "role": role });
    if call.may(CREDENTIALS) {
        shown["password"] = json!(user.password);
    }
    if let Some(plugin) = &user.auth_plugin {
        shown["mysql_settings"] = json!({ "auth_plugin": plugin });
    }
    shown
}

fn key(cluster: &str, name: &str) -> String {
    format!("{cluster}/{name}")
}

/// The cluster's users, the admin first.
pub(super) fn of<'a>(call: &'a Call<'_>, cluster: &str) -> impl Iterator<Item = &'a User> {
    call.list::<User>().filter(move |user| user.cluster == cluster)
}

/// Whether the cluster has such a user.
pub(super) fn exists(call: &Call<'_>, cluster: &str, name: &str) -> bool {
    call.get::<User>(&key(cluster, name)).is_some()
}

/// Gives a cluster the users of another, with their passwords.
pub(super) fn copy(call: &mut Call<'_>, from: &str, to: &str) {
    for user in of(call, from).cloned().collect::<Vec<_>>() {
        call.put(User { cluster: to.to_owned(), ..user });
    }
}

/// A user's present password.
pub(super) fn password(call: &Call<'_>, cluster: &str, name: &str) -> String {
    call.get::<User>(&key(cluster, name)).map(|user| user.password.clone()).unwrap_or_default()
}

/// The user every cluster comes with.
pub(super) fn make_admin(call: &mut Call<'_>, cluster: &str, engine: &Engine) {
    let (cluster, name) = (cluster.to_owned(), engine.admin.to_owned());
    let auth_plugin = (engine.slug == "mysql").then(|| "caching_sha2_password".to_owned());
    let password = new_password(call);
    call.put(User { cluster, name, is_admin: true, password, auth_plugin, settings: None });
}

/// Everything under `/v2/databases/{id}/users`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, cluster: &str, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => {
            need(call, cluster)?;
            page::list(call, "users", &of(call, cluster).collect::<Vec<_>>(), |user| show(call, user))
        }
        ("POST", []) => create(call, cluster),
        ("GET", [name]) => Ok(Reply::ok("user", &show(call, find(call, cluster, name)?))),
        ("PUT", [name]) => update(call, cluster, name),
        ("DELETE", [name]) => delete(call, cluster, name),
        ("POST", [name, "reset_auth"]) => reset_auth(call, cluster, name),
        (_, [] | [_] | [_, "reset_auth"]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

fn create(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let cluster = occupy(call, id)?;
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let name = body.need_text("name")?;
    if !is_made_of(name, 63, |c| c.is_ascii_alphanumeric() || "_-.".contains(c)) {
        return Err(Refusal::invalid("invalid user name"));
    }
    if call.get::<User>(&key(id, name)).is_some() {
        return Err(Refusal::invalid("user name is not available"));
    }
    if body.flag("readonly")?.unwrap_or(false) && cluster.engine != "mongodb" {
        return Err(Refusal::invalid("readonly can only be used with MongoDB"));
    }
    let user = User {
        cluster: id.to_owned(),
        name: name.to_owned(),
        is_admin: false,
        password: new_password(call),
        auth_plugin: auth_plugin(&cluster, &body)?,
        settings: settings(&cluster, &body)?,
    };
    answer(call, user, StatusCode::CREATED)
}

fn update(call: &mut Call<'_>, id: &str, name: &str) -> Result<Reply, Refusal> {
    let user = find(call, id, name)?.clone();
    let cluster = occupy(call, id)?;
    let body = call.json()?;
    let settings = settings(&cluster, &Fields::of(&body, "the request body")?)?.ok_or_else(|| missing("settings"))?;
    answer(call, User { settings: Some(settings), ..user }, StatusCode::CREATED)
}

fn delete(call: &mut Call<'_>, id: &str, name: &str) -> Result<Reply, Refusal> {
    if find(call, id, name)?.is_admin {
        return Err(Refusal::invalid("the primary user can not be deleted"));
    }
    occupy(call, id)?;
    call.remove::<User>(&key(id, name));
    Ok(Reply::done().taking(call.seconds(WORK)))
}

fn reset_auth(call: &mut Call<'_>, id: &str, name: &str) -> Result<Reply, Refusal> {
    let user = find(call, id, name)?.clone();
    let cluster = occupy(call, id)?;
    let body = call.json_or_empty()?;
    let chosen = auth_plugin(&cluster, &Fields::of(&body, "the request body")?)?;
    let password = new_password(call);
    answer(call, User { auth_plugin: chosen, password, ..user }, StatusCode::OK)
}

fn answer(call: &mut Call<'_>, user: User, status: StatusCode) -> Result<Reply, Refusal> {
    let mut shown = show(call, &user);
    // Only here: a read never says what a user's settings are.
    if let Some(settings) = &user.settings {
        shown["settings"] = settings.clone();
    }
    let reply = Reply::body(status, &json!({ "user": shown }));
    call.put(user);
    Ok(reply.taking(call.seconds(WORK)))
}

fn find<'a>(call: &'a Call<'_>, id: &str, name: &str) -> Result<&'a User, Refusal> {
    need(call, id)?;
    call.need(&key(id, name))
}

/// Takes the cluster for one change of a user, unless another is under way.
fn occupy(call: &mut Call<'_>, id: &str) -> Result<Cluster, Refusal> {
    let cluster = need_up(call, id)?;
    if cluster.users_busy_until.is_some_and(|until| until > call.now) {
        return Err(Refusal::conflict("Another operation on the users of this database cluster is in progress."));
    }
    let users_busy_until = Some(call.after(WORK, WORK));
    call.put(Cluster { users_busy_until, ..cluster.clone() });
    Ok(cluster)
}

fn auth_plugin(cluster: &Cluster, body: &Fields<'_>) -> Result<Option<String>, Refusal> {
    let chosen = match body.object("mysql_settings")? {
        Some(fields) => Some(fields.need_one_of("auth_plugin", &["mysql_native_password", "caching_sha2_password"])?),
        None => None,
    };
    match (cluster.engine.as_str(), chosen) {
        ("mysql", chosen) => Ok(Some(chosen.unwrap_or("caching_sha2_password").to_owned())),
        (_, None) => Ok(None),
        (_, Some(_)) => Err(Refusal::invalid("mysql_settings can only be used with MySQL")),
    }
}

/// What a user may do beyond the ordinary; each engine has settings of its own.
fn settings(cluster: &Cluster, body: &Fields<'_>) -> Result<Option<Value>, Refusal> {
    let Some(settings) = body.object("settings")? else { return Ok(None) };
    settings.flag("pg_allow_replication")?;
    for (name, permissions) in [
        ("opensearch_acl", &["deny", "admin", "read", "readwrite", "write"][..]),
        ("acl", &["admin", "consume", "produce", "produceconsume"]),
    ] {
        for entry in settings.list(name)?.unwrap_or_default() {
            let entry = Fields::of(entry, name)?;
            entry.need_one_of("permission", permissions)?;
            entry.need_text(if name == "acl" { "topic" } else { "index" })?;
        }
    }
    if let Some(mongo) = settings.object("mongo_user_settings")? {
        mongo.texts("databases")?;
        mongo.one_of("role", &["readOnly", "readWrite", "dbAdmin"])?;
    }
    let owners = [("pg_allow_replication", "pg"), ("opensearch_acl", "opensearch"), ("acl", "kafka")];
    let owners = owners.into_iter().chain([("mongo_user_settings", "mongodb")]);
    for (name, engine) in owners {
        if settings.has(name) && cluster.engine != engine {
            return Err(Refusal::invalid(format!("{name} can not be used with {}", cluster.engine)));
        }
    }
    Ok(body.any("settings").cloned())
}

/// Looks like the vendor's.
fn new_password(call: &mut Call<'_>) -> String {
    format!("AVNS_{}", call.world.text(19))
}
