//! How a database is reached: hosts, and addresses with a role and its password in them.

use http::StatusCode;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::encode;
use crate::sim::neon::body::is_id;
use crate::sim::neon::branches;
use crate::sim::neon::databases;
use crate::sim::neon::databases::Database;
use crate::sim::neon::endpoints;
use crate::sim::neon::endpoints::Endpoint;
use crate::sim::neon::page;
use crate::sim::neon::projects::Project;
use crate::sim::neon::refuse;
use crate::sim::neon::regions;
use crate::sim::neon::roles;
use crate::sim::neon::roles::Role;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// The host of a compute.
pub(super) fn host(endpoint: &str, region: &str) -> String {
    format!("{endpoint}.{}", regions::proxy_host(region))
}

/// The host at which a compute's connections are pooled.
fn pooler_host(endpoint: &str, region: &str) -> String {
    format!("{endpoint}-pooler.{}", regions::proxy_host(region))
}

fn uri(host: &str, role: &Role, database: &str) -> String {
    let (name, password) = (encode(&role.name), encode(role.password()));
    format!("postgresql://{name}:{password}@{host}/{}?sslmode=require", encode(database))
}

/// A connection with its parts beside it, as answers to creations have them.
pub(super) fn details(project: &Project, endpoint: &Endpoint, role: &Role, database: &Database) -> Value {
    let direct = host(&endpoint.id, &project.region);
    json!({
        "connection_uri": uri(&direct, role, &database.name),
        "connection_parameters": {
            "database": database.name,
            "password": role.password(),
            "role": role.name,
            "host": direct,
            "pooler_host": pooler_host(&endpoint.id, &project.region),
        },
    })
}

/// `GET /projects/{id}/connection_uri`.
pub(super) fn uri_of(call: &Call<'_>, project: &Project) -> Result<Reply, Refusal> {
    let need = |name: &str| {
        let text = call.query(name).filter(|text| !text.is_empty());
        text.ok_or_else(|| refuse::bad(format!("parameter \"{name}\" in query: value is required but missing")))
    };
    let id = |name: &str| match call.query(name).filter(|text| !text.is_empty()) {
        Some(text) if !is_id(text) => Err(refuse::bad(format!("parameter \"{name}\" in query: not an id"))),
        text => Ok(text),
    };
    let (database, role) = (need("database_name")?, need("role_name")?);
    let is_pooled = page::flag(call, "pooled")?;
    let named = id("endpoint_id")?.map(|id| endpoints::need(call, project, id)).transpose()?;
    let branch = id("branch_id")?.or(named.map(|endpoint| endpoint.branch.as_str()));
    let branch = branches::need(call, project, branch.unwrap_or(&project.default_branch))?;
    let endpoint = match named {
        Some(endpoint) if endpoint.branch != branch.id => return Err(refuse::absent("endpoint not found")),
        Some(endpoint) => endpoint,
        None => {
            let writer = endpoints::writer(call, branch);
            writer.ok_or_else(|| refuse::absent("no read-write endpoint for branch"))?
        }
    };
    let (role, database) = (roles::need(call, branch, role)?, databases::need(call, branch, database)?);
    roles::check_password(project, role)?;
    let pick = if is_pooled { pooler_host } else { host };
    let uri = uri(&pick(&endpoint.id, &project.region), role, &database.name);
    Ok(Reply::body(StatusCode::OK, &json!({ "uri": uri })))
}
