//! What can be done to a compute besides its power: changed, moved to another branch, deleted.

use http::StatusCode;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::neon::body;
use crate::sim::neon::body::Body;
use crate::sim::neon::branches;
use crate::sim::neon::endpoints::Endpoint;
use crate::sim::neon::endpoints::check_writer;
use crate::sim::neon::endpoints::create::check_obsolete;
use crate::sim::neon::endpoints::need;
use crate::sim::neon::endpoints::power;
use crate::sim::neon::endpoints::power::State;
use crate::sim::neon::key::Key;
use crate::sim::neon::operations;
use crate::sim::neon::operations::Work;
use crate::sim::neon::projects::Project;
use crate::sim::neon::refuse;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// `PATCH /projects/{id}/endpoints/{id}`: what is only a name needs no operation.
pub(super) fn update(call: &mut Call<'_>, key: &Key, project: &Project, id: &str) -> Result<Reply, Refusal> {
    let before = need(call, project, id)?.clone();
    let document = body::read(call, false)?;
    let asked = Body::of(&document)?.need_object("endpoint")?;
    let compute = before.compute.clone().read(&asked, key.plan())?;
    let name = asked.sized("name", 1..=64)?.map(str::to_owned).or(before.name.clone());
    let disabled = asked.flag("disabled")?.unwrap_or(before.disabled);
    check_obsolete(&asked)?;
    let branch = asked.id("branch_id")?.unwrap_or(&before.branch).to_owned();
    if branch != before.branch {
        branches::need(call, project, &branch)?;
        if before.writes {
            check_writer(call, project, &branch)?;
        }
    }
    let is_told = compute != before.compute || branch != before.branch;
    // That it slept by itself was decided by what it was like before.
    let mut endpoint = Endpoint { name, compute, disabled, branch, ..before.stepping(call, []) };
    let mut begun = Vec::new();
    if disabled && !before.disabled && before.is_up(call) {
        let work = vec![Work::on_endpoint("suspend_compute", &endpoint.branch, id)];
        begun = operations::begin(call, &project.id, work)?;
        endpoint = endpoint.stepping(call, [(operations::end(call, &begun), State::Idle)]);
    } else if is_told {
        (endpoint, begun) = power::told(call, project, &endpoint)?;
    }
    call.put(endpoint.clone());
    let shown = endpoint.show(call, &project.region);
    let document = json!({ "endpoint": shown, "operations": operations::show(call, &begun) });
    Ok(Reply::body(StatusCode::OK, &document))
}

/// `DELETE /projects/{id}/endpoints/{id}`: 204 when there is none.
pub(super) fn delete(call: &mut Call<'_>, project: &Project, id: &str) -> Result<Reply, Refusal> {
    let Ok(endpoint) = need(call, project, id) else { return Ok(Reply::done()) };
    let endpoint = endpoint.clone();
    if branches::need(call, project, &endpoint.branch)?.protected {
        return Err(refuse::unacceptable("cannot delete an endpoint of a protected branch"));
    }
    let work = vec![Work::on_endpoint("suspend_compute", &endpoint.branch, id)];
    let begun = operations::begin(call, &project.id, work)?;
    let shown = endpoint.show(call, &project.region);
    call.remove::<Endpoint>(id);
    let document = json!({ "endpoint": shown, "operations": operations::show(call, &begun) });
    Ok(Reply::body(StatusCode::OK, &document))
}
