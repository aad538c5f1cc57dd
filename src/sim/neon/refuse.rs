//! Refusals in Neon's words: a sentence, and for few of them a code.

use http::StatusCode;

use crate::sim::refusal::Refusal;

/// 400: the request is not one that the vendor knows.
pub(super) fn bad(message: impl Into<String>) -> Refusal {
    Refusal::plain(StatusCode::BAD_REQUEST, message)
}

/// 404: gone, or not visible yet.
pub(super) fn absent(message: impl Into<String>) -> Refusal {
    Refusal::plain(StatusCode::NOT_FOUND, message)
}

/// 404 for a path that nothing serves.
pub(super) fn no_page() -> Refusal {
    absent("this page could not be found")
}

/// 405: the path exists, the verb does not.
pub(super) fn wrong_method() -> Refusal {
    Refusal::plain(StatusCode::METHOD_NOT_ALLOWED, "method not allowed")
}

/// 409: the name is taken.
pub(super) fn taken(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::plain(StatusCode::CONFLICT, message).coded(code)
}

/// 412: not as things are.
pub(super) fn precondition(message: impl Into<String>) -> Refusal {
    Refusal::plain(StatusCode::PRECONDITION_FAILED, message)
}

/// 422: read, understood, not acceptable.
pub(super) fn unacceptable(message: impl Into<String>) -> Refusal {
    Refusal::plain(StatusCode::UNPROCESSABLE_ENTITY, message)
}

/// 422: more than the account's plan has.
pub(super) fn limit(code: &'static str, message: impl Into<String>) -> Refusal {
    unacceptable(message).coded(code)
}

/// 423: other operations of the project are under way.
pub(super) fn locked() -> Refusal {
    let message = "project already has running conflicting operations, scheduling of new ones is prohibited";
    Refusal::plain(StatusCode::LOCKED, message)
}

/// 423: a compute that is coming up or going down.
pub(super) fn transitive() -> Refusal {
    Refusal::plain(StatusCode::LOCKED, "endpoint is in some transitive state, could not suspend")
}

/// 429: faster than the account may.
pub(super) fn too_many() -> Refusal {
    Refusal::plain(StatusCode::TOO_MANY_REQUESTS, "too many requests")
}
