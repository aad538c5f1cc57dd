//! A folder with a configuration, a simulated world, and short ways to plan and apply.

use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use tempfile::TempDir;

use crate::addr::InstanceAddr;
use crate::apply::Ended;
use crate::apply::Event;
use crate::apply::Observer;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::ops;
use crate::ops::Applied;
use crate::ops::ApplyOptions;
use crate::ops::PlanRequest;
use crate::ops::Planned;
use crate::ops::Session;
use crate::ops::Simulation;
use crate::plan::Mode;
use crate::plan::Options;
use crate::plan::Registry;
use crate::provider::Cancel;
use crate::provider::Commons;
use crate::provider::Credentials;
use crate::state::JournalOptions;
use crate::state::KeyFile;
use crate::state::KeySource;
use crate::state::KeySources;
use crate::state::Local;
use crate::value::Object;
use crate::value::Value;

pub(super) struct Lab {
    dir: TempDir,
    pub(super) session: Session,
    heard: Arc<Heard>,
}

/// What was heard, as Terraform prints it.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Observer for Heard {
    fn event(&self, event: Event) {
        let line = match event {
            Event::StepStart { step, .. } => format!("{:?} {}", step.op, step.addr),
            Event::StepDone { step, .. } => format!("{:?} {} done", step.op, step.addr),
            Event::StepFailed { step, error, .. } => format!("{:?} {} failed: {error}", step.op, step.addr),
            Event::StepUndone { step, how, .. } => format!("{:?} {} {how:?}", step.op, step.addr),
            Event::StepSkipped { step } => format!("{:?} {} skipped", step.op, step.addr),
            Event::WaitStart(wait) => format!("{} waits for {}", wait.vendor, wait.limit),
            _ => return,
        };
        self.0.lock().expect("no holder panics").push(line);
    }
}

struct NoCredentials;

impl Credentials for NoCredentials {
    fn env(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        let known = [("DIGITALOCEAN_TOKEN", "dop_v1_test"), ("NEON_API_KEY", "napi_test")];
        let known = known.iter().find(|(name, _)| names.contains(name));
        known.map(|(name, secret)| (*name, (*secret).to_owned()))
    }

    fn keyring(&self, _: &str) -> Option<String> {
        None
    }
}

impl Lab {
    pub(super) fn new(config: &str) -> Lab {
        Self::on(config, |_| {})
    }

    /// The same with a simulator that is not as it is by default.
    pub(super) fn on(config: &str, options: impl FnOnce(&mut crate::sim::Options)) -> Lab {
        let dir = TempDir::new().expect("a folder for the test");
        let root = dir.path().join("root");
        std::fs::create_dir(&root).expect("a folder");
        std::fs::write(root.join("main.tf"), config).expect("the configuration is written");
        let simulation = Simulation::in_process(&dir.path().join("world"), options).expect("a simulator");
        let keys = KeySources::new(vec![Arc::new(KeyFile::new(root.join("state/.key"))) as Arc<dyn KeySource>]);
        let again = KeySources::new(vec![Arc::new(KeyFile::new(root.join("state/.key"))) as Arc<dyn KeySource>]);
        let backend = Local::new(root.join("state"), "default", again).expect("a backend");
        let heard = Arc::new(Heard::default());
        let session = Session {
            cwd: root.clone(),
            dir: root,
            workspace: "default".to_owned(),
            home: None,
            who: "test@lab".to_owned(),
            backend: Arc::new(backend),
            keys,
            registry: Arc::new(Registry::new(crate::providers::all())),
            clock: simulation.clock,
            http: simulation.http,
            hosts: Some(simulation.hosts),
            credentials: Arc::new(NoCredentials),
            simulated: Some(simulation.world),
            observer: Arc::clone(&heard) as Arc<dyn Observer>,
            sources: Arc::new(Sources::new()),
            stop: Cancel::new(),
            cancel: Cancel::new(),
            commons: Commons::default(),
            journal: JournalOptions::default(),
            finds: true,
        };
        Lab { dir, session, heard }
    }

    /// A folder with an example.
    pub(super) fn of_example(name: &str) -> Lab {
        Self::of_example_with(name, |text| text, |_| {})
    }

    /// A folder with an example whose files are changed, and a simulator that is.
    pub(super) fn of_example_with(
        name: &str,
        change: impl Fn(String) -> String,
        options: impl FnOnce(&mut crate::sim::Options),
    ) -> Lab {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
        let lab = Lab::on("", options);
        std::fs::remove_file(lab.root().join("main.tf")).expect("the empty configuration goes");
        for entry in std::fs::read_dir(example).expect("the example is there") {
            let entry = entry.expect("an entry");
            let text = std::fs::read_to_string(entry.path()).expect("a file of text");
            std::fs::write(lab.root().join(entry.file_name()), change(text)).expect("it is written");
        }
        lab
    }

    pub(super) fn root(&self) -> &Path {
        &self.session.dir
    }

    pub(super) fn world(&self) -> std::path::PathBuf {
        self.dir.path().join("world")
    }

    pub(super) fn write(&self, config: &str) {
        std::fs::write(self.root().join("main.tf"), config).expect("the configuration is written");
    }

    pub(super) async fn plan_with(&self, options: Options) -> (Option<Planned>, Diagnostics) {
        let mut diags = Diagnostics::new();
        let request = PlanRequest { options, is_kept: true, ..PlanRequest::default() };
        let planned = ops::plan(&self.session, &request, &mut diags).await.expect("the state is sound");
        (planned, diags)
    }

    /// A plan without problems.
    pub(super) async fn plan(&self) -> Planned {
        self.sound(Options { refresh: true, ..Options::default() }).await
    }

    async fn sound(&self, options: Options) -> Planned {
        let (planned, diags) = self.plan_with(options).await;
        assert!(!diags.has_errors(), "{}", text(&diags));
        planned.expect("a plan")
    }

    /// What the plan does, as `action address` a line, changes only.
    pub(super) async fn planned(&self) -> Vec<String> {
        lines(&self.plan().await)
    }

    pub(super) async fn perform(&self, planned: Planned) -> Applied {
        let lock = ops::lock(&self.session, "test", Duration::ZERO).expect("the lock is free");
        let mut diags = Diagnostics::new();
        let applied = ops::apply(&self.session, planned, &lock, ApplyOptions::default(), &mut diags).await;
        let applied = applied.expect("the state is sound");
        assert!(!diags.has_errors(), "{}", text(&diags));
        applied.expect("the plan is not stale")
    }

    /// Plans and applies without problems.
    pub(super) async fn apply(&self) -> Applied {
        let planned = self.plan().await;
        let applied = self.perform(planned).await;
        assert_eq!(applied.outcome.ended, Ended::Complete, "{}", text(&applied.outcome.diags));
        applied
    }

    pub(super) async fn destroy(&self) -> Applied {
        let planned = self.sound(Options { mode: Mode::Destroy, refresh: true, ..Options::default() }).await;
        let applied = self.perform(planned).await;
        assert_eq!(applied.outcome.ended, Ended::Complete, "{}", text(&applied.outcome.diags));
        applied
    }

    /// What was heard since the last call.
    pub(super) fn heard(&self) -> Vec<String> {
        std::mem::take(&mut self.heard.0.lock().expect("no holder panics"))
    }

    pub(super) fn addresses(&self) -> Vec<String> {
        let snapshot = ops::snapshot(&self.session, false).expect("the state is sound");
        snapshot.instances.keys().map(ToString::to_string).collect()
    }

    pub(super) fn object(&self, addr: &str) -> Object {
        let snapshot = ops::snapshot(&self.session, false).expect("the state is sound");
        let addr = addr.parse().expect("an address");
        let object = snapshot.current(&addr).unwrap_or_else(|| panic!("{addr} is in the state"));
        (*object.attributes).clone()
    }

    pub(super) fn attribute(&self, addr: &str, name: &str) -> Value {
        self.object(addr).get(name).cloned().unwrap_or_else(|| panic!("{addr} has {name}"))
    }

    /// Imports, and says whether that was done.
    pub(super) async fn import(&self, addr: &InstanceAddr, id: &str) -> (bool, Diagnostics) {
        let lock = ops::lock(&self.session, "import", Duration::ZERO).expect("the lock is free");
        let mut diags = Diagnostics::new();
        let done = ops::import(&self.session, &lock, addr, id, PlanRequest::default(), &mut diags).await;
        (done.expect("the state is sound"), diags)
    }
}

pub(super) fn lines(planned: &Planned) -> Vec<String> {
    let changes = planned.made.plan.changes.iter();
    let changes = changes.filter(|change| change.action != crate::plan::Action::NoOp);
    changes.map(|change| format!("{:?} {}", change.action, change.addr)).collect()
}

/// What updates let go of in time.
pub(super) fn handovers(planned: &Planned) -> Vec<String> {
    let plan = &planned.made.plan;
    let addr = |at: &usize| plan.changes[*at].addr.to_string();
    let line = |handover: &crate::plan::Handover| {
        let verb = if handover.is_released { "lets go of" } else { "precedes" };
        let gone: Vec<String> = handover.gone.iter().map(addr).collect();
        format!("{} {verb} {}", addr(&handover.change), gone.join(", "))
    };
    plan.steps.handovers.iter().map(line).collect()
}

pub(super) fn text(diags: &Diagnostics) -> String {
    let line = |d: &crate::diag::Diagnostic| {
        format!("{}: {} [{}]\n", d.summary, d.detail, d.address.clone().unwrap_or_default())
    };
    diags.iter().map(line).collect()
}
