//! One look at a host: a list of what to see, the one question for all of it, and the answer by place in the list.

use std::collections::BTreeMap;

use super::answer::Answer;
use super::answer::Manager;
use super::answer::Place;
use super::answer::UnitRecord;
use super::client::Question;
use super::client::ask;
use super::script::Part;
use super::script::compose;
use crate::net::host::Shell;
use crate::net::host::quote;
use crate::provider::Cx;
use crate::provider::Result;

/// Where units are that somebody else than a package wrote.
pub(crate) const UNITS: &str = "/etc/systemd/system";

/// For how many targets a function is called at once, as the system takes only so many arguments.
const AT_ONCE: usize = 200;

/// Something to see.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Target {
    /// The functions that see it.
    calls: Vec<Call>,
    /// The name that the service manager is asked for; it is asked once for all.
    unit: Option<String>,
    /// Whether the machine itself is to be seen as well.
    is_of_machine: bool,
}

/// A function of the script, called with the target's number and these words.
#[derive(Debug, Clone, PartialEq)]
struct Call {
    /// Where the function is.
    part: Part,
    function: &'static str,
    words: String,
    /// Whether it sees many targets in one call.
    is_together: bool,
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
    /// The machine itself.
    pub(crate) fn machine() -> Self {
        Self { calls: Vec::new(), unit: None, is_of_machine: true }
    }

    /// What a function of a part of the script sees, called with its number and these words.
    pub(crate) fn new(part: Part, function: &'static str, words: &[&str]) -> Self {
        Self { calls: vec![Call::new(part, function, words, false)], unit: None, is_of_machine: false }
    }

    /// What a function of a part sees for many targets at once, called with the number and the words of each.
    pub(crate) fn together(part: Part, function: &'static str, words: &[&str]) -> Self {
        Self { calls: vec![Call::new(part, function, words, true)], unit: None, is_of_machine: false }
    }

    /// A file; its content is sent only when its hash is not `known`.
    pub(crate) fn file(path: &str, known: Option<&str>) -> Self {
        Self::together(Part::Places, "observe_places", &["file", path, known.unwrap_or("-")])
    }

    /// A directory.
    pub(crate) fn directory(path: &str) -> Self {
        Self::together(Part::Places, "observe_places", &["directory", path, "-"])
    }

    /// A unit, likewise; a template is a text alone.
    pub(crate) fn unit(name: &str, known: Option<&str>) -> Self {
        let mut target = Self::file(&format!("{UNITS}/{name}"), known);
        target.calls.push(Call::new(Part::Units, "observe_places", &["unit", name, "-"], true));
        let is_shown = !is_template(name);
        Self { unit: is_shown.then(|| name.to_owned()), is_of_machine: is_shown, ..target }
    }

    /// The name that the service manager is asked for.
    fn shown(&self) -> Option<&str> {
        self.unit.as_deref()
    }
}

impl Call {
    fn new(part: Part, function: &'static str, words: &[&str], is_together: bool) -> Self {
        let words: Vec<String> = words.iter().map(|word| quote(word)).collect();
        Self { part, function, words: words.join(" "), is_together }
    }
}

/// Whether a unit is a text from which instances are made.
pub(crate) fn is_template(name: &str) -> bool {
    name.contains("@.")
}

/// The calls that see all targets.
pub(crate) fn program(targets: &[Target]) -> String {
    let mut program = String::new();
    if targets.iter().any(|target| target.is_of_machine) {
        program.push_str("observe_host\n");
    }
    let mut together: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (at, target) in targets.iter().enumerate() {
        for Call { function, words, is_together, .. } in &target.calls {
            match is_together {
                true => together.entry(function).or_default().push(format!("{at} {words}")),
                false => program.push_str(&format!("{function} {at} {words}\n")),
            }
        }
    }
    for (function, targets) in together {
        for some in targets.chunks(AT_ONCE) {
            program.push_str(&format!("{function} {}\n", some.join(" ")));
        }
    }
    let units: Vec<String> = targets.iter().filter_map(Target::shown).map(quote).collect();
    if !units.is_empty() {
        program.push_str(&format!("observe_units {}\n", units.join(" ")));
    }
    program
}

/// The parts that those calls are in.
pub(crate) fn parts(targets: &[Target]) -> impl Iterator<Item = Part> {
    let machine = targets.iter().any(|target| target.is_of_machine).then_some(Part::Facts);
    targets.iter().flat_map(|target| &target.calls).map(|call| call.part).chain(machine)
}

/// Looks at a host in one command; with the receipt of an operation where one is asked for, once nothing is at work there.
pub(crate) async fn look(shell: &dyn Shell, targets: Vec<Target>, receipt: Option<&str>, cx: &Cx) -> Result<Sight> {
    let mut program = program(&targets);
    if let Some(op) = receipt {
        program = format!("await_transaction\n{program}observe_receipt {}\n", quote(op));
    }
    program.push_str("echo end\n");
    let script = compose(parts(&targets).chain(receipt.map(|_| Part::Receipts)));
    let question = Question { script, program, contents: Vec::new() };
    Ok(Sight::new(targets, ask(shell, question, "looking at the host", cx).await?))
}
