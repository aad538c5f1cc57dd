//! The program of one transaction: what the script on the host is told to do, member by member, phase by phase.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::net::host::quote;
use crate::provider::Member;
use crate::provider::MemberCall;
use crate::providers::host::client::Question;
use crate::providers::host::content;
use crate::providers::host::file;
use crate::providers::host::look;
use crate::providers::host::look::Target;
use crate::providers::host::look::UNITS;
use crate::providers::host::unit;
use crate::providers::host::unit::Gate;
use crate::schema::ObjectExt;
use crate::value::Object;

pub(in crate::providers::host) const SCRIPT: &str = concat!(
    include_str!("../scripts/words.sh"),
    include_str!("../scripts/observe.sh"),
    include_str!("../scripts/store.sh"),
    include_str!("../scripts/files.sh"),
    include_str!("../scripts/units.sh"),
    include_str!("../scripts/gate.sh"),
    include_str!("../scripts/transaction.sh"),
    include_str!("../scripts/main.sh"),
);

/// The bodies of the functions that the script calls, in its order.
#[derive(Default)]
struct Phases {
    members: String,
    leftovers: String,
    staged: Vec<String>,
    stage: String,
    check: String,
    owe: String,
    commit: String,
    activate: String,
    gate: String,
    settle: String,
    /// In order; undone in reverse.
    undo: Vec<String>,
    redo: String,
    contents: Vec<u8>,
}

/// The question that applies all members and then looks at them.
pub(in crate::providers::host) fn question(op: &str, members: &[Member], targets: &[Target]) -> Question {
    let mut phases = Phases::default();
    let brings: Vec<String> = members.iter().filter_map(brings).map(|path| quote(&path)).collect();
    for (at, member) in members.iter().enumerate() {
        phases.members.push_str(&format!("member {at} {}\n", STANDARD.encode(&member.address)));
        match &member.call {
            MemberCall::Create { planned } => phases.put(op, at, member.ty, None, planned, &brings),
            MemberCall::Update { prior, planned } => phases.put(op, at, member.ty, Some(prior), planned, &brings),
            MemberCall::Delete { prior } => phases.remove(at, member.ty, prior),
        }
    }
    let contents = std::mem::take(&mut phases.contents);
    Question { script: SCRIPT, program: phases.program(op, members.len(), targets), contents }
}

/// The path of a file that a member brings: a program, perhaps, that a unit of the same bundle runs.
fn brings(member: &Member) -> Option<String> {
    match &member.call {
        MemberCall::Create { planned } | MemberCall::Update { planned, .. } if member.ty == file::NAME => {
            planned.str("path").map(str::to_owned)
        }
        _ => None,
    }
}

impl Phases {
    /// A member that comes to be or changes.
    fn put(&mut self, op: &str, at: usize, ty: &str, prior: Option<&Object>, planned: &Object, brings: &[String]) {
        let is_unit = ty == unit::NAME;
        let bytes = match is_unit {
            true => planned.str("text").unwrap_or_default().as_bytes().to_vec(),
            false => content::wanted(planned).unwrap_or_default(),
        };
        let digest = content::digest(&bytes);
        let expected = expected(prior);
        let is_same = expected == digest;
        let size = if is_same { "-".to_owned() } else { bytes.len().to_string() };
        let path = path(ty, planned);
        if !is_same {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let staged = format!("\"$root\"{}", quote(&format!("{folder}/.infra-{op}-{at}")));
            let _ = writeln!(self.leftovers, "rm -f -- {staged}");
            self.staged.push(staged);
            self.contents.extend_from_slice(&bytes);
        }
        if is_unit {
            self.put_unit(at, prior, planned, &format!("{expected} {digest} {size}"), brings);
        } else {
            let text = |name: &str| quote(planned.str(name).unwrap_or_default());
            let parents = if planned.bool("create_parents") == Some(true) { "yes" } else { "no" };
            let (mode, owner, group) = (text("mode"), text("owner"), text("group"));
            let path = quote(&path);
            let _ = writeln!(
                self.stage,
                "stage_file {at} {path} {expected} {digest} {size} {mode} {owner} {group} {parents} || return 1"
            );
            let _ = writeln!(self.commit, "commit_file {at} {path} || return 1");
            self.undo.push(format!("undo_file {at} {path} || spoil {}\n", spoilt(&path)));
        }
    }

    fn put_unit(&mut self, at: usize, prior: Option<&Object>, planned: &Object, staging: &str, brings: &[String]) {
        let name = quote(planned.str("name").unwrap_or_default());
        let gate = Gate::of(planned);
        let state = planned.str("state").unwrap_or("running");
        let drift = prior.and_then(|prior| prior.strings("drift")).unwrap_or_default();
        let force = if drift.iter().any(|drift| unit::needs_restart(drift)) { "yes" } else { "no" };
        let url = quote(gate.url.as_deref().unwrap_or_default());
        let (host, port) = gate.address.map_or((String::new(), String::new()), |(host, port)| (host, port.to_string()));
        let (host, port) = (quote(&host), quote(&port));
        let command = quote(gate.command.as_deref().unwrap_or_default());
        let hashes = |unit: &Object| (unit::activation(unit, "restart_on"), unit::activation(unit, "reload_on"));
        let (restart, reload) = hashes(planned);
        // Where the host has no record, what we last knew stands in; what was found there and not made by us is taken as
        // it is, its process with it.
        let assumed = prior.filter(|prior| !prior.get("restart_on").is_none_or(|value| value.is_null())).map(hashes);
        let (had_restart, had_reload) = assumed.unwrap_or_default();
        let (had_restart, had_reload) = (quote(&had_restart), quote(&had_reload));
        let enabled = if planned.bool("enabled") == Some(true) { "yes" } else { "no" };
        let _ = writeln!(self.stage, "stage_unit {at} {name} {staging} || return 1");
        let _ = writeln!(self.check, "can_probe {at} {url} {host} || return 1");
        let _ = writeln!(self.check, "check_unit {at} {name} {} || return 1", brings.join(" "));
        let _ = writeln!(
            self.check,
            "decide {at} {name} {state} {force} {restart} {reload} {had_restart} {had_reload} || return 1"
        );
        let _ = writeln!(self.owe, "owe {at} {name} || return 1");
        let _ = writeln!(self.commit, "commit_file {at} \"$units\"/{name} || return 1");
        let _ = writeln!(self.activate, "activate {at} {name} {enabled} || return 1");
        let (hold, deadline) = (gate.hold, gate.deadline);
        let _ =
            writeln!(self.gate, "gate_unit {at} {name} {hold} {deadline} {url} {host} {port} {command} || return 1");
        let _ = writeln!(self.settle, "settle {at} {name} {restart} {reload}");
        self.undo.push(format!("undo_unit {at} {name} || spoil {}\n", spoilt(&name)));
        let _ = writeln!(self.redo, "redo_unit {at} {name} || spoil {}", spoilt(&name));
    }

    /// A member that goes.
    fn remove(&mut self, at: usize, ty: &str, prior: &Object) {
        let expected = expected(Some(prior));
        if ty == unit::NAME {
            let name = quote(prior.str("name").unwrap_or_default());
            let _ = writeln!(self.stage, "stage_unit_removal {at} {name} {expected} || return 1");
            let _ = writeln!(self.commit, "commit_unit_removal {at} {name} || return 1");
            let _ = writeln!(self.settle, "forget {at} {name}");
            self.undo.push(format!("undo_unit {at} {name} || spoil {}\n", spoilt(&name)));
            let _ = writeln!(self.redo, "redo_unit {at} {name} || spoil {}", spoilt(&name));
        } else {
            let path = quote(&path(ty, prior));
            let _ = writeln!(self.stage, "stage_removal {at} {path} {expected} || return 1");
            let _ = writeln!(self.commit, "commit_removal {at} {path} || return 1");
            self.undo.push(format!("undo_file {at} {path} || spoil {}\n", spoilt(&path)));
        }
    }

    fn program(self, op: &str, count: usize, targets: &[Target]) -> String {
        let mut program = format!("op={}\ncount={count}\n", quote(op));
        let _ = writeln!(program, "members={}\nleftovers={}", quote(&self.members), quote(&self.leftovers));
        let flush = match self.staged.as_slice() {
            [] => String::new(),
            staged => format!("flush {}\n", staged.join(" ")),
        };
        let undo: String = self.undo.into_iter().rev().collect();
        let see = look::program(targets);
        for (name, body) in [
            ("stage_all", &self.stage),
            ("check_all", &self.check),
            ("flush_staged", &flush),
            ("owe_all", &self.owe),
            ("commit_all", &self.commit),
            ("activate_all", &self.activate),
            ("gate_units", &self.gate),
            ("settle_all", &self.settle),
            ("undo_all", &undo),
            ("redo_all", &self.redo),
            ("observe_all", &see),
        ] {
            // A function cannot be empty, and the last of its lines must not decide how it ends.
            let _ = writeln!(program, "{name}() {{\n{body}:\n}}");
        }
        program.push_str("transact\necho end\n");
        program
    }
}

/// What was last seen at the place: the hash that must still be there.
fn expected(prior: Option<&Object>) -> String {
    match prior {
        None => "absent".to_owned(),
        Some(prior) => quote(prior.str("digest").unwrap_or("other")),
    }
}

fn path(ty: &str, object: &Object) -> String {
    match ty {
        unit::NAME => format!("{UNITS}/{}", object.str("name").unwrap_or_default()),
        _ => object.str("path").unwrap_or_default().to_owned(),
    }
}

fn spoilt(what: &str) -> String {
    format!("{what}' could not be put back'")
}
