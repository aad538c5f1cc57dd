//! Releases: what is destroyed before its successor comes is taken out of those that use it first.
//!
//! An update of such a user can only come once the successor is there, and so comes in two steps: it does without the old
//! one, and later takes the new one. Whether that is of use is the type's to say. All that one resource replaces leaves in
//! one step; where it is replaced in waves, each with its wave.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Builder;
use super::deletes::Dependants;
use super::handovers::of_both;
use crate::plan::Action;
use crate::plan::Handover;
use crate::plan::Step;
use crate::plan::StepId;
use crate::value::Str;

impl Builder<'_, '_> {
    pub(super) fn add_releases(&mut self, dependants: &Dependants) {
        // By user: the last release, as each goes on from what the one before has left.
        let mut last: BTreeMap<usize, StepId> = BTreeMap::new();
        let mut released: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        // What is on a machine is stopped once nobody uses that any more.
        let mut on: BTreeMap<usize, Vec<StepId>> = BTreeMap::new();
        for (at, change) in self.planner.changes.iter().enumerate() {
            if let Some((whole, delete)) = change.goes_with.zip(self.parts[at].delete) {
                on.entry(whole).or_default().push(delete);
            }
        }
        let mut stops = Vec::new();
        // By user, and type of what it uses.
        let mut spared: BTreeMap<(usize, Str), BTreeSet<String>> = BTreeMap::new();
        let resources: Vec<_> = self.by_resource.keys().cloned().collect();
        for resource in resources {
            let changes = self.by_resource[&resource].iter().copied();
            let goes_first = |at: &usize| self.planner.changes[*at].action == Action::DeleteThenCreate;
            let gone = changes.filter(goes_first).filter_map(|at| Some((self.id(at)?, at)));
            let gone: BTreeMap<String, usize> = gone.collect();
            if gone.is_empty() {
                continue;
            }
            let others = dependants.get(&resource).into_iter().flatten().filter(|other| **other != resource);
            let users = others.flat_map(|other| self.by_resource.get(other).into_iter().flatten()).copied();
            let users = users.filter(|at| self.planner.changes[*at].action == Action::Update);
            for user in users.collect::<Vec<usize>>() {
                let spared =
                    spared.entry((user, Str::clone(&resource.ty))).or_insert_with(|| self.spared(user, &resource.ty));
                let mut used = of_both(&gone, spared);
                used.sort_unstable();
                for group in self.together(&used, |at| on.contains_key(&at)) {
                    let parts: Vec<StepId> = group.iter().filter_map(|at| on.get(at)).flatten().copied().collect();
                    let step = self.release(user, group);
                    stops.extend(parts.into_iter().map(|part| (part, step)));
                    if let Some(before) = last.insert(user, step) {
                        self.graph.order.after(step, before);
                    }
                }
                released.entry(user).or_default().extend(used);
            }
        }
        self.wish(std::mem::take(&mut stops));
        let told = released.into_iter().filter(|(_, gone)| !gone.is_empty());
        self.graph.handovers.extend(told.map(|(change, gone)| Handover { change, gone, is_released: true }));
    }

    fn id(&self, at: usize) -> Option<String> {
        Some(self.planner.changes[at].prior.as_ref()?.get("id")?.unmarked().as_str()?.to_owned())
    }

    /// The ids of those objects of a type that another lets go of: all that it can do without, but for what it shall have
    /// for good.
    fn spared(&self, user: usize, of: &str) -> BTreeSet<String> {
        let change = &self.planner.changes[user];
        let (Some(ty), Some(prior), Some(planned)) =
            (self.planner.input.registry.resource(&change.addr.ty), &change.prior, &change.planned)
        else {
            return BTreeSet::new();
        };
        let mut spared: BTreeSet<String> = ty.spares(prior, of).into_iter().collect();
        if !spared.is_empty() {
            ty.spares(planned, of).iter().for_each(|kept| _ = spared.remove(kept));
        }
        spared
    }

    /// What leaves in one step: all, but for what is replaced in waves, as machines with something on them are.
    fn together(&self, gone: &[usize], carries: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
        let (alone, all): (Vec<usize>, Vec<usize>) = gone.iter().partition(|at| self.has_wave(**at) || carries(**at));
        let all = Some(all).filter(|all| !all.is_empty());
        all.into_iter().chain(alone.into_iter().map(|at| vec![at])).collect()
    }

    fn has_wave(&self, at: usize) -> bool {
        let change = &self.planner.changes[at];
        change.place.is_some_and(|(node, module)| self.planner.width(node, module, &change.addr.ty).is_some())
    }

    /// A step that comes before all of these go, and before the user's update.
    fn release(&mut self, user: usize, gone: Vec<usize>) -> StepId {
        let step = self.graph.add(Step::Release { change: user, gone: gone.clone() });
        if let Some(update) = self.parts[user].forward {
            self.graph.order.after(update, step);
        }
        for at in &gone {
            if let Some(delete) = self.parts[*at].delete {
                self.graph.order.after(delete, step);
            }
        }
        if let [alone] = *gone {
            let begin = self.parts[alone].begin.unwrap_or_else(|| self.graph.add(Step::Carrier));
            self.parts[alone].begin = Some(begin);
            self.graph.order.after(step, begin);
        }
        step
    }
}
