//! The difference of two values.

use std::collections::HashSet;

use super::Page;
use super::Sign;
use super::entries::Item;
use super::entries::compare;
use super::entries::key_text;
use super::entries::pad;
use super::entries::pair_alike;
use super::entries::value_keys;
use super::lines::near_a_change;
use super::same;
use crate::report::style::Tone;
use crate::value::Step;
use crate::value::Value;

impl Page<'_> {
    /// Writes the difference of two values that differ, behind what stands on the line already.
    pub(in crate::report) fn change(&mut self, before: &Value, after: &Value, level: usize) {
        // Both are left out even where one of them may be shown: it may be the same text.
        if self.hides(before) || self.hides(after) {
            return;
        }
        match (before.unmarked(), after.unmarked()) {
            (Value::List(_) | Value::Tuple(_), Value::List(_) | Value::Tuple(_)) => {
                let items =
                    list_changes(before.as_elements().unwrap_or_default(), after.as_elements().unwrap_or_default());
                self.element_changes(&items, 0, level);
            }
            (Value::Set(a), Value::Set(b)) => {
                let (items, unchanged) = set_changes(a.as_slice(), b.as_slice());
                self.element_changes(&items, unchanged, level);
            }
            (Value::Map(_) | Value::Object(_), Value::Map(_) | Value::Object(_)) => {
                self.entry_changes(before, after, level);
            }
            (Value::String(a), Value::String(b)) => self.text_change(a, b, level),
            (_, unknown_or_null) => {
                self.whole(before, Sign::Remove, level);
                self.push(Tone::Changed, " -> ");
                self.whole(unknown_or_null, Sign::Add, level);
            }
        }
    }

    fn element_changes(&mut self, items: &[Item<&Value>], unchanged: usize, level: usize) {
        self.out.push('[');
        self.end();
        // Neighbours help to find a place among plain values; large parts only bury the change.
        let context = usize::from(items.iter().all(|item| is_plain(item.value())));
        let shown = near_a_change(items, context);
        let mut hidden = 0;
        let mut place: i64 = 0;
        for (item, is_shown) in items.iter().zip(shown) {
            let at = place;
            place += i64::from(!matches!(item, Item::Removed(_)));
            if !is_shown {
                hidden += 1;
                continue;
            }
            self.hidden(level + 1, std::mem::take(&mut hidden), "element");
            let sign = match item {
                Item::Same(_) => Sign::None,
                Item::Removed(_) => Sign::Remove,
                Item::Added(_) => Sign::Add,
                Item::Changed(..) => Sign::Change,
            };
            self.begin(level + 1, sign);
            self.at(
                || Step::Index(Value::from(at)),
                |page| match item {
                    Item::Same(value) | Item::Removed(value) | Item::Added(value) => page.whole(value, sign, level + 1),
                    Item::Changed(before, after) => page.change(before, after, level + 1),
                },
            );
            self.out.push(',');
            self.end();
        }
        self.hidden(level + 1, hidden + unchanged, "element");
        self.begin(level, Sign::None);
        self.out.push(']');
    }

    fn entry_changes(&mut self, before: &Value, after: &Value, level: usize) {
        let (prior, planned) = (before.as_entries().unwrap_or_default(), after.as_entries().unwrap_or_default());
        let mut keys: Vec<&str> = prior.iter().chain(&planned).map(|(key, _)| &***key).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut rows = Vec::new();
        let mut unchanged = 0;
        for key in keys {
            match (before.get(key), after.get(key)) {
                (Some(before), Some(after)) if same(before, after) => unchanged += usize::from(!after.is_null()),
                pair => rows.push((key_text(key), key, pair)),
            }
        }
        let width = rows.iter().map(|(text, ..)| text.chars().count()).max().unwrap_or(0);
        self.out.push('{');
        self.end();
        for (text, key, pair) in rows {
            let sign = match pair {
                (None, _) => Sign::Add,
                (_, None) => Sign::Remove,
                (Some(before), _) if before.is_null() => Sign::Add,
                _ => Sign::Change,
            };
            self.begin(level + 1, sign);
            self.out.push_str(&text);
            pad(&mut self.out, &text, width);
            self.out.push_str(" = ");
            self.at(
                || Step::Attr(key.into()),
                |page| match pair {
                    (Some(before), Some(after)) if sign == Sign::Change => page.change(before, after, level + 1),
                    (_, Some(after)) => page.whole(after, Sign::Add, level + 1),
                    (Some(before), None) => page.whole(before, Sign::Remove, level + 1),
                    (None, None) => {}
                },
            );
            self.end();
        }
        let what = if matches!(after.unmarked(), Value::Map(_)) { "element" } else { "attribute" };
        self.hidden(level + 1, unchanged, what);
        self.begin(level, Sign::None);
        self.out.push('}');
    }
}

/// What happened to the elements of a list.
pub(super) fn list_changes<'a>(before: &'a [Value], after: &'a [Value]) -> Vec<Item<&'a Value>> {
    let (before, after): (Vec<&Value>, Vec<&Value>) = (before.iter().collect(), after.iter().collect());
    let (prior, planned) = value_keys(&before, &after);
    compare(&before, &after, (&prior, &planned), can_pair)
}

/// What happened to the elements of a set, and how many stay.
pub(super) fn set_changes<'a>(before: &'a [Value], after: &'a [Value]) -> (Vec<Item<&'a Value>>, usize) {
    let (before, after): (Vec<&Value>, Vec<&Value>) = (before.iter().collect(), after.iter().collect());
    let (prior, planned) = value_keys(&before, &after);
    let (has, had): (HashSet<u32>, HashSet<u32>) = (planned.iter().copied().collect(), prior.iter().copied().collect());
    let removed: Vec<&Value> =
        before.iter().zip(&prior).filter(|(_, key)| !has.contains(key)).map(|(v, _)| *v).collect();
    let added: Vec<&Value> =
        after.iter().zip(&planned).filter(|(_, key)| !had.contains(key)).map(|(v, _)| *v).collect();
    let unchanged = before.len() - removed.len();
    (pair_alike(removed, added), unchanged)
}

/// Whether an element that took another's place is shown as a change of it.
fn can_pair(a: &Value, b: &Value) -> bool {
    let kind = |value: &Value| match value.unmarked() {
        Value::Map(_) | Value::Object(_) => 1,
        Value::List(_) | Value::Tuple(_) | Value::Set(_) => 2,
        _ => 0,
    };
    kind(a) == kind(b)
}

fn is_plain(value: &Value) -> bool {
    matches!(
        value.unmarked(),
        Value::Null(_) | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Unknown(_)
    )
}
