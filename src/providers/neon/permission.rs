//! `neon_project_permission`: somebody who may see and use a project.

use std::sync::LazyLock;

use async_trait::async_trait;
use serde_json::Value as Json;
use serde_json::json;

use super::batch;
use super::client::Client;
use super::sight::Sight;
use super::values::parts;
use super::values::word;
use super::wire;
use crate::net::rest::segment;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// A permission, found again by whom it was given to.
pub(super) struct Permission;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("project_id", string().required().replaces()),
        ("grantee", string().required().replaces().equality(Equality::IgnoreCase).describe("An e-mail address.")),
    ])
});

impl wire::Permission {
    fn object(&self, base: &Object, project: &str) -> Object {
        let id = format!("{project}/{}", self.id);
        SCHEMA.settle(base, [("id", Value::from(id)), ("grantee", Value::from(&*self.granted_to_email))])
    }
}

/// Reads a permission: by its id, and by its grantee where that is not known.
pub(super) async fn see(sight: &Sight<'_>, prior: &Object) -> Result<Option<Object>> {
    let own = parts(prior.id()).map(|[_, own]: [&str; 2]| own);
    let grantee = word(prior, "grantee");
    let is_it = |permission: &&wire::Permission| match own {
        Some(own) => permission.id == own,
        None => permission.granted_to_email.eq_ignore_ascii_case(grantee),
    };
    let all = sight.permissions().await?;
    Ok(all.iter().find(is_it).map(|permission| permission.object(prior, sight.id())))
}

#[async_trait]
impl ResourceType<Client> for Permission {
    fn name(&self) -> &'static str {
        "neon_project_permission"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let bad = config.str("grantee").filter(|address| !address.contains('@'));
        let problem = |address: &str| Problem {
            path: Path::of("grantee"),
            summary: "Invalid address".to_owned(),
            detail: format!("`{address}` is not an e-mail address."),
        };
        bad.map(problem).into_iter().collect()
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        batch::key(prior.str("project_id"))
    }

    async fn read(&self, client: &Client, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let doing = format!("reading the permission of {}", word(prior, "grantee"));
        see(&Sight::new(client, cx, doing, word(prior, "project_id")), prior).await
    }

    async fn before_create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Json> {
        match self.read(client, cx, planned).await? {
            None => Ok(Json::Null),
            Some(there) => {
                let doing = format!("giving {} a permission", word(planned, "grantee"));
                let message = "the project is already shared with this address".to_owned();
                let (id, argument) = (Some(there.id().to_owned()), Some(Path::of("grantee")));
                Err(ProviderError::Taken { doing, message, id, argument })
            }
        }
    }

    async fn create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Object> {
        let (project, grantee) = (word(planned, "project_id"), word(planned, "grantee"));
        let api = client.on(cx, format!("giving {grantee} a permission"));
        let post = api.post(&format!("/projects/{}/permissions", segment(project)), &json!({"email": grantee}));
        Ok(post.whole::<wire::Permission>().await?.object(planned, project))
    }

    async fn delete(&self, client: &Client, cx: &Cx, prior: &Object) -> Result<()> {
        let api = client.on(cx, format!("taking the permission from {}", word(prior, "grantee")));
        let Some([project, own]) = parts(prior.id()) else {
            return Err(ProviderError::refused(api.doing(), format!("`{}` is not a permission's id", prior.id())));
        };
        api.delete(&format!("/projects/{}/permissions/{}", segment(project), segment(own))).gone().await
    }

    async fn find(&self, client: &Client, cx: &Cx, intent: &Intent) -> Result<Found> {
        let found = self.read(client, cx, &intent.planned).await?;
        Ok(found.map_or(Found::Absent, Found::One))
    }

    async fn import(&self, client: &Client, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let Some([project, _]) = parts(id) else {
            let message = format!("`{id}` is not an id. Write the project's id and the permission's, as in `p-1/…`");
            return Err(ProviderError::refused("importing a project's permission", message));
        };
        self.read(client, cx, &SCHEMA.object([("project_id", Value::from(project)), ("id", Value::from(id))])).await
    }

    /// The vendor changes one thing of a project at a time.
    fn serial_key(&self, planned: &Object) -> Option<String> {
        super::project::serial_key(planned.str("project_id"))
    }
}
