//! `POST /projects/{id}/endpoints`, and the computes that come with a project or a branch.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::neon::body;
use crate::sim::neon::body::Body;
use crate::sim::neon::branches;
use crate::sim::neon::compute::Compute;
use crate::sim::neon::endpoints::Endpoint;
use crate::sim::neon::endpoints::check_active;
use crate::sim::neon::endpoints::check_writer;
use crate::sim::neon::endpoints::of;
use crate::sim::neon::endpoints::power::State;
use crate::sim::neon::endpoints::power::Step;
use crate::sim::neon::ids;
use crate::sim::neon::key::Key;
use crate::sim::neon::operations;
use crate::sim::neon::operations::Work;
use crate::sim::neon::plan::Plan;
use crate::sim::neon::projects::Project;
use crate::sim::neon::refuse;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// What a request for a compute says.
pub(in crate::sim::neon) struct Wanted {
    pub(in crate::sim::neon) kind: &'static str,
    pub(in crate::sim::neon) compute: Compute,
}

/// Reads what is common to a compute of its own and one that comes with a branch.
pub(in crate::sim::neon) fn wanted(asked: &Body<'_>, plan: &Plan, project: &Project) -> Result<Wanted, Refusal> {
    let kind = asked.one_of("type", &["read_only", "read_write"])?.ok_or_else(|| asked.missing("type"))?;
    Ok(Wanted { kind, compute: project.defaults.clone().read(asked, plan)? })
}

pub(super) fn create(call: &mut Call<'_>, key: &Key, project: &Project) -> Result<Reply, Refusal> {
    let document = body::read(call, false)?;
    let asked = Body::of(&document)?.need_object("endpoint")?;
    let branch = asked.id("branch_id")?.ok_or_else(|| asked.missing("branch_id"))?;
    let Wanted { kind, compute } = wanted(&asked, key.plan(), project)?;
    let (name, disabled) = (asked.sized("name", 1..=64)?.map(str::to_owned), asked.flag("disabled")?.unwrap_or(false));
    check_obsolete(&asked)?;
    if asked.text("region_id")?.is_some_and(|region| region != project.region) {
        return Err(asked.wrong("region_id", "must be the region of the project"));
    }
    let branch = branches::need(call, project, branch)?.clone();
    if !branch.is_ready(call.now) {
        return Err(refuse::unacceptable("branch not ready yet"));
    }
    if kind == "read_write" {
        check_writer(call, project, &branch.id)?;
    } else {
        check_replicas(call, key.plan(), project)?;
    }
    if !disabled {
        check_active(call, project, &branch.id, 1)?;
    }
    let id = ids::fresh(call, "ep-");
    let action = if disabled { "suspend_compute" } else { "start_compute" };
    let begun = operations::begin(call, &project.id, vec![Work::on_endpoint(action, &branch.id, &id)])?;
    let up_at = Some(operations::end(call, &begun)).filter(|_| !disabled);
    let endpoint = found(call, project, &branch.id, &id, kind, compute, up_at);
    let endpoint = Endpoint { name, disabled, ..endpoint };
    call.put(endpoint.clone());
    let shown = endpoint.show(call, &project.region);
    let document = json!({ "endpoint": shown, "operations": operations::show(call, &begun) });
    Ok(Reply::body(StatusCode::CREATED, &document).taking(call.seconds(0.2)))
}

/// A compute that comes up at that moment, or never.
pub(in crate::sim::neon) fn found(
    call: &mut Call<'_>,
    project: &Project,
    branch: &str,
    id: &str,
    kind: &str,
    compute: Compute,
    up_at: Option<Timestamp>,
) -> Endpoint {
    let mut steps = vec![Step { at: call.now, state: State::Init }];
    steps.push(match up_at {
        Some(at) => Step { at, state: State::Active },
        None => Step { at: call.now, state: State::Idle },
    });
    let endpoint = Endpoint {
        id: id.to_owned(),
        project: project.id.clone(),
        branch: branch.to_owned(),
        name: None,
        writes: kind == "read_write",
        compute,
        disabled: false,
        created_at: call.now,
        updated_at: call.now,
        steps,
    };
    call.put(endpoint.clone());
    endpoint
}

/// Fields that change nothing any more, but that the vendor still reads.
pub(super) fn check_obsolete(asked: &Body<'_>) -> Result<(), Refusal> {
    asked.flag("pooler_enabled")?;
    asked.one_of("pooler_mode", &["transaction"])?;
    asked.flag("passwordless_access")?;
    Ok(())
}

fn check_replicas(call: &Call<'_>, plan: &Plan, project: &Project) -> Result<(), Refusal> {
    let count = of(call, &project.id).filter(|endpoint| !endpoint.writes()).count();
    if count < plan.replicas {
        return Ok(());
    }
    let message = format!("read replicas limit of {} exceeded, got {count}", plan.replicas);
    Err(refuse::limit("ENDPOINTS_LIMIT_EXCEEDED", message))
}
