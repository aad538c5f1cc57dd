//! Handovers: which updates let go of an object before that goes. Nothing is ordered by them: they are there to be told.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Builder;
use super::deletes::Awaited;
use crate::addr::ResourceAddr;
use crate::plan::Action;
use crate::plan::Handover;
use crate::plan::StepId;
use crate::value::Object;
use crate::value::Str;
use crate::value::Value;

/// What an update no longer says.
struct Letting {
    /// The words that stand in it less often than before.
    words: BTreeSet<String>,
    /// The instances whose new attributes it takes.
    origins: BTreeSet<Str>,
}

impl Builder<'_, '_> {
    /// Notes the updates that let go of what waits for them, but for ends that do not wait after all.
    ///
    /// An update lets go of an object whose id it drops, or of whose successor it takes an attribute; and where it no longer
    /// refers to the resource at all, of the one object, or of that whose own attribute it drops.
    pub(super) fn tell_handovers(&mut self, awaited: Vec<Awaited>, hasty: &BTreeSet<StepId>) {
        let changes = &self.planner.changes;
        let mut found: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut letting: BTreeMap<usize, Letting> = BTreeMap::new();
        for Awaited { ends, updates } in awaited {
            let ends: Vec<usize> = ends.iter().filter(|(_, end)| !hasty.contains(end)).map(|(at, _)| *at).collect();
            let Some(first) = ends.first() else { continue };
            let resource = changes[*first].addr.resource();
            let mut own: Option<BTreeMap<String, usize>> = None;
            let ids = ends.iter().filter_map(|at| Some((text(changes[*at].prior.as_ref()?.get("id")?)?, *at)));
            let ids: BTreeMap<String, usize> = ids.collect();
            let addrs: BTreeMap<Str, usize> =
                ends.iter().map(|at| (changes[*at].addr.to_string().into(), *at)).collect();
            for at in updates.into_iter().filter(|at| changes[*at].action == Action::Update) {
                let (Some(prior), Some(planned)) = (&changes[at].prior, &changes[at].planned) else { continue };
                let Letting { words, origins } = letting.entry(at).or_insert_with(|| letting_go(prior, planned));
                let mut gone = of_both(&ids, words);
                gone.extend(of_both(&addrs, origins));
                if self.no_longer_refers(at, &resource) {
                    match *ends {
                        [alone] => gone.push(alone),
                        _ => gone.extend(of_both(own.get_or_insert_with(|| self.own_words(&ends)), words)),
                    }
                }
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

    /// The attributes that only one of several objects has: `203.0.113.7`, and not `fra1`.
    fn own_words(&self, ends: &[usize]) -> BTreeMap<String, usize> {
        let mut owners: BTreeMap<String, Option<usize>> = BTreeMap::new();
        for at in ends {
            for value in self.planner.changes[*at].prior.iter().flat_map(|prior| prior.values()) {
                let Some(word) = text(value) else { continue };
                owners.entry(word).and_modify(|owner| *owner = owner.filter(|owner| owner == at)).or_insert(Some(*at));
            }
        }
        owners.into_iter().filter_map(|(word, owner)| Some((word, owner?))).collect()
    }

    /// Whether an object depended on a resource, and will not any more.
    fn no_longer_refers(&self, at: usize, resource: &ResourceAddr) -> bool {
        let change = &self.planner.changes[at];
        let addr = change.previous_addr.as_ref().unwrap_or(&change.addr);
        let stored = self.planner.input.prior.object(addr, &change.object);
        stored.is_some_and(|stored| stored.dependencies.contains(resource)) && !change.dependencies.contains(resource)
    }
}

/// The values of what stands on both sides; goes through the shorter one.
pub(super) fn of_both<K: Ord>(values: &BTreeMap<K, usize>, keys: &BTreeSet<K>) -> Vec<usize> {
    if values.len() < keys.len() {
        values.iter().filter(|(key, _)| keys.contains(*key)).map(|(_, value)| *value).collect()
    } else {
        keys.iter().filter_map(|key| values.get(key).copied()).collect()
    }
}

fn letting_go(prior: &Object, planned: &Object) -> Letting {
    let mut origins = BTreeSet::new();
    let kept = words(planned, &mut origins);
    let is_dropped = |word: &String, times: usize| kept.get(word).copied().unwrap_or_default() < times;
    let before = words(prior, &mut BTreeSet::new());
    let words = before.into_iter().filter(|(word, times)| is_dropped(word, *times)).map(|(word, _)| word).collect();
    Letting { words, origins }
}

/// All strings and numbers in an object, with how often each stands there; and whose attributes stand there unknown.
fn words(object: &Object, origins: &mut BTreeSet<Str>) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    let mut pending: Vec<&Value> = object.values().iter().collect();
    while let Some(value) = pending.pop().map(Value::unmarked) {
        if let Some(object) = value.as_object() {
            pending.extend(object.values());
        } else if let Some(entries) = value.as_entries() {
            pending.extend(entries.into_iter().map(|(_, value)| value));
        } else {
            pending.extend(value.as_elements().unwrap_or_default());
            origins.extend(value.as_unknown().and_then(|unknown| Some(Str::clone(&unknown.origin()?.instance))));
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
