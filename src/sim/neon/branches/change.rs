//! What can be done to a branch: renamed, protected, made to expire, made the default, deleted, had back.

use http::StatusCode;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::neon::body;
use crate::sim::neon::body::Body;
use crate::sim::neon::branches::Branch;
use crate::sim::neon::branches::Deletion;
use crate::sim::neon::branches::Expiry;
use crate::sim::neon::branches::create::check_limits;
use crate::sim::neon::branches::create::check_name;
use crate::sim::neon::branches::need;
use crate::sim::neon::branches::of;
use crate::sim::neon::branches::show;
use crate::sim::neon::databases;
use crate::sim::neon::databases::Database;
use crate::sim::neon::endpoints;
use crate::sim::neon::endpoints::Endpoint;
use crate::sim::neon::key::Key;
use crate::sim::neon::operations;
use crate::sim::neon::operations::Operation;
use crate::sim::neon::operations::Work;
use crate::sim::neon::page;
use crate::sim::neon::plan::Plan;
use crate::sim::neon::projects::Project;
use crate::sim::neon::refuse;
use crate::sim::neon::roles;
use crate::sim::neon::roles::Role;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;

/// The farthest moment at which a branch may expire, in seconds from now.
const FARTHEST: i64 = 30 * 86_400;

/// `PATCH /projects/{id}/branches/{id}`.
pub(super) fn update(call: &mut Call<'_>, key: &Key, project: &Project, id: &str) -> Result<Reply, Refusal> {
    let branch = need(call, project, id)?.clone();
    let document = body::read(call, false)?;
    let asked = Body::of(&document)?.need_object("branch")?;
    let name = asked.sized("name", 1..=256)?.map_or(branch.name.clone(), str::to_owned);
    check_name(call, project, &name, Some(id))?;
    let protected = asked.flag("protected")?.unwrap_or(branch.protected);
    let expiry = match asked.moment("expires_at")? {
        Some(at) => Some(expiry(call, &asked, at)?),
        // The one field whose null says something: never.
        None if asked.names("expires_at") => None,
        None => branch.expiry.clone(),
    };
    if protected && !branch.protected {
        check_protected(call, key.plan(), project)?;
    }
    if expiry.is_some() {
        check_can_expire(call, project, &branch, protected)?;
    }
    let mut work = Vec::new();
    if protected != branch.protected {
        work.push(Work::on_branch("timeline_update_protected_config", id));
    }
    let begun = if work.is_empty() { Vec::new() } else { operations::begin(call, &project.id, work)? };
    let branch = Branch { name, protected, expiry, updated_at: call.now, ..branch };
    call.put(branch.clone());
    answer(call, project, &branch, &begun)
}

/// `POST /projects/{id}/branches/{id}/set_as_default`.
pub(super) fn set_as_default(call: &mut Call<'_>, project: &Project, id: &str) -> Result<Reply, Refusal> {
    let branch = need(call, project, id)?.clone();
    if branch.expiry.is_some() {
        return Err(refuse::unacceptable("a branch that expires cannot be the default branch"));
    }
    if !branch.is_ready(call.now) {
        return Err(refuse::unacceptable("branch not ready yet"));
    }
    let (branch, project) = (Branch { updated_at: call.now, ..branch }, project.led_by(id));
    call.put(branch.clone());
    call.put(project.clone());
    answer(call, &project, &branch, &[])
}

/// `DELETE /projects/{id}/branches/{id}`: 204 when there is none.
pub(super) fn delete(call: &mut Call<'_>, project: &Project, id: &str) -> Result<Reply, Refusal> {
    let is_hard = page::flag(call, "hard_delete")?;
    let Ok(branch) = need(call, project, id) else { return Ok(Reply::done()) };
    let branch = branch.clone();
    if branch.protected {
        return Err(refuse::unacceptable("cannot delete protected branch"));
    }
    if project.default_branch == id {
        return Err(refuse::unacceptable("cannot delete default branch"));
    }
    if branch.origin.is_none() {
        return Err(refuse::unacceptable("cannot delete root branch"));
    }
    if of(call, &project.id).any(|child| child.parent() == Some(id)) {
        return Err(refuse::unacceptable("cannot delete branch that has children"));
    }
    let mut work: Vec<Work> = endpoints::up(call, &project.id, Some(id))
        .map(|endpoint| Work::on_endpoint("suspend_compute", id, &endpoint.id))
        .collect();
    work.push(Work::on_branch("delete_timeline", id));
    let begun = operations::begin(call, &project.id, work)?;
    forget_gone(call, &project.id);
    let shown = show(call, project, &branch);
    endpoints::lay_down(call, &project.id, id);
    call.put(Branch { deletion: Some(Deletion { at: call.now, is_hard }), updated_at: call.now, ..branch });
    let document = json!({ "branch": shown, "operations": operations::show(call, &begun) });
    Ok(Reply::body(StatusCode::OK, &document))
}

/// Removes the rows of branches that cannot be had back.
fn forget_gone(call: &mut Call<'_>, project: &str) {
    let gone = call.list::<Branch>().filter(|branch| {
        branch.project == project && !branch.is_live(call.now) && branch.recoverable_until(call).is_none()
    });
    for id in gone.map(|branch| branch.id.clone()).collect::<Vec<_>>() {
        forget(call, &id);
    }
}

/// Removes a branch's row and those of everything in it.
pub(in crate::sim::neon) fn forget(call: &mut Call<'_>, id: &str) {
    let roles: Vec<String> = roles::of(call, id).map(Stored::id).collect();
    let databases: Vec<String> = databases::of(call, id).map(Stored::id).collect();
    let computes: Vec<String> =
        call.list::<Endpoint>().filter(|endpoint| endpoint.branch == id).map(Stored::id).collect();
    roles.iter().for_each(|role| call.remove::<Role>(role));
    databases.iter().for_each(|database| call.remove::<Database>(database));
    computes.iter().for_each(|compute| call.remove::<Endpoint>(compute));
    call.remove::<Branch>(id);
}

/// `POST /projects/{id}/branches/{id}/recover`.
pub(super) fn recover(call: &mut Call<'_>, key: &Key, project: &Project, id: &str) -> Result<Reply, Refusal> {
    let found = call.get::<Branch>(id).filter(|branch| branch.project == project.id);
    let branch = found.ok_or_else(|| refuse::absent("branch not found"))?.clone();
    if branch.is_live(call.now) {
        return Err(refuse::unacceptable("branch is not deleted"));
    }
    if branch.recoverable_until(call).is_none() {
        return Err(refuse::absent("branch not found"));
    }
    check_name(call, project, &branch.name, Some(id))?;
    check_limits(call, key.plan(), project, branch.parent().is_none())?;
    let branch = Branch { deletion: None, expiry: None, updated_at: call.now, ..branch };
    call.put(branch.clone());
    let endpoints: Vec<Value> = endpoints::of_project(call, &project.id)
        .filter(|endpoint| endpoint.branch == id)
        .map(|endpoint| endpoint.show(call, &project.region))
        .collect();
    let document = json!({ "branch": show(call, project, &branch), "endpoints": endpoints });
    Ok(Reply::body(StatusCode::OK, &document))
}

/// 422 if the project has as many protected branches as the plan has.
pub(super) fn check_protected(call: &Call<'_>, plan: &Plan, project: &Project) -> Result<(), Refusal> {
    let count = of(call, &project.id).filter(|branch| branch.protected).count();
    if count < plan.protected {
        return Ok(());
    }
    let message = format!("protected branches limit of {} exceeded, got {count}", plan.protected);
    Err(refuse::limit("BRANCHES_PROTECTED_LIMIT_EXCEEDED", message))
}

/// An expiry at that moment; the vendor gets round to it within a minute.
pub(super) fn expiry(call: &mut Call<'_>, asked: &Body<'_>, at: Timestamp) -> Result<Expiry, Refusal> {
    let ahead = at.duration_since(call.now);
    if ahead <= SignedDuration::ZERO {
        return Err(asked.wrong("expires_at", "must be in the future"));
    }
    if ahead > SignedDuration::from_secs(FARTHEST) {
        return Err(asked.wrong("expires_at", "must be at most 30 days ahead"));
    }
    let gone_at = at + call.after(1.0, 60.0).duration_since(call.now);
    Ok(Expiry { at, interval: ahead.as_secs(), gone_at })
}

fn check_can_expire(call: &Call<'_>, project: &Project, branch: &Branch, protected: bool) -> Result<(), Refusal> {
    let what = if protected {
        "a protected branch"
    } else if project.default_branch == branch.id {
        "the default branch"
    } else if of(call, &project.id).any(|child| child.parent() == Some(&branch.id)) {
        "a branch that has children"
    } else {
        return Ok(());
    };
    Err(refuse::unacceptable(format!("{what} cannot expire")))
}

fn answer(call: &Call<'_>, project: &Project, branch: &Branch, operations: &[Operation]) -> Result<Reply, Refusal> {
    let document = json!({ "branch": show(call, project, branch), "operations": operations::show(call, operations) });
    Ok(Reply::body(StatusCode::OK, &document))
}
