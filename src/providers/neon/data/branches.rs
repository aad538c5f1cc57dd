//! `neon_branches` and `neon_branch`: the branches of a project, and one of them.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::client::Client;
use super::super::sight::Sight;
use super::super::values::int;
use super::super::values::text;
use super::super::values::word;
use super::super::wire;
use super::list;
use super::missing;
use super::wanted;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
use crate::provider::Result;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::number;
use crate::schema::of;
use crate::schema::string;
use crate::value::Object;
use crate::value::ObjectAttr;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

/// All branches.
pub(super) struct Branches;

/// One branch: by its id, by its name, or the default one.
pub(super) struct Branch;

fn branch_type() -> Type {
    Type::object(vec![
        ObjectAttr::new("id", Type::STRING),
        ObjectAttr::new("name", Type::STRING),
        ObjectAttr::new("parent_id", Type::STRING),
        ObjectAttr::new("logical_size", Type::NUMBER),
        ObjectAttr::new("primary", Type::BOOL),
        ObjectAttr::new("default", Type::BOOL),
        ObjectAttr::new("protected", Type::BOOL),
    ])
}

static BRANCHES: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("project_id", string().required()),
        ("branches", of(Type::list(branch_type())).computed()),
    ])
});

static BRANCH: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().optional_computed()),
        ("project_id", string().required()),
        ("name", string().optional_computed()),
        ("parent_id", string().computed()),
        ("logical_size", number().computed()),
        ("current_state", string().computed()),
        ("default", boolean().computed()),
        ("protected", boolean().computed()),
    ])
});

fn attributes(branch: &wire::Branch) -> [(&'static str, Value); 6] {
    [
        ("id", Value::from(&*branch.id)),
        ("name", Value::from(&*branch.name)),
        ("parent_id", text(branch.parent_id.as_deref())),
        ("logical_size", int(branch.logical_size)),
        ("default", Value::from(branch.default)),
        ("protected", Value::from(branch.protected)),
    ]
}

#[async_trait]
impl DataSource<Client> for Branches {
    fn name(&self) -> &'static str {
        "neon_branches"
    }

    fn schema(&self) -> Schema {
        BRANCHES.clone()
    }

    async fn read(&self, client: &Client, cx: &Cx, config: &Object) -> Result<Object> {
        let project = word(config, "project_id");
        let sight = Sight::new(client, cx, format!("reading the branches of the project {project}"), project);
        let all = sight.branches().await?.ok_or_else(|| missing(&sight, "such project"))?;
        let objects = all.iter().map(|branch| {
            let primary = ("primary", Value::from(branch.default));
            let attributes = attributes(branch).into_iter().chain([primary]);
            Value::object(attributes.map(|(name, value)| (name.into(), value)).collect::<Vec<_>>())
        });
        let known = [("id", Value::from(project)), ("branches", list(branch_type(), objects))];
        Ok(BRANCHES.settle(config, known))
    }
}

#[async_trait]
impl DataSource<Client> for Branch {
    fn name(&self) -> &'static str {
        "neon_branch"
    }

    fn schema(&self) -> Schema {
        BRANCH.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let is_both = wanted(config, "id").is_some() && wanted(config, "name").is_some();
        let problem = || Problem {
            path: Path::of("name"),
            summary: "Conflicting arguments".to_owned(),
            detail: "A branch is looked for by its `id` or by its `name`, not by both. Without either it is the \
                     project's default branch."
                .to_owned(),
        };
        is_both.then(problem).into_iter().collect()
    }

    async fn read(&self, client: &Client, cx: &Cx, config: &Object) -> Result<Object> {
        let project = word(config, "project_id");
        let sight = Sight::new(client, cx, format!("reading a branch of the project {project}"), project);
        let found = match (wanted(config, "id"), wanted(config, "name")) {
            (Some(id), _) => sight.branch(id).await?,
            (None, Some(name)) => {
                let all = sight.branches().await?;
                all.and_then(|all| all.iter().find(|branch| branch.name == name).cloned())
            }
            (None, None) => sight.default_branch().await?,
        };
        let branch = found.ok_or_else(|| missing(&sight, "such branch"))?;
        let state = ("current_state", Value::from(&*branch.current_state));
        Ok(BRANCH.settle(config, attributes(&branch).into_iter().chain([state])))
    }
}
