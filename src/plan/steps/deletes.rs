//! The order of deletes: dependants go before what they depend on, and nothing goes that something still points to.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Builder;
use super::NodeKind;
use crate::addr::ProviderAddr;
use crate::addr::ResourceAddr;
use crate::graph::Dag;
use crate::graph::NodeId;
use crate::graph::shortest_cycle;
use crate::plan::Action;
use crate::plan::StepId;

/// By resource: those whose objects depend on it.
pub(super) type Dependants = BTreeMap<ResourceAddr, BTreeSet<ResourceAddr>>;

/// Which changes' ends wait for which other changes.
pub(super) struct Awaited {
    pub(super) ends: Vec<(usize, StepId)>,
    pub(super) updates: Vec<usize>,
}

impl Builder<'_, '_> {
    pub(super) fn order_deletes(&mut self, dependants: &Dependants) {
        let resources: Vec<ResourceAddr> = self.by_resource.keys().cloned().collect();
        let place: BTreeMap<&ResourceAddr, NodeId> = resources.iter().zip(0..).collect();
        let waits = acyclic(&resources, &place, dependants);
        // By resource: when all its deletes are done.
        let mut done: Vec<Option<StepId>> = vec![None; resources.len()];
        let order = waits.order().expect("edges that close a cycle were left out");
        let mut wished = Vec::new();
        let mut awaited = Vec::new();
        for at in order {
            let resource = &resources[at as usize];
            let changes = self.by_resource[resource].clone();
            let mut behind: Vec<StepId> = waits.dependencies(at).filter_map(|other| done[other as usize]).collect();
            behind.sort_unstable();
            behind.dedup();
            let deletes = changes.iter().flat_map(|change| [self.parts[*change].delete, self.parts[*change].late]);
            let deletes: Vec<StepId> = deletes.flatten().collect();
            if deletes.is_empty() {
                // A resource without deletes hands on what it waits for: the chain of dependants goes through it.
                done[at as usize] = self.gather(&behind);
                continue;
            }
            if let Some(start) = self.gather(&behind) {
                deletes.iter().for_each(|step| self.graph.order.after(*step, start));
            }
            done[at as usize] = self.gather(&deletes);
            awaited.extend(self.behind_updates(resource, &changes, dependants, &mut wished));
        }
        let hasty = self.wish(wished);
        self.tell_handovers(awaited, &hasty);
    }

    /// What goes for good, or last, waits until its dependants no longer point to it. Gives who waits for whom.
    fn behind_updates(
        &mut self,
        resource: &ResourceAddr,
        changes: &[usize],
        dependants: &Dependants,
        wished: &mut Vec<(StepId, StepId)>,
    ) -> Option<Awaited> {
        let ends = changes.iter().filter_map(|at| {
            let parts = self.parts[*at];
            let end = match self.planner.changes[*at].action {
                Action::Delete | Action::Forget => parts.delete.or(parts.late),
                Action::CreateThenDelete => parts.late,
                _ => None,
            };
            Some((*at, end?))
        });
        let ends: Vec<(usize, StepId)> = ends.collect();
        if ends.is_empty() {
            return None;
        }
        let others = dependants.get(resource).into_iter().flatten().filter(|other| *other != resource);
        let updates = others.flat_map(|other| self.by_resource.get(other).into_iter().flatten());
        let updates: Vec<usize> = updates.copied().filter(|at| self.parts[*at].forward.is_some()).collect();
        let forward: Vec<StepId> = updates.iter().filter_map(|at| self.parts[*at].forward).collect();
        // An update may itself need what can only come once this is gone: then it goes while still pointed to.
        let gate = self.gather(&forward)?;
        wished.extend(ends.iter().map(|(_, end)| (*end, gate)));
        Some(Awaited { ends, updates })
    }

    /// By resource: those whose objects depend on it, as stored or as planned, or through their provider's configuration.
    pub(super) fn dependants(&self) -> Dependants {
        let mut dependants = Dependants::new();
        let mut note = |on: &ResourceAddr, who: &ResourceAddr| {
            dependants.entry(on.clone()).or_default().insert(who.clone());
        };
        let mut seen: BTreeSet<(*const ResourceAddr, usize, ResourceAddr)> = BTreeSet::new();
        for (resource, changes) in &self.by_resource {
            for at in changes {
                let change = &self.planner.changes[*at];
                let stored = self
                    .planner
                    .input
                    .prior
                    .object(change.previous_addr.as_ref().unwrap_or(&change.addr), &change.object);
                let stored = stored.map(|object| &object.dependencies);
                for list in [Some(&change.dependencies), stored].into_iter().flatten() {
                    // The instances of a resource share their list.
                    if seen.insert((list.as_ptr(), list.len(), resource.clone())) {
                        list.iter().for_each(|on| note(on, resource));
                    }
                }
            }
        }
        let mut by_provider: BTreeMap<&ProviderAddr, BTreeSet<&ResourceAddr>> = BTreeMap::new();
        for (resource, changes) in &self.by_resource {
            for at in changes {
                by_provider.entry(&self.planner.changes[*at].provider).or_default().insert(resource);
            }
        }
        for (id, node) in self.planner.nodes.iter() {
            let NodeKind::Provider(slot) = node.kind else { continue };
            let def = &self.planner.module(node.path).providers[slot as usize];
            let module = self.planner.tree.path(node.path).path.clone();
            let provider = ProviderAddr { name: def.name.clone(), alias: def.alias.clone(), module };
            let Some(kept) = by_provider.get(&provider) else { continue };
            for needed in self.planner.reaches[id as usize].iter() {
                let Some(on) = self.planner.resource_addr(self.planner.nodes.node(*needed)) else { continue };
                kept.iter().filter(|resource| ***resource != on).for_each(|resource| note(&on, resource));
            }
        }
        dependants
    }
}

/// Who waits for whom, without the edges that would close a circle: objects of one state can depend on each other both
/// ways when they were made at different times.
fn acyclic(resources: &[ResourceAddr], place: &BTreeMap<&ResourceAddr, NodeId>, dependants: &Dependants) -> Dag {
    let mut edges: BTreeSet<(NodeId, NodeId)> = BTreeSet::new();
    for (on, who) in dependants {
        let Some(on) = place.get(on) else { continue };
        edges.extend(who.iter().filter_map(|who| place.get(who)).filter(|who| *who != on).map(|who| (*on, *who)));
    }
    loop {
        let mut dag = Dag::with_nodes(resources.len());
        edges.iter().for_each(|(on, who)| dag.after(*on, *who));
        let Some(cycle) = shortest_cycle(&dag) else { return dag };
        let next = cycle.get(1).unwrap_or(&cycle[0]);
        edges.remove(&(cycle[0], *next));
    }
}
