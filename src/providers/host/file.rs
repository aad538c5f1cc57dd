//! `host_file`: a file on a host: its content, its owner, its mode.
//!
//! It is always replaced by rename, so that nobody reads half of it. A symlink in its place is replaced too and never
//! written through; a folder in its place is refused. Import ids are `<host>:/path`, as in `local:/etc/motd` or
//! `deploy@10.0.0.5:/etc/motd`.

use async_trait::async_trait;

use super::answer::Content;
use super::answer::File;
use super::answer::Place;
use super::client::Hosts;
use super::content;
use super::endpoint::Endpoint;
use super::endpoint::is_same_machine;
use super::endpoint::same_host;
use super::endpoint::validate_host;
use super::look::Target;
use super::machine;
use super::single;
use crate::provider::BatchKey;
use crate::provider::BundleClass;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::any;
use crate::schema::boolean;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// The type's name.
pub(super) const NAME: &str = "host_file";

/// A file, found again by its path.
pub(super) struct HostFile;

#[async_trait]
impl ResourceType<Hosts> for HostFile {
    fn name(&self) -> &'static str {
        NAME
    }

    fn schema(&self) -> Schema {
        Schema::new([
            ("host", any().required().equality(Equality::Semantic(same_host)).describe("A whole host_machine.")),
            ("path", string().required().replaces()),
            ("content", string().sealed().describe("Text; exactly one of `content` and `content_base64` is needed.")),
            ("content_base64", string().sealed().describe("Any bytes, as `filebase64` gives them.")),
            ("owner", string().optional_computed().describe("A user's name or number.")),
            ("group", string().optional_computed().describe("A group's name or number.")),
            ("mode", string().default("0644").equality(Equality::Semantic(same_mode))),
            ("create_parents", boolean().default(false).input().describe("Make the folders that are missing.")),
            ("id", string().computed()),
            ("digest", string().computed().describe("SHA-256 of the content, in hex.")),
            ("size", number().computed()),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems: Vec<Problem> = validate_host(config).into_iter().collect();
        let mut complain = |attribute: &str, summary: &str, detail: String| {
            problems.push(Problem { path: Path::of(attribute), summary: summary.to_owned(), detail });
        };
        if let Some(path) = config.str("path")
            && let Some(detail) = path_fault(path)
        {
            complain("path", "Invalid path", detail.to_owned());
        }
        if let Some(mode) = config.str("mode")
            && parse_mode(mode).is_none()
        {
            complain(
                "mode",
                "Invalid mode",
                format!("`{mode}` is not a mode of three or four octal digits, as 0644 is."),
            );
        }
        for attribute in ["owner", "group"] {
            if config.str(attribute).is_some_and(|name| name.is_empty() || name.contains([':', ' ', '\n', '\0'])) {
                complain(
                    attribute,
                    "Invalid owner",
                    "This must be one name or number, without `:` or spaces.".to_owned(),
                );
            }
        }
        let is_given = |name: &str| config.get(name).is_some_and(|value| !value.is_null());
        if is_given("content") == is_given("content_base64") {
            let detail = "Exactly one of `content` and `content_base64` must say what the file holds.";
            complain("content", "Invalid combination of arguments", detail.to_owned());
        } else if config.str("content_base64").is_some() && content::wanted(config).is_none() {
            complain("content_base64", "Invalid base64", "The text is not base64 as RFC 4648 defines it.".to_owned());
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
        // What stood there was no file, and had none: whoever writes it will own it.
        let owner = |name: &str| match proposed.get(name) {
            Some(owner) if !owner.is_null() => owner.clone(),
            _ => Value::unknown_not_null(Type::STRING),
        };
        let object = proposed.with([
            (Str::from("owner"), owner("owner")),
            (Str::from("group"), owner("group")),
            (Str::from("digest"), digest.with_marks(marks)),
            (Str::from("size"), size),
            (Str::from("id"), id),
        ]);
        Planned { object, replace, warnings: Vec::new() }
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        Some(Endpoint::of_object(prior)?.batch_key())
    }

    async fn read(&self, hosts: &Hosts, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        single::read(hosts, cx, NAME, prior).await
    }

    async fn create(&self, hosts: &Hosts, cx: &Cx, planned: &Object) -> Result<Object> {
        single::create(hosts, cx, NAME, planned).await
    }

    async fn update(&self, hosts: &Hosts, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        single::update(hosts, cx, NAME, prior, planned).await
    }

    async fn delete(&self, hosts: &Hosts, cx: &Cx, prior: &Object) -> Result<()> {
        single::delete(hosts, cx, NAME, prior).await
    }

    async fn find(&self, hosts: &Hosts, cx: &Cx, intent: &Intent) -> Result<Found> {
        single::find(hosts, cx, NAME, intent).await
    }

    fn consistency_window(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }

    async fn import(&self, hosts: &Hosts, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let place = Endpoint::parse_with_path(id).filter(|(_, path)| path_fault(path).is_none());
        let Some((endpoint, path)) = place else {
            let message =
                "the id of a file is its host and its path, as `local:/etc/motd` or `deploy@10.0.0.5:/etc/motd`";
            return Err(ProviderError::refused(format!("importing the file `{id}`"), message));
        };
        let reference = machine::nulls(self.schema().ty()).with([
            (Str::from("host"), Value::Object(std::sync::Arc::new(machine::named(&endpoint)))),
            (Str::from("path"), Value::from(path)),
            (Str::from("create_parents"), Value::from(false)),
        ]);
        single::read(hosts, cx, NAME, &reference).await
    }

    fn adopts(&self) -> bool {
        true
    }

    fn bundle(&self) -> Option<BundleClass> {
        Some(BundleClass::Transaction)
    }
}

/// What to see of a file; `None` while its path is not known.
pub(super) fn target(reference: &Object) -> Option<Target> {
    let holds = content::wanted(reference).is_some();
    let known = reference.str("digest").filter(|_| holds).map(str::to_owned);
    Some(Target::File { path: reference.str("path")?.to_owned(), known })
}

/// A file as it was seen; values that mean the same keep the reference's spelling.
pub(super) fn seen(reference: &Object, place: &Place) -> Read {
    match place {
        Place::Absent => Read::Absent,
        Place::Hidden => Read::Stale("the file may not be read by the user that we log in as".to_owned()),
        // There is something, and it is not the file: all that it would say of itself is null.
        Place::Other(_) => Read::Present(with_file(reference, None)),
        Place::File(file) => Read::Present(with_file(reference, Some(file))),
    }
}

fn with_file(reference: &Object, file: Option<&File>) -> Object {
    let null = || Value::Null(Type::STRING);
    let content = match file.map(|file| &file.content) {
        Some(Content::Known) => ["content", "content_base64"]
            .map(|name| (Str::from(name), reference.get(name).cloned().unwrap_or_else(null))),
        Some(Content::Bytes(bytes)) => content::found(reference, Some(bytes)),
        Some(Content::Large) | None => content::found(reference, None),
    };
    let spelled = |name: &str, spellings: [&str; 2]| match reference.str(name) {
        Some(known) if spellings.contains(&known) => Value::from(known),
        _ => Value::from(spellings[0]),
    };
    let mode = |file: &File| match reference.str("mode") {
        Some(known) if parse_mode(known) == parse_mode(&file.mode) => Value::from(known),
        _ => Value::from(file.mode.as_str()),
    };
    let marks = content::marks(reference);
    let id = match reference.str("id") {
        Some(id) => Value::from(id),
        None => placed(None, reference, "path").0,
    };
    reference.with(content).with([
        (Str::from("owner"), file.map_or_else(null, |file| spelled("owner", [&file.user, &file.uid]))),
        (Str::from("group"), file.map_or_else(null, |file| spelled("group", [&file.group, &file.gid]))),
        (Str::from("mode"), file.map_or_else(null, mode)),
        (Str::from("digest"), file.map_or_else(null, |file| Value::from(file.sum.as_str())).with_marks(marks)),
        (Str::from("size"), file.map_or(Value::Null(Type::NUMBER), |file| Value::from(file.size))),
        (Str::from("id"), id),
    ])
}

/// The id of something on a host, and what must be replaced for it to be there: a thing cannot move to another machine.
/// The id is made of the machine's and the name in `attribute`, and stays.
pub(super) fn placed(prior: Option<&Object>, proposed: &Object, attribute: &str) -> (Value, Vec<Path>) {
    let host = |object: &Object| object.get("host").and_then(Value::as_object).cloned();
    let is_same = |prior: &Object| match (host(prior), host(proposed)) {
        (Some(a), Some(b)) => is_same_machine(&a, &b),
        _ => false,
    };
    match prior {
        Some(prior) if is_same(prior) && prior.str(attribute) == proposed.str(attribute) => {
            (prior.get("id").cloned().unwrap_or(Value::Null(Type::STRING)), Vec::new())
        }
        _ => {
            let machine = host(proposed);
            let id = match (machine.as_ref().and_then(|machine| machine.str("id")), proposed.str(attribute)) {
                (Some(machine), Some(name)) => Value::from(format!("{machine}:{name}")),
                _ => Value::unknown_not_null(Type::STRING),
            };
            (id, prior.filter(|prior| !is_same(prior)).map(|_| Path::of("host")).into_iter().collect())
        }
    }
}

/// What is wrong with a path to a file.
fn path_fault(path: &str) -> Option<&'static str> {
    if !path.starts_with('/') {
        return Some("The path must begin with `/`.");
    }
    if path.contains('\0') {
        return Some("A path cannot hold a NUL.");
    }
    let is_odd = |part: &str| part.is_empty() || part == "." || part == "..";
    path[1..].split('/').any(is_odd).then_some("The path must name a file directly, without `//`, `.` or `..`.")
}

fn parse_mode(mode: &str) -> Option<u32> {
    let is_octal = (3..=4).contains(&mode.len()) && mode.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
    is_octal.then(|| u32::from_str_radix(mode, 8).ok()).flatten()
}

fn same_mode(a: &Value, b: &Value) -> bool {
    let mode = |value: &Value| value.as_str().and_then(parse_mode);
    mode(a).is_some() && mode(a) == mode(b)
}
