//! What is said of an update that comes in time: what it lets go of before that is destroyed.

use std::collections::BTreeMap;

use super::headline::name;
use crate::plan::Handover;
use crate::plan::Plan;

/// How many objects are named, before the rest is only counted.
const NAMED: usize = 3;

/// By change: the lines, without their `# `.
pub(in crate::report) fn lines(plan: &Plan) -> BTreeMap<usize, Vec<String>> {
    let mut lines: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for handover in &plan.steps.handovers {
        lines.entry(handover.change).or_default().push(line(plan, handover));
    }
    lines
}

fn line(plan: &Plan, handover: &Handover) -> String {
    let names = handover.gone.iter().filter_map(|at| plan.changes.get(*at));
    let names: Vec<String> = names.take(NAMED).map(|change| name(&change.addr, &change.object)).collect();
    let rest = handover.gone.len().saturating_sub(NAMED);
    let mut what = names.join(", ");
    if rest > 0 {
        what.push_str(&format!(" and {rest} more"));
    }
    let (is, it) = if handover.gone.len() == 1 { ("is", "it") } else { ("are", "they") };
    match handover.is_released {
        true => format!("(lets go of {what} before {it} {is} destroyed; updated once {it} {is} there anew)"),
        false => format!("(updated before {what} {is} destroyed)"),
    }
}
