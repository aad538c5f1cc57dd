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
use crate::provider::human;

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
    /// It is switched off, boots, or cannot be reached.
    Down(Obstacle),
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
    pub(crate) script: String,
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
        let doing = format!("waiting for the host {way}");
        let (mut kept_out, mut telling, mut attempts) = (None, Telling::default(), 0);
        let mut pause = PAUSE;
        loop {
            attempts += 1;
            let obstacle = match self.dial(way, cx).await? {
                Dialled::Up(shell) => return Ok(Some(shell)),
                Dialled::Gone if may_go => return Ok(None),
                Dialled::Gone => nowhere(way),
                Dialled::Down(obstacle) => obstacle,
            };
            if may_go && cx.goes_along() {
                cx.progress(&format!("the host {way} cannot be reached and goes, too: nothing is removed from it"));
                return Ok(None);
            }
            if obstacle.kind == Kind::Stranger {
                return Err(ProviderError::refused(format!("reaching the host {way}"), obstacle.cause));
            }
            let waited = since(begun);
            if obstacle.kind == Kind::Login {
                let kept_out = *kept_out.get_or_insert_with(|| cx.clock.now());
                // Who knocks too often is shut out by some hosts.
                pause = if since(kept_out) >= LOGIN { Duration::MAX } else { (pause * 2).min(LOGIN / 4) };
            } else {
                (kept_out, pause) = (None, PAUSE);
            }
            if waited >= way.patience || pause == Duration::MAX {
                return Err(given_up(way, &obstacle, waited, attempts));
            }
            let said = format!("{doing}, which is {}", obstacle.state);
            if telling.is_due(&said, waited) {
                cx.progress(&said);
            }
            cx.sleep(&doing, pause).await?;
        }
    }
}

/// When to say that something is waited for: at once when it is something else, and else ever more seldom.
#[derive(Default)]
struct Telling {
    said: String,
    /// When it is due again, since the beginning of the wait.
    next: Duration,
    /// How long after that it is due once more.
    gap: Duration,
}

impl Telling {
    /// How long after the first time it is said again; then after twice that, and so on.
    const GAP: Duration = Duration::from_secs(10);

    fn is_due(&mut self, text: &str, waited: Duration) -> bool {
        if self.said != text {
            (self.said, self.gap, self.next) = (text.to_owned(), Self::GAP, waited + Self::GAP);
            return true;
        }
        let is_due = waited >= self.next;
        if is_due {
            self.next = waited + self.gap;
            self.gap *= 2;
        }
        is_due
    }
}

/// What is in the way to a host that is nowhere.
fn nowhere(way: &Way) -> Obstacle {
    let (cause, advice) = match way.endpoint {
        Endpoint::Local { .. } => {
            ("there is no such folder", "Check the `root` of the connection, or have the folder made first")
        }
        Endpoint::Remote { .. } => {
            ("no machine has that address", "Check the `address`, or have the machine made first")
        }
    };
    let state = "nowhere to be found".to_owned();
    Obstacle { state, cause: cause.to_owned(), advice, tried: way.to_string(), kind: Kind::Down }
}

/// Why a host is no longer waited for.
fn given_up(way: &Way, obstacle: &Obstacle, waited: Duration, attempts: usize) -> ProviderError {
    let attempts = if attempts == 1 { "one attempt".to_owned() } else { format!("{attempts} attempts") };
    let Obstacle { state, cause, advice, .. } = obstacle;
    let source = format!("after {} and {attempts} it is still {state} ({cause}). {advice}", human(&waited));
    let doing = "waiting for the host".to_owned();
    ProviderError::Unreachable { doing, to: whom(way, obstacle), source: source.into() }
}

/// Whom we wanted to reach: as the configuration calls it, and as that turned out where it is only a name for it.
fn whom(way: &Way, obstacle: &Obstacle) -> String {
    match &way.endpoint {
        Endpoint::Remote { address, .. } if !obstacle.tried.contains(address.as_str()) => {
            format!("{way} ({})", obstacle.tried)
        }
        Endpoint::Remote { .. } | Endpoint::Local { .. } => obstacle.tried.clone(),
    }
}

/// Why there is no transport.
pub(super) fn unreachable(way: &Way, doing: String, dialled: Dialled) -> ProviderError {
    let (to, source) = match dialled {
        Dialled::Down(obstacle) => (whom(way, &obstacle), format!("{}. {}", obstacle.cause, obstacle.advice)),
        Dialled::Up(_) => (way.to_string(), "the host is not up".to_owned()),
        Dialled::Gone => (way.to_string(), "there is no such host any more".to_owned()),
    };
    ProviderError::Unreachable { doing, to, source: source.into() }
}

/// Asks one question in one command.
pub(crate) async fn ask(shell: &dyn Shell, question: Question, doing: &str, cx: &Cx) -> Result<Answer> {
    let mut stdin = format!("{}\n{}", question.program.len(), question.program).into_bytes();
    stdin.extend_from_slice(&question.contents);
    let held = cx.clock.hold();
    let output = shell.run(&question.script, Bytes::from(stdin), cx).await?;
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
            (endpoint @ Endpoint::Local { .. }, Some(hosts), _) => {
                simulated(way, hosts.host_root(&endpoint.to_string())?)
            }
            (Endpoint::Remote { address, .. }, Some(hosts), _) => simulated(way, hosts.host_root(address)?),
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
                    Reached::Not(obstacle) => Ok(Dialled::Down(obstacle)),
                }
            }
        }
    }
}

fn simulated(way: &Way, standing: Standing<(PathBuf, PathBuf)>) -> Result<Dialled> {
    Ok(match standing {
        Standing::Up((root, bin)) => Dialled::Up(Arc::new(LocalShell { root: Some(root), bin: Some(bin) })),
        Standing::Down => Dialled::Down(off(way)),
        Standing::Gone => Dialled::Gone,
    })
}

/// What is in the way to a simulated machine that does not run.
pub(super) fn off(way: &Way) -> Obstacle {
    let cause = "the host is not up: it is switched off, or is being changed".to_owned();
    let (state, advice) = ("not up".to_owned(), "Switch it on");
    Obstacle { state, cause, advice, tried: way.to_string(), kind: Kind::Down }
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
