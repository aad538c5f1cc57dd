//! Releases: an object does without others that are about to go, until what takes their place is there.

use std::sync::Arc;

use super::run::Prepared;
use super::run::State;
use crate::plan::Op;
use crate::plan::StepId;
use crate::value::Object;

impl State<'_> {
    /// The object of an update as it is now: as the plan found it, but for what this run has taken out of it.
    pub(super) fn now(&self, at: usize) -> Option<Arc<Object>> {
        self.released.get(&at).or(self.run.made.plan.changes[at].prior.as_ref()).cloned()
    }

    /// Takes out of an object what goes. What the plan promises of the object is the update's to bring about: this leads
    /// to a state between, which is recorded, so that a run that ends here leaves an update for the next.
    pub(super) fn prepare_release(&mut self, step: StepId, at: usize, gone: &[usize]) -> Prepared {
        let changes = &self.run.made.plan.changes;
        let change = changes[at].clone();
        let (Some(prior), Some(first)) = (self.now(at), gone.first()) else { return Prepared::Done };
        let objects: Vec<&Object> = gone.iter().filter_map(|at| changes[*at].prior.as_deref()).collect();
        let Some(ty) = self.run.input.registry.resource(&change.addr.ty) else { return Prepared::Failed };
        let Some(without) = ty.without(&prior, &changes[*first].addr.ty, &objects) else { return Prepared::Done };
        let Some((_, client)) = self.client(&change) else { return Prepared::Failed };
        let call = self.call(step, at, Op::Release, change, ty, client, Some(prior), Some(Arc::new(without)));
        self.start_call(call)
    }
}
