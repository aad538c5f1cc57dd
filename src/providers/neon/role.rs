//! `neon_role`: somebody who may log in to the databases of a branch.
//!
//! A role that came with the branch is taken over, not made: see [`adoption`].

use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::adoption;
use super::batch;
use super::client::Client;
use super::operation;
use super::operation::Operation;
use super::sight::Password;
use super::sight::Sight;
use super::sight::branch_path;
use super::sight::role_path;
use super::values::compact;
use super::values::differs;
use super::values::is_set;
use super::values::parts;
use super::values::word;
use super::wire;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// A role, found again by its name.
pub(super) struct Role;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("project_id", string().required().replaces()),
        ("branch_id", string().required().replaces()),
        ("name", string().required().replaces()),
        ("no_login", boolean().optional_computed().replaces().describe("Nobody can log in as it.")),
        ("password", string().computed().sensitive()),
        ("protected", boolean().computed()),
    ])
});

/// Who a role is: its project, its branch, its name.
struct Named<'a> {
    project: &'a str,
    branch: &'a str,
    name: &'a str,
}

impl<'a> Named<'a> {
    fn of(object: &'a Object) -> Self {
        Self { project: word(object, "project_id"), branch: word(object, "branch_id"), name: word(object, "name") }
    }

    fn path(&self) -> String {
        role_path(self.project, self.branch, self.name)
    }

    fn id(&self) -> String {
        format!("{}/{}/{}", self.project, self.branch, self.name)
    }
}

impl wire::Role {
    /// The role as an object. A password that cannot be seen is no reason to forget the one that is known.
    fn object(&self, base: &Object, password: Option<&str>) -> Object {
        let mut given = vec![
            ("id", Value::from(Named::of(base).id())),
            ("name", Value::from(&*self.name)),
            ("protected", Value::from(self.protected.unwrap_or(false))),
        ];
        if self.authentication_method.is_some() || !is_set(base, "no_login") {
            given.push(("no_login", Value::from(self.is_without_login())));
        }
        given.extend(password.or(self.password.as_deref()).map(|password| ("password", Value::from(password))));
        SCHEMA.settle(base, given)
    }
}

/// A role of which only the name is known, as a data source gives it.
pub(super) fn named_in(config: &Object) -> Object {
    SCHEMA.object(["project_id", "branch_id", "name"].map(|name| (name, Value::from(word(config, name)))))
}

/// Reads a role by its name, with its password where that can be seen.
pub(super) async fn see(sight: &Sight<'_>, prior: &Object) -> Result<Option<Object>> {
    let named = Named::of(prior);
    let Some(all) = sight.roles(named.branch).await? else { return Ok(None) };
    let role = match all.iter().find(|role| role.name == named.name) {
        Some(role) => role.clone(),
        // Lists lag behind.
        None => match sight.api().get(&named.path()).optional::<wire::Role>("role").await? {
            Some(role) => role,
            None => return Ok(None),
        },
    };
    let password = match role.is_without_login() {
        true => None,
        false => sight.password(named.branch, named.name).await?,
    };
    let password = match &password {
        Some(Password::Known(password)) => Some(&**password),
        Some(Password::Hidden) | None => None,
    };
    Ok(Some(role.object(prior, password)))
}

#[derive(Deserialize)]
struct Made {
    role: wire::Role,
    #[serde(default)]
    operations: Vec<Operation>,
}

#[async_trait]
impl ResourceType<Client> for Role {
    fn name(&self) -> &'static str {
        "neon_role"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let bad = config.str("name").filter(|name| name.is_empty() || name.len() > 63);
        let problem = |name: &str| Problem {
            path: Path::of("name"),
            summary: "Invalid role name".to_owned(),
            detail: format!("The name of a role has 1 to 63 bytes, and `{name}` has {}.", name.len()),
        };
        bad.map(problem).into_iter().collect()
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let changed = prior.and_then(|prior| {
            let names = ["name", "branch_id", "project_id", "no_login"];
            names.into_iter().find(|name| differs(&SCHEMA, prior, &proposed, name))
        });
        let warning = |name: &str| Problem {
            path: Path::of(name),
            summary: "Role is replaced".to_owned(),
            detail:
                "A role cannot be changed. The new one has another password, and whoever is connected to the branch \
                     is disconnected when it is made."
                    .to_owned(),
        };
        Planned { object: proposed, replace: Vec::new(), warnings: changed.map(warning).into_iter().collect() }
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        batch::key(prior.str("project_id"))
    }

    async fn read(&self, client: &Client, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let named = Named::of(prior);
        see(&Sight::new(client, cx, format!("reading the role {}", named.name), named.project), prior).await
    }

    async fn before_create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Json> {
        let named = Named::of(planned);
        let sight = Sight::new(client, cx, format!("looking for the role {}", named.name), named.project);
        let all = sight.roles(named.branch).await?.unwrap_or_default();
        if let Some(there) = all.iter().find(|role| role.name == named.name) {
            let branch = sight.branch(named.branch).await?;
            if !branch.is_some_and(|branch| adoption::came_with(&branch.created_at, &there.created_at)) {
                let doing = format!("creating the role {}", named.name);
                let message = "the branch has a role of this name".to_owned();
                let argument = Some(Path::of("name"));
                return Err(ProviderError::Taken { doing, message, id: Some(named.id()), argument });
            }
            adoption::note(cx, named.name);
        }
        Ok(all.iter().map(|role| role.name.clone()).collect())
    }

    async fn create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Object> {
        let named = Named::of(planned);
        if adoption::noted(&cx.private()).is_some() {
            let api = client.on(cx, format!("taking over the role {}", named.name));
            let gone = || ProviderError::refused(api.doing(), "the role went away meanwhile");
            let sight = Sight::of(api.about(api.doing()), named.project);
            return see(&sight, planned).await?.ok_or_else(gone);
        }
        let api = client.on(cx, format!("creating the role {}", named.name));
        let body = json!({"role": compact(json!({"name": named.name, "no_login": planned.bool("no_login")}))});
        let path = format!("{}/roles", branch_path(named.project, named.branch));
        let made: Made = api.post(&path, &body).whole().await?;
        // The password is told once; a project that does not keep passwords never tells it again.
        let object = made.role.object(planned, None);
        cx.record(&object).await?;
        operation::finished(&api, made.operations).await?;
        Ok(object)
    }

    async fn delete(&self, client: &Client, cx: &Cx, prior: &Object) -> Result<()> {
        if adoption::noted(&cx.private()).is_some() {
            return Ok(());
        }
        let named = Named::of(prior);
        let api = client.on(cx, format!("deleting the role {}", named.name));
        let operations = api.delete(&named.path()).optional("operations").await?;
        operation::finished(&api, operations.unwrap_or_default()).await
    }

    async fn find(&self, client: &Client, cx: &Cx, intent: &Intent) -> Result<Found> {
        let named = Named::of(&intent.planned);
        let is_adopted = adoption::noted(&intent.private).is_some();
        if !is_adopted && !super::branch::is_new(intent, named.name) {
            return Ok(Found::Absent);
        }
        let api = client.on(cx, format!("looking for the role {}", named.name));
        // What is there but not yet settled cannot be worked with.
        let look = || Sight::of(api.about(api.doing()), named.project);
        if see(&look(), &intent.planned).await?.is_none() {
            return Ok(Found::Absent);
        }
        operation::quiet(&api, named.project).await?;
        Ok(see(&look(), &intent.planned).await?.map_or(Found::Absent, Found::One))
    }

    async fn import(&self, client: &Client, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let Some([project, branch, name]) = parts(id) else {
            let message = format!(
                "`{id}` is not an id. Write the project's id, the branch's, and the name, as in `p-1/br-2/app`"
            );
            return Err(ProviderError::refused("importing a role", message));
        };
        let known = [("project_id", project), ("branch_id", branch), ("name", name)];
        self.read(client, cx, &SCHEMA.object(known.map(|(name, value)| (name, Value::from(value))))).await
    }

    /// The vendor changes one thing of a project at a time.
    fn serial_key(&self, planned: &Object) -> Option<String> {
        super::project::serial_key(planned.str("project_id"))
    }

    fn keeps(&self, _: &Object, private: &Json) -> Option<String> {
        adoption::keeps(private, "the role came with its branch, so it")
    }
}
