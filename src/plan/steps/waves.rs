//! Waves: of the instances of one resource whose change interrupts service, only so many change at once.

use super::Builder;
use super::NodeKind;
use crate::diag::Diagnostics;
use crate::graph::NodeId;
use crate::plan::Action;
use crate::plan::evaluate::Place;

impl Builder<'_, '_> {
    pub(super) fn order_waves(&mut self) {
        let nodes: Vec<NodeId> = self.by_node.keys().copied().collect();
        for node in nodes {
            let Some(width) = self.width(node) else { continue };
            let changes = self.by_node[&node].clone();
            let interrupting: Vec<usize> = changes.into_iter().filter(|at| self.interrupts(*at)).collect();
            for (place, at) in interrupting.iter().enumerate().skip(width) {
                let (first, earlier) = (self.parts[*at], self.parts[interrupting[place - width]]);
                let begins = first.delete.or(first.forward);
                let ends = earlier.forward.or(earlier.delete);
                if let (Some(begins), Some(ends)) = (begins, ends) {
                    self.graph.order.after(begins, ends);
                }
            }
        }
    }

    /// How many instances of a resource may be out of service at once; `None` for any number.
    fn width(&self, id: NodeId) -> Option<usize> {
        let node = self.planner.nodes.node(id);
        let NodeKind::Resource(slot) = node.kind else { return None };
        let def = &self.planner.module(node.path).resources[slot as usize];
        match def.lifecycle.max_unavailable {
            Some(expr) => {
                let mut diags = Diagnostics::new();
                let value = self.planner.evaluation().expr(Place::module(node.path, 0), expr, &mut diags);
                value.as_i64().and_then(|width| usize::try_from(width).ok()).filter(|width| *width > 0).or(Some(1))
            }
            None => def.ty.starts_with("host_").then_some(1),
        }
    }

    fn interrupts(&self, at: usize) -> bool {
        let change = &self.planner.changes[at];
        match (change.action, &change.prior, &change.planned) {
            // A replacement whose own references are replaced too would wait for itself in a circle.
            (Action::DeleteThenCreate, _, _) => !self.rests_on_replaced(at),
            (Action::Update, Some(prior), Some(planned)) => {
                let ty = self.planner.input.registry.resource(&change.addr.ty);
                ty.is_some_and(|ty| ty.interrupts(prior, planned))
            }
            _ => false,
        }
    }

    fn rests_on_replaced(&self, at: usize) -> bool {
        let on = self.planner.changes[at].dependencies.iter();
        let mut changes = on.flat_map(|on| self.by_resource.get(on).into_iter().flatten());
        changes.any(|at| self.planner.changes[*at].action == Action::DeleteThenCreate)
    }
}
