//! A plan as people read it: what will happen, to what, why, and what it comes to.
//!
//! Takes a finished [`Plan`] and the registry, whose schemas say what is a block and what is sensitive. Lines that other
//! tools look for are Terraform's, word for word. Nothing is decided here.

mod commands;
mod drift;
mod handovers;
mod headline;
mod outputs;
mod summary;
mod waves;

pub(super) use commands::why as why_again;
pub use drift::DriftClass;
pub use drift::class_of;
pub use drift::is_relevant;
pub(super) use drift::write_drift;
pub(super) use handovers::lines as handover_lines;
pub(super) use headline::is_same as is_adopted_as_it_is;
pub(super) use headline::name as object_name;
pub(super) use outputs::changed as changed_outputs;
pub(super) use outputs::write as write_output;
pub use summary::forget_warning;
pub use summary::summary_line;
pub(super) use waves::lines as wave_lines;

use std::collections::BTreeSet;
use std::io;
use std::io::Write;

use super::style::Secrets;
use super::style::Style;
use super::style::Tone;
use super::value::Content;
use super::value::Page;
use super::value::Sign;
use crate::addr;
use crate::plan::Action;
use crate::plan::Change;
use crate::plan::Plan;
use crate::plan::Registry;
use crate::schema::Block;

/// Writes a plan.
pub fn plan_text(
    to: &mut dyn Write,
    plan: &Plan,
    registry: &Registry,
    style: Style,
    secrets: Secrets,
) -> io::Result<()> {
    let mut page = Page::new(style, secrets);
    drift::section(&mut page, plan, registry);
    let shown = || plan.changes.iter().filter(|change| is_shown(change));
    let mut is_any = false;
    let handovers = handovers::lines(plan);
    for (at, change) in plan.changes.iter().enumerate().filter(|(_, change)| is_shown(change)) {
        if !std::mem::replace(&mut is_any, true) {
            legend(&mut page, plan, shown());
        }
        write_change(&mut page, change, handovers.get(&at).map_or(&[], Vec::as_slice), registry);
        page.flush_some(to)?;
    }
    summary::summary(&mut page, plan, is_any);
    for (resource, words) in waves::lines(plan) {
        page.line(Tone::Dim, &format!("{resource}: {words}."));
    }
    for line in commands::lines(plan) {
        page.line(Tone::Dim, &line);
    }
    outputs::section(&mut page, plan, is_any);
    deferred(&mut page, plan);
    page.flush(to)
}

/// Whether a change is one that a reader should see.
pub(in crate::report) fn is_shown(change: &Change) -> bool {
    change.action != Action::NoOp || change.previous_addr.is_some() || change.importing.is_some() || change.adopts
}

/// The schema's block of a change's type, where it is known.
pub(super) fn with_block<T>(
    registry: &Registry,
    mode: addr::Mode,
    ty: &str,
    then: impl FnOnce(Option<&Block>) -> T,
) -> T {
    match mode {
        addr::Mode::Managed => match registry.resource(ty) {
            Some(resource) => then(Some(resource.schema().root())),
            None => then(None),
        },
        addr::Mode::Data => match registry.data(ty) {
            Some(source) => then(Some(source.schema().root())),
            None => then(None),
        },
    }
}

fn legend<'a>(page: &mut Page<'_>, plan: &Plan, changes: impl Iterator<Item = &'a Change>) {
    let actions: BTreeSet<Action> = changes.map(|change| change.action).collect();
    let known = [
        (Action::Create, Sign::Add, "create"),
        (Action::Read, Sign::Read, "read (data resources)"),
        (Action::Update, Sign::Change, "update in-place"),
        (Action::DeleteThenCreate, Sign::DeleteThenCreate, "destroy and then create replacement"),
        (Action::CreateThenDelete, Sign::CreateThenDelete, "create replacement and then destroy"),
        (Action::Delete, Sign::Remove, "destroy"),
        (Action::Forget, Sign::Forget, "forget: no longer managed, left as it is"),
    ];
    if actions.iter().any(|action| *action != Action::NoOp) {
        page.line(Tone::Plain, "\nActions are marked with these symbols:");
        for (_, sign, words) in known.into_iter().filter(|(action, ..)| actions.contains(action)) {
            page.begin(0, sign);
            page.line(Tone::Plain, words);
        }
    }
    let text = match plan.errored {
        false => "\ninfra will perform the following actions:\n",
        true => "\ninfra planned the following actions, but then met a problem:\n",
    };
    page.line(Tone::Bold, text);
}

/// The lines that say what happens to an object and why, without their `# `.
pub(super) fn headline_of(change: &Change, registry: &Registry) -> Vec<String> {
    let ty = registry.resource(&change.addr.ty);
    let mut lines = headline::headline(change, ty.as_ref().and_then(|ty| ty.owed(&change.private)).as_deref());
    let both = change.prior.as_deref().zip(change.planned.as_deref()).filter(|_| change.action == Action::Update);
    let effect = ty.zip(both).and_then(|(ty, (prior, planned))| ty.side_effect(prior, planned));
    if let (Some(effect), Some(first)) = (effect, lines.first_mut()) {
        first.push_str(&format!(", and {effect}"));
    }
    lines
}

/// Writes one change: what happens, why, and to which attributes.
pub(super) fn write_change<'p>(page: &mut Page<'p>, change: &'p Change, order: &[String], registry: &Registry) {
    let is_identical = change.adopts && headline::is_same(change);
    let lines = headline_of(change, registry);
    for (at, line) in lines.iter().chain(order).enumerate() {
        page.push(if at == 0 { Tone::Bold } else { Tone::Dim }, "  # ");
        page.line(if at == 0 { Tone::Bold } else { Tone::Plain }, line);
    }
    if !is_identical {
        with_block(registry, change.addr.mode, &change.addr.ty, |block| body(page, change, block));
    }
    page.out.push('\n');
}

fn body<'p>(page: &mut Page<'p>, change: &'p Change, block: Option<&Block>) {
    let sign = match change.action {
        Action::NoOp => Sign::None,
        Action::Create if change.adopts && change.prior.is_some() => Sign::Change,
        Action::Create => Sign::Add,
        Action::Read => Sign::Read,
        Action::Update => Sign::Change,
        Action::DeleteThenCreate => Sign::DeleteThenCreate,
        Action::CreateThenDelete => Sign::CreateThenDelete,
        Action::Delete => Sign::Remove,
        Action::Forget => Sign::Forget,
    };
    page.begin(0, sign);
    let keyword = match change.addr.mode {
        addr::Mode::Managed => "resource",
        addr::Mode::Data => "data",
    };
    page.out.push_str(&format!("{keyword} {:?} {:?} {{\n", &*change.addr.ty, &*change.addr.name));
    let content = match (change.action, change.prior.as_deref(), change.planned.as_deref()) {
        (Action::Delete, Some(prior), _) => Some(Content::Gone(prior)),
        (Action::NoOp, _, Some(planned)) if change.importing.is_some() => Some(Content::Whole(planned, Sign::None)),
        (_, Some(prior), Some(planned)) => Some(Content::Change(prior, planned)),
        (_, None, Some(planned)) => Some(Content::Whole(planned, Sign::Add)),
        (_, Some(prior), None) => Some(Content::Change(prior, prior)),
        (_, None, None) => None,
    };
    page.owner = change.addr.to_string();
    page.forced = if change.action.is_replace() { &change.replace_paths } else { &[] };
    if let Some(content) = content {
        page.content(block, content, 1);
    }
    page.owner.clear();
    page.forced = &[];
    page.begin(0, Sign::None);
    page.out.push_str("}\n");
}

fn deferred(page: &mut Page<'_>, plan: &Plan) {
    if plan.deferred.is_empty() {
        return;
    }
    page.line(Tone::Bold, "\nLeft for a later phase, once this one has been applied:\n");
    for deferred in &plan.deferred {
        page.line(Tone::Plain, &format!("  … {}", deferred.address));
        let mut text = String::new();
        super::wrap::wrap(&mut text, &deferred.reason, page.style.width, "      ");
        page.push(Tone::Dim, text.trim_end_matches('\n'));
        page.out.push('\n');
    }
}

#[cfg(test)]
mod tests;
