//! The client of hosts: finds the transport to an endpoint and asks questions over it.

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

/// How long a machine may take to boot.
const BOOT: Duration = Duration::from_secs(300);
/// How long between two looks at whether it has.
const PAUSE: Duration = Duration::from_secs(2);

/// Finds the transport to an endpoint.
pub(crate) trait Dial: Send + Sync {
    /// The transport; `None` when no such host is up.
    fn dial(&self, endpoint: &Endpoint) -> Result<Option<Arc<dyn Shell>>>;
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

    /// The transport to a host; `None` when it is not up, or no more.
    pub(crate) fn shell(&self, endpoint: &Endpoint) -> Result<Option<Arc<dyn Shell>>> {
        self.dial.dial(endpoint)
    }

    /// The transport to a host that must be there, or about to be.
    pub(crate) async fn await_shell(&self, endpoint: &Endpoint, cx: &Cx) -> Result<Arc<dyn Shell>> {
        let doing = format!("waiting for the host {endpoint} to boot");
        let mut waited = Duration::ZERO;
        loop {
            if let Some(shell) = self.dial.dial(endpoint)? {
                return Ok(shell);
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
    fn dial(&self, endpoint: &Endpoint) -> Result<Option<Arc<dyn Shell>>> {
        let shell = match (endpoint, &self.hosts) {
            (Endpoint::Local { root: Some(root) }, _) => LocalShell { root: Some(self.dir.join(root)), bin: None },
            (Endpoint::Local { root: None }, None) => LocalShell::default(),
            // A simulation leaves the real machine alone.
            (Endpoint::Local { root: None }, Some(hosts)) => match hosts.host_root("local") {
                Some((root, bin)) => LocalShell { root: Some(root), bin: Some(bin) },
                None => return Ok(None),
            },
            (Endpoint::Remote { address, .. }, Some(hosts)) => match hosts.host_root(address) {
                Some((root, bin)) => LocalShell { root: Some(root), bin: Some(bin) },
                None => return Ok(None),
            },
            (Endpoint::Remote { .. }, None) => {
                return Err(ProviderError::refused(
                    format!("connecting to {endpoint}"),
                    "hosts behind an address need the SSH transport, which this version does not have yet; it manages the \
                     machine that it runs on (`local = true`) and simulated hosts",
                ));
            }
        };
        let is_gone = shell.root.as_deref().is_some_and(|root| !root.is_dir());
        Ok((!is_gone).then(|| Arc::new(shell) as Arc<dyn Shell>))
    }
}
