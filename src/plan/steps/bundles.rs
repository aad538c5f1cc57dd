//! Bundles: the steps of one host, drawn together as far as the order of all steps allows.
//!
//! The order is played through: first every ready step that is none of a host's; then what makes room on a host; then,
//! when nothing else is ready, one host's transaction, with every member whose outside dependencies are done. As bundles
//! come out in an order that can be performed, drawing them together closes no circle.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Builder;
use crate::graph::Dag;
use crate::plan::Op;
use crate::plan::Step;
use crate::plan::StepGraph;
use crate::plan::StepId;
use crate::provider::BundleClass;
use crate::value::Object;

impl Builder<'_, '_> {
    pub(super) fn contract_bundles(self) -> StepGraph {
        let members = self.members();
        if members.is_empty() {
            return self.graph;
        }
        let groups = play(&self.graph, &members);
        contract(self.graph, groups)
    }

    /// The class and host of each step that can be in a bundle.
    fn members(&self) -> BTreeMap<StepId, (BundleClass, String)> {
        let mut members = BTreeMap::new();
        for (id, step) in (0..).zip(&self.graph.steps) {
            let Step::Change { change, op } = step else { continue };
            let change = &self.planner.changes[*change];
            let class = self.planner.input.registry.resource(&change.addr.ty).and_then(|ty| ty.bundle());
            let object = match op {
                Op::Create | Op::Update => &change.planned,
                Op::Delete => &change.prior,
                Op::DeleteDeposed | Op::Read | Op::Forget => continue,
            };
            if let (Some(class), Some(host)) = (class, object.as_deref().and_then(host)) {
                members.insert(id, (class, host));
            }
        }
        members
    }
}

/// The host of an object: its id where it is known, else the machine whose id it will be.
fn host(object: &Object) -> Option<String> {
    let host = object.get("host")?;
    let id = host.get("id").unwrap_or(host);
    match id.as_str() {
        Some(id) => Some(id.to_owned()),
        None => id.as_unknown()?.origin().map(|origin| origin.instance.to_string()),
    }
}

/// The members of a bundle, and the carriers that lie between them.
struct Group {
    class: BundleClass,
    members: Vec<StepId>,
    carriers: Vec<StepId>,
}

/// Plays the order through and gives the groups as they come.
fn play(graph: &StepGraph, members: &BTreeMap<StepId, (BundleClass, String)>) -> Vec<Group> {
    let dag = &graph.order;
    let mut waiting: Vec<usize> = (0..).take(dag.len()).map(|id| dag.dependencies(id).count()).collect();
    let mut ready: BTreeSet<StepId> = (0..).zip(&waiting).filter(|(_, count)| **count == 0).map(|(id, _)| id).collect();
    let mut groups: Vec<Group> = Vec::new();
    let finish = |id: StepId, waiting: &mut Vec<usize>, ready: &mut BTreeSet<StepId>| {
        ready.remove(&id);
        for next in dag.dependents(id) {
            waiting[next as usize] -= 1;
            if waiting[next as usize] == 0 {
                ready.insert(next);
            }
        }
    };
    while let Some(first) = ready.first().copied() {
        if let Some(plain) = ready.iter().copied().find(|id| !members.contains_key(id)) {
            finish(plain, &mut waiting, &mut ready);
            continue;
        }
        // All that are ready are members; what makes room comes first.
        let class = if ready.iter().any(|id| members[id].0 == BundleClass::Prepare) {
            BundleClass::Prepare
        } else {
            BundleClass::Transaction
        };
        let hosts: BTreeSet<&String> =
            ready.iter().filter(|id| members[id].0 == class).map(|id| &members[id].1).collect();
        // The host that leaves least behind goes first, so that the others can still grow.
        let best = hosts.into_iter().min_by_key(|host| left_behind(graph, members, &waiting, &ready, class, host));
        let host = best.cloned().unwrap_or_else(|| members[&first].1.clone());
        let mut taken = Vec::new();
        let mut carriers = Vec::new();
        while let Some(id) =
            ready.iter().copied().find(|id| members.get(id).is_some_and(|m| m.0 == class && m.1 == host))
        {
            taken.push(id);
            finish(id, &mut waiting, &mut ready);
            // Carriers among the members are gone through, as they wait for nothing else.
            while let Some(carrier) = ready.iter().copied().find(|id| graph.steps[*id as usize] == Step::Carrier) {
                carriers.push(carrier);
                finish(carrier, &mut waiting, &mut ready);
            }
        }
        groups.push(Group { class, members: taken, carriers });
    }
    groups
}

/// How many members of a host would not be taken if it went now.
fn left_behind(
    graph: &StepGraph,
    members: &BTreeMap<StepId, (BundleClass, String)>,
    waiting: &[usize],
    ready: &BTreeSet<StepId>,
    class: BundleClass,
    host: &str,
) -> usize {
    let is_of = |id: &StepId| members.get(id).is_some_and(|member| member.0 == class && member.1 == *host);
    let mut waiting: BTreeMap<StepId, usize> =
        members.keys().filter(|id| is_of(id)).map(|id| (*id, waiting[*id as usize])).collect();
    let mut pending: Vec<StepId> = ready.iter().copied().filter(is_of).collect();
    let open = waiting.values().filter(|count| **count > 0).count();
    let mut taken = 0;
    while let Some(id) = pending.pop() {
        for next in graph.order.dependents(id) {
            if let Some(count) = waiting.get_mut(&next)
                && *count > 0
            {
                *count -= 1;
                if *count == 0 {
                    taken += 1;
                    pending.push(next);
                }
            }
        }
    }
    open - taken
}

/// Makes one step of each group.
fn contract(graph: StepGraph, groups: Vec<Group>) -> StepGraph {
    let mut stands_for: Vec<StepId> = (0..).take(graph.steps.len()).collect();
    let mut steps = graph.steps;
    // A carrier that members were taken through would close a circle with the bundle: its edges go past it.
    let mut bypassed: BTreeMap<StepId, Vec<StepId>> = BTreeMap::new();
    for Group { class, members, carriers } in groups {
        for carrier in carriers {
            let others = graph.order.dependencies(carrier);
            let others =
                others.flat_map(|other| bypassed.get(&other).cloned().unwrap_or_else(|| vec![other])).collect();
            bypassed.insert(carrier, others);
        }
        let Some(first) = members.first().copied() else { continue };
        let mut parts = Vec::with_capacity(members.len());
        for id in members {
            stands_for[id as usize] = first;
            let step = std::mem::replace(&mut steps[id as usize], Step::Absorbed);
            if let Step::Change { change, op } = step {
                parts.push((change, op));
            }
        }
        steps[first as usize] = Step::Bundle { class, members: parts };
    }
    let mut order = Dag::with_nodes(steps.len());
    for id in (0..).take(steps.len()) {
        let to = stands_for[id as usize];
        if bypassed.contains_key(&id) {
            continue;
        }
        for other in graph.order.dependencies(id) {
            for other in bypassed.get(&other).map_or(std::slice::from_ref(&other), Vec::as_slice) {
                let from = stands_for[*other as usize];
                if from != to {
                    order.after(to, from);
                }
            }
        }
    }
    StepGraph { steps, order }
}
