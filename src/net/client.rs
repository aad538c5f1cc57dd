//! The real network behind [`Http`]: reqwest over rustls.
//!
//! Takes one request and gives its answer or says whether it may have been carried out. It never retries, follows no
//! redirect, and reads no environment: a proxy is used only where the caller names one.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::provider::Http;
use crate::provider::HttpError;

/// How the network is reached.
#[derive(Debug, Clone)]
pub struct Options {
    /// The proxy for all requests, as `http://proxy:3128`.
    pub proxy: Option<String>,
    /// Hosts that are reached without the proxy, separated by commas.
    pub no_proxy: Option<String>,
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long an answer may take as a whole.
    pub timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { proxy: None, no_proxy: None, connect_timeout: Duration::from_secs(10), timeout: Duration::from_secs(60) }
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The proxy's address is not one.
    #[error("`{proxy}` cannot be used as a proxy")]
    Proxy {
        /// As it was given.
        proxy: String,
        /// What is wrong with it.
        #[source]
        source: reqwest::Error,
    },
    /// TLS cannot be set up.
    #[error("the HTTP client cannot be made")]
    Build(#[source] reqwest::Error),
}

/// HTTP over the network; connections are kept and shared.
#[derive(Debug, Clone)]
pub struct NetClient {
    client: reqwest::Client,
}

impl NetClient {
    /// A client; opens no connection yet.
    pub fn new(options: &Options) -> Result<Self, ClientError> {
        // One for the whole process; that it is installed already is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("infra/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout)
            // Without this, the library would look for proxies in the environment.
            .no_proxy();
        if let Some(address) = &options.proxy {
            let proxy = reqwest::Proxy::all(address)
                .map_err(|source| ClientError::Proxy { proxy: without_user(address), source: source.without_url() })?
                .no_proxy(options.no_proxy.as_deref().and_then(reqwest::NoProxy::from_string));
            builder = builder.proxy(proxy);
        }
        Ok(Self { client: builder.build().map_err(ClientError::Build)? })
    }
}

#[async_trait]
impl Http for NetClient {
    async fn send(&self, request: ::http::Request<Bytes>) -> Result<::http::Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request.map(reqwest::Body::from))
            .map_err(|error| HttpError::NotSent(Box::new(error)))?;
        let response = self.client.execute(request).await.map_err(sorted)?;
        let mut answer = ::http::Response::new(Bytes::new());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = response.headers().clone();
        *answer.body_mut() = response.bytes().await.map_err(sorted)?;
        Ok(answer)
    }
}

/// An address without the user and password that it may carry.
fn without_user(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").map_or(("", address), |(scheme, rest)| (scheme, rest));
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    if scheme.is_empty() { rest.to_owned() } else { format!("{scheme}://{rest}") }
}

/// Who answers does not prove to be who was meant, or does not speak TLS at all.
#[derive(Debug, thiserror::Error)]
#[error(
    "no secure connection comes about; check the address, this machine's clock, and whether a proxy that looks into TLS \
     stands between"
)]
struct Insecure(#[source] rustls::Error);

/// Only what failed before there was a connection is certain not to have been carried out.
fn sorted(error: reqwest::Error) -> HttpError {
    let not_sent = error.is_connect() || error.is_builder();
    if not_sent && let Some(failure) = tls_failure(&error) {
        return HttpError::NotSent(Box::new(Insecure(failure.clone())));
    }
    let error = Box::new(error.without_url());
    if not_sent { HttpError::NotSent(error) } else { HttpError::Lost(error) }
}

/// The failure of TLS that an error came from. An error of the connection may hold it, which does not name it as its source.
fn tls_failure(error: &reqwest::Error) -> Option<&rustls::Error> {
    let mut cause = Some(error as &(dyn std::error::Error + 'static));
    while let Some(error) = cause {
        if let Some(failure) = error.downcast_ref() {
            return Some(failure);
        }
        cause = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(within) => Some(within),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests;
