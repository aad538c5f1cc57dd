//! Transports to hosts: how a script gets there and its answer back.
//!
//! A transport is a [`Shell`]. It knows nothing of files or units: it runs one POSIX script, feeds it bytes, and gives
//! what came out. Waiting for a host to come up and the meaning of a script belong to the caller.

mod local;
mod quote;
pub mod ssh;

pub use local::LocalShell;
pub use quote::quote;

use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;

use crate::provider::Cx;
use crate::provider::Result;

/// Runs scripts on one host.
#[async_trait]
pub trait Shell: Send + Sync {
    /// Runs a POSIX `sh` script once, with `stdin` as its input.
    ///
    /// A host that cannot be reached is `Unreachable`: nothing was done. A connection that dies under way is
    /// `AnswerLost`: the script may go on without us. How the script itself ends is no error here.
    async fn run(&self, script: &str, stdin: Bytes, cx: &Cx) -> Result<Output>;

    /// The public key that the host has shown; `None` for a transport that needs none.
    fn host_key(&self) -> Option<String> {
        None
    }
}

/// Notes that a script was run: by this commands and bytes can be counted, `INFRA_LOG=debug` writes it. What is sent is the
/// script with its input.
fn note_run(host: &str, sent: usize, output: &Output, since: Instant) {
    let (received, elapsed) = (output.stdout.len() + output.stderr.len(), since.elapsed().as_millis());
    tracing::debug!(host, sent, received, elapsed, "ran a command on a host");
}

/// Notes that a connection was made.
fn note_connection(host: &str, since: Instant) {
    tracing::debug!(host, elapsed = since.elapsed().as_millis(), "connected to a host");
}

/// How a script ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it answered.
    pub stdout: Bytes,
    /// What it complained of.
    pub stderr: Bytes,
}

impl Output {
    /// Whether it ended well.
    pub fn is_success(&self) -> bool {
        self.code == Some(0)
    }

    /// Its complaints as text, without the white space around them.
    pub fn complaint(&self) -> String {
        String::from_utf8_lossy(&self.stderr).trim().to_owned()
    }
}
