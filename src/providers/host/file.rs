//! `host_file`: a file on a host: its content, its owner, its mode.
//!
//! It is always replaced by rename, so that nobody reads half of it. A symlink in its place is replaced too and never
//! written through; a folder in its place is refused. Import ids are `<host>:/path`, as in `local:/etc/motd` or
//! `deploy@10.0.0.5:/etc/motd`.

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
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// A file, found again by its path.
pub(super) struct HostFile;

impl Kind for HostFile {
    fn name(&self) -> &'static str {
        "host_file"
    }

    fn schema(&self) -> Schema {
        Schema::new([
            host_attribute(),
            ("path", string().required().replaces()),
            ("content", string().sealed().describe("Text; exactly one of `content` and `content_base64` is needed.")),
            ("content_base64", string().sealed().describe("Any bytes, as `filebase64` gives them.")),
            ("owner", string().optional_computed().watched().describe("A user's name or number.")),
            ("group", string().optional_computed().watched().describe("A group's name or number.")),
            ("mode", string().default("0644").equality(Equality::Semantic(place::same_mode))),
            ("create_parents", boolean().default(false).input().describe("Make the folders that are missing.")),
            ("id", string().computed()),
            place::instead_attribute("What stands there where that is no file: a symlink, a directory."),
            ("digest", string().computed().describe("SHA-256 of the content, in hex.")),
            ("size", number().computed()),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = place::problems(config);
        let mut complain = |attribute: &str, summary: &str, detail: &str| {
            problems.push(Problem {
                path: Path::of(attribute),
                summary: summary.to_owned(),
                detail: detail.to_owned(),
            });
        };
        let is_given = |name: &str| config.get(name).is_some_and(|value| !value.is_null());
        if is_given("content") == is_given("content_base64") {
            let detail = "Exactly one of `content` and `content_base64` must say what the file holds.";
            complain("content", "Invalid combination of arguments", detail);
        } else if config.str("content_base64").is_some() && content::wanted(config).is_none() {
            complain("content_base64", "Invalid base64", "The text is not base64 as RFC 4648 defines it.");
        }
        problems
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let marks = content::marks(&proposed);
        let (digest, size) = match content::wanted(&proposed) {
            Some(bytes) => (Value::from(content::digest(&bytes)), Value::from(bytes.len() as i64)),
            None => (Value::unknown_not_null(Type::STRING), Value::unknown_not_null(Type::NUMBER)),
        };
        let (id, replace) = placed(prior, &proposed, "path");
        let object = proposed.with(place::planned_owners(&proposed)).with([
            (Str::from("digest"), digest.with_marks(marks)),
            (Str::from("size"), size),
            (Str::from("id"), id),
            place::instead(None),
        ]);
        let warnings = place::warnings(prior, &object, true);
        Planned { object, replace, warnings }
    }

    fn part(&self) -> Part {
        Part::Files
    }

    fn imported(&self, name: &str) -> Result<Vec<(&'static str, Value)>, &'static str> {
        match place::path_fault(name) {
            None => Ok(vec![("path", Value::from(name)), ("create_parents", Value::from(false))]),
            Some(_) => {
                Err("the id of a file is its host and its path, as `local:/etc/motd` or `deploy@10.0.0.5:/etc/motd`")
            }
        }
    }

    fn target(&self, reference: &Object) -> Option<Target> {
        let known = reference.str("digest").filter(|_| content::wanted(reference).is_some());
        Some(Target::file(reference.str("path")?, known))
    }

    fn seen(&self, reference: &Object, sight: &Sight, at: usize) -> Read {
        place::seen(sight.place(at), |file| with_file(reference, file))
    }

    fn brings<'o>(&self, planned: &'o Object) -> Option<&'o str> {
        planned.str("path")
    }

    fn put(&self, at: usize, prior: Option<&Object>, planned: &Object, phases: &mut Phases) {
        let bytes = content::wanted(planned).unwrap_or_default();
        phases.put_file(at, prior, planned, &bytes);
    }

    fn remove(&self, at: usize, prior: &Object, phases: &mut Phases) {
        phases.remove_file(at, prior);
    }
}

fn with_file(reference: &Object, file: Option<&File>) -> Object {
    let content = match file.map(|file| &file.content) {
        Some(Content::Known) => ["content", "content_base64"]
            .map(|name| (Str::from(name), reference.get(name).cloned().unwrap_or(Value::Null(Type::STRING)))),
        Some(Content::Bytes(bytes)) => content::found(reference, Some(bytes)),
        Some(Content::Large) | None => content::found(reference, None),
    };
    let marks = content::marks(reference);
    let digest = file.map_or(Value::Null(Type::STRING), |file| Value::from(file.sum.as_str()));
    reference.with(content).with(place::found(reference, file.map(|file| &file.access))).with([
        (Str::from("digest"), digest.with_marks(marks)),
        (Str::from("size"), file.map_or(Value::Null(Type::NUMBER), |file| Value::from(file.size))),
        (Str::from("id"), place::id(reference, "path")),
    ])
}
