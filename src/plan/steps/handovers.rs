//! Handovers: which updates let go of an object before that goes. Nothing is ordered by them: they are there to be told.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Builder;
use super::deletes::Awaited;
use crate::plan::Action;
use crate::plan::Handover;
use crate::plan::StepId;
use crate::value::Object;
use crate::value::Value;

impl Builder<'_, '_> {
    /// Notes the updates that drop the id of what waits for them, but for ends that do not wait after all.
    pub(super) fn tell_handovers(&mut self, awaited: Vec<Awaited>, hasty: &BTreeSet<StepId>) {
        let changes = &self.planner.changes;
        let mut found: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for Awaited { ends, updates } in awaited {
            let ends = ends.iter().filter(|(_, end)| !hasty.contains(end));
            let ids = ends.filter_map(|(at, _)| Some((text(changes[*at].prior.as_ref()?.get("id")?)?, *at)));
            let ids: BTreeMap<String, usize> = ids.collect();
            for at in updates.into_iter().filter(|at| changes[*at].action == Action::Update) {
                let (Some(prior), Some(planned)) = (&changes[at].prior, &changes[at].planned) else { continue };
                let kept = words(planned);
                let is_dropped = |word: &String, times: usize| kept.get(word).copied().unwrap_or_default() < times;
                let dropped = words(prior).into_iter().filter(|(word, times)| is_dropped(word, *times));
                let gone: Vec<usize> = dropped.filter_map(|(word, _)| ids.get(&word).copied()).collect();
                if !gone.is_empty() {
                    found.entry(at).or_default().extend(gone);
                }
            }
        }
        let told = found.into_iter().map(|(change, gone)| Handover {
            change,
            gone: gone.into_iter().collect(),
            is_released: false,
        });
        self.graph.handovers.extend(told);
    }
}

/// All strings and numbers in an object, with how often each stands there.
fn words(object: &Object) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    let mut pending: Vec<&Value> = object.values().iter().collect();
    while let Some(value) = pending.pop().map(Value::unmarked) {
        if let Some(object) = value.as_object() {
            pending.extend(object.values());
        } else if let Some(entries) = value.as_entries() {
            pending.extend(entries.into_iter().map(|(_, value)| value));
        } else {
            pending.extend(value.as_elements().unwrap_or_default());
            text(value).into_iter().for_each(|word| *words.entry(word).or_default() += 1);
        }
    }
    words
}

/// A string or number as text: what is a string where it is made may be a number where it is used.
fn text(value: &Value) -> Option<String> {
    let value = value.unmarked();
    value.as_str().map(str::to_owned).or_else(|| value.as_i64().map(|number| number.to_string()))
}
