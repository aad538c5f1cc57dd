//! Against a real sshd on loopback, with configuration, keys and known hosts of its own; nothing of the user's is read.

mod keys;
mod lab;
mod runs;
mod sudo;
mod trust;
mod ways;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lab::Lab;
use lab::Server;

use super::*;
use crate::net::host::Output;
use crate::net::host::Shell;
use crate::provider::Cancel;
use crate::provider::Cx;
use crate::provider::NoRecord;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::provider::WallClock;

fn cx() -> Cx {
    cancelled_by(Cancel::new())
}

fn cancelled_by(cancel: Cancel) -> Cx {
    let (progress, recorder) = (Arc::new(|_: &str| {}), Arc::new(NoRecord));
    Cx::new(Arc::new(WallClock), cancel, String::new(), String::new(), progress, recorder, serde_json::Value::Null)
}

/// Runs a script on a host that must be there.
async fn run(ssh: &Arc<Ssh>, target: &Target, script: &str) -> Result<Output> {
    run_with(ssh, target, script, "").await
}

async fn run_with(ssh: &Arc<Ssh>, target: &Target, script: &str, stdin: &str) -> Result<Output> {
    up(ssh, target).await.run(script, Bytes::copy_from_slice(stdin.as_bytes()), &cx()).await
}

async fn up(ssh: &Arc<Ssh>, target: &Target) -> SshShell {
    match ssh.reach(target, "connecting", &cx()).await {
        Ok(Reached::Up(shell)) => shell,
        Ok(Reached::Not(obstacle)) => panic!("{obstacle:?}"),
        Err(error) => panic!("{error}"),
    }
}

/// What is in the way to a host that may be there another time.
async fn obstacle(ssh: &Arc<Ssh>, target: &Target) -> Obstacle {
    match ssh.reach(target, "connecting", &cx()).await {
        Ok(Reached::Not(obstacle)) => obstacle,
        Ok(Reached::Up(_)) => panic!("it is up"),
        Err(error) => panic!("{error}"),
    }
}

/// Why a host is not connected to, now or later.
async fn refusal(ssh: &Arc<Ssh>, target: &Target) -> String {
    match ssh.reach(target, "connecting", &cx()).await {
        Err(error @ ProviderError::Refused { .. }) => error.to_string(),
        Err(error) => panic!("{error}"),
        Ok(Reached::Not(Obstacle { cause, kind: Kind::Stranger, .. })) => cause,
        Ok(Reached::Not(obstacle)) => panic!("{obstacle:?}"),
        Ok(Reached::Up(_)) => panic!("it is up"),
    }
}

fn text(bytes: &Bytes) -> &str {
    std::str::from_utf8(bytes).unwrap()
}
