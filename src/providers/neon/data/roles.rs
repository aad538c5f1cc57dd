//! `neon_branch_roles`, `neon_role` and `neon_branch_role_password`: the roles of a branch, one of them, its password.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::client::Client;
use super::super::role;
use super::super::sight::Password;
use super::super::sight::Sight;
use super::super::values::word;
use super::list;
use super::missing;
use super::named;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::of;
use crate::schema::string;
use crate::value::Object;
use crate::value::ObjectAttr;
use crate::value::Type;
use crate::value::Value;

/// The roles of a branch.
pub(super) struct BranchRoles;

/// One role.
pub(super) struct Role;

/// The password of one role.
pub(super) struct BranchRolePassword;

fn role_type() -> Type {
    Type::object(vec![ObjectAttr::new("name", Type::STRING), ObjectAttr::new("protected", Type::BOOL)])
}

static ROLES: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("project_id", string().required()),
        ("branch_id", string().required()),
        ("roles", of(Type::list(role_type())).computed()),
    ])
});

static ROLE: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("project_id", string().required()),
        ("branch_id", string().required()),
        ("name", string().required()),
        ("no_login", boolean().computed()),
        ("protected", boolean().computed()),
        ("password", string().computed().sensitive()),
    ])
});

static PASSWORD: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("project_id", string().required()),
        ("branch_id", string().required()),
        ("role_name", string().required()),
        ("password", string().computed().sensitive()),
    ])
});

#[async_trait]
impl DataSource<Client> for BranchRoles {
    fn name(&self) -> &'static str {
        "neon_branch_roles"
    }

    fn schema(&self) -> Schema {
        ROLES.clone()
    }

    async fn read(&self, client: &Client, cx: &Cx, config: &Object) -> Result<Object> {
        let (project, branch) = named(config);
        let sight = Sight::new(client, cx, format!("reading the roles of the branch {branch}"), project);
        let all = sight.roles(branch).await?.ok_or_else(|| missing(&sight, "such branch"))?;
        let roles = all.iter().map(|role| {
            let protected = Value::from(role.protected.unwrap_or(false));
            Value::object([("name".into(), Value::from(&*role.name)), ("protected".into(), protected)])
        });
        let id = Value::from(format!("{project}/{branch}"));
        Ok(ROLES.settle(config, [("id", id), ("roles", list(role_type(), roles))]))
    }
}

#[async_trait]
impl DataSource<Client> for Role {
    fn name(&self) -> &'static str {
        "neon_role"
    }

    fn schema(&self) -> Schema {
        ROLE.clone()
    }

    async fn read(&self, client: &Client, cx: &Cx, config: &Object) -> Result<Object> {
        let (project, _) = named(config);
        let sight = Sight::new(client, cx, format!("reading the role {}", word(config, "name")), project);
        let found = role::see(&sight, &role::named_in(config)).await?.ok_or_else(|| missing(&sight, "such role"))?;
        let names = ["id", "no_login", "protected", "password"];
        Ok(ROLE.settle(config, names.map(|name| (name, found.get(name).cloned().unwrap_or(Value::NULL)))))
    }
}

#[async_trait]
impl DataSource<Client> for BranchRolePassword {
    fn name(&self) -> &'static str {
        "neon_branch_role_password"
    }

    fn schema(&self) -> Schema {
        PASSWORD.clone()
    }

    async fn read(&self, client: &Client, cx: &Cx, config: &Object) -> Result<Object> {
        let ((project, branch), role) = (named(config), word(config, "role_name"));
        let sight = Sight::new(client, cx, format!("reading the password of the role {role}"), project);
        let password = match sight.password(branch, role).await? {
            Some(Password::Known(password)) => password,
            Some(Password::Hidden) => {
                let message = "the project does not keep passwords, or the key may not see them";
                return Err(ProviderError::refused(sight.api().doing(), message));
            }
            None => return Err(missing(&sight, "such role")),
        };
        let id = Value::from(format!("{project}/{branch}/{role}"));
        Ok(PASSWORD.settle(config, [("id", id), ("password", Value::from(password))]))
    }
}
