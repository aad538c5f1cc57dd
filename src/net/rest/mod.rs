//! The habits of REST APIs, once for all vendors: authentication, retries, paging, waiting, rate limits, errors.
//!
//! A [`Rest`] is a base address, a credential, an [`Http`] and one pace for all that is sent with them. [`Rest::on`]
//! says what a few requests are about and gives an [`Api`], whose methods read as the resource files want to write
//! them: `api.get(path).optional("droplet")`, `api.post(path, &body).one("droplet")`, `api.delete(path).gone()`,
//! `api.pages(path, "droplets")`, `api.until(waiting, habits, look)`. What differs from vendor to vendor is a
//! [`Dialect`].
//!
//! A request that is not idempotent is never sent again once it may have been carried out: that is the engine's to find
//! out. Status 429 is never an error.

mod answer;
mod dialect;
mod pace;
mod page;
mod request;
mod retry;
mod secret;
mod wait;

pub use dialect::Dialect;
pub use dialect::Limits;
pub use dialect::Paging;
pub use dialect::Refusal;
pub use dialect::RefusalKind;
pub use dialect::message;
pub use dialect::retry_after;
pub use page::Page;
pub use request::Request;
pub use retry::Retry;
pub use secret::Secret;
pub use wait::Habits;
pub use wait::Poll;

use std::sync::Arc;

use ::http::HeaderValue;
use ::http::Method;
use ::http::Uri;
use ::http::uri::PathAndQuery;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::Digest;
use sha2::Sha256;

use pace::Pace;
use pace::Rules;

use crate::provider::Commons;
use crate::provider::Cx;
use crate::provider::Http;
use crate::provider::ProviderError;
use crate::provider::Result;

/// How a vendor is told who asks.
#[derive(Debug, Clone)]
pub enum Auth {
    /// `Authorization: Bearer …`
    Bearer(Secret),
    /// `Authorization: Basic …`
    Basic(String, Secret),
}

/// What a [`Rest`] is made of.
pub struct Settings {
    /// The address that paths are added to, as `https://api.digitalocean.com`.
    pub base: String,
    /// The credential.
    pub auth: Auth,
    /// The network, or a simulator.
    pub http: Arc<dyn Http>,
    /// The vendor's ways.
    pub dialect: Arc<dyn Dialect>,
    /// How failures are met.
    pub retry: Retry,
    /// The user's own limit of requests a second.
    pub per_second: Option<f64>,
    /// What the clients of one run share: one credential has one pace, in whatever provider blocks it stands.
    pub commons: Commons,
}

/// A vendor's API with a credential; clones share the pace.
#[derive(Clone)]
pub struct Rest {
    shared: Arc<Shared>,
}

struct Shared {
    /// Scheme and host, without a slash.
    origin: String,
    /// The base's own path, without a slash at its end.
    prefix: String,
    host: String,
    secret: Secret,
    authorization: HeaderValue,
    http: Arc<dyn Http>,
    dialect: Arc<dyn Dialect>,
    retry: Retry,
    pace: Arc<Pace>,
}

/// A few requests about one thing.
pub struct Api<'a> {
    rest: &'a Rest,
    cx: &'a Cx,
    doing: String,
    shares: bool,
}

impl Rest {
    /// Takes the settings in; sends nothing. Fails when the address or the credential cannot be used.
    pub fn new(settings: Settings) -> Result<Self> {
        let doing = || format!("configuring {}", settings.dialect.vendor());
        let bad_base =
            || ProviderError::refused(doing(), format!("`{}` is not an http or https address", settings.base));
        let base: Uri = settings.base.trim().parse().map_err(|_| bad_base())?;
        let (Some(scheme @ ("http" | "https")), Some(authority)) = (base.scheme_str(), base.authority()) else {
            return Err(bad_base());
        };
        let (header, secret) = match &settings.auth {
            Auth::Bearer(secret) => (format!("Bearer {}", secret.reveal()), secret.clone()),
            Auth::Basic(user, secret) => {
                (format!("Basic {}", STANDARD.encode(format!("{user}:{}", secret.reveal()))), secret.clone())
            }
        };
        let mut authorization = HeaderValue::from_str(&header).map_err(|_| {
            let message = "the credential has characters that cannot be sent; was it copied with a line break?";
            ProviderError::refused(doing(), message)
        })?;
        authorization.set_sensitive(true);
        let rules = Rules { burst: settings.dialect.burst(), per_second: settings.per_second };
        let credential = format!("pace {scheme}://{authority} {}", secret.digest());
        let pace = settings.commons.part(&credential, || Pace::new(rules));
        Ok(Self {
            shared: Arc::new(Shared {
                origin: format!("{scheme}://{authority}"),
                prefix: base.path().trim_end_matches('/').to_owned(),
                host: authority.host().to_owned(),
                secret,
                authorization,
                http: settings.http,
                dialect: settings.dialect,
                retry: settings.retry,
                pace,
            }),
        })
    }

    /// Tells the credential, and the address that it is used at, from all others without showing it.
    pub fn credential_digest(&self) -> String {
        let Shared { origin, prefix, secret, .. } = &*self.shared;
        format!("{:x}", Sha256::digest(format!("{origin}{prefix} {}", secret.digest())))
    }

    /// The same credential at another address of the vendor. Where this is not the vendor's `own` address but one that
    /// stands in for it, that stands in for the other one too.
    pub fn beside(&self, own: &str, other: &'static str) -> Self {
        let shared = &*self.shared;
        if shared.origin != own {
            return self.clone();
        }
        let host = other.split("://").last().unwrap_or(other).to_owned();
        Self {
            shared: Arc::new(Shared {
                origin: other.to_owned(),
                prefix: String::new(),
                host,
                secret: shared.secret.clone(),
                authorization: shared.authorization.clone(),
                http: Arc::clone(&shared.http),
                dialect: Arc::clone(&shared.dialect),
                retry: shared.retry,
                pace: Arc::clone(&shared.pace),
            }),
        }
    }

    /// Says what the next requests are about, as `creating the droplet web-1`: errors begin with it.
    pub fn on<'a>(&'a self, cx: &'a Cx, doing: impl Into<String>) -> Api<'a> {
        Api { rest: self, cx, doing: doing.into(), shares: false }
    }
}

impl<'a> Api<'a> {
    /// What the requests are about.
    pub fn doing(&self) -> &str {
        &self.doing
    }

    /// The call's surroundings.
    pub fn cx(&self) -> &'a Cx {
        self.cx
    }

    /// The same API about something else.
    pub fn about(&self, doing: impl Into<String>) -> Api<'a> {
        Api { rest: self.rest, cx: self.cx, doing: doing.into(), shares: self.shares }
    }

    /// The same API for what other calls of the moment read too: each question is asked once. Not for looking again and
    /// again, and not for lists that are long and that nobody else reads, as answers are kept until the moment is over.
    pub fn sharing(&self) -> Api<'a> {
        Api { shares: self.cx.moment().is_some(), ..self.about(&*self.doing) }
    }

    /// Whether answers are shared with other calls, so that a list costs nothing that another reads.
    pub fn shares(&self) -> bool {
        self.shares
    }

    /// Reads.
    pub fn get(&self, path: &str) -> Request<'_> {
        Request::new(self, Method::GET, path)
    }

    /// Makes or starts something. Never sent twice when the first may have been carried out.
    pub fn post(&self, path: &str, body: &impl Serialize) -> Request<'_> {
        Request::new(self, Method::POST, path).body(body)
    }

    /// Replaces something whole.
    pub fn put(&self, path: &str, body: &impl Serialize) -> Request<'_> {
        Request::new(self, Method::PUT, path).body(body)
    }

    /// Changes parts of something. Taken as idempotent: the parts are named with their new values.
    pub fn patch(&self, path: &str, body: &impl Serialize) -> Request<'_> {
        Request::new(self, Method::PATCH, path).body(body)
    }

    /// Removes something.
    pub fn delete(&self, path: &str) -> Request<'_> {
        Request::new(self, Method::DELETE, path)
    }

    /// Removes what the body names.
    pub fn delete_from(&self, path: &str, body: &impl Serialize) -> Request<'_> {
        Request::new(self, Method::DELETE, path).body(body)
    }
}

impl Shared {
    /// The whole address of a path. A link that the vendor gave may be a whole address already: only its path is taken,
    /// so that no answer can send the credential to another host.
    fn address(&self, path: &str) -> std::result::Result<Uri, ::http::Error> {
        let is_whole = path.starts_with("http://") || path.starts_with("https://");
        let rest = if is_whole {
            let uri: Uri = path.parse()?;
            uri.path_and_query().map_or("/", PathAndQuery::as_str).to_owned()
        } else {
            format!("{}{path}", self.prefix)
        };
        Ok(format!("{}{rest}", self.origin).parse()?)
    }
}

/// A part of a path with everything escaped that would not stay within it.
pub fn segment(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' | b'@' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
