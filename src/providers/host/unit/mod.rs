//! `host_systemd_unit`: a unit of systemd: its text, whether it starts at boot, whether it runs, and when it must restart.
//!
//! A change counts as done when the unit has passed its gate. Import ids are `<host>:/name`, as in
//! `deploy@10.0.0.5:/app.service`.

mod calls;
mod drift;
mod gate;

use gate::Gate;

use std::collections::BTreeMap;

use super::answer::Content;
use super::answer::Manager;
use super::answer::Place;
use super::bundle::Phases;
use super::content;
use super::kind::Kind;
use super::kind::host_attribute;
use super::kind::is_changed;
use super::look::Sight;
use super::look::Target;
use super::look::UNITS;
use super::look::is_template;
use super::place;
use super::place::placed;
use super::script::Part;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::Read;
use crate::schema::NestedBlock;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::any;
use crate::schema::boolean;
use crate::schema::list;
use crate::schema::string;
use crate::value::Marks;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// What the manager can run.
const SUFFIXES: [&str; 10] =
    [".service", ".socket", ".timer", ".path", ".target", ".mount", ".automount", ".swap", ".slice", ".device"];

/// A unit, found again by its name.
pub(super) struct SystemdUnit;

impl Kind for SystemdUnit {
    fn name(&self) -> &'static str {
        "host_systemd_unit"
    }

    fn schema(&self) -> Schema {
        let gate = NestedBlock::single(gate::attributes());
        Schema::new([
            host_attribute(),
            ("name", string().required().replaces().describe("With its suffix, as `app.service`.")),
            ("text", string().required()),
            ("enabled", boolean().default(false).describe("Whether it starts at boot.")),
            ("state", string().default("running").describe("`running` or `stopped`.")),
            (
                "restart_on",
                any().input().describe("A list of any values, as digests of files; a changed one restarts it."),
            ),
            ("reload_on", any().input().describe("A list of any values; a changed one reloads it.")),
            ("id", string().computed()),
            ("path", string().computed()),
            ("digest", string().computed().describe("SHA-256 of the text, in hex.")),
            ("active_state", string().computed().describe("As the service manager calls it.")),
            ("sub_state", string().computed().describe("As the service manager calls it.")),
            ("drift", list(Type::STRING).computed().watched().describe("In which ways it is not as it was left.")),
        ])
        .block("gate", gate)
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut complain = |attribute: &str, summary: &str, detail: String| {
            problems.push(Problem { path: Path::of(attribute), summary: summary.to_owned(), detail });
        };
        let name = config.str("name");
        if let Some(name) = name.filter(|name| !is_name(name)) {
            let detail = format!("`{name}` is not the name of a unit with its suffix, as `app.service` is.");
            complain("name", "Invalid unit name", detail);
        }
        if let Some(state) = config.str("state").filter(|state| !["running", "stopped"].contains(state)) {
            complain("state", "Invalid state", format!("A unit is `running` or `stopped`, not `{state}`."));
        }
        if name.is_some_and(is_template)
            && (config.str("state") != Some("stopped") || config.bool("enabled") == Some(true))
        {
            let detail = "A template is a text alone: it cannot run, and not be enabled. Set `state = \"stopped\"`, and \
                          declare its instances, as `worker@1.service`, where they are wanted.";
            complain("state", "Invalid state", detail.to_owned());
        }
        if config.bool("enabled") == Some(true) && config.str("text").is_some_and(|text| !has_install(text)) {
            let detail = "A unit can start at boot only if the [Install] section of its text says by what, as \
                          `WantedBy=multi-user.target` does.";
            complain("enabled", "Missing [Install] section", detail.to_owned());
        }
        for attribute in ["restart_on", "reload_on"] {
            let value = config.get(attribute).filter(|value| value.is_known() && !value.is_null());
            if value.is_some_and(|value| value.as_elements().is_none()) {
                complain(attribute, "Invalid list", "This must be a list of values.".to_owned());
            }
        }
        problems.extend(gate::validate(config));
        problems
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let digest = match proposed.str("text") {
            Some(text) => Value::from(content::digest(text.as_bytes())),
            None => Value::unknown_not_null(Type::STRING),
        };
        let digest = digest.with_marks(marks(&proposed));
        let path = proposed.str("name").map(|name| Value::from(format!("{UNITS}/{name}")));
        let (id, replace) = placed(prior, &proposed, "name");
        let (drift, warnings) = match prior {
            Some(prior) => remaining(prior),
            None => (Value::unknown_not_null(Type::list(Type::STRING)), Vec::new()),
        };
        let object = proposed.with([
            (Str::from("digest"), digest),
            (Str::from("path"), path.unwrap_or_else(|| Value::unknown_not_null(Type::STRING))),
            (Str::from("id"), id),
            (Str::from("drift"), drift),
        ]);
        let seen = ["active_state", "sub_state"];
        let object = match prior {
            Some(prior) if !is_changed(prior, &object, &seen) => {
                object.with(seen.map(|name| (Str::from(name), prior.get(name).cloned().unwrap_or(Value::NULL))))
            }
            _ => object.with(seen.map(|name| (Str::from(name), Value::unknown(Type::STRING)))),
        };
        Planned { object, replace, warnings }
    }

    fn interrupts(&self, prior: &Object, planned: &Object) -> bool {
        let differs = ["text", "restart_on", "state"].iter().any(|name| prior.get(name) != planned.get(name));
        let drift = prior.strings("drift").unwrap_or_default();
        differs || drift.iter().any(|drift| drift::needs_restart(drift))
    }

    fn side_effect(&self, prior: &Object, planned: &Object) -> Option<&'static str> {
        let is_running = |unit: &Object| unit.str("state") == Some("running");
        match (is_running(prior), is_running(planned)) {
            (true, false) => Some("stopped"),
            (false, true) => Some("started"),
            (false, false) => None,
            (true, true) if self.interrupts(prior, planned) => {
                let is_told = |name: &str| planned.get(name).is_none_or(Value::is_wholly_known);
                Some(if is_told("restart_on") && is_told("text") { "restarted" } else { "restarted if need be" })
            }
            (true, true) => {
                let is_owed =
                    prior.strings("drift").unwrap_or_default().iter().any(|drift| **drift == *drift::RELOAD_OWED);
                (is_owed || prior.get("reload_on") != planned.get("reload_on")).then_some("reloaded")
            }
        }
    }

    fn disturbed(&self, prior: &Object, mended: &Object) -> Option<Object> {
        let digest = mended.str("digest")?;
        let takes_up = |name: &str| {
            let elements = prior.get(name).and_then(|value| value.unmarked().as_elements()).unwrap_or_default();
            elements.iter().any(|element| element.unmarked().as_str() == Some(digest))
        };
        let owed = match (takes_up("restart_on"), takes_up("reload_on")) {
            (true, _) => drift::STALE_PROCESS,
            (false, true) => drift::RELOAD_OWED,
            (false, false) => return None,
        };
        let mut drift = prior.strings("drift").unwrap_or_default();
        if prior.str("state") != Some("running") || drift.iter().any(|known| **known == *owed) {
            return None;
        }
        drift.push(owed.into());
        let drift = drift.into_iter().map(Value::from).collect();
        Some(prior.set("drift", Value::list(Type::STRING, drift)))
    }

    fn part(&self) -> Part {
        Part::UnitsChange
    }

    fn imported(&self, name: &str) -> Result<Vec<(&'static str, Value)>, &'static str> {
        match name.strip_prefix('/').filter(|name| is_name(name)) {
            Some(name) => Ok(vec![("name", Value::from(name))]),
            None => Err("the id of a unit is its host and its name, as `local:/app.service`"),
        }
    }

    fn target(&self, reference: &Object) -> Option<Target> {
        let known = reference.str("digest").filter(|_| reference.str("text").is_some());
        Some(Target::unit(reference.str("name")?, known))
    }

    fn seen(&self, reference: &Object, sight: &Sight, at: usize) -> Read {
        seen(reference, sight, at)
    }

    fn put(&self, at: usize, prior: Option<&Object>, planned: &Object, phases: &mut Phases) {
        calls::put(at, prior, planned, phases);
    }

    fn remove(&self, at: usize, prior: &Object, phases: &mut Phases) {
        calls::remove(at, prior, phases);
    }
}

/// A unit as it was seen.
fn seen(reference: &Object, sight: &Sight, at: usize) -> Read {
    match &sight.answer.manager {
        Manager::Missing => {
            return Read::Stale("the host has no service manager (systemctl) that we can ask".to_owned());
        }
        Manager::Failed(said) => return Read::Stale(format!("the service manager did not answer: {said}")),
        Manager::Unasked | Manager::Shown(_) => {}
    }
    let (text, digest) = match sight.place(at) {
        None | Some(Place::Absent) => return Read::Absent,
        Some(Place::Hidden) => {
            return Read::Stale("the unit's file may not be read by the user that we log in as".to_owned());
        }
        // A mask is a symlink where the file belongs.
        Some(Place::Other(_)) => (None, None),
        Some(Place::File(file)) => {
            let text = match &file.content {
                Content::Known => reference.str("text").map(str::to_owned),
                Content::Bytes(bytes) => String::from_utf8(bytes.clone()).ok(),
                Content::Large => None,
            };
            (text, Some(file.sum.as_str()))
        }
    };
    let none = BTreeMap::new();
    let properties = sight.properties(at);
    let get = |name: &str| properties.unwrap_or(&none).get(name).map_or("", String::as_str);
    let is_running = match get("ActiveState") {
        "active" | "reloading" | "activating" | "refreshing" => true,
        // A oneshot has done its work when it has ended well.
        "inactive" => {
            let began = ["ExecMainStartTimestampMonotonic", "ActiveEnterTimestampMonotonic"];
            // One that nothing wants is forgotten once it has ended; our record tells of it, until the next boot.
            let booted = sight.answer.now.map(|(now, uptime)| now - uptime);
            let is_on_record = sight.record(at).applied.zip(booted).is_some_and(|(applied, booted)| applied > booted);
            let has_run = is_on_record || began.iter().any(|name| !["", "0"].contains(&get(name)));
            get("Type") == "oneshot" && get("RemainAfterExit") != "yes" && get("Result") == "success" && has_run
        }
        _ => false,
    };
    let wish = drift::Wish {
        is_running: reference.str("state") == Some("running"),
        is_enabled: reference.bool("enabled") == Some(true),
        digest: reference.str("digest"),
    };
    let drift = drift::drift(wish, digest, properties, &sight.record(at), &sight.answer);
    let string = |text: Option<&str>| text.map_or(Value::Null(Type::STRING), Value::from);
    let marks = marks(reference);
    let name = reference.str("name").unwrap_or_default();
    let state = |name: &str| string(Some(get(name)).filter(|state| !state.is_empty()));
    Read::Present(reference.with([
        (Str::from("text"), string(text.as_deref()).with_marks(marks)),
        (Str::from("digest"), string(digest).with_marks(marks)),
        (Str::from("enabled"), Value::from(get("UnitFileState") == "enabled")),
        (Str::from("state"), Value::from(if is_running { "running" } else { "stopped" })),
        (Str::from("active_state"), state("ActiveState")),
        (Str::from("sub_state"), state("SubState")),
        (Str::from("path"), Value::from(format!("{UNITS}/{name}"))),
        (Str::from("id"), place::id(reference, "name")),
        (Str::from("drift"), texts(drift.iter().map(drift::Drift::text))),
    ]))
}

/// The drift that stays after an apply, and a warning of each: it is not ours to take away.
fn remaining(prior: &Object) -> (Value, Vec<Problem>) {
    let drift = prior.strings("drift").unwrap_or_default();
    let stays: Vec<Str> = drift.into_iter().filter(|drift| !drift::is_mended(drift)).collect();
    let warnings = stays.iter().map(|drift| Problem {
        path: Path::of("text"),
        summary: "Unmanaged drop-in".to_owned(),
        detail: format!(
            "Another file changes what this unit does ({drift}). It is left alone, and may override the text given here."
        ),
    });
    let warnings = warnings.collect();
    (texts(stays.iter().map(|drift| drift.to_string())), warnings)
}

fn texts(texts: impl Iterator<Item = String>) -> Value {
    Value::list(Type::STRING, texts.map(Value::from).collect())
}

fn marks(unit: &Object) -> Marks {
    unit.get("text").map_or(Marks::NONE, Value::marks)
}

/// Whether a text says by what the unit is hooked into the boot.
fn has_install(text: &str) -> bool {
    let install = text.lines().map(str::trim).skip_while(|line| *line != "[Install]").skip(1);
    let mut settings = install.take_while(|line| !line.starts_with('['));
    // With `Also` alone it is `indirect`: others are hooked in, it is not.
    let hooks = ["WantedBy", "RequiredBy", "UpheldBy", "Alias"];
    settings
        .any(|line| line.split_once('=').is_some_and(|(name, value)| hooks.contains(&name.trim()) && !value.is_empty()))
}

fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ":-_.\\@".contains(c);
    let stem = SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix));
    name.len() < 240
        && name.chars().all(is_plain)
        && stem.is_some_and(|stem| !stem.is_empty())
        && !name.starts_with(['-', '.'])
}
