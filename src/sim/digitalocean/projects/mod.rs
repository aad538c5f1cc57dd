//! Projects: a grouping of everything that has an URN; one of them takes what nobody places elsewhere.

mod resources;

use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::account;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;
use crate::sim::validate::missing;

pub(super) use self::resources::Assignment;
pub(super) use self::resources::join;
pub(super) use self::resources::leave;
pub(super) use self::resources::of;

/// A project. The one a team begins with has no row until it is changed.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Project {
    id: String,
    name: String,
    description: String,
    purpose: String,
    environment: String,
    is_default: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Until then something that left it is still on its way.
    busy_until: Option<Timestamp>,
}

/// Purposes that the vendor knows; all others are shown as `Other: …`.
const PURPOSES: [&str; 9] = [
    "Just trying out DigitalOcean",
    "Class project / Educational purposes",
    "Website or blog",
    "Web Application",
    "Service or API",
    "Mobile Application",
    "Machine learning / AI / Data processing",
    "IoT",
    "Operational / Developer tooling",
];

/// When the first project of every team was made.
const BEGUN: Timestamp = Timestamp::constant(1_577_880_000, 0);

const ENVIRONMENTS: [&str; 3] = ["Development", "Staging", "Production"];

impl Stored for Project {
    const KIND: &'static str = "project";

    fn id(&self) -> String {
        self.id.clone()
    }
}

/// Everything under `/v2/projects`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    let id = match path.first() {
        Some(&"default") => default(call),
        Some(id) => (*id).to_owned(),
        None => String::new(),
    };
    match (method.as_str(), path) {
        ("GET", []) => page::list(call, "projects", &all(call), |project| show(call, project)),
        ("POST", []) => create(call),
        ("GET", [_]) => Ok(Reply::ok("project", &show(call, &need(call, &id)?))),
        ("PUT", [_]) => update(call, &id, true),
        ("PATCH", [_]) => update(call, &id, false),
        ("DELETE", [_]) => delete(call, &id),
        ("GET", [_, "resources"]) => {
            need(call, &id)?;
            resources::list(call, &id)
        }
        ("POST", [_, "resources"]) => {
            need(call, &id)?;
            resources::assign(call, &id)
        }
        (_, [] | [_] | [_, "resources"]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// The project that takes what is not placed elsewhere.
pub(super) fn default(call: &Call<'_>) -> String {
    let chosen = call.list::<Project>().find(|project| project.is_default);
    chosen.map_or_else(|| first(call), |project| project.id.clone())
}

/// The project that every team begins with.
fn first(call: &Call<'_>) -> String {
    account::identity(call, "project")
}

fn all(call: &Call<'_>) -> Vec<Project> {
    let first = first(call);
    let begun = call.get::<Project>(&first).is_none() && !has_lost_first(call);
    let begun = begun.then(|| found_first(call));
    begun.into_iter().chain(call.list::<Project>().filter(|project| !project.name.is_empty()).cloned()).collect()
}

/// Whether the first project was deleted, which its row, without a name, remembers.
fn has_lost_first(call: &Call<'_>) -> bool {
    call.get::<Project>(&first(call)).is_some_and(|project| project.name.is_empty())
}

fn found_first(call: &Call<'_>) -> Project {
    Project {
        id: first(call),
        name: "first-project".to_owned(),
        description: "Update your project information under Settings".to_owned(),
        purpose: PURPOSES[0].to_owned(),
        environment: String::new(),
        is_default: default(call) == first(call),
        created_at: BEGUN,
        updated_at: BEGUN,
        busy_until: None,
    }
}

fn need(call: &Call<'_>, id: &str) -> Result<Project, Refusal> {
    match call.get::<Project>(id) {
        Some(project) if project.name.is_empty() => Err(Refusal::not_found()),
        Some(project) => Ok(project.clone()),
        None if id == first(call) => Ok(found_first(call)),
        None => Err(Refusal::not_found()),
    }
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let project = Project {
        id: call.world.uuid(),
        name: name(&body)?.ok_or_else(|| missing("name"))?,
        description: body.short_text("description", 255)?.unwrap_or_default().to_owned(),
        purpose: purpose(&body)?.ok_or_else(|| missing("purpose"))?,
        environment: environment(&body)?.unwrap_or_default(),
        // A new project is never the default, whatever the request says.
        is_default: false,
        created_at: call.now,
        updated_at: call.now,
        busy_until: None,
    };
    body.flag("is_default")?;
    let reply = Reply::created("project", &show(call, &project));
    call.put(project);
    Ok(reply)
}

fn update(call: &mut Call<'_>, id: &str, is_whole: bool) -> Result<Reply, Refusal> {
    let before = need(call, id)?;
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let names = ["name", "description", "purpose", "environment", "is_default"];
    if let Some(absent) = names.iter().find(|name| is_whole && !body.has(name)) {
        return Err(missing(absent));
    }
    let is_default = body.flag("is_default")?.unwrap_or(before.is_default);
    if before.is_default && !is_default {
        return Err(Refusal::invalid("the default project can only be unset by setting another one"));
    }
    let project = Project {
        name: name(&body)?.unwrap_or(before.name),
        description: body.short_text("description", 255)?.map_or(before.description, str::to_owned),
        purpose: purpose(&body)?.unwrap_or(before.purpose),
        environment: environment(&body)?.unwrap_or(before.environment),
        is_default,
        updated_at: call.now,
        ..before
    };
    if is_default && !before.is_default {
        let others = all(call).into_iter().filter(|other| other.is_default);
        others.for_each(|other| call.put(Project { is_default: false, ..other }));
    }
    let reply = Reply::ok("project", &show(call, &project));
    call.put(project);
    Ok(reply)
}

/// Only what is empty can be deleted, and what moved away must have arrived.
fn delete(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let project = need(call, id)?;
    if project.is_default {
        return Err(Refusal::precondition("The default project can not be deleted."));
    }
    if project.busy_until.is_some_and(|until| until > call.now) || resources::has_any(call, id) {
        return Err(Refusal::precondition("Only an empty project can be deleted."));
    }
    if id == first(call) {
        call.put(Project { name: String::new(), ..project });
    } else {
        call.remove::<Project>(id);
    }
    Ok(Reply::done())
}

/// Notes that something has just left a project.
fn left(call: &mut Call<'_>, id: &str) {
    let busy_until = Some(call.after(2.0, 5.0));
    if let Ok(project) = need(call, id) {
        call.put(Project { busy_until, ..project });
    }
}

fn name(body: &Fields<'_>) -> Result<Option<String>, Refusal> {
    match body.short_text("name", 175)? {
        Some("") => Err(missing("name")),
        name => Ok(name.map(str::to_owned)),
    }
}

fn purpose(body: &Fields<'_>) -> Result<Option<String>, Refusal> {
    Ok(match body.short_text("purpose", 255)? {
        Some("") => return Err(missing("purpose")),
        Some(known) if PURPOSES.contains(&known) || known.starts_with("Other: ") => Some(known.to_owned()),
        Some(other) => Some(format!("Other: {other}")),
        None => None,
    })
}

fn environment(body: &Fields<'_>) -> Result<Option<String>, Refusal> {
    let Some(text) = body.text("environment")?.filter(|text| !text.is_empty()) else { return Ok(None) };
    let known = ENVIRONMENTS.iter().find(|known| known.eq_ignore_ascii_case(text));
    let known = known.ok_or_else(|| Refusal::invalid("environment must be one of Development, Staging, Production"))?;
    Ok(Some((*known).to_owned()))
}

fn show(call: &Call<'_>, project: &Project) -> Value {
    let mut shown = json!({
        "id": project.id,
        "owner_uuid": account::identity(call, "team"),
        "owner_id": account::number(call),
        "name": project.name,
        "description": project.description,
        "purpose": project.purpose,
        "is_default": project.is_default,
        "created_at": stamp(project.created_at),
        "updated_at": stamp(project.updated_at),
    });
    if !project.environment.is_empty() {
        shown["environment"] = json!(project.environment);
    }
    shown
}
