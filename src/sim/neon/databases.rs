//! Databases of a branch: each belongs to a role, and can be renamed or given to another.

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
use crate::sim::neon::endpoints;
use crate::sim::neon::operations;
use crate::sim::neon::operations::Operation;
use crate::sim::neon::plan;
use crate::sim::neon::projects::Project;
use crate::sim::neon::refuse;
use crate::sim::neon::roles;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;

/// A database of one branch.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Database {
    pub(super) name: String,
    pub(super) owner: String,
    id: u64,
    branch: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl Stored for Database {
    const KIND: &'static str = "neon_database";

    fn id(&self) -> String {
        self.id.to_string()
    }
}

impl Database {
    /// The database as the API shows it.
    pub(super) fn show(&self) -> Value {
        json!({
            "id": self.id,
            "branch_id": self.branch,
            "name": self.name,
            "owner_name": self.owner,
            "created_at": stamp(self.created_at),
            "updated_at": stamp(self.updated_at),
        })
    }
}

/// The branch's databases, in order of creation.
pub(super) fn of<'a>(call: &'a Call<'_>, branch: &str) -> impl Iterator<Item = &'a Database> {
    call.list::<Database>().filter(move |database| database.branch == branch)
}

/// A database of the branch, or 404.
pub(super) fn need<'a>(call: &'a Call<'_>, branch: &Branch, name: &str) -> Result<&'a Database, Refusal> {
    of(call, &branch.id).find(|database| database.name == name).ok_or_else(|| refuse::absent("database not found"))
}

/// A database that nothing stands in the way of.
pub(super) fn found(call: &mut Call<'_>, branch: &str, name: &str, owner: &str) -> Database {
    let id = 1_000_001 + call.world.next("neon_database");
    let (name, owner, branch) = (name.to_owned(), owner.to_owned(), branch.to_owned());
    let database = Database { name, owner, id, branch, created_at: call.now, updated_at: call.now };
    call.put(database.clone());
    database
}

/// The databases of a parent in its child.
pub(super) fn copy(call: &mut Call<'_>, parent: &str, child: &str) -> Vec<Database> {
    let databases: Vec<Database> = of(call, parent).cloned().collect();
    databases.into_iter().map(|database| found(call, child, &database.name, &database.owner)).collect()
}

/// Everything under `/projects/{id}/branches/{id}/databases`.
pub(super) fn route(
    call: &mut Call<'_>,
    method: &Method,
    project: &Project,
    branch: &Branch,
    path: &[&str],
) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => {
            let databases: Vec<Value> = of(call, &branch.id).map(Database::show).collect();
            Ok(Reply::body(StatusCode::OK, &json!({ "databases": databases })))
        }
        ("POST", []) => create(call, project, branch),
        ("GET", [name]) => Ok(Reply::ok("database", &need(call, branch, name)?.show())),
        ("PATCH", [name]) => update(call, project, branch, name),
        ("DELETE", [name]) => delete(call, project, branch, name),
        (_, [] | [_]) => Err(refuse::wrong_method()),
        _ => Err(refuse::no_page()),
    }
}

fn create(call: &mut Call<'_>, project: &Project, branch: &Branch) -> Result<Reply, Refusal> {
    let document = body::read(call, false)?;
    let asked = Body::of(&document)?.need_object("database")?;
    let (name, owner) = (asked.need_text("name")?, asked.need_text("owner_name")?);
    check_name(name)?;
    check_free(call, branch, name, None)?;
    check_owner(call, branch, owner)?;
    if of(call, &branch.id).count() >= plan::DATABASES {
        let message = format!("databases limit of {} exceeded", plan::DATABASES);
        return Err(refuse::limit("DATABASES_LIMIT_EXCEEDED", message));
    }
    let begun = endpoints::touch(call, project, branch)?;
    let database = found(call, &branch.id, name, owner);
    answer(call, StatusCode::CREATED, &database, &begun)
}

fn update(call: &mut Call<'_>, project: &Project, branch: &Branch, name: &str) -> Result<Reply, Refusal> {
    let database = need(call, branch, name)?.clone();
    let document = body::read(call, false)?;
    let asked = Body::of(&document)?.need_object("database")?;
    let name = asked.text("name")?.unwrap_or(&database.name).to_owned();
    let owner = asked.text("owner_name")?.unwrap_or(&database.owner).to_owned();
    check_name(&name)?;
    check_free(call, branch, &name, Some(database.id))?;
    check_owner(call, branch, &owner)?;
    if (&name, &owner) == (&database.name, &database.owner) {
        return answer(call, StatusCode::OK, &database, &[]);
    }
    let begun = endpoints::touch(call, project, branch)?;
    let database = Database { name, owner, updated_at: call.now, ..database };
    call.put(database.clone());
    answer(call, StatusCode::OK, &database, &begun)
}

/// 204 when there is none.
fn delete(call: &mut Call<'_>, project: &Project, branch: &Branch, name: &str) -> Result<Reply, Refusal> {
    let Ok(database) = need(call, branch, name) else { return Ok(Reply::done()) };
    let database = database.clone();
    let begun = told(call, project, branch)?;
    call.remove::<Database>(&database.id());
    answer(call, StatusCode::OK, &database, &begun)
}

/// Tells the compute of a removal, where there is one.
pub(super) fn told(call: &mut Call<'_>, project: &Project, branch: &Branch) -> Result<Vec<Operation>, Refusal> {
    match endpoints::writer(call, branch) {
        Some(_) => endpoints::touch(call, project, branch),
        None => operations::refuse_if_busy(call, &project.id).map(|()| Vec::new()),
    }
}

fn answer(
    call: &Call<'_>,
    status: StatusCode,
    database: &Database,
    operations: &[Operation],
) -> Result<Reply, Refusal> {
    let document = json!({ "database": database.show(), "operations": operations::show(call, operations) });
    Ok(Reply::body(status, &document))
}

fn check_free(call: &Call<'_>, branch: &Branch, name: &str, own: Option<u64>) -> Result<(), Refusal> {
    if of(call, &branch.id).any(|database| database.name == name && Some(database.id) != own) {
        let message = format!("database already exists; database_name:\"{name}\"");
        return Err(refuse::taken("DATABASE_ALREADY_EXISTS", message));
    }
    Ok(())
}

fn check_owner(call: &Call<'_>, branch: &Branch, owner: &str) -> Result<(), Refusal> {
    match roles::need(call, branch, owner) {
        Ok(_) => Ok(()),
        Err(_) => Err(refuse::absent(format!("database owner not found; role_name:\"{owner}\""))),
    }
}

/// 400 for a name that no database can have.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    if name.is_empty() || name.len() > 63 {
        return Err(refuse::bad("database name must have 1 to 63 bytes"));
    }
    if ["postgres", "template0", "template1"].contains(&name) {
        return Err(refuse::bad(format!("database name is reserved; database_name:\"{name}\"")));
    }
    Ok(())
}
