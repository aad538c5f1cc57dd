//! `host_user`: a user on a host: its numbers and groups, its home, and the keys that open it.
//!
//! Passwords are nobody's concern here: a user that is made has none, and whether one is locked is all that is read. A user
//! that leaves the configuration stays on its host, unless `remove` says otherwise. Import ids are `<host>:/name`, as in
//! `local:/app`.

mod calls;
mod drift;
mod problems;

use super::account::Account;
use super::account::Keys;
use super::account::User;
use super::bundle::Phases;
use super::group;
use super::kind::Kind;
use super::kind::host_attribute;
use super::look::Sight;
use super::look::Target;
use super::place;
use super::place::placed;
use super::script::Part;
use crate::provider::BundleClass;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::Read;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::list;
use crate::schema::number;
use crate::schema::set;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// A user, found again by its name.
pub(super) struct HostUser;

impl Kind for HostUser {
    fn name(&self) -> &'static str {
        "host_user"
    }

    fn schema(&self) -> Schema {
        let exclusive = "It is in no other groups than `groups`; without, it keeps those that others put it in.";
        let locked = "No password opens it, whatever there is of one, and where sshd does not use PAM no key either.";
        let keys = "The public keys that open it, all of them; where none are given, they are others' concern.";
        let remove = "It is removed when it leaves the configuration; without, it is let go of and stays.";
        Schema::new([
            host_attribute(),
            ("name", string().required().replaces()),
            (
                "uid",
                number().optional_computed().watched().describe("Its number; the next free one where none is given."),
            ),
            (
                "group",
                string()
                    .optional_computed()
                    .watched()
                    .describe("Its own group, by name or number; else one of its name."),
            ),
            ("groups", set(Type::STRING).describe("The names of the groups that it is in besides.")),
            ("exclusive_groups", boolean().default(false).input().describe(exclusive)),
            ("home", string().optional_computed().watched().describe("Its home folder; what is in it moves along.")),
            ("create_home", boolean().default(true).input().describe("Whether its home is made when it is missing.")),
            (
                "shell",
                string()
                    .optional_computed()
                    .watched()
                    .describe("Its login shell; one that lets nobody in for the system's."),
            ),
            ("system", boolean().default(false).input().describe("A new one has a number of the system's.")),
            ("comment", string().optional_computed().watched().describe("Who it is; the GECOS field.")),
            ("locked", boolean().optional_computed().watched().describe(locked)),
            ("authorized_keys", set(Type::STRING).describe(keys)),
            ("remove", boolean().default(false).input().describe(remove)),
            ("remove_home", boolean().default(false).input().describe("With `remove`: its home and mail go too.")),
            ("id", string().computed()),
            ("drift", list(Type::STRING).computed().watched().describe("In which ways it is not as it was left.")),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        problems::validate(config)
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let (id, replace) = placed(prior, &proposed, "name");
        let mut warnings = Vec::new();
        if let Some(prior) = prior {
            let (was, will) = (prior.str("name"), proposed.str("name"));
            if was != will && prior.bool("remove") != Some(true) {
                let detail = format!(
                    "A user cannot be renamed here. `{}` stays on its host, as `remove = true` was not applied to it \
                     before.",
                    was.unwrap_or_default()
                );
                warnings.push(Problem { path: Path::of("name"), summary: "User stays".to_owned(), detail });
            } else if was == will && replace.is_empty() && prior.get("uid") != proposed.get("uid") {
                warnings.push(group::renumbered("uid", "user"));
            }
        }
        let none = Value::list(Type::STRING, Vec::new());
        let object = proposed.with([(Str::from("id"), id), (Str::from("drift"), none)]);
        Planned { object, replace, warnings }
    }

    fn class(&self) -> BundleClass {
        BundleClass::Prepare
    }

    fn keeps(&self, prior: &Object) -> Option<String> {
        let why = "a user is removed only with `remove = true`, applied before it leaves the configuration";
        (prior.bool("remove") != Some(true)).then(|| why.to_owned())
    }

    fn part(&self) -> Part {
        Part::AccountsChange
    }

    fn imported(&self, name: &str) -> Result<Vec<(&'static str, Value)>, &'static str> {
        let switches = [
            ("exclusive_groups", false),
            ("create_home", true),
            ("system", false),
            ("remove", false),
            ("remove_home", false),
        ];
        match name.strip_prefix('/').filter(|name| group::is_name(name)) {
            Some(name) => {
                let switches = switches.map(|(name, value)| (name, Value::from(value)));
                Ok([("name", Value::from(name))].into_iter().chain(switches).collect())
            }
            None => Err("the id of a user is its host and its name, as `local:/app`"),
        }
    }

    fn target(&self, reference: &Object) -> Option<Target> {
        let keys = if is_given(reference, "authorized_keys") { "yes" } else { "no" };
        Some(Target::new(Part::Accounts, "observe_user", &[reference.str("name")?, keys]))
    }

    fn seen(&self, reference: &Object, sight: &Sight, at: usize) -> Read {
        match sight.answer.users.get(&at) {
            None | Some(Account::Absent) => Read::Absent,
            Some(Account::Unknown) => Read::Stale(group::UNKNOWN.to_owned()),
            Some(Account::Present(User { keys: Keys::Hidden, .. })) => {
                Read::Stale("the user's keys may not be read by the user that we log in as".to_owned())
            }
            Some(Account::Present(user)) => Read::Present(with_user(reference, user)),
        }
    }

    fn is(&self, found: &Object, planned: &Object) -> bool {
        let compared = ["uid", "group", "groups", "home", "shell", "comment", "locked", "authorized_keys", "drift"];
        compared.into_iter().all(|name| {
            let planned = planned.get(name).filter(|value| value.is_wholly_known() && !value.is_null());
            planned.is_none_or(|planned| found.get(name).map(Value::unmarked) == Some(planned.unmarked()))
        })
    }

    fn put(&self, at: usize, prior: Option<&Object>, planned: &Object, phases: &mut Phases) {
        phases.prepare(at, &calls::put(at, prior, planned));
    }

    fn remove(&self, at: usize, prior: &Object, phases: &mut Phases) {
        // One that is replaced by another stays as well.
        let call = if self.keeps(prior).is_some() { ":".to_owned() } else { calls::remove(at, prior) };
        phases.prepare(at, &call);
    }
}

/// Whether something is managed at all.
fn is_given(user: &Object, name: &str) -> bool {
    user.get(name).is_some_and(|value| !value.is_null())
}

/// The texts of a set.
fn texts(user: &Object, name: &str) -> Vec<Str> {
    let elements = user.get(name).and_then(|value| value.unmarked().as_elements()).unwrap_or_default();
    elements.iter().filter_map(|element| element.unmarked().as_str()).map(Str::from).collect()
}

/// A user as it was seen, in the reference's spelling where it means the same.
fn with_user(reference: &Object, user: &User) -> Object {
    let text = |text: &str| Value::from(text);
    let strings = |texts: Vec<&str>| Value::set(Type::STRING, texts.into_iter().map(Value::from).collect());
    let gid = user.gid.to_string();
    let group = match reference.str("group") {
        Some(known) if known == gid => gid.as_str(),
        _ => user.group.as_str(),
    };
    // Where others may put it into groups as well, theirs are not looked at.
    let wanted = texts(reference, "groups");
    let is_ours =
        |group: &&str| reference.bool("exclusive_groups") == Some(true) || wanted.iter().any(|w| **w == **group);
    let groups = user.groups.iter().map(String::as_str).filter(is_ours).collect();
    let only_if = |name: &str, value: Value| match is_given(reference, name) {
        true => value,
        false => Value::Null(Type::set(Type::STRING)),
    };
    let locked = match user.is_locked {
        Some(is_locked) => Value::from(is_locked),
        // What we may not read is taken to be as it was.
        None => reference.get("locked").filter(|known| known.is_known()).cloned().unwrap_or(Value::Null(Type::BOOL)),
    };
    let drift = drift::drift(reference, user).into_iter().map(Value::from).collect();
    reference.with([
        (Str::from("uid"), Value::from(user.uid)),
        (Str::from("group"), text(group)),
        (Str::from("groups"), only_if("groups", strings(groups))),
        (Str::from("home"), text(&user.home)),
        (Str::from("shell"), text(&user.shell)),
        (Str::from("comment"), text(&user.comment)),
        (Str::from("locked"), locked),
        (Str::from("authorized_keys"), only_if("authorized_keys", strings(user.keys.lines()))),
        (Str::from("drift"), Value::list(Type::STRING, drift)),
        (Str::from("id"), place::id(reference, "name")),
    ])
}
