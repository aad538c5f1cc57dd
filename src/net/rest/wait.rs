//! Waiting for something to come about: often at first, then as the vendor's habits suggest.

use std::future::Future;
use std::time::Duration;

use jiff::SignedDuration;

use super::Api;
use super::retry;
use crate::provider::ProviderError;
use crate::provider::Result;

/// What one look found.
#[derive(Debug, Clone, PartialEq)]
pub enum Poll<T> {
    /// It has come about.
    Ready(T),
    /// Not yet; what was seen instead, as `creating`.
    Pending(String),
}

/// How something of a kind comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Habits {
    /// The longest time between two looks.
    pub every: Duration,
    /// How long it may take.
    pub limit: Duration,
}

impl Habits {
    const FIRST: Duration = Duration::from_millis(500);
    const GROWTH: f64 = 1.6;

    /// Looks at most `every` so many seconds, for `limit` seconds.
    pub const fn new(every: u64, limit: u64) -> Self {
        Self { every: Duration::from_secs(every), limit: Duration::from_secs(limit) }
    }

    /// The same with another limit, where the user gives one.
    pub fn within(self, limit: Option<Duration>) -> Self {
        Self { limit: limit.unwrap_or(self.limit), ..self }
    }

    /// How long to wait before the nth look, counted from 0.
    pub(crate) fn pause(&self, nth: u32, seed: u64) -> Duration {
        let whole = Self::FIRST.mul_f64(Self::GROWTH.powi(nth.min(32).cast_signed())).min(self.every.max(Self::FIRST));
        whole.mul_f64(0.9 + 0.2 * retry::fraction(seed, nth))
    }
}

impl Api<'_> {
    /// Looks again and again until it has come about. `waiting` says for what, as `waiting for the droplet web-1`.
    pub async fn until<T, F, Fut>(&self, waiting: &str, habits: Habits, mut look: F) -> Result<T>
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<Poll<T>>> + Send,
        T: Send,
    {
        let clock = &self.cx.clock;
        let start = clock.now();
        let seed = retry::seed(&self.cx.op, waiting);
        let limit = SignedDuration::try_from(habits.limit).unwrap_or(SignedDuration::MAX);
        let mut nth = 0;
        loop {
            self.cx.sleep(waiting, habits.pause(nth, seed)).await?;
            let state = match look().await? {
                Poll::Ready(found) => return Ok(found),
                Poll::Pending(state) => state,
            };
            let waited = clock.now().duration_since(start);
            if waited >= limit {
                let waited = Duration::try_from(waited).unwrap_or_default();
                return Err(ProviderError::TimedOut { doing: waiting.to_owned(), state, waited });
            }
            self.cx.progress(&format!("{waiting} ({state})"));
            nth += 1;
        }
    }
}
