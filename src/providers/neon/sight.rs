//! What is seen of one project: each list is read once, however many objects are looked for in it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;

use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use super::client::Client;
use super::project::Wire as Project;
use super::wire::Branch;
use super::wire::Database;
use super::wire::Endpoint;
use super::wire::Permission;
use super::wire::Role;
use crate::net::rest::Api;
use crate::net::rest::segment;
use crate::provider::Cx;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::Result;

/// A project, looked at in one moment.
pub(super) struct Sight<'a> {
    api: Api<'a>,
    project: String,
    projects: Once<Project>,
    branches: Once<Vec<Branch>>,
    endpoints: Once<Vec<Endpoint>>,
    roles: Once<Vec<Role>>,
    databases: Once<Vec<Database>>,
    permissions: Once<Vec<Permission>>,
    passwords: Once<Password>,
}

/// A role's password, as far as it can be told.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Password {
    /// This one.
    Known(String),
    /// The project does not keep passwords, or the key may not see them.
    Hidden,
}

/// What has been asked for already, by path.
struct Once<T>(Mutex<BTreeMap<String, Arc<OnceCell<Seen<T>>>>>);

type Seen<T> = Result<Option<Arc<T>>>;

impl<T> Once<T> {
    fn new() -> Self {
        Self(Mutex::default())
    }

    /// What is at a path; asked for when it was not before.
    async fn get(&self, path: &str, ask: impl Future<Output = Result<Option<T>>>) -> Seen<T> {
        let cell = Arc::clone(self.0.lock().expect("no holder panics").entry(path.to_owned()).or_default());
        let seen = cell.get_or_init(async || Ok(ask.await?.map(Arc::new))).await;
        match seen {
            Ok(found) => Ok(found.clone()),
            Err(error) => Err(error.duplicate()),
        }
    }
}

impl<'a> Sight<'a> {
    pub(super) fn new(client: &'a Client, cx: &'a Cx, doing: impl Into<String>, project: &str) -> Self {
        Self::of(client.on(cx, doing), project)
    }

    pub(super) fn of(api: Api<'a>, project: &str) -> Self {
        Self {
            api,
            project: project.to_owned(),
            projects: Once::new(),
            branches: Once::new(),
            endpoints: Once::new(),
            roles: Once::new(),
            databases: Once::new(),
            permissions: Once::new(),
            passwords: Once::new(),
        }
    }

    pub(super) fn api(&self) -> &Api<'a> {
        &self.api
    }

    pub(super) fn id(&self) -> &str {
        &self.project
    }

    /// The path of something in the project.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("{}{rest}", project_path(&self.project))
    }

    pub(super) async fn project(&self) -> Seen<Project> {
        let path = self.path("");
        self.projects.get(&path, self.api.get(&path).optional("project")).await
    }

    /// All branches; `None` without their project.
    pub(super) async fn branches(&self) -> Seen<Vec<Branch>> {
        let path = self.path("/branches");
        self.branches.get(&path, self.paged(&path, "branches")).await
    }

    /// A branch. One that the list lacks is asked for by its id: lists lag behind.
    pub(super) async fn branch(&self, id: &str) -> Result<Option<Branch>> {
        let Some(all) = self.branches().await? else { return Ok(None) };
        match all.iter().find(|branch| branch.id == id) {
            Some(branch) => Ok(Some(branch.clone())),
            None => self.api.get(&branch_path(&self.project, id)).optional("branch").await,
        }
    }

    /// The branch that is used where none is named.
    pub(super) async fn default_branch(&self) -> Result<Option<Branch>> {
        let all = self.branches().await?;
        Ok(all.and_then(|all| all.iter().find(|branch| branch.default).cloned()))
    }

    pub(super) async fn endpoints(&self) -> Seen<Vec<Endpoint>> {
        let path = self.path("/endpoints");
        self.endpoints.get(&path, self.api.get(&path).optional("endpoints")).await
    }

    /// A compute, as for a branch.
    pub(super) async fn endpoint(&self, id: &str) -> Result<Option<Endpoint>> {
        let Some(all) = self.endpoints().await? else { return Ok(None) };
        match all.iter().find(|endpoint| endpoint.id == id) {
            Some(endpoint) => Ok(Some(endpoint.clone())),
            None => self.api.get(&self.path(&format!("/endpoints/{}", segment(id)))).optional("endpoint").await,
        }
    }

    /// The computes of a branch.
    pub(super) async fn endpoints_of(&self, branch: &str) -> Result<Vec<Endpoint>> {
        let all = self.endpoints().await?;
        Ok(all.iter().flat_map(|all| all.iter()).filter(|endpoint| endpoint.branch_id == branch).cloned().collect())
    }

    /// The roles of a branch; `None` without the branch.
    pub(super) async fn roles(&self, branch: &str) -> Seen<Vec<Role>> {
        let path = format!("{}/roles", branch_path(&self.project, branch));
        self.roles.get(&path, self.api.get(&path).optional("roles")).await
    }

    /// The databases of a branch; `None` without the branch.
    pub(super) async fn databases(&self, branch: &str) -> Seen<Vec<Database>> {
        let path = format!("{}/databases", branch_path(&self.project, branch));
        self.databases.get(&path, self.api.get(&path).optional("databases")).await
    }

    /// Those who may see the project, without those who once could.
    pub(super) async fn permissions(&self) -> Result<Vec<Permission>> {
        let path = self.path("/permissions");
        let all = self.permissions.get(&path, self.api.get(&path).optional("project_permissions")).await?;
        let all = all.iter().flat_map(|all| all.iter());
        Ok(all.filter(|permission| permission.revoked_at.is_none()).cloned().collect())
    }

    /// The password of a role; `None` without the role.
    pub(super) async fn password(&self, branch: &str, role: &str) -> Result<Option<Password>> {
        let path = format!("{}/reveal_password", role_path(&self.project, branch, role));
        let ask = async {
            match self.api.get(&path).optional::<String>("password").await {
                Ok(password) => Ok(password.map(Password::Known)),
                Err(ProviderError::Refused { code: Some(412), .. } | ProviderError::Forbidden { .. }) => {
                    Ok(Some(Password::Hidden))
                }
                Err(error) => Err(error),
            }
        };
        Ok(self.passwords.get(&path, ask).await?.map(|password| (*password).clone()))
    }

    async fn paged<T: DeserializeOwned>(&self, path: &str, key: &str) -> Result<Option<Vec<T>>> {
        match self.api.pages(path, key).await {
            Ok(all) => Ok(Some(all)),
            // The list of a project that is gone.
            Err(ProviderError::Refused { code: Some(404), .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A read as the engine takes it. What the key may not see is not gone.
pub(super) fn seen(read: Result<Option<Read>>) -> Result<Read> {
    match read {
        Ok(read) => Ok(read.unwrap_or(Read::Absent)),
        Err(error @ ProviderError::Forbidden { .. }) => Ok(Read::Stale(error.to_string())),
        Err(error) => Err(error),
    }
}

pub(super) fn project_path(project: &str) -> String {
    format!("/projects/{}", segment(project))
}

pub(super) fn branch_path(project: &str, branch: &str) -> String {
    format!("{}/branches/{}", project_path(project), segment(branch))
}

pub(super) fn role_path(project: &str, branch: &str, role: &str) -> String {
    format!("{}/roles/{}", branch_path(project, branch), segment(role))
}

pub(super) fn database_path(project: &str, branch: &str, database: &str) -> String {
    format!("{}/databases/{}", branch_path(project, branch), segment(database))
}
