//! What follows from the order of nodes alone: cycles, what each node reaches, and who is made before it goes.

use std::sync::Arc;

use super::NodeKind;
use super::Nodes;
use super::Planner;
use crate::addr;
use crate::addr::ResourceAddr;
use crate::diag::Diagnostic;
use crate::graph::NodeId;
use crate::graph::shortest_cycle;

impl Planner<'_> {
    /// The resources that a node's objects depend on, as they are stored.
    pub(super) fn dependencies_of(&mut self, id: NodeId) -> Arc<[ResourceAddr]> {
        if let Some(known) = self.dependencies.get(&id) {
            return Arc::clone(known);
        }
        let reached = Arc::clone(&self.reaches[id as usize]);
        let mut addrs: Vec<_> = reached.iter().filter_map(|id| self.resource_addr(self.nodes.node(*id))).collect();
        addrs.sort();
        let addrs: Arc<[ResourceAddr]> = addrs.into();
        self.dependencies.insert(id, Arc::clone(&addrs));
        addrs
    }
}

/// By node: the resources that it refers to, directly or through variables, locals, outputs and calls, sorted.
pub(super) fn reaches(nodes: &Nodes, order: &[NodeId]) -> Vec<Arc<[NodeId]>> {
    let mut reaches: Vec<Arc<[NodeId]>> = vec![Arc::default(); nodes.len()];
    for id in order {
        let mut found: Vec<NodeId> = Vec::new();
        let mut only: Option<Arc<[NodeId]>> = None;
        let mut sources = 0;
        for other in nodes.dag.dependencies(*id) {
            if matches!(nodes.node(other).kind, NodeKind::Resource(_)) {
                found.push(other);
                sources += 1;
            } else if !reaches[other as usize].is_empty() {
                found.extend(reaches[other as usize].iter());
                only = Some(Arc::clone(&reaches[other as usize]));
                sources += 1;
            }
        }
        reaches[*id as usize] = match (sources, only) {
            (0, _) => Arc::default(),
            // Most nodes reach what one other does: no copy of a long list.
            (1, Some(only)) => only,
            _ => {
                found.sort_unstable();
                found.dedup();
                found.into()
            }
        };
    }
    reaches
}

/// By node: whether its objects are made before their predecessors go. Spreads to all that such a node depends on.
pub(super) fn create_first(planner: &Planner<'_>, order: &[NodeId]) -> Vec<bool> {
    let nodes = &planner.nodes;
    let mut first = vec![false; nodes.len()];
    for id in order.iter().rev() {
        let node = nodes.node(*id);
        if let NodeKind::Resource(slot) = node.kind {
            let lifecycle = &planner.module(node.path).resources[slot as usize].lifecycle;
            first[*id as usize] |= lifecycle.create_before_destroy.unwrap_or(false);
        }
        if first[*id as usize] {
            nodes.dag.dependencies(*id).for_each(|other| first[other as usize] = true);
        }
    }
    first
}

/// By node: whether something rests on it whose successor comes first by itself.
pub(super) fn carries_first(planner: &Planner<'_>, order: &[NodeId]) -> Vec<bool> {
    let nodes = &planner.nodes;
    let mut carries = vec![false; nodes.len()];
    for id in order.iter().rev() {
        let node = nodes.node(*id);
        let is_first = match node.kind {
            NodeKind::Resource(slot) => {
                let def = &planner.module(node.path).resources[slot as usize];
                let ty = planner.input.registry.resource(&def.ty).filter(|_| def.mode == addr::Mode::Managed);
                def.lifecycle.create_before_destroy != Some(false) && ty.is_some_and(|ty| ty.comes_first())
            }
            _ => false,
        };
        if is_first || carries[*id as usize] {
            nodes.dag.dependencies(*id).for_each(|other| carries[other as usize] = true);
        }
    }
    carries
}

/// Reports the shortest cycle with the place of each of its members.
pub(super) fn report_cycle(planner: &mut Planner<'_>) {
    let Some(mut cycle) = shortest_cycle(&planner.nodes.dag) else { return };
    // From whichever stands first, so that the same mistake always reads the same.
    let first = (0..cycle.len()).min_by_key(|at| cycle[*at]).unwrap_or(0);
    cycle.rotate_left(first);
    let mut labels = Vec::new();
    let mut names = Vec::new();
    for id in &cycle {
        let name = planner.describe(*id);
        if let Some(span) = planner.span(*id) {
            labels.push((span, name.clone()));
        }
        names.push(name);
    }
    let ring = names.iter().chain(names.first()).map(String::as_str).collect::<Vec<_>>().join(" → ");
    let detail = format!(
        "Each of these needs the next one first, so none can come first: {ring}. Take one of these references out, or \
         put the value that both sides need into a local value of its own."
    );
    let mut diagnostic = Diagnostic::error(format!("Cycle: {}", names.join(", ")), detail);
    for (span, name) in labels {
        diagnostic = diagnostic.label(span, name);
    }
    planner.diags.push(diagnostic);
}
