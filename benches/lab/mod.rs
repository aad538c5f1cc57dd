//! A folder with a configuration, and its operations as the command line runs them, each with a session of its own.

use std::sync::Arc;
use std::time::Duration;

use infra::apply::Ended;
use infra::apply::Silent;
use infra::diag::Diagnostics;
use infra::diag::Sources;
use infra::ops;
use infra::ops::ApplyOptions;
use infra::ops::PlanRequest;
use infra::ops::Planned;
use infra::ops::Session;
use infra::ops::Simulation;
use infra::plan::Mode;
use infra::plan::Options;
use infra::plan::Registry;
use infra::plan::Step;
use infra::provider::Cancel;
use infra::provider::Clock;
use infra::provider::Commons;
use infra::provider::Credentials;
use infra::provider::Http;
use infra::provider::HttpError;
use infra::provider::WallClock;
use infra::state::Backend;
use infra::state::JournalOptions;
use infra::state::KeyFile;
use infra::state::KeySource;
use infra::state::KeySources;
use infra::state::Local;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::cases::Case;
use crate::counting::Work;
use crate::counting::counted;

/// One configuration and its state.
pub(crate) struct Lab {
    dir: TempDir,
    runtime: Runtime,
    world: Option<Simulation>,
}

struct Nobody;

impl Credentials for Nobody {
    /// Good for simulated vendors only, which take any.
    fn env(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names.iter().find(|name| **name == "DIGITALOCEAN_TOKEN").map(|name| (*name, "dop_v1_bench".to_owned()))
    }

    fn keyring(&self, _: &str) -> Option<String> {
        None
    }
}

#[async_trait::async_trait]
impl Http for Nobody {
    async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<bytes::Bytes>, HttpError> {
        Err(HttpError::NotSent("this program has no network".into()))
    }
}

impl Lab {
    /// A new configuration, nothing applied.
    pub(crate) fn new(case: Case, size: usize) -> Lab {
        let dir = TempDir::new().expect("a folder for the measurement");
        case.write(size, dir.path()).expect("the configuration is written");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let folder = dir.path().join("world");
        let world = case.has_world().then(|| Simulation::in_process(&folder, |_| {}).expect("a simulated world"));
        Lab { dir, runtime, world }
    }

    /// A plan of what is configured.
    pub(crate) fn plan(&self) -> Work {
        let session = self.session();
        let (planned, work) = counted(|| self.planned(&session, Mode::Normal));
        with_plan(work, &planned)
    }

    /// A plan of what is configured, and its performance.
    pub(crate) fn apply(&self) -> Work {
        self.perform(Mode::Normal)
    }

    /// The same for the end of everything.
    pub(crate) fn destroy(&self) -> Work {
        self.perform(Mode::Destroy)
    }

    fn planned(&self, session: &Session, mode: Mode) -> Planned {
        let mut diags = Diagnostics::new();
        let request =
            PlanRequest { options: Options { mode, refresh: true, ..Options::default() }, ..PlanRequest::default() };
        let planned = self.runtime.block_on(ops::plan(session, &request, &mut diags));
        assert!(!diags.has_errors(), "{diags:?}");
        planned.expect("the state is sound").expect("the configuration is sound")
    }

    fn perform(&self, mode: Mode) -> Work {
        let session = self.session();
        let (work, counts) = {
            let ((applied, before), counts) = counted(|| {
                let lock = ops::lock(&session, "bench", Duration::ZERO).expect("the lock is free");
                let planned = self.planned(&session, mode);
                let before = with_plan(Work::default(), &planned);
                let mut diags = Diagnostics::new();
                let applying = ops::apply(&session, planned, &lock, ApplyOptions::default(), &mut diags);
                let applied = self.runtime.block_on(applying).expect("the state is sound").expect("the plan is new");
                (applied, before)
            });
            assert_eq!(applied.outcome.ended, Ended::Complete, "{:?}", applied.outcome.diags);
            let written = applied.written;
            (Work { records: written.records, journal: written.bytes, syncs: written.syncs, ..before }, counts)
        };
        let state = std::fs::metadata(self.backend().path()).map_or(0, |file| file.len());
        Work { allocations: counts.allocations, bytes: counts.bytes, state, ..work }
    }

    fn backend(&self) -> Local {
        let dir = self.dir.path().join("state");
        Local::new(&dir, "default", self.keys()).expect("a backend")
    }

    fn keys(&self) -> KeySources {
        let file = KeyFile::new(self.dir.path().join("state/.key"));
        KeySources::new(vec![Arc::new(file) as Arc<dyn KeySource>])
    }

    fn session(&self) -> Session {
        let world = self.world.as_ref();
        Session {
            dir: self.dir.path().to_owned(),
            cwd: self.dir.path().to_owned(),
            workspace: "default".to_owned(),
            home: None,
            who: "bench".to_owned(),
            backend: Arc::new(self.backend()) as Arc<dyn Backend>,
            keys: self.keys(),
            registry: Arc::new(Registry::new(infra::providers::all())),
            clock: world.map_or_else(|| Arc::new(WallClock) as Arc<dyn Clock>, |world| Arc::clone(&world.clock)),
            http: world.map_or_else(|| Arc::new(Nobody) as Arc<dyn Http>, |world| Arc::clone(&world.http)),
            hosts: world.map(|world| Arc::clone(&world.hosts)),
            credentials: Arc::new(Nobody),
            simulated: world.map(|world| world.world.clone()),
            observer: Arc::new(Silent),
            sources: Arc::new(Sources::new()),
            stop: Cancel::new(),
            cancel: Cancel::new(),
            commons: Commons::default(),
            journal: JournalOptions::default(),
            finds: true,
        }
    }
}

fn with_plan(work: Work, planned: &Planned) -> Work {
    let plan = &planned.made.plan;
    let bundles = plan.steps.steps.iter().filter(|step| matches!(step, Step::Bundle { .. })).count() as u64;
    Work { evaluations: plan.counters.evaluations, reads: plan.counters.reads, bundles, ..work }
}
