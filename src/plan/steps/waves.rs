//! Waves: of the instances of one resource whose change interrupts service, only so many change at once, and when one
//! fails, no further one begins.

use std::collections::BTreeMap;

use super::Builder;
use crate::graph::NodeId;
use crate::plan::Action;
use crate::plan::StepId;
use crate::plan::Wave;
use crate::plan::width::ON_HOSTS;
use crate::state::ObjectKey;

impl Builder<'_, '_> {
    /// Orders the waves of every resource in each module instance.
    ///
    /// What is on a machine that is replaced goes and comes with that, in its wave: the next machine's turn comes when all is
    /// there again. Any other replacement that rests on something replaced goes as a whole before that, and comes as a whole
    /// after it: there is no moment for waves, so their edges give way.
    pub(super) fn order_waves(&mut self) {
        let companions = self.companions();
        let mut waves: BTreeMap<(NodeId, u32), Vec<usize>> = BTreeMap::new();
        // How many instances are there before and after.
        let mut in_service: BTreeMap<(NodeId, u32), usize> = BTreeMap::new();
        for (at, change) in self.planner.changes.iter().enumerate() {
            let Some(place) = change.place else { continue };
            let stays = change.object == ObjectKey::Current && change.prior.is_some() && change.planned.is_some();
            *in_service.entry(place).or_default() += usize::from(stays);
            let is_companion = change.goes_with.is_some_and(|whole| companions.contains_key(&whole));
            if self.interrupts(at) && !is_companion {
                waves.entry(place).or_default().push(at);
            }
        }
        let mut edges = Vec::new();
        // With the steps that have to wait for others.
        let mut told: Vec<(Wave, Vec<StepId>)> = Vec::new();
        for ((node, module), changes) in waves {
            let ty = &self.planner.changes[changes[0]].addr.ty;
            let carries = changes.iter().any(|at| companions.contains_key(at));
            let width = self.planner.width(node, module, ty).or(carries.then_some(ON_HOSTS));
            let instances = in_service[&(node, module)];
            let wave = Wave { changes: changes.clone(), instances, width, is_given_up: false };
            let Some(width) = width else {
                told.push((wave, Vec::new()));
                continue;
            };
            let first = edges.len();
            let (mut ends, mut begins) = (Vec::new(), Vec::new());
            for at in &changes {
                let with_it = companions.get(at).map_or(&[][..], Vec::as_slice).iter().map(|at| self.parts[*at]);
                let (own, with_it) = (self.parts[*at], with_it.collect::<Vec<_>>());
                let begin = own.begin.or(own.delete).or(own.forward);
                let done: Vec<StepId> =
                    own.forward.into_iter().chain(with_it.iter().filter_map(|it| it.forward)).collect();
                ends.extend(self.gather(&done));
                begins.push(begin.into_iter().chain(with_it.iter().filter_map(|it| it.delete)).collect::<Vec<_>>());
            }
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
                edges.extend(begin.iter().map(|begin| (*begin, all)));
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

    /// By machine, or whatever else is replaced with all that is part of it: the changes of that.
    fn companions(&self) -> BTreeMap<usize, Vec<usize>> {
        let mut companions: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, change) in self.planner.changes.iter().enumerate() {
            let whole = change.goes_with.filter(|_| change.action == Action::DeleteThenCreate);
            let is_replaced = |whole: &usize| self.planner.changes[*whole].action == Action::DeleteThenCreate;
            if let Some(whole) = whole.filter(is_replaced) {
                companions.entry(whole).or_default().push(at);
            }
        }
        companions
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
