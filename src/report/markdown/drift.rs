//! What `drift` adds to a report.

use super::Verdict;
use super::changes::on_page;
use super::code::code;
use super::fit::Entry;
use super::part::Kind;
use crate::report::drift::DriftReport;
use crate::report::drift::words;
use crate::report::plan::object_name;

/// What a drift comes to.
pub(super) fn verdict(report: &DriftReport<'_>) -> Verdict {
    match report {
        _ if report.errored => Verdict::Errors,
        _ if report.unapplied.iter().any(|change| change.action.destroys()) => Verdict::Destroys,
        _ if report.is_clean() && report.is_whole() => Verdict::NothingToDo,
        _ => Verdict::Changes,
    }
}

/// Gives an entry for everything that is not as it was left or as it is written.
pub(super) fn collect(report: &DriftReport<'_>, add: &mut dyn FnMut(Kind, Entry)) {
    for changed in &report.changed {
        let mut name = code(&object_name(&changed.drift.addr, &changed.drift.object));
        let attributes: Vec<String> = changed.written.iter().chain(&changed.left_out).map(|name| code(name)).collect();
        if !attributes.is_empty() {
            name.push_str(&format!(": {}", attributes.join(", ")));
        }
        add(Kind::ChangedOutside, Entry::new(name, &on_page(|page| report.changed_text(page, changed))));
    }
    for drift in &report.deleted {
        add(Kind::DeletedOutside, Entry::new(code(&object_name(&drift.addr, &drift.object)), ""));
    }
    for change in &report.unapplied {
        let name = code(&object_name(&change.addr, &change.object));
        add(Kind::Unapplied, Entry::new(format!("{name}: {}", words(change)), ""));
    }
    for drift in &report.stale {
        let name = code(&object_name(&drift.addr, &drift.object));
        let why = code(drift.stale.as_deref().unwrap_or_default());
        add(Kind::Unreadable, Entry::new(format!("{name}: {why}"), ""));
    }
}
