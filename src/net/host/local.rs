//! The machine that we run on, or a private root folder on it that stands for a host.

use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::process::Child;
use tokio::process::Command;

use super::Output;
use super::Shell;
use crate::provider::Cx;
use crate::provider::ProviderError;
use crate::provider::Result;

/// Runs `/bin/sh` here.
#[derive(Debug, Clone, Default)]
pub struct LocalShell {
    /// The folder that stands for the host's `/`; `None` for the machine itself.
    pub root: Option<PathBuf>,
    /// A folder of programs that go before the machine's: the service manager of a simulated host.
    pub bin: Option<PathBuf>,
}

impl LocalShell {
    /// Starts a script in a process group of its own, so that a Ctrl-C on our terminal does not reach it: what has begun
    /// to change a host is brought to its end.
    pub fn start(&self, script: &str) -> std::io::Result<Child> {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(script).env_clear();
        command.env("INFRA_ROOT", self.root.as_deref().unwrap_or("".as_ref()));
        command.env("PATH", self.path());
        command.env("HOME", "/");
        if let Some(bin) = &self.bin {
            command.env("INFRA_BIN", bin);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0).kill_on_drop(false).spawn()
    }

    fn path(&self) -> OsString {
        let system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        let mut path = OsString::new();
        if let Some(bin) = &self.bin {
            path.push(bin);
            path.push(":");
        }
        path.push(system);
        path
    }
}

#[async_trait]
impl Shell for LocalShell {
    async fn run(&self, script: &str, stdin: Bytes, cx: &Cx) -> Result<Output> {
        let doing = || "running a script on this machine".to_owned();
        let unreachable = |to: String, source| ProviderError::Unreachable { doing: doing(), to, source };
        if let Some(root) = self.root.as_deref().filter(|root| !root.is_dir()) {
            let source = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(unreachable(format!("the root folder {}", root.display()), source.into()));
        }
        let mut child = self.start(script).map_err(|source| unreachable("/bin/sh".to_owned(), source.into()))?;
        let (since, sent) = (Instant::now(), script.len() + stdin.len());
        let input = child.stdin.take();
        let feed = async move {
            if let Some(mut input) = input {
                // A script that has seen enough closes its end: its answer says why.
                let _ = input.write_all(&stdin).await;
                let _ = input.shutdown().await;
            }
        };
        let ended = async { tokio::join!(feed, child.wait_with_output()).1 };
        tokio::select! {
            ended = ended => {
                let output = ended.map_err(|source| ProviderError::AnswerLost { doing: doing(), source: source.into() })?;
                let (stdout, stderr) = (output.stdout.into(), output.stderr.into());
                let output = Output { code: output.status.code(), stdout, stderr };
                let host = self.root.as_deref().map_or("local".into(), Path::to_string_lossy);
                super::note_run(&host, sent, &output, since);
                Ok(output)
            }
            // The script goes on by itself; what it does is on record at the host.
            () = cx.cancel.cancelled() => Err(ProviderError::Cancelled { doing: doing() }),
        }
    }
}
