//! What differs from vendor to vendor in what they all do: refusing, limiting, paging.

use std::time::Duration;

use ::http::HeaderMap;
use jiff::Timestamp;
use serde_json::Value as Json;

/// A vendor's ways, as data and pure functions.
pub trait Dialect: Send + Sync {
    /// The vendor's name as people write it.
    fn vendor(&self) -> &'static str;

    /// What an answer without success means; `body` is null when it was not JSON.
    fn refusal(&self, status: u16, body: &Json) -> Refusal {
        Refusal::by_status(status, message(body))
    }

    /// What the headers of an answer say about the rate limit.
    fn limits(&self, headers: &HeaderMap, now: Timestamp) -> Limits {
        Limits { retry_after: retry_after(headers, now), ..Limits::default() }
    }

    /// At most so many requests within any such time; `None` when the vendor names no such limit.
    fn burst(&self) -> Option<(usize, Duration)> {
        None
    }

    /// The path of a list's first page, with the largest pages that the vendor gives.
    fn first_page(&self, path: &str) -> String {
        path.to_owned()
    }

    /// Where a list goes on; `body` is the answer without the list itself.
    fn paging(&self, body: &Json) -> Paging {
        let _ = body;
        Paging::default()
    }

    /// The page after the one at `path`, for a vendor that gives a cursor instead of a link; `body` as for
    /// [`Dialect::paging`].
    fn next_page(&self, path: &str, body: &Json) -> Option<String> {
        let _ = (path, body);
        None
    }

    /// The argument's name for a key of a request's body.
    fn argument<'a>(&self, key: &'a str) -> &'a str {
        key
    }
}

/// What an answer without success means.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Which kind it is.
    pub kind: RefusalKind,
    /// The vendor's own words.
    pub message: String,
}

/// The kinds of refusal. All but `Broken` are definite: what was asked for was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefusalKind {
    /// The credential is not known.
    Unauthorized,
    /// The credential may not.
    Forbidden,
    /// There is no such thing, or it cannot be seen yet.
    Missing,
    /// Somebody holds what was to be made; its id where it is told.
    Taken(Option<String>),
    /// Something else runs on the object; the same request will do later.
    Busy,
    /// Too many requests; the same request will do later.
    Throttled,
    /// No, and asking again does not help.
    Refused,
    /// The vendor failed: whether it was done is not known.
    Broken,
}

/// What is known of the rate limit.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limits {
    /// How many requests are left.
    pub remaining: Option<u64>,
    /// When there will be more.
    pub reset: Option<Timestamp>,
    /// How long to wait before the next request.
    pub retry_after: Option<Duration>,
}

/// Where a list goes on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paging {
    /// The next page: a path, or a whole address of which the host is ignored.
    pub next: Option<String>,
    /// How many objects all pages hold.
    pub total: Option<usize>,
}

impl Refusal {
    /// What a status means with most vendors.
    pub fn by_status(status: u16, message: String) -> Self {
        let kind = match status {
            401 => RefusalKind::Unauthorized,
            403 => RefusalKind::Forbidden,
            404 | 410 => RefusalKind::Missing,
            423 => RefusalKind::Busy,
            429 => RefusalKind::Throttled,
            408 | 500.. => RefusalKind::Broken,
            _ => RefusalKind::Refused,
        };
        Self { kind, message }
    }
}

/// The message of a refusal where most vendors put it.
pub fn message(body: &Json) -> String {
    let text = ["message", "error", "detail"].iter().find_map(|key| body.get(key)?.as_str());
    text.unwrap_or_default().trim().to_owned()
}

/// The standard header, in seconds or as a date.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(::http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
}
