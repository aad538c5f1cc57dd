//! Ctrl-C and TERM while something is being changed: the first finishes what has begun, the second leaves it as intents,
//! the third ends the process at once.

use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::signal::unix::Signal;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;
use tokio::task::JoinHandle;

use crate::apply::Event;
use crate::ops::Session;

/// How a shell sees a process that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// Listens for signals until it is dropped.
pub(super) struct Signals(JoinHandle<()>);

impl Signals {
    /// Begins to listen on behalf of a session. Before, a signal just ends the process, as nothing has been begun.
    pub(super) fn listen(runtime: &Runtime, session: &Session) -> Self {
        let (stop, cancel) = (session.stop.clone(), session.cancel.clone());
        // Through whoever draws the screen, so that it is not painted over.
        let observer = Arc::clone(&session.observer);
        let say = move |text: &str| observer.event(Event::Notice(text.to_owned()));
        Self(runtime.spawn(async move {
            let Some(mut signals) = Both::new() else { return };
            signals.next().await;
            say(
                "Stopping: what has begun is brought to its end and recorded, nothing else is begun.\nInterrupt again \
                 to leave it where it is; the next run finds out how it ended.",
            );
            stop.cancel();
            signals.next().await;
            say("Leaving at once. What was under way is noted; the next run finds out how it ended.");
            cancel.cancel();
            signals.next().await;
            std::process::exit(INTERRUPTED);
        }))
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Returns on Ctrl-C or TERM.
pub(super) async fn either() {
    match Both::new() {
        Some(mut signals) => signals.next().await,
        None => std::future::pending().await,
    }
}

struct Both {
    interrupt: Signal,
    terminate: Signal,
}

impl Both {
    fn new() -> Option<Self> {
        let (interrupt, terminate) = (signal(SignalKind::interrupt()).ok()?, signal(SignalKind::terminate()).ok()?);
        Some(Self { interrupt, terminate })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
