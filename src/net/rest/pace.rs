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
use crate::provider::Wait;

/// The limits that are known from the start.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Rules {
    /// At most so many requests within any such time.
    pub(crate) burst: Option<(usize, Duration)>,
    /// The user's own limit of requests a second. Who sets one knows the account, so the published burst is not looked at
    /// until the vendor refuses.
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
    /// Not before a time, for a limit.
    NotBefore(Timestamp, Limit),
    /// When another's answer has come.
    Crowded,
}

/// What holds a request back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Limit {
    /// The vendor refused one, and said when to come back.
    Asked,
    /// By the vendor's own count nothing is left.
    Spent,
    /// The vendor's published burst limit.
    Burst(usize, Duration),
    /// The user's own limit of requests a second.
    Own(f64),
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
        let since = cx.clock.now();
        let mut is_noted = false;
        let mut announced = None;
        loop {
            let freed = self.freed.notified();
            let now = cx.clock.now();
            let admission = self.state().admit(now);
            match admission {
                Admission::Go => return Ok(Leave { pace: self, sent: now, is_returned: false }),
                Admission::Crowded => freed.await,
                Admission::NotBefore(at, limit) => {
                    let wait = between(now, at);
                    let is_long = between(since, at) >= Self::WORTH_SAYING;
                    if is_long && !std::mem::replace(&mut is_noted, true) {
                        cx.progress(&limit.noted(vendor, wait));
                    }
                    // The limit holds up all requests of the credential; one of them tells for all.
                    if is_long && announced.is_none() && self.state().is_to_tell(now, at) {
                        let wait = Wait { vendor: vendor.to_owned(), limit: limit.told(), wait };
                        announced = Some(Announced::begin(self, cx, wait));
                    }
                    cx.sleep(doing, wait).await?;
                }
            }
        }
    }

    /// Shorter waits are not worth a word.
    const WORTH_SAYING: Duration = Duration::from_secs(1);

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

/// A wait that has been told of; its end is told when this goes, however the wait ends.
struct Announced<'a> {
    pace: &'a Pace,
    cx: &'a Cx,
    vendor: String,
}

impl<'a> Announced<'a> {
    fn begin(pace: &'a Pace, cx: &'a Cx, wait: Wait) -> Self {
        cx.held(&wait);
        Self { pace, cx, vendor: wait.vendor }
    }
}

impl Drop for Announced<'_> {
    fn drop(&mut self) {
        self.pace.state().is_told = false;
        self.cx.released(&self.vendor);
    }
}

impl Limit {
    /// The limit as a wait for it is told: `its limit of 250 requests in 60s`.
    fn told(self) -> String {
        match self {
            Limit::Asked => "the time that it asked for, as there were too many requests".to_owned(),
            Limit::Spent => "more requests to be allowed, as all are spent".to_owned(),
            Limit::Burst(most, window) => format!("its limit of {most} requests in {}s", window.as_secs()),
            Limit::Own(rate) => format!("the limit of {rate} requests a second that is configured"),
        }
    }

    /// The same for one of the steps that wait.
    fn noted(self, vendor: &str, wait: Duration) -> String {
        match self {
            Limit::Own(_) => format!("waiting for {}", self.told()),
            _ => format!("{vendor} limits the rate: waiting {}s", wait.as_secs().max(1)),
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
    /// The vendor has refused a request for the rate.
    was_throttled: bool,
    /// Somebody who waits has said so, and waits still.
    pub(super) is_told: bool,
    /// Until when the waits that were told of last.
    told_until: Timestamp,
    /// When that was said.
    told_at: Timestamp,
}

impl State {
    const FIRST_WIDTH: f64 = 16.0;
    const LEAST_WIDTH: f64 = 2.0;
    const MOST_WIDTH: f64 = 256.0;
    /// An answer so much slower than the fastest is a sign of overload.
    const SLOW: i32 = 8;
    const SLOW_AT_LEAST: SignedDuration = SignedDuration::from_secs(2);
    /// How often is said that one short wait follows upon another.
    const TELL_AGAIN: Duration = Duration::from_secs(10);

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
            was_throttled: false,
            is_told: false,
            told_until: Timestamp::MIN,
            told_at: Timestamp::MIN,
        }
    }

    /// Whether a wait until a time is to be told of: once for all who wait, and where one short wait follows upon another
    /// only now and then.
    pub(crate) fn is_to_tell(&mut self, now: Timestamp, until: Timestamp) -> bool {
        let is_new = until > self.told_until && between(now, until) >= Pace::WORTH_SAYING;
        if self.is_told || !is_new && between(self.told_at, now) < Self::TELL_AGAIN {
            return false;
        }
        (self.is_told, self.told_until, self.told_at) = (true, until, now);
        true
    }

    /// Lets a request leave, or says what it waits for.
    pub(crate) fn admit(&mut self, now: Timestamp) -> Admission {
        if self.pause > now {
            return Admission::NotBefore(self.pause, Limit::Asked);
        }
        if self.remaining == Some(0) && self.reset > now {
            return Admission::NotBefore(self.reset, Limit::Spent);
        }
        let own = self.rules.per_second.filter(|rate| *rate > 0.0);
        if let Some((most, window)) = self.rules.burst {
            while self.recent.front().is_some_and(|sent| later(*sent, window) <= now) {
                self.recent.pop_front();
            }
            let is_binding = own.is_none() || self.was_throttled;
            if let (true, true, Some(oldest)) = (is_binding, self.recent.len() >= most, self.recent.front()) {
                return Admission::NotBefore(later(*oldest, window), Limit::Burst(most, window));
            }
        }
        if let Some(rate) = own.filter(|_| self.next > now) {
            return Admission::NotBefore(self.next, Limit::Own(rate));
        }
        if self.free() == 0 {
            return Admission::Crowded;
        }
        self.in_flight += 1;
        self.remaining = self.remaining.map(|remaining| remaining.saturating_sub(1));
        if self.rules.burst.is_some() {
            self.recent.push_back(now);
        }
        if let Some(rate) = own {
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
                self.was_throttled = true;
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

/// From one time to another; nothing where that is past.
fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

fn later(at: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}
