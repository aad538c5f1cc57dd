//! `neon_branch`: a branch of a project's data, with its own computes, roles and databases.
//!
//! Found again by its name, and without one by the ids that were there before. The branch that is the project's default
//! is taken over, not made: see [`adoption`].

use std::sync::LazyLock;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value as Json;
use serde_json::json;

use super::adoption;
use super::batch;
use super::client::Client;
use super::operation;
use super::operation::Operation;
use super::sight::Sight;
use super::sight::branch_path;
use super::sight::project_path;
use super::switch;
use super::values::compact;
use super::values::differs;
use super::values::int;
use super::values::is_set;
use super::values::moment;
use super::values::parts;
use super::values::text;
use super::values::word;
use super::wire;
use crate::net::rest::Api;
use crate::net::rest::Habits;
use crate::net::rest::Poll;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Price;
use crate::provider::PriceList;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// A branch, found again by its id.
pub(super) struct Branch;

/// A branch is ready once its operations are over; it may not be visible at once.
const CREATE: Habits = Habits::new(5, 600);

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("project_id", string().required().replaces()),
        ("name", string().optional_computed()),
        ("parent_id", string().optional_computed().replaces()),
        ("parent_lsn", string().optional_computed().replaces()),
        ("parent_timestamp", number().optional_computed().replaces().describe("Seconds since 1970.")),
        ("init_source", string().optional_computed().replaces().describe("`parent-data` or `schema-only`.")),
        ("protected", switch::attribute()),
        ("expires_at", moment().describe("When the branch goes by itself, as in 2030-01-31T18:00:00Z.")),
        ("default", boolean().computed().describe("Whether it is the project's default branch.")),
        // Changes all the time: as it was when the branch was made or imported.
        ("logical_size", number().computed()),
    ])
});

impl wire::Branch {
    fn object(&self, base: &Object, project: &str) -> Object {
        let mut given = vec![
            ("id", Value::from(&*self.id)),
            ("project_id", Value::from(project)),
            ("name", Value::from(&*self.name)),
            ("parent_id", text(self.parent_id.as_deref())),
            ("protected", switch::value(self.protected)),
            ("expires_at", text(self.expires_at.as_deref())),
            ("default", Value::from(self.default)),
        ];
        // Where it branched off is settled; that a branch was reset to another point is no reason to make it anew.
        let mut once = |name, value: Value| {
            if !is_set(base, name) {
                given.push((name, value));
            }
        };
        once("parent_lsn", text(self.parent_lsn.as_deref()));
        once("parent_timestamp", int(self.parent_timestamp.as_deref().and_then(seconds)));
        once("init_source", text(self.init_source.as_deref()));
        // What was read as missing stays so: a size that appears later would be taken for a change.
        if !base.get("logical_size").is_some_and(Value::is_known) || base.str("name").is_none() {
            given.push(("logical_size", int(self.logical_size)));
        }
        SCHEMA.settle(base, given)
    }
}

fn seconds(moment: &str) -> Option<i64> {
    Some(moment.parse::<Timestamp>().ok()?.as_second())
}

/// Reads a branch by its id.
pub(super) async fn see(sight: &Sight<'_>, prior: &Object) -> Result<Option<Object>> {
    Ok(sight.branch(prior.id()).await?.map(|branch| branch.object(prior, sight.id())))
}

#[async_trait]
impl ResourceType<Client> for Branch {
    fn name(&self) -> &'static str {
        "neon_branch"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = switch::problems(config, &["protected"]);
        let mut push = |name: &str, summary: &str, detail: String| {
            problems.push(Problem { path: Path::of(name), summary: summary.to_owned(), detail });
        };
        if is_set(config, "parent_lsn") && is_set(config, "parent_timestamp") {
            let detail = "A branch begins at `parent_lsn` or at `parent_timestamp`, not at both.".to_owned();
            push("parent_timestamp", "Conflicting arguments", detail);
        }
        if let Some(text) = config.str("expires_at").filter(|text| text.parse::<Timestamp>().is_err()) {
            let detail = format!("`{text}` is not a moment. Write it as in \"2030-01-31T18:00:00Z\".");
            push("expires_at", "Invalid moment", detail);
        }
        if let Some(text) = config.str("init_source").filter(|text| !["parent-data", "schema-only"].contains(text)) {
            let detail = format!("`{text}` is neither \"parent-data\" nor \"schema-only\".");
            push("init_source", "Invalid source", detail);
        }
        problems
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        batch::key(prior.str("project_id"))
    }

    async fn read(&self, client: &Client, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let doing = format!("reading the branch {}", prior.id());
        see(&Sight::new(client, cx, doing, word(prior, "project_id")), prior).await
    }

    async fn before_create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Json> {
        let doing = format!("looking at the branches of the project {}", word(planned, "project_id"));
        let sight = Sight::new(client, cx, doing, word(planned, "project_id"));
        let all = sight.branches().await?.unwrap_or_default();
        if let Some(there) = all.iter().find(|branch| Some(&*branch.name) == planned.str("name")) {
            let begins_elsewhere = ["parent_id", "parent_lsn", "parent_timestamp"].iter().any(|at| is_set(planned, at));
            if !there.default || begins_elsewhere {
                let doing = format!("creating the branch {}", there.name);
                let message = "the project has a branch of this name".to_owned();
                let id = Some(format!("{}/{}", sight.id(), there.id));
                let argument = Some(Path::of("name"));
                return Err(ProviderError::Taken { doing, message, id, argument });
            }
            adoption::note(cx, &there.id);
        }
        Ok(all.iter().map(|branch| branch.id.clone()).collect())
    }

    async fn create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Object> {
        let (project, name) = (word(planned, "project_id"), word(planned, "name"));
        if let Some(id) = adoption::noted(&cx.private()) {
            let api = client.on(cx, format!("taking over the branch {name}"));
            let there = sure(&api, project, id).await?.object(&known(project, id), project);
            cx.record(&SCHEMA.settle(planned, [("id", Value::from(id))])).await?;
            return change(&api, &there, planned).await;
        }
        let api = client.on(cx, format!("creating the branch {name}"));
        let made: Made = api.post(&format!("{}/branches", project_path(project)), &body(planned)).whole().await?;
        cx.record(&SCHEMA.settle(planned, [("id", Value::from(&*made.branch.id))])).await?;
        operation::finished(&api, made.operations).await?;
        Ok(up(&api, project, &made.branch.id).await?.object(planned, project))
    }

    async fn update(&self, client: &Client, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("changing the branch {}", word(prior, "name")));
        change(&api, prior, planned).await
    }

    async fn delete(&self, client: &Client, cx: &Cx, prior: &Object) -> Result<()> {
        if adoption::noted(&cx.private()).is_some() {
            return Ok(());
        }
        let api = client.on(cx, format!("deleting the branch {}", word(prior, "name")));
        let gone = api.delete(&branch_path(word(prior, "project_id"), prior.id()));
        operation::finished(&api, gone.optional("operations").await?.unwrap_or_default()).await
    }

    fn price(&self, _: &Object, _: &PriceList) -> Price {
        Price::Usage("storage, and by time where it is more branches than the plan has")
    }

    fn guards(&self) -> Option<&'static str> {
        Some("its data")
    }

    async fn find(&self, client: &Client, cx: &Cx, intent: &Intent) -> Result<Found> {
        let (project, name) = (word(&intent.planned, "project_id"), intent.planned.str("name"));
        let api = client.on(cx, format!("looking for the branch {}", name.unwrap_or_default()));
        let sight = Sight::of(api.about(api.doing()), project);
        let partial = intent.partial.as_ref().map(Object::id).filter(|id| !id.is_empty());
        let id = match adoption::noted(&intent.private).or(partial) {
            Some(id) => Some(id.to_owned()),
            None => {
                let all = sight.branches().await?.unwrap_or_default();
                let new = all.iter().filter(|branch| {
                    is_new(intent, &branch.id) && name.is_none_or(|name| branch.name == name) && !branch.default
                });
                new.map(|branch| branch.id.clone()).min()
            }
        };
        let Some(id) = id else { return Ok(Found::Absent) };
        if sight.branch(&id).await?.is_none() {
            return Ok(Found::Absent);
        }
        operation::quiet(&api, project).await?;
        let branch = up(&api, project, &id).await?;
        Ok(Found::One(branch.object(&intent.planned, project)))
    }

    async fn import(&self, client: &Client, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let Some([project, branch]) = parts(id) else {
            let message = format!("`{id}` is not an id. Write the project's id and the branch's, as in `p-1/br-2`");
            return Err(ProviderError::refused("importing a branch", message));
        };
        self.read(client, cx, &known(project, branch)).await
    }

    /// The vendor changes one thing of a project at a time.
    fn serial_key(&self, planned: &Object) -> Option<String> {
        super::project::serial_key(planned.str("project_id"))
    }

    fn keeps(&self, _: &Object, private: &Json) -> Option<String> {
        adoption::keeps(private, "the project's default branch")
    }
}

/// What the answer to a new branch says.
#[derive(serde::Deserialize)]
struct Made {
    branch: wire::Branch,
    #[serde(default)]
    operations: Vec<Operation>,
}

/// Whether an object appeared after an intent was written, and is nobody else's.
pub(super) fn is_new(intent: &Intent, id: &str) -> bool {
    let is_old = intent.before.as_array().is_some_and(|before| before.iter().any(|known| known.as_str() == Some(id)));
    !is_old && !intent.claimed.iter().any(|known| known == id)
}

fn known(project: &str, branch: &str) -> Object {
    SCHEMA.object([("project_id", Value::from(project)), ("id", Value::from(branch))])
}

fn body(planned: &Object) -> Json {
    let timestamp = planned.int("parent_timestamp").and_then(|second| Timestamp::from_second(second).ok());
    compact(json!({"branch": {
        "name": planned.str("name"),
        "parent_id": planned.str("parent_id"),
        "parent_lsn": planned.str("parent_lsn"),
        "parent_timestamp": timestamp.map(|at| at.to_string()),
        "init_source": planned.str("init_source"),
        "protected": switch::of(planned, "protected"),
        "expires_at": planned.str("expires_at"),
    }}))
}

/// Makes a branch be as planned.
async fn change(api: &Api<'_>, prior: &Object, planned: &Object) -> Result<Object> {
    let project = word(planned, "project_id");
    let mut changes = serde_json::Map::new();
    let differs = |name: &str| {
        let is_said = planned.get(name).is_some_and(Value::is_known);
        is_said && differs(&SCHEMA, prior, planned, name)
    };
    if differs("name") {
        changes.insert("name".to_owned(), planned.str("name").into());
    }
    if differs("protected") {
        changes.insert("protected".to_owned(), switch::of(planned, "protected").into());
    }
    // Null takes the end away.
    if differs("expires_at") {
        changes.insert("expires_at".to_owned(), planned.str("expires_at").into());
    }
    if !changes.is_empty() {
        let patch = api.patch(&branch_path(project, prior.id()), &json!({"branch": changes}));
        operation::finished(api, patch.one("operations").await?).await?;
    }
    Ok(sure(api, project, prior.id()).await?.object(planned, project))
}

async fn sure(api: &Api<'_>, project: &str, id: &str) -> Result<wire::Branch> {
    let gone = || ProviderError::refused(api.doing(), "the branch went away meanwhile");
    api.get(&branch_path(project, id)).optional("branch").await?.ok_or_else(gone)
}

/// Waits until a new branch can be used.
async fn up(api: &Api<'_>, project: &str, id: &str) -> Result<wire::Branch> {
    let path = branch_path(project, id);
    let look = || async {
        match api.get(&path).optional::<wire::Branch>("branch").await? {
            Some(branch) if branch.is_up() => Ok(Poll::Ready(branch)),
            Some(branch) => Ok(Poll::Pending(branch.current_state)),
            None => Ok(Poll::Pending("not yet visible".to_owned())),
        }
    };
    match look().await? {
        Poll::Ready(branch) => Ok(branch),
        Poll::Pending(_) => api.until(api.doing(), CREATE, look).await,
    }
}
