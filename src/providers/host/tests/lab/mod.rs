//! The same scripts on a real machine: Debian with systemd in a container of its own, as root.
//!
//! Everywhere else a stand-in plays the service manager; here it is seen whether it plays it well. Each test boots a machine
//! of its own, without a network, and takes it away again. What needs no machine that runs has a room (see [`room`]).

mod dnf;
mod drift;
mod machine;
mod packages;
mod room;
mod roots;
mod units;

use std::process::Command;
use std::process::Stdio;

use tokio::io::AsyncWriteExt;

use super::*;
use machine::Machine;

/// A machine, and a bed that reaches it: the bed's folder is the machine's `/`, seen from outside.
struct Lab {
    machine: Arc<Machine>,
    bed: Bed,
}

struct LabDial(Arc<dyn Shell>);

#[async_trait]
impl Dial for LabDial {
    async fn dial(&self, _: &Way, _: &Cx) -> Result<Dialled> {
        Ok(Dialled::Up(Arc::clone(&self.0)))
    }
}

#[async_trait]
impl Shell for Machine {
    async fn run(&self, script: &str, stdin: Bytes, _: &Cx) -> Result<Output> {
        Ok(run(self.command(script), stdin).await)
    }
}

impl Lab {
    /// A machine that has booted; `None`, with a word on why, where there can be none.
    fn boot() -> Option<Self> {
        let started = roots::unpacked().and_then(|dir| {
            let machine = Machine::boot(dir.path())?;
            Ok((dir, Arc::new(machine)))
        });
        match started {
            Ok((dir, machine)) => {
                crate::diag::tier("lab", None);
                let bed = Bed {
                    dir,
                    hosts: Hosts::new(LabDial(Arc::<Machine>::clone(&machine))),
                    shared: Arc::new(Shared::default()),
                };
                Some(Self { machine, bed })
            }
            Err(reason) => {
                crate::diag::tier("lab", Some(&reason));
                None
            }
        }
    }

    /// Runs a line on the machine; what it printed. It must end well.
    fn sh(&self, line: &str) -> String {
        said(self.machine.command(line), line)
    }

    /// A property of a unit, as systemd has it.
    fn property(&self, unit: &str, name: &str) -> String {
        self.sh(&format!("systemctl show --value -p {name} {unit}"))
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // Its files go next.
        self.machine.end();
    }
}

/// What a command printed. It must end well.
fn said(mut command: Command, line: &str) -> String {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    assert!(output.status.success(), "{line}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// Runs a command as a transport does.
async fn run(command: Command, stdin: Bytes) -> Output {
    let mut command = tokio::process::Command::from(command);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let feed = async move {
        let _ = input.write_all(&stdin).await;
        let _ = input.shutdown().await;
    };
    let output = tokio::join!(feed, child.wait_with_output()).1.unwrap();
    Output { code: output.status.code(), stdout: output.stdout.into(), stderr: output.stderr.into() }
}
