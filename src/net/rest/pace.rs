//! One pace per credential: how many requests may be under way, and when the next may leave.
//!
//! Three things hold a request back: what the vendor last said (a pause, nothing left until a time), the vendor's
//! published burst limit, and how many answers are outstanding. The last adapts: it grows while answers come and is cut
//! when the vendor refuses or slows down. The rules are in [`State`], which has no I/O; [`Pace`] only waits.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;
use tokio::sync::Notify;

use super::dialect::Limits;
use crate::provider::Cx;
use crate::provider::Result;

/// The limits that are known from the start.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Rules {
    /// At most so many requests within any such time.
    pub(crate) burst: Option<(usize, Duration)>,
    /// The user's own limit of requests a second.
    pub(crate) per_second: Option<f64>,
}

/// The pace that all requests with one credential share.
pub(crate) struct Pace {
    state: Mutex<State>,
    freed: Notify,
}

/// Leave to send one request; must be handed back with [`Pace::ended`].
pub(crate) struct Leave<'a> {
    pace: &'a Pace,
    sent: Timestamp,
    is_returned: bool,
}

/// Whether a request may leave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Admission {
    /// Now.
    Go,
    /// Not before a time.
    NotBefore(Timestamp),
    /// When another's answer has come.
    Crowded,
}

/// What an answer says about the pace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Signal {
    /// All is well.
    Fine,
    /// The vendor refused for the rate: nothing more for so long.
    Throttled(Duration),
    /// The vendor or the way to it is overloaded.
    Troubled,
}

impl Pace {
    pub(crate) fn new(rules: Rules) -> Self {
        Self { state: Mutex::new(State::new(rules)), freed: Notify::new() }
    }

    /// Waits until a request may leave; says so when it takes long.
    pub(crate) async fn admit(&self, cx: &Cx, vendor: &str, doing: &str) -> Result<Leave<'_>> {
        let mut is_announced = false;
        loop {
            let freed = self.freed.notified();
            let now = cx.clock.now();
            let admission = self.state().admit(now);
            match admission {
                Admission::Go => return Ok(Leave { pace: self, sent: now, is_returned: false }),
                Admission::Crowded => freed.await,
                Admission::NotBefore(at) => {
                    let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
                    if wait >= Duration::from_secs(2) && !std::mem::replace(&mut is_announced, true) {
                        cx.progress(&format!("{vendor} limits the rate: waiting {}s", wait.as_secs().max(1)));
                    }
                    cx.sleep(doing, wait).await?;
                }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no holder panics")
    }
}

impl Leave<'_> {
    /// Hands the leave back with what the answer said.
    pub(crate) fn ended(mut self, now: Timestamp, signal: Signal, limits: Limits) {
        self.is_returned = true;
        let free = {
            let mut state = self.pace.state();
            state.answered(self.sent, now, signal, limits);
            state.free()
        };
        for _ in 0..free {
            self.pace.freed.notify_one();
        }
    }
}

impl Drop for Leave<'_> {
    /// A request whose future was dropped still gives its place back.
    fn drop(&mut self) {
        if !self.is_returned {
            self.pace.state().in_flight -= 1;
            self.pace.freed.notify_one();
        }
    }
}

/// The rules, without any waiting.
#[derive(Debug)]
pub(crate) struct State {
    rules: Rules,
    /// When each request of the running burst window was sent.
    recent: VecDeque<Timestamp>,
    /// The user's own limit: not before then.
    next: Timestamp,
    /// The vendor asked for a pause.
    pause: Timestamp,
    remaining: Option<u64>,
    reset: Timestamp,
    in_flight: usize,
    /// How many requests may be under way.
    width: f64,
    is_growing_fast: bool,
    cut: Timestamp,
    fastest: Option<SignedDuration>,
}

impl State {
    const FIRST_WIDTH: f64 = 16.0;
    const LEAST_WIDTH: f64 = 2.0;
    const MOST_WIDTH: f64 = 256.0;
    /// An answer so much slower than the fastest is a sign of overload.
    const SLOW: i32 = 8;
    const SLOW_AT_LEAST: SignedDuration = SignedDuration::from_secs(2);

    pub(crate) fn new(rules: Rules) -> Self {
        Self {
            rules,
            recent: VecDeque::new(),
            next: Timestamp::MIN,
            pause: Timestamp::MIN,
            remaining: None,
            reset: Timestamp::MIN,
            in_flight: 0,
            width: Self::FIRST_WIDTH,
            is_growing_fast: true,
            cut: Timestamp::MIN,
            fastest: None,
        }
    }

    /// Lets a request leave, or says what it waits for.
    pub(crate) fn admit(&mut self, now: Timestamp) -> Admission {
        if self.pause > now {
            return Admission::NotBefore(self.pause);
        }
        if self.remaining == Some(0) && self.reset > now {
            return Admission::NotBefore(self.reset);
        }
        if let Some((most, window)) = self.rules.burst {
            while self.recent.front().is_some_and(|sent| later(*sent, window) <= now) {
                self.recent.pop_front();
            }
            if let (true, Some(oldest)) = (self.recent.len() >= most, self.recent.front()) {
                return Admission::NotBefore(later(*oldest, window));
            }
        }
        if self.next > now {
            return Admission::NotBefore(self.next);
        }
        if self.free() == 0 {
            return Admission::Crowded;
        }
        self.in_flight += 1;
        self.remaining = self.remaining.map(|remaining| remaining.saturating_sub(1));
        if self.rules.burst.is_some() {
            self.recent.push_back(now);
        }
        if let Some(rate) = self.rules.per_second.filter(|rate| *rate > 0.0) {
            self.next = later(now, Duration::from_secs_f64((1.0 / rate).min(3600.0)));
        }
        Admission::Go
    }

    /// Learns from an answer.
    pub(crate) fn answered(&mut self, sent: Timestamp, now: Timestamp, signal: Signal, limits: Limits) {
        self.in_flight -= 1;
        if limits.remaining.is_some() {
            self.remaining = limits.remaining;
        }
        if let Some(reset) = limits.reset {
            self.reset = reset;
        }
        match signal {
            Signal::Throttled(wait) => {
                self.pause = self.pause.max(later(now, wait));
                self.shrink(sent, now);
            }
            Signal::Troubled => self.shrink(sent, now),
            Signal::Fine => {
                let took = now.duration_since(sent);
                let fastest = *self.fastest.insert(self.fastest.map_or(took, |fastest| fastest.min(took)));
                if took > Self::SLOW_AT_LEAST && took > fastest.saturating_mul(Self::SLOW) {
                    self.shrink(sent, now);
                } else {
                    let growth = if self.is_growing_fast { 1.0 } else { 1.0 / self.width };
                    self.width = (self.width + growth).min(Self::MOST_WIDTH);
                }
            }
        }
    }

    /// How many more requests may be under way.
    pub(crate) fn free(&self) -> usize {
        (self.width as usize).saturating_sub(self.in_flight)
    }

    /// Halves the width, once for all requests that were under way together.
    fn shrink(&mut self, sent: Timestamp, now: Timestamp) {
        self.is_growing_fast = false;
        if sent >= self.cut {
            self.width = (self.width / 2.0).max(Self::LEAST_WIDTH);
            self.cut = now;
        }
    }
}

fn later(at: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}
