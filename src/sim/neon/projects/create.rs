//! `POST /projects`.

use http::StatusCode;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::neon::body;
use crate::sim::neon::body::Body;
use crate::sim::neon::branches;
use crate::sim::neon::compute::Compute;
use crate::sim::neon::connection;
use crate::sim::neon::databases;
use crate::sim::neon::endpoints;
use crate::sim::neon::ids;
use crate::sim::neon::key::Key;
use crate::sim::neon::operations;
use crate::sim::neon::operations::Work;
use crate::sim::neon::plan::Plan;
use crate::sim::neon::projects::Project;
use crate::sim::neon::projects::settings::Settings;
use crate::sim::neon::projects::show;
use crate::sim::neon::refuse;
use crate::sim::neon::regions;
use crate::sim::neon::roles;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// A project comes with a branch, a compute, a role and a database.
pub(super) fn create(call: &mut Call<'_>, key: &Key) -> Result<Reply, Refusal> {
    key.refuse_project()?;
    let document = body::read(call, false)?;
    let asked = Body::of(&document)?.need_object("project")?;
    let org = key.scope(call, asked.id("org_id")?)?;
    let first = asked.object("branch")?;
    let names = names(first.as_ref())?;
    let annotation = first.as_ref().map(|branch| branch.pairs("annotations")).transpose()?.flatten();
    let region = asked.text("region_id")?.unwrap_or(regions::DEFAULT);
    let region = regions::find(region).ok_or_else(|| asked.wrong("region_id", "unknown region"))?.id;
    let (name, pg_version) = (asked.sized("name", 1..=256)?, asked.whole("pg_version", 14..=18)?.unwrap_or(17));
    let (stores_passwords, history) = (asked.flag("store_passwords")?.unwrap_or(true), history(&asked, key.plan())?);
    let defaults = defaults(&asked, key.plan())?;
    let settings = Settings::fresh(call).read(&asked)?;
    check_limit(call, key, org.as_deref())?;
    let id = ids::fresh(call, "");
    let branch_id = ids::fresh(call, "br-");
    let endpoint_id = ids::fresh(call, "ep-");
    let project = Project {
        id: id.clone(),
        org,
        region: region.to_owned(),
        default_branch: branch_id.clone(),
        stores_passwords,
        defaults: defaults.clone(),
        created_at: call.now,
        busy_until: call.now,
        name: name.map_or_else(|| id.clone(), str::to_owned),
        pg_version,
        history: history.unwrap_or(key.plan().history.min(86_400)),
        settings,
        updated_at: call.now,
        deleted_at: None,
    };
    call.put(project.clone());
    let work = vec![
        Work::on_branch("create_timeline", &branch_id),
        Work::on_endpoint("start_compute", &branch_id, &endpoint_id),
    ];
    let operations = operations::schedule(call, &id, work);
    let branch = branches::found(call, &project, &branch_id, &names.branch, annotation, operations[0].ends_at);
    let up_at = Some(operations[1].ends_at);
    let endpoint = endpoints::found(call, &project, &branch_id, &endpoint_id, "read_write", defaults, up_at);
    let role = roles::found(call, &branch_id, &names.role, false);
    let database = databases::found(call, &branch_id, &names.database, &names.role);
    let document = json!({
        "project": show::project(call, &project),
        "branch": branches::show(call, &project, &branch),
        "endpoints": [endpoint.show(call, &project.region)],
        "roles": [role.show_with_password()],
        "databases": [database.show()],
        "connection_uris": [connection::details(&project, &endpoint, &role, &database)],
        "operations": operations::show(call, &operations),
    });
    Ok(Reply::body(StatusCode::CREATED, &document).taking(call.seconds(0.4)))
}

struct Names {
    branch: String,
    role: String,
    database: String,
}

fn names(asked: Option<&Body<'_>>) -> Result<Names, Refusal> {
    let (mut branch, mut role, mut database) = (None, None, None);
    if let Some(asked) = asked {
        branch = asked.sized("name", 1..=256)?;
        role = asked.text("role_name")?.filter(|name| !name.is_empty());
        database = asked.text("database_name")?.filter(|name| !name.is_empty());
    }
    let database = database.unwrap_or("neondb").to_owned();
    let role = role.map_or_else(|| format!("{database}_owner"), str::to_owned);
    databases::check_name(&database)?;
    roles::check_name(&role)?;
    Ok(Names { branch: branch.unwrap_or("main").to_owned(), role, database })
}

/// The size may stand beside the defaults, as it did before there were any.
fn defaults(asked: &Body<'_>, plan: &Plan) -> Result<Compute, Refusal> {
    let compute = Compute::default().sized(asked, plan)?;
    match asked.object("default_endpoint_settings")? {
        Some(defaults) => compute.defaults(&defaults, plan),
        None => Ok(compute),
    }
}

/// How long a project remembers what its branches were like, in seconds.
pub(super) fn history(asked: &Body<'_>, plan: &Plan) -> Result<Option<i64>, Refusal> {
    match asked.whole("history_retention_seconds", 0..=2_592_000)? {
        Some(seconds) if seconds > plan.history => {
            let message = format!("history_retention_seconds is at most {} on the {} plan", plan.history, plan.name);
            Err(refuse::unacceptable(message))
        }
        seconds => Ok(seconds),
    }
}

fn check_limit(call: &Call<'_>, key: &Key, org: Option<&str>) -> Result<(), Refusal> {
    let most = key.plan().projects;
    let all = call.list::<Project>().filter(|project| project.deleted_at.is_none());
    let count = all.filter(|project| project.org.as_deref() == org).count();
    if count < most {
        return Ok(());
    }
    let whose = if org.is_some() { "organization" } else { "user" };
    let message = format!("{whose} projects limit of {most} exceeded, got {count}");
    Err(refuse::limit("PROJECTS_LIMIT_EXCEEDED", message))
}
