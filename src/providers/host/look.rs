//! One look at a host: a list of what to see, the one question for all of it, and the answer by place in the list.

use std::collections::BTreeMap;

use super::answer::Answer;
use super::answer::Manager;
use super::answer::Place;
use super::answer::UnitRecord;
use super::client::Question;
use super::client::ask;
use crate::net::host::Shell;
use crate::net::host::quote;
use crate::provider::Cx;
use crate::provider::Result;

/// Where units are that somebody else than a package wrote.
pub(crate) const UNITS: &str = "/etc/systemd/system";

pub(super) const SCRIPT: &str =
    concat!(include_str!("scripts/words.sh"), include_str!("scripts/observe.sh"), include_str!("scripts/main.sh"));

/// Something to see.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Target {
    /// The machine itself.
    Machine,
    /// A file; its content is sent only when its hash is not `known`.
    File { path: String, known: Option<String> },
    /// A unit, likewise.
    Unit { name: String, known: Option<String> },
}

/// What was seen.
#[derive(Debug)]
pub(crate) struct Sight {
    targets: Vec<Target>,
    /// The answer as it came.
    pub(crate) answer: Answer,
}

impl Sight {
    /// Puts an answer beside what was asked.
    pub(crate) fn new(targets: Vec<Target>, answer: Answer) -> Self {
        Self { targets, answer }
    }

    /// What stands at a target's path.
    pub(crate) fn place(&self, at: usize) -> Option<&Place> {
        self.answer.places.get(&at)
    }

    /// What we have on record for a unit.
    pub(crate) fn record(&self, at: usize) -> UnitRecord {
        self.answer.records.get(&at).cloned().unwrap_or_default()
    }

    /// What the service manager says of a unit; `None` for a template, of which it knows only instances.
    pub(crate) fn properties(&self, at: usize) -> Option<&BTreeMap<String, String>> {
        let Manager::Shown(shown) = &self.answer.manager else { return None };
        let earlier = self.targets[..at].iter().filter(|target| target.shown().is_some()).count();
        self.targets[at].shown().and_then(|_| shown.get(earlier))
    }
}

impl Target {
    /// The name that the service manager is asked for.
    fn shown(&self) -> Option<&str> {
        match self {
            Self::Unit { name, .. } if !is_template(name) => Some(name),
            Self::Unit { .. } | Self::File { .. } | Self::Machine => None,
        }
    }
}

/// Whether a unit is a text from which instances are made.
pub(crate) fn is_template(name: &str) -> bool {
    name.contains("@.")
}

/// The calls that see all targets.
pub(crate) fn program(targets: &[Target]) -> String {
    let mut program = String::new();
    if targets.contains(&Target::Machine) || targets.iter().any(|target| target.shown().is_some()) {
        program.push_str("observe_host\n");
    }
    let hash = |known: &Option<String>| quote(known.as_deref().unwrap_or("-"));
    for (at, target) in targets.iter().enumerate() {
        match target {
            Target::Machine => {}
            Target::File { path, known } => {
                program.push_str(&format!("observe_file {at} {} {}\n", quote(path), hash(known)));
            }
            Target::Unit { name, known } => {
                program.push_str(&format!("observe_unit {at} {} {}\n", quote(name), hash(known)));
            }
        }
    }
    let units: Vec<String> = targets.iter().filter_map(Target::shown).map(quote).collect();
    if !units.is_empty() {
        program.push_str(&format!("observe_units {}\n", units.join(" ")));
    }
    program
}

/// Looks at a host in one command; with the receipt of an operation where one is asked for, once nothing is at work there.
pub(crate) async fn look(shell: &dyn Shell, targets: Vec<Target>, receipt: Option<&str>, cx: &Cx) -> Result<Sight> {
    let mut program = program(&targets);
    if let Some(op) = receipt {
        program = format!("await_transaction\n{program}observe_receipt {}\n", quote(op));
    }
    program.push_str("echo end\n");
    let question = Question { script: SCRIPT, program, contents: Vec::new() };
    Ok(Sight::new(targets, ask(shell, question, "looking at the host", cx).await?))
}
