//! HTTP as an argument: the real network, or the simulator in this process.

use async_trait::async_trait;
use bytes::Bytes;

/// Sends a request and gives its answer, whatever the status.
#[async_trait]
pub trait Http: Send + Sync {
    /// Sends once: no retry, no redirect to another host.
    async fn send(&self, request: ::http::Request<Bytes>) -> Result<::http::Response<Bytes>, HttpError>;
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The request did not leave: nothing was done.
    #[error("cannot connect")]
    NotSent(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The request may have been carried out.
    #[error("the connection broke before the answer was whole")]
    Lost(#[source] Box<dyn std::error::Error + Send + Sync>),
}
