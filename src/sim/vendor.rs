//! Which vendor a request is for, and what all of a vendor's answers have in common.
//!
//! One port serves them all, so a request is told apart by the host it names or by its path.

use http::HeaderValue;
use http::StatusCode;
use http::header::HeaderMap;
use http::request::Parts;
use serde_json::Value;
use serde_json::json;

use crate::sim::ratelimit::Budget;
use crate::sim::refusal::Refusal;

/// A vendor whose API is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vendor {
    /// DigitalOcean, whose paths begin with `/v2`.
    DigitalOcean,
    /// Neon, whose paths begin with `/api/v2`.
    Neon,
}

const NEON_HOST: &str = "console.neon.tech";

impl Vendor {
    /// Whose API that request is meant for.
    pub(super) fn of(head: &Parts) -> Vendor {
        let named = || head.headers.get(http::header::HOST)?.to_str().ok()?.split(':').next();
        let host = head.uri.host().or_else(named);
        let is_neons = host == Some(NEON_HOST) || head.uri.path().starts_with("/api/v2/");
        if is_neons { Vendor::Neon } else { Vendor::DigitalOcean }
    }

    /// 401: no token, or one that is not known.
    pub(super) fn unauthorized(self) -> Refusal {
        match self {
            Vendor::DigitalOcean => Refusal::unauthorized(),
            Vendor::Neon => Refusal::plain(StatusCode::UNAUTHORIZED, "supplied credentials do not pass authentication"),
        }
    }

    /// 429 without a look at the limits.
    pub(super) fn too_many(self) -> Refusal {
        match self {
            Vendor::DigitalOcean => Refusal::too_many(Some(1)),
            Vendor::Neon => Refusal::plain(StatusCode::TOO_MANY_REQUESTS, "too many requests"),
        }
    }

    /// 500: the vendor's own fault.
    pub(super) fn server_error(self) -> Refusal {
        match self {
            Vendor::DigitalOcean => Refusal::server_error(),
            Vendor::Neon => Refusal::plain(StatusCode::INTERNAL_SERVER_ERROR, "internal server error"),
        }
    }

    /// A refusal as a body.
    pub(super) fn error(self, refusal: &Refusal, request_id: &str) -> Value {
        match self {
            Vendor::DigitalOcean => {
                json!({ "id": refusal.id, "message": refusal.message, "request_id": request_id })
            }
            Vendor::Neon => json!({ "request_id": request_id, "code": refusal.code, "message": refusal.message }),
        }
    }

    /// The headers about a budget of calls; Neon has none.
    pub(super) fn budget(self, budget: Budget, headers: &mut HeaderMap<HeaderValue>) {
        if self == Vendor::DigitalOcean {
            headers.insert("ratelimit-limit", budget.limit.into());
            headers.insert("ratelimit-remaining", budget.remaining.into());
            headers.insert("ratelimit-reset", budget.reset.into());
        }
    }
}
