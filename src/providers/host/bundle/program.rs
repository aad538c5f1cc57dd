//! The program of one transaction: what the script on the host is told to do, member by member, phase by phase.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::net::host::quote;
use crate::provider::Member;
use crate::provider::MemberCall;
use crate::providers::host::client::Question;
use crate::providers::host::content;
use crate::providers::host::kind::kind;
use crate::providers::host::look;
use crate::providers::host::look::Target;
use crate::providers::host::script::Part;
use crate::providers::host::script::compose;
use crate::schema::ObjectExt;
use crate::value::Object;

/// The bodies of the functions that the script calls, in its order; each kind adds its calls.
#[derive(Default)]
pub(in crate::providers::host) struct Phases {
    op: String,
    members: String,
    leftovers: String,
    staged: Vec<String>,
    /// Whether what stands at the place of the member whose calls come next gives way.
    gives_way: bool,
    /// Of what makes room; it has no other phases.
    prepare: String,
    /// Whether packages were told that are not changed yet.
    has_packages: bool,
    pub(in crate::providers::host) stage: String,
    pub(in crate::providers::host) check: String,
    pub(in crate::providers::host) owe: String,
    pub(in crate::providers::host) commit: String,
    pub(in crate::providers::host) activate: String,
    pub(in crate::providers::host) gate: String,
    pub(in crate::providers::host) settle: String,
    /// In order; undone in reverse.
    pub(in crate::providers::host) undo: Vec<String>,
    pub(in crate::providers::host) redo: String,
    /// The paths of files that the members bring, as words.
    pub(in crate::providers::host) brings: String,
    contents: Vec<u8>,
}

/// The question that applies all members and then looks at them.
pub(in crate::providers::host) fn question(op: &str, members: &[Member], targets: &[Target]) -> Question {
    let brings = members.iter().filter_map(brings).map(quote).collect::<Vec<_>>().join(" ");
    let mut phases = Phases { op: op.to_owned(), brings, ..Phases::default() };
    for (at, member) in members.iter().enumerate() {
        let _ = writeln!(phases.members, "member {at} {}", STANDARD.encode(&member.address));
        // A machine is never a member: nothing is done to it.
        let Some(kind) = kind(member.ty) else { continue };
        phases.gives_way = matches!(member.call, MemberCall::Create { gives_way: true, .. });
        match &member.call {
            MemberCall::Create { planned, .. } => kind.put(at, None, planned, &mut phases),
            MemberCall::Update { prior, planned } => kind.put(at, Some(prior), planned, &mut phases),
            MemberCall::Delete { prior } => kind.remove(at, prior, &mut phases),
        }
    }
    let contents = std::mem::take(&mut phases.contents);
    let changed = members.iter().filter_map(|member| Some(kind(member.ty)?.part()));
    let whole = if phases.makes_room() { Part::Prepare } else { Part::Transaction };
    let script = compose(changed.chain(look::parts(targets)).chain([whole]));
    Question { script, program: phases.program(op, members.len(), targets), contents }
}

fn brings(member: &Member) -> Option<&str> {
    match &member.call {
        MemberCall::Create { planned, .. } | MemberCall::Update { planned, .. } => kind(member.ty)?.brings(planned),
        MemberCall::Delete { .. } => None,
    }
}

impl Phases {
    /// A call that makes room, of member number `at`.
    pub(in crate::providers::host) fn prepare(&mut self, at: usize, call: &str) {
        self.change_packages();
        let _ = writeln!(self.prepare, "{call} && keep prepared_{at} yes || return 1");
    }

    /// A call that stages member number `at`, and brings what [`Phases::content`] said of its content. The others are staged
    /// even where it cannot be, so that all that is wrong is told at once.
    pub(in crate::providers::host) fn stage(&mut self, at: usize, call: &str, staging: &str) {
        let size = staging.rsplit(' ').next().filter(|size| !size.is_empty()).unwrap_or("-");
        let _ = writeln!(self.stage, "{call} || {{ fault {at}; skip {at} {size}; }}");
    }

    /// A call that checks member number `at`, likewise.
    pub(in crate::providers::host) fn check(&mut self, at: usize, call: &str) {
        let _ = writeln!(self.check, "{call} || fault {at}");
    }

    /// A call that tells of a package; those that come one after another are changed at once.
    pub(in crate::providers::host) fn package(&mut self, call: &str) {
        let _ = writeln!(self.prepare, "{call}");
        self.has_packages = true;
    }

    /// Whether it is of what makes room, and no transaction.
    fn makes_room(&self) -> bool {
        !self.prepare.is_empty()
    }

    fn change_packages(&mut self) {
        if std::mem::take(&mut self.has_packages) {
            self.prepare.push_str("change_packages || return 1\n");
        }
    }

    /// Has all units that were activated so far pass their gates, before what comes next.
    pub(in crate::providers::host) fn wait_for_gates(&mut self) {
        if !self.gate.is_empty() {
            self.activate.push_str("gate || return 1\n");
        }
    }

    /// A file whose attributes say where it is and whose it is.
    pub(in crate::providers::host) fn put_file(
        &mut self,
        at: usize,
        prior: Option<&Object>,
        planned: &Object,
        bytes: &[u8],
    ) {
        let path = planned.str("path").unwrap_or_default();
        let staging = self.content(at, path, prior, bytes);
        let text = |name: &str| quote(planned.str(name).unwrap_or_default());
        let parents = if planned.bool("create_parents") == Some(true) { "yes" } else { "no" };
        let (path, mode, owner, group) = (quote(path), text("mode"), text("owner"), text("group"));
        let call = format!("stage_file {at} {path} {staging} {mode} {owner} {group} {parents}");
        self.stage(at, &call, &staging);
        let _ = writeln!(self.commit, "commit_file {at} {path} || return 1");
        self.undo.push(format!("undo_file {at} {path} || spoil {}\n", spoilt(&path)));
    }

    /// A file that goes.
    pub(in crate::providers::host) fn remove_file(&mut self, at: usize, prior: &Object) {
        let (path, expected) = (quote(prior.str("path").unwrap_or_default()), expected(Some(prior)));
        self.stage(at, &format!("stage_removal {at} {path} {expected}"), "");
        let _ = writeln!(self.commit, "commit_removal {at} {path} || return 1");
        self.undo.push(format!("undo_file {at} {path} || spoil {}\n", spoilt(&path)));
    }

    /// Has what a file shall hold be staged beside its target, unless it holds that already: the words for `stage_file`.
    pub(in crate::providers::host) fn content(
        &mut self,
        at: usize,
        path: &str,
        prior: Option<&Object>,
        bytes: &[u8],
    ) -> String {
        let expected = if self.gives_way { "any".to_owned() } else { expected(prior) };
        let digest = content::digest(bytes);
        if expected == digest {
            return format!("{expected} {digest} -");
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let staged = format!("\"$root\"{}", quote(&format!("{folder}/.infra-{}-{at}", self.op)));
        let _ = writeln!(self.leftovers, "rm -f -- {staged}");
        self.staged.push(staged);
        self.contents.extend_from_slice(bytes);
        format!("{expected} {digest} {}", bytes.len())
    }

    /// A file that the host makes beside this one, and that must not stay should it be killed meanwhile.
    pub(in crate::providers::host) fn stages_beside(&mut self, path: &str, number: &str) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let _ =
            writeln!(self.leftovers, "rm -f -- \"$root\"{}", quote(&format!("{folder}/.infra-{}-{number}", self.op)));
    }

    fn program(mut self, op: &str, count: usize, targets: &[Target]) -> String {
        self.change_packages();
        let run = if self.makes_room() { "prepare\n" } else { "transact\n" };
        let mut program = format!("op={}\ncount={count}\n", quote(op));
        let _ = writeln!(program, "members={}\nleftovers={}", quote(&self.members), quote(&self.leftovers));
        let flush = match self.staged.as_slice() {
            [] => String::new(),
            staged => format!("flush {}\n", staged.join(" ")),
        };
        let undo: String = self.undo.into_iter().rev().collect();
        let redo = if self.redo.is_empty() { String::new() } else { format!("{}see_again\n", self.redo) };
        let see = look::program(targets);
        for (name, body) in [
            ("prepare_all", &self.prepare),
            ("stage_all", &self.stage),
            ("check_all", &self.check),
            ("flush_staged", &flush),
            ("owe_all", &self.owe),
            ("commit_all", &self.commit),
            ("activate_all", &self.activate),
            ("gate_units", &self.gate),
            ("settle_all", &self.settle),
            ("undo_all", &undo),
            ("redo_all", &redo),
            ("observe_all", &see),
        ] {
            // A function cannot be empty, and the last of its lines must not decide how it ends.
            let end = if ["stage_all", "check_all"].contains(&name) { "[ -z \"$failed\" ]" } else { ":" };
            let _ = writeln!(program, "{name}() {{\n{body}{end}\n}}");
        }
        program.push_str(run);
        program.push_str("echo end\n");
        program
    }
}

/// What was last seen at the place: the hash that must still be there.
pub(in crate::providers::host) fn expected(prior: Option<&Object>) -> String {
    match prior {
        None => "absent".to_owned(),
        Some(prior) => quote(prior.str("digest").unwrap_or("other")),
    }
}

/// What is told when something could not be put back.
pub(in crate::providers::host) fn spoilt(what: &str) -> String {
    format!("{what}' could not be put back'")
}
