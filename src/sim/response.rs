//! An answer as HTTP: the vendor's headers and its error body.

use bytes::Bytes;
use http::HeaderValue;
use http::Response;
use http::header::CONTENT_TYPE;
use http::header::RETRY_AFTER;
use serde_json::json;

use crate::sim::router::Answer;

/// Dresses an answer for the wire.
pub(super) fn response(answer: Answer) -> Response<Bytes> {
    let Answer { outcome, budget, request_id, .. } = answer;
    let (status, body, retry_after) = match outcome {
        Ok(reply) => (reply.status, reply.body, None),
        Err(refusal) => {
            let body = json!({ "id": refusal.id, "message": refusal.message, "request_id": request_id });
            (refusal.status, body.to_string().into_bytes(), refusal.retry_after)
        }
    };
    let has_body = !body.is_empty();
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if has_body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        headers.insert("x-request-id", id);
    }
    if let Some(budget) = budget {
        headers.insert("ratelimit-limit", budget.limit.into());
        headers.insert("ratelimit-remaining", budget.remaining.into());
        headers.insert("ratelimit-reset", budget.reset.into());
    }
    if let Some(seconds) = retry_after {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    response
}
