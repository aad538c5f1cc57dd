//! What the script does with a unit: its calls, phase by phase.

use std::fmt::Write;

use sha2::Digest;
use sha2::Sha256;

use super::Gate;
use super::drift::needs_restart;
use crate::net::host::quote;
use crate::providers::host::bundle::Phases;
use crate::providers::host::bundle::expected;
use crate::providers::host::bundle::spoilt;
use crate::providers::host::look::UNITS;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Type;
use crate::value::json::to_json;

/// The calls that make a unit what is planned.
pub(super) fn put(at: usize, prior: Option<&Object>, planned: &Object, phases: &mut Phases) {
    let plain = planned.str("name").unwrap_or_default();
    let text = planned.str("text").unwrap_or_default();
    let staging = phases.content(at, &format!("{UNITS}/{plain}"), prior, text.as_bytes());
    let name = quote(plain);
    let gate = Gate::of(planned);
    let state = planned.str("state").unwrap_or("running");
    let drift = prior.and_then(|prior| prior.strings("drift")).unwrap_or_default();
    let force = if drift.iter().any(|drift| needs_restart(drift)) { "yes" } else { "no" };
    let asks = if asks_gate(prior, planned) { "yes" } else { "no" };
    let url = quote(gate.url.as_deref().unwrap_or_default());
    let (host, port) = gate.address.map_or((String::new(), String::new()), |(host, port)| (host, port.to_string()));
    let (host, port) = (quote(&host), quote(&port));
    let command = quote(gate.command.as_deref().unwrap_or_default());
    let hashes = |unit: &Object| (activation(unit, "restart_on"), activation(unit, "reload_on"));
    let (restart, reload) = hashes(planned);
    // Where the host has no record, what we last knew stands in; what was found there and not made by us is taken as it is,
    // its process with it.
    let assumed = prior.filter(|prior| !prior.get("restart_on").is_none_or(|value| value.is_null())).map(hashes);
    let (had_restart, had_reload) = assumed.unwrap_or_default();
    let (had_restart, had_reload) = (quote(&had_restart), quote(&had_reload));
    let enabled = if planned.bool("enabled") == Some(true) { "yes" } else { "no" };
    phases.stage(at, &format!("stage_unit {at} {name} {staging}"), &staging);
    phases.check(at, &format!("can_probe {at} {url} {host}"));
    phases.check(at, &format!("check_unit {at} {name} {}", phases.brings));
    let hashes = format!("{restart} {reload} {had_restart} {had_reload}");
    phases.check(at, &format!("decide {at} {name} {state} {force} {asks} {hashes}"));
    let _ = writeln!(phases.owe, "owe {at} {name} || return 1");
    let _ = writeln!(phases.commit, "commit_file {at} \"$units\"/{name} || return 1");
    let _ = writeln!(phases.activate, "activate {at} {name} {enabled} || return 1");
    let (hold, deadline) = (gate.hold, gate.deadline);
    let _ = writeln!(phases.gate, "gate_unit {at} {name} {hold} {deadline} {url} {host} {port} {command} || return 1");
    let _ = writeln!(phases.settle, "settle {at} {name} {restart} {reload}");
    restore(at, &name, phases);
}

/// The calls that take a unit away.
pub(super) fn remove(at: usize, prior: &Object, phases: &mut Phases) {
    let (name, expected) = (quote(prior.str("name").unwrap_or_default()), expected(Some(prior)));
    phases.stage(at, &format!("stage_unit_removal {at} {name} {expected}"), "");
    let _ = writeln!(phases.commit, "commit_unit_removal {at} {name} || return 1");
    let _ = writeln!(phases.settle, "forget {at} {name}");
    restore(at, &name, phases);
}

/// Whether a unit must pass its gate although nothing is done to its process. Not where it is only let go of by the boot, or
/// reached by another way: that must be possible while it is ill.
fn asks_gate(prior: Option<&Object>, planned: &Object) -> bool {
    let Some(prior) = prior else { return planned.str("state") == Some("running") };
    let differs = |name: &&str| prior.get(name) != planned.get(name);
    let is_hooked_in = planned.bool("enabled") == Some(true) && prior.bool("enabled") != Some(true);
    let matters = ["gate", "state", "text", "restart_on", "reload_on"].iter().any(differs);
    planned.str("state") == Some("running") && (matters || is_hooked_in)
}

/// The calls that have it be as it was.
fn restore(at: usize, name: &str, phases: &mut Phases) {
    phases.undo.push(format!("undo_unit {at} {name} || spoil {}\n", spoilt(name)));
    let _ = writeln!(phases.redo, "redo_unit {at} {name} || spoil {}", spoilt(name));
}

/// A hash over what a process of this unit takes up only by a restart, or only by a reload.
fn activation(unit: &Object, attribute: &str) -> String {
    let mut hash = Sha256::new();
    if attribute == "restart_on" {
        hash.update(unit.str("text").unwrap_or_default());
    }
    hash.update([0]);
    if let Some(value) = unit.get(attribute).filter(|value| !value.is_null()) {
        hash.update(to_json(value, Type::DYNAMIC).to_string());
    }
    hex::encode(hash.finalize())
}
