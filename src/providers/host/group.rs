//! `host_group`: a group on a host: its name, its number. Who is in it is said by each [`host_user`](super::user).
//!
//! Import ids are `<host>:/name`, as in `local:/app`.

use super::account::Account;
use super::bundle::Phases;
use super::kind::Kind;
use super::kind::host_attribute;
use super::look::Sight;
use super::look::Target;
use super::place;
use super::place::placed;
use super::script::Part;
use crate::net::host::quote;
use crate::provider::BundleClass;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::Read;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Value;

/// What is told where a host's databases cannot be asked.
pub(super) const UNKNOWN: &str = "the host's users and groups cannot be asked for (getent)";

/// A group, found again by its name.
pub(super) struct HostGroup;

impl Kind for HostGroup {
    fn name(&self) -> &'static str {
        "host_group"
    }

    fn schema(&self) -> Schema {
        Schema::new([
            host_attribute(),
            ("name", string().required().replaces()),
            (
                "gid",
                number().optional_computed().watched().describe("Its number; the next free one where none is given."),
            ),
            ("system", boolean().default(false).input().describe("A new one has a number of the system's.")),
            ("id", string().computed()),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let name = config.str("name").and_then(name_problem);
        name.into_iter().chain(number_problem(config, "gid")).collect()
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let (id, replace) = placed(prior, &proposed, "name");
        let is_moved = |prior: &Object| prior.get("gid") != proposed.get("gid");
        let warnings = match prior.filter(|prior| replace.is_empty() && is_moved(prior)) {
            Some(_) => vec![renumbered("gid", "group")],
            None => Vec::new(),
        };
        Planned { object: proposed.set("id", id), replace, warnings }
    }

    fn class(&self) -> BundleClass {
        BundleClass::Prepare
    }

    fn part(&self) -> Part {
        Part::AccountsChange
    }

    fn imported(&self, name: &str) -> Result<Vec<(&'static str, Value)>, &'static str> {
        match name.strip_prefix('/').filter(|name| is_name(name)) {
            Some(name) => Ok(vec![("name", Value::from(name)), ("system", Value::from(false))]),
            None => Err("the id of a group is its host and its name, as `local:/app`"),
        }
    }

    fn target(&self, reference: &Object) -> Option<Target> {
        Some(Target::new(Part::Accounts, "observe_group", &[reference.str("name")?]))
    }

    fn seen(&self, reference: &Object, sight: &Sight, at: usize) -> Read {
        match sight.answer.groups.get(&at) {
            None | Some(Account::Absent) => Read::Absent,
            Some(Account::Unknown) => Read::Stale(UNKNOWN.to_owned()),
            Some(Account::Present(gid)) => Read::Present(
                reference
                    .with([(Str::from("gid"), Value::from(*gid)), (Str::from("id"), place::id(reference, "name"))]),
            ),
        }
    }

    fn is(&self, found: &Object, planned: &Object) -> bool {
        planned.int("gid").is_none_or(|wanted| found.int("gid") == Some(wanted))
    }

    fn put(&self, at: usize, _: Option<&Object>, planned: &Object, phases: &mut Phases) {
        let name = quote(planned.str("name").unwrap_or_default());
        let gid = quote(&planned.int("gid").map(|gid| gid.to_string()).unwrap_or_default());
        let system = yes(planned, "system");
        phases.prepare(at, &format!("prepare_group {at} {name} {gid} {system}"));
    }

    fn remove(&self, at: usize, prior: &Object, phases: &mut Phases) {
        let name = quote(prior.str("name").unwrap_or_default());
        phases.prepare(at, &format!("prepare_group_removal {at} {name}"));
    }
}

/// A switch, as the script takes it.
pub(super) fn yes(object: &Object, name: &str) -> &'static str {
    if object.bool(name) == Some(true) { "yes" } else { "no" }
}

/// Whether a user or a group can have a name, wherever it may be used.
pub(super) fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    name.len() <= 32 && name.chars().all(is_part) && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// What is wrong with a name.
pub(super) fn name_problem(name: &str) -> Option<Problem> {
    let detail = format!(
        "`{name}` cannot be the name of a user or a group: it has at most 32 letters, digits, `_`, `.` and `-`, and begins \
         with a letter or `_`."
    );
    (!is_name(name)).then(|| Problem { path: Path::of("name"), summary: "Invalid name".to_owned(), detail })
}

/// What is wrong with the number of a user or a group.
pub(super) fn number_problem(config: &Object, attribute: &str) -> Option<Problem> {
    // The last one stands for "leave it as it is".
    let is_one = |number: i64| (0..i64::from(u32::MAX)).contains(&number);
    let given = config.get(attribute).filter(|value| value.is_known() && !value.is_null())?;
    let detail = "This must be a whole number from 0 to 4294967294.".to_owned();
    let is_wrong = given.unmarked().as_i64().is_none_or(|number| !is_one(number));
    is_wrong.then(|| Problem { path: Path::of(attribute), summary: "Invalid number".to_owned(), detail })
}

/// A warning that a number changes in place.
pub(super) fn renumbered(attribute: &str, of: &str) -> Problem {
    let detail = format!(
        "Files keep the number of their {of}. Those that are not in the user's home belong to the old one until somebody \
         gives them over; put `owner` and `group` into the host_file or host_directory of each."
    );
    Problem { path: Path::of(attribute), summary: "Files keep the old number".to_owned(), detail }
}
