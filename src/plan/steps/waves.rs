//! Waves: of the instances of one resource whose change interrupts service, only so many change at once, and when one
//! fails, no further one begins.

use std::collections::BTreeMap;

use super::Builder;
use crate::graph::NodeId;
use crate::plan::Action;
use crate::plan::StepId;
use crate::plan::Wave;
use crate::state::ObjectKey;

impl Builder<'_, '_> {
    /// Orders the waves of every resource in each module instance.
    ///
    /// A replacement that rests on something replaced goes as a whole before that, and comes as a whole after it: there
    /// is no moment for waves, so their edges give way.
    pub(super) fn order_waves(&mut self) {
        let mut waves: BTreeMap<(NodeId, u32), Vec<usize>> = BTreeMap::new();
        // How many instances are there before and after.
        let mut in_service: BTreeMap<(NodeId, u32), usize> = BTreeMap::new();
        for (at, change) in self.planner.changes.iter().enumerate() {
            let Some(place) = change.place else { continue };
            let stays = change.object == ObjectKey::Current && change.prior.is_some() && change.planned.is_some();
            *in_service.entry(place).or_default() += usize::from(stays);
            if self.interrupts(at) {
                waves.entry(place).or_default().push(at);
            }
        }
        let mut edges = Vec::new();
        // With the steps that have to wait for others.
        let mut told: Vec<(Wave, Vec<StepId>)> = Vec::new();
        for ((node, module), changes) in waves {
            let ty = &self.planner.changes[changes[0]].addr.ty;
            let width = self.planner.width(node, module, ty);
            let instances = in_service[&(node, module)];
            let wave = Wave { changes: changes.clone(), instances, width, is_given_up: false };
            let Some(width) = width else {
                told.push((wave, Vec::new()));
                continue;
            };
            let first = edges.len();
            let ends: Vec<StepId> = changes.iter().filter_map(|at| self.parts[*at].forward).collect();
            let parts = changes.iter().map(|at| self.parts[*at]);
            let begins: Vec<StepId> =
                parts.filter_map(|parts| parts.begin.or(parts.delete).or(parts.forward)).collect();
            // Each waits for all that came before the wave it belongs to: for the last of these and, through it, the rest.
            let mut before: Option<StepId> = None;
            for (begin, end) in begins.iter().skip(width).zip(&ends) {
                let all = match before {
                    Some(_) if width > 1 => self.graph.add(crate::plan::Step::Carrier),
                    _ => *end,
                };
                if let Some(before) = before.filter(|_| width > 1) {
                    edges.extend([(all, before), (all, *end)]);
                }
                edges.push((*begin, all));
                before = Some(all);
            }
            told.push((wave, edges[first..].iter().map(|(step, _)| *step).collect()));
        }
        let hasty = self.wish(edges);
        // Where an edge gave way, nothing is promised.
        self.graph.waves.extend(told.into_iter().map(|(wave, waiting)| {
            let width = wave.width.filter(|_| !waiting.iter().any(|step| hasty.contains(step)));
            Wave { width, is_given_up: wave.width.is_some() && width.is_none(), ..wave }
        }));
    }

    fn interrupts(&self, at: usize) -> bool {
        let change = &self.planner.changes[at];
        match (change.action, &change.prior, &change.planned) {
            (Action::DeleteThenCreate, _, _) => true,
            (Action::Update, Some(prior), Some(planned)) => {
                let ty = self.planner.input.registry.resource(&change.addr.ty);
                ty.is_some_and(|ty| ty.interrupts(prior, planned))
            }
            _ => false,
        }
    }
}
