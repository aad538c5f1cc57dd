//! Branches: one is the default, some have no parent, some are protected, some go by themselves.

mod change;
mod create;
mod list;

use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::neon::databases;
use crate::sim::neon::endpoints;
use crate::sim::neon::key;
use crate::sim::neon::key::Key;
use crate::sim::neon::projects::Project;
use crate::sim::neon::projects::RECOVERY;
use crate::sim::neon::projects::used;
use crate::sim::neon::refuse;
use crate::sim::neon::roles;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;

pub(super) use self::change::forget;
pub(super) use self::create::found;

/// A branch.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Branch {
    pub(super) id: String,
    pub(super) project: String,
    pub(super) name: String,
    pub(super) protected: bool,
    origin: Option<Origin>,
    is_schema_only: bool,
    is_archived: bool,
    annotation: Value,
    expiry: Option<Expiry>,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Before this moment a request for it alone may find nothing.
    visible_at: Timestamp,
    ready_at: Timestamp,
    deletion: Option<Deletion>,
}

/// Where a branch's data comes from.
#[derive(Clone, Serialize, Deserialize)]
struct Origin {
    parent: String,
    lsn: Option<String>,
    at: Option<Timestamp>,
}

/// When a branch goes by itself.
#[derive(Clone, Serialize, Deserialize)]
struct Expiry {
    at: Timestamp,
    /// How far ahead that was when it was asked for, in seconds.
    interval: i64,
    /// When the vendor gets round to it.
    gone_at: Timestamp,
}

#[derive(Clone, Serialize, Deserialize)]
struct Deletion {
    at: Timestamp,
    is_hard: bool,
}

impl Stored for Branch {
    const KIND: &'static str = "neon_branch";

    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Branch {
    /// Since when it is gone, if it is.
    fn gone_since(&self, now: Timestamp) -> Option<Timestamp> {
        let deleted = self.deletion.as_ref().map(|deletion| deletion.at);
        deleted.or(self.expiry.as_ref().map(|expiry| expiry.gone_at).filter(|gone_at| *gone_at <= now))
    }

    /// Whether it is still there.
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        self.gone_since(now).is_none()
    }

    /// Whether it can be read and written.
    pub(super) fn is_ready(&self, now: Timestamp) -> bool {
        self.ready_at <= now
    }

    /// Until when it can be had back, if it is gone.
    fn recoverable_until(&self, call: &Call<'_>) -> Option<Timestamp> {
        let is_soft = self.deletion.as_ref().is_none_or(|deletion| !deletion.is_hard);
        let until = self.gone_since(call.now).filter(|_| is_soft)? + call.seconds(RECOVERY);
        Some(until).filter(|until| call.now < *until)
    }

    fn parent(&self) -> Option<&str> {
        self.origin.as_ref().filter(|_| !self.is_schema_only).map(|origin| origin.parent.as_str())
    }
}

/// Everything under `/projects/{id}/branches`.
pub(super) fn route(
    call: &mut Call<'_>,
    key: &Key,
    method: &Method,
    project: &Project,
    path: &[&str],
) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => list::list(call, project),
        ("POST", []) => create::create(call, key, project),
        ("GET", ["count"]) => list::count(call, project),
        ("GET", [id]) => get(call, project, id),
        ("PATCH", [id]) => change::update(call, key, project, id),
        ("DELETE", [id]) => change::delete(call, project, id),
        ("POST", [id, "recover"]) => change::recover(call, key, project, id),
        ("POST", [id, "set_as_default"]) => change::set_as_default(call, project, id),
        ("GET", [id, "endpoints"]) => endpoints::list(call, project, Some(&need(call, project, id)?.id)),
        (_, [id, "roles", rest @ ..]) => {
            let branch = need(call, project, id)?.clone();
            roles::route(call, method, project, &branch, rest)
        }
        (_, [id, "databases", rest @ ..]) => {
            let branch = need(call, project, id)?.clone();
            databases::route(call, method, project, &branch, rest)
        }
        (_, [] | [_] | [_, "recover" | "set_as_default" | "endpoints"]) => Err(refuse::wrong_method()),
        _ => Err(refuse::no_page()),
    }
}

/// The project's branches that are there, in order of creation.
pub(super) fn of<'a>(call: &'a Call<'_>, project: &str) -> impl Iterator<Item = &'a Branch> {
    call.list::<Branch>().filter(move |branch| branch.project == project && branch.is_live(call.now))
}

/// A branch of the project that is there, or 404.
pub(super) fn need<'a>(call: &'a Call<'_>, project: &Project, id: &str) -> Result<&'a Branch, Refusal> {
    let found = call.get::<Branch>(id).filter(|branch| branch.project == project.id && branch.is_live(call.now));
    found.ok_or_else(|| refuse::absent("branch not found"))
}

fn get(call: &Call<'_>, project: &Project, id: &str) -> Result<Reply, Refusal> {
    let branch = need(call, project, id)?;
    if call.now < branch.visible_at {
        return Err(refuse::absent("branch not found"));
    }
    let annotation = json!({
        "object": { "type": "console/branch", "id": branch.id },
        "value": branch.annotation,
        "created_at": stamp(branch.created_at),
        "updated_at": stamp(branch.updated_at),
    });
    let document = json!({ "branch": show(call, project, branch), "annotation": annotation });
    Ok(Reply::body(http::StatusCode::OK, &document))
}

/// A branch as the API shows it.
pub(super) fn show(call: &Call<'_>, project: &Project, branch: &Branch) -> Value {
    let state = match (branch.is_ready(call.now), branch.is_archived) {
        (false, _) => "init",
        (true, true) => "archived",
        (true, false) => "ready",
    };
    let (is_default, used) = (project.default_branch == branch.id, used(call, branch.created_at));
    let mut shown = json!({
        "id": branch.id,
        "project_id": branch.project,
        "name": branch.name,
        "current_state": state,
        "state_changed_at": stamp(if branch.is_ready(call.now) { branch.ready_at } else { branch.created_at }),
        "creation_source": "console",
        "primary": is_default,
        "default": is_default,
        "protected": branch.protected,
        "cpu_used_sec": used / 4,
        "compute_time_seconds": used / 4,
        "active_time_seconds": used,
        "written_data_bytes": used * 100,
        "data_transfer_bytes": used * 10,
        "created_at": stamp(branch.created_at),
        "updated_at": stamp(branch.updated_at),
        "created_by": { "name": key::email(call), "image": "" },
        "init_source": if branch.is_schema_only { "schema-only" } else { "parent-data" },
    });
    let mut set = |name: &str, value: Value| shown[name] = value;
    if branch.is_ready(call.now) {
        set("logical_size", json!(30_000_000));
    } else {
        set("pending_state", json!(if branch.is_archived { "archived" } else { "ready" }));
    }
    if let Some(origin) = branch.origin.as_ref().filter(|_| !branch.is_schema_only) {
        set("parent_id", json!(origin.parent));
        if let Some(lsn) = &origin.lsn {
            set("parent_lsn", json!(lsn));
        }
        if let Some(at) = origin.at {
            set("parent_timestamp", json!(stamp(at)));
        }
    }
    if let Some(expiry) = &branch.expiry {
        set("expires_at", json!(stamp(expiry.at)));
        set("ttl_interval_seconds", json!(expiry.interval));
    }
    if branch.protected {
        let restricted = |name: &str| json!({ "name": name, "reason": "the branch is protected" });
        set("restricted_actions", json!([restricted("restore"), restricted("delete-rw-endpoint")]));
    }
    if let (Some(deleted_at), Some(until)) = (branch.gone_since(call.now), branch.recoverable_until(call)) {
        let method = if branch.deletion.is_some() { "user" } else { "ttl" };
        let (deleted_at, until) = (stamp(deleted_at), stamp(until));
        let recovery = json!({ "deleted_at": deleted_at, "recoverable_until": until, "deletion_method": method });
        set("recovery", recovery);
    }
    shown
}
