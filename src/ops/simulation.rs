//! A simulated world in this process, or in another one on loopback.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::BoxFuture;
use jiff::Timestamp;

use crate::provider::Clock;
use crate::provider::FastClock;
use crate::provider::HostRoots;
use crate::provider::Http;
use crate::provider::HttpError;
use crate::provider::VirtualClock;
use crate::provider::WallClock;
use crate::sim;
use crate::sim::Sim;
use crate::state::WorldEntry;

/// What stands in for the world.
pub struct Simulation {
    /// HTTP that ends in the simulator.
    pub http: Arc<dyn Http>,
    /// The simulated hosts.
    pub hosts: Arc<dyn HostRoots>,
    /// Time: virtual in process, else as fast as the simulator's, which is real unless it was told otherwise.
    pub clock: Arc<dyn Clock>,
    /// The world.
    pub world: WorldEntry,
}

/// Why there is no simulated world.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// The simulator cannot start.
    #[error(transparent)]
    Sim(#[from] sim::SimError),
    /// There is no simulator at the address.
    #[error("no simulator answers at {address}")]
    Absent {
        /// Where it was looked for.
        address: String,
        /// What broke.
        #[source]
        source: Option<HttpError>,
    },
}

impl Simulation {
    /// A simulator in this process, its world kept in a folder, its time virtual.
    pub fn in_process(dir: &Path, change: impl FnOnce(&mut sim::Options)) -> Result<Self, AttachError> {
        let clock = VirtualClock::new(Timestamp::now());
        let mut options = sim::Options::new(dir.to_owned(), Arc::new(Time(clock.clone())));
        change(&mut options);
        let sim = Sim::open(options)?;
        let world = WorldEntry { id: sim.id().to_owned(), name: sim.id().to_owned() };
        let inside = Arc::new(Inside { sim });
        Ok(Self { http: Arc::clone(&inside) as Arc<dyn Http>, hosts: inside, clock: Arc::new(clock), world })
    }

    /// A simulator that listens at an address such as `127.0.0.1:8080`.
    pub async fn attach(address: &str, net: Arc<dyn Http>) -> Result<Self, AttachError> {
        let outside = Arc::new(Outside { address: address.to_owned(), net });
        let absent = |source| AttachError::Absent { address: address.to_owned(), source };
        let answer = outside.get("/_sim").await.map_err(|source| absent(Some(source)))?;
        let id = answer.get("id").and_then(|id| id.as_str()).ok_or_else(|| absent(None))?.to_owned();
        let world = WorldEntry { name: id.clone(), id };
        let clock = clock(&answer);
        Ok(Self { http: Arc::clone(&outside) as Arc<dyn Http>, hosts: outside, clock, world })
    }
}

/// The clock of a simulator in another process: the wall's, or one as fast as its own and at the same moment, so that both
/// sides agree on how old something is.
fn clock(about: &serde_json::Value) -> Arc<dyn Clock> {
    let now = about.get("now").and_then(|now| now.as_str()).and_then(|now| now.parse::<Timestamp>().ok());
    let rate = about.get("rate").and_then(serde_json::Value::as_f64);
    match (now, rate) {
        (Some(now), Some(rate)) if rate > 0.0 && rate != 1.0 => Arc::new(FastClock::new(now, rate)),
        _ => Arc::new(WallClock),
    }
}

/// The engine's clock as the simulator asks for it.
struct Time(VirtualClock);

impl sim::Time for Time {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(duration)
    }
}

struct Inside {
    sim: Sim,
}

#[async_trait]
impl Http for Inside {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        match self.sim.handle(request).await {
            Ok(response) => Ok(response),
            Err(dropped @ sim::Dropped::Reset) => Err(HttpError::NotSent(format!("simulated: {dropped:?}").into())),
            Err(dropped) => Err(HttpError::Lost(format!("simulated: {dropped:?}").into())),
        }
    }
}

impl HostRoots for Inside {
    fn host_root(&self, address: &str) -> Option<(PathBuf, PathBuf)> {
        self.sim.host_root(address).map(|host| (host.root, host.bin))
    }
}

/// A simulator in another process: every request goes there, whatever host it names.
struct Outside {
    address: String,
    net: Arc<dyn Http>,
}

impl Outside {
    async fn get(&self, path: &str) -> Result<serde_json::Value, HttpError> {
        let uri = format!("http://{}{path}", self.address);
        let wrong = |error: Box<dyn std::error::Error + Send + Sync>| HttpError::NotSent(error);
        let request = http::Request::get(uri).body(Bytes::new()).map_err(|error| wrong(error.into()))?;
        let response = self.net.send(request).await?;
        serde_json::from_slice(response.body()).map_err(|error| wrong(error.into()))
    }
}

#[async_trait]
impl Http for Outside {
    async fn send(&self, mut request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let uri = format!("http://{}{path}", self.address).parse();
        *request.uri_mut() = uri.map_err(|error: http::uri::InvalidUri| HttpError::NotSent(error.into()))?;
        request.headers_mut().remove(http::header::HOST);
        self.net.send(request).await
    }
}

impl HostRoots for Outside {
    fn host_root(&self, address: &str) -> Option<(PathBuf, PathBuf)> {
        let path = format!("/_sim/hosts/{address}");
        // The trait is synchronous, as in process no waiting is needed; a question on loopback is answered at once. It is
        // asked on a thread of its own: waiting on this one would eat the wake-ups of whatever else this one waits for.
        let runtime = tokio::runtime::Handle::current();
        let ask = || runtime.block_on(self.get(&path)).ok();
        let answer = std::thread::scope(|scope| scope.spawn(ask).join().ok().flatten())?;
        let part = |name: &str| answer.get(name).and_then(|part| part.as_str()).map(PathBuf::from);
        Some((part("root")?, part("bin")?))
    }
}
