//! `POST /projects/{id}/branches`.

use std::collections::BTreeMap;

use http::StatusCode;
use jiff::Timestamp;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::neon::body;
use crate::sim::neon::body::Body;
use crate::sim::neon::branches::Branch;
use crate::sim::neon::branches::Origin;
use crate::sim::neon::branches::change::check_protected;
use crate::sim::neon::branches::change::expiry;
use crate::sim::neon::branches::need;
use crate::sim::neon::branches::of;
use crate::sim::neon::branches::show;
use crate::sim::neon::connection;
use crate::sim::neon::databases;
use crate::sim::neon::endpoints;
use crate::sim::neon::endpoints::Wanted;
use crate::sim::neon::ids;
use crate::sim::neon::key::Key;
use crate::sim::neon::operations;
use crate::sim::neon::operations::Work;
use crate::sim::neon::plan::Plan;
use crate::sim::neon::projects::Project;
use crate::sim::neon::refuse;
use crate::sim::neon::roles;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// A branch of another, with its roles and databases, and a compute only where one is asked for.
pub(super) fn create(call: &mut Call<'_>, key: &Key, project: &Project) -> Result<Reply, Refusal> {
    let document = body::read(call, true)?;
    let document = Body::of(&document)?;
    let nothing = json!({});
    let asked = document.object("branch")?.map_or_else(|| Body::of(&nothing), Ok)?;
    let wanted = wanted(&document, key, project)?;
    let annotation = document.pairs("annotation_value")?;
    let (parent, origin) = origin(call, project, &asked)?;
    let is_schema_only = asked.one_of("init_source", &["parent-data", "schema-only"])? == Some("schema-only");
    let (protected, is_archived) =
        (asked.flag("protected")?.unwrap_or(false), asked.flag("archived")?.unwrap_or(false));
    let id = ids::fresh(call, "br-");
    let name = asked.sized("name", 1..=256)?.map_or_else(|| id.clone(), str::to_owned);
    let expiry = match asked.moment("expires_at")? {
        Some(_) if protected => return Err(refuse::unacceptable("a protected branch cannot expire")),
        Some(at) => Some(expiry(call, &asked, at)?),
        None => None,
    };
    check_name(call, project, &name, None)?;
    check_limits(call, key.plan(), project, is_schema_only)?;
    if protected {
        check_protected(call, key.plan(), project)?;
    }
    endpoints::check_active(call, project, &id, wanted.len())?;
    if parent.expiry.is_some() && !is_schema_only {
        return Err(refuse::unacceptable("cannot branch from a branch that expires"));
    }
    if !parent.is_ready(call.now) {
        return Err(refuse::unacceptable("branch not ready yet"));
    }
    let action = if is_schema_only { "apply_schema_from_branch" } else { "create_branch" };
    let computes: Vec<String> = wanted.iter().map(|_| ids::fresh(call, "ep-")).collect();
    let mut work = vec![Work::on_branch(action, &id)];
    work.extend(computes.iter().map(|compute| Work::on_endpoint("start_compute", &id, compute)));
    let operations = operations::begin(call, &project.id, work)?;
    let branch = Branch {
        id: id.clone(),
        project: project.id.clone(),
        name,
        protected,
        origin: Some(origin),
        is_schema_only,
        is_archived,
        annotation: json!(annotation.unwrap_or_default()),
        expiry,
        created_at: call.now,
        updated_at: call.now,
        // Sometimes the new branch is not known everywhere for a moment.
        visible_at: call.after(-1.0, 1.0),
        ready_at: operations[0].ends_at,
        deletion: None,
    };
    call.put(branch.clone());
    let mut endpoints = Vec::new();
    for (n, (compute, wanted)) in computes.iter().zip(wanted).enumerate() {
        let up_at = Some(operations[n + 1].ends_at);
        endpoints.push(endpoints::found(call, project, &id, compute, wanted.kind, wanted.compute, up_at));
    }
    // Whoever may read a protected branch's data must not get into it with a password of its child.
    let (roles, databases) = (roles::copy(call, &parent, &id), databases::copy(call, &parent.id, &id));
    let mut shown = json!({
        "branch": show(call, project, &branch),
        "endpoints": endpoints.iter().map(|endpoint| endpoint.show(call, &project.region)).collect::<Vec<_>>(),
        "roles": roles.iter().map(|role| role.show()).collect::<Vec<_>>(),
        "databases": databases.iter().map(|database| database.show()).collect::<Vec<_>>(),
        "operations": operations::show(call, &operations),
    });
    // With several roles or databases it is not clear which connection would be meant.
    if let (Some(endpoint), [role], [database]) = (endpoints.first(), &roles[..], &databases[..]) {
        shown["connection_uris"] = json!([connection::details(project, endpoint, role, database)]);
    }
    Ok(Reply::body(StatusCode::CREATED, &shown).taking(call.seconds(0.2)))
}

/// The branch that a new project comes with.
pub(in crate::sim::neon) fn found(
    call: &mut Call<'_>,
    project: &Project,
    id: &str,
    name: &str,
    annotation: Option<BTreeMap<String, String>>,
    ready_at: Timestamp,
) -> Branch {
    let branch = Branch {
        id: id.to_owned(),
        project: project.id.clone(),
        name: name.to_owned(),
        protected: false,
        origin: None,
        is_schema_only: false,
        is_archived: false,
        annotation: json!(annotation.unwrap_or_default()),
        expiry: None,
        created_at: call.now,
        updated_at: call.now,
        visible_at: call.now,
        ready_at,
        deletion: None,
    };
    call.put(branch.clone());
    branch
}

/// 409 if another branch of the project has that name.
pub(super) fn check_name(call: &Call<'_>, project: &Project, name: &str, own: Option<&str>) -> Result<(), Refusal> {
    if of(call, &project.id).any(|branch| branch.name == name && Some(branch.id.as_str()) != own) {
        let message = format!("branch already exists; branch_name:\"{name}\"");
        return Err(refuse::taken("BRANCH_ALREADY_EXISTS", message));
    }
    Ok(())
}

/// 422 if the project has as many branches as the plan has.
pub(super) fn check_limits(call: &Call<'_>, plan: &Plan, project: &Project, is_root: bool) -> Result<(), Refusal> {
    let count = of(call, &project.id).count();
    if count >= plan.branches {
        let message = format!("branches limit of {} exceeded, got {count}", plan.branches);
        return Err(refuse::limit("BRANCHES_LIMIT_EXCEEDED", message));
    }
    let roots = of(call, &project.id).filter(|branch| branch.parent().is_none()).count();
    if is_root && roots >= plan.roots {
        let message = format!("root branches limit of {} exceeded, got {roots}", plan.roots);
        return Err(refuse::limit("ROOT_BRANCHES_LIMIT_EXCEEDED", message));
    }
    Ok(())
}

fn wanted(document: &Body<'_>, key: &Key, project: &Project) -> Result<Vec<Wanted>, Refusal> {
    let wanted = document.objects("endpoints")?.into_iter();
    let wanted = wanted.map(|asked| endpoints::wanted(&asked, key.plan(), project));
    let wanted: Vec<Wanted> = wanted.collect::<Result<_, _>>()?;
    if wanted.iter().filter(|wanted| wanted.kind == "read_write").count() > 1 {
        return Err(refuse::limit("ENDPOINTS_LIMIT_EXCEEDED", "read_write endpoint already exists"));
    }
    Ok(wanted)
}

/// The parent, and the point in its past at which the branch leaves it.
fn origin(call: &mut Call<'_>, project: &Project, asked: &Body<'_>) -> Result<(Branch, Origin), Refusal> {
    let named = asked.text("parent_id")?.filter(|id| !id.is_empty());
    if named.is_some() {
        asked.id("parent_id")?;
    }
    let parent = need(call, project, named.unwrap_or(&project.default_branch))?.clone();
    let (lsn, at) = (asked.text("parent_lsn")?, asked.moment("parent_timestamp")?);
    if lsn.is_some() && at.is_some() {
        return Err(refuse::bad("parent_lsn and parent_timestamp can not both be set"));
    }
    if lsn.is_some_and(|lsn| !is_lsn(lsn)) {
        return Err(asked.wrong("parent_lsn", "not a log sequence number"));
    }
    if at.is_some_and(|at| at > call.now) {
        return Err(asked.wrong("parent_timestamp", "must not be in the future"));
    }
    if at.is_some_and(|at| at < parent.created_at.max(project.remembers_since(call))) {
        return Err(refuse::unacceptable("parent_timestamp is before the beginning of the parent's history"));
    }
    let head = format!("0/{:X}", 0x0015_0000 + call.world.next("neon_lsn") * 0x98);
    let lsn = lsn.map(str::to_owned).or(Some(head).filter(|_| at.is_none()));
    let parent_id = parent.id.clone();
    Ok((parent, Origin { parent: parent_id, lsn, at }))
}

fn is_lsn(text: &str) -> bool {
    let is_half = |half: &str| (1..=8).contains(&half.len()) && half.chars().all(|c| c.is_ascii_hexdigit());
    text.split_once('/').is_some_and(|(high, low)| is_half(high) && is_half(low))
}
