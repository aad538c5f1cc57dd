//! `host_env_file`: a file of environment variables that only its owner may read: plans show their names only.
//!
//! Each line is `NAME="value"`, which `EnvironmentFile=` of a unit and a shell read alike. Import ids are `<host>:/path`,
//! as in `local:/etc/app.env`.

mod text;

use std::collections::BTreeMap;

use super::answer::Content;
use super::answer::File;
use super::bundle::Phases;
use super::content;
use super::kind::Kind;
use super::kind::host_attribute;
use super::look::Sight;
use super::look::Target;
use super::place;
use super::place::placed;
use super::script::Part;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::Read;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::map;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// A file of environment variables, found again by its path.
pub(super) struct HostEnvFile;

impl Kind for HostEnvFile {
    fn name(&self) -> &'static str {
        "host_env_file"
    }

    fn schema(&self) -> Schema {
        Schema::new([
            host_attribute(),
            ("path", string().required().replaces()),
            ("values", map(Type::STRING).required().sensitive_elements().describe("The variables by name.")),
            ("owner", string().optional_computed().watched().describe("A user's name or number.")),
            ("group", string().optional_computed().watched().describe("A group's name or number.")),
            ("mode", string().default("0600").equality(Equality::Semantic(place::same_mode))),
            ("create_parents", boolean().default(false).input().describe("Make the folders that are missing.")),
            ("id", string().computed()),
            place::instead_attribute("What stands there where that is no file: a symlink, a directory."),
            ("digest", string().computed().sensitive().describe("SHA-256 of the content, in hex.")),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = place::problems(config);
        let entries = config.get("values").and_then(|values| values.unmarked().as_entries()).unwrap_or_default();
        for (name, value) in entries {
            let detail = if !place::is_variable(name) {
                format!("`{name}` is not the name of an environment variable: letters, digits and `_`, no digit first.")
            } else if value.is_null() {
                format!("`{name}` has no value. Leave it out, or give it an empty text.")
            } else if value.unmarked().as_str().is_some_and(|value| value.contains('\0')) {
                format!("The value of `{name}` holds a NUL, which no environment variable can.")
            } else {
                continue;
            };
            let path = Path::of("values").index(&**name);
            problems.push(Problem { path, summary: "Invalid environment variable".to_owned(), detail });
        }
        problems
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let digest = match wanted(&proposed) {
            Some(text) => Value::from(content::digest(text.as_bytes())),
            None => Value::unknown_not_null(Type::STRING),
        };
        let (id, replace) = placed(prior, &proposed, "path");
        let object = proposed.with(place::planned_owners(&proposed));
        let object =
            object.with([(Str::from("digest"), digest.sensitive()), (Str::from("id"), id), place::instead(None)]);
        let warnings = place::warnings(prior, &object, true);
        Planned { object, replace, warnings }
    }

    fn part(&self) -> Part {
        Part::Files
    }

    fn imported(&self, name: &str) -> Result<Vec<(&'static str, Value)>, &'static str> {
        match place::path_fault(name) {
            None => Ok(vec![("path", Value::from(name)), ("create_parents", Value::from(false))]),
            Some(_) => Err("the id of an environment file is its host and its path, as `local:/etc/app.env`"),
        }
    }

    fn target(&self, reference: &Object) -> Option<Target> {
        let known = reference.str("digest").filter(|_| wanted(reference).is_some());
        Some(Target::file(reference.str("path")?, known))
    }

    fn seen(&self, reference: &Object, sight: &Sight, at: usize) -> Read {
        place::seen(sight.place(at), |file| with_file(reference, file))
    }

    fn put(&self, at: usize, prior: Option<&Object>, planned: &Object, phases: &mut Phases) {
        phases.put_file(at, prior, planned, wanted(planned).unwrap_or_default().as_bytes());
    }

    fn remove(&self, at: usize, prior: &Object, phases: &mut Phases) {
        phases.remove_file(at, prior);
    }
}

/// The text that the variables make; `None` while they are not all known.
fn wanted(object: &Object) -> Option<String> {
    let mut variables = BTreeMap::new();
    for (name, value) in object.get("values")?.unmarked().as_entries()? {
        variables.insert(&**name, value.unmarked().as_str()?);
    }
    Some(text::write(&variables))
}

fn with_file(reference: &Object, file: Option<&File>) -> Object {
    let null = Value::Null(Type::map(Type::STRING));
    let values = match file.map(|file| &file.content) {
        Some(Content::Known) => reference.get("values").cloned().unwrap_or(null),
        // Of what is no file of variables, the digest tells that it is another.
        Some(Content::Bytes(bytes)) => match std::str::from_utf8(bytes).ok().and_then(text::read) {
            Some(found) => Value::map(
                Type::STRING,
                found.into_iter().map(|(name, value)| (name.into(), Value::from(value).sensitive())),
            ),
            None => null,
        },
        Some(Content::Large) | None => null,
    };
    let digest = file.map_or(Value::Null(Type::STRING), |file| Value::from(file.sum.as_str()));
    reference.with(place::found(reference, file.map(|file| &file.access))).with([
        (Str::from("values"), values),
        (Str::from("digest"), digest.sensitive()),
        (Str::from("id"), place::id(reference, "path")),
    ])
}
