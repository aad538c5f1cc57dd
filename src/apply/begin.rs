//! The beginning of a run: what is recorded without a call.

use std::sync::Arc;

use super::run::State;
use crate::diag::Diagnostic;
use crate::plan::Action;
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
        for change in &plan.changes {
            if let Some(from) = &change.previous_addr {
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
            let is_taken = change.importing.is_some() || change.adopts && change.action == Action::NoOp;
            if is_taken && let Some(found) = &change.prior {
                let stored = state::Object {
                    provider: change.provider.clone(),
                    schema_version: self.schema_version(&change.addr.ty),
                    attributes: Arc::clone(found),
                    private: serde_json::Value::Null,
                    dependencies: change.dependencies.clone(),
                    create_before_destroy: change.create_before_destroy,
                    tainted: false,
                    version: 0,
                };
                records.push(object(change.addr.clone(), ObjectKey::Current, Event::Adopt { object: stored }));
                self.counts.import += usize::from(change.importing.is_some());
            }
            // What depends on it, and how it goes, are the configuration's: kept up to date without a call.
            if change.action == Action::NoOp
                && change.object == ObjectKey::Current
                && let Some(known) = prior.current(change.previous_addr.as_ref().unwrap_or(&change.addr))
                && (known.dependencies != change.dependencies
                    || known.create_before_destroy != change.create_before_destroy
                    || known.provider != change.provider)
            {
                let mut stored = known.clone();
                stored.dependencies = change.dependencies.clone();
                stored.create_before_destroy = change.create_before_destroy;
                stored.provider = change.provider.clone();
                records.push(object(change.addr.clone(), ObjectKey::Current, Event::Adopt { object: stored }));
            }
        }
        for drift in plan.drift.iter().filter(|drift| drift.stale.is_none()) {
            let known = prior.object(&drift.addr, &drift.object);
            if let (Some(after), Some(known)) = (&drift.after, known) {
                let stored = state::Object { attributes: Arc::clone(after), ..known.clone() };
                records.push(object(drift.addr.clone(), drift.object.clone(), Event::Adopt { object: stored }));
            }
        }
        for (addr, stored) in &plan.adoptions {
            records.push(object(addr.clone(), ObjectKey::Current, Event::Adopt { object: stored.clone() }));
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

    pub(super) fn schema_version(&self, ty: &str) -> u32 {
        self.run.input.registry.resource(ty).map_or(0, |ty| ty.schema().version)
    }
}

fn object(addr: crate::addr::InstanceAddr, key: ObjectKey, event: Event) -> Record {
    Record::of_object(0, addr, key, state::Op::Read, event)
}

/// The journal cannot be written: nothing may be done any more.
pub(super) fn unwritable(error: &state::JournalError) -> Diagnostic {
    let detail = format!(
        "{error}. Nothing more is begun, as its result could not be recorded. What was begun is found again by the next \
         run, once the journal can be written."
    );
    Diagnostic::error("Journal cannot be written", detail)
}
