//! The order of deletes: dependants go before what they depend on, and nothing goes that something still points to.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Builder;
use super::NodeKind;
use super::host_of;
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

/// What belongs together when it goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Company {
    /// An object that goes with all that is part of it, by the place of its change: a droplet, its host, the files there.
    Whole(usize),
    /// What is on one host that stays.
    Host(String),
    /// What belongs to nothing.
    None,
}

/// Steps by what they belong to.
type ByCompany = BTreeMap<Company, Vec<StepId>>;

impl Builder<'_, '_> {
    /// What the state knows is which resource depends on which, not which instance on which. Of what goes from hosts, and of
    /// machines that go with all that is on them, each instance is taken to depend on those of its own company, where there are
    /// any: so hosts do not wait for each other, and machines can be replaced one by one. What stays and is updated is waited
    /// for everywhere.
    pub(super) fn order_deletes(&mut self, dependants: &Dependants) {
        let resources: Vec<ResourceAddr> = self.by_resource.keys().cloned().collect();
        let place: BTreeMap<&ResourceAddr, NodeId> = resources.iter().zip(0..).collect();
        let waits = acyclic(&resources, &place, dependants);
        // By resource: when its deletes are done.
        let mut done: Vec<ByCompany> = vec![ByCompany::new(); resources.len()];
        let order = waits.order().expect("edges that close a cycle were left out");
        let wholes: BTreeSet<usize> = self.planner.changes.iter().filter_map(|change| change.goes_with).collect();
        let mut wished = Vec::new();
        let mut awaited = Vec::new();
        for at in order {
            let resource = &resources[at as usize];
            let changes = self.by_resource[resource].clone();
            let others: Vec<usize> = waits.dependencies(at).map(|other| other as usize).collect();
            let deletes = changes.iter().flat_map(|change| {
                let steps = [self.parts[*change].delete, self.parts[*change].late].into_iter().flatten();
                steps.map(|step| (*change, step)).collect::<Vec<_>>()
            });
            let deletes: Vec<(usize, StepId)> = deletes.collect();
            let deletes = self.by_company(deletes.into_iter(), &wholes);
            if deletes.is_empty() {
                // A resource without deletes hands on what it waits for: the chain of dependants goes through it.
                let mut handed = ByCompany::new();
                for (of, steps) in others.iter().flat_map(|other| &done[*other]) {
                    handed.entry(of.clone()).or_default().extend(steps);
                }
                done[at as usize] = handed.into_iter().map(|(of, steps)| (of, self.gathered(steps))).collect();
                continue;
            }
            for other in others {
                for (of, start) in self.reaching(&done[other], deletes.keys()) {
                    deletes[of].iter().for_each(|step| self.graph.order.after(*step, start));
                }
            }
            done[at as usize] = deletes.into_iter().map(|(of, steps)| (of, self.gathered(steps))).collect();
            awaited.extend(self.behind_updates(resource, &changes, dependants, &mut wished));
        }
        let hasty = self.wish(wished);
        self.tell_handovers(awaited, &hasty);
    }

    /// For each of some companies, one step to wait for until those of `others` are done that concern it: those of the same
    /// company, and those of companies that are none of these.
    fn reaching<'h>(
        &mut self,
        others: &ByCompany,
        own: impl Iterator<Item = &'h Company>,
    ) -> Vec<(&'h Company, StepId)> {
        let companies: BTreeSet<&Company> = own.collect();
        let is_astray = |of: &Company| *of == Company::None || !companies.contains(of);
        let astray = others.iter().filter(|(of, _)| is_astray(of)).flat_map(|(_, steps)| steps);
        let astray = self.gathered(astray.copied().collect());
        let has_none = companies.contains(&Company::None);
        let all = has_none.then(|| self.gathered(others.values().flatten().copied().collect()));
        let mut reaching = Vec::new();
        for company in companies {
            let own = match company {
                Company::None => all.clone().unwrap_or_default(),
                _ => astray.iter().chain(others.get(company).into_iter().flatten()).copied().collect(),
            };
            reaching.extend(self.gather(&own).map(|start| (company, start)));
        }
        reaching
    }

    fn gathered(&mut self, steps: Vec<StepId>) -> Vec<StepId> {
        self.gather(&steps).into_iter().collect()
    }

    /// Steps of changes by what their objects belong to.
    fn by_company(&self, steps: impl Iterator<Item = (usize, StepId)>, wholes: &BTreeSet<usize>) -> ByCompany {
        let mut by_company = ByCompany::new();
        for (at, step) in steps {
            by_company.entry(self.company(at, wholes)).or_default().push(step);
        }
        by_company
    }

    fn company(&self, at: usize, wholes: &BTreeSet<usize>) -> Company {
        let change = &self.planner.changes[at];
        if let Some(whole) = change.goes_with.or_else(|| wholes.contains(&at).then_some(at)) {
            return Company::Whole(whole);
        }
        let is_on_host = self.planner.input.registry.resource(&change.addr.ty).is_some_and(|ty| ty.bundle().is_some());
        let object = change.prior.as_deref().or(change.planned.as_deref()).filter(|_| is_on_host);
        object.and_then(host_of).map_or(Company::None, Company::Host)
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
