//! Time as an argument: the wall's, one that runs faster, or a virtual one that jumps to the next deadline instead of
//! waiting.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;
use std::time::Instant;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::sync::oneshot;

/// Where time comes from.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
    /// Waits.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
    /// Says that real work is being waited for (a disk, a process), until what is returned is dropped: time that jumps
    /// does not jump meanwhile. Real time takes no notice.
    fn hold(&self) -> Hold {
        Hold { clock: None }
    }
}

/// Real work that is being waited for: see [`Clock::hold`].
pub struct Hold {
    clock: Option<VirtualClock>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let Some(clock) = &self.clock else { return };
        let mut shared = clock.shared.lock().expect("no holder panics");
        shared.held -= 1;
        if shared.held == 0 {
            clock.released.notify_one();
        }
    }
}

/// Real time.
#[derive(Debug, Clone, Copy, Default)]
pub struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(duration).boxed()
    }
}

/// Time that runs evenly, and faster or slower than the wall's: that of a simulator whose clock does.
#[derive(Debug, Clone, Copy)]
pub struct FastClock {
    start: Timestamp,
    since: Instant,
    rate: f64,
}

impl FastClock {
    /// A clock that stands at a time now, and runs so many times faster than the wall's; `rate` is above zero.
    pub fn new(start: Timestamp, rate: f64) -> Self {
        Self { start, since: Instant::now(), rate }
    }
}

impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::from_secs_f64(self.since.elapsed().as_secs_f64() * self.rate);
        self.start.checked_add(passed).unwrap_or(Timestamp::MAX)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(duration.div_f64(self.rate)).boxed()
    }
}

/// Time that passes only while somebody sleeps, and then at once: the earliest sleeper is woken and it is later.
///
/// Before it jumps, everything that can run is given the chance to, so that two sleepers wake in the order of their
/// deadlines; and it waits for whoever [holds](Clock::hold) it. Cheap to clone; clones share the time.
#[derive(Clone)]
pub struct VirtualClock {
    shared: Arc<Mutex<Shared>>,
    released: Arc<Notify>,
}

struct Shared {
    now: Timestamp,
    ordinal: u64,
    sleepers: BTreeMap<(Timestamp, u64), oneshot::Sender<()>>,
    is_driven: bool,
    /// How much real work is being waited for.
    held: usize,
}

impl VirtualClock {
    /// How often others are given the chance to run before time jumps.
    const ROUNDS: usize = 16;

    /// A clock that stands at a time.
    pub fn new(now: Timestamp) -> Self {
        let shared = Shared { now, ordinal: 0, sleepers: BTreeMap::new(), is_driven: false, held: 0 };
        Self { shared: Arc::new(Mutex::new(shared)), released: Arc::new(Notify::new()) }
    }

    /// Wakes sleepers in turn until there are none.
    async fn drive(self) {
        loop {
            for _ in 0..Self::ROUNDS {
                tokio::task::yield_now().await;
            }
            let is_held = self.shared.lock().expect("no holder panics").held > 0;
            if is_held {
                self.released.notified().await;
                continue;
            }
            let mut shared = self.shared.lock().expect("no holder panics");
            let Some(((deadline, _), sleeper)) = shared.sleepers.pop_first() else {
                shared.is_driven = false;
                return;
            };
            shared.now = shared.now.max(deadline);
            // Whoever gave up waiting has dropped the other end.
            let _ = sleeper.send(());
        }
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.shared.lock().expect("no holder panics").now
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let clock = self.clone();
        async move {
            let (sender, woken) = oneshot::channel();
            let must_drive = {
                let mut shared = clock.shared.lock().expect("no holder panics");
                let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
                let deadline = shared.now.checked_add(duration).unwrap_or(Timestamp::MAX);
                shared.ordinal += 1;
                let ordinal = shared.ordinal;
                shared.sleepers.insert((deadline, ordinal), sender);
                !std::mem::replace(&mut shared.is_driven, true)
            };
            if must_drive {
                tokio::spawn(clock.drive());
            }
            // The driver sends before it drops a sender.
            let _ = woken.await;
        }
        .boxed()
    }

    fn hold(&self) -> Hold {
        self.shared.lock().expect("no holder panics").held += 1;
        Hold { clock: Some(self.clone()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn time_does_not_jump_while_real_work_is_waited_for() {
        let clock = VirtualClock::new(Timestamp::UNIX_EPOCH);
        let held = clock.hold();
        let sleeper = tokio::spawn(clock.sleep(Duration::from_secs(60)));
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        assert!(!sleeper.is_finished());
        drop(held);
        sleeper.await.unwrap();
        assert_eq!(clock.now().as_second(), 60);
    }
}
