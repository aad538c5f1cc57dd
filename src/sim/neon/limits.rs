//! Neon's limits on calls: so many a minute for an account, and a burst a second for each of its routes.
//!
//! Windows are kept in memory: a restarted simulator has forgotten them.

use std::collections::HashMap;
use std::collections::VecDeque;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::sim::neon::refuse;
use crate::sim::ratelimit::RateLimit;
use crate::sim::ratelimit::Window;
use crate::sim::ratelimit::forget;
use crate::sim::refusal::Refusal;

/// The calls that each account has made.
#[derive(Debug)]
pub(in crate::sim) struct Limiter {
    account: Window,
    route: Window,
    calls: HashMap<String, VecDeque<Timestamp>>,
    routes: HashMap<(String, String), VecDeque<Timestamp>>,
}

impl Limiter {
    /// Nobody has called yet; every window is that many times shorter than the vendor's. An account has another limit where
    /// one is given.
    pub(in crate::sim) fn new(speed: f64, account: Option<RateLimit>) -> Limiter {
        let window = |calls, seconds: f64| Window { calls, length: SignedDuration::from_secs_f64(seconds / speed) };
        let account = account.map_or_else(|| window(700, 60.0), |limit| limit.window(speed));
        Limiter { account, route: window(40, 1.0), calls: HashMap::new(), routes: HashMap::new() }
    }

    /// Counts one call; a refused one costs nothing.
    pub(super) fn count(&mut self, account: &str, route: String, now: Timestamp) -> Result<(), Refusal> {
        let calls = self.calls.entry(account.to_owned()).or_default();
        forget(calls, &self.account, now);
        let burst = self.routes.entry((account.to_owned(), route)).or_default();
        forget(burst, &self.route, now);
        if calls.len() >= self.account.calls || burst.len() >= self.route.calls {
            return Err(refuse::too_many());
        }
        calls.push_back(now);
        burst.push_back(now);
        Ok(())
    }
}

/// The route that a request takes: its verb and its path with every second part, which is an id, left out.
pub(super) fn route(method: &http::Method, path: &[&str]) -> String {
    let parts = path.iter().enumerate().map(|(n, part)| if n % 2 == 1 { "*" } else { part });
    format!("{method} {}", parts.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_000_000_000 + milliseconds).unwrap()
    }

    #[test]
    fn a_route_has_forty_a_second_and_an_account_seven_hundred_a_minute() {
        let mut limiter = Limiter::new(1.0, None);
        let mut call = |account: &str, route: &str, ms| limiter.count(account, route.to_owned(), at(ms)).is_ok();
        for n in 0..40 {
            assert!(call("a", "one", n));
        }
        assert!(!call("a", "one", 40));
        assert!(call("a", "two", 40), "each route has its own burst");
        assert!(call("b", "one", 40), "each account has its own");
        assert!(call("a", "one", 1000));
        // 42 calls so far; 658 more fill the minute.
        for n in 0..658 {
            assert!(call("a", &format!("r{n}"), 2000), "{n}");
        }
        assert!(!call("a", "other", 59_999));
        assert!(call("a", "other", 60_000), "the first call is a minute old");
    }

    #[test]
    fn ids_make_no_route() {
        let path = ["projects", "p", "branches", "b", "roles", "r", "reveal_password"];
        assert_eq!(route(&http::Method::GET, &path), "GET projects/*/branches/*/roles/*/reveal_password");
    }
}
