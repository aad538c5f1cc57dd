//! Simulated vendors: their REST APIs over a world that is kept in a folder.
//!
//! Takes HTTP requests, in process through [`Sim::handle`] or from a socket through [`serve`],
//! and gives the answers the vendor would give, at the pace of the vendor: a droplet takes its
//! time to come up. There are no background tasks; what has happened by now is worked out from
//! stored moments when it is looked at. A request either changes the world and is on disk
//! before it is answered, or changes nothing.
//!
//! It shares no code with the vendors' clients in this crate: both are written from the
//! published interfaces, so that a mistake in one shows against the other.

mod call;
mod digitalocean;
mod draw;
mod error;
mod faults;
mod hosts;
mod listen;
mod neon;
mod page;
mod ratelimit;
mod refusal;
mod reply;
mod request_log;
mod response;
mod router;
mod store;
#[cfg(test)]
mod testing;
mod validate;
mod vendor;

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::Response;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::json;

use crate::sim::call::Request;
use crate::sim::hosts::Hosts;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::request_log::RequestLog;
use crate::sim::response::response;
use crate::sim::router::Answer;
use crate::sim::router::Limiters;
use crate::sim::store::Store;
use crate::sim::vendor::Vendor;

pub use crate::sim::error::Dropped;
pub use crate::sim::error::SimError;
pub use crate::sim::faults::Fault;
pub use crate::sim::faults::FaultError;
pub use crate::sim::faults::FaultKind;
pub use crate::sim::faults::Faults;
pub use crate::sim::hosts::Host;
pub use crate::sim::hosts::HostRoot;
pub use crate::sim::listen::serve;
pub use crate::sim::ratelimit::RateLimit;
pub use crate::sim::ratelimit::RateLimitError;

/// How a simulation is set up.
pub struct Options {
    /// The folder in which the world is kept.
    pub dir: PathBuf,
    /// How long every request takes at least.
    pub latency: Duration,
    /// What goes wrong, and how often.
    pub faults: Faults,
    /// How much each account may ask in a short time; `None` for what the vendors allow.
    pub limit: Option<RateLimit>,
    /// Decides ids and faults; ids of a world that exists already go on from its own seed.
    pub seed: u64,
    /// Where each request is noted, one JSON object a line.
    pub log: Option<PathBuf>,
    /// The clock.
    pub time: Arc<dyn Time>,
    /// How many times faster than the vendor everything is.
    pub speed: f64,
}

impl Options {
    /// A faultless vendor at its own pace.
    pub fn new(dir: PathBuf, time: Arc<dyn Time>) -> Options {
        let (latency, faults) = (Duration::ZERO, Faults::default());
        Options { dir, latency, faults, limit: None, seed: 0, log: None, time, speed: 1.0 }
    }
}

/// A clock, real or virtual.
pub trait Time: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Ends when that much time has passed on this clock.
    fn sleep(&self, d: Duration) -> BoxFuture<'static, ()>;

    /// How many times faster than the real clock it runs, for who wants to keep step with it.
    fn rate(&self) -> f64 {
        1.0
    }
}

/// The real clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct WallTime;

impl Time for WallTime {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, d: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(d))
    }
}

/// A clock that runs evenly and faster than the real one: a day of the world in a minute, for tests.
#[derive(Debug, Clone, Copy)]
pub struct FastTime {
    start: Timestamp,
    since: Instant,
    rate: f64,
}

impl FastTime {
    /// A clock that is right now, and runs so many times faster from here on; `None` for what no clock can do.
    pub fn new(rate: f64) -> Option<FastTime> {
        SPEEDS.contains(&rate).then(|| FastTime { start: Timestamp::now(), since: Instant::now(), rate })
    }
}

impl Time for FastTime {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::from_secs_f64(self.since.elapsed().as_secs_f64() * self.rate);
        self.start.checked_add(passed).unwrap_or(Timestamp::MAX)
    }

    fn sleep(&self, d: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(d.div_f64(self.rate)))
    }

    fn rate(&self) -> f64 {
        self.rate
    }
}

/// Beyond these, hours become shorter than a clock's tick or longer than a calendar.
const SPEEDS: RangeInclusive<f64> = 0.001..=1_000_000.0;

/// The simulated vendors of one world; clones share it.
#[derive(Clone)]
pub struct Sim {
    inner: Arc<Inner>,
}

struct Inner {
    id: String,
    world: Mutex<World>,
    ordinal: AtomicU64,
    latency: Duration,
    faults: Faults,
    seed: u64,
    time: Arc<dyn Time>,
    speed: f64,
    /// How far the world's time is ahead of the clock, because an earlier run left it there.
    ahead: SignedDuration,
}

struct World {
    store: Store,
    hosts: Hosts,
    limiters: Limiters,
    log: Option<RequestLog>,
}

impl Sim {
    /// Opens the world in the folder, or founds one.
    pub fn open(options: Options) -> Result<Sim, SimError> {
        let Options { dir, latency, faults, limit, seed, log, time, speed } = options;
        if !SPEEDS.contains(&speed) {
            return Err(SimError::Speed(speed));
        }
        let clock = time.now();
        let kinds = digitalocean::kinds().into_iter().chain(neon::kinds());
        let store = Store::open(&dir, seed, clock, kinds)?;
        let ahead = store.last().map_or(SignedDuration::ZERO, |last| last.duration_since(clock));
        let hosts = Hosts::open(dir, digitalocean::host_folders(&store))?;
        let log = log.map(RequestLog::open).transpose()?;
        let limiters = Limiters::new(speed, limit);
        let id = store.id().to_owned();
        let ahead = ahead.max(SignedDuration::ZERO);
        let (world, ordinal) = (Mutex::new(World { store, hosts, limiters, log }), AtomicU64::new(0));
        let inner = Inner { id, world, ordinal, latency, faults, seed, time, speed, ahead };
        Ok(Sim { inner: Arc::new(inner) })
    }

    /// The world's id, made when it was founded and kept in its folder.
    pub fn id(&self) -> &str {
        &self.inner.id
    }

    /// Answers one request, or fails to as a faulty network would.
    pub async fn handle(&self, request: http::Request<Bytes>) -> Result<Response<Bytes>, Dropped> {
        let (inner, begun) = (&*self.inner, self.now());
        let request = Request::new(request);
        if request.segments.first().is_some_and(|first| first == "_sim") {
            return Ok(self.about(&request));
        }
        let ordinal = inner.ordinal.fetch_add(1, Ordering::Relaxed);
        let fault = inner.faults.draw(inner.seed, ordinal, &request.method);
        self.pause(inner.latency).await;
        if fault == Some(FaultKind::Slow) {
            self.pause(Duration::from_secs_f64(5.0 / inner.speed)).await;
        }
        let mut answer = match fault {
            Some(FaultKind::Reset) => return self.drop_it(&request, begun, Dropped::Reset),
            Some(FaultKind::TooMany) => Answer::refused(request.vendor.too_many()),
            Some(FaultKind::ServerError) => Answer::refused(request.vendor.server_error()),
            Some(FaultKind::LostAnswer | FaultKind::Slow) | None => self.answer(&request),
        };
        if let Ok(reply) = &answer.outcome {
            self.pause(reply.takes).await;
        }
        if fault == Some(FaultKind::LostAnswer) {
            return self.drop_it(&request, begun, Dropped::LostAnswer);
        }
        answer.request_id = match &request.id {
            Some(id) if request.vendor == Vendor::Neon => id.clone(),
            _ => draw::uuid_of(draw::digest([inner.id.as_bytes(), &ordinal.to_be_bytes()])),
        };
        let response = response(request.vendor, answer);
        self.note(&request, begun, json!(response.status().as_u16()));
        Ok(response)
    }

    /// How the droplet with that IPv4 address stands, with its private root folder; the machine that this program runs on,
    /// or a folder on it, is `local` or `local:FOLDER`.
    pub fn host(&self, address: &str) -> Result<Host, SimError> {
        let world = self.world();
        let machine = match hosts::own_machine(address) {
            Some(machine) => machine,
            None => match digitalocean::machine_at(&world.store, address, self.now()) {
                Some(Some(machine)) => machine,
                Some(None) => return Ok(Host::Down),
                None => return Ok(Host::Gone),
            },
        };
        world.hosts.root(&machine).map(Host::Up).map_err(|source| SimError::Io { path: machine.folder.into(), source })
    }

    fn answer(&self, request: &Request) -> Answer {
        let now = self.now();
        let mut world = self.world();
        let World { store, hosts, limiters, .. } = &mut *world;
        let mut answer = router::answer(request, store, limiters, now, self.inner.speed);
        if answer.outcome.is_err() {
            store.rollback();
        } else if store.commit(now).is_err() {
            answer.outcome = Err(request.vendor.server_error());
        } else {
            // The world is what counts; a folder that stays is swept at the next open.
            for folder in &answer.discard {
                hosts.discard(folder);
            }
        }
        answer
    }

    /// The pages that are about the simulation itself; they need no token and meet no faults.
    fn about(&self, request: &Request) -> Response<Bytes> {
        let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
        let outcome = match segments[..] {
            ["_sim"] => {
                let (now, rate) = (self.now().to_string(), self.inner.time.rate());
                Ok(Reply::body(http::StatusCode::OK, &json!({ "id": self.id(), "now": now, "rate": rate })))
            }
            ["_sim", "hosts", address] => match self.host(address) {
                Ok(host) => Ok(Reply::body(http::StatusCode::OK, &host.told())),
                Err(_) => Err(Refusal::server_error()),
            },
            _ => Err(Refusal::not_found()),
        };
        response(request.vendor, Answer::plain(outcome))
    }

    /// How far the world's time is ahead of the clock that it was opened with.
    pub fn ahead(&self) -> SignedDuration {
        self.inner.ahead
    }

    fn now(&self) -> Timestamp {
        self.inner.time.now() + self.inner.ahead
    }

    async fn pause(&self, time: Duration) {
        if !time.is_zero() {
            self.inner.time.sleep(time).await;
        }
    }

    fn drop_it(&self, request: &Request, begun: Timestamp, how: Dropped) -> Result<Response<Bytes>, Dropped> {
        let word = match how {
            Dropped::Reset => "reset",
            Dropped::LostAnswer => "lost-answer",
        };
        self.note(request, begun, json!(word));
        Err(how)
    }

    fn note(&self, request: &Request, begun: Timestamp, status: serde_json::Value) {
        let took = self.now().duration_since(begun);
        if let Some(log) = &mut self.world().log {
            log.note(begun, &request.method, &request.path, status, took);
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.inner.world.lock().expect("no handler panics")
    }
}

#[cfg(test)]
mod tests;
