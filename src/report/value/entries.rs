//! Keys, and what a walk over two sequences finds.

use std::collections::HashMap;

use similar::Algorithm;
use similar::DiffOp;
use similar::capture_diff_slices;

use crate::syntax::is_identifier;
use crate::value::Value;
use crate::value::text::quoted;

/// A key as it stands before `=`.
pub(super) fn key_text(key: &str) -> String {
    if is_identifier(key) { key.to_owned() } else { quoted(key) }
}

/// Fills up with spaces to a width.
pub(super) fn pad(to: &mut String, text: &str, width: usize) {
    (text.chars().count()..width).for_each(|_| to.push(' '));
}

/// One thing that comparing two sequences finds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Item<T> {
    Same(T),
    Removed(T),
    Added(T),
    Changed(T, T),
}

impl<T: Copy> Item<T> {
    /// What it is about; of a change, what was.
    pub(super) fn value(&self) -> T {
        match self {
            Item::Same(value) | Item::Removed(value) | Item::Added(value) | Item::Changed(value, _) => *value,
        }
    }
}

/// More work than this is not worth a finer difference.
const MOST: usize = 25_000_000;

/// Compares two sequences; what stands in for something else is paired with it where `pairs` says so.
pub(super) fn compare<'a, T: ?Sized>(
    before: &[&'a T],
    after: &[&'a T],
    keys: (&[u32], &[u32]),
    pairs: impl Fn(&T, &T) -> bool,
) -> Vec<Item<&'a T>> {
    let ops = if before.len().saturating_mul(after.len()) > MOST && keys.0 != keys.1 {
        vec![DiffOp::Replace { old_index: 0, old_len: before.len(), new_index: 0, new_len: after.len() }]
    } else {
        capture_diff_slices(Algorithm::Myers, keys.0, keys.1)
    };
    let mut items = Vec::with_capacity(after.len());
    for op in ops {
        let (_, prior, planned) = op.as_tag_tuple();
        if let DiffOp::Equal { .. } = op {
            items.extend(after[planned].iter().copied().map(Item::Same));
            continue;
        }
        let (prior, planned) = (&before[prior], &after[planned]);
        let paired = prior.iter().zip(planned).take_while(|(prior, planned)| pairs(prior, planned)).count();
        items.extend(prior.iter().zip(planned).take(paired).map(|(prior, planned)| Item::Changed(*prior, *planned)));
        items.extend(prior[paired..].iter().copied().map(Item::Removed));
        items.extend(planned[paired..].iter().copied().map(Item::Added));
    }
    items
}

/// Numbers that are equal where values are equal but for marks.
pub(super) fn value_keys(before: &[&Value], after: &[&Value]) -> (Vec<u32>, Vec<u32>) {
    let mut known: HashMap<Value, u32> = HashMap::new();
    let mut key = |value: &&Value| {
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        *known.entry((*value).clone().unmark_deep().0).or_insert(next)
    };
    (before.iter().map(&mut key).collect(), after.iter().map(&mut key).collect())
}

/// Pairs objects that went with objects that came and have most attributes in common, so that a changed member of a set
/// reads as one change. What is left over stays as it is.
pub(super) fn pair_alike<'a>(removed: Vec<&'a Value>, added: Vec<&'a Value>) -> Vec<Item<&'a Value>> {
    let mut free: Vec<Option<&Value>> = added.into_iter().map(Some).collect();
    let is_small = removed.len().saturating_mul(free.len()) <= 2_500;
    let mut items = Vec::new();
    for prior in removed {
        let scored = free.iter().enumerate().filter_map(|(at, planned)| Some((alike(prior, (*planned)?)?, at)));
        let best = if is_small { scored.max_by_key(|(score, at)| (*score, usize::MAX - at)) } else { None };
        match best.and_then(|(_, at)| free[at].take()) {
            Some(planned) => items.push(Item::Changed(prior, planned)),
            None => items.push(Item::Removed(prior)),
        }
    }
    items.extend(free.into_iter().flatten().map(Item::Added));
    items
}

/// How many set attributes two objects share; `None` when that is less than half, or they are no objects.
fn alike(a: &Value, b: &Value) -> Option<usize> {
    let (a, b) = (a.as_object()?, b.as_object()?);
    let mut total = 0;
    let mut shared = 0;
    for (name, value) in a.iter() {
        let Some(other) = b.get(name) else { continue };
        if value.is_null() && other.is_null() {
            continue;
        }
        total += 1;
        shared += usize::from(super::same(value, other));
    }
    (shared * 2 >= total && shared > 0).then_some(shared)
}
