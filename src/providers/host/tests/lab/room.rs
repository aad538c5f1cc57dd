//! A room: the machine's own files below a layer that is thrown away, with packages by the real dnf and without apt.

use std::io::BufRead;
use std::io::BufReader;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use super::*;

/// What it takes; all of it can be had on Debian too.
const PROGRAMS: [&str; 7] = [
    "unshare",
    "nsenter",
    "dnf",
    "/usr/lib/python3/dist-packages/dnf-plugins/versionlock.py",
    "rpm",
    "rpmbuild",
    "createrepo_c",
];

/// Makes the layer, takes apt out of sight, and stays for as long as somebody is to come in. It says so once it is inside:
/// before that its root is the machine's.
const OPEN: &str = r#"
    mount --make-rprivate / && mount -t tmpfs tmpfs "$1" && mkdir "$1/upper" "$1/work" "$1/root" &&
        mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$1/root" && cd "$1/root" &&
        mount -t proc proc proc && mount --rbind /dev dev && mount -t tmpfs tmpfs tmp && mount -t tmpfs tmpfs run &&
        rm -f usr/bin/apt-get && touch .room && exec chroot . /bin/sh -c 'echo up && exec sleep infinity'
"#;

/// A room, and a bed that reaches it.
pub(super) struct Room {
    inside: Arc<Inside>,
    pub(super) bed: Bed,
}

/// The processes within: they end with the first.
struct Inside {
    keeper: Mutex<Child>,
    first: u32,
}

impl Room {
    /// A room with the repository of `rpms.sh`; `None`, with a word on why, where there can be none.
    pub(super) fn open() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let inside = roots::lacks(&PROGRAMS).map_or_else(|| Inside::open(dir.path()), Err);
        match inside {
            Ok(inside) => {
                crate::diag::tier("dnf", None);
                let inside = Arc::new(inside);
                let hosts = Hosts::new(LabDial(Arc::<Inside>::clone(&inside)));
                let room = Self { inside, bed: Bed { dir, hosts, shared: Arc::new(Shared::default()) } };
                room.publish("furnish");
                Some(room)
            }
            Err(reason) => {
                crate::diag::tier("dnf", Some(&reason));
                None
            }
        }
    }

    /// Has more on the repository's lists.
    pub(super) fn publish(&self, packages: &str) {
        self.sh(&format!("{}\n{packages}\npublish", include_str!("rpms.sh")));
    }

    /// Runs a line inside; what it printed. It must end well.
    pub(super) fn sh(&self, line: &str) -> String {
        said(self.inside.command(line), line)
    }
}

impl Inside {
    fn open(place: &std::path::Path) -> std::result::Result<Self, String> {
        let mut keeper = Command::new("unshare")
            .args(["--mount", "--pid", "--fork", "--kill-child", "/bin/sh", "-c", OPEN, "sh"])
            .arg(place)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut line = String::new();
        let _ = BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut line);
        if line != "up\n" {
            let output = keeper.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("no room of its own: {}", said.trim().lines().last().unwrap_or("it does not say why")));
        }
        let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", keeper.id())).unwrap();
        let first = children.split_whitespace().next().unwrap().parse().unwrap();
        Ok(Self { keeper: Mutex::new(keeper), first })
    }

    fn command(&self, script: &str) -> Command {
        let mut command = Command::new("nsenter");
        // What is done here must never be done to the machine itself.
        let script = format!("[ -e /.room ] || exit 70\n{script}");
        command.args(["-t", &self.first.to_string(), "-m", "-p", "-r", "-w", "--", "/bin/sh", "-c", &script]);
        command.env_clear().env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        command
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let mut keeper = self.keeper.lock().unwrap();
        let _ = keeper.kill();
        let _ = keeper.wait();
    }
}

#[async_trait]
impl Shell for Inside {
    async fn run(&self, script: &str, stdin: Bytes, _: &Cx) -> Result<Output> {
        Ok(run(self.command(script), stdin).await)
    }
}
