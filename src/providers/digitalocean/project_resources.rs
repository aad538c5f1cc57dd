//! `digitalocean_project_resources`: which objects are in a project that is not ours to manage.
//!
//! Only the named objects count; others may come and go. What is taken out goes to the default project.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use async_trait::async_trait;

use super::listing;
use super::project;
use super::urns;
use super::values::strings;
use crate::net::rest::Rest;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::set;
use crate::schema::string;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;

/// Some objects of a project; the project's id is its id.
pub(super) struct ProjectResources;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("project", string().required().replaces()),
        ("resources", set(Type::STRING).required().equality(Equality::Semantic(urns::same))),
    ])
});

/// The objects that are still in the project; `None` when none is.
fn object(base: &Object, listed: Option<&[String]>) -> Option<Object> {
    let listed: BTreeSet<_> = listed?.iter().map(|urn| urns::key(urn)).collect();
    let wanted = urns::of(base, "resources");
    let there: Vec<_> = wanted.iter().filter(|urn| listed.contains(&urns::key(urn))).collect();
    let is_gone = there.is_empty() && !wanted.is_empty();
    (!is_gone).then(|| with(base, strings(there)))
}

fn with(base: &Object, resources: Value) -> Object {
    let project = || Value::from(base.str("project").unwrap_or_default());
    SCHEMA.settle(base, [("id", project()), ("project", project()), ("resources", resources)])
}

#[async_trait]
impl ResourceType<Rest> for ProjectResources {
    fn name(&self) -> &'static str {
        "digitalocean_project_resources"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        project::urn_problems("resources", config.get("resources").and_then(Value::as_elements).unwrap_or_default())
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        Some(BatchKey(format!("project_resources/{}", prior.str("project")?)))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let project = prior.str("project").unwrap_or_default();
        let api = client.on(cx, format!("reading the resources of the project {project}"));
        Ok(object(prior, urns::listed(&api, project).await?.as_deref()))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let Some(project) = items.first().map(|item| item.prior.str("project").unwrap_or_default()) else {
            return Vec::new();
        };
        let api = client.on(cx, format!("reading the resources of the project {project}"));
        let listed = urns::listed(&api, project).await;
        let reads = items.iter().map(|item| match &listed {
            Ok(listed) => Ok(object(&item.prior, listed.as_deref()).map(Read::Present)),
            Err(error) => Err(error.duplicate()),
        });
        reads.map(listing::seen).collect()
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let project = planned.str("project").unwrap_or_default();
        let api = client.on(cx, format!("moving resources into the project {project}"));
        let resources = urns::of(planned, "resources");
        urns::assign(&api, project, &resources).await?;
        Ok(with(planned, strings(&resources)))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let project = planned.str("project").unwrap_or_default();
        let api = client.on(cx, format!("moving resources into the project {project} and out of it"));
        let (had, wants) = (urns::of(prior, "resources"), urns::of(planned, "resources"));
        urns::assign(&api, project, &urns::without(&wants, &had)).await?;
        urns::assign(&api, urns::DEFAULT, &urns::without(&had, &wants)).await?;
        Ok(with(planned, strings(&wants)))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let project = prior.str("project").unwrap_or_default();
        let api = client.on(cx, format!("moving resources out of the project {project}"));
        let listed = urns::listed(&api, project).await?.unwrap_or_default();
        let elsewhere = urns::without(&urns::of(prior, "resources"), &listed);
        // What somebody moved on is left where it is.
        let ours = urns::without(&urns::of(prior, "resources"), &elsewhere);
        urns::assign(&api, urns::DEFAULT, &ours).await
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let project = intent.planned.str("project").unwrap_or_default();
        let api = client.on(cx, format!("looking for resources in the project {project}"));
        let listed = urns::listed(&api, project).await?.unwrap_or_default();
        let wanted = urns::of(&intent.planned, "resources");
        let is_there = urns::without(&wanted, &listed).is_empty();
        Ok(if is_there { Found::One(with(&intent.planned, strings(&wanted))) } else { Found::Absent })
    }

    async fn import(&self, _: &Rest, _: &Cx, id: &str) -> Result<Option<Object>> {
        let message = "it cannot be imported: nobody but its configuration knows which resources it names. Write it, and \
                       apply: what is in the project already stays there";
        Err(ProviderError::refused(format!("importing the resources of the project {id}"), message))
    }
}
