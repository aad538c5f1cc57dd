//! What happens to the root module's outputs.

use super::super::style::Tone;
use super::super::value::Page;
use super::super::value::Sign;
use crate::plan::Action;
use crate::plan::OutputChange;
use crate::plan::Plan;
use crate::value::Value;

/// The outputs that something happens to.
pub(in crate::report) fn changed(plan: &Plan) -> Vec<(&OutputChange, Action)> {
    let all = plan.outputs.iter().map(|output| (output, output.action()));
    all.filter(|(_, action)| *action != Action::NoOp).collect()
}

pub(super) fn section(page: &mut Page<'_>, plan: &Plan, shows_changes: bool) {
    let changed = changed(plan);
    if changed.is_empty() {
        return;
    }
    page.line(Tone::Bold, "\nChanges to Outputs:");
    let width = changed.iter().map(|(output, _)| output.name.chars().count()).max().unwrap_or(0);
    for (output, action) in changed {
        write(page, output, action, width);
    }
    if !shows_changes && plan.deferred.is_empty() && !plan.errored {
        page.out.push_str(
            "\nYou can apply this plan to save these new output values to the state,\n\
             without changing any real infrastructure.\n",
        );
    }
}

/// Writes one output, its name so many columns wide.
pub(in crate::report) fn write(page: &mut Page<'_>, output: &OutputChange, action: Action, width: usize) {
    let seal = |value: &Option<Value>| {
        let value = value.clone().unwrap_or(Value::NULL);
        if output.sensitive { value.sensitive() } else { value }
    };
    let (before, after) = (seal(&output.prior), seal(&output.planned));
    let sign = match action {
        Action::Create => Sign::Add,
        Action::Delete => Sign::Remove,
        _ => Sign::Change,
    };
    page.begin(0, sign);
    page.out.push_str(&format!("{:width$} = ", output.name));
    match sign {
        Sign::Add => {
            page.whole(&after, sign, 0);
            if let Some(origin) = after.as_unknown().and_then(|unknown| unknown.origin()) {
                page.source(&origin.instance, &origin.path.to_string());
            }
        }
        Sign::Remove => {
            page.whole(&before, sign, 0);
            page.push(Tone::Dim, " -> null");
        }
        _ => page.change(&before, &after, 0),
    }
    page.end();
}
