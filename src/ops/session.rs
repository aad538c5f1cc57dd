//! All that operations share: where the configuration is, where the state is kept, who is called and who listens.

use std::path::PathBuf;
use std::sync::Arc;

use crate::apply::Observer;
use crate::diag::Diagnostic;
use crate::diag::Sources;
use crate::diag::sentence;
use crate::diag::with_causes;
use crate::plan::Environment;
use crate::plan::Registry;
use crate::provider::Cancel;
use crate::provider::Clock;
use crate::provider::Commons;
use crate::provider::Configure;
use crate::provider::Credentials;
use crate::provider::HostRoots;
use crate::provider::Http;
use crate::state::Backend;
use crate::state::BackendError;
use crate::state::JournalOptions;
use crate::state::KeySources;
use crate::state::LockError;
use crate::state::WorldEntry;

/// The surroundings of every operation.
pub struct Session {
    /// The root module's folder; relative paths start here.
    pub dir: PathBuf,
    /// `path.cwd`: where the user stands.
    pub cwd: PathBuf,
    /// The workspace's name.
    pub workspace: String,
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// `user@host`, for the lock.
    pub who: String,
    /// Where the state is kept.
    pub backend: Arc<dyn Backend>,
    /// Where keys are found.
    pub keys: KeySources,
    /// The vendors.
    pub registry: Arc<Registry>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// HTTP: real or simulated.
    pub http: Arc<dyn Http>,
    /// Simulated hosts.
    pub hosts: Option<Arc<dyn HostRoots>>,
    /// Credentials from outside the configuration.
    pub credentials: Arc<dyn Credentials>,
    /// The simulated world, when there is one.
    pub simulated: Option<WorldEntry>,
    /// Who hears of what happens.
    pub observer: Arc<dyn Observer>,
    /// The texts that diagnostics point into.
    pub sources: Arc<Sources>,
    /// The first signal: start nothing more.
    pub stop: Cancel,
    /// The second signal: wait for nothing more.
    pub cancel: Cancel,
    /// What the clients of all providers share.
    pub commons: Commons,
    /// How the journal behaves.
    pub journal: JournalOptions,
    /// Whether what an interrupted create made is looked for; without, to prove that crash tests bite.
    pub finds: bool,
}

impl Session {
    /// What clients are made with, to be kept beside the session.
    pub(super) fn parts(&self) -> Parts {
        Parts {
            registry: Arc::clone(&self.registry),
            clock: Arc::clone(&self.clock),
            http: Arc::clone(&self.http),
            credentials: Arc::clone(&self.credentials),
            hosts: self.hosts.clone(),
            dir: self.dir.clone(),
            commons: self.commons.clone(),
        }
    }

    /// What expressions can ask of this run.
    pub(super) fn environment(&self) -> Environment {
        let clock = Arc::clone(&self.clock);
        Environment {
            cwd: self.cwd.to_string_lossy().into_owned(),
            workspace: self.workspace.clone(),
            plan_time: self.clock.now(),
            now: Arc::new(move || clock.now()),
            home: self.home.clone(),
            base: self.dir.clone(),
        }
    }
}

/// What clients are made with.
pub(super) struct Parts {
    pub(super) registry: Arc<Registry>,
    clock: Arc<dyn Clock>,
    http: Arc<dyn Http>,
    credentials: Arc<dyn Credentials>,
    hosts: Option<Arc<dyn HostRoots>>,
    dir: PathBuf,
    commons: Commons,
}

impl Parts {
    /// What a provider is configured with beside its block.
    pub(super) fn configure(&self) -> Configure {
        Configure {
            clock: Arc::clone(&self.clock),
            http: Arc::clone(&self.http),
            credentials: Arc::clone(&self.credentials),
            hosts: self.hosts.clone(),
            dir: self.dir.clone(),
            commons: self.commons.clone(),
        }
    }
}

/// Why an operation could not be carried out at all.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The state cannot be read or stored.
    #[error(transparent)]
    State(#[from] BackendError),
    /// The state is locked.
    #[error(transparent)]
    Lock(#[from] LockError),
}

impl Failure {
    /// The failure as a diagnostic, with all its causes.
    pub fn diagnostic(&self) -> Diagnostic {
        let summary = match self {
            Failure::State(_) => "State cannot be used",
            Failure::Lock(_) => "Error acquiring the state lock",
        };
        Diagnostic::error(summary, sentence(with_causes(self)))
    }
}
