//! What a change of a project brings with it, decided without asking the vendor.

use super::super::switch;
use super::super::values::only_block;
use super::schema::ONE_WAY;
use super::schema::SCHEMA;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

pub(super) fn plan(prior: Option<&Object>, proposed: Object) -> Planned {
    let mut warnings = Vec::new();
    let object = match prior {
        None => proposed,
        Some(prior) => renamed(prior, one_way(prior, proposed, &mut warnings)),
    };
    Planned { object, replace: Vec::new(), warnings }
}

/// What is on and cannot be turned off again stays on.
fn one_way(prior: &Object, proposed: Object, warnings: &mut Vec<Problem>) -> Object {
    let mut object = proposed;
    for name in ONE_WAY {
        if switch::of(prior, name) == Some(true) && switch::of(&object, name) == Some(false) {
            let detail = format!("Neon cannot turn `{name}` off again, so it stays on.");
            warnings.push(Problem { path: Path::of(name), summary: "Setting stays on".to_owned(), detail });
            object = object.set(name, prior.get(name).cloned().unwrap_or(Value::NULL));
        }
    }
    object
}

/// Another name of the database is another address of it.
fn renamed(prior: &Object, proposed: Object) -> Object {
    let name = |object: &Object| only_block(object, "branch").and_then(|branch| branch.get("database_name").cloned());
    if name(prior) == name(&proposed) {
        return proposed;
    }
    let unknown = |name: &str| (name.into(), Value::unknown(SCHEMA.root().attributes()[name].ty));
    proposed.with(["database_name", "database_user", "connection_uri", "connection_uri_pooler"].map(unknown))
}
