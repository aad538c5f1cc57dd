//! One call on the world, from its intent to its durable result.

use std::sync::Arc;

use serde_json::Value as Json;

use super::record::Notes;
use super::record::durable;
use crate::addr::InstanceAddr;
use crate::plan::Op;
use crate::plan::StepId;
use crate::plan::contradiction;
use crate::plan::hidden;
use crate::plan::settle;
use crate::provider::AnyResource;
use crate::provider::Client;
use crate::provider::Cx;
use crate::provider::Effect;
use crate::provider::ProviderError;
use crate::state;
use crate::state::DeposedKey;
use crate::state::Event;
use crate::state::Intent;
use crate::state::Journal;
use crate::state::JournalError;
use crate::state::ObjectKey;
use crate::state::Record;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Value;

/// A call that is over.
pub(super) struct Finished {
    pub(super) step: StepId,
    pub(super) parts: Vec<Part>,
    /// The journal could not be written.
    pub(super) journal: Option<JournalError>,
}

/// What came of one object of a call.
pub(super) struct Part {
    /// Place of the change.
    pub(super) at: usize,
    pub(super) op: Op,
    /// The object as it is recorded now; `None` when there is none, or nothing new of it.
    pub(super) object: Option<Arc<Object>>,
    pub(super) end: End,
}

/// How it ended.
pub(super) enum End {
    Well,
    Failed(ProviderError),
    /// What came back is not what was promised.
    Contradicted(Path),
    /// It was put back, because another part of the bundle failed.
    Restored,
    /// It was not reached.
    Untouched,
    /// The answer was lost, which is told of another part: the next run finds out.
    Unknown,
}

/// A call that changes an object.
pub(super) struct Call {
    pub(super) step: StepId,
    pub(super) at: usize,
    pub(super) op: Op,
    pub(super) journal_op: state::Op,
    pub(super) object: ObjectKey,
    pub(super) addr: InstanceAddr,
    pub(super) ty: Arc<dyn AnyResource>,
    pub(super) client: Client,
    pub(super) prior: Option<Arc<Object>>,
    pub(super) planned: Option<Arc<Object>>,
    pub(super) cx: Cx,
    pub(super) notes: Arc<Notes>,
    /// All that is recorded of the object beside its attributes.
    pub(super) template: state::Object,
    pub(super) deposes: Option<DeposedKey>,
    pub(super) prior_version: Option<u64>,
    /// Its attributes by which others trust what it makes, and those that name what it trusts itself.
    pub(super) trusted: Vec<Str>,
    pub(super) trusts: Vec<Str>,
    /// Whether the prior object is not ours yet: what the call does not change stays somebody else's.
    pub(super) is_adoption: bool,
    /// Whether what stands at the place of a new object by now gives way.
    pub(super) gives_way: bool,
}

impl Call {
    fn journal(&self) -> &Journal {
        &self.notes.journal
    }

    fn record(&self, event: Event) -> Record {
        Record::of_object(self.step, self.addr.clone(), self.object.clone(), self.journal_op, event)
    }

    /// The objects that the call is about, and whose secrets a vendor may repeat.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Object> {
        self.planned.as_deref().into_iter().chain(self.prior.as_deref())
    }

    /// What no other call may have at the same time: see [`crate::provider::ResourceType::serial_key`].
    pub(super) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.objects().filter_map(|object| self.ty.serial_key(object)).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The prior object as it is recorded after a call that did not change it; nothing where it is not ours.
    pub(super) fn kept(&self, private: Json) -> Option<state::Object> {
        let ours = self.prior.as_ref().filter(|_| !self.is_adoption);
        ours.map(|prior| self.stored(prior, false, private))
    }

    /// What is going to be done, as it is written down.
    pub(super) fn intent(&self, before: Json) -> Record {
        let intent = Intent {
            op_id: self.cx.op.clone(),
            planned: self.planned.as_deref().cloned(),
            prior: self.prior_version,
            before,
            deposes: self.deposes.clone(),
            provider: self.template.provider.clone(),
            private: self.cx.private(),
            schema_version: self.template.schema_version,
            dependencies: Arc::clone(&self.template.dependencies),
            create_before_destroy: self.template.create_before_destroy,
            trusted: self.trusted.clone(),
            trusts: self.trusts.clone(),
            time: self.cx.clock.now(),
        };
        self.record(Event::Intent(Box::new(intent)))
    }

    /// The object as it is recorded.
    pub(super) fn stored(&self, attributes: &Arc<Object>, tainted: bool, private: Json) -> state::Object {
        state::Object { attributes: Arc::clone(attributes), tainted, private, ..self.template.clone() }
    }

    pub(super) async fn perform(self) -> Finished {
        let is_remote = self.ty.effect() == Effect::Remote;
        match self.announce(is_remote).await {
            Ok(()) => {}
            Err(Unannounced::Refused(error)) => return self.over(End::Failed(error), None),
            // Nothing was sent, and nothing else may be begun either.
            Err(Unannounced::Unwritten(error)) => {
                let end = End::Failed(unwritable(&self.addr, &error));
                return Finished { journal: Some(error), ..self.over(end, None) };
            }
        }
        let result = match (self.op, &self.prior, &self.planned) {
            (Op::Create, _, Some(planned)) => self.ty.create(&self.client, &self.cx, planned).await.map(Some),
            (Op::Update | Op::Release | Op::Retake, Some(prior), Some(planned)) => {
                self.ty.update(&self.client, &self.cx, prior, planned).await.map(Some)
            }
            (_, Some(prior), _) => self.ty.delete(&self.client, &self.cx, prior).await.map(|()| None),
            _ => Ok(None),
        };
        let (events, object, end) = match result {
            Ok(actual) => self.well(actual),
            Err(error) => {
                let error = hidden(error, self.objects());
                self.ill(error)
            }
        };
        let mut records: Vec<Record> = events.into_iter().map(|event| self.record(event)).collect();
        if !is_remote && !self.trusted.is_empty() {
            // What others will trust is told by an intent.
            records.insert(0, self.intent(Json::Null));
        }
        // A local result may be lost: the step is simply made again. Whatever depends on it and is not local comes
        // behind it in the journal.
        let written = match (records.is_empty(), is_remote) {
            (true, _) => Ok(()),
            (false, true) => durable(self.journal(), &*self.cx.clock, records).await,
            (false, false) => {
                self.journal().append(records);
                Ok(())
            }
        };
        match written {
            Ok(()) => self.over(end, object),
            Err(error) => Finished { journal: Some(error), ..self.over(end, object) },
        }
    }

    /// Makes the intent durable.
    async fn announce(&self, is_remote: bool) -> Result<(), Unannounced> {
        let mut records = Vec::new();
        let before = match (&self.planned, self.op, is_remote) {
            (Some(planned), Op::Create, true) => {
                self.ty.before_create(&self.client, &self.cx, planned).await.map_err(Unannounced::Refused)?
            }
            _ => Json::Null,
        };
        if let Some(key) = &self.deposes {
            records.push(self.record(Event::Deposed { key: key.clone() }));
        }
        if is_remote {
            records.push(self.intent(before));
            let committed = durable(self.journal(), &*self.cx.clock, records).await;
            return committed.map_err(Unannounced::Unwritten);
        }
        if !records.is_empty() {
            self.journal().append(records);
        }
        Ok(())
    }

    fn well(&self, actual: Option<Object>) -> (Vec<Event>, Option<Arc<Object>>, End) {
        let Some(actual) = actual else { return (vec![Event::Done { object: None }], None, End::Well) };
        let (settled, end) = self.settled(&actual);
        let stored = self.stored(&settled, false, self.cx.private());
        (vec![Event::Done { object: Some(stored) }], Some(settled), end)
    }

    /// What came back, in the words of what was promised; and whether it is that.
    pub(super) fn settled(&self, actual: &Object) -> (Arc<Object>, End) {
        let known = self.planned.as_deref().cloned().unwrap_or_else(|| actual.clone());
        let settled = Arc::new(settle(self.ty.schema(), &known, actual));
        let promised = Value::Object(Arc::new(known));
        match contradiction(&promised, &Value::Object(Arc::clone(&settled))) {
            Some(path) => (settled, End::Contradicted(path)),
            None => (settled, End::Well),
        }
    }

    fn ill(&self, error: ProviderError) -> (Vec<Event>, Option<Arc<Object>>, End) {
        // What may have been done is left open: the next run looks for it.
        let is_open = error.is_ambiguous() || matches!(error, ProviderError::Cancelled { .. });
        let partial = self.notes.last.lock().expect("no holder panics").clone();
        let events = match (self.op, partial, &self.prior) {
            _ if is_open && self.ty.effect() == Effect::Remote => Vec::new(),
            (Op::Create, Some(partial), _) => {
                let object = Some(self.stored(&partial, true, self.cx.private()));
                vec![Event::Failed { error: error.to_string(), object }]
            }
            (Op::Create, None, _) => {
                let failed = Event::Failed { error: error.to_string(), object: None };
                let restored = self.deposes.clone().map(|key| Event::Restored { key });
                std::iter::once(failed).chain(restored).collect()
            }
            _ => vec![Event::Failed { error: error.to_string(), object: self.kept(self.cx.private()) }],
        };
        (events, None, End::Failed(error))
    }

    fn over(&self, end: End, object: Option<Arc<Object>>) -> Finished {
        Finished { step: self.step, parts: vec![Part { at: self.at, op: self.op, object, end }], journal: None }
    }
}

/// Why a call was not begun.
enum Unannounced {
    /// What must be known before it cannot be found out.
    Refused(ProviderError),
    /// Its intent is not durable.
    Unwritten(JournalError),
}

/// The journal cannot be written, as an error of a call that was not made.
fn unwritable(addr: &InstanceAddr, error: &JournalError) -> ProviderError {
    ProviderError::Failed {
        doing: format!("preparing {addr}"),
        message: format!("the journal cannot be written, so nothing was done: {error}"),
    }
}
