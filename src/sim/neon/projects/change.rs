//! What can be done to a project: changed, deleted, had back.

use http::StatusCode;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::neon::body;
use crate::sim::neon::body::Body;
use crate::sim::neon::branches;
use crate::sim::neon::branches::Branch;
use crate::sim::neon::endpoints;
use crate::sim::neon::key::Key;
use crate::sim::neon::operations;
use crate::sim::neon::operations::Operation;
use crate::sim::neon::permissions;
use crate::sim::neon::permissions::Permission;
use crate::sim::neon::projects::Project;
use crate::sim::neon::projects::create::history;
use crate::sim::neon::projects::show;
use crate::sim::neon::refuse;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;

/// `PATCH /projects/{id}`.
pub(super) fn update(call: &mut Call<'_>, key: &Key, project: Project) -> Result<Reply, Refusal> {
    let document = body::read(call, false)?;
    let asked = Body::of(&document)?.need_object("project")?;
    let name = asked.sized("name", 1..=256)?.map_or(project.name.clone(), str::to_owned);
    let defaults = match asked.object("default_endpoint_settings")? {
        Some(defaults) => project.defaults.clone().defaults(&defaults, key.plan())?,
        None => project.defaults.clone(),
    };
    let history = history(&asked, key.plan())?.unwrap_or(project.history);
    let settings = project.settings.clone().read(&asked)?;
    let becomes_logical = settings.is_logical() && !project.settings.is_logical();
    let id = project.id.clone();
    call.put(Project { name, defaults, history, settings, updated_at: call.now, ..project });
    // Every compute that is up is suspended, so that it comes up with the other setting.
    let operations = if becomes_logical { endpoints::suspend_all(call, &id)? } else { Vec::new() };
    let project = call.get::<Project>(&id).ok_or_else(|| refuse::absent("project not found"))?;
    let document =
        json!({ "project": show::project(call, project), "operations": operations::show(call, &operations) });
    Ok(Reply::body(StatusCode::OK, &document))
}

/// `DELETE /projects/{id}`.
pub(super) fn delete(call: &mut Call<'_>, key: &Key, project: Project) -> Result<Reply, Refusal> {
    key.refuse_project()?;
    if branches::of(call, &project.id).any(|branch| branch.protected) {
        return Err(refuse::unacceptable("project has protected branches and cannot be deleted"));
    }
    operations::refuse_if_busy(call, &project.id)?;
    forget_gone(call);
    let project = Project { deleted_at: Some(call.now), updated_at: call.now, ..project };
    call.put(project.clone());
    Ok(Reply::ok("project", &show::project(call, &project)))
}

/// Removes the rows of projects that cannot be had back, and of everything in them.
fn forget_gone(call: &mut Call<'_>) {
    let gone = call
        .list::<Project>()
        .filter(|project| project.deleted_at.is_some() && project.recoverable_until(call).is_none());
    for id in gone.map(|project| project.id.clone()).collect::<Vec<_>>() {
        let branches = call.list::<Branch>().filter(|branch| branch.project == id);
        let branches: Vec<String> = branches.map(Stored::id).collect();
        let operations = call.list::<Operation>().filter(|operation| operation.project == id);
        let operations: Vec<String> = operations.map(Stored::id).collect();
        let permissions: Vec<String> = permissions::of(call, &id).map(Stored::id).collect();
        branches.iter().for_each(|branch| branches::forget(call, branch));
        operations.iter().for_each(|operation| call.remove::<Operation>(operation));
        permissions.iter().for_each(|permission| call.remove::<Permission>(permission));
        call.remove::<Project>(&id);
    }
}

/// `POST /projects/{id}/recover`.
pub(super) fn recover(call: &mut Call<'_>, key: &Key, id: &str) -> Result<Reply, Refusal> {
    key.refuse_project()?;
    let project = call.get::<Project>(id).ok_or_else(|| refuse::absent("project not found"))?.clone();
    key.check(call, &project)?;
    if project.deleted_at.is_none() {
        return Err(refuse::unacceptable("project is not deleted"));
    }
    if project.recoverable_until(call).is_none() {
        return Err(refuse::absent("project not found"));
    }
    let project = Project { deleted_at: None, updated_at: call.now, ..project };
    call.put(project.clone());
    let branches: Vec<Value> = branches::of(call, id).map(|branch| branches::show(call, &project, branch)).collect();
    let document = json!({ "project": show::project(call, &project), "branches": branches });
    Ok(Reply::body(StatusCode::OK, &document))
}
