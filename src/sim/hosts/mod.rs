//! The files of simulated machines: a private root folder for each, and stand-ins for the programs that manage one.
//!
//! Whoever configures a simulated host runs its scripts in a local shell with `INFRA_ROOT` set
//! to the root folder and the stand-ins' folder first in `PATH`. Nothing is run here.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;
use serde_json::json;

use crate::sim::SimError;
use crate::sim::draw;

/// Where a simulated machine's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRoot {
    /// What the machine sees as `/`.
    pub root: PathBuf,
    /// The folder with the stand-ins, to come first in `PATH`.
    pub bin: PathBuf,
}

/// How a simulated machine stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// It runs.
    Up(HostRoot),
    /// It is switched off, or something is done to it meanwhile; its files stay.
    Down,
    /// There is none, or no more.
    Gone,
}

impl Host {
    /// As the page about it tells it.
    pub(super) fn told(&self) -> Value {
        match self {
            Host::Up(host) => {
                json!({ "state": "up", "root": host.root.to_string_lossy(), "bin": host.bin.to_string_lossy() })
            }
            Host::Down => json!({ "state": "down" }),
            Host::Gone => json!({ "state": "gone" }),
        }
    }
}

/// The machine that stands for the one this program runs on, `local`, or for a folder on it, `local:FOLDER`.
pub(super) fn own_machine(address: &str) -> Option<Machine> {
    let rest = address.strip_prefix("local")?;
    let folder = match rest.strip_prefix(':') {
        None if rest.is_empty() => OWN.to_owned(),
        None => return None,
        // Its name may be long, and may lead elsewhere.
        Some(folder) => format!("{OWN}-{}", draw::uuid_of(draw::digest([folder.as_bytes()]))),
    };
    Some(Machine { folder, name: "local".to_owned(), boots: 0 })
}

/// What the folders of our own machine begin with: no name of a droplet does.
const OWN: &str = "_local";

/// A machine that runs, as the vendor knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Machine {
    pub(super) folder: String,
    pub(super) name: String,
    /// How often it has started; a start empties `run`.
    pub(super) boots: u32,
}

const PROGRAMS: [(&str, &str); 25] = [
    (
        "systemctl",
        concat!(
            include_str!("systemctl/units.sh"),
            include_str!("systemctl/verbs.sh"),
            include_str!("systemctl/main.sh")
        ),
    ),
    ("systemd-analyze", include_str!("systemd-analyze.sh")),
    ("journalctl", include_str!("journalctl.sh")),
    ("infra-shell", include_str!("infra-shell.sh")),
    ("sleep", include_str!("sleep.sh")),
    ("getent", concat!(include_str!("accounts/words.sh"), include_str!("accounts/getent.sh"))),
    ("id", concat!(include_str!("accounts/words.sh"), include_str!("accounts/id.sh"))),
    ("useradd", concat!(include_str!("accounts/words.sh"), include_str!("accounts/useradd.sh"))),
    ("usermod", concat!(include_str!("accounts/words.sh"), include_str!("accounts/usermod.sh"))),
    ("userdel", concat!(include_str!("accounts/words.sh"), include_str!("accounts/userdel.sh"))),
    ("groupadd", concat!(include_str!("accounts/words.sh"), include_str!("accounts/groupadd.sh"))),
    ("groupmod", concat!(include_str!("accounts/words.sh"), include_str!("accounts/groupmod.sh"))),
    ("groupdel", concat!(include_str!("accounts/words.sh"), include_str!("accounts/groupdel.sh"))),
    ("chown", concat!(include_str!("accounts/words.sh"), include_str!("accounts/chown.sh"))),
    ("stat", concat!(include_str!("accounts/words.sh"), include_str!("accounts/stat.sh"))),
    ("curl", concat!(include_str!("network/words.sh"), include_str!("network/curl.sh"))),
    ("wget", concat!(include_str!("network/words.sh"), include_str!("network/wget.sh"))),
    ("nc", concat!(include_str!("network/words.sh"), include_str!("network/nc.sh"))),
    ("apt-get", concat!(include_str!("packages/catalogue.sh"), include_str!("packages/apt-get.sh"))),
    ("apt-cache", concat!(include_str!("packages/catalogue.sh"), include_str!("packages/apt-cache.sh"))),
    ("apt-mark", concat!(include_str!("packages/catalogue.sh"), include_str!("packages/apt-mark.sh"))),
    ("dpkg", concat!(include_str!("packages/catalogue.sh"), include_str!("packages/dpkg.sh"))),
    ("dpkg-query", concat!(include_str!("packages/catalogue.sh"), include_str!("packages/dpkg-query.sh"))),
    (
        "redis-server",
        concat!(include_str!("redis/directives.sh"), include_str!("redis/values.sh"), include_str!("redis/server.sh")),
    ),
    (
        "redis-cli",
        concat!(include_str!("redis/directives.sh"), include_str!("redis/values.sh"), include_str!("redis/cli.sh")),
    ),
];

/// What packages bring, beside a unit where they have a service: by the package, the path, its text and mode.
const BROUGHT: [(&str, &str, &str, u32); 3] = [
    ("redis-server", "etc/redis/redis.conf", include_str!("redis/redis.conf"), 0o640),
    ("redis-server", "usr/bin/redis-server", "", 0o755),
    ("redis-server", "usr/lib/systemd/system/redis-server.service", include_str!("redis/redis-server.service"), 0o644),
];

/// The users and groups that Debian begins with.
const ACCOUNTS: [(&str, &str); 3] = [
    ("etc/passwd", include_str!("accounts/passwd")),
    ("etc/group", include_str!("accounts/group")),
    ("etc/shadow", include_str!("accounts/shadow")),
];

const FOLDERS: [&str; 16] = [
    "etc/systemd/system",
    "etc/default",
    "etc/skel",
    "home",
    "opt",
    "root",
    "srv",
    "tmp",
    "usr/bin",
    "usr/lib/systemd/system",
    "usr/local/bin",
    "usr/local/sbin",
    "usr/sbin",
    "var/cache",
    "var/lib",
    "var/log",
];

/// All machines' files below a world's folder.
pub(super) struct Hosts {
    machines: PathBuf,
    bin: PathBuf,
    /// What packages bring, a folder each; the stand-ins find it beside their own.
    packages: PathBuf,
}

impl Hosts {
    /// Writes the stand-ins and removes the folders of machines that are no more.
    pub(super) fn open(dir: PathBuf, live: HashSet<String>) -> Result<Hosts, SimError> {
        // Scripts are run from other working folders, so the roots must not be relative.
        let absolute = fs::canonicalize(&dir).and_then(|dir| {
            let hosts = Hosts { machines: dir.join("hosts"), bin: dir.join("bin"), packages: dir.join("packages") };
            hosts.prepare(&live).map(|()| hosts)
        });
        absolute.map_err(|source| SimError::Io { path: dir, source })
    }

    /// The root folder of a running machine, laid out and freshly started if need be.
    pub(super) fn root(&self, machine: &Machine) -> io::Result<HostRoot> {
        let root = self.machines.join(&machine.folder);
        let boot = root.join("run/infra-boot");
        let started = machine.boots.to_string();
        if fs::read_to_string(&boot).ok().as_deref() != Some(started.as_str()) {
            lay_out(&root, machine)?;
            replace(&boot, &started)?;
        }
        Ok(HostRoot { root, bin: self.bin.clone() })
    }

    /// Removes a machine's files.
    pub(super) fn discard(&self, folder: &str) {
        // Left over files are swept at the next open.
        let _ = fs::remove_dir_all(self.machines.join(folder));
    }

    fn prepare(&self, live: &HashSet<String>) -> io::Result<()> {
        fs::create_dir_all(&self.machines)?;
        fs::create_dir_all(&self.bin)?;
        for (name, text) in PROGRAMS {
            let path = self.bin.join(name);
            if fs::read(&path).ok().as_deref() != Some(text.as_bytes()) {
                replace(&path, text)?;
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
            }
        }
        for (package, path, text, mode) in BROUGHT {
            let path = self.packages.join(package).join(path);
            if fs::read(&path).ok().as_deref() != Some(text.as_bytes()) {
                fs::create_dir_all(path.parent().expect("it is in a folder"))?;
                replace(&path, text)?;
            }
            fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        }
        for entry in fs::read_dir(&self.machines)? {
            let entry = entry?;
            if !entry.file_name().to_str().is_some_and(|name| live.contains(name) || name.starts_with(OWN)) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}

/// Makes the folders, and `run` and `tmp` empty as after a start.
fn lay_out(root: &Path, machine: &Machine) -> io::Result<()> {
    for passing in ["run", "tmp"] {
        match fs::remove_dir_all(root.join(passing)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    for folder in FOLDERS.iter().chain(&["run"]) {
        fs::create_dir_all(root.join(folder))?;
    }
    let hostname = root.join("etc/hostname");
    if !hostname.exists() {
        replace(&hostname, &format!("{}\n", machine.name))?;
    }
    for (path, text) in ACCOUNTS {
        let path = root.join(path);
        if !path.exists() {
            replace(&path, text)?;
        }
    }
    Ok(())
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let temporary = path.with_extension("new");
    fs::write(&temporary, text)?;
    fs::rename(&temporary, path)
}

#[cfg(test)]
mod tests;
