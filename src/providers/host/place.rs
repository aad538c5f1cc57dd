//! Where something is on a host, and whose it is: ids, paths, owners, modes.

use super::answer::Access;
use super::answer::File;
use super::answer::Other;
use super::answer::Place;
use super::endpoint::is_same_machine;
use crate::provider::Problem;
use crate::provider::Read;
use crate::schema::Attribute;
use crate::schema::ObjectExt;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// The attribute that says what stands in the place of a file or a directory.
const INSTEAD: &str = "instead";
/// What a symlink is told by.
const LINK: &str = "a symlink";

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
pub(super) fn path_fault(path: &str) -> Option<&'static str> {
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

pub(super) fn same_mode(a: &Value, b: &Value) -> bool {
    let mode = |value: &Value| value.as_str().and_then(parse_mode);
    mode(a).is_some() && mode(a) == mode(b)
}

/// What is wrong with a path, an owner, a group and a mode.
pub(super) fn problems(config: &Object) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut complain = |attribute: &str, summary: &str, detail: String| {
        problems.push(Problem { path: Path::of(attribute), summary: summary.to_owned(), detail });
    };
    if let Some(detail) = config.str("path").and_then(path_fault) {
        complain("path", "Invalid path", detail.to_owned());
    }
    if let Some(mode) = config.str("mode").filter(|mode| parse_mode(mode).is_none()) {
        complain("mode", "Invalid mode", format!("`{mode}` is not a mode of three or four octal digits, as 0644 is."));
    }
    for attribute in ["owner", "group"] {
        if config.str(attribute).is_some_and(|name| name.is_empty() || name.contains([':', ' ', '\n', '\0'])) {
            complain(attribute, "Invalid owner", "This must be one name or number, without `:` or spaces.".to_owned());
        }
    }
    problems
}

/// The owner and the group that are planned: what stood there was no file, and had none, so that whoever writes it will own
/// it.
pub(super) fn planned_owners(proposed: &Object) -> [(Str, Value); 2] {
    ["owner", "group"].map(|name| {
        let owner = proposed.get(name).filter(|owner| !owner.is_null()).cloned();
        (Str::from(name), owner.unwrap_or_else(|| Value::unknown_not_null(Type::STRING)))
    })
}

/// What stands where a file belongs, as an object: `with` gives that of a file, or of something that is none, which says
/// nothing of itself.
pub(super) fn seen(place: Option<&Place>, with: impl FnOnce(Option<&File>) -> Object) -> Read {
    match place {
        None | Some(Place::Absent) => Read::Absent,
        Some(Place::Hidden) => Read::Stale("the file may not be read by the user that we log in as".to_owned()),
        Some(Place::Other(other)) => Read::Present(with(None).with([instead(Some(other))])),
        Some(Place::File(file)) => Read::Present(with(Some(file)).with([instead(None)])),
    }
}

/// The attribute that says what stands in the place of a file or a directory.
pub(super) fn instead_attribute(what: &'static str) -> (&'static str, Attribute) {
    (INSTEAD, string().computed().watched().describe(what))
}

/// That attribute with what was found; null where what belongs there does.
pub(super) fn instead(other: Option<&Other>) -> (Str, Value) {
    (Str::from(INSTEAD), other.map_or(Value::Null(Type::STRING), |other| Value::from(other.to_string())))
}

/// What an apply does with something that was found in another's place: a symlink is replaced by a file, and by nothing else.
pub(super) fn warnings(prior: Option<&Object>, planned: &Object, replaces_links: bool) -> Vec<Problem> {
    let Some(prior) = prior.filter(|prior| prior.str("path") == planned.str("path")) else { return Vec::new() };
    let (Some(path), Some(found)) = (prior.str("path"), prior.str(INSTEAD)) else { return Vec::new() };
    let (summary, detail) = if replaces_links && found.starts_with(LINK) {
        let detail = format!(
            "{path} is {found}. The file takes the place of the link, and what that leads to is left as it is. To keep it, \
             give the path that it leads to."
        );
        ("Symlink is replaced", detail)
    } else {
        let detail = format!("{path} is {found}, which is not replaced: an apply will be refused. Move it away first.");
        ("Something else is in its place", detail)
    };
    vec![Problem { path: Path::of("path"), summary: summary.to_owned(), detail }]
}

/// Owner, group and mode as they were found, in the reference's spelling where it means the same; null where there is
/// nothing.
pub(super) fn found(reference: &Object, access: Option<&Access>) -> [(Str, Value); 3] {
    let null = || Value::Null(Type::STRING);
    let spelled = |name: &str, spellings: [&str; 2]| match reference.str(name) {
        Some(known) if spellings.contains(&known) => Value::from(known),
        _ => Value::from(spellings[0]),
    };
    let mode = |access: &Access| match reference.str("mode") {
        Some(known) if parse_mode(known) == parse_mode(&access.mode) => Value::from(known),
        _ => Value::from(access.mode.as_str()),
    };
    [
        (Str::from("owner"), access.map_or_else(null, |access| spelled("owner", [&access.user, &access.uid]))),
        (Str::from("group"), access.map_or_else(null, |access| spelled("group", [&access.group, &access.gid]))),
        (Str::from("mode"), access.map_or_else(null, mode)),
    ]
}

/// The id that is known, or else the one that it has by its place.
pub(super) fn id(reference: &Object, attribute: &str) -> Value {
    reference.str("id").map_or_else(|| placed(None, reference, attribute).0, Value::from)
}

/// Whether an environment variable can have this name.
pub(super) fn is_variable(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(is_part) && name.starts_with(|c: char| !c.is_ascii_digit())
}
