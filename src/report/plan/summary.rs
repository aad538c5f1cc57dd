//! What a plan comes to.

use super::super::style::Tone;
use super::super::value::Page;
use super::super::wrap::wrap;
use crate::diag::Diagnostic;
use crate::plan::Action;
use crate::plan::Mode;
use crate::plan::Plan;

/// `Plan: 1 to add, 0 to change, 0 to destroy.`
pub fn summary_line(plan: &Plan) -> String {
    let counts = plan.counts();
    let import = if counts.import > 0 { format!("{} to import, ", counts.import) } else { String::new() };
    format!("Plan: {import}{} to add, {} to change, {} to destroy.", counts.add, counts.change, counts.destroy)
}

/// What to warn of where objects are let go; `None` where none are.
pub fn forget_warning(plan: &Plan) -> Option<Diagnostic> {
    let forgotten: Vec<String> = plan
        .changes
        .iter()
        // Of what its type keeps is told one by one.
        .filter(|change| change.action == Action::Forget && change.kept.is_none())
        .map(|change| format!(" - {}", change.addr))
        .collect();
    if forgotten.is_empty() {
        return None;
    }
    let detail = format!(
        "If you apply this plan, infra will discard its tracking information for the following objects, but it will not \
         delete them:\n{}\n\nAfter applying this plan, infra will no longer manage these objects. You will need to \
         import them to manage them again.",
        forgotten.join("\n")
    );
    Some(Diagnostic::warning("Some objects will no longer be managed by infra", detail))
}

/// Writes the summary, or that there is nothing to do.
pub(super) fn summary(page: &mut Page<'_>, plan: &Plan, shows_changes: bool) {
    if shows_changes {
        let line = summary_line(plan);
        let (word, rest) = line.split_at("Plan:".len());
        page.push(Tone::Bold, word);
        page.line(Tone::Plain, rest);
        let adopted = plan.changes.iter().filter(|change| change.adopts).count();
        if adopted > 0 {
            let are = if adopted == 1 { "is" } else { "are" };
            page.line(Tone::Dim, &format!("Of these, {adopted} {are} already there and will be adopted."));
        }
        return;
    }
    let has_outputs = plan.outputs.iter().any(|output| output.action() != Action::NoOp);
    if plan.errored {
        page.line(Tone::Error, "\nPlanning failed.");
        return;
    }
    if has_outputs || !plan.deferred.is_empty() {
        return;
    }
    let drifts = plan.drift.iter().any(|drift| drift.stale.is_none());
    let (headline, detail) = match (plan.mode, drifts) {
        (Mode::RefreshOnly, true) => (
            None,
            "This is a refresh-only plan, so infra will not take any actions to undo these. If you were expecting these \
             changes then you can apply this plan to record the updated values in the state without changing any remote \
             objects.",
        ),
        (Mode::RefreshOnly, false) => (
            Some("Your infrastructure still matches the configuration."),
            "infra has checked that the real remote objects still match the result of your most recent changes, and \
             found no differences.",
        ),
        (Mode::Destroy, _) => (
            Some("No objects need to be destroyed."),
            "Either you have not created any objects yet or the existing objects were already deleted outside of infra.",
        ),
        (Mode::Normal, true) => (
            Some("Your infrastructure matches the configuration."),
            "Your configuration already agrees with what was changed outside of infra. To record it in the state too, \
             without changing anything, run:\n  infra apply -refresh-only",
        ),
        (Mode::Normal, false) => (
            Some("Your infrastructure matches the configuration."),
            "infra has compared your real infrastructure against your configuration and found no differences, so no \
             changes are needed.",
        ),
    };
    page.out.push('\n');
    if let Some(headline) = headline {
        page.push(Tone::Added, "No changes.");
        page.push(Tone::Bold, &format!(" {headline}"));
        page.out.push_str("\n\n");
    }
    let mut text = String::new();
    wrap(&mut text, detail, page.style.width, "");
    page.out.push_str(&text);
}
