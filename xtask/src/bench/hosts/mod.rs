//! Times the program on hosts: simulated ones, and one behind a real sshd where there is one. What is counted (commands,
//! connections, bytes) the program itself notes; bytes are those of scripts, their input and their answers.

mod fleet;
mod notes;
mod server;

pub use fleet::Fleet;

use std::fs::File;
use std::io;
use std::path::Path;

use super::Folder;
use super::LIMIT;
use super::Program;
use super::command;
use super::meter::Measure;
use super::meter::measure;
use crate::needs;
use notes::Traffic;
use notes::traffic;
use server::Server;

/// Hosts, and resources on each, where nothing else is asked for.
pub(super) const FLEETS: [Fleet; 4] = [
    Fleet { hosts: 1, resources: 20 },
    Fleet { hosts: 1, resources: 200 },
    Fleet { hosts: 5, resources: 20 },
    Fleet { hosts: 20, resources: 20 },
];

/// What is timed, in this order: each step finds what the one before has left.
const STEPS: [(&str, &[&str]); 5] = [
    ("plan", &["plan"]),
    ("apply", &["apply", "-auto-approve"]),
    ("no-op plan", &["plan"]),
    ("one changes", &["apply", "-auto-approve", "-var=changed=otherwise"]),
    ("destroy", &["destroy", "-auto-approve"]),
];

/// What else configures hosts.
const OTHERS: [&str; 2] = ["ansible-playbook", "pyinfra"];

/// Measures all fleets; whether every step ended well.
pub(super) fn run(infra: &Program, fleets: &[Fleet]) -> io::Result<bool> {
    print!("{}", head());
    let mut is_well = true;
    for fleet in fleets {
        let dir = Folder::new(&format!("hosts-{}x{}", fleet.hosts, fleet.resources))?;
        std::fs::write(dir.0.join("main.tf"), fleet.simulated())?;
        let name = format!("{}x{} simulated", fleet.hosts, fleet.resources);
        is_well &= steps(infra, &name, &["-sim"], &dir.0)?;
    }
    let dir = Folder::new("hosts-ssh")?;
    match Server::start(&dir.0)? {
        None => println!("hosts over SSH are left out: sshd is not installed"),
        Some(server) => {
            let mut sizes: Vec<usize> = fleets.iter().map(|fleet| fleet.resources).collect();
            sizes.sort_unstable();
            sizes.dedup();
            for resources in sizes {
                let fleet = Fleet { hosts: 1, resources };
                let dir = Folder::new(&format!("hosts-ssh-{resources}"))?;
                std::fs::write(dir.0.join("main.tf"), fleet.over_ssh(&server.connection()?, &server.key_file()))?;
                is_well &= steps(infra, &format!("1x{resources} over SSH"), &[], &dir.0)?;
            }
        }
    }
    for other in OTHERS {
        println!(
            "{other} is left out: {}",
            if needs::is_installed(other) { "it is not measured here" } else { "not installed" }
        );
    }
    Ok(is_well)
}

fn steps(infra: &Program, fleet: &str, more: &[&str], dir: &Path) -> io::Result<bool> {
    for (step, arguments) in STEPS {
        let log = dir.join("log");
        let mut call = command(infra, &[arguments, more].concat(), dir);
        call.env("INFRA_LOG", "debug").stderr(File::create(&log)?);
        let run = measure(call, LIMIT)?;
        let said = std::fs::read_to_string(&log)?;
        if !run.is_well {
            println!("{fleet}: {step} did not end well:\n{said}");
            return Ok(false);
        }
        print!("{}", line(fleet, step, run, traffic(&said)));
    }
    Ok(true)
}

/// The lines above the figures.
fn head() -> String {
    let each = "on each host: commands  connections  kB out   kB in";
    format!("{:<32}{:>8}{:>8}{:>8}    {each}\n", "", "CPU s", "wall s", "MB")
}

/// One step's figures. A simulated host has no connection.
fn line(fleet: &str, step: &str, run: Measure, traffic: Traffic) -> String {
    let connections = if traffic.connections == 0 { "-".to_owned() } else { traffic.connections.to_string() };
    let kilobytes = |bytes: usize| bytes as f64 / 1e3;
    format!(
        "{fleet:<18}{step:<14}{:>8.2}{:>8.2}{:>8.1}    {:>22}{connections:>13}{:>8.1}{:>8.1}\n",
        run.cpu,
        run.wall,
        run.memory,
        traffic.commands,
        kilobytes(traffic.sent),
        kilobytes(traffic.received),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_below_what_they_are() {
        let run = Measure { wall: 1.0, cpu: 0.5, memory: 20.0, is_well: true };
        let traffic = Traffic { commands: 3, connections: 1, sent: 31_000, received: 2_900 };
        let line = line("20x20 simulated", "apply", run, traffic);
        let ends = |text: &str, word: &str| text.find(word).map(|at| at + word.len());
        for (figure, name) in
            [("0.50", "CPU s"), ("1.00", "wall s"), ("20.0", "MB"), ("31.0", "kB out"), ("2.9", "kB in")]
        {
            assert_eq!(ends(&line, figure), ends(&head(), name), "{line}{}", head());
        }
    }
}
