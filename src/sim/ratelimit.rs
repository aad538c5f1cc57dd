//! DigitalOcean's limits on calls: a sliding hour, a burst in a minute, and a few stricter paths.
//!
//! Windows are kept in memory: a restarted simulator has forgotten them.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::sim::refusal::Refusal;

/// At most that many calls in that time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) calls: usize,
    pub(super) length: SignedDuration,
}

/// So many calls in a time, in place of a vendor's own burst limit: `250/m`, `50/s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    calls: usize,
    seconds: u32,
}

/// A text that is not a limit such as `250/m`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a limit: write CALLS/UNIT with s, m or h, for example `250/m`")]
pub struct RateLimitError(String);

impl FromStr for RateLimit {
    type Err = RateLimitError;

    fn from_str(text: &str) -> Result<RateLimit, RateLimitError> {
        let bad = || RateLimitError(text.to_owned());
        let (calls, unit) = text.trim().split_once('/').ok_or_else(bad)?;
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err(bad()),
        };
        let calls = calls.parse().ok().filter(|calls| *calls > 0).ok_or_else(bad)?;
        Ok(RateLimit { calls, seconds })
    }
}

impl RateLimit {
    /// The limit as a window, in a world that is so many times faster.
    pub(super) fn window(self, speed: f64) -> Window {
        Window { calls: self.calls, length: SignedDuration::from_secs_f64(f64::from(self.seconds) / speed) }
    }
}

/// The vendor's numbers.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) hourly: Window,
    pub(super) burst: Window,
    /// Reads of exactly that path.
    pub(super) paths: Vec<(&'static str, Window)>,
}

impl Limits {
    /// As the vendor's, with every window that many times shorter; another burst where one is given.
    pub(super) fn vendor(speed: f64, burst: Option<RateLimit>) -> Limits {
        let window = |calls, seconds: f64| Window { calls, length: SignedDuration::from_secs_f64(seconds / speed) };
        Limits {
            hourly: window(5000, 3600.0),
            burst: burst.map_or_else(|| window(250, 60.0), |limit| limit.window(speed)),
            paths: vec![("/v2/account/keys", window(10, 60.0))],
        }
    }
}

/// What the headers say after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Budget {
    pub(super) limit: usize,
    pub(super) remaining: usize,
    /// The epoch second at which the oldest call expires.
    pub(super) reset: i64,
}

/// The calls each token has made.
#[derive(Debug)]
pub(super) struct RateLimiter {
    limits: Limits,
    calls: HashMap<String, VecDeque<Timestamp>>,
    paths: HashMap<(String, &'static str), VecDeque<Timestamp>>,
}

impl RateLimiter {
    /// Nobody has called yet.
    pub(super) fn new(limits: Limits) -> RateLimiter {
        RateLimiter { limits, calls: HashMap::new(), paths: HashMap::new() }
    }

    /// Counts one call; a refused one costs nothing.
    pub(super) fn count(&mut self, token: &str, is_get: bool, path: &str, now: Timestamp) -> (Budget, Option<Refusal>) {
        let Limits { hourly, burst, paths } = &self.limits;
        let calls = self.calls.entry(token.to_owned()).or_default();
        forget(calls, hourly, now);
        let recent = calls.iter().rev().take_while(|at| **at + burst.length > now).count();
        let refusal = if calls.len() >= hourly.calls {
            Some(Refusal::too_many(None))
        } else if recent >= burst.calls {
            Some(Refusal::too_many(Some(wait(calls[calls.len() - recent], burst, now))))
        } else {
            let strict = paths.iter().find(|(strict, _)| is_get && *strict == path);
            strict.and_then(|(strict, window)| {
                let calls = self.paths.entry((token.to_owned(), strict)).or_default();
                forget(calls, window, now);
                if calls.len() >= window.calls {
                    return Some(Refusal::too_many(Some(wait(calls[0], window, now))));
                }
                calls.push_back(now);
                None
            })
        };
        if refusal.is_none() {
            calls.push_back(now);
        }
        let oldest = calls.front().copied().unwrap_or(now);
        let reset = (oldest + hourly.length).as_second();
        (Budget { limit: hourly.calls, remaining: hourly.calls - calls.len(), reset }, refusal)
    }
}

/// Drops the calls that a window has passed.
pub(super) fn forget(calls: &mut VecDeque<Timestamp>, window: &Window, now: Timestamp) {
    while calls.front().is_some_and(|at| *at + window.length <= now) {
        calls.pop_front();
    }
}

/// Whole seconds until that call expires, never none.
fn wait(oldest: Timestamp, window: &Window, now: Timestamp) -> u64 {
    let left = (oldest + window.length).duration_since(now);
    (left.as_secs_f64().ceil() as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    fn limiter(hourly: usize, burst: usize) -> RateLimiter {
        let vendor = Limits::vendor(1.0, None);
        let window = |calls, like: Window| Window { calls, ..like };
        let (hourly, burst) = (window(hourly, vendor.hourly), window(burst, vendor.burst));
        RateLimiter::new(Limits { hourly, burst, ..vendor })
    }

    #[test]
    fn a_burst_says_when_to_come_back_and_refused_calls_are_free() {
        let mut limiter = limiter(5000, 3);
        let mut call = |second| limiter.count("t", true, "/v2/droplets", at(second));
        for second in [0, 10, 20] {
            assert_eq!(call(second).1, None);
        }
        assert_eq!(call(30).1.and_then(|r| r.retry_after), Some(30));
        assert_eq!(call(59).1.and_then(|r| r.retry_after), Some(1));
        let (budget, refusal) = call(60);
        assert_eq!(refusal, None, "the first call is a minute old");
        assert_eq!(budget, Budget { limit: 5000, remaining: 4996, reset: at(3600).as_second() });
    }

    #[test]
    fn a_limit_is_calls_in_a_unit_of_time() {
        let window = |text: &str| text.parse::<RateLimit>().map(|limit| limit.window(1.0));
        for (text, calls, seconds) in [("250/m", 250, 60), ("50/s", 50, 1), (" 5000/h", 5000, 3600)] {
            let Window { calls: found, length } = window(text).unwrap();
            assert_eq!((found, length), (calls, SignedDuration::from_secs(seconds)), "{text}");
        }
        for text in ["250", "0/s", "-1/s", "5/d", "5/", "/s", "5.5/s"] {
            assert_eq!(text.parse::<RateLimit>(), Err(RateLimitError(text.to_owned())));
        }
    }

    #[test]
    fn an_hour_slides_and_names_no_time() {
        let mut limiter = limiter(2, 250);
        let mut call = |token: &str, second| limiter.count(token, true, "/v2/droplets", at(second)).1;
        assert_eq!(call("t", 0), None);
        assert_eq!(call("t", 1800), None);
        assert_eq!(call("t", 3599), Some(Refusal::too_many(None)));
        assert_eq!(call("other", 3599), None, "each token has its own budget");
        assert_eq!(call("t", 3600), None);
        assert_eq!(call("t", 3601), Some(Refusal::too_many(None)), "the second call still counts");
    }

    #[test]
    fn listing_keys_is_ten_a_minute() {
        let mut limiter = limiter(5000, 250);
        let mut call = |get, path: &str, second| limiter.count("t", get, path, at(second)).1.map(|r| r.retry_after);
        for _ in 0..10 {
            assert_eq!(call(true, "/v2/account/keys", 0), None);
        }
        assert_eq!(call(true, "/v2/account/keys", 1), Some(Some(59)));
        assert_eq!(call(false, "/v2/account/keys", 1), None, "only reads are held back");
        assert_eq!(call(true, "/v2/account/keys/1", 1), None);
    }
}
