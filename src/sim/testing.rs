//! A world in a temporary folder with a clock that only moves when somebody sleeps or waits.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::Request;
use http::Response;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

use crate::sim::Dropped;
use crate::sim::Options;
use crate::sim::Sim;
use crate::sim::Time;

/// A clock that stands still until told.
#[derive(Clone)]
pub(super) struct Still(Arc<Mutex<Timestamp>>);

impl Still {
    pub(super) fn at(text: &str) -> Still {
        Still(Arc::new(Mutex::new(text.parse().unwrap())))
    }

    fn advance(&self, by: SignedDuration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Time for Still {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, d: Duration) -> BoxFuture<'static, ()> {
        let clock = self.clone();
        Box::pin(async move {
            // Others get their turn first, so that requests under way at once really overlap.
            tokio::task::yield_now().await;
            clock.advance(SignedDuration::try_from(d).unwrap());
        })
    }
}

/// A simulation and the token it is called with.
pub(super) struct Bench {
    pub(super) sim: Sim,
    pub(super) clock: Still,
    pub(super) dir: TempDir,
    pub(super) token: &'static str,
}

pub(super) fn options(dir: PathBuf, clock: &Still) -> Options {
    Options::new(dir, Arc::new(clock.clone()))
}

pub(super) fn bench() -> Bench {
    bench_with(|options| options)
}

pub(super) fn bench_with(change: impl Fn(Options) -> Options) -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let clock = Still::at("2026-01-01T00:00:00Z");
    let sim = Sim::open(change(options(dir.path().to_owned(), &clock))).unwrap();
    Bench { sim, clock, dir, token: "t" }
}

impl Bench {
    /// Lets that many seconds pass.
    pub(super) fn wait(&self, seconds: f64) {
        self.clock.advance(SignedDuration::from_secs_f64(seconds));
    }

    pub(super) async fn send(&self, method: &str, path: &str, body: &Value) -> Result<Response<Bytes>, Dropped> {
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request =
            Request::builder().method(method).uri(path).header("authorization", format!("Bearer {}", self.token));
        self.sim.handle(request.body(body).unwrap()).await
    }

    /// One request that is answered, a minute's worth of calls away from the limits.
    pub(super) async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let response = self.send(method, path, &body).await.unwrap();
        let body = match response.body() {
            body if body.is_empty() => Value::Null,
            body => serde_json::from_slice(body).unwrap(),
        };
        (response.status().as_u16(), body)
    }

    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, Value::Null).await
    }

    /// A request that must succeed; gives its document.
    pub(super) async fn must(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(method, path, body.clone()).await;
        assert!((200..300).contains(&status), "{method} {path} {body}: {status} {answer}");
        answer
    }

    /// A droplet that is up.
    pub(super) async fn droplet(&self, name: &str, tags: &[&str]) -> u64 {
        let body = serde_json::json!({
            "name": name, "size": "s-1vcpu-1gb", "image": "debian-12-x64", "region": "fra1", "tags": tags,
        });
        let made = self.must("POST", "/v2/droplets", body).await;
        self.wait(41.0);
        made["droplet"]["id"].as_u64().unwrap()
    }

    /// A database cluster that is up, its first backup made.
    pub(super) async fn cluster(&self, name: &str) -> String {
        let body = serde_json::json!({
            "name": name, "engine": "pg", "size": "db-s-1vcpu-1gb", "num_nodes": 1, "region": "fra1",
        });
        let made = self.must("POST", "/v2/databases", body).await;
        self.wait(391.0);
        made["database"]["id"].as_str().unwrap().to_owned()
    }
}

/// `expected` holds within `actual`: every field it names has its value.
pub(super) fn assert_has(actual: &Value, expected: &Value) {
    match (actual, expected) {
        (Value::Object(actual), Value::Object(expected)) => {
            for (name, expected) in expected {
                assert_has(actual.get(name).unwrap_or_else(|| panic!("no {name} in {actual:?}")), expected);
            }
        }
        _ => assert_eq!(actual, expected),
    }
}

/// An SSH key's create body; keys of different names are different.
pub(super) fn key(name: &str) -> Value {
    use base64::Engine;
    let mut blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20".to_vec();
    blob.extend(format!("{name:032}").bytes());
    let blob = base64::engine::general_purpose::STANDARD.encode(blob);
    serde_json::json!({ "name": name, "public_key": format!("ssh-ed25519 {blob} {name}") })
}
