//! Building the session that operations work with: the state's place, keys, vendors, the world.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::OnceLock;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::runtime::Runtime;

use super::Problem;
use super::Result;
use super::credentials;
use super::options::WorldChoice;
use super::place::Place;
use super::place::World;
use super::screen::Screen;
use crate::apply::Silent;
use crate::diag::Sources;
use crate::net::client::NetClient;
use crate::net::client::Options;
use crate::ops::Session;
use crate::ops::Simulation;
use crate::plan::Registry;
use crate::provider::Cancel;
use crate::provider::Commons;
use crate::provider::Credentials;
use crate::provider::Http;
use crate::provider::HttpError;
use crate::provider::WallClock;
use crate::state::EnvKey;
use crate::state::JournalOptions;
use crate::state::KeyFile;
use crate::state::KeySource;
use crate::state::KeySources;
use crate::state::Keyring;
use crate::state::Local;

/// A runtime for verbs that wait for something.
pub(super) fn runtime() -> Result<Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Problem::of("The program cannot start", &error))
}

/// A session for verbs that touch nothing but configuration and state.
pub(super) fn local(choice: &WorldChoice, place: &Place) -> Result<Session> {
    of_workspace(choice, place, &place.workspace())
}

/// The same for a workspace that need not be the selected one.
pub(super) fn of_workspace(choice: &WorldChoice, place: &Place, workspace: &str) -> Result<Session> {
    let world = place.world(choice);
    let dir = place.state_dir(&world);
    let backend = Local::new(&dir, workspace, keys(place, &dir))?;
    Ok(Session {
        dir: place.dir.clone(),
        cwd: place.cwd.clone(),
        workspace: workspace.to_owned(),
        home: place.environment.get("HOME").map(PathBuf::from),
        who: who(place),
        backend: Arc::new(backend),
        keys: keys(place, &dir),
        registry: Arc::new(Registry::new(crate::providers::all())),
        clock: Arc::new(WallClock),
        http: Arc::new(Net::new(place)),
        hosts: None,
        credentials: match world {
            World::Real => Arc::new(credentials::Outside(place.environment.clone())) as Arc<dyn Credentials>,
            World::Inside | World::At(_) => Arc::new(credentials::Simulated),
        },
        simulated: None,
        observer: Arc::new(Silent),
        sources: Arc::new(Sources::new()),
        stop: Cancel::new(),
        cancel: Cancel::new(),
        commons: Commons::default(),
        journal: JournalOptions::default(),
        finds: true,
    })
}

/// A session for verbs that work on the world.
pub(super) fn open(choice: &WorldChoice, place: &Place, screen: &Screen, runtime: &Runtime) -> Result<Session> {
    let mut session = local(choice, place)?;
    let simulation = match place.world(choice) {
        World::Real => return Ok(session),
        World::Inside => {
            let dir = place.world_dir();
            let simulation = Simulation::in_process(&dir, |_| {})?;
            let at = place.relative(&dir).display();
            screen.say(&format!("Simulated world {} in {at}; hosts: processes.", simulation.world.name));
            simulation
        }
        World::At(address) => {
            let simulation = runtime.block_on(Simulation::attach(&address, Arc::new(Net::direct())))?;
            screen.say(&format!("Simulated world {} at {address}; hosts: processes.", simulation.world.name));
            simulation
        }
    };
    session.clock = simulation.clock;
    session.http = simulation.http;
    session.hosts = Some(simulation.hosts);
    session.simulated = Some(simulation.world);
    Ok(session)
}

fn keys(place: &Place, dir: &Path) -> KeySources {
    let given = place.environment.get("INFRA_STATE_KEY").map(str::to_owned);
    KeySources::new(vec![
        Arc::new(EnvKey::new("INFRA_STATE_KEY", given)) as Arc<dyn KeySource>,
        Arc::new(Keyring::new("infra", "state")),
        Arc::new(KeyFile::new(dir.join(".key"))),
    ])
}

fn who(place: &Place) -> String {
    let user = ["USER", "LOGNAME"].into_iter().find_map(|name| place.environment.get(name)).unwrap_or("somebody");
    let kernel = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let host = kernel.as_deref().map(str::trim).or_else(|| place.environment.get("HOSTNAME")).unwrap_or("this host");
    format!("{user}@{host}")
}

/// The network, set up when it is first used: reading the certificates takes longer than most verbs.
struct Net {
    options: Options,
    client: OnceLock<std::result::Result<NetClient, String>>,
}

impl Net {
    fn new(place: &Place) -> Self {
        let of = |name: &str| {
            let lower = name.to_lowercase();
            place.environment.get(name).or_else(|| place.environment.get(&lower)).map(str::to_owned)
        };
        let proxy = of("HTTPS_PROXY").or_else(|| of("ALL_PROXY"));
        Self::with(Options { proxy, no_proxy: of("NO_PROXY"), ..Options::default() })
    }

    /// Without a proxy, whatever the environment says.
    fn direct() -> Self {
        Self::with(Options::default())
    }

    fn with(options: Options) -> Self {
        Self { options, client: OnceLock::new() }
    }
}

#[async_trait]
impl Http for Net {
    async fn send(&self, request: http::Request<Bytes>) -> std::result::Result<http::Response<Bytes>, HttpError> {
        let client = self.client.get_or_init(|| NetClient::new(&self.options).map_err(|error| error.to_string()));
        match client {
            Ok(client) => client.send(request).await,
            Err(error) => Err(HttpError::NotSent(error.clone().into())),
        }
    }
}
