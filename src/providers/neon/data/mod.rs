//! What is only read: projects, and the lists and single objects in them.

mod branches;
mod connection_uri;
mod databases;
mod endpoints;
mod permissions;
mod project;
mod roles;

use super::client::Client;
use super::sight::Sight;
use super::values::word;
use crate::provider::DataSource;
use crate::provider::ProviderError;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;

/// All of them.
pub(super) fn all() -> Vec<Box<dyn DataSource<Client>>> {
    vec![
        Box::new(branches::Branch),
        Box::new(endpoints::BranchEndpoints),
        Box::new(roles::BranchRolePassword),
        Box::new(roles::BranchRoles),
        Box::new(branches::Branches),
        Box::new(connection_uri::ConnectionUri),
        Box::new(databases::Database),
        Box::new(endpoints::Endpoint),
        Box::new(project::Project),
        Box::new(permissions::ProjectPermissions),
        Box::new(roles::Role),
    ]
}

/// The project and the branch that a data source names.
fn named(config: &Object) -> (&str, &str) {
    (word(config, "project_id"), word(config, "branch_id"))
}

/// What is asked for is not there.
fn missing(sight: &Sight<'_>, what: &str) -> ProviderError {
    ProviderError::refused(sight.api().doing(), format!("there is no {what}"))
}

/// A list of objects of one type.
fn list(ty: Type, objects: impl IntoIterator<Item = Value>) -> Value {
    Value::list(ty, objects.into_iter().collect())
}

/// A string of the configuration; empty means none.
fn wanted<'a>(config: &'a Object, name: &str) -> Option<&'a str> {
    config.str(name).filter(|text| !text.is_empty())
}
