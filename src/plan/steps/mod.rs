//! The steps of a plan and all rules of their order.
//!
//! Forward steps (create, update, read, evaluate) follow the references of the configuration. Deletes follow the stored
//! dependencies, the other way round. Where many wait for many, a carrier stands between, so that edges stay linear.
//! Waves are edges like any other; bundles are contracted at the end.

mod bundles;
mod deletes;
mod waves;

use std::collections::BTreeMap;

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
use crate::addr::ResourceAddr;
use crate::graph::NodeId;
use crate::state::ObjectKey;
use crate::value::Value;

/// The steps of a change, by which part of it they perform.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
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
        gates: vec![None; planner.nodes.len()],
        by_node: BTreeMap::new(),
        by_resource: BTreeMap::new(),
    };
    let is_quiet = planner.changes.iter().all(|change| change.action == Action::NoOp);
    if is_quiet && !builder.has_unknown_values() {
        return builder.graph;
    }
    builder.add_changes();
    builder.add_forward();
    builder.order_deletes();
    builder.order_waves();
    builder.contract_bundles()
}

struct Builder<'p, 'i> {
    planner: &'p Planner<'i>,
    graph: StepGraph,
    /// By change.
    parts: Vec<Parts>,
    /// By node: what to wait for to have its value.
    gates: Vec<Option<StepId>>,
    /// The changes of each resource node that do something.
    by_node: BTreeMap<NodeId, Vec<usize>>,
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
            NodeKind::Variable(_) | NodeKind::Local(_) | NodeKind::Output(_) => {
                self.planner.values.stored(node).iter().any(|value: &Value| !value.is_wholly_known())
            }
            NodeKind::Provider(_) => self.planner.unconfigured.get(&id) == Some(&Unconfigured::Unknown),
            _ => false,
        }
    }

    /// A step for each part of each change.
    fn add_changes(&mut self) {
        for (at, change) in self.planner.changes.iter().enumerate() {
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
            self.by_resource.entry(change.addr.resource()).or_default().push(at);
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
            let changes = self.by_node.get(&id).into_iter().flatten();
            let forward: Vec<StepId> = changes.filter_map(|at| self.parts[*at].forward).collect();
            let own = if self.must_evaluate(id, node) { vec![self.graph.add(Step::Evaluate(id))] } else { forward };
            self.gates[id as usize] = if own.is_empty() {
                self.gather(&waits)
            } else {
                // Many steps behind many others: one carrier between them.
                let waits = if own.len() > 1 { self.gather(&waits).into_iter().collect() } else { waits };
                for step in &own {
                    waits.iter().for_each(|wait| self.graph.order.after(*step, *wait));
                }
                self.gather(&own)
            };
        }
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
