//! Operations: what is or was going on in a project, one after the other, and the lock that they are.
//!
//! An operation stores the moments between which it runs; what state it is in hangs on the moment
//! at which it is looked at. While any runs, no other can be scheduled in its project.

use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::neon::page;
use crate::sim::neon::projects::Project;
use crate::sim::neon::refuse;
use crate::sim::neon::system;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;

/// One operation.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) project: String,
    pub(super) branch: Option<String>,
    pub(super) endpoint: Option<String>,
    pub(super) action: String,
    pub(super) created_at: Timestamp,
    pub(super) starts_at: Timestamp,
    pub(super) ends_at: Timestamp,
}

impl Stored for Operation {
    const KIND: &'static str = "neon_operation";

    fn id(&self) -> String {
        self.id.clone()
    }
}

/// Something to be done with a branch or a compute.
pub(super) struct Work {
    action: &'static str,
    branch: Option<String>,
    endpoint: Option<String>,
}

impl Work {
    /// Work on a branch's storage.
    pub(super) fn on_branch(action: &'static str, branch: &str) -> Work {
        Work { action, branch: Some(branch.to_owned()), endpoint: None }
    }

    /// Work on a compute of a branch.
    pub(super) fn on_endpoint(action: &'static str, branch: &str, endpoint: &str) -> Work {
        Work { action, branch: Some(branch.to_owned()), endpoint: Some(endpoint.to_owned()) }
    }

    /// How long it takes, in seconds.
    fn takes(&self) -> (f64, f64) {
        match self.action {
            "create_timeline" | "create_branch" => (0.4, 1.2),
            "start_compute" => (0.8, 3.0),
            "apply_config" => (0.5, 2.0),
            "suspend_compute" => (0.3, 1.0),
            "apply_schema_from_branch" => (1.0, 4.0),
            _ => (0.2, 0.8),
        }
    }
}

impl Operation {
    fn status(&self, now: Timestamp) -> &'static str {
        if now < self.starts_at {
            "scheduling"
        } else if now < self.ends_at {
            "running"
        } else {
            "finished"
        }
    }

    /// Whether it holds the project's lock.
    pub(super) fn is_under_way(&self, now: Timestamp) -> bool {
        now < self.ends_at
    }

    /// The operation as the API shows it at that moment.
    pub(super) fn show(&self, now: Timestamp) -> Value {
        let updated_at = match self.status(now) {
            "scheduling" => self.created_at,
            "running" => self.starts_at,
            _ => self.ends_at,
        };
        let ran = now.min(self.ends_at).duration_since(self.starts_at).as_millis().max(0);
        let mut shown = json!({
            "id": self.id,
            "project_id": self.project,
            "action": self.action,
            "status": self.status(now),
            "failures_count": 0,
            "created_at": stamp(self.created_at),
            "updated_at": stamp(updated_at),
            "total_duration_ms": i32::try_from(ran).unwrap_or(i32::MAX),
        });
        if let Some(branch) = &self.branch {
            shown["branch_id"] = json!(branch);
        }
        if let Some(endpoint) = &self.endpoint {
            shown["endpoint_id"] = json!(endpoint);
        }
        shown
    }
}

/// Operations as they stand at the end of an answer.
pub(super) fn show(call: &Call<'_>, operations: &[Operation]) -> Value {
    operations.iter().map(|operation| operation.show(call.now)).collect()
}

/// Schedules work, the first of which runs at once; 423 while anything else of the project runs.
pub(super) fn begin(call: &mut Call<'_>, project: &str, work: Vec<Work>) -> Result<Vec<Operation>, Refusal> {
    refuse_if_busy(call, project)?;
    system::remember(call, project);
    Ok(schedule(call, project, work))
}

/// Schedules work in a project that nothing else can run in.
pub(super) fn schedule(call: &mut Call<'_>, project: &str, work: Vec<Work>) -> Vec<Operation> {
    let (now, mut from, mut begun) = (call.now, call.now, Vec::new());
    for Work { action, branch, endpoint } in work {
        let (low, high) = Work { action, branch: None, endpoint: None }.takes();
        let ends_at = from + call.after(low, high).duration_since(now);
        let (id, project, action) = (call.world.uuid(), project.to_owned(), action.to_owned());
        let operation = Operation { id, project, branch, endpoint, action, created_at: now, starts_at: from, ends_at };
        from = ends_at;
        call.put(operation.clone());
        begun.push(operation);
    }
    if let Some(project) = call.get::<Project>(project).cloned() {
        call.put(project.busy(from));
    }
    begun
}

/// 423 while anything of the project runs.
pub(super) fn refuse_if_busy(call: &Call<'_>, project: &str) -> Result<(), Refusal> {
    let own = call.get::<Project>(project).is_some_and(|project| project.busy_until > call.now);
    if own || system::is_busy(call, project) { Err(refuse::locked()) } else { Ok(()) }
}

/// The moment at which the last of them is over.
pub(super) fn end(call: &Call<'_>, operations: &[Operation]) -> Timestamp {
    operations.last().map_or(call.now, |operation| operation.ends_at)
}

/// `GET /projects/{id}/operations`, the newest first.
pub(super) fn list(call: &Call<'_>, project: &str) -> Result<Reply, Refusal> {
    let stored = call.list::<Operation>().filter(|operation| operation.project == project).cloned();
    let all = stored.chain(system::recent(call, project));
    let rank = |operation: &Operation| (format!("{:030}", operation.starts_at.as_nanosecond()), operation.id.clone());
    let mut all: Vec<_> = all.map(|operation| (rank(&operation), operation)).collect();
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all.dedup_by(|(one, _), (other, _)| one.1 == other.1);
    let page = page::page(call, all, true, 100, 1..=1000)?;
    let mut shown = json!({ "operations": show(call, &page.rows) });
    if let Some(cursor) = page.cursor {
        shown["pagination"] = json!({ "cursor": cursor });
    }
    Ok(Reply::body(StatusCode::OK, &shown))
}

/// `GET /projects/{id}/operations/{id}`.
pub(super) fn get(call: &Call<'_>, project: &str, id: &str) -> Result<Reply, Refusal> {
    let stored = call.get::<Operation>(id).filter(|operation| operation.project == project).cloned();
    let found = stored.or_else(|| system::recent(call, project).into_iter().find(|operation| operation.id == id));
    let operation = found.ok_or_else(|| refuse::absent("operation not found"))?;
    Ok(Reply::ok("operation", &operation.show(call.now)))
}
