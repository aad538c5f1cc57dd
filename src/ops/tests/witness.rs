//! Somebody who notes every request and its answer, and looks at the vendor's world after each.

use std::sync::Arc;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value as Json;

use super::Lab;
use crate::provider::Http;
use crate::provider::HttpError;

/// A request, its answer, and what was looked at once it was answered.
pub(super) struct Seen {
    /// Method and path below the API's root: `POST droplets/7/actions`.
    pub(super) request: String,
    pub(super) body: Json,
    pub(super) status: u16,
    pub(super) answer: String,
    /// By path that is looked at, in their order.
    pub(super) world: Vec<Json>,
}

/// Passes requests on and takes notes.
pub(super) struct Witness {
    inner: Arc<dyn Http>,
    paths: Vec<String>,
    seen: Mutex<Vec<Seen>>,
}

const ROOT: &str = "https://api.digitalocean.com/v2/";

#[async_trait]
impl Http for Witness {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let address = request.uri().to_string();
        let name = format!("{} {}", request.method(), address.strip_prefix(ROOT).unwrap_or(&address));
        let body = serde_json::from_slice(request.body()).unwrap_or(Json::Null);
        let answer = self.inner.send(request).await?;
        let mut world = Vec::new();
        for path in &self.paths {
            world.push(self.look(path).await);
        }
        let (status, text) = (answer.status().as_u16(), String::from_utf8_lossy(answer.body()).into_owned());
        let seen = Seen { request: name, body, status, answer: text, world };
        self.seen.lock().expect("no holder panics").push(seen);
        Ok(answer)
    }
}

impl Witness {
    /// Looks with a token of its own, so that nobody's budget is used up.
    async fn look(&self, path: &str) -> Json {
        let request = http::Request::builder()
            .uri(format!("{ROOT}{path}"))
            .header("authorization", "Bearer dop_v1_witness")
            .body(Bytes::new())
            .expect("a request");
        let answer = self.inner.send(request).await.expect("the simulator answers");
        serde_json::from_slice(answer.body()).unwrap_or(Json::Null)
    }

    /// What was seen since the last call.
    pub(super) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().expect("no holder panics"))
    }
}

impl Lab {
    /// From now on notes all requests, and what is at these paths after each.
    pub(super) fn witness(&mut self, paths: &[&str]) -> Arc<Witness> {
        let inner = Arc::clone(&self.session.http);
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        let witness = Arc::new(Witness { inner, paths, seen: Mutex::default() });
        self.session.http = Arc::clone(&witness) as Arc<dyn Http>;
        witness
    }

    /// What was heard to begin since the last call.
    pub(super) fn begun(&self) -> Vec<String> {
        let is_end = |line: &String| [" done", " skipped"].iter().any(|end| line.ends_with(end));
        self.heard().into_iter().filter(|line| !is_end(line)).collect()
    }
}
