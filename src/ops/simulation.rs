//! A simulated world in this process, or in another one on loopback.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use jiff::Timestamp;

use crate::provider::Clock;
use crate::provider::FastClock;
use crate::provider::Hold;
use crate::provider::HostRoots;
use crate::provider::Http;
use crate::provider::HttpError;
use crate::provider::ProviderError;
use crate::provider::Standing;
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
        let world = WorldEntry { id: sim.id().to_owned(), name: sim.id().to_owned(), credentials: Vec::new() };
        // Virtual time may have run ahead of the wall's in an earlier run; both sides must agree on how old something is.
        let clock = Arc::new(Ahead { clock, by: sim.ahead() });
        let inside = Arc::new(Inside { sim });
        Ok(Self { http: Arc::clone(&inside) as Arc<dyn Http>, hosts: inside, clock, world })
    }

    /// A simulator that listens at an address such as `127.0.0.1:8080`.
    pub async fn attach(address: &str, net: Arc<dyn Http>) -> Result<Self, AttachError> {
        let outside = Arc::new(Outside { address: address.to_owned(), net });
        let absent = |source| AttachError::Absent { address: address.to_owned(), source };
        let answer = outside.get("/_sim").await.map_err(|source| absent(Some(source)))?;
        let id = answer.get("id").and_then(|id| id.as_str()).ok_or_else(|| absent(None))?.to_owned();
        let world = WorldEntry { name: id.clone(), id, credentials: Vec::new() };
        let clock = clock(&answer);
        Ok(Self { http: Arc::clone(&outside) as Arc<dyn Http>, hosts: outside, clock, world })
    }
}

/// The clock of a simulator in another process: one as fast as its own and at the same moment, so that both sides agree on
/// how old something is; the wall's where it does not say.
fn clock(about: &serde_json::Value) -> Arc<dyn Clock> {
    let now = about.get("now").and_then(|now| now.as_str()).and_then(|now| now.parse::<Timestamp>().ok());
    let rate = about.get("rate").and_then(serde_json::Value::as_f64);
    match (now, rate) {
        (Some(now), Some(rate)) if rate > 0.0 => Arc::new(FastClock::new(now, rate)),
        _ => Arc::new(WallClock),
    }
}

/// A clock that shows another time than the one it goes by.
struct Ahead {
    clock: VirtualClock,
    by: SignedDuration,
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        self.clock.now().checked_add(self.by).unwrap_or(Timestamp::MAX)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.clock.sleep(duration)
    }

    fn hold(&self) -> Hold {
        self.clock.hold()
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
    fn host_root(&self, address: &str) -> Result<Standing<(PathBuf, PathBuf)>, ProviderError> {
        match self.sim.host(address) {
            Ok(sim::Host::Up(host)) => Ok(Standing::Up((host.root, host.bin))),
            Ok(sim::Host::Down) => Ok(Standing::Down),
            Ok(sim::Host::Gone) => Ok(Standing::Gone),
            Err(error) => Err(unknown(address, error.into())),
        }
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
    fn host_root(&self, address: &str) -> Result<Standing<(PathBuf, PathBuf)>, ProviderError> {
        let path = format!("/_sim/hosts/{}", encoded(address));
        // The trait is synchronous, as in process no waiting is needed; a question on loopback is answered at once. It is
        // asked on a thread of its own: waiting on this one would eat the wake-ups of whatever else this one waits for.
        let runtime = tokio::runtime::Handle::current();
        let ask = || runtime.block_on(self.get(&path));
        let answer = std::thread::scope(|scope| scope.spawn(ask).join().expect("asking does not panic"));
        let answer = answer.map_err(|error| unknown(address, error.into()))?;
        let part = |name: &str| answer.get(name).and_then(|part| part.as_str());
        match (part("state"), part("root"), part("bin")) {
            (Some("up"), Some(root), Some(bin)) => Ok(Standing::Up((root.into(), bin.into()))),
            (Some("down"), ..) => Ok(Standing::Down),
            (Some("gone"), ..) => Ok(Standing::Gone),
            _ => Err(unknown(address, format!("the simulator answers {answer}").into())),
        }
    }
}

/// How a simulated host stands cannot be found out.
fn unknown(address: &str, source: Box<dyn std::error::Error + Send + Sync>) -> ProviderError {
    ProviderError::Unreachable { doing: "looking for a simulated host".to_owned(), to: address.to_owned(), source }
}

/// One segment of a path, whatever is in it.
fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte.is_ascii_alphanumeric() || b".-_".contains(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_engine_goes_by_the_time_of_a_world_that_is_ahead() {
        let dir = tempfile::tempdir().expect("a folder");
        let ask = |simulation: &Simulation| {
            let request = http::Request::post("https://api.digitalocean.com/v2/tags")
                .header(http::header::AUTHORIZATION, "Bearer any")
                .body(Bytes::from_static(b"{\"name\":\"a\"}"))
                .expect("a request");
            let http = Arc::clone(&simulation.http);
            async move { http.send(request).await.expect("an answer").status().as_u16() }
        };
        {
            let first = Simulation::in_process(dir.path(), |_| {}).expect("a world");
            first.clock.sleep(Duration::from_secs(86_400)).await;
            assert_eq!(ask(&first).await, 201);
        }
        let second = Simulation::in_process(dir.path(), |_| {}).expect("the same world");
        let ahead = second.clock.now().duration_since(Timestamp::now());
        assert!(ahead.as_hours() >= 23, "{ahead:?}");
        second.clock.sleep(Duration::from_secs(3600)).await;
        assert!(second.clock.now().duration_since(Timestamp::now()).as_hours() >= 24);
        let about = serde_json::json!({ "now": "2100-01-01T00:00:00Z", "rate": 1.0 });
        assert!(clock(&about).now().duration_since(Timestamp::now()).as_hours() > 24, "attached to one that is ahead");
    }

    #[test]
    fn any_name_of_a_host_is_one_segment() {
        assert_eq!(encoded("10.0.0.5"), "10.0.0.5");
        assert_eq!(encoded("local:/srv/a b"), "local%3A%2Fsrv%2Fa%20b");
    }
}
