//! `host_command`: a command that is run once on a host, or whenever its check says that it is needed.
//!
//! The host remembers what has run there, so that a new machine runs it anew and a killed run is not repeated. It runs when
//! its text changes; with `once_per`, when that value changes instead; with `creates`, also when that path is gone; with
//! `check`, whenever that does not end well.
//! Import ids are `<host>:/key`, with the key that its `id` ends with.

use std::fmt::Write;

use sha2::Digest;
use sha2::Sha256;

use super::answer::Command;
use super::bundle::Phases;
use super::duration;
use super::kind::Kind;
use super::kind::host_attribute;
use super::look::Sight;
use super::look::Target;
use super::place;
use super::place::placed;
use super::script::Part;
use crate::net::host::quote;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::Read;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::any;
use crate::schema::boolean;
use crate::schema::map;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;
use crate::value::json::to_json;

/// A command, found again by its key: a hash of its name, or of its text where it has none.
pub(super) struct HostCommand;

/// How long a command may take where nothing else is said, in seconds.
const TIMEOUT: i64 = 600;

impl Kind for HostCommand {
    fn name(&self) -> &'static str {
        "host_command"
    }

    fn schema(&self) -> Schema {
        let once_per = "Any value; the command runs once for each, whatever becomes of its text: a release.";
        Schema::new([
            host_attribute(),
            ("name", string().replaces().describe("Tells commands with the same text on one host apart.")),
            ("run", string().required().input().describe("A text for /bin/sh.")),
            ("check", string().input().describe("A text for /bin/sh that ends with 0 when there is nothing to run.")),
            ("creates", string().input().describe("A path that is there once it has run; run again when it is not.")),
            ("undo", string().input().describe("A text for /bin/sh, run when the command leaves the configuration.")),
            ("once_per", any().input().describe(once_per)),
            ("user", string().input().describe("The user that it runs as; root, or whom we log in as.")),
            ("directory", string().input().default("/").describe("The folder that it runs in.")),
            ("environment", map(Type::STRING).input().sensitive_elements().describe("Variables for all three.")),
            ("timeout", string().input().default("10m").describe("How long each may take.")),
            ("id", string().computed()),
            ("key", string().computed().describe("What the host remembers it by.")),
            ("digest", string().computed().describe("SHA-256 of what it runs for, in hex.")),
            (
                "satisfied",
                boolean().computed().watched().describe("Whether its check ends well and what it creates is there."),
            ),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut complain = |path: Path, detail: String| {
            problems.push(Problem { path, summary: "Invalid command".to_owned(), detail });
        };
        for name in ["run", "check", "undo"] {
            match config.str(name) {
                Some(text) if text.trim().is_empty() => complain(Path::of(name), "It is empty.".to_owned()),
                Some(text) if text.contains('\0') => complain(Path::of(name), "It holds a NUL.".to_owned()),
                _ => {}
            }
        }
        if let Some(text) = config.str("timeout").filter(|text| duration::seconds(text).is_none_or(|time| time == 0)) {
            complain(Path::of("timeout"), format!("`{text}` is not a duration, as `90s` or `10m` is."));
        }
        for name in ["directory", "creates"] {
            let fault = config.str(name).filter(|path| name != "directory" || *path != "/").and_then(place::path_fault);
            if let Some(detail) = fault {
                complain(Path::of(name), detail.to_owned());
            }
        }
        let variables = config.get("environment").and_then(|values| values.unmarked().as_entries()).unwrap_or_default();
        for (name, value) in variables {
            let is_sound = value.unmarked().as_str().is_none_or(|value| !value.contains('\0')) && !value.is_null();
            if !place::is_variable(name) || !is_sound {
                let detail = format!("`{name}` is not an environment variable with a text as its value.");
                complain(Path::of("environment").index(&**name), detail);
            }
        }
        problems
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let key = match key(&proposed) {
            Some(key) => Value::from(key),
            None => Value::unknown_not_null(Type::STRING),
        };
        // Without a name, another text is another command only where its runs are told by something else.
        let kept = prior.filter(|prior| prior.str("name") == proposed.str("name"));
        let key = kept.and_then(|prior| prior.get("key")).filter(|key| !key.is_null()).cloned().unwrap_or(key);
        let object = proposed.set("key", key);
        let (id, replace) = placed(prior, &object, "key");
        let digest = digest(&object).map_or_else(|| Value::unknown_not_null(Type::STRING), Value::from);
        let object = object.with([
            (Str::from("digest"), digest),
            (Str::from("satisfied"), Value::from(true)),
            (Str::from("id"), id),
        ]);
        let warnings = prior.filter(|prior| stays_idle(prior, &object)).map(|_| Problem {
            path: Path::of("once_per"),
            summary: "Command will not run".to_owned(),
            detail: "It is recorded as it is written now, and does not run for that: `once_per` is what it was."
                .to_owned(),
        });
        Planned { object, replace, warnings: warnings.into_iter().collect() }
    }

    fn side_effect(&self, prior: &Object, planned: &Object) -> Option<&'static str> {
        ["digest", "satisfied"].iter().any(|name| prior.get(name) != planned.get(name)).then_some("run")
    }

    fn part(&self) -> Part {
        Part::CommandsChange
    }

    fn imported(&self, name: &str) -> Result<Vec<(&'static str, Value)>, &'static str> {
        match name.strip_prefix('/').filter(|key| key.len() == KEY && key.bytes().all(|c| c.is_ascii_hexdigit())) {
            Some(key) => Ok(vec![("key", Value::from(key))]),
            None => Err("the id of a command is its host and its key, as `local:/0f3c5d1a9b2e4c77`"),
        }
    }

    fn target(&self, reference: &Object) -> Option<Target> {
        let key = reference.str("key").map(str::to_owned).or_else(|| key(reference))?;
        let surroundings = surroundings(reference);
        let mut words = vec![key.as_str()];
        words.extend(surroundings.fixed.iter().map(String::as_str));
        words.extend(["creates", "check"].map(|name| reference.str(name).unwrap_or_default()));
        words.extend(surroundings.variables.iter().map(String::as_str));
        Some(Target::new(Part::Commands, "observe_command", &words))
    }

    fn seen(&self, reference: &Object, sight: &Sight, at: usize) -> Read {
        let Some(Command { ran, holds }) = sight.answer.commands.get(&at) else { return Read::Absent };
        // One whose check holds need not have run: somebody else saw to it.
        let digest = match (ran, holds) {
            (Some(ran), _) => Value::from(ran.as_str()),
            (None, Some(true)) => digest(reference).map_or(Value::Null(Type::STRING), Value::from),
            (None, _) => return Read::Absent,
        };
        Read::Present(reference.with([
            (Str::from("digest"), digest),
            (Str::from("satisfied"), Value::from(*holds != Some(false))),
            (Str::from("id"), place::id(reference, "key")),
        ]))
    }

    fn put(&self, at: usize, _: Option<&Object>, planned: &Object, phases: &mut Phases) {
        let (key, around) = (quote(planned.str("key").unwrap_or_default()), surroundings(planned).words());
        let (fixed, variables) = around;
        let text = |name: &str| quote(planned.str(name).unwrap_or_default());
        let digest = text("digest");
        phases.wait_for_gates();
        let (creates, check, run, undo) = (text("creates"), text("check"), text("run"), text("undo"));
        let _ = writeln!(
            phases.activate,
            "run_command {at} {key} {digest} {fixed} {creates} {check} {run} {variables} || return 1"
        );
        phases.undo.push(format!("undo_command {at} {key} {fixed} {undo} {variables} || spoil 'what {at} ran'\n"));
    }

    fn brings<'o>(&self, planned: &'o Object) -> Option<&'o str> {
        planned.str("creates")
    }

    fn remove(&self, at: usize, prior: &Object, phases: &mut Phases) {
        let key = quote(prior.str("key").unwrap_or_default());
        let (fixed, variables) = surroundings(prior).words();
        let undo = quote(prior.str("undo").unwrap_or_default());
        let _ = writeln!(phases.commit, "remove_command {at} {key} {fixed} {undo} {variables} || return 1");
    }
}

/// How long a key is.
const KEY: usize = 16;

/// Whether a command that is another now does not run for that.
fn stays_idle(prior: &Object, planned: &Object) -> bool {
    let is_once = planned.get("once_per").is_some_and(|value| !value.is_null());
    let is_same = |name: &str| prior.get(name) == planned.get(name);
    is_once && is_same("digest") && is_same("satisfied") && !(is_same("run") && is_same("environment"))
}

/// What the host remembers a command by.
fn key(command: &Object) -> Option<String> {
    let named = command.get("name").filter(|name| !name.is_null());
    let text = match named {
        Some(name) => format!("name {}", name.as_str()?),
        None => format!("run {}", command.str("run")?),
    };
    Some(hex::encode(Sha256::digest(text)).chars().take(KEY).collect())
}

/// A hash over what a command runs for; `None` while that is not known.
fn digest(command: &Object) -> Option<String> {
    let text = match command.get("once_per").filter(|value| !value.is_null()) {
        Some(value) if value.is_wholly_known() => format!("once {}", to_json(value, Type::DYNAMIC)),
        Some(_) => return None,
        None => format!("run {}", command.str("run")?),
    };
    Some(hex::encode(Sha256::digest(text)))
}

/// What a command runs in.
struct Surroundings {
    /// Its time limit, user and folder.
    fixed: [String; 3],
    /// `NAME=value`
    variables: Vec<String>,
}

impl Surroundings {
    fn words(&self) -> (String, String) {
        let quoted = |words: &[String]| words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ");
        (quoted(&self.fixed), quoted(&self.variables))
    }
}

fn surroundings(command: &Object) -> Surroundings {
    let timeout = command.str("timeout").and_then(duration::seconds).unwrap_or(TIMEOUT);
    let text = |name: &str| command.str(name).unwrap_or_default().to_owned();
    let entries = command.get("environment").and_then(|values| values.unmarked().as_entries()).unwrap_or_default();
    let variable = |(name, value): (&Str, &Value)| Some(format!("{name}={}", value.unmarked().as_str()?));
    Surroundings {
        fixed: [timeout.to_string(), text("user"), text("directory")],
        variables: entries.into_iter().filter_map(variable).collect(),
    }
}
