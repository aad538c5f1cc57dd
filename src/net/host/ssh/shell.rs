//! Scripts on a host over SSH.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;

use super::Kind;
use super::Obstacle;
use super::Ssh;
use super::Sudo;
use super::command;
use super::error::Broken;
use super::route::Hop;
use crate::net::host::Output;
use crate::net::host::Shell;
use crate::net::host::note_run;
use crate::provider::Cx;
use crate::provider::ProviderError;
use crate::provider::Result;

/// What came of reaching for a host.
pub enum Reached {
    /// It is there.
    Up(SshShell),
    /// It cannot be reached now; it may be one day.
    Not(Obstacle),
}

/// Runs scripts on one host.
pub struct SshShell {
    pub(super) ssh: Arc<Ssh>,
    pub(super) hops: Vec<Hop>,
    pub(super) sudo: Option<Sudo>,
    pub(super) shown: String,
}

#[async_trait]
impl Shell for SshShell {
    async fn run(&self, script: &str, stdin: Bytes, cx: &Cx) -> Result<Output> {
        let host = self.hops.last().map(Hop::told).unwrap_or_default();
        let doing = format!("running a script on {host}");
        let unreachable =
            |cause: String| ProviderError::Unreachable { doing: doing.clone(), to: host.clone(), source: cause.into() };
        let line = command::line(self.sudo.as_ref());
        let input = Bytes::from(command::input(self.sudo.as_ref(), script, &stdin));
        let since = Instant::now();
        let mut is_again = false;
        loop {
            let link = match self.ssh.connected(&self.hops, &doing, cx).await? {
                Ok(link) => link,
                Err(error) => match error.obstacle(&doing, &self.hops)? {
                    Obstacle { cause, kind: Kind::Stranger, .. } => return Err(ProviderError::refused(doing, cause)),
                    obstacle => return Err(unreachable(obstacle.cause)),
                },
            };
            let end = tokio::select! {
                end = link.run(line.clone(), input.clone()) => end,
                // The script goes on by itself; what it does is on record at the host.
                () = cx.cancel.cancelled() => return Err(ProviderError::Cancelled { doing }),
            };
            match end {
                Ok(output) => {
                    note_run(&host, line.len() + input.len(), &output, since);
                    return Ok(output);
                }
                // A connection that had died unseen: nothing was done by it, so another one may try.
                Err(Broken::NotBegun(_)) if !is_again => is_again = true,
                Err(Broken::NotBegun(why)) => return Err(unreachable(why)),
                Err(Broken::Lost(why)) => return Err(ProviderError::AnswerLost { doing, source: why.into() }),
                Err(Broken::Refused(why)) => return Err(ProviderError::refused(doing, why)),
            }
        }
    }

    fn host_key(&self) -> Option<String> {
        Some(self.shown.clone())
    }
}
