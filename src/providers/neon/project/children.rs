//! What a project comes with: which of its branches, computes, databases and roles are its own.

use serde_json::Value as Json;
use serde_json::json;

use super::super::sight::Password;
use super::super::sight::Sight;
use super::super::values::only_block;
use super::super::wire::Database;
use super::super::wire::READ_WRITE;
use super::wire::Children;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::value::Object;

/// The provider's own note on a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Note {
    /// The number of the database that was made with it: names change.
    pub(super) database: Option<i64>,
}

impl Note {
    pub(super) fn of(private: &Json) -> Self {
        Self { database: private["database"].as_i64() }
    }

    pub(super) fn to_json(&self) -> Json {
        self.database.map_or(Json::Null, |database| json!({"database": database}))
    }

    /// The note with what was found, where nothing was noted yet.
    pub(super) fn with(self, children: &Children) -> Self {
        Self { database: self.database.or(children.home_database.as_ref().map(|database| database.id)) }
    }
}

/// Finds them; `None` without the project, or while it has no branch to be seen.
pub(in super::super) async fn look(sight: &Sight<'_>, base: &Object, note: &Note) -> Result<Option<Children>> {
    let Some(branches) = sight.branches().await? else { return Ok(None) };
    let Some(branch) = branches.iter().find(|branch| branch.default) else { return Ok(None) };
    let known = only_block(base, "branch");
    let home_id = known.and_then(|known| known.str("id"));
    let home = branches.iter().find(|branch| Some(&*branch.id) == home_id).unwrap_or(branch);
    let name = known.and_then(|known| known.str("database_name")).or(base.str("database_name"));
    let home_database = own(sight.databases(&home.id).await?.as_deref(), note, name);
    let database = match home.id == branch.id {
        true => home_database.clone(),
        // Branches share the names of what they had in common.
        false => {
            let name = home_database.as_ref().map(|database| &*database.name);
            own(sight.databases(&branch.id).await?.as_deref(), &Note::default(), name)
        }
    };
    let endpoints = sight.endpoints_of(&branch.id).await?;
    let named = base.str("database_user").or(known.and_then(|known| known.str("role_name")));
    let role = named.or(database.as_ref().map(|database| &*database.owner_name)).map(str::to_owned);
    let password = match &role {
        Some(role) => sight.password(&branch.id, role).await?,
        None => None,
    };
    Ok(Some(Children {
        home: home.clone(),
        home_database,
        branch: branch.clone(),
        endpoint: endpoints.into_iter().find(|endpoint| endpoint.kind == READ_WRITE),
        database: database.map(|database| database.name),
        // A role without a password to tell of is not there any more.
        role: role.filter(|_| password.is_some()),
        password: match password {
            Some(Password::Known(password)) => Some(password),
            Some(Password::Hidden) | None => None,
        },
    }))
}

/// The database that came with the project: by its number, by its name, or, where neither is known, the oldest.
fn own(all: Option<&Vec<Database>>, note: &Note, name: Option<&str>) -> Option<Database> {
    let all = all?;
    let found = match (note.database, name) {
        (Some(id), _) => all.iter().find(|database| database.id == id),
        (None, Some(name)) => all.iter().find(|database| database.name == name),
        (None, None) => all.iter().min_by_key(|database| database.id),
    };
    found.cloned()
}
