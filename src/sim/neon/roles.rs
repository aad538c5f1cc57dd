//! Roles of a branch. They cannot be changed, only given another password.

use http::Method;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::neon::body;
use crate::sim::neon::body::Body;
use crate::sim::neon::branches::Branch;
use crate::sim::neon::databases;
use crate::sim::neon::endpoints;
use crate::sim::neon::operations;
use crate::sim::neon::plan;
use crate::sim::neon::projects::Project;
use crate::sim::neon::refuse;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;

/// A role of one branch.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Role {
    pub(super) name: String,
    branch: String,
    password: String,
    no_login: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl Stored for Role {
    const KIND: &'static str = "neon_role";

    fn id(&self) -> String {
        key(&self.branch, &self.name)
    }
}

impl Role {
    /// Its present password, which is empty if it cannot log in.
    pub(super) fn password(&self) -> &str {
        &self.password
    }

    /// The role as the API shows it, without its password.
    pub(super) fn show(&self) -> Value {
        json!({
            "branch_id": self.branch,
            "name": self.name,
            "protected": false,
            "authentication_method": if self.no_login { "no_login" } else { "password" },
            "created_at": stamp(self.created_at),
            "updated_at": stamp(self.updated_at),
        })
    }

    /// The role with its password, as it is shown when that is new.
    pub(super) fn show_with_password(&self) -> Value {
        let mut shown = self.show();
        if !self.no_login {
            shown["password"] = json!(self.password);
        }
        shown
    }
}

fn key(branch: &str, name: &str) -> String {
    format!("{branch}/{name}")
}

/// The branch's roles, in order of creation.
pub(super) fn of<'a>(call: &'a Call<'_>, branch: &str) -> impl Iterator<Item = &'a Role> {
    call.list::<Role>().filter(move |role| role.branch == branch)
}

/// A role of the branch, or 404.
pub(super) fn need<'a>(call: &'a Call<'_>, branch: &Branch, name: &str) -> Result<&'a Role, Refusal> {
    call.get::<Role>(&key(&branch.id, name)).ok_or_else(|| refuse::absent("role not found"))
}

/// 412 where the vendor does not know the password.
pub(super) fn check_password(project: &Project, role: &Role) -> Result<(), Refusal> {
    if !project.stores_passwords {
        return Err(refuse::precondition("passwords are not stored for roles of this project"));
    }
    if role.no_login {
        return Err(refuse::precondition("the role cannot log in and has no password"));
    }
    Ok(())
}

/// A role that nothing stands in the way of.
pub(super) fn found(call: &mut Call<'_>, branch: &str, name: &str, no_login: bool) -> Role {
    let password = if no_login { String::new() } else { fresh_password(call) };
    let (branch, name) = (branch.to_owned(), name.to_owned());
    let role = Role { name, branch, password, no_login, created_at: call.now, updated_at: call.now };
    call.put(role.clone());
    role
}

/// The roles of a parent in its child; those of a protected parent get passwords of their own.
pub(super) fn copy(call: &mut Call<'_>, parent: &Branch, child: &str) -> Vec<Role> {
    let roles: Vec<Role> = of(call, &parent.id).cloned().collect();
    let mut copied = Vec::new();
    for role in roles {
        let is_fresh = parent.protected && !role.no_login;
        let password = if is_fresh { fresh_password(call) } else { role.password.clone() };
        let role = Role { branch: child.to_owned(), password, ..role };
        call.put(role.clone());
        copied.push(role);
    }
    copied
}

/// Everything under `/projects/{id}/branches/{id}/roles`.
pub(super) fn route(
    call: &mut Call<'_>,
    method: &Method,
    project: &Project,
    branch: &Branch,
    path: &[&str],
) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => {
            let roles: Vec<Value> = of(call, &branch.id).map(Role::show).collect();
            Ok(Reply::body(StatusCode::OK, &json!({ "roles": roles })))
        }
        ("POST", []) => create(call, project, branch),
        ("GET", [name]) => Ok(Reply::ok("role", &need(call, branch, name)?.show())),
        ("DELETE", [name]) => delete(call, project, branch, name),
        ("GET", [name, "reveal_password"]) => {
            let role = need(call, branch, name)?;
            need_compute(call, branch)?;
            check_password(project, role)?;
            Ok(Reply::body(StatusCode::OK, &json!({ "password": role.password })))
        }
        ("POST", [name, "reset_password"]) => reset_password(call, project, branch, name),
        (_, [] | [_] | [_, "reveal_password" | "reset_password"]) => Err(refuse::wrong_method()),
        _ => Err(refuse::no_page()),
    }
}

fn create(call: &mut Call<'_>, project: &Project, branch: &Branch) -> Result<Reply, Refusal> {
    let document = body::read(call, false)?;
    let asked = Body::of(&document)?.need_object("role")?;
    let (name, no_login) = (asked.need_text("name")?, asked.flag("no_login")?.unwrap_or(false));
    check_name(name)?;
    if call.get::<Role>(&key(&branch.id, name)).is_some() {
        return Err(refuse::taken("ROLE_ALREADY_EXISTS", format!("role already exists; role_name:\"{name}\"")));
    }
    if of(call, &branch.id).count() >= plan::ROLES {
        return Err(refuse::limit("ROLES_LIMIT_EXCEEDED", format!("roles limit of {} exceeded", plan::ROLES)));
    }
    let begun = endpoints::touch(call, project, branch)?;
    let role = found(call, &branch.id, name, no_login);
    let document = json!({ "role": role.show_with_password(), "operations": operations::show(call, &begun) });
    Ok(Reply::body(StatusCode::CREATED, &document))
}

/// 204 when there is none.
fn delete(call: &mut Call<'_>, project: &Project, branch: &Branch, name: &str) -> Result<Reply, Refusal> {
    let Ok(role) = need(call, branch, name) else { return Ok(Reply::done()) };
    let role = role.clone();
    if let Some(database) = databases::of(call, &branch.id).find(|database| database.owner == name) {
        let message = format!("cannot delete role that owns a database; database_name:\"{}\"", database.name);
        return Err(refuse::unacceptable(message));
    }
    let begun = databases::told(call, project, branch)?;
    call.remove::<Role>(&role.id());
    let document = json!({ "role": role.show(), "operations": operations::show(call, &begun) });
    Ok(Reply::body(StatusCode::OK, &document))
}

fn reset_password(call: &mut Call<'_>, project: &Project, branch: &Branch, name: &str) -> Result<Reply, Refusal> {
    let role = need(call, branch, name)?.clone();
    if role.no_login {
        return Err(refuse::precondition("the role cannot log in and has no password"));
    }
    let begun = endpoints::touch(call, project, branch)?;
    let role = Role { password: fresh_password(call), updated_at: call.now, ..role };
    call.put(role.clone());
    let document = json!({ "role": role.show_with_password(), "operations": operations::show(call, &begun) });
    Ok(Reply::body(StatusCode::OK, &document))
}

fn need_compute(call: &Call<'_>, branch: &Branch) -> Result<(), Refusal> {
    let writer = endpoints::writer(call, branch).map(|_| ());
    writer.ok_or_else(|| refuse::absent("no read-write endpoint for branch"))
}

/// Names that Postgres or the vendor has for itself.
const RESERVED: [&str; 6] = ["cloud_admin", "neon_superuser", "none", "postgres", "public", "zenith_admin"];

/// 400 for a name that no role can have.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    if name.is_empty() || name.len() > 63 {
        return Err(refuse::bad("role name must have 1 to 63 bytes"));
    }
    if RESERVED.contains(&name) || name.starts_with("pg_") {
        return Err(refuse::bad(format!("role name is reserved; role_name:\"{name}\"")));
    }
    Ok(())
}

/// Looks like the vendor's.
fn fresh_password(call: &mut Call<'_>) -> String {
    format!("npg_{}", call.world.text(12))
}
