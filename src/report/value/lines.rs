//! Texts of several lines, compared line by line.

use std::collections::HashMap;

use super::Page;
use super::Sign;
use super::entries::Item;
use super::entries::compare;

/// Unchanged lines that are shown around a change.
const CONTEXT: usize = 3;

impl Page<'_> {
    pub(super) fn line_changes(&mut self, before: &str, after: &str, level: usize) {
        let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
        let (prior, planned) = line_keys(&before, &after);
        let items = compare(&before, &after, (&prior, &planned), |_: &str, _: &str| false);
        let shown = near_a_change(&items, CONTEXT);
        let mut hidden = 0;
        for (item, is_shown) in items.iter().zip(shown) {
            if !is_shown {
                hidden += 1;
                continue;
            }
            self.hidden(level + 1, std::mem::take(&mut hidden), "line");
            match item {
                Item::Same(line) => self.heredoc_line(line, Sign::None, level),
                Item::Removed(line) => self.heredoc_line(line, Sign::Remove, level),
                Item::Added(line) => self.heredoc_line(line, Sign::Add, level),
                Item::Changed(prior, planned) => {
                    self.heredoc_line(prior, Sign::Remove, level);
                    self.heredoc_line(planned, Sign::Add, level);
                }
            }
        }
        self.hidden(level + 1, hidden, "line");
    }
}

/// Numbers that are equal where lines are.
fn line_keys<'a>(before: &[&'a str], after: &[&'a str]) -> (Vec<u32>, Vec<u32>) {
    let mut known: HashMap<&'a str, u32> = HashMap::new();
    let mut key = |line: &&'a str| {
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        *known.entry(*line).or_insert(next)
    };
    (before.iter().map(&mut key).collect(), after.iter().map(&mut key).collect())
}

/// Which items are changes or within `context` of one.
pub(super) fn near_a_change<T>(items: &[Item<T>], context: usize) -> Vec<bool> {
    let mut shown = vec![false; items.len()];
    let mut reach = 0;
    for (at, item) in items.iter().enumerate() {
        if !matches!(item, Item::Same(_)) {
            let from = at.saturating_sub(context).max(reach);
            reach = (at + context + 1).min(items.len());
            (from..reach).for_each(|near| shown[near] = true);
        }
    }
    shown
}
