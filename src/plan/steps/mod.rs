//! The steps of a plan and all rules of their order.
//!
//! Forward steps (create, update, read, evaluate) follow the references of the configuration. Deletes follow the stored
//! dependencies, the other way round. Where many wait for many, a carrier stands between, so that edges stay linear.
//! Waves are edges like any other; bundles are contracted at the end.

mod bundles;
mod commands;
mod deletes;
mod handovers;
mod releases;
mod waves;

pub(crate) use bundles::host_of;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Action;
use super::Node;
use super::NodeKind;
use super::Op;
use super::Planner;
use super::Step;
use super::StepGraph;
use super::StepId;
use super::planner::Unconfigured;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ResourceAddr;
use crate::graph::NodeId;
use crate::graph::parts;
use crate::state::ObjectKey;
use crate::value::Value;

/// The steps of a change, by which part of it they perform.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    /// Before anything of the change, and before what makes ready for it.
    begin: Option<StepId>,
    /// Create, update, read.
    forward: Option<StepId>,
    /// Delete the current object, before the new one comes or for good.
    delete: Option<StepId>,
    /// Delete the object that made room, or let go of one: when all else is done.
    late: Option<StepId>,
}

/// Builds the step graph of a planner that has planned everything.
pub(super) fn build(planner: &Planner<'_>) -> StepGraph {
    let mut builder = Builder {
        planner,
        graph: StepGraph::default(),
        parts: vec![Parts::default(); planner.changes.len()],
        passed: vec![None; planner.changes.len()],
        gates: vec![None; planner.nodes.len()],
        by_node: BTreeMap::new(),
        instances: BTreeMap::new(),
        by_resource: BTreeMap::new(),
    };
    let is_quiet = planner.changes.iter().all(|change| change.action == Action::NoOp);
    if is_quiet && !builder.has_unknown_values() {
        return builder.graph;
    }
    builder.add_changes();
    builder.add_forward();
    let dependants = builder.dependants();
    builder.order_deletes(&dependants);
    builder.add_releases(&dependants);
    builder.order_waves();
    let graph = builder.contract_bundles();
    assert!(graph.order.order().is_some(), "the steps of a plan have an order");
    graph
}

struct Builder<'p, 'i> {
    planner: &'p Planner<'i>,
    graph: StepGraph,
    /// By change.
    parts: Vec<Parts>,
    /// By change that does nothing: what it hangs on, which whoever looks at it has to wait for.
    passed: Vec<Option<StepId>>,
    /// By node: what to wait for to have its value.
    gates: Vec<Option<StepId>>,
    /// The changes of each resource node that do something.
    by_node: BTreeMap<NodeId, Vec<usize>>,
    /// The changes of each resource node's instances, with those that do nothing.
    instances: BTreeMap<NodeId, Vec<usize>>,
    /// The same by address, with those of resources that are not configured.
    by_resource: BTreeMap<ResourceAddr, Vec<usize>>,
}

impl Builder<'_, '_> {
    fn has_unknown_values(&self) -> bool {
        self.planner.nodes.iter().any(|(id, node)| self.must_evaluate(id, node))
    }

    /// Whether a node's value has to be found while applying.
    fn must_evaluate(&self, id: NodeId, node: Node) -> bool {
        match node.kind {
            NodeKind::Check(_) => self.planner.open_rules.contains(&id),
            NodeKind::Variable(_) | NodeKind::Local(_) | NodeKind::Output(_) => {
                let is_open = self.planner.open_rules.contains(&id);
                is_open || self.planner.values.stored(node).iter().any(|value: &Value| !value.is_wholly_known())
            }
            NodeKind::Provider(_) => self.planner.unconfigured.get(&id) == Some(&Unconfigured::Unknown),
            _ => false,
        }
    }

    /// A step for each part of each change.
    fn add_changes(&mut self) {
        for (at, change) in self.planner.changes.iter().enumerate() {
            if let (Some((node, _)), ObjectKey::Current) = (change.place, &change.object) {
                self.instances.entry(node).or_default().push(at);
            }
            // Those that stay as they are too: what comes behind them comes through them.
            self.by_resource.entry(change.addr.resource()).or_default().push(at);
            let add = |graph: &mut StepGraph, op| Some(graph.add(Step::Change { change: at, op }));
            let parts = &mut self.parts[at];
            match (change.action, &change.object) {
                (Action::NoOp, _) => continue,
                (Action::Create, _) => parts.forward = add(&mut self.graph, Op::Create),
                (Action::Update, _) => parts.forward = add(&mut self.graph, Op::Update),
                (Action::Read, _) => parts.forward = add(&mut self.graph, Op::Read),
                (Action::DeleteThenCreate, _) => {
                    parts.delete = add(&mut self.graph, Op::Delete);
                    parts.forward = add(&mut self.graph, Op::Create);
                }
                (Action::CreateThenDelete, _) => {
                    parts.forward = add(&mut self.graph, Op::Create);
                    parts.late = add(&mut self.graph, Op::DeleteDeposed);
                }
                (Action::Delete, ObjectKey::Current) => parts.delete = add(&mut self.graph, Op::Delete),
                (Action::Delete, ObjectKey::Deposed(_)) => parts.late = add(&mut self.graph, Op::DeleteDeposed),
                (Action::Forget, _) => parts.late = add(&mut self.graph, Op::Forget),
            }
            let parts = *parts;
            if let (Some(delete), Some(create)) = (parts.delete, parts.forward) {
                self.graph.order.after(create, delete);
            }
            if let (Some(late), Some(create)) = (parts.late, parts.forward) {
                self.graph.order.after(late, create);
            }
            if let Some(node) = self.node_of(&change.addr) {
                self.by_node.entry(node).or_default().push(at);
            }
        }
    }

    fn node_of(&self, addr: &InstanceAddr) -> Option<NodeId> {
        let (path, slot) = self.planner.locate(addr)?;
        Some(self.planner.nodes.id(path, NodeKind::Resource(slot)))
    }

    /// Forward steps wait for whatever their nodes refer to, through nodes that have nothing to do too.
    fn add_forward(&mut self) {
        let Some(order) = self.planner.nodes.dag.order() else { return };
        for id in order {
            let mut waits: Vec<StepId> =
                self.planner.nodes.dag.dependencies(id).filter_map(|other| self.gates[other as usize]).collect();
            waits.sort_unstable();
            waits.dedup();
            let node = self.planner.nodes.node(id);
            let open = self.planner.open_rules.contains(&id).then(|| waits.clone());
            let changes = self.by_node.get(&id).into_iter().flatten();
            let forward: Vec<StepId> = changes.filter_map(|at| self.parts[*at].forward).collect();
            let own = if self.must_evaluate(id, node) { vec![self.graph.add(Step::Evaluate(id))] } else { forward };
            self.gates[id as usize] = if let Some(precise) = self.precise(id, node) {
                self.connect_precisely(id, precise);
                // Instances that do nothing pass on what they hang on.
                let is_whole = own.len() == self.instances.get(&id).map_or(0, Vec::len);
                let waits = if is_whole { own } else { own.into_iter().chain(waits).collect() };
                self.gather(&waits)
            } else {
                // Many steps behind many others: one carrier between them.
                let all = own.len().max(self.instances.get(&id).map_or(0, Vec::len));
                let before = if all > 1 || own.is_empty() { self.gather(&waits) } else { None };
                let waits = if all > 1 { before.into_iter().collect() } else { waits };
                for step in &own {
                    waits.iter().for_each(|wait| self.graph.order.after(*step, *wait));
                }
                for at in self.instances.get(&id).into_iter().flatten() {
                    self.passed[*at] = before;
                }
                if own.is_empty() { before } else { self.gather(&own) }
            };
            if let Some(waits) = open {
                self.check_again(id, node, &waits);
            }
        }
    }

    /// Rules of instances that stay as they are, and could not be told: they are checked by a step of their own.
    fn check_again(&mut self, id: NodeId, node: Node, waits: &[StepId]) {
        let stays = |at: &usize| self.planner.changes[*at].action == Action::NoOp;
        let is_resource = matches!(node.kind, NodeKind::Resource(_));
        if !is_resource || !self.instances.get(&id).into_iter().flatten().any(stays) {
            return;
        }
        let step = self.graph.add(Step::Evaluate(id));
        waits.iter().chain(&self.gates[id as usize]).for_each(|wait| self.graph.order.after(step, *wait));
        self.gates[id as usize] = Some(step);
    }

    /// The resource nodes that a resource's instances look at one by one, by slot; `None` where it has one instance or
    /// none, so that nothing would be gained.
    fn precise(&self, id: NodeId, node: Node) -> Option<BTreeMap<u32, NodeId>> {
        if self.instances.get(&id).map_or(0, Vec::len) < 2 {
            return None;
        }
        let others = self.planner.nodes.dag.dependencies(id).filter_map(|other| {
            let of = self.planner.nodes.node(other);
            match of.kind {
                NodeKind::Resource(slot) if of.path == node.path => Some((slot, other)),
                _ => None,
            }
        });
        // What `depends_on` names is waited for as a whole.
        let named = self.planner.nodes.depends_on(id);
        // So is what decides how many there are, unless it is the resource whose instances these follow.
        let chained = self.chained(node);
        let expanded_by = self.planner.expanded_by.get(&id);
        let is_whole = |slot: u32| chained != Some(slot) && expanded_by.is_some_and(|slots| slots.contains(&slot));
        let precise = others.filter(|(slot, other)| !named.contains(other) && !is_whole(*slot));
        let precise: BTreeMap<u32, NodeId> = precise.collect();
        (!precise.is_empty()).then_some(precise)
    }

    /// Each instance waits for those instances that its own arguments look at, and for all else as a whole.
    fn connect_precisely(&mut self, id: NodeId, precise: BTreeMap<u32, NodeId>) {
        let node = self.planner.nodes.node(id);
        let chained = self.chained(node);
        let others = self.planner.nodes.dag.dependencies(id);
        let common = others.filter(|other| !precise.values().any(|precise| precise == other));
        let mut common: Vec<StepId> = common.filter_map(|other| self.gates[other as usize]).collect();
        common.sort_unstable();
        common.dedup();
        let common = self.gather(&common);
        for at in self.instances[&id].clone() {
            let change = &self.planner.changes[at];
            let mut waits: Vec<StepId> = common.into_iter().collect();
            for (slot, other) in &precise {
                let mut keys: Vec<Option<InstanceKey>> =
                    change.touched.iter().filter(|(touched, _)| touched == slot).map(|(_, key)| key.clone()).collect();
                if chained == Some(*slot) {
                    // `for_each = other`: the instance of the same key stands behind `each.value`.
                    keys.push(Some(change.addr.key.clone()));
                }
                let all = keys.is_empty() || keys.contains(&None);
                match (all, change.place) {
                    (false, Some((_, module))) => {
                        let instances = self.planner.values.resource(node.path, *slot, module);
                        let places = keys.iter().flatten().filter_map(|key| instances?.change(key));
                        waits.extend(places.filter_map(|place| self.parts[place].forward.or(self.passed[place])));
                    }
                    _ => waits.extend(self.gates[*other as usize]),
                }
            }
            waits.sort_unstable();
            waits.dedup();
            match self.parts[at].forward {
                Some(step) => waits.iter().for_each(|wait| self.graph.order.after(step, *wait)),
                None => self.passed[at] = self.gather(&waits),
            }
        }
    }

    /// The resource that a resource's `for_each` is, when it is one.
    fn chained(&self, node: Node) -> Option<u32> {
        let NodeKind::Resource(slot) = node.kind else { return None };
        let module = self.planner.module(node.path);
        module.arena.whole_resource(module.resources[slot as usize].for_each?)
    }

    /// Adds edges that are wished for, as pairs of a step and what it waits for. Those that close a circle give way: gives
    /// the steps that do not wait.
    fn wish(&mut self, edges: Vec<(StepId, StepId)>) -> BTreeSet<StepId> {
        let mut hasty = BTreeSet::new();
        if edges.is_empty() {
            return hasty;
        }
        let mut wished = self.graph.order.clone();
        edges.iter().for_each(|(step, other)| wished.after(*step, *other));
        if wished.order().is_some() {
            self.graph.order = wished;
            return hasty;
        }
        let parts = parts(&wished);
        for (step, other) in edges {
            if parts[step as usize] != parts[other as usize] {
                self.graph.order.after(step, other);
            } else {
                hasty.insert(step);
            }
        }
        hasty
    }

    /// One step that comes behind all of these.
    fn gather(&mut self, steps: &[StepId]) -> Option<StepId> {
        match steps {
            [] => None,
            [one] => Some(*one),
            many => {
                let carrier = self.graph.add(Step::Carrier);
                many.iter().for_each(|step| self.graph.order.after(carrier, *step));
                Some(carrier)
            }
        }
    }
}
