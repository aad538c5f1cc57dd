//! An answer as HTTP: the vendor's headers and its error body.

use bytes::Bytes;
use http::HeaderValue;
use http::Response;
use http::header::CONTENT_TYPE;
use http::header::RETRY_AFTER;

use crate::sim::router::Answer;
use crate::sim::vendor::Vendor;

/// Dresses a vendor's answer for the wire.
pub(super) fn response(vendor: Vendor, answer: Answer) -> Response<Bytes> {
    let Answer { outcome, budget, request_id, .. } = answer;
    let (status, body, retry_after) = match outcome {
        Ok(reply) => (reply.status, reply.body, None),
        Err(refusal) => {
            let body = vendor.error(&refusal, &request_id).to_string().into_bytes();
            (refusal.status, body, refusal.retry_after)
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
        vendor.budget(budget, headers);
    }
    if let Some(seconds) = retry_after {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    response
}
