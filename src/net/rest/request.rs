//! One request: sent as often as it takes and may be, its end turned into a value or an error.

use std::time::Duration;

use ::http::Method;
use ::http::StatusCode;
use ::http::header;
use bytes::Bytes;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use super::Api;
use super::answer::Answer;
use super::answer::Broken;
use super::dialect::Refusal;
use super::dialect::RefusalKind;
use super::pace::Signal;
use super::retry;
use super::retry::Ending;
use super::retry::Verdict;
use crate::provider::HttpError;
use crate::provider::ProviderError;
use crate::provider::Result;

/// A request that is about to be sent.
#[must_use]
pub struct Request<'a> {
    api: &'a Api<'a>,
    method: Method,
    path: String,
    body: Bytes,
    is_idempotent: bool,
    patience: Duration,
}

/// The end of all sendings of a request.
#[derive(Clone)]
enum End {
    Answer(Answer),
    Refusal(Refusal, u16),
}

impl<'a> Request<'a> {
    pub(super) fn new(api: &'a Api<'a>, method: Method, path: &str) -> Self {
        let is_idempotent = method != Method::POST;
        let patience = api.rest.shared.retry.patience;
        Self { api, method, path: path.to_owned(), body: Bytes::new(), is_idempotent, patience }
    }

    pub(super) fn body(mut self, body: &impl Serialize) -> Self {
        self.body = serde_json::to_vec(body).expect("bodies have string keys and no failing parts").into();
        self
    }

    /// Says that doing it twice is the same as once, although it is a POST.
    pub fn idempotent(mut self) -> Self {
        self.is_idempotent = true;
        self
    }

    /// Says how long a busy object is waited for.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The object under a key of the answer.
    pub async fn one<T: DeserializeOwned>(self, key: &str) -> Result<T> {
        let (api, is_idempotent) = (self.api, self.is_idempotent);
        self.success().await?.one(key).map_err(|problem| api.unreadable(problem, is_idempotent))
    }

    /// The same, or `None` when there is no such thing, or nothing to say of it.
    pub async fn optional<T: DeserializeOwned>(self, key: &str) -> Result<Option<T>> {
        let api = self.api;
        match self.found().await? {
            Some(answer) if answer.says_nothing() => Ok(None),
            Some(answer) => answer.one(key).map(Some).map_err(|problem| api.unexpected(problem)),
            None => Ok(None),
        }
    }

    /// The whole answer.
    pub async fn whole<T: DeserializeOwned>(self) -> Result<T> {
        let (api, is_idempotent) = (self.api, self.is_idempotent);
        self.success().await?.whole().map_err(|problem| api.unreadable(problem, is_idempotent))
    }

    /// Any success; what it says does not matter.
    pub async fn done(self) -> Result<()> {
        self.success().await.map(drop)
    }

    /// A success, also when there was nothing to remove.
    pub async fn gone(self) -> Result<()> {
        self.found().await.map(drop)
    }

    pub(super) async fn success(self) -> Result<Answer> {
        let (api, body) = (self.api, self.body.clone());
        match self.send().await? {
            End::Answer(answer) => Ok(answer),
            End::Refusal(refusal, status) => Err(api.refused(refusal, status, &body)),
        }
    }

    async fn found(self) -> Result<Option<Answer>> {
        let (api, body) = (self.api, self.body.clone());
        match self.send().await? {
            End::Answer(answer) => Ok(Some(answer)),
            End::Refusal(Refusal { kind: RefusalKind::Missing, .. }, _) => Ok(None),
            End::Refusal(refusal, status) => Err(api.refused(refusal, status, &body)),
        }
    }

    /// The end of the request, or of the same one of another call of the moment.
    async fn send(self) -> Result<End> {
        let moment = self.api.cx.moment().filter(|_| self.api.shares && self.method == Method::GET);
        let Some(moment) = moment else {
            return self.exchange().await;
        };
        let shared = &self.api.rest.shared;
        let question = format!("GET {}{}{} {}", shared.origin, shared.prefix, self.path, shared.secret.digest());
        let answered = moment.part(&question, OnceCell::new);
        answered.get_or_try_init(|| self.exchange()).await.cloned()
    }

    /// Sends until there is an end. The only loop over attempts there is.
    async fn exchange(self) -> Result<End> {
        let Api { rest, cx, doing, .. } = self.api;
        let shared = &rest.shared;
        let vendor = shared.dialect.vendor();
        let seed = retry::seed(&cx.op, &self.path);
        let (mut failures, mut throttled, mut busy) = (0, 0, 0);
        let mut busy_since: Option<Timestamp> = None;
        loop {
            let request = self.build()?;
            let leave = shared.pace.admit(cx, vendor, doing).await?;
            let answer = shared.http.send(request).await;
            let now = cx.clock.now();
            let limits = match &answer {
                Ok(answer) => shared.dialect.limits(answer.headers(), now),
                Err(_) => super::Limits::default(),
            };
            let (end, broke) = match answer {
                Ok(answer) => (Some(sorted(answer, &*shared.dialect)), None),
                Err(error) => (None, Some(error)),
            };
            let ending = match (&end, &broke) {
                (Some(End::Answer(_)), _) => Ending::Success,
                (Some(End::Refusal(refusal, _)), _) => Ending::Refusal(refusal.kind.clone()),
                (None, Some(HttpError::NotSent(_))) => Ending::NotSent,
                (None, _) => Ending::Lost,
            };
            let retry_after = limits.retry_after.map(|wait| wait.min(self.patience));
            let pause = retry_after.or_else(|| {
                let until = limits.reset.filter(|_| limits.remaining.is_none_or(|remaining| remaining == 0))?;
                Duration::try_from(until.duration_since(now)).ok()
            });
            let signal = match &ending {
                Ending::Refusal(RefusalKind::Throttled) => {
                    // "At once" is what the vendor has just said no to.
                    let least = shared.retry.wait(throttled, seed);
                    Signal::Throttled(pause.map_or(least, |pause| pause.max(shared.retry.wait_min)))
                }
                Ending::Refusal(RefusalKind::Broken) | Ending::NotSent | Ending::Lost => Signal::Troubled,
                Ending::Success | Ending::Refusal(_) => Signal::Fine,
            };
            leave.ended(now, signal, limits);
            match (retry::verdict(&ending, self.is_idempotent, failures, &shared.retry), end, broke) {
                (Verdict::Answer, Some(end), _) => return Ok(end),
                // The pace holds back all requests of the credential until the vendor allows more.
                (Verdict::WhenAllowed, ..) => throttled += 1,
                (Verdict::WhenFree, Some(End::Refusal(refusal, status)), _) => {
                    let since = *busy_since.get_or_insert(now);
                    let patience = SignedDuration::try_from(self.patience).unwrap_or(SignedDuration::MAX);
                    if now.duration_since(since) >= patience {
                        return Ok(End::Refusal(refusal, status));
                    }
                    cx.progress(&format!("{doing}: {vendor} is busy with it ({})", refusal.message));
                    let wait = retry_after.unwrap_or_else(|| shared.retry.wait(busy, seed));
                    busy += 1;
                    cx.sleep(doing, wait).await?;
                }
                (Verdict::Again, end, broke) => {
                    let why = match (&end, &broke) {
                        (Some(End::Refusal(refusal, status)), _) => format!("{status} {}", refusal.message),
                        (_, Some(error)) => error.to_string(),
                        _ => String::new(),
                    };
                    cx.progress(&format!("{doing}: trying again ({})", shared.secret.scrub(why.trim())));
                    let wait = retry_after.unwrap_or_else(|| shared.retry.wait(failures, seed));
                    failures += 1;
                    cx.sleep(doing, wait).await?;
                }
                (_, end, broke) => return Err(self.unknown_end(end, broke)),
            }
        }
    }

    /// No definite answer and no further try.
    fn unknown_end(&self, end: Option<End>, broke: Option<HttpError>) -> ProviderError {
        let doing = self.api.doing.clone();
        match (end, broke) {
            (_, Some(HttpError::NotSent(source))) => {
                ProviderError::Unreachable { doing, to: self.api.rest.shared.host.clone(), source }
            }
            // A read that got no answer has done nothing.
            (_, Some(error)) if self.method == Method::GET => {
                ProviderError::Unreachable { doing, to: self.api.rest.shared.host.clone(), source: Box::new(error) }
            }
            (_, Some(error)) => ProviderError::AnswerLost { doing, source: Box::new(error) },
            (Some(End::Refusal(refusal, status)), None) => {
                let message = self.api.rest.shared.secret.scrub(&refusal.message);
                ProviderError::AnswerLost { doing, source: Box::new(Broken { status, message }) }
            }
            (_, None) => ProviderError::Unexpected { doing, problem: "it makes no sense".to_owned() },
        }
    }

    fn build(&self) -> Result<::http::Request<Bytes>> {
        let shared = &self.api.rest.shared;
        let unusable = |error: ::http::Error| {
            ProviderError::refused(self.api.doing.clone(), format!("`{}` cannot be asked for: {error}", self.path))
        };
        let mut request = ::http::Request::builder()
            .method(self.method.clone())
            .uri(shared.address(&self.path).map_err(unusable)?)
            .header(header::AUTHORIZATION, shared.authorization.clone())
            .header(header::ACCEPT, "application/json");
        if !self.body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        request.body(self.body.clone()).map_err(unusable)
    }
}

/// Tells a success from a refusal.
fn sorted(answer: ::http::Response<Bytes>, dialect: &dyn super::Dialect) -> End {
    let status = answer.status();
    let answer = Answer::new(status, answer.into_body());
    if status.is_success() {
        return End::Answer(answer);
    }
    let mut refusal = dialect.refusal(status.as_u16(), &answer.json());
    if refusal.message.is_empty() {
        refusal.message = answer.gist();
    }
    End::Refusal(refusal, status.as_u16())
}

/// The name of a status: `502 Bad Gateway`.
pub(super) fn named(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    reason.map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}
