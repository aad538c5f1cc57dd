//! One world on the disk: a configuration with its state, a simulated cloud with its hosts, and the programs that work on
//! them. The simulator is a process of its own, so that it outlives whoever is killed.

use std::error::Error;
use std::io::BufRead;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::ExitStatus;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use super::check::tail;
use super::stack;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How many times faster the world's clock runs. A database takes minutes to come up; no test waits for that.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Pace {
    /// Everything is over as soon as it has begun.
    Fast,
    /// A kill finds things that are being made, changed or deleted, and so does the run that comes after it.
    Slow,
}

impl Pace {
    fn rate(self) -> &'static str {
        match self {
            Pace::Fast => "600",
            Pace::Slow => "20",
        }
    }

    /// How long a run may take before it counts as hanging.
    fn patience(self) -> Duration {
        Duration::from_secs(match self {
            Pace::Fast => 60,
            Pace::Slow => 240,
        })
    }
}

/// A world whose cloud is up; ends with it.
pub(super) struct World {
    infra: PathBuf,
    dir: PathBuf,
    simulator: Child,
    pace: Pace,
    /// Where the cloud listens.
    pub(super) address: String,
}

/// What a run came to.
pub(super) struct Ran {
    pub(super) status: ExitStatus,
    /// All that it said.
    pub(super) said: String,
    pub(super) took: Duration,
}

impl World {
    /// A new world with nothing in it.
    pub(super) fn found(infra: &Path, dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(dir.join("stack"))?;
        std::fs::write(dir.join("stack/main.infra.hcl"), stack::CONFIGURATION)?;
        Self::open(infra, dir, Pace::Fast)
    }

    /// A copy of a world that is not open.
    pub(super) fn copy(infra: &Path, from: &Path, to: &Path, pace: Pace) -> Result<Self> {
        if to.exists() {
            std::fs::remove_dir_all(to)?;
        }
        let copied = Command::new("cp").arg("-a").arg(from).arg(to).status()?;
        if !copied.success() {
            return Err(format!("{} cannot be copied", from.display()).into());
        }
        Self::open(infra, to, pace)
    }

    fn open(infra: &Path, dir: &Path, pace: Pace) -> Result<Self> {
        let mut simulator = Command::new(infra)
            .args(["sim", "-listen=127.0.0.1:0", &format!("-time-rate={}", pace.rate()), "-dir"])
            .arg(dir.join("cloud"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(simulator.stdout.take().expect("it is piped")).read_line(&mut line)?;
        let address = line.trim().rsplit_once("http://").map(|(_, address)| address.to_owned());
        let Some(address) = address else {
            simulator.kill()?;
            simulator.wait()?;
            return Err(format!("the simulator does not say where it listens: {line:?}").into());
        };
        Ok(Self { infra: infra.to_owned(), dir: dir.to_owned(), simulator, pace, address })
    }

    /// The folder of the simulated hosts' files.
    pub(super) fn hosts(&self) -> PathBuf {
        self.dir.join("cloud/hosts")
    }

    /// The folder of the configuration.
    pub(super) fn stack(&self) -> PathBuf {
        self.dir.join("stack")
    }

    /// The document of the state, when there is one.
    pub(super) fn state(&self) -> PathBuf {
        self.stack().join(".infra/sim/state/default.json")
    }

    /// Runs `infra` to its end, or kills it after a time. One that does not come to an end is an error.
    pub(super) fn run(&self, verb: &[&str], options: &[String], kill_after: Option<Duration>) -> Result<Ran> {
        // A file, as a pipe that nobody reads while we wait would fill up.
        let path = self.dir.join("said");
        let said = std::fs::File::create(&path)?;
        let begun = Instant::now();
        let mut child = Command::new(&self.infra)
            .args(verb)
            .arg(format!("-sim={}", self.address))
            .args(options)
            .current_dir(self.stack())
            .env("HOME", &self.dir)
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(said)
            .spawn()?;
        let limit = kill_after.unwrap_or(self.pace.patience());
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            let Some(rest) = limit.checked_sub(begun.elapsed()) else {
                // SIGKILL: nothing can be done about it.
                child.kill()?;
                let status = child.wait()?;
                if kill_after.is_none() {
                    let said = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
                    return Err(format!("infra {verb:?} hangs: {}", tail(&said)).into());
                }
                break status;
            };
            std::thread::sleep(rest.min(Duration::from_millis(2)));
        };
        let said = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
        Ok(Ran { status, said, took: begun.elapsed() })
    }
}

impl World {
    /// Kills what runs on the world's hosts: each script with all that it has started.
    pub(super) fn kill_scripts(&self) -> Result<()> {
        let root = format!("INFRA_ROOT={}/", self.hosts().canonicalize()?.display());
        for entry in std::fs::read_dir("/proc")?.flatten() {
            // A process may end while it is looked at.
            let Ok(environment) = std::fs::read(entry.path().join("environ")) else { continue };
            let is_ours = environment.split(|byte| *byte == 0).any(|variable| variable.starts_with(root.as_bytes()));
            let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
            // The name of a process, in parentheses, may hold anything: state, parent and group follow it.
            let group = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(2));
            if let (true, Some(group)) = (is_ours, group) {
                Command::new("kill").args(["-KILL", "--", &format!("-{group}")]).stderr(Stdio::null()).status()?;
            }
        }
        Ok(())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // It keeps its world on the disk before it answers, so a kill loses nothing.
        let _ = self.simulator.kill();
        let _ = self.simulator.wait();
    }
}
