//! The end of planning: what nothing claims goes, and the steps are put in order.

use std::sync::Arc;

use super::Change;
use super::Mode;
use super::Nodes;
use super::Plan;
use super::Planner;
use super::StepGraph;
use super::Tree;
use super::Values;
use crate::diag::Diagnostics;

/// A made plan with what applying it needs.
pub struct Made {
    /// The plan.
    pub plan: Plan,
    /// The values, with unknowns where something is not made yet.
    pub values: Values,
    /// The module paths.
    pub tree: Arc<Tree>,
    /// The nodes.
    pub nodes: Arc<Nodes>,
}

impl Planner<'_> {
    /// Ends without a plan: what was found wrong so far.
    pub fn into_diags(self) -> Diagnostics {
        self.diags
    }

    /// Ends without anything planned, as [`super::Poll::Refused`] asks for: a plan that can be shown, with errors and nothing else.
    pub fn refuse(mut self) -> (Made, Diagnostics) {
        self.changes.clear();
        self.deferred.clear();
        self.made(Default::default(), Vec::new())
    }

    /// Ends: what nothing claims goes, and the steps are put in order.
    pub fn finish(mut self) -> (Made, Diagnostics) {
        self.follow_all();
        self.report_unread();
        if self.input.options.mode != Mode::RefreshOnly {
            self.plan_orphans();
        }
        self.gather_drift();
        super::moved::still_there_planned(&mut self);
        self.check_imports();
        self.plan_outputs();
        self.check_targets();
        self.check_replace();
        let unmatched = self.unmatched();
        self.sort_changes();
        self.find_companions();
        self.tell_kept();
        self.check_shared();
        // A block in many module instances, or one that was visited twice, is left for later once.
        self.deferred.sort_by(|a, b| (&a.address, &a.reason).cmp(&(&b.address, &b.reason)));
        self.deferred.dedup();
        let steps = if self.diags.has_errors() { Default::default() } else { super::steps::build(&self) };
        self.made(steps, unmatched)
    }

    fn made(self, steps: StepGraph, unmatched: Vec<String>) -> (Made, Diagnostics) {
        let errored = self.diags.has_errors();
        let variables = self.root_variables();
        let plan = Plan {
            mode: self.input.options.mode,
            changes: self.changes,
            adoptions: self.adoptions,
            forgotten: self.forgotten,
            outputs: self.outputs,
            drift: self.drift,
            deferred: self.deferred,
            steps,
            variables,
            prior: Arc::clone(&self.input.prior),
            targets: self.input.options.targets.clone(),
            unmatched,
            errored,
            counters: self.counters,
        };
        (Made { plan, values: self.values, tree: self.tree, nodes: self.nodes }, self.diags)
    }

    /// Puts the changes in the order of addresses.
    fn sort_changes(&mut self) {
        let mut order: Vec<usize> = (0..self.changes.len()).collect();
        let key = |at: &usize| (&self.changes[*at].addr, &self.changes[*at].object);
        if order.is_sorted_by(|a, b| key(a) <= key(b)) {
            return;
        }
        order.sort_by(|a, b| key(a).cmp(&key(b)));
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, old)| place[*old] = new);
        let mut changes: Vec<Option<Change>> = std::mem::take(&mut self.changes).into_iter().map(Some).collect();
        self.changes = order.iter().map(|old| changes[*old].take().expect("each place is taken once")).collect();
        self.values.renumber(&place);
    }
}
