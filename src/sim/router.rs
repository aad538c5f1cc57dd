//! From a request to the vendor that answers it: the token, the limits, the path.

use jiff::Timestamp;

use crate::sim::call::Call;
use crate::sim::call::Request;
use crate::sim::digitalocean;
use crate::sim::neon;
use crate::sim::ratelimit::Budget;
use crate::sim::ratelimit::Limits;
use crate::sim::ratelimit::RateLimit;
use crate::sim::ratelimit::RateLimiter;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Store;
use crate::sim::vendor::Vendor;

/// What came of a request, and what its headers have to say.
pub(super) struct Answer {
    pub(super) outcome: Result<Reply, Refusal>,
    pub(super) budget: Option<Budget>,
    pub(super) request_id: String,
    /// Folders of machines that are no more, to be removed once the change is on disk.
    pub(super) discard: Vec<String>,
}

impl Answer {
    /// An answer without a rate limit's headers.
    pub(super) fn plain(outcome: Result<Reply, Refusal>) -> Answer {
        Answer { outcome, budget: None, request_id: String::new(), discard: Vec::new() }
    }

    /// A refusal before anything was looked at.
    pub(super) fn refused(refusal: Refusal) -> Answer {
        Answer::plain(Err(refusal))
    }
}

/// The calls that were made, as each vendor counts them.
pub(super) struct Limiters {
    digitalocean: RateLimiter,
    neon: neon::Limiter,
}

impl Limiters {
    /// Nobody has called yet; every window is that many times shorter than the vendors', and what an account may ask in a
    /// short time is another limit where one is given.
    pub(super) fn new(speed: f64, limit: Option<RateLimit>) -> Limiters {
        let digitalocean = RateLimiter::new(Limits::vendor(speed, limit));
        Limiters { digitalocean, neon: neon::Limiter::new(speed, limit) }
    }
}

/// Answers one request; the store holds the changes of this one, not yet committed.
pub(super) fn answer(
    request: &Request,
    store: &mut Store,
    limiters: &mut Limiters,
    now: Timestamp,
    speed: f64,
) -> Answer {
    let Some(token) = request.token().filter(|token| *token != "invalid") else {
        return Answer::refused(request.vendor.unauthorized());
    };
    match request.vendor {
        Vendor::DigitalOcean => ask_digitalocean(request, token, store, &mut limiters.digitalocean, now, speed),
        Vendor::Neon => Answer::plain(neon::answer(request, token, store, &mut limiters.neon, now, speed)),
    }
}

fn ask_digitalocean(
    request: &Request,
    token: &str,
    store: &mut Store,
    limiter: &mut RateLimiter,
    now: Timestamp,
    speed: f64,
) -> Answer {
    let is_get = request.method == http::Method::GET;
    let (budget, refusal) = limiter.count(token, is_get, &request.path, now);
    let mut discard = Vec::new();
    let outcome = match refusal {
        Some(refusal) => Err(refusal),
        None => {
            let mut call = Call::new(request, store, team(token).to_owned(), now, speed);
            digitalocean::route(&mut call, &mut discard)
        }
    };
    Answer { budget: Some(budget), discard, ..Answer::plain(outcome) }
}

/// Tokens `sim_NAME` belong to the team of that name, all others to one team; what follows an at sign are scopes.
fn team(token: &str) -> &str {
    let token = token.split('@').next().unwrap_or(token);
    token.strip_prefix("sim_").filter(|name| !name.is_empty()).unwrap_or("default")
}
