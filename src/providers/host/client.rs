//! The client of hosts: finds the transport to an endpoint and asks questions over it.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use super::answer::Answer;
use super::answer::Facts;
use super::endpoint::Endpoint;
use super::way::Way;
use crate::net::host::LocalShell;
use crate::net::host::Shell;
use crate::net::host::ssh::Kind;
use crate::net::host::ssh::Obstacle;
use crate::net::host::ssh::Reached;
use crate::net::host::ssh::Ssh;
use crate::provider::Cx;
use crate::provider::HostRoots;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::provider::Standing;

/// How long between two looks at whether a machine has booted.
const PAUSE: Duration = Duration::from_secs(2);
/// How long a machine that is up may take to let us in: its keys are put there while it boots.
const LOGIN: Duration = Duration::from_secs(60);

/// Finds the transport to a host.
#[async_trait]
pub(crate) trait Dial: Send + Sync {
    /// How the host stands, and the transport to it while it is up. Waits for nothing that may take minutes.
    async fn dial(&self, way: &Way, cx: &Cx) -> Result<Dialled>;
}

/// What came of dialling.
pub(crate) enum Dialled {
    /// It is up.
    Up(Arc<dyn Shell>),
    /// It is switched off, boots, or cannot be reached; what is in the way, where that is known.
    Down(Option<Obstacle>),
    /// There is no such host any more.
    Gone,
}

/// Reaches hosts.
pub struct Hosts {
    dial: Box<dyn Dial>,
    /// What each host was seen to be, with the key that it had shown, by its endpoint.
    met: Mutex<BTreeMap<String, (Option<String>, Facts)>>,
}

/// A script with what it reads.
pub(crate) struct Question {
    /// The functions that the program calls.
    pub(crate) script: &'static str,
    /// Calls of them.
    pub(crate) program: String,
    /// The contents that the calls read, one after another.
    pub(crate) contents: Vec<u8>,
}

impl Hosts {
    pub(crate) fn new(dial: impl Dial + 'static) -> Self {
        Self { dial: Box::new(dial), met: Mutex::default() }
    }

    /// What a host was seen to be earlier in this run, if it is that one still.
    pub(crate) fn met(&self, way: &Way, shell: &dyn Shell) -> Option<Facts> {
        let met = self.met.lock().expect("no holder panics");
        let (key, facts) = met.get(&way.to_string())?;
        (*key == shell.host_key()).then(|| facts.clone())
    }

    /// Keeps in mind what a host is.
    pub(crate) fn meet(&self, way: &Way, shell: &dyn Shell, facts: &Facts) {
        let mut met = self.met.lock().expect("no holder panics");
        met.insert(way.to_string(), (shell.host_key(), facts.clone()));
    }

    /// How a host stands, and the transport to it.
    pub(crate) async fn dial(&self, way: &Way, cx: &Cx) -> Result<Dialled> {
        self.dial.dial(way, cx).await
    }

    /// The transport to a host that must be up.
    pub(crate) async fn shell(&self, way: &Way, doing: impl FnOnce() -> String, cx: &Cx) -> Result<Arc<dyn Shell>> {
        match self.dial(way, cx).await? {
            Dialled::Up(shell) => Ok(shell),
            other => Err(unreachable(way, doing(), other)),
        }
    }

    /// The transport to a host that must be there, or about to be.
    pub(crate) async fn await_shell(&self, way: &Way, cx: &Cx) -> Result<Arc<dyn Shell>> {
        match self.await_dialled(way, false, cx).await? {
            Some(shell) => Ok(shell),
            None => self.shell(way, || "reaching the host".to_owned(), cx).await,
        }
    }

    /// The transport to a host that may be gone: then there is none. One that is down is waited for, unless it goes in this
    /// very run.
    pub(crate) async fn shell_unless_gone(&self, way: &Way, cx: &Cx) -> Result<Option<Arc<dyn Shell>>> {
        self.await_dialled(way, true, cx).await
    }

    async fn await_dialled(&self, way: &Way, may_go: bool, cx: &Cx) -> Result<Option<Arc<dyn Shell>>> {
        let begun = cx.clock.now();
        let since = |begun: Timestamp| Duration::try_from(cx.clock.now().duration_since(begun)).unwrap_or_default();
        let mut kept_out = None;
        let mut pause = PAUSE;
        loop {
            let obstacle = match self.dial(way, cx).await? {
                Dialled::Up(shell) => return Ok(Some(shell)),
                Dialled::Gone if may_go => return Ok(None),
                Dialled::Gone => None,
                Dialled::Down(obstacle) => obstacle,
            };
            if may_go && cx.goes_along() {
                cx.progress(&format!("the host {way} cannot be reached and goes, too: nothing is removed from it"));
                return Ok(None);
            }
            if let Some(Obstacle { cause, kind: Kind::Stranger, .. }) = obstacle {
                return Err(ProviderError::refused(format!("reaching the host {way}"), cause));
            }
            let (doing, said, state) = match &obstacle {
                None => {
                    let doing = format!("waiting for the host {way} to boot");
                    (doing.clone(), doing, "unreachable".to_owned())
                }
                Some(Obstacle { state, cause, .. }) => {
                    let doing = format!("waiting for the host {way}");
                    (doing.clone(), format!("{doing}, which is {state}"), format!("{state} ({cause})"))
                }
            };
            let waited = since(begun);
            if obstacle.is_some_and(|obstacle| obstacle.kind == Kind::Login) {
                let kept_out = *kept_out.get_or_insert_with(|| cx.clock.now());
                // Who knocks too often is shut out by some hosts.
                pause = if since(kept_out) >= LOGIN { Duration::MAX } else { (pause * 2).min(LOGIN / 4) };
            } else {
                (kept_out, pause) = (None, PAUSE);
            }
            if waited >= way.patience || pause == Duration::MAX {
                return Err(ProviderError::TimedOut { doing, state, waited });
            }
            cx.progress(&said);
            cx.sleep(&doing, pause).await?;
        }
    }
}

/// Why there is no transport.
pub(super) fn unreachable(way: &Way, doing: String, dialled: Dialled) -> ProviderError {
    let source = match dialled {
        Dialled::Down(Some(obstacle)) => obstacle.cause,
        Dialled::Down(None) | Dialled::Up(_) => "the host is not up".to_owned(),
        Dialled::Gone => "there is no such host any more".to_owned(),
    };
    ProviderError::Unreachable { doing, to: way.to_string(), source: source.into() }
}

/// Asks one question in one command.
pub(crate) async fn ask(shell: &dyn Shell, question: Question, doing: &str, cx: &Cx) -> Result<Answer> {
    let mut stdin = format!("{}\n{}", question.program.len(), question.program).into_bytes();
    stdin.extend_from_slice(&question.contents);
    let held = cx.clock.hold();
    let output = shell.run(question.script, Bytes::from(stdin), cx).await?;
    drop(held);
    if !output.is_success() {
        let message = match output.complaint() {
            complaint if complaint.is_empty() => "the script on the host was broken off".to_owned(),
            complaint => complaint,
        };
        // It ended by other means than its last line, so how far it came is not known.
        return Err(ProviderError::AnswerLost { doing: doing.to_owned(), source: message.into() });
    }
    Answer::parse(&output.stdout).map_err(|problem| {
        let problem = match output.complaint() {
            complaint if complaint.is_empty() => problem,
            complaint => format!("{problem}; it complains: {complaint}"),
        };
        ProviderError::Unexpected { doing: doing.to_owned(), problem }
    })
}

/// The transports there are: this machine, private root folders, simulated hosts, and SSH.
pub(crate) struct RealDial {
    /// Set when hosts are simulated.
    pub(crate) hosts: Option<Arc<dyn HostRoots>>,
    /// The folder that a relative root starts from.
    pub(crate) dir: PathBuf,
    /// The connections of this run.
    pub(crate) ssh: Arc<Ssh>,
}

#[async_trait]
impl Dial for RealDial {
    async fn dial(&self, way: &Way, cx: &Cx) -> Result<Dialled> {
        let local = |shell: LocalShell| Ok(Dialled::Up(Arc::new(shell)));
        match (&way.endpoint, &self.hosts, &way.target) {
            // A simulation leaves the real machine alone, and dials nobody.
            (endpoint @ Endpoint::Local { .. }, Some(hosts), _) => simulated(hosts.host_root(&endpoint.to_string())?),
            (Endpoint::Remote { address, .. }, Some(hosts), _) => simulated(hosts.host_root(address)?),
            (Endpoint::Local { root: Some(root) }, None, _) => {
                let root = self.dir.join(root);
                match is_folder(&root)? {
                    true => local(LocalShell { root: Some(root), bin: None }),
                    false => Ok(Dialled::Gone),
                }
            }
            (Endpoint::Local { root: None }, None, _) => local(LocalShell::default()),
            (Endpoint::Remote { .. }, None, None) => {
                let why = "how to connect to it is not known";
                Err(ProviderError::refused(format!("connecting to the host {way}"), why))
            }
            (Endpoint::Remote { .. }, None, Some(target)) => {
                let doing = format!("connecting to the host {way}");
                match self.ssh.reach(target, &doing, cx).await? {
                    Reached::Up(shell) => Ok(Dialled::Up(Arc::new(shell))),
                    Reached::Not(obstacle) => Ok(Dialled::Down(Some(obstacle))),
                }
            }
        }
    }
}

fn simulated(standing: Standing<(PathBuf, PathBuf)>) -> Result<Dialled> {
    Ok(match standing {
        Standing::Up((root, bin)) => Dialled::Up(Arc::new(LocalShell { root: Some(root), bin: Some(bin) })),
        Standing::Down => Dialled::Down(None),
        Standing::Gone => Dialled::Gone,
    })
}

/// Whether a folder is there; one that may not be looked at is no folder that is gone.
fn is_folder(root: &Path) -> Result<bool> {
    match std::fs::metadata(root) {
        Ok(found) => Ok(found.is_dir()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => {
            let (doing, to) = ("looking for a host's root folder".to_owned(), root.display().to_string());
            Err(ProviderError::Unreachable { doing, to, source: error.into() })
        }
    }
}
