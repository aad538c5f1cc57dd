//! Computes: at most one that writes for each branch, any number that only read; each comes up and goes down.

mod change;
mod create;
mod power;

use http::Method;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::neon::branches;
use crate::sim::neon::branches::Branch;
use crate::sim::neon::compute::Compute;
use crate::sim::neon::connection;
use crate::sim::neon::endpoints::power::Step;
use crate::sim::neon::key::Key;
use crate::sim::neon::plan;
use crate::sim::neon::projects::Project;
use crate::sim::neon::refuse;
use crate::sim::neon::regions;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;

pub(super) use self::create::Wanted;
pub(super) use self::create::found;
pub(super) use self::create::wanted;
pub(super) use self::power::lay_down;
pub(super) use self::power::suspend_all;
pub(super) use self::power::touch;

/// A compute of a branch.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Endpoint {
    pub(super) id: String,
    pub(super) project: String,
    pub(super) branch: String,
    name: Option<String>,
    writes: bool,
    compute: Compute,
    disabled: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// When it came up and went down, and will; the first is its beginning.
    steps: Vec<Step>,
}

impl Stored for Endpoint {
    const KIND: &'static str = "neon_endpoint";

    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Endpoint {
    /// Whether it writes.
    pub(super) fn writes(&self) -> bool {
        self.writes
    }

    /// The endpoint as the API shows it.
    pub(super) fn show(&self, call: &Call<'_>, region: &str) -> Value {
        let at = self.power(call);
        let mut shown = json!({
            "host": connection::host(&self.id, region),
            "id": self.id,
            "project_id": self.project,
            "branch_id": self.branch,
            "autoscaling_limit_min_cu": self.compute.min_cu,
            "autoscaling_limit_max_cu": self.compute.max_cu,
            "region_id": region,
            "type": if self.writes { "read_write" } else { "read_only" },
            "current_state": at.current.name(),
            "settings": self.compute.show_settings(),
            "pooler_enabled": false,
            "pooler_mode": "transaction",
            "disabled": self.disabled,
            "passwordless_access": true,
            "creation_source": "console",
            "created_at": stamp(self.created_at),
            "updated_at": stamp(self.updated_at),
            "proxy_host": regions::proxy_host(region),
            "suspend_timeout_seconds": self.compute.suspend_timeout,
            "provisioner": self.compute.provisioner,
        });
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                shown[name] = value;
            }
        };
        let moment = |at: Option<Timestamp>| at.map(|at| json!(stamp(at)));
        set("name", self.name.as_ref().map(|name| json!(name)));
        set("pending_state", at.pending.map(|state| json!(state.name())));
        set("last_active", moment(at.last_active));
        set("started_at", moment(at.started_at));
        set("suspended_at", moment(at.suspended_at));
        shown
    }
}

/// Everything under `/projects/{id}/endpoints`.
pub(super) fn route(
    call: &mut Call<'_>,
    key: &Key,
    method: &Method,
    project: &Project,
    path: &[&str],
) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => list(call, project, None),
        ("POST", []) => create::create(call, key, project),
        ("GET", [id]) => Ok(Reply::ok("endpoint", &need(call, project, id)?.show(call, &project.region))),
        ("PATCH", [id]) => change::update(call, key, project, id),
        ("DELETE", [id]) => change::delete(call, project, id),
        ("POST", [id, "start"]) => power::start(call, project, id),
        ("POST", [id, "suspend"]) => power::suspend(call, project, id),
        ("POST", [id, "restart"]) => power::restart(call, project, id),
        (_, [] | [_] | [_, "start" | "suspend" | "restart"]) => Err(refuse::wrong_method()),
        _ => Err(refuse::no_page()),
    }
}

/// The project's computes, of branches that are there or not.
pub(super) fn of_project<'a>(call: &'a Call<'_>, project: &str) -> impl Iterator<Item = &'a Endpoint> {
    call.list::<Endpoint>().filter(move |endpoint| endpoint.project == project)
}

/// The project's computes of branches that are there.
fn of<'a>(call: &'a Call<'_>, project: &str) -> impl Iterator<Item = &'a Endpoint> {
    of_project(call, project).filter(move |endpoint| is_live(call, endpoint))
}

/// The computes that are up, of one branch or of all.
pub(super) fn up<'a>(call: &'a Call<'_>, project: &str, branch: Option<&str>) -> impl Iterator<Item = &'a Endpoint> {
    let meant = of(call, project).filter(move |endpoint| branch.is_none_or(|branch| endpoint.branch == branch));
    meant.filter(move |endpoint| endpoint.is_up(call))
}

/// The compute of a branch that writes, if it has one.
pub(super) fn writer<'a>(call: &'a Call<'_>, branch: &Branch) -> Option<&'a Endpoint> {
    of(call, &branch.project).find(|endpoint| endpoint.branch == branch.id && endpoint.writes)
}

/// A compute of the project, or 404.
pub(super) fn need<'a>(call: &'a Call<'_>, project: &Project, id: &str) -> Result<&'a Endpoint, Refusal> {
    let found = call.get::<Endpoint>(id).filter(|endpoint| endpoint.project == project.id && is_live(call, endpoint));
    found.ok_or_else(|| refuse::absent("endpoint not found"))
}

fn is_live(call: &Call<'_>, endpoint: &Endpoint) -> bool {
    call.get::<Branch>(&endpoint.branch).is_some_and(|branch| branch.is_live(call.now))
}

/// The computes of a project, or of one of its branches.
pub(super) fn list(call: &Call<'_>, project: &Project, branch: Option<&str>) -> Result<Reply, Refusal> {
    let meant = of(call, &project.id).filter(|endpoint| branch.is_none_or(|branch| endpoint.branch == branch));
    let shown: Vec<Value> = meant.map(|endpoint| endpoint.show(call, &project.region)).collect();
    Ok(Reply::body(StatusCode::OK, &json!({ "endpoints": shown })))
}

/// 422 if so many more computes of a branch would be more than may run at once.
pub(super) fn check_active(call: &Call<'_>, project: &Project, branch: &str, more: usize) -> Result<(), Refusal> {
    let all = up(call, &project.id, None).filter(|endpoint| endpoint.branch != project.default_branch);
    if branch == project.default_branch || all.count() + more <= plan::ACTIVE {
        return Ok(());
    }
    let message = format!("active endpoints limit of {} exceeded", plan::ACTIVE);
    Err(refuse::limit("ACTIVE_ENDPOINTS_LIMIT_EXCEEDED", message))
}

/// 422 if a branch has the one compute that may write.
fn check_writer(call: &Call<'_>, project: &Project, branch: &str) -> Result<(), Refusal> {
    match writer(call, branches::need(call, project, branch)?) {
        Some(_) => Err(refuse::limit("ENDPOINTS_LIMIT_EXCEEDED", "read_write endpoint already exists")),
        None => Ok(()),
    }
}
