//! What every call on the world is given: time, a way to be stopped, a way to be heard, and durable notes.

use std::sync::Arc;
use std::sync::Mutex;

use async_trait::async_trait;
use futures::future::BoxFuture;
use serde_json::Value as Json;
use tokio::sync::watch;

use super::Clock;
use super::Commons;
use super::ProviderError;
use super::Result;
use crate::value::Object;
use crate::value::Str;

/// Makes notes of a running call durable before it goes on.
#[async_trait]
pub trait Record: Send + Sync {
    /// Writes down what is known of the object so far and the provider's own note. Returns when it cannot be lost.
    async fn record(&self, partial: Option<&Object>, private: &Json) -> Result<()>;
}

/// For calls that change nothing.
pub struct NoRecord;

#[async_trait]
impl Record for NoRecord {
    async fn record(&self, _: Option<&Object>, _: &Json) -> Result<()> {
        Ok(())
    }
}

/// Hears what a running call does: `waiting for the action (in-progress)`.
pub type Progress = Arc<dyn Fn(&str) + Send + Sync>;

/// A wait for a limit on requests, which holds up everything that is done with one credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The vendor's name as people write it.
    pub vendor: String,
    /// What is waited for: `its limit of 250 requests in 60s`.
    pub limit: String,
    /// How long, as far as is known.
    pub wait: std::time::Duration,
}

/// Hears of waits: that one begins, and, by the vendor's name, that it is over.
pub trait Holds: Send + Sync {
    /// A wait begins.
    fn held(&self, wait: &Wait);
    /// A wait for this vendor is over.
    fn released(&self, vendor: &str);
}

/// The user's wish to stop; clones share it.
#[derive(Debug, Clone)]
pub struct Cancel {
    sender: Arc<watch::Sender<bool>>,
}

impl Cancel {
    /// Nobody wishes to stop yet.
    pub fn new() -> Self {
        Self { sender: Arc::new(watch::Sender::new(false)) }
    }

    /// Wishes to stop.
    pub fn cancel(&self) {
        self.sender.send_replace(true);
    }

    /// Whether somebody wishes to stop.
    pub fn is_cancelled(&self) -> bool {
        *self.sender.borrow()
    }

    /// Returns once somebody wishes to stop.
    pub fn cancelled(&self) -> BoxFuture<'static, ()> {
        let mut receiver = self.sender.subscribe();
        Box::pin(async move {
            // The sender lives as long as any clone; without one nobody can cancel any more.
            if receiver.wait_for(|cancelled| *cancelled).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

impl Default for Cancel {
    fn default() -> Self {
        Self::new()
    }
}

/// The surroundings of one call on the world.
pub struct Cx {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The second signal: stop waiting now.
    pub cancel: Cancel,
    /// Names the operation, the same on every try of it: 26 characters, lower-case letters and digits.
    pub op: String,
    /// Names the state's history: the value of the mark that vendors with tags carry. 8 lower-case letters and digits.
    pub lineage: String,
    progress: Progress,
    holds: Option<Arc<dyn Holds>>,
    recorder: Arc<dyn Record>,
    private: Mutex<Json>,
    moment: Option<Commons>,
    fresh: Vec<Str>,
    goes_along: bool,
    configured: Option<Arc<Object>>,
}

impl Cx {
    /// Surroundings whose notes go to `recorder`; `private` is what the provider noted last.
    pub fn new(
        clock: Arc<dyn Clock>,
        cancel: Cancel,
        op: String,
        lineage: String,
        progress: Progress,
        recorder: Arc<dyn Record>,
        private: Json,
    ) -> Self {
        Self {
            clock,
            cancel,
            op,
            lineage,
            progress,
            holds: None,
            recorder,
            private: Mutex::new(private),
            moment: None,
            fresh: Vec::new(),
            goes_along: false,
            configured: None,
        }
    }

    /// The same, as part of a moment: calls of one moment may share the answer to a question that several of them ask.
    pub fn at(self, moment: &Commons) -> Self {
        Self { moment: Some(moment.clone()), ..self }
    }

    /// What the calls of its moment share; `None` for a call that has to see the world as it is by now.
    pub fn moment(&self) -> Option<&Commons> {
        self.moment.as_ref()
    }

    /// The same with somebody who hears of waits for limits.
    #[must_use]
    pub fn heard_by(self, holds: Arc<dyn Holds>) -> Self {
        Self { holds: Some(holds), ..self }
    }

    /// Says that a limit is waited for, which holds up more than this call.
    pub fn held(&self, wait: &Wait) {
        if let Some(holds) = &self.holds {
            holds.held(wait);
        }
    }

    /// Says that the wait for a vendor is over.
    pub fn released(&self, vendor: &str) {
        if let Some(holds) = &self.holds {
            holds.released(vendor);
        }
    }

    /// The same, where these attributes are of objects that came to be in this very run, or that came to be in our hands
    /// before and have not been met since.
    pub fn with_fresh(mut self, fresh: Vec<Str>) -> Self {
        self.fresh = fresh;
        self
    }

    /// Whether the value of an attribute of what is being created is of an object that is new to us all.
    pub fn is_fresh(&self, attribute: &str) -> bool {
        self.fresh.iter().any(|fresh| **fresh == *attribute)
    }

    /// The same, where what the object is part of goes in this run, too.
    #[must_use]
    pub fn going_along(self, goes_along: bool) -> Self {
        Self { goes_along, ..self }
    }

    /// Whether what the object is part of goes in this run, too: then its removal need not be waited for.
    pub fn goes_along(&self) -> bool {
        self.goes_along
    }

    /// The same, where this is configured for the object that is imported.
    #[must_use]
    pub fn configured_as(self, config: Arc<Object>) -> Self {
        Self { configured: Some(config), ..self }
    }

    /// What is configured for the object that is imported, perhaps with unknowns.
    pub fn configured(&self) -> Option<&Object> {
        self.configured.as_deref()
    }

    /// Says what is being waited for.
    pub fn progress(&self, text: &str) {
        (self.progress)(text);
    }

    /// Makes what is known of the object durable. Call it with the id as soon as there is one, before waiting.
    pub async fn record(&self, partial: &Object) -> Result<()> {
        let private = self.private();
        self.recorder.record(Some(partial), &private).await
    }

    /// The provider's own note on the object: never shown, kept with it.
    pub fn private(&self) -> Json {
        self.private.lock().expect("no holder panics").clone()
    }

    /// Changes the provider's note; it is kept when the call ends, well or not.
    pub fn set_private(&self, private: Json) {
        *self.private.lock().expect("no holder panics") = private;
    }

    /// Changes the provider's note and makes it durable: what is still owed, before doing the rest.
    pub async fn owe(&self, private: Json) -> Result<()> {
        self.set_private(private.clone());
        self.recorder.record(None, &private).await
    }

    /// Waits, unless the user stops everything.
    pub async fn sleep(&self, doing: &str, duration: std::time::Duration) -> Result<()> {
        tokio::select! {
            () = self.clock.sleep(duration) => Ok(()),
            () = self.cancel.cancelled() => Err(ProviderError::Cancelled { doing: doing.to_owned() }),
        }
    }
}
