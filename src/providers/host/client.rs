//! The client of hosts: finds the transport to an endpoint and asks questions over it.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::answer::Answer;
use super::endpoint::Endpoint;
use crate::net::host::LocalShell;
use crate::net::host::Shell;
use crate::provider::Cx;
use crate::provider::HostRoots;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::provider::Standing;

/// How long a machine may take to boot.
const BOOT: Duration = Duration::from_secs(300);
/// How long between two looks at whether it has.
const PAUSE: Duration = Duration::from_secs(2);

/// Finds the transport to an endpoint.
pub(crate) trait Dial: Send + Sync {
    /// The transport, while the host is up.
    fn dial(&self, endpoint: &Endpoint) -> Result<Standing<Arc<dyn Shell>>>;
}

/// Reaches hosts.
pub struct Hosts {
    dial: Box<dyn Dial>,
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
        Self { dial: Box::new(dial) }
    }

    /// How a host stands, and the transport to it.
    pub(crate) fn standing(&self, endpoint: &Endpoint) -> Result<Standing<Arc<dyn Shell>>> {
        self.dial.dial(endpoint)
    }

    /// The transport to a host that must be up.
    pub(crate) fn shell(&self, endpoint: &Endpoint, doing: impl FnOnce() -> String) -> Result<Arc<dyn Shell>> {
        let why = match self.standing(endpoint)? {
            Standing::Up(shell) => return Ok(shell),
            Standing::Down => "the host is not up",
            Standing::Gone => "there is no such host any more",
        };
        Err(ProviderError::Unreachable { doing: doing(), to: endpoint.to_string(), source: why.into() })
    }

    /// The transport to a host that must be there, or about to be.
    pub(crate) async fn await_shell(&self, endpoint: &Endpoint, cx: &Cx) -> Result<Arc<dyn Shell>> {
        match self.await_standing(endpoint, false, cx).await? {
            Some(shell) => Ok(shell),
            None => self.shell(endpoint, || "reaching the host".to_owned()),
        }
    }

    /// The transport to a host that may be gone: then there is none. One that is down is waited for.
    pub(crate) async fn shell_unless_gone(&self, endpoint: &Endpoint, cx: &Cx) -> Result<Option<Arc<dyn Shell>>> {
        self.await_standing(endpoint, true, cx).await
    }

    async fn await_standing(&self, endpoint: &Endpoint, may_go: bool, cx: &Cx) -> Result<Option<Arc<dyn Shell>>> {
        let doing = format!("waiting for the host {endpoint} to boot");
        let mut waited = Duration::ZERO;
        loop {
            match self.standing(endpoint)? {
                Standing::Up(shell) => return Ok(Some(shell)),
                Standing::Gone if may_go => return Ok(None),
                Standing::Down | Standing::Gone => {}
            }
            if waited >= BOOT {
                return Err(ProviderError::TimedOut { doing, state: "unreachable".to_owned(), waited });
            }
            cx.progress(&doing);
            cx.sleep(&doing, PAUSE).await?;
            waited += PAUSE;
        }
    }
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

/// The transports there are: this machine, private root folders, and simulated hosts.
pub(crate) struct RealDial {
    /// Set when hosts are simulated.
    pub(crate) hosts: Option<Arc<dyn HostRoots>>,
    /// The folder that a relative root starts from.
    pub(crate) dir: PathBuf,
}

impl Dial for RealDial {
    fn dial(&self, endpoint: &Endpoint) -> Result<Standing<Arc<dyn Shell>>> {
        let standing = match (endpoint, &self.hosts) {
            // A simulation leaves the real machine alone, all of it.
            (Endpoint::Local { .. }, Some(hosts)) => simulated(hosts.host_root(&endpoint.to_string())?),
            (Endpoint::Remote { address, .. }, Some(hosts)) => simulated(hosts.host_root(address)?),
            (Endpoint::Local { root: Some(root) }, None) => {
                let root = self.dir.join(root);
                match is_folder(&root)? {
                    true => Standing::Up(LocalShell { root: Some(root), bin: None }),
                    false => Standing::Gone,
                }
            }
            (Endpoint::Local { root: None }, None) => Standing::Up(LocalShell::default()),
            (Endpoint::Remote { .. }, None) => {
                return Err(ProviderError::refused(
                    format!("connecting to {endpoint}"),
                    "hosts behind an address need the SSH transport, which this version does not have yet; it manages the \
                     machine that it runs on (`local = true`) and simulated hosts",
                ));
            }
        };
        Ok(match standing {
            Standing::Up(shell) => Standing::Up(Arc::new(shell)),
            Standing::Down => Standing::Down,
            Standing::Gone => Standing::Gone,
        })
    }
}

fn simulated(standing: Standing<(PathBuf, PathBuf)>) -> Standing<LocalShell> {
    match standing {
        Standing::Up((root, bin)) => Standing::Up(LocalShell { root: Some(root), bin: Some(bin) }),
        Standing::Down => Standing::Down,
        Standing::Gone => Standing::Gone,
    }
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
