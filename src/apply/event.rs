//! What happens while something runs, for whoever listens. The engine does not know who does.

use std::sync::Arc;
use std::time::Duration;

use crate::addr::InstanceAddr;
use crate::plan::Op;
use crate::provider::Holds;
use crate::provider::Wait;
use crate::state::ObjectKey;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Objects of one kind are being read.
    ReadStart {
        /// What is read: a type, or an address.
        what: String,
        /// How many objects.
        count: usize,
    },
    /// They have been read.
    ReadDone {
        /// What was read.
        what: String,
        /// How many objects.
        count: usize,
        /// How long it took.
        elapsed: Duration,
    },
    /// A step begins.
    StepStart {
        /// Which.
        step: StepName,
        /// The vendor's id, when there is an object.
        id: Option<String>,
    },
    /// A step goes on: what it waits for.
    StepProgress {
        /// Which.
        step: StepName,
        /// What it does now; `None` for the same as before.
        text: Option<String>,
        /// Since its beginning.
        elapsed: Duration,
    },
    /// A step is done.
    StepDone {
        /// Which.
        step: StepName,
        /// The vendor's id, when there is an object.
        id: Option<String>,
        /// Since its beginning.
        elapsed: Duration,
    },
    /// A step has failed; the problem is among the diagnostics.
    StepFailed {
        /// Which.
        step: StepName,
        /// In one line.
        error: String,
        /// Since its beginning.
        elapsed: Duration,
    },
    /// A step was begun together with another that has failed, and has not come about for that.
    StepUndone {
        /// Which.
        step: StepName,
        /// How that is.
        how: Undone,
        /// What failed, where that is known.
        cause: Option<InstanceAddr>,
        /// Since its beginning.
        elapsed: Duration,
    },
    /// A step is not performed, as something it needs has failed.
    StepSkipped {
        /// Which.
        step: StepName,
    },
    /// On how many objects work is done, goes on and waits. What failed, or is skipped for that, is in none of them, nor are
    /// steps that only carry order.
    Progress {
        /// Done.
        done: usize,
        /// Running.
        running: usize,
        /// Not begun.
        waiting: usize,
    },
    /// A limit on requests holds up everything that is done with one credential.
    WaitStart(Wait),
    /// It goes on.
    WaitDone {
        /// The vendor whose limit it was.
        vendor: String,
    },
    /// Something the user should know: a lock that is waited for, a key file that was made.
    Notice(String),
}

/// How a step has not come about that did not fail itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// It was done, and is put back.
    Restored,
    /// Nothing was done.
    Untouched,
    /// That is not known until the next run looks.
    Unknown,
}

/// Names a step for people: the object and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StepName {
    /// The instance.
    pub addr: InstanceAddr,
    /// Its current object or a deposed one.
    pub object: ObjectKey,
    /// What happens.
    pub op: Op,
}

/// Hears of events. Must not block.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn event(&self, event: Event);
}

/// Hears nothing.
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _: Event) {}
}

/// Tells an observer of waits for limits.
pub struct Waits(pub Arc<dyn Observer>);

impl Holds for Waits {
    fn held(&self, wait: &Wait) {
        self.0.event(Event::WaitStart(wait.clone()));
    }

    fn released(&self, vendor: &str) {
        self.0.event(Event::WaitDone { vendor: vendor.to_owned() });
    }
}
