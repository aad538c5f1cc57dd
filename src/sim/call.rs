//! One request as a handler sees it: who calls, what for, when, and the world it may change.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderName;
use http::Method;
use http::header::AUTHORIZATION;
use http::header::HOST;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::Value;

use crate::sim::refusal::Refusal;
use crate::sim::store::Store;
use crate::sim::store::Stored;
use crate::sim::vendor::Vendor;

/// The parts of an HTTP request, taken apart once.
pub(super) struct Request {
    pub(super) vendor: Vendor,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) segments: Vec<String>,
    pub(super) body: Bytes,
    query: Vec<(String, String)>,
    token: Option<String>,
    /// What the caller wants the request to be known as.
    pub(super) id: Option<String>,
    base: String,
}

impl Request {
    /// Takes an HTTP request apart.
    pub(super) fn new(request: http::Request<Bytes>) -> Request {
        let (head, body) = request.into_parts();
        let vendor = Vendor::of(&head);
        let path = head.uri.path().to_owned();
        let segments = path.split('/').filter(|part| !part.is_empty()).map(|part| decode(part, false)).collect();
        let pairs = head.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let query = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name, true), decode(value, true))
        });
        let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
        let token = header(AUTHORIZATION).and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
        });
        // Links must lead back to where the caller came from, or following them would leave the simulation.
        let base = match (head.uri.scheme_str(), head.uri.authority(), header(HOST)) {
            (Some(scheme), Some(authority), _) => format!("{scheme}://{authority}"),
            (_, _, Some(host)) => format!("http://{host}"),
            _ => "https://api.digitalocean.com".to_owned(),
        };
        let id = header(HeaderName::from_static("x-request-id")).map(str::to_owned);
        let query = query.collect();
        Request { vendor, method: head.method, path, segments, body, query, token, id, base }
    }

    /// The bearer token, if there is one.
    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref().filter(|token| !token.is_empty())
    }
}

/// A request under way in one team's part of the world.
pub(super) struct Call<'a> {
    request: &'a Request,
    pub(super) world: &'a mut Store,
    pub(super) team: String,
    pub(super) now: Timestamp,
    speed: f64,
}

impl<'a> Call<'a> {
    /// A call at that moment of the world's time, in which everything takes `speed` times less.
    pub(super) fn new(request: &'a Request, world: &'a mut Store, team: String, now: Timestamp, speed: f64) -> Self {
        Call { request, world, team, now, speed }
    }

    /// The scopes of the caller's token; `None` for one that names none, and has all of them.
    pub(super) fn scopes(&self) -> Option<Vec<&'a str>> {
        let (_, scopes) = self.request.token()?.split_once('@')?;
        Some(scopes.split(',').collect())
    }

    /// Whether the caller's token has a scope.
    pub(super) fn may(&self, scope: &str) -> bool {
        let is_it = |has: &&str| *has == scope || (*has == "read" && scope.ends_with(":read"));
        self.scopes().is_none_or(|scopes| scopes.iter().any(is_it))
    }

    /// The request's method and the segments of its path.
    pub(super) fn route(&self) -> (&'a Method, Vec<&'a str>) {
        (&self.request.method, self.request.segments.iter().map(String::as_str).collect())
    }

    /// A query parameter; the last one counts.
    pub(super) fn query(&self, name: &str) -> Option<&'a str> {
        self.request.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub(super) fn json(&self) -> Result<Value, Refusal> {
        let malformed = |_| Refusal::bad_request("Unable to parse the request body as JSON.");
        serde_json::from_slice(&self.request.body).map_err(malformed)
    }

    /// The body as JSON, or an empty object where nothing was sent.
    pub(super) fn json_or_empty(&self) -> Result<Value, Refusal> {
        if self.request.body.is_empty() { Ok(Value::Object(serde_json::Map::new())) } else { self.json() }
    }

    /// An absolute address on this server.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.request.base)
    }

    /// The address of another page of this list.
    pub(super) fn page_url(&self, page: usize) -> String {
        let kept = self.request.query.iter().filter(|(name, _)| name != "page");
        let kept: String = kept.map(|(name, value)| format!("{}={}&", encode(name), encode(value))).collect();
        format!("{}{}?{kept}page={page}", self.request.base, self.request.path)
    }

    /// The moment at which something that takes from `low` to `high` vendor seconds is done.
    pub(super) fn after(&mut self, low: f64, high: f64) -> Timestamp {
        let seconds = low + (high - low) * self.world.fraction();
        self.now + SignedDuration::from_secs_f64(seconds / self.speed)
    }

    /// A time span of that many vendor seconds.
    pub(super) fn seconds(&self, seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds / self.speed)
    }

    /// The team's row of that id.
    pub(super) fn get<T: Stored>(&self, id: &str) -> Option<&T> {
        self.world.get(&self.team, id)
    }

    /// The team's row of that id, or 404.
    pub(super) fn need<T: Stored>(&self, id: &str) -> Result<&T, Refusal> {
        self.get(id).ok_or_else(Refusal::not_found)
    }

    /// The team's rows in order of creation.
    pub(super) fn list<T: Stored>(&self) -> impl DoubleEndedIterator<Item = &T> + use<'_, 'a, T> {
        self.world.list(&self.team)
    }

    /// Adds or replaces one of the team's rows.
    pub(super) fn put<T: Stored>(&mut self, row: T) {
        self.world.put(&self.team, row);
    }

    /// Removes one of the team's rows.
    pub(super) fn remove<T: Stored>(&mut self, id: &str) {
        self.world.remove::<T>(&self.team, id);
    }
}

/// A moment as the vendor writes it, without fractions.
pub(super) fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Undoes percent-encoding; bytes that are no text become replacement characters.
fn decode(text: &str, plus_is_space: bool) -> String {
    let text = if plus_is_space { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).filter(|_| *first == b'%').and_then(|pair| hex::decode(pair).ok());
        match hex {
            Some(byte) => {
                bytes.extend(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A text as it may stand in a part of an address.
pub(super) fn encode(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_goes_both_ways() {
        let table =
            [("a%3Ab", "a:b"), ("a+b", "a b"), ("100%", "100%"), ("%zz%41", "%zzA"), ("%c3%a9", "é"), ("%", "%")];
        for (text, expected) in table {
            assert_eq!(decode(text, true), expected, "{text}");
            assert_eq!(decode(&encode(expected), true), expected);
        }
        assert_eq!(decode("a+b", false), "a+b");
    }
}
