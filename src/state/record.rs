//! What the journal says: one record a fact, in the order in which the facts became durable.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::DeposedKey;
use super::Object;
use super::ObjectKey;
use super::Output;
use super::World;
use crate::addr::InstanceAddr;
use crate::addr::ProviderAddr;
use crate::addr::ResourceAddr;
use crate::value;
use crate::value::Str;

/// One record of the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its place in the history; the journal counts, so the caller leaves 0.
    pub seq: u64,
    /// The step of the plan that wrote it; 0 for what belongs to the run as a whole.
    pub step: u32,
    /// The instance that it is about; `None` for what belongs to the run as a whole.
    pub instance: Option<InstanceAddr>,
    /// The instance's object that it is about.
    pub object: ObjectKey,
    /// What the step does; of no meaning without an instance.
    pub op: Op,
    /// The fact.
    pub event: Event,
}

impl Record {
    /// A record about the run as a whole.
    pub fn of_run(event: Event) -> Self {
        Self { seq: 0, step: 0, instance: None, object: ObjectKey::Current, op: Op::Read, event }
    }

    /// A record about one object.
    pub fn of_object(step: u32, instance: InstanceAddr, object: ObjectKey, op: Op, event: Event) -> Self {
        Self { seq: 0, step, instance: Some(instance), object, op, event }
    }
}

/// What a step does to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the words are the trade's")]
pub enum Op {
    Create,
    Update,
    Delete,
    Read,
    Forget,
    Provision,
}

impl Op {
    /// The word that is written down.
    pub fn as_str(self) -> &'static str {
        match self {
            Op::Create => "create",
            Op::Update => "update",
            Op::Delete => "delete",
            Op::Read => "read",
            Op::Forget => "forget",
            Op::Provision => "provision",
        }
    }

    /// Reads back what [`Op::as_str`] wrote.
    pub fn from_word(word: &str) -> Option<Op> {
        [Op::Create, Op::Update, Op::Delete, Op::Read, Op::Forget, Op::Provision]
            .into_iter()
            .find(|op| op.as_str() == word)
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A run begins to apply a plan.
    Begin {
        /// Names the run.
        run: String,
        /// When.
        time: Timestamp,
        /// The plan's digest.
        plan: String,
    },
    /// A request is about to be sent. Stays open until `Done`, `Failed` or `Adopt` of the same object: a request whose
    /// fate is not known is left open.
    Intent(Box<Intent>),
    /// The object is there, or some of its requests are done; the call goes on.
    Partial {
        /// What is known of it so far; `None` leaves what was known before.
        object: Option<value::Object>,
        /// The provider's own note.
        private: Json,
    },
    /// The step is done.
    Done {
        /// The object as it is now; `None` when it is gone, or forgotten.
        object: Option<Object>,
    },
    /// The step has failed, and the object's fate is known.
    Failed {
        /// What is told to the user.
        error: String,
        /// The object as it is now, tainted perhaps; `None` leaves what was recorded before (nothing, for a create).
        object: Option<Object>,
    },
    /// What an open intent made was found.
    Adopt {
        /// The object as it is now.
        object: Object,
    },
    /// The current object is set aside under a key, as its replacement is made first.
    Deposed {
        /// The key.
        key: DeposedKey,
    },
    /// No replacement came to be: the deposed object is current again.
    Restored {
        /// The key that it had.
        key: DeposedKey,
    },
    /// The instance has a new address: the record's. Objects keep their versions.
    Moved {
        /// The address that it had.
        from: InstanceAddr,
    },
    /// The root module's outputs, all of them.
    Outputs(BTreeMap<Str, Output>),
    /// The accounts that the state is about.
    World(World),
    /// The run is over.
    End {
        /// When.
        time: Timestamp,
        /// How it ended, in a word.
        result: String,
    },
}

impl Event {
    /// The word that is written down.
    pub fn kind(&self) -> &'static str {
        match self {
            Event::Begin { .. } => "begin",
            Event::Intent(_) => "intent",
            Event::Partial { .. } => "partial",
            Event::Done { .. } => "done",
            Event::Failed { .. } => "failed",
            Event::Adopt { .. } => "adopt",
            Event::Deposed { .. } => "deposed",
            Event::Restored { .. } => "restored",
            Event::Moved { .. } => "moved",
            Event::Outputs(_) => "outputs",
            Event::World(_) => "world",
            Event::End { .. } => "end",
        }
    }
}

/// What is going to be done to one object, with all that is needed to find out later whether it was.
#[derive(Clone, PartialEq)]
pub struct Intent {
    /// Names the operation: the same on every try of it, and in the vendor's mark where there is one.
    pub op_id: String,
    /// What was going to be made; `None` for a delete. May hold unknowns.
    pub planned: Option<value::Object>,
    /// The version of the object that is changed; `None` for a create.
    pub prior: Option<u64>,
    /// What was noted before the call: ids that were there already.
    pub before: Json,
    /// The key under which the object goes on that makes room for this one: current again when this one was never made.
    pub deposes: Option<DeposedKey>,
    /// The configured provider.
    pub provider: ProviderAddr,
    /// The provider's own note.
    pub private: Json,
    /// The version of the schema that `planned` follows.
    pub schema_version: u32,
    /// What the object will refer to directly.
    pub dependencies: Arc<[ResourceAddr]>,
    /// Whether its replacement will be made before it is deleted.
    pub create_before_destroy: bool,
    /// Attributes of what is going to be made by which others will trust it unseen.
    pub trusted: Vec<Str>,
    /// Attributes that name what it trusts unseen.
    pub trusts: Vec<Str>,
    /// When it was written.
    pub time: Timestamp,
}

/// Leaves out the provider's notes, which may hold what must not be seen.
impl fmt::Debug for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let planned = self.planned.clone().map(|planned| value::Value::Object(Arc::new(planned)));
        f.debug_struct("Intent")
            .field("op_id", &self.op_id)
            .field("planned", &planned)
            .field("prior", &self.prior)
            .field("provider", &format_args!("{}", self.provider))
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}

/// An intent whose end is not known.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenIntent {
    /// The record of the intent.
    pub seq: u64,
    /// The step of the plan that wrote it.
    pub step: u32,
    /// The run that wrote it; empty when its beginning is not known.
    pub run: String,
    /// The instance.
    pub instance: InstanceAddr,
    /// The instance's object.
    pub object: ObjectKey,
    /// What was going to be done.
    pub op: Op,
    /// All about it; `private` is the last note.
    pub intent: Intent,
    /// The last that is known of the object.
    pub partial: Option<value::Object>,
}
