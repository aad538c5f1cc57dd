//! What is not as we left it.

use std::collections::BTreeSet;

use super::super::style::Tone;
use super::super::value::Content;
use super::super::value::Page;
use super::super::value::Sign;
use super::headline::name;
use super::with_block;
use crate::addr;
use crate::addr::ResourceAddr;
use crate::plan::Action;
use crate::plan::Drift;
use crate::plan::Mode;
use crate::plan::Plan;
use crate::plan::Registry;

/// What kind of difference it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DriftClass {
    /// Somebody else changed it.
    ChangedOutside,
    /// Somebody else deleted it.
    DeletedOutside,
    /// It could not be seen: what is known of it is old.
    Stale,
}

/// The class of a drift.
pub fn class_of(drift: &Drift) -> DriftClass {
    match (&drift.stale, &drift.after) {
        (Some(_), _) => DriftClass::Stale,
        (None, None) => DriftClass::DeletedOutside,
        (None, Some(_)) => DriftClass::ChangedOutside,
    }
}

/// Whether a drift explains anything about the plan: the object changes, or one that refers to it does.
pub fn is_relevant(plan: &Plan) -> impl Fn(&Drift) -> bool {
    let mut changed: BTreeSet<String> = BTreeSet::new();
    let mut referred: BTreeSet<ResourceAddr> = BTreeSet::new();
    if !plan.drift.is_empty() {
        for change in plan.changes.iter().filter(|change| change.action != Action::NoOp) {
            changed.insert(change.addr.to_string());
            referred.extend(change.dependencies.iter().cloned());
        }
    }
    let shows_all = plan.mode == Mode::RefreshOnly;
    move |drift| {
        shows_all
            || class_of(drift) != DriftClass::ChangedOutside
            || changed.contains(&drift.addr.to_string())
            || referred.contains(&drift.addr.resource())
    }
}

/// Writes the drift that matters to the plan.
pub(super) fn section(page: &mut Page<'_>, plan: &Plan, registry: &Registry) {
    if plan.drift.is_empty() {
        return;
    }
    let relevant = is_relevant(plan);
    let shown: Vec<&Drift> = plan.drift.iter().filter(|drift| relevant(drift)).collect();
    let of = |class| shown.iter().copied().filter(move |drift| class_of(drift) == class);
    if of(DriftClass::ChangedOutside).chain(of(DriftClass::DeletedOutside)).next().is_some() {
        page.line(Tone::Bold, "\nNote: Objects have changed outside of infra\n");
        let words = match plan.mode {
            Mode::RefreshOnly => "These are not as the last run left them:\n",
            Mode::Normal | Mode::Destroy => "These are not as the last run left them, which may bear on this plan:\n",
        };
        page.line(Tone::Plain, words);
        for drift in of(DriftClass::ChangedOutside).chain(of(DriftClass::DeletedOutside)) {
            write_drift(page, drift, registry);
        }
    }
    if of(DriftClass::Stale).next().is_some() {
        page.line(Tone::Bold, "\nNote: Objects could not be read");
        page.line(Tone::Plain, "\nThe plan is made with what was last known of these:\n");
        for drift in of(DriftClass::Stale) {
            let why = drift.stale.as_deref().unwrap_or_default();
            let line = format!("  # {}: {}", name(&drift.addr, &drift.object), super::super::wrap::visible(why));
            page.line(Tone::Plain, &line);
        }
    }
    page.line(Tone::Dim, &format!("\n{}", page.style.rule()));
}

/// Writes what became of one object.
pub(in crate::report) fn write_drift(page: &mut Page<'_>, drift: &Drift, registry: &Registry) {
    let addr = name(&drift.addr, &drift.object);
    let (verb, sign) = match drift.after {
        Some(_) => ("changed", Sign::Change),
        None => ("been deleted", Sign::Remove),
    };
    page.line(Tone::Bold, &format!("  # {addr} has {verb}"));
    page.begin(0, sign);
    page.out.push_str(&format!("resource {:?} {:?} {{\n", &*drift.addr.ty, &*drift.addr.name));
    let content = match &drift.after {
        Some(after) => Content::Change(&drift.before, after),
        None => Content::Change(&drift.before, &drift.before),
    };
    with_block(registry, addr::Mode::Managed, &drift.addr.ty, |block| page.content(block, content, 1));
    page.begin(0, Sign::None);
    page.out.push_str("}\n\n");
}
