//! The beginning of a run: what is recorded without a call.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::run::State;
use crate::addr::InstanceAddr;
use crate::diag::Diagnostic;
use crate::plan::Action;
use crate::plan::Change;
use crate::plan::equal_objects;
use crate::state;
use crate::state::Event;
use crate::state::ObjectKey;
use crate::state::Record;

impl State<'_> {
    /// Records the beginning, new addresses, what was found changed or gone, and what is imported.
    pub(super) async fn begin(&mut self) -> Result<(), Diagnostic> {
        let plan = &self.run.made.plan;
        let begin = Event::Begin {
            run: uuid::Uuid::new_v4().to_string(),
            time: self.run.clock.now(),
            plan: self.run.digest.clone(),
        };
        let mut records = vec![Record::of_run(begin)];
        let prior = &plan.prior;
        let mut moved: BTreeSet<&InstanceAddr> = BTreeSet::new();
        for change in &plan.changes {
            if let Some(from) = &change.previous_addr {
                moved.insert(&change.addr);
                let event = Event::Moved { from: from.clone() };
                records.push(object(change.addr.clone(), ObjectKey::Current, event));
                if from.ty != change.addr.ty
                    && let (Some(taken), Some(known)) = (&change.prior, prior.object(from, &change.object))
                {
                    let stored = state::Object {
                        schema_version: self.schema_version(&change.addr.ty),
                        attributes: Arc::clone(taken),
                        private: change.private.clone(),
                        ..known.clone()
                    };
                    records.push(object(change.addr.clone(), change.object.clone(), Event::Adopt { object: stored }));
                }
            }
        }
        // What is not part of the plan has not moved: it is recorded where the state has it.
        let place = |addr: &InstanceAddr, previous: &Option<InstanceAddr>| match previous {
            Some(previous) if !moved.contains(addr) => previous.clone(),
            _ => addr.clone(),
        };
        for drift in plan.drift.iter().filter(|drift| drift.stale.is_none()) {
            let known = prior.object(drift.previous.as_ref().unwrap_or(&drift.addr), &drift.object);
            if let (Some(after), Some(known)) = (&drift.after, known) {
                let stored = state::Object { attributes: Arc::clone(after), ..known.clone() };
                let event = Event::Adopt { object: stored };
                records.push(object(place(&drift.addr, &drift.previous), drift.object.clone(), event));
            }
        }
        for adoption in &plan.adoptions {
            let event = Event::Adopt { object: adoption.stored.clone() };
            records.push(object(place(&adoption.addr, &adoption.previous), ObjectKey::Current, event));
        }
        for change in plan.changes.iter().filter(|change| change.object == ObjectKey::Current) {
            if let Some(stored) = self.recorded_anew(change) {
                let event = Event::Adopt { object: stored };
                records.push(object(change.addr.clone(), ObjectKey::Current, event));
                self.counts.import += usize::from(change.importing.is_some());
            }
        }
        for (addr, key) in &plan.forgotten {
            let event = Event::Done { object: None };
            let record = Record::of_object(0, addr.clone(), key.clone(), state::Op::Forget, event);
            records.push(record);
        }
        if records.len() > 1 || plan.changes.iter().any(|change| change.action != Action::NoOp) {
            self.run.journal.commit(records).await.map_err(|error| unwritable(&error))?;
        }
        Ok(())
    }

    /// An object that is recorded otherwise than it was, though nothing happens to it: one that is taken over, and one of
    /// which what it depends on, how it goes, or how it is reached, is another now. These are the configuration's and need no call.
    fn recorded_anew(&self, change: &Change) -> Option<state::Object> {
        let is_taken = change.importing.is_some() || change.adopts && change.action == Action::NoOp;
        if let (true, Some(found)) = (is_taken, &change.prior) {
            return Some(state::Object {
                provider: change.provider.clone(),
                schema_version: self.schema_version(&change.addr.ty),
                attributes: Arc::clone(found),
                private: serde_json::Value::Null,
                dependencies: change.dependencies.clone(),
                create_before_destroy: change.create_before_destroy,
                tainted: false,
                version: 0,
            });
        }
        let at = change.previous_addr.as_ref().unwrap_or(&change.addr);
        let known = self.run.made.plan.prior.current(at).filter(|_| change.action == Action::NoOp)?;
        let followed = change.prior.as_ref().zip(change.planned.as_ref());
        let followed =
            followed.filter(|(prior, planned)| !Arc::ptr_eq(prior, planned) && !equal_objects(prior, planned));
        let is_same = followed.is_none()
            && known.dependencies == change.dependencies
            && known.create_before_destroy == change.create_before_destroy
            && known.provider == change.provider;
        (!is_same).then(|| state::Object {
            // As it was found: this record comes behind the one that says so.
            attributes: followed
                .map(|(_, planned)| planned)
                .or(change.prior.as_ref())
                .unwrap_or(&known.attributes)
                .clone(),
            dependencies: change.dependencies.clone(),
            create_before_destroy: change.create_before_destroy,
            provider: change.provider.clone(),
            ..known.clone()
        })
    }

    pub(super) fn schema_version(&self, ty: &str) -> u32 {
        self.run.input.registry.resource(ty).map_or(0, |ty| ty.schema().version)
    }
}

fn object(addr: InstanceAddr, key: ObjectKey, event: Event) -> Record {
    Record::of_object(0, addr, key, state::Op::Read, event)
}

/// The journal cannot be written: nothing may be done any more.
pub(super) fn unwritable(error: &state::JournalError) -> Diagnostic {
    let cause = crate::diag::with_causes(error);
    let detail = format!(
        "{cause}. Nothing more is begun, as its result could not be recorded. What was begun is found again by the next \
         run, once the journal can be written."
    );
    Diagnostic::error("Journal cannot be written", detail)
}
