//! Releases: an object does without others that are about to go, until what takes their place is there.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::Event;
use super::prepare::id;
use super::run::Prepared;
use super::run::State;
use crate::diag::Diagnostic;
use crate::plan::Change;
use crate::plan::NodeKind;
use crate::plan::Op;
use crate::plan::Step;
use crate::plan::StepId;
use crate::provider::AnyResource;
use crate::provider::ProviderError;
use crate::value::Object;
use crate::value::Str;

/// How many objects are named, before the rest is only counted.
const NAMED: usize = 3;

impl State<'_> {
    /// The object of an update as it is now: as the plan found it, but for what this run has taken out of it.
    pub(super) fn now(&self, at: usize) -> Option<Arc<Object>> {
        self.released.get(&at).or(self.run.made.plan.changes[at].prior.as_ref()).cloned()
    }

    /// Takes out of an object what goes. What the plan promises of the object is the update's to bring about: this leads
    /// to a state between, which is recorded, so that a run that ends here leaves an update for the next.
    pub(super) fn prepare_release(&mut self, step: StepId, at: usize, gone: &[usize]) -> Prepared {
        let change = self.run.made.plan.changes[at].clone();
        let Some(prior) = self.now(at) else { return Prepared::Done };
        let Some(ty) = self.run.input.registry.resource(&change.addr.ty) else { return Prepared::Failed };
        let Some(planned) = self.foreseen(&change, &*ty) else { return Prepared::Done };
        let Some(of) = gone.first().map(|gone| Str::clone(&self.run.made.plan.changes[*gone].addr.ty)) else {
            return Prepared::Done;
        };
        let gone = self.priors(gone);
        let gone: Vec<&Object> = gone.iter().map(|object| &**object).collect();
        let Some(between) = ty.without(&prior, &planned, &of, &gone) else { return Prepared::Done };
        let Some((_, client)) = self.client(&change) else { return Prepared::Failed };
        let call = self.call(step, at, Op::Release, change, ty, client, Some(prior), Some(Arc::new(between)));
        self.start_call(call)
    }

    /// Notes of a step that begins what it means for what was let go of.
    pub(super) fn note_begun(&mut self, step: StepId) {
        match self.run.made.plan.steps.steps[step as usize] {
            Step::Change { change, op: Op::Delete } => _ = self.going.insert(change),
            Step::Change { change, op: Op::Update } => _ = self.updating.insert(change),
            _ => {}
        }
    }

    /// What an object shall become, as far as that is known by now.
    fn foreseen(&mut self, change: &Change, ty: &dyn AnyResource) -> Option<Object> {
        let actual = match change.is_settled {
            true => None,
            // Whatever is wrong with it by then is the update's to report.
            false => self.actual(change, Op::Update, ty).and_then(|(_, actual, _)| actual),
        };
        actual.or_else(|| change.planned.as_deref().cloned())
    }

    /// The objects that there were of these changes.
    fn priors(&self, changes: &[usize]) -> Vec<Arc<Object>> {
        changes.iter().filter_map(|at| self.run.made.plan.changes[*at].prior.clone()).collect()
    }

    /// What was taken out of objects whose update has not come about: they take back what stays, and take what is there of
    /// its successors. Of what they lack then, the user is told.
    pub(super) async fn retake(&mut self) {
        let mut taken_out: BTreeMap<usize, TakenOut> = BTreeMap::new();
        let plan = &self.run.made.plan;
        for (id, step) in (0..).zip(&plan.steps.steps) {
            if let Step::Release { change, gone } = step
                && self.released.contains_key(change)
            {
                let taken_out =
                    taken_out.entry(*change).or_insert_with(|| TakenOut { step: id, by_type: BTreeMap::new() });
                for at in gone {
                    taken_out.by_type.entry(Str::clone(&plan.changes[*at].addr.ty)).or_default().push(*at);
                }
            }
        }
        for (at, taken_out) in taken_out {
            let is_over = self.is_broken || self.run.cancel.is_cancelled();
            if !is_over && !self.updating.contains(&at) {
                self.take_back(at, &taken_out).await;
            }
            self.tell_lack(at, &taken_out);
        }
    }

    /// Brings about what an object is without those alone that are gone, or may be.
    async fn take_back(&mut self, at: usize, taken_out: &TakenOut) {
        let change = self.run.made.plan.changes[at].clone();
        let Some(ty) = self.run.input.registry.resource(&change.addr.ty) else { return };
        let (Some(now), Some(prior), Some(planned)) =
            (self.now(at), change.prior.clone(), self.foreseen(&change, &*ty))
        else {
            return;
        };
        let mut then = Object::clone(&prior);
        for (of, gone) in &taken_out.by_type {
            let going: Vec<usize> = gone.iter().copied().filter(|gone| self.going.contains(gone)).collect();
            let going = self.priors(&going);
            let going: Vec<&Object> = going.iter().map(|object| &**object).collect();
            then = ty.without(&then, &planned, of, &going).unwrap_or(then);
        }
        if then == *now {
            return;
        }
        let Some((_, client)) = self.client(&change) else { return };
        let call = self.call(taken_out.step, at, Op::Retake, change, ty, client, Some(now), Some(Arc::new(then)));
        self.run.observer.event(Event::StepStart { step: self.name(at, Op::Retake), id: None });
        let since = self.run.clock.now();
        self.calls += 1;
        let finished = tokio::select! {
            biased;
            finished = call.perform() => finished,
            // Its intent stays open for the next run to resolve.
            () = self.run.cancel.cancelled() => return,
        };
        let elapsed = Duration::try_from(self.run.clock.now().duration_since(since)).unwrap_or_default();
        self.settle_call(finished, elapsed);
    }

    /// Says what an object lacks whose update has not come about.
    fn tell_lack(&mut self, at: usize, taken_out: &TakenOut) {
        let (Some(now), changes) = (self.now(at), &self.run.made.plan.changes) else { return };
        let addr = &changes[at].addr;
        let Some(ty) = self.run.input.registry.resource(&addr.ty) else { return };
        let mut lacking: Vec<String> = Vec::new();
        let mut has_staying = false;
        for (of, gone) in &taken_out.by_type {
            let has: BTreeSet<String> = ty.spares(&now, of).into_iter().collect();
            for gone in gone {
                let before = changes[*gone].prior.as_deref().and_then(id);
                if [before, self.successor(*gone)].into_iter().flatten().all(|id| !has.contains(&id)) {
                    has_staying |= !self.going.contains(gone);
                    lacking.push(changes[*gone].addr.to_string());
                }
            }
        }
        if lacking.is_empty() {
            return;
        }
        let named = lacking.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = match lacking.len().saturating_sub(NAMED) {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        let staying = match has_staying {
            true => {
                " What of it still stands is out of it as well: the configuration as it was before, applied, puts that                      back at once."
            }
            false => "",
        };
        let detail = format!(
            "{addr} has let go of {named}{more}, to be replaced, and this run has ended before it could be given all that              takes their place. Apply again: that goes on with it, and puts them back at the end.{staying}"
        );
        let diagnostic = Diagnostic::warning("Object is left without what it let go of", detail);
        let diagnostic = diagnostic.address(addr.to_string());
        self.report(diagnostic);
    }

    /// The id of what this run has made in the place of an object.
    fn successor(&self, at: usize) -> Option<String> {
        let change = &self.run.made.plan.changes[at];
        let (node, module) = change.place?;
        let node = self.run.made.nodes.node(node);
        let NodeKind::Resource(slot) = node.kind else { return None };
        let instances = self.run.made.values.resource(node.path, slot, module)?;
        instances.get(&change.addr.key)?.as_object().and_then(id)
    }
}

/// What was taken out of an object, by type.
struct TakenOut {
    /// The first step that did so.
    step: StepId,
    by_type: BTreeMap<Str, Vec<usize>>,
}

/// Whether a deletion that failed so has left its object as it was.
pub(super) fn is_untouched(error: &ProviderError) -> bool {
    match error {
        ProviderError::Refused { .. }
        | ProviderError::Unauthorized { .. }
        | ProviderError::Forbidden { .. }
        | ProviderError::Taken { .. }
        | ProviderError::Unreachable { .. }
        | ProviderError::Problem(_) => true,
        ProviderError::AnswerLost { .. }
        | ProviderError::Unexpected { .. }
        | ProviderError::TimedOut { .. }
        | ProviderError::OnHost(_)
        | ProviderError::Failed { .. }
        | ProviderError::Cancelled { .. } => false,
    }
}
