//! `neon_project`: a PostgreSQL server that is never empty: it comes with a branch, a compute, a role and a database.
//!
//! [`schema`] has the attributes, [`wire`] the API's form, [`body`] what is sent, [`plan`] what a change brings with it,
//! [`children`] what the project comes with. Names of projects are not unique, so those that exist are noted before one
//! is made.

mod body;
mod children;
mod plan;
mod schema;
mod wire;

use async_trait::async_trait;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::batch;
use super::client::Client;
use super::operation;
use super::operation::Operation;
use super::sight::Sight;
use super::sight::branch_path;
use super::sight::database_path;
use super::sight::project_path;
use super::sight::seen;
use super::values::differs;
use super::values::is_set;
use super::values::only_block;
use super::wire::Branch;
use super::wire::Database;
use crate::net::rest::Api;
use crate::net::rest::Habits;
use crate::net::rest::Poll;
use crate::net::rest::segment;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Marker;
use crate::provider::Planned;
use crate::provider::Price;
use crate::provider::PriceList;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Str;
use crate::value::Value;

use children::Note;
use schema::SCHEMA;

pub(super) use wire::Wire;

/// A project, found again by its id.
pub(super) struct Project;

/// What only the answer to a new project is sure to say.
const TOLD: [&str; 4] = ["database_host", "database_host_pooler", "database_user", "database_password"];
/// A new project may not be visible at once.
const CREATE: Habits = Habits::new(5, 600);
/// The vendor's clock and ours may differ by so much.
const SKEW: SignedDuration = SignedDuration::from_mins(2);

/// The vendor changes one thing of a project at a time.
pub(super) fn serial_key(project: Option<&str>) -> Option<String> {
    project.filter(|project| !project.is_empty()).map(|project| format!("neon_project/{project}"))
}

/// Reads a project with what it comes with.
pub(super) async fn see(sight: &Sight<'_>, item: &ReadItem) -> Result<Option<Read>> {
    let Some((object, note)) = look(sight, &item.prior, Note::of(&item.private)).await? else { return Ok(None) };
    let private = note.to_json();
    Ok(Some(if private == item.private { Read::Present(object) } else { Read::Noted(object, private) }))
}

/// A project of which only the id is known.
pub(super) async fn object(sight: &Sight<'_>) -> Result<Option<Object>> {
    let known = SCHEMA.object([("id", Value::from(sight.id()))]);
    Ok(look(sight, &known, Note::default()).await?.map(|(object, _)| object))
}

async fn look(sight: &Sight<'_>, base: &Object, note: Note) -> Result<Option<(Object, Note)>> {
    let Some(project) = sight.project().await? else { return Ok(None) };
    let Some(children) = children::look(sight, base, &note).await? else { return Ok(None) };
    Ok(Some((project.object(base, &children), note.with(&children))))
}

/// What the answer to a new project says.
#[derive(Deserialize)]
struct Made {
    project: Wire,
    branch: Branch,
    #[serde(default)]
    databases: Vec<Database>,
    #[serde(default)]
    connection_uris: Vec<Connection>,
    #[serde(default)]
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Connection {
    connection_parameters: Parameters,
}

#[derive(Deserialize)]
struct Parameters {
    host: String,
    pooler_host: String,
    role: String,
    password: String,
}

impl Made {
    /// The id, and what is told only once: what is made durable before waiting.
    fn told(&self) -> Vec<(Str, Value)> {
        let mut told = vec![("id", &*self.project.id)];
        if let Some(Connection { connection_parameters: first }) = self.connection_uris.first() {
            let values = [&*first.host, &first.pooler_host, &first.role, &first.password];
            told.extend(TOLD.into_iter().zip(values));
        }
        told.into_iter().map(|(name, value)| (name.into(), Value::from(value))).collect()
    }
}

#[async_trait]
impl ResourceType<Client> for Project {
    fn name(&self) -> &'static str {
        "neon_project"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        schema::problems(config)
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        plan::plan(prior, proposed)
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        batch::key(Some(prior.id()))
    }

    async fn read(&self, client: &Client, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let sight = Sight::new(client, cx, format!("reading the project {}", prior.id()), prior.id());
        let found = look(&sight, prior, Note::of(&cx.private())).await?;
        Ok(found.map(|(object, note)| {
            cx.set_private(note.to_json());
            object
        }))
    }

    async fn read_batch(&self, client: &Client, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let reads = items.iter().map(async |item| {
            let id = item.prior.id();
            seen(see(&Sight::new(client, cx, format!("reading the project {id}"), id), item).await)
        });
        futures::future::join_all(reads).await
    }

    async fn before_create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Json> {
        let api = client.on(cx, "noting the projects that exist");
        Ok(listed(&api, client, planned).await?.into_iter().map(|project| project.id).collect())
    }

    async fn create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("creating the project {}", planned.str("name").unwrap_or_default()));
        let made: Made = api.post("/projects", &body::create(planned, client.org.as_deref())).whole().await?;
        let note = Note { database: made.databases.first().map(|database| database.id) };
        cx.set_private(note.to_json());
        let told = made.told();
        cx.record(&SCHEMA.settle(planned, told.clone())).await?;
        operation::finished(&api, made.operations).await?;
        let project = &*made.project.id;
        if planned.bool("default_branch_protected") == Some(true) {
            protect(&api, project, &made.branch.id, true).await?;
        }
        settled(&api, project, &planned.with(told), &note).await
    }

    async fn update(&self, client: &Client, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("changing the project {}", prior.str("name").unwrap_or_default()));
        let (id, note) = (prior.id(), Note::of(&cx.private()));
        if let Some(body) = body::update(prior, planned) {
            let patch = api.patch(&project_path(id), &body);
            operation::finished(&api, patch.optional("operations").await?.unwrap_or_default()).await?;
        }
        if differs(&SCHEMA, prior, planned, "default_branch_protected")
            && let (Some(branch), Some(protects)) =
                (prior.str("default_branch_id"), planned.bool("default_branch_protected"))
        {
            protect(&api, id, branch, protects).await?;
        }
        if let (Some(before), Some(after)) = (only_block(prior, "branch"), only_block(planned, "branch")) {
            rename(&api, id, before, after).await?;
        }
        settled(&api, id, planned, &note).await
    }

    async fn delete(&self, client: &Client, cx: &Cx, prior: &Object) -> Result<()> {
        let api = client.on(cx, format!("deleting the project {}", prior.str("name").unwrap_or_default()));
        match api.delete(&project_path(prior.id())).gone().await {
            // Never gone: something in the project is protected.
            Err(ProviderError::Refused { doing, message, code: code @ Some(422), argument }) => {
                let advice = "a protected branch keeps its project: unprotect it first, with default_branch_protected = \
                              false or protected = \"no\"";
                Err(ProviderError::Refused { doing, message: format!("{message} ({advice})"), code, argument })
            }
            end => end,
        }
    }

    fn marker(&self) -> Marker {
        Marker::None
    }

    fn guards(&self) -> Option<&'static str> {
        Some("all that is in it")
    }

    async fn find(&self, client: &Client, cx: &Cx, intent: &Intent) -> Result<Found> {
        let planned = &intent.planned;
        let api = client.on(cx, format!("looking for the project {}", planned.str("name").unwrap_or_default()));
        let id = match intent.partial.as_ref().map(Object::id).filter(|id| !id.is_empty()) {
            Some(id) => Some(id.to_owned()),
            None => {
                let new = listed(&api, client, planned).await?.into_iter().filter(|project| {
                    super::branch::is_new(intent, &project.id)
                        && planned.str("region_id").is_none_or(|region| project.region_id == region)
                        && is_since(&project.created_at, intent.since)
                });
                // Of several that are alike, any will do.
                new.map(|project| project.id).min()
            }
        };
        let Some(id) = id else { return Ok(Found::Absent) };
        operation::quiet(&api, &id).await?;
        let told = intent.partial.iter().flat_map(|partial| {
            let told = TOLD.iter().filter(|name| is_set(partial, name));
            told.filter_map(|name| Some(((*name).into(), partial.get(name)?.clone())))
        });
        let base = planned.with(told.collect::<Vec<(Str, Value)>>());
        let sight = Sight::of(api.about(api.doing()), &id);
        let found = look(&sight, &base, Note::of(&intent.private)).await?;
        Ok(found.map_or(Found::Absent, |(object, note)| {
            cx.set_private(note.to_json());
            Found::One(object)
        }))
    }

    async fn import(&self, client: &Client, cx: &Cx, id: &str) -> Result<Option<Object>> {
        self.read(client, cx, &SCHEMA.object([("id", Value::from(id))])).await
    }

    /// The vendor changes one thing of a project at a time.
    fn serial_key(&self, planned: &Object) -> Option<String> {
        serial_key(Some(planned.id()))
    }

    fn price(&self, _: &Object, _: &PriceList) -> Price {
        Price::Usage("compute hours, storage and history")
    }
}

/// A project in a list, which does not have everything of it.
#[derive(Deserialize)]
struct Listed {
    id: String,
    name: String,
    region_id: String,
    created_at: String,
}

/// The projects that could be taken for one: those of its name, or all where it has none.
async fn listed(api: &Api<'_>, client: &Client, planned: &Object) -> Result<Vec<Listed>> {
    let name = planned.str("name");
    let org = planned.str("org_id").or(client.org.as_deref());
    let pairs = [("search", name), ("org_id", org)].into_iter();
    let query: Vec<_> = pairs.filter_map(|(key, value)| Some(format!("{key}={}", segment(value?)))).collect();
    let path = if query.is_empty() { "/projects".to_owned() } else { format!("/projects?{}", query.join("&")) };
    let mut all: Vec<Listed> = api.pages(&path, "projects").await?;
    // The search also finds parts of names.
    all.retain(|project| name.is_none_or(|name| project.name == name));
    Ok(all)
}

/// An older project of the same name cannot be the one that we asked for.
fn is_since(created: &str, since: Timestamp) -> bool {
    created.parse::<Timestamp>().map_or(true, |created| created.duration_since(since) >= -SKEW)
}

/// The project as it is once all is done; it may not be visible at once.
async fn settled(api: &Api<'_>, id: &str, base: &Object, note: &Note) -> Result<Object> {
    let see = || async {
        let sight = Sight::of(api.about(api.doing()), id);
        Ok(match look(&sight, base, note.clone()).await? {
            Some((object, note)) => Poll::Ready((object, note)),
            None => Poll::Pending("not yet visible".to_owned()),
        })
    };
    let (object, note) = match see().await? {
        Poll::Ready(found) => found,
        Poll::Pending(_) => api.until(api.doing(), CREATE, see).await?,
    };
    api.cx().set_private(note.to_json());
    Ok(object)
}

async fn protect(api: &Api<'_>, project: &str, branch: &str, protects: bool) -> Result<()> {
    let patch = api.patch(&branch_path(project, branch), &json!({"branch": {"protected": protects}}));
    operation::finished(api, patch.optional("operations").await?.unwrap_or_default()).await
}

/// Gives the branch and the database that the project was made with the names that they should have.
async fn rename(api: &Api<'_>, project: &str, before: &Object, after: &Object) -> Result<()> {
    let Some(branch) = before.str("id") else { return Ok(()) };
    let wanted = |name: &str| after.str(name).filter(|wanted| before.str(name) != Some(*wanted));
    if let Some(name) = wanted("name") {
        let patch = api.patch(&branch_path(project, branch), &json!({"branch": {"name": name}}));
        operation::finished(api, patch.optional("operations").await?.unwrap_or_default()).await?;
    }
    let Some(name) = wanted("database_name") else { return Ok(()) };
    let operations: Option<Vec<Operation>> = match before.str("database_name") {
        Some(old) => {
            let patch = api.patch(&database_path(project, branch, old), &json!({"database": {"name": name}}));
            patch.optional("operations").await?
        }
        // Somebody removed it.
        None => {
            let body = json!({"database": {"name": name, "owner_name": after.str("role_name")}});
            let post = api.post(&format!("{}/databases", branch_path(project, branch)), &body);
            post.optional("operations").await?
        }
    };
    operation::finished(api, operations.unwrap_or_default()).await
}
