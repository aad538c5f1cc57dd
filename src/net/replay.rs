//! Recorded exchanges, replayed to a vendor's code under test.
//!
//! A file holds scenes, each begun by `=== name`. A scene is a list of requests and replies:
//!
//! ```text
//! > POST /v2/tags
//! {"name": "web"}
//! < 201
//! ratelimit-remaining: 4999
//! {"tag": {"name": "web"}}
//! ```
//!
//! `< lost` and `< unsent` break the connection; `< 200 x3` replies so to three requests in a row, `< 200 x*` to as
//! many as come. Lines that begin with `#` are comments. Requests are checked in order, their bodies as JSON. A request
//! that is not in the scene, or a scene that was not played to its end, fails the test.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value as Json;

use crate::provider::Cancel;
use crate::provider::Cx;
use crate::provider::Http;
use crate::provider::HttpError;
use crate::provider::Record;
use crate::provider::Result;
use crate::provider::VirtualClock;
use crate::value::Object;

/// An [`Http`] that plays one scene.
pub(crate) struct Replay {
    scene: String,
    exchanges: Mutex<VecDeque<Exchange>>,
}

/// As many times as the request comes.
const ANY: usize = usize::MAX;

struct Exchange {
    method: String,
    path: String,
    body: Json,
    reply: Reply,
    times: usize,
}

impl Exchange {
    fn asked(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

#[derive(Clone)]
enum Reply {
    Answer { status: u16, headers: Vec<(String, String)>, body: String },
    Lost,
    NotSent,
}

impl Replay {
    /// A scene of a file in `tests/providers/`.
    pub(crate) fn of(file: &str, scene: &str) -> Arc<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/providers").join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let head = format!("=== {scene}\n");
        let start = text.find(&head).unwrap_or_else(|| panic!("{file} has no scene `{scene}`")) + head.len();
        let end = text[start..].find("\n=== ").map_or(text.len(), |at| start + at);
        Self::new(&format!("{file}: {scene}"), &text[start..end])
    }

    /// A scene that is written in the test.
    pub(crate) fn new(name: &str, text: &str) -> Arc<Self> {
        let mut exchanges = VecDeque::new();
        let mut lines = text.lines().map(str::trim_end).filter(|line| !line.starts_with('#')).peekable();
        while let Some(line) = lines.next() {
            let Some(request) = line.strip_prefix("> ") else {
                assert!(line.is_empty(), "{name}: expected a request, found `{line}`");
                continue;
            };
            let (method, path) = request.split_once(' ').unwrap_or_else(|| panic!("{name}: `{line}` has no path"));
            let mut body = String::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("< ")) {
                body.push_str(line);
            }
            let reply = lines.next().unwrap_or_else(|| panic!("{name}: `{line}` has no reply"));
            let (reply, times) = reply["< ".len()..].split_once(" x").map_or((&reply[2..], 1), |(reply, times)| {
                let often = |_| panic!("{name}: how often is `{times}`?");
                (reply, if times == "*" { ANY } else { times.parse().unwrap_or_else(often) })
            });
            let mut headers = Vec::new();
            let mut text = String::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("> ")) {
                let starts_a_body = line.starts_with(['{', '[', '<']);
                match line.split_once(": ").filter(|_| text.is_empty() && !starts_a_body) {
                    Some((key, value)) => headers.push((key.to_owned(), value.to_owned())),
                    None => text.push_str(line),
                }
            }
            let reply = match reply {
                "lost" => Reply::Lost,
                "unsent" => Reply::NotSent,
                status => Reply::Answer {
                    status: status.parse().unwrap_or_else(|_| panic!("{name}: `{status}` is no status")),
                    headers,
                    body: text,
                },
            };
            let body = if body.is_empty() { Json::Null } else { json(name, &body) };
            exchanges.push_back(Exchange { method: method.to_owned(), path: path.to_owned(), body, reply, times });
        }
        Arc::new(Self { scene: name.to_owned(), exchanges: Mutex::new(exchanges) })
    }

    /// Checks that the scene was played to its end.
    pub(crate) fn finish(&self) {
        let left: Vec<_> = self.exchanges.lock().unwrap().iter().map(Exchange::asked).collect();
        assert!(left.is_empty(), "{}: never asked for: {left:?}", self.scene);
    }
}

#[async_trait]
impl Http for Replay {
    async fn send(&self, request: ::http::Request<Bytes>) -> std::result::Result<::http::Response<Bytes>, HttpError> {
        let asked = format!("{} {}", request.method(), request.uri().path_and_query().unwrap());
        let sent = match request.body().is_empty() {
            true => Json::Null,
            false => serde_json::from_slice(request.body()).unwrap(),
        };
        let mut exchanges = self.exchanges.lock().unwrap();
        exchanges.pop_front_if(|exchange| exchange.times > ANY / 2 && asked != exchange.asked());
        let Some(exchange) = exchanges.front_mut() else {
            panic!("{}: nothing more is expected, got {asked} {sent}", self.scene);
        };
        assert_eq!(asked, exchange.asked(), "{}", self.scene);
        assert_eq!(sent, exchange.body, "{}: the body of {asked}", self.scene);
        exchange.times -= 1;
        let reply = exchange.reply.clone();
        if exchange.times == 0 {
            exchanges.pop_front();
        }
        match reply {
            Reply::Lost => Err(HttpError::Lost("reset".into())),
            Reply::NotSent => Err(HttpError::NotSent("refused".into())),
            Reply::Answer { status, headers, body } => {
                let mut answer = ::http::Response::builder().status(status);
                for (key, value) in headers {
                    answer = answer.header(key, value);
                }
                Ok(answer.body(Bytes::from(body)).unwrap())
            }
        }
    }
}

/// Hears and remembers what a call says and notes.
#[derive(Default)]
pub(crate) struct Ear {
    progress: Mutex<Vec<String>>,
    records: Mutex<Vec<(Option<Object>, Json)>>,
}

impl Ear {
    /// What was said, line by line.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.progress.lock().unwrap().clone()
    }

    /// What was made durable, in order.
    pub(crate) fn records(&self) -> Vec<(Option<Object>, Json)> {
        self.records.lock().unwrap().clone()
    }
}

struct Recorder(Arc<Ear>);

#[async_trait]
impl Record for Recorder {
    async fn record(&self, partial: Option<&Object>, private: &Json) -> Result<()> {
        self.0.records.lock().unwrap().push((partial.cloned(), private.clone()));
        Ok(())
    }
}

/// When every test begins.
pub(crate) const START: Timestamp = Timestamp::constant(1_790_000_000, 0);

/// Surroundings with a virtual clock.
pub(crate) fn surroundings(private: Json) -> (Cx, Arc<Ear>) {
    let ear = Arc::new(Ear::default());
    let hearer = Arc::clone(&ear);
    let progress = Arc::new(move |text: &str| hearer.progress.lock().unwrap().push(text.to_owned()));
    let cx = Cx::new(
        Arc::new(VirtualClock::new(START)),
        Cancel::new(),
        "op0000000000000000000000aa".to_owned(),
        "lineage1".to_owned(),
        progress,
        Arc::new(Recorder(Arc::clone(&ear))),
        private,
    );
    (cx, ear)
}

fn json(name: &str, text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error} in {text}"))
}
