//! Projects: never empty, locked while anything runs in them, and recoverable for a week after their deletion.

mod change;
mod create;
mod settings;
mod show;

use http::Method;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::sim::call::Call;
use crate::sim::neon::branches;
use crate::sim::neon::compute::Compute;
use crate::sim::neon::connection;
use crate::sim::neon::endpoints;
use crate::sim::neon::key::Key;
use crate::sim::neon::operations;
use crate::sim::neon::permissions;
use crate::sim::neon::projects::settings::Settings;
use crate::sim::neon::refuse;
use crate::sim::neon::regions;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;

pub(super) use self::show::used;

/// A project.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Project {
    pub(super) id: String,
    pub(super) org: Option<String>,
    #[serde(deserialize_with = "regions::stored")]
    pub(super) region: String,
    pub(super) default_branch: String,
    pub(super) stores_passwords: bool,
    /// What a compute that says nothing of its own is like.
    pub(super) defaults: Compute,
    pub(super) created_at: Timestamp,
    /// Until then operations of it run, and no others can be scheduled.
    pub(super) busy_until: Timestamp,
    name: String,
    pg_version: i64,
    history: i64,
    settings: Settings,
    updated_at: Timestamp,
    deleted_at: Option<Timestamp>,
}

impl Stored for Project {
    const KIND: &'static str = "neon_project";

    fn id(&self) -> String {
        self.id.clone()
    }
}

/// How long what is deleted can be had back, in seconds.
pub(super) const RECOVERY: f64 = 7.0 * 86_400.0;

impl Project {
    /// The project while operations of it run until that moment.
    pub(super) fn busy(self, busy_until: Timestamp) -> Project {
        Project { busy_until, ..self }
    }

    /// The moment since which it remembers what its branches were like.
    pub(super) fn remembers_since(&self, call: &Call<'_>) -> Timestamp {
        let history = call.now - SignedDuration::from_secs(self.history);
        history.max(self.created_at)
    }

    /// The project with another default branch.
    pub(super) fn led_by(&self, branch: &str) -> Project {
        Project { default_branch: branch.to_owned(), ..self.clone() }
    }

    /// Until when it can be had back, if it is deleted.
    fn recoverable_until(&self, call: &Call<'_>) -> Option<Timestamp> {
        let until = self.deleted_at? + call.seconds(RECOVERY);
        Some(until).filter(|until| call.now < *until)
    }
}

/// Everything under `/projects`.
pub(super) fn route(call: &mut Call<'_>, key: &Key, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => show::list(call, key),
        ("POST", []) => create::create(call, key),
        ("POST", [id, "recover"]) => change::recover(call, key, id),
        (_, []) => Err(refuse::wrong_method()),
        (_, [id, rest @ ..]) => {
            let project = need(call, key, id)?.clone();
            within(call, key, method, project, rest)
        }
    }
}

fn within(call: &mut Call<'_>, key: &Key, method: &Method, project: Project, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => Ok(Reply::ok("project", &show::project(call, &project))),
        ("PATCH", []) => change::update(call, key, project),
        ("DELETE", []) => change::delete(call, key, project),
        ("GET", ["operations"]) => operations::list(call, &project.id),
        ("GET", ["operations", id]) => operations::get(call, &project.id, id),
        ("GET", ["connection_uri"]) => connection::uri_of(call, &project),
        (_, ["branches", rest @ ..]) => branches::route(call, key, method, &project, rest),
        (_, ["endpoints", rest @ ..]) => endpoints::route(call, key, method, &project, rest),
        (_, ["permissions", rest @ ..]) => permissions::route(call, method, &project, rest),
        (_, [] | ["operations"] | ["operations", _] | ["connection_uri"] | ["recover"]) => Err(refuse::wrong_method()),
        _ => Err(refuse::no_page()),
    }
}

/// A project that is there and that the key can see, or 404.
fn need<'a>(call: &'a Call<'_>, key: &Key, id: &str) -> Result<&'a Project, Refusal> {
    let found = call.get::<Project>(id).filter(|project| project.deleted_at.is_none());
    let project = found.ok_or_else(|| refuse::absent("project not found"))?;
    key.check(call, project)?;
    Ok(project)
}
