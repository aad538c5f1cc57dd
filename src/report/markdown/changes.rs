//! What a plan adds to a report: its changes as the page of a plan shows them, by what happens to whom.

use super::Verdict;
use super::code::code;
use super::fit::Entry;
use super::part::Kind;
use crate::plan::Action;
use crate::plan::Change;
use crate::plan::Mode;
use crate::plan::Plan;
use crate::plan::Registry;
use crate::report::plan::DriftClass;
use crate::report::plan::changed_outputs;
use crate::report::plan::class_of;
use crate::report::plan::handover_lines;
use crate::report::plan::headline_of;
use crate::report::plan::is_adopted_as_it_is;
use crate::report::plan::is_relevant;
use crate::report::plan::is_shown;
use crate::report::plan::object_name;
use crate::report::plan::summary_line;
use crate::report::plan::wave_lines;
use crate::report::plan::write_change;
use crate::report::plan::write_drift;
use crate::report::plan::write_output;
use crate::report::style::Secrets;
use crate::report::style::Style;
use crate::report::value::Page;
use crate::value::Path;
use crate::value::Step;

/// How many attributes are named before the rest is only counted.
const NAMED: usize = 5;

/// What a plan comes to.
pub(super) fn verdict(plan: &Plan) -> Verdict {
    match plan {
        _ if plan.errored => Verdict::Errors,
        _ if plan.changes.iter().any(|change| change.action.destroys()) => Verdict::Destroys,
        _ if plan.is_applyable() || !plan.deferred.is_empty() => Verdict::Changes,
        _ => Verdict::NothingToDo,
    }
}

/// What a plan comes to, in a sentence.
pub(super) fn lead(plan: &Plan) -> String {
    match plan {
        _ if plan.errored => "**The plan is not complete**: what follows is as far as it came.".to_owned(),
        _ if plan.changes.iter().any(is_shown) => format!("**{}**", summary_line(plan)),
        _ if plan.is_applyable() && plan.mode == Mode::RefreshOnly => {
            "**No object changes.** The state takes over what was changed outside.".to_owned()
        }
        _ if plan.is_applyable() => "**No object changes.** Outputs do.".to_owned(),
        _ if !plan.deferred.is_empty() => "**Nothing can be done yet**: all of it waits for a later phase.".to_owned(),
        _ => "**No changes.** What is there is as it is written.".to_owned(),
    }
}

/// Gives an entry for everything that a plan tells.
pub(super) fn collect(plan: &Plan, registry: &Registry, add: &mut dyn FnMut(Kind, Entry)) {
    let handovers = handover_lines(plan);
    for (at, change) in plan.changes.iter().enumerate().filter(|(_, change)| is_shown(change)) {
        let order = handovers.get(&at).map_or(&[][..], Vec::as_slice);
        let details = on_page(|page| write_change(page, change, order, registry));
        add(kind(change), Entry::new(name(change, registry), &details));
    }
    for (resource, words) in wave_lines(plan) {
        add(Kind::Capacity, Entry::new(format!("{}: {words}", code(&resource)), ""));
    }
    let relevant = is_relevant(plan);
    for drift in plan.drift.iter().filter(|drift| relevant(drift)) {
        let name = code(&object_name(&drift.addr, &drift.object));
        match class_of(drift) {
            DriftClass::Stale => {
                let why = code(drift.stale.as_deref().unwrap_or_default());
                add(Kind::Unreadable, Entry::new(format!("{name}: {why}"), ""));
            }
            class => {
                let is_gone = class == DriftClass::DeletedOutside;
                let kind = if is_gone { Kind::DeletedOutside } else { Kind::ChangedOutside };
                add(kind, Entry::new(name, &on_page(|page| write_drift(page, drift, registry))));
            }
        }
    }
    for (output, action) in changed_outputs(plan) {
        let details = on_page(|page| write_output(page, output, action, 0));
        add(Kind::Outputs, Entry::new(code(&output.name), &details));
    }
    for deferred in &plan.deferred {
        add(Kind::Deferred, Entry::new(format!("{}: {}", code(&deferred.address), code(&deferred.reason)), ""));
    }
}

/// What a page holds that is written for a block whose lines are coloured by their first letter.
pub(super) fn on_page<'p>(write: impl FnOnce(&mut Page<'p>)) -> String {
    let mut page = Page::new(Style::PLAIN, Secrets::Hidden);
    page.at_margin = true;
    write(&mut page);
    page.out
}

fn kind(change: &Change) -> Kind {
    match change.action {
        Action::Create if change.adopts && is_adopted_as_it_is(change) => Kind::Settled,
        Action::Create if change.adopts && change.prior.is_some() => Kind::Updated,
        Action::Create => Kind::Created,
        Action::Update => Kind::Updated,
        Action::DeleteThenCreate | Action::CreateThenDelete => Kind::Replaced,
        Action::Delete => Kind::Destroyed,
        Action::Forget => Kind::Forgotten,
        Action::Read | Action::NoOp => Kind::Settled,
    }
}

/// One line: which object, what happens, why, and which arguments are to blame.
fn name(change: &Change, registry: &Registry) -> String {
    let addr = object_name(&change.addr, &change.object);
    let mut lines = headline_of(change, registry).into_iter();
    let first = lines.next().unwrap_or_default();
    let mut name = match first.strip_prefix(&addr) {
        // What is behind the address is our own words.
        Some(words) => format!("{}{words}", code(&addr)),
        None => code(&first),
    };
    lines.for_each(|line| name.push_str(&format!(" {}", code(&line))));
    let mut paths: Vec<String> = Vec::new();
    for path in change.replace_paths.iter().filter(|_| change.action.is_replace()).map(argument) {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    if !paths.is_empty() {
        let named: Vec<String> = paths.iter().take(NAMED).map(|path| code(path)).collect();
        name.push_str(&format!(", forced by {}", named.join(", ")));
        if paths.len() > NAMED {
            name.push_str(&format!(" and {} more", paths.len() - NAMED));
        }
    }
    name
}

/// The path of an argument, as far as it names no value: an element of a set is its own key.
fn argument(path: &Path) -> String {
    let is_name = |step: &&Step| match step {
        Step::Attr(_) => true,
        Step::Index(key) => !key.is_sensitive() && (key.as_str().is_some() || key.as_number().is_some()),
    };
    path.steps().iter().take_while(is_name).cloned().collect::<Path>().to_string()
}
