//! Neon's control plane, version 2 of its API.
//!
//! One file or folder for each collection. A handler takes a [`Call`], checks everything, then
//! changes the world and shows the result; a refusal rolls back whatever was changed before it.
//! What changes a project's branches, computes, roles or databases is answered at once, with
//! operations that take their time; until they are over, the project takes no others.

mod body;
mod branches;
mod compute;
mod connection;
mod databases;
mod endpoints;
mod ids;
mod key;
mod limits;
mod operations;
mod page;
mod permissions;
mod plan;
mod projects;
mod refuse;
mod regions;
mod roles;
mod system;

use jiff::Timestamp;

use crate::sim::call::Call;
use crate::sim::call::Request;
use crate::sim::neon::branches::Branch;
use crate::sim::neon::databases::Database;
use crate::sim::neon::endpoints::Endpoint;
use crate::sim::neon::key::Key;
use crate::sim::neon::operations::Operation;
use crate::sim::neon::permissions::Permission;
use crate::sim::neon::projects::Project;
use crate::sim::neon::roles::Role;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Kind;
use crate::sim::store::Store;

pub(super) use self::limits::Limiter;

/// The tables this vendor keeps.
pub(super) fn kinds() -> [Kind; 7] {
    [
        Kind::of::<Branch>(),
        Kind::of::<Database>(),
        Kind::of::<Endpoint>(),
        Kind::of::<Operation>(),
        Kind::of::<Permission>(),
        Kind::of::<Project>(),
        Kind::of::<Role>(),
    ]
}

/// Answers one request of the holder of that token, unless there were too many.
pub(super) fn answer(
    request: &Request,
    token: &str,
    store: &mut Store,
    limiter: &mut Limiter,
    now: Timestamp,
    speed: f64,
) -> Result<Reply, Refusal> {
    let key = Key::of(token);
    let mut call = Call::new(request, store, key.account.clone(), now, speed);
    let (method, path) = call.route();
    let ["api", "v2", path @ ..] = &path[..] else { return Err(refuse::no_page()) };
    limiter.count(&key.account, limits::route(method, path), now)?;
    match (method.as_str(), path) {
        ("GET", ["auth"]) => key::details(&call, &key),
        ("GET", ["users", "me"]) => key::me(&call, &key),
        ("GET", ["users", "me", "organizations"]) => key::organizations(&call, &key),
        ("GET", ["regions"]) => {
            key.refuse_organization()?;
            regions::list()
        }
        (_, ["projects", rest @ ..]) => projects::route(&mut call, &key, method, rest),
        (_, ["auth"] | ["users", "me"] | ["users", "me", "organizations"] | ["regions"]) => Err(refuse::wrong_method()),
        _ => Err(refuse::no_page()),
    }
}

#[cfg(test)]
mod tests;
