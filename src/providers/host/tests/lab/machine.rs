//! A machine that runs: systemd as its first process, in namespaces and control groups of its own.

use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use super::*;

/// How long a machine may take to boot, also beside all other tests.
const BOOT: Duration = Duration::from_secs(60);

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A machine.
pub(super) struct Machine {
    nspawn: Mutex<Child>,
    /// Its first process, as we see it.
    first: u32,
    groups: Vec<PathBuf>,
}

/// Goes into control groups of its own, and shuts down when we die.
const LAUNCH: &str = r#"
    for group in $GROUPS_OF_LAB; do echo $$ >"$group/cgroup.procs" || exit 1; done
    exec setpriv --pdeathsig TERM systemd-nspawn -q -D "$1" --boot --machine="$2" --register=no --keep-unit \
        --private-network --resolv-conf=off --timezone=off --link-journal=no --console=read-only
"#;

impl Machine {
    /// Boots it and waits until systemd has nothing more to start; an error where this environment does not allow it.
    pub(super) fn boot(root: &Path) -> std::result::Result<Self, String> {
        let name = format!("infra-lab-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let groups = groups(&name);
        let words = groups.iter().map(|group| group.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ");
        let log = root.with_extension("log");
        let said = std::fs::File::create(&log).map_err(|error| error.to_string())?;
        let nspawn = Command::new("/bin/sh")
            .args(["-c", LAUNCH, "sh"])
            .arg(root)
            .arg(&name)
            .env("GROUPS_OF_LAB", words)
            .env("SYSTEMD_NSPAWN_API_VFS_WRITABLE", "network")
            .stdin(Stdio::null())
            .stdout(said.try_clone().unwrap())
            .stderr(said)
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut machine = Self { nspawn: Mutex::new(nspawn), first: 0, groups };
        let up = machine.await_boot();
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        let _ = std::fs::remove_file(&log);
        match up {
            Ok(()) => Ok(machine),
            Err(reason) => {
                machine.end();
                Err(format!("{reason}: {}", said.trim().lines().last().unwrap_or("it does not say why")))
            }
        }
    }

    fn await_boot(&mut self) -> std::result::Result<(), String> {
        let began = Instant::now();
        loop {
            let mut nspawn = self.nspawn.lock().unwrap();
            if nspawn.try_wait().is_ok_and(|status| status.is_some()) {
                return Err("systemd-nspawn cannot start a machine here".to_owned());
            }
            let nspawn = nspawn.id();
            let children = std::fs::read_to_string(format!("/proc/{nspawn}/task/{nspawn}/children"));
            if let Some(first) = children.unwrap_or_default().split_whitespace().next() {
                self.first = first.parse().unwrap();
                let state = self.command("systemctl is-system-running").output().unwrap();
                if ["running", "degraded"].contains(&String::from_utf8_lossy(&state.stdout).trim()) {
                    return Ok(());
                }
            }
            assert!(began.elapsed() < BOOT, "the machine does not come up");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A script inside, as over a login: nothing of our environment gets there.
    pub(super) fn command(&self, script: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["-t", &self.first.to_string(), "-a", "--", "/bin/sh", "-c", script]);
        command.env_clear().env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        command
    }

    /// Ends all that runs in it, at once.
    pub(super) fn end(&self) {
        let mut nspawn = self.nspawn.lock().unwrap();
        // With its first process all others in it end; nspawn alone would leave them running.
        let first = i32::try_from(self.first).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(first) = first.filter(|_| matches!(nspawn.try_wait(), Ok(None))) {
            let _ = rustix::process::kill_process(first, rustix::process::Signal::KILL);
        } else {
            let _ = nspawn.kill();
        }
        let _ = nspawn.wait();
        for group in &self.groups {
            let began = Instant::now();
            while group.exists() && began.elapsed() < Duration::from_secs(10) {
                remove_group(group);
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.end();
    }
}

#[async_trait]
impl Shell for Machine {
    async fn run(&self, script: &str, stdin: Bytes, _: &Cx) -> Result<Output> {
        Ok(run(self.command(script), stdin).await)
    }
}

/// A control group of the machine's own in every tree that systemd wants one in.
fn groups(name: &str) -> Vec<PathBuf> {
    let top = Path::new("/sys/fs/cgroup");
    let trees = match top.join("cgroup.controllers").exists() {
        true => vec![top.to_owned()],
        false => ["systemd", "unified", "memory", "pids", "cpu"].map(|tree| top.join(tree)).to_vec(),
    };
    let groups = trees.into_iter().filter(|tree| tree.is_dir()).map(|tree| tree.join(name));
    groups.filter(|group| std::fs::create_dir_all(group).is_ok()).collect()
}

/// Those within go first; each goes when nothing runs in it any more.
fn remove_group(group: &Path) {
    for entry in std::fs::read_dir(group).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_group(&entry.path());
        }
    }
    let _ = std::fs::remove_dir(group);
}
