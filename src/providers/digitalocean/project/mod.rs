//! `digitalocean_project`: a folder for objects of all kinds.
//!
//! Every object is in one project; what is taken out of one goes to the default one, which cannot be deleted.

mod schema;

use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::age;
use super::listing;
use super::listing::Listing;
use super::timeouts;
use super::urns;
use super::values::compact;
use super::values::differs;
use super::values::int;
use super::values::is_change;
use super::values::strings;
use super::values::text;
use super::values::text_or_empty;
use super::values::unchanged;
use super::values::unsettled;
use crate::net::rest::Api;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

use schema::SCHEMA;
pub(super) use schema::urn_problems;

/// A project, found again by its uuid.
pub(super) struct Project;

/// What was deleted or moved is in a project for a while longer.
const EMPTYING: Duration = Duration::from_secs(180);

#[derive(Clone, Deserialize)]
pub(super) struct Wire {
    pub(super) id: String,
    pub(super) name: String,
    description: Option<String>,
    purpose: Option<String>,
    environment: Option<String>,
    #[serde(default)]
    pub(super) is_default: bool,
    owner_uuid: Option<String>,
    owner_id: Option<i64>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

impl Wire {
    /// What the answer says, by attribute; `resources` are asked for elsewhere.
    pub(super) fn attributes(&self, resources: &[String]) -> Vec<(&'static str, Value)> {
        vec![
            ("id", Value::from(&*self.id)),
            ("name", Value::from(&*self.name)),
            ("description", text(self.description.as_deref())),
            ("purpose", text(self.purpose.as_deref().map(schema::purpose))),
            ("environment", text(self.environment.as_deref())),
            ("is_default", Value::from(self.is_default)),
            ("resources", strings(resources)),
            ("owner_uuid", text(self.owner_uuid.as_deref())),
            ("owner_id", int(self.owner_id)),
            ("created_at", text(self.created_at.as_deref())),
            ("updated_at", text(self.updated_at.as_deref())),
        ]
    }

    fn object(&self, base: &Object, resources: &[String]) -> Object {
        let mut given = self.attributes(resources);
        given.push(("description", text_or_empty(base, "description", self.description.as_deref())));
        SCHEMA.settle(base, given)
    }

    /// Whether it is what a planned project would be.
    fn is(&self, planned: &Object) -> bool {
        let texts = [
            ("name", Some(&*self.name)),
            ("description", self.description.as_deref()),
            ("purpose", self.purpose.as_deref().map(schema::purpose)),
        ];
        texts.iter().all(|(name, text)| {
            let wanted =
                planned.str(name).map(|wanted| if *name == "purpose" { schema::purpose(wanted) } else { wanted });
            wanted.unwrap_or_default() == text.unwrap_or_default()
        })
    }
}

#[async_trait]
impl ResourceType<Rest> for Project {
    fn name(&self) -> &'static str {
        "digitalocean_project"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        schema::problems(config)
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let mut warnings = Vec::new();
        let object = match prior {
            None => proposed,
            Some(prior) => {
                let object = unchanged(&proposed, prior, &["id", "owner_uuid", "owner_id", "created_at", "updated_at"]);
                if prior.bool("is_default") == Some(true) && object.bool("is_default") == Some(false) {
                    let detail = "There is always one default project, so one cannot stop being it: set `is_default = \
                                  true` on the project that is to take its place.";
                    warnings.push(Problem {
                        path: Path::of("is_default"),
                        summary: "Default project stays the default".to_owned(),
                        detail: detail.to_owned(),
                    });
                }
                match is_change(&SCHEMA, prior, &object) {
                    true => unsettled(&SCHEMA, &object, &["updated_at"]),
                    false => object,
                }
            }
        };
        Planned { object, replace: Vec::new(), warnings }
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("projects".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the project {}", prior.id()));
        read(&api, prior.id(), prior).await
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let api = client.on(cx, "reading projects");
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let listing = Listing {
            path: "/v2/projects",
            key: "projects",
            one: &path,
            one_key: "project",
            id: |wire: &Wire| wire.id.clone(),
        };
        let found = listing.read(&api, &ids).await;
        let reads = found.into_iter().zip(items).map(|(found, item)| async {
            let whole = async {
                let Some(wire) = found? else {
                    return Ok(None);
                };
                let resources = urns::listed(&api, &wire.id).await?;
                Ok(resources.map(|resources| Read::Present(wire.object(&item.prior, &resources))))
            };
            listing::seen(whole.await)
        });
        join_all(reads).await
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("creating the project {}", planned.str("name").unwrap_or_default()));
        let body = compact(json!({
            "name": planned.str("name"),
            "description": planned.str("description"),
            "purpose": planned.str("purpose"),
            "environment": environment(planned),
        }));
        let wire: Wire = api.post("/v2/projects", &body).one("project").await?;
        cx.record(&wire.object(planned, &[])).await?;
        let resources = urns::of(planned, "resources");
        urns::assign(&api, &wire.id, &resources).await?;
        // A new project is not the default one; only a change makes it so.
        let wire = match planned.bool("is_default") {
            Some(true) => api.patch(&path(&wire.id), &json!({"is_default": true})).one("project").await?,
            _ => wire,
        };
        Ok(wire.object(planned, &resources))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("changing the project {}", prior.str("name").unwrap_or_default()));
        let id = prior.id();
        let changes = |name| differs(&SCHEMA, prior, planned, name);
        let (had, wants) = (urns::of(prior, "resources"), urns::of(planned, "resources"));
        urns::assign(&api, id, &urns::without(&wants, &had)).await?;
        urns::assign(&api, urns::DEFAULT, &urns::without(&had, &wants)).await?;
        let when = |name, value: Option<Json>| value.filter(|_| changes(name));
        let body = compact(json!({
            "name": when("name", planned.str("name").map(Json::from)),
            "description": when("description", Some(planned.str("description").unwrap_or_default().into())),
            "purpose": when("purpose", planned.str("purpose").map(Json::from)),
            "environment": when("environment", environment(planned).map(Json::from)),
            "is_default": when("is_default", planned.bool("is_default").map(Json::from)),
        }));
        let is_patched = body.as_object().is_some_and(|body| !body.is_empty());
        let wire: Wire = match is_patched {
            true => api.patch(&path(id), &body).one("project").await?,
            false => api.get(&path(id)).one("project").await?,
        };
        Ok(wire.object(planned, &wants))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let name = prior.str("name").unwrap_or_default();
        let api = client.on(cx, format!("deleting the project {name}"));
        let Some(wire) = api.get(&path(prior.id())).optional::<Wire>("project").await? else {
            return Ok(());
        };
        if wire.is_default {
            let message = format!(
                "`{name}` is the default project, which cannot be deleted: make another the default first, or let go of \
                 this one with `infra state rm`"
            );
            return Err(ProviderError::refused(api.doing(), message));
        }
        let resources = urns::listed(&api, prior.id()).await?.unwrap_or_default();
        urns::assign(&api, urns::DEFAULT, &resources).await?;
        let patience = timeouts::of(prior, "delete").unwrap_or(EMPTYING);
        api.delete(&path(prior.id())).patience(patience).gone().await
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let planned = &intent.planned;
        let api = client.on(cx, format!("looking for the project {}", planned.str("name").unwrap_or_default()));
        if let Some(id) = intent.partial.as_ref().map(Object::id).filter(|id| !id.is_empty()) {
            return Ok(read(&api, id, planned).await?.map_or(Found::Absent, Found::One));
        }
        let all: Vec<Wire> = api.pages("/v2/projects", "projects").await?;
        let found = all.iter().filter(|wire| {
            wire.is(planned)
                && !intent.claimed.contains(&wire.id)
                && age::is_since(wire.created_at.as_deref(), intent.since)
        });
        match &*found.collect::<Vec<_>>() {
            [] => Ok(Found::Absent),
            [wire] => {
                let resources = urns::listed(&api, &wire.id).await?.unwrap_or_default();
                Ok(Found::One(wire.object(planned, &resources)))
            }
            several => {
                let words = |wire: &Wire| format!("{}, made {}", wire.name, wire.created_at.as_deref().unwrap_or("?"));
                Ok(Found::Ambiguous(several.iter().map(|wire| (wire.id.clone(), words(wire))).collect()))
            }
        }
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let api = client.on(cx, format!("importing the project {id}"));
        read(&api, id, &SCHEMA.empty()).await
    }
}

pub(super) fn path(id: &str) -> String {
    format!("/v2/projects/{}", segment(id))
}

async fn read(api: &Api<'_>, id: &str, base: &Object) -> Result<Option<Object>> {
    let Some(wire) = api.get(&path(id)).optional::<Wire>("project").await? else {
        return Ok(None);
    };
    let resources = urns::listed(api, &wire.id).await?;
    Ok(resources.map(|resources| wire.object(base, &resources)))
}

/// The environment as the vendor writes it.
fn environment(planned: &Object) -> Option<&'static str> {
    planned.str("environment").and_then(schema::environment)
}
