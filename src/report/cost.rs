//! What a plan costs, as text and as JSON.

use std::io;
use std::io::Write;

use serde_json::Value as Json;
use serde_json::json;

use super::style::Style;
use super::style::Tone;
use crate::plan::Cost;

/// How many objects are named before the rest is only counted.
const NAMED: usize = 5;

/// Whether nothing costs anything, before and after.
pub(super) fn is_nothing(cost: &Cost) -> bool {
    cost.before == 0.0 && cost.after == 0.0 && cost.uncounted.is_empty() && !cost.is_before_partial
}

/// Writes what a plan costs; nothing where nothing costs anything.
pub fn cost_text(to: &mut dyn Write, cost: &Cost, style: Style) -> io::Result<()> {
    if is_nothing(cost) {
        return Ok(());
    }
    writeln!(to, "\n{} {}", style.paint(Tone::Bold, "Monthly cost:"), difference(cost))?;
    uncounted(cost).iter().try_for_each(|line| writeln!(to, "  not counted: {line}"))
}

/// From what to what the cost changes.
pub(super) fn difference(cost: &Cost) -> String {
    let difference = cost.after - cost.before;
    let change = match difference {
        d if d.abs() < 0.005 => "unchanged".to_owned(),
        d if d < 0.0 => format!("-${:.2}", -d),
        d => format!("+${d:.2}"),
    };
    let as_of = cost.as_of.as_ref().map_or_else(String::new, |day| format!(", list prices as of {day}"));
    let (before, after) = (sum(cost.before, cost.is_before_partial), sum(cost.after, !cost.uncounted.is_empty()));
    format!("{before} -> {after} ({change}{as_of})")
}

/// What is not counted, and why; beyond a few objects, how many more.
pub(super) fn uncounted(cost: &Cost) -> Vec<String> {
    let mut lines: Vec<String> =
        cost.uncounted.iter().take(NAMED).map(|(addr, why)| format!("{addr} ({why})")).collect();
    if cost.uncounted.len() > NAMED {
        lines.push(format!("{} more", cost.uncounted.len() - NAMED));
    }
    lines
}

/// A sum; what is not counted makes it a lower bound.
pub(super) fn sum(sum: f64, is_partial: bool) -> String {
    format!("{}${sum:.2}", if is_partial { "at least " } else { "" })
}

/// The cost as one object of a stream.
pub fn cost_json(cost: &Cost) -> Json {
    let lines = cost
        .lines
        .iter()
        .map(|line| json!({"resource": line.addr.to_string(), "before": line.before, "after": line.after}));
    let uncounted = cost.uncounted.iter().map(|(addr, why)| json!({"resource": addr.to_string(), "reason": why}));
    json!({
        "currency": "USD",
        "monthly_before": cost.before,
        "monthly_after": cost.after,
        "is_before_partial": cost.is_before_partial,
        "is_after_partial": !cost.uncounted.is_empty(),
        "changes": lines.collect::<Vec<_>>(),
        "uncounted": uncounted.collect::<Vec<_>>(),
        "as_of": cost.as_of,
    })
}
