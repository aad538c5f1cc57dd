//! How many commands an apply takes on each host, and why a host is come back to.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::Builder;
use super::bundles::Group;
use crate::plan::Action;
use crate::plan::Detour;
use crate::plan::HostCommands;
use crate::plan::Step;
use crate::plan::StepGraph;
use crate::plan::StepId;
use crate::provider::BundleClass;

impl Builder<'_, '_> {
    /// Counts what the bundles of each host come to, in the order in which they come, before they are contracted.
    pub(super) fn count_commands(&self, groups: &[Group]) -> Vec<HostCommands> {
        let mut by_host: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, group) in groups.iter().enumerate() {
            by_host.entry(&group.host).or_default().push(at);
        }
        let machines = self.machines();
        let turns = groups.iter().zip(0..).flat_map(|(group, turn)| group.members.iter().map(move |id| (*id, turn)));
        let turns: FxHashMap<StepId, usize> = turns.collect();
        let count = |(host, own): (&str, Vec<usize>)| {
            let machine = machines.get(host).copied();
            let name = machine.map_or_else(|| host.to_owned(), |at| self.planner.changes[at].addr.to_string());
            let looks = self.looks(own.iter().flat_map(|at| &groups[*at].members), machine);
            HostCommands { name, looks, bundles: own.len(), detours: self.detours(groups, &own, &turns) }
        };
        by_host.into_iter().map(count).collect()
    }

    /// The changes of what members name as their host, by its id or, while that is not known, by its address.
    fn machines(&self) -> BTreeMap<String, usize> {
        let is_member = |at: &usize| {
            let ty = self.planner.input.registry.resource(&self.planner.changes[*at].addr.ty);
            ty.is_none_or(|ty| ty.bundle().is_some())
        };
        let mut machines = BTreeMap::new();
        for at in (0..self.planner.changes.len()).filter(|at| !is_member(at)) {
            let change = &self.planner.changes[at];
            machines.insert(change.addr.to_string(), at);
            let id = change.planned.as_ref().or(change.prior.as_ref()).and_then(|object| object.get("id")?.as_str());
            if let Some(id) = id {
                machines.entry(id.to_owned()).or_insert(at);
            }
        }
        machines
    }

    /// How often a host is looked at: while planning, or when it comes to be.
    fn looks<'s>(&self, mut members: impl Iterator<Item = &'s StepId>, machine: Option<usize>) -> usize {
        let key = members.by_ref().filter_map(|id| self.change_of(*id)).map(|at| &self.planner.changes[at]).find_map(
            |change| {
                let ty = self.planner.input.registry.resource(&change.addr.ty)?;
                ty.read_key(change.planned.as_ref().or(change.prior.as_ref())?)
            },
        );
        match key.and_then(|key| self.planner.looks.get(&key).copied()) {
            Some(looks) => looks,
            None => usize::from(machine.is_some_and(|at| self.planner.changes[at].action != Action::NoOp)),
        }
    }

    fn change_of(&self, id: StepId) -> Option<usize> {
        match &self.graph.steps[id as usize] {
            Step::Change { change, .. } => Some(*change),
            _ => None,
        }
    }

    /// Why there are more bundles than one of a class: what the first could not take.
    fn detours(&self, all: &[Group], own: &[usize], turns: &FxHashMap<StepId, usize>) -> Vec<Detour> {
        let mut last: BTreeMap<BundleClass, usize> = BTreeMap::new();
        let again = own.iter().filter_map(|at| Some((*at, last.insert(all[*at].class, *at)?)));
        again.collect::<Vec<_>>().into_iter().filter_map(|(at, before)| self.detour(&all[at], before, turns)).collect()
    }

    /// The way on which a host is left and come back to: from a member through others to one of the bundle before. Where
    /// there is none, what is waited for that comes after that bundle.
    fn detour(&self, group: &Group, before: usize, turns: &FxHashMap<StepId, usize>) -> Option<Detour> {
        let (mut later, mut other) = (None, None);
        // Each step that is come by, with the member that it was begun at and the first call on the way that is none of the
        // bundle's.
        let mut seen: BTreeSet<StepId> = group.members.iter().copied().collect();
        let mut pending: VecDeque<(StepId, StepId, Option<StepId>)> = seen.iter().map(|id| (*id, *id, None)).collect();
        while let Some((id, member, first)) = pending.pop_front() {
            for next in self.graph.order.dependencies(id) {
                let turn = turns.get(&next).copied();
                if turn == Some(before) {
                    match first {
                        Some(first) => return self.told(member, first, Some(next)),
                        None => continue,
                    }
                }
                if !seen.insert(next) {
                    continue;
                }
                let is_call = self.change_of(next).is_some();
                if is_call && first.is_none() {
                    let found = if turn.is_some_and(|turn| turn > before) { &mut later } else { &mut other };
                    found.get_or_insert((member, next));
                }
                pending.push_back((next, member, first.or(is_call.then_some(next))));
            }
        }
        later.or(other).and_then(|(member, first)| self.told(member, first, None))
    }

    fn told(&self, member: StepId, outside: StepId, back: Option<StepId>) -> Option<Detour> {
        Some(Detour {
            change: self.change_of(member)?,
            waits_for: self.change_of(outside)?,
            back_to: back.and_then(|id| self.change_of(id)),
        })
    }
}

impl StepGraph {
    /// The hosts of which more is asked than a look, what makes room, and a transaction.
    pub fn talkative(&self) -> impl Iterator<Item = &HostCommands> {
        self.commands.iter().filter(|host| host.count() > HostCommands::USUAL)
    }
}
