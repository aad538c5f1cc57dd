//! Notes of a running call, made durable: the id before the wait, what is still owed.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value as Json;

use crate::addr::InstanceAddr;
use crate::provider::Clock;
use crate::provider::ProviderError;
use crate::provider::Record;
use crate::state;
use crate::state::Event;
use crate::state::Journal;
use crate::state::JournalError;
use crate::state::ObjectKey;
use crate::value::Object;

/// Writes records; durable when it returns. Meanwhile no time passes that only jumps.
pub(super) async fn durable(
    journal: &Journal,
    clock: &dyn Clock,
    records: Vec<state::Record>,
) -> Result<(), JournalError> {
    let _held = clock.hold();
    journal.commit(records).await.map(|_| ())
}

/// Writes the notes of one step to the journal.
pub(super) struct Notes {
    pub(super) journal: Arc<Journal>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) step: u32,
    pub(super) addr: InstanceAddr,
    pub(super) object: ObjectKey,
    pub(super) op: state::Op,
    /// The last that was noted of the object.
    pub(super) last: std::sync::Mutex<Option<Arc<Object>>>,
    /// How a partial object is brought into our words.
    pub(super) schema: Arc<dyn crate::provider::AnyResource>,
    /// What was promised: gives the attributes that a note leaves out.
    pub(super) planned: Option<Arc<Object>>,
}

impl Notes {
    /// The object as it is recorded: what the note leaves out is as planned, or null.
    pub(super) fn whole(&self, partial: &Object) -> Object {
        let schema = self.schema.schema();
        let known = self.planned.as_deref().cloned().unwrap_or_else(|| schema.empty());
        let shape = schema.shape();
        let values = shape.names().iter().map(|name| {
            let missing = || known.get(name).filter(|value| value.is_wholly_known()).cloned();
            let found = partial.get(name).filter(|value| value.is_wholly_known() && !value.is_null()).cloned();
            let null = || schema.empty().get(name).cloned();
            found.or_else(missing).or_else(null).unwrap_or(crate::value::Value::NULL)
        });
        let whole = Object::with_shape(Arc::clone(shape), values.collect());
        crate::plan::mark(schema.root(), whole)
    }
}

#[async_trait]
impl Record for Notes {
    async fn record(&self, partial: Option<&Object>, private: &Json) -> crate::provider::Result<()> {
        let object = partial.map(|partial| self.whole(partial));
        if let Some(object) = &object {
            *self.last.lock().expect("no holder panics") = Some(Arc::new(object.clone()));
        }
        let event = Event::Partial { object, private: private.clone() };
        let record = state::Record::of_object(self.step, self.addr.clone(), self.object.clone(), self.op, event);
        match durable(&self.journal, &*self.clock, vec![record]).await {
            Ok(()) => Ok(()),
            Err(error) => Err(ProviderError::Failed {
                doing: format!("recording {}", self.addr),
                message: format!("the journal cannot be written: {error}"),
            }),
        }
    }
}
