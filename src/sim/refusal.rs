//! What a vendor says when it refuses: a status, a short id, a message.

use http::StatusCode;

/// An answer other than success; nothing has been changed when one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The HTTP status.
    pub(super) status: StatusCode,
    /// DigitalOcean's word for the kind of error.
    pub(super) id: &'static str,
    /// Neon's code, which is empty more often than not.
    pub(super) code: &'static str,
    /// The vendor's sentence.
    pub(super) message: String,
    /// Seconds to wait, where the vendor says so.
    pub(super) retry_after: Option<u64>,
}

impl Refusal {
    fn new(status: StatusCode, id: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { status, id, code: "", message: message.into(), retry_after: None }
    }

    /// A status and a sentence, for a vendor that has no word for the kind.
    pub(super) fn plain(status: StatusCode, message: impl Into<String>) -> Refusal {
        Refusal::new(status, "", message)
    }

    /// The same with a vendor's code.
    pub(super) fn coded(self, code: &'static str) -> Refusal {
        Refusal { code, ..self }
    }

    /// 400: the request cannot be read.
    pub(super) fn bad_request(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    /// 401: no token, or one that is not known.
    pub(super) fn unauthorized() -> Refusal {
        Refusal::new(StatusCode::UNAUTHORIZED, "unauthorized", "Unable to authenticate you")
    }

    /// 403: never allowed for this object as it is.
    pub(super) fn forbidden(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// 404: gone, or not visible yet.
    pub(super) fn not_found() -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, "not_found", "The resource you were accessing could not be found.")
    }

    /// 405: the path exists, the verb does not.
    pub(super) fn wrong_method() -> Refusal {
        Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "The method is not allowed for this path.")
    }

    /// 409: something else stands in the way.
    pub(super) fn conflict(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::CONFLICT, "conflict", message)
    }

    /// 412: not in this state.
    pub(super) fn precondition(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::PRECONDITION_FAILED, "precondition_failed", message)
    }

    /// 413: the body is larger than any that makes sense.
    pub(super) fn too_large() -> Refusal {
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", "The request body is too large.")
    }

    /// 422: read, understood, not acceptable.
    pub(super) fn invalid(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "unprocessable_entity", message)
    }

    /// 429: too fast; the hourly limit says nothing about when to come back, the burst limit does.
    pub(super) fn too_many(retry_after: Option<u64>) -> Refusal {
        let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "API rate limit exceeded.");
        Refusal { retry_after, ..refusal }
    }

    /// 500: the vendor's own fault.
    pub(super) fn server_error() -> Refusal {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Unexpected server-side error")
    }
}
