//! The `timeouts` block: how long the user lets an operation take.

use std::time::Duration;

use crate::provider::Problem;
use crate::schema::NestedBlock;
use crate::schema::ObjectExt;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;

/// The block with the operations that a type has timeouts for.
pub(super) fn block(operations: &[&'static str]) -> NestedBlock {
    NestedBlock::single(operations.iter().map(|operation| (*operation, string().input())))
}

/// What the user set for an operation.
pub(super) fn of(object: &Object, operation: &str) -> Option<Duration> {
    parse(object.get("timeouts")?.as_object()?.str(operation)?)
}

/// What is wrong with the block.
pub(super) fn problems(config: &Object) -> Vec<Problem> {
    let timeouts = config.get("timeouts").and_then(|timeouts| timeouts.as_object());
    let texts = timeouts.into_iter().flat_map(Object::iter).filter_map(|(name, text)| Some((name, text.as_str()?)));
    texts
        .filter(|(_, text)| parse(text).is_none())
        .map(|(name, text)| Problem {
            path: Path::of("timeouts").attr(name.clone()),
            summary: "Invalid timeout".to_owned(),
            detail: format!("`{text}` is not a duration. Write it as in \"90s\", \"30m\" or \"1h30m\"."),
        })
        .collect()
}

/// A duration as `1h30m` or `90s`.
fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount: f64 = rest[..digits].parse().ok()?;
        let (unit, length) = match &rest[digits..] {
            after if after.starts_with("ms") => (0.001, 2),
            after if after.starts_with('h') => (3600.0, 1),
            after if after.starts_with('m') => (60.0, 1),
            after if after.starts_with('s') => (1.0, 1),
            _ => return None,
        };
        total = total.checked_add(Duration::try_from_secs_f64(amount * unit).ok()?)?;
        rest = &rest[digits + length..];
    }
    Some(total)
}
