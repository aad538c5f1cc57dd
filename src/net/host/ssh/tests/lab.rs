//! Servers, agents, keys.

use std::fs;
use std::net::TcpListener;
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::Instant;

use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;
use tempfile::TempDir;

use super::*;
use crate::provider::Credentials;

const SSHD: &str = "/usr/sbin/sshd";

/// A folder with a home, keys and servers.
pub(super) struct Lab {
    pub(super) dir: TempDir,
}

/// An sshd. Ends with its handle.
pub(super) struct Server {
    child: Child,
    pub(super) port: u16,
    log: PathBuf,
}

/// What a user has and would say.
#[derive(Default)]
pub(super) struct User {
    pub(super) home: String,
    pub(super) agent: Option<String>,
    pub(super) variable: Option<String>,
    pub(super) says: Option<String>,
    pub(super) asked: Mutex<Vec<String>>,
}

impl Credentials for User {
    fn env(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        let value = match names {
            ["HOME"] => Some(self.home.clone()),
            ["SSH_AUTH_SOCK"] => self.agent.clone(),
            ["INFRA_SSH_PASSPHRASE"] => self.variable.clone(),
            _ => None,
        };
        Some((names[0], value?))
    }

    fn keyring(&self, _: &str) -> Option<String> {
        None
    }

    fn passphrase(&self, key: &str) -> Option<String> {
        self.asked.lock().unwrap().push(key.to_owned());
        self.says.clone()
    }
}

/// Whether servers can be run here; says so if not.
pub(super) fn is_there() -> bool {
    let missing = [SSHD, "/usr/bin/ssh-keygen"].into_iter().find(|program| !Path::new(program).exists());
    let reason = missing.map(|program| format!("{program} is not installed"));
    crate::diag::tier("sshd", reason.as_deref());
    missing.is_none()
}

/// Whether users can be made up, in a view of the file system that nobody else sees.
pub(super) fn can_make_users() -> bool {
    let is_root = rustix::process::getuid().is_root();
    let can = is_root && Command::new("unshare").args(["-m", "true"]).status().is_ok_and(|status| status.success());
    let has_sudo = Path::new("/usr/bin/sudo").exists();
    let reason = match (can, has_sudo) {
        (true, true) => None,
        (false, _) => Some("only root can make up users"),
        (true, false) => Some("sudo is not installed"),
    };
    crate::diag::tier("sshd with other users", reason);
    reason.is_none()
}

pub(super) fn me() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Lab {
    /// One whose server is known to it by an ed25519 key, and lets in who has the key `client`.
    pub(super) fn new() -> Option<Self> {
        if !is_there() {
            return None;
        }
        let lab = Self { dir: tempfile::tempdir().unwrap() };
        fs::create_dir_all(lab.path("home/.ssh")).unwrap();
        lab.keygen("host", &["-t", "ed25519"]);
        lab.keygen("client", &["-t", "ed25519"]);
        lab.allow("client");
        Some(lab)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Makes a key pair.
    pub(super) fn keygen(&self, name: &str, arguments: &[&str]) {
        let mut command = Command::new("ssh-keygen");
        command.args(["-q", "-C", name, "-f"]).arg(self.path(name)).args(arguments);
        if !arguments.contains(&"-N") {
            command.args(["-N", ""]);
        }
        assert!(command.status().unwrap().success());
    }

    /// A private key as a configuration gives it.
    pub(super) fn private(&self, name: &str) -> Option<Hidden> {
        Some(Hidden::new(self.read(name)))
    }

    /// The public key without its comment.
    pub(super) fn public(&self, name: &str) -> String {
        let line = self.read(&format!("{name}.pub"));
        line.split(' ').take(2).collect::<Vec<_>>().join(" ").trim().to_owned()
    }

    pub(super) fn fingerprint(&self, name: &str) -> String {
        let output = Command::new("ssh-keygen").arg("-lf").arg(self.path(&format!("{name}.pub"))).output().unwrap();
        String::from_utf8(output.stdout).unwrap().split(' ').nth(1).unwrap().to_owned()
    }

    /// Lets in who has these keys, and nobody else.
    pub(super) fn allow(&self, name: &str) {
        self.write("authorized_keys", &format!("{}\n", self.public(name)));
    }

    /// A server of the user that runs this.
    pub(super) fn server(&self, options: &str) -> Server {
        self.server_at(free_port(), &["host"], options, "")
    }

    /// The same on a port, with these host keys, after some preparation in a view of its own of the file system.
    pub(super) fn server_at(&self, port: u16, host_keys: &[&str], options: &str, prepare: &str) -> Server {
        let keys: String = host_keys.iter().map(|name| format!("HostKey {}\n", self.path(name).display())).collect();
        // The first value counts.
        let config = format!(
            "{options}\nPort {port}\nListenAddress 127.0.0.1\n{keys}PidFile none\nUsePAM no\nStrictModes no\n\
             PermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nMaxStartups 100\n\
             LogLevel VERBOSE\nAuthorizedKeysFile {}\n",
            self.path("authorized_keys").display()
        );
        let (name, log) = (format!("sshd-{port}"), self.path(&format!("sshd-{port}.log")));
        self.write(&name, &config);
        if rustix::process::getuid().is_root() {
            fs::create_dir_all("/run/sshd").unwrap();
        }
        let mut command = match prepare {
            "" => Command::new(SSHD),
            prepare => {
                let mut command = Command::new("unshare");
                command.args(["-m", "sh", "-euc", &format!("{prepare}\nexec {SSHD} \"$@\""), "sh"]);
                command
            }
        };
        let said = fs::File::create(&log).unwrap();
        command.args(["-D", "-e", "-f"]).arg(self.path(&name)).stdin(Stdio::null()).stderr(said);
        let server = Server { child: command.spawn().unwrap(), port, log };
        await_that(|| server.log().contains("Server listening on 127.0.0.1"), || server.log());
        server
    }

    /// A server with a user `tester` that is made up, who has a password and what a line for sudo says.
    pub(super) fn server_with_user(&self, options: &str, password: &str, sudoers: &str) -> Server {
        let hash = Command::new("openssl").args(["passwd", "-6", password]).output().unwrap();
        let hash = String::from_utf8(hash.stdout).unwrap();
        let with = |file: &str, line: String| fs::read_to_string(file).unwrap() + &line + "\n";
        fs::create_dir_all(self.path("sudoers.d")).unwrap();
        self.write("passwd", &with("/etc/passwd", "tester:x:4242:4242::/:/bin/sh".to_owned()));
        self.write("shadow", &with("/etc/shadow", format!("tester:{}:20000:0:99999:7:::", hash.trim())));
        self.write("sudoers.d/tester", &format!("Defaults lecture=never\n{sudoers}\n"));
        // The folder of a test is its owner's, and sshd reads the keys as the user who logs in.
        use std::os::unix::fs::PermissionsExt;
        for (name, mode) in [(".", 0o755), ("authorized_keys", 0o644), ("sudoers.d/tester", 0o440)] {
            fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
        }
        let mounts = ["passwd", "shadow", "sudoers.d"].map(|name| {
            let place = self.path(name);
            format!("mount --bind '{}' /etc/{name}", place.display())
        });
        self.server_at(free_port(), &["host"], options, &mounts.join("\n"))
    }

    /// How to reach a server as whoever runs this, with the key `client`.
    pub(super) fn target(&self, server: &Server) -> Target {
        let trust = Trust { host_key: Some(self.public("host")), accepts_new: false };
        let login = Login { private_key: self.private("client"), ..Login::default() };
        let (host, port, user) = ("127.0.0.1".to_owned(), Some(server.port), Some(me()));
        Target { host, port, user, login, trust, bastion: None, sudo: None }
    }

    pub(super) fn user(&self) -> User {
        User { home: self.path("home").to_str().unwrap().to_owned(), ..User::default() }
    }

    /// Connections of a user that has and says nothing.
    pub(super) fn ssh(&self) -> Arc<Ssh> {
        self.ssh_of(self.user())
    }

    pub(super) fn ssh_of(&self, user: User) -> Arc<Ssh> {
        Ssh::new(Surroundings::new(Arc::new(user)), Pace::default())
    }

    /// An agent with some keys; ends with its handle.
    pub(super) fn agent(&self, keys: &[&str]) -> Agent {
        let socket = self.path("agent.sock");
        let child = Command::new("ssh-agent").arg("-D").arg("-a").arg(&socket).stdout(Stdio::null()).spawn().unwrap();
        let agent = Agent { child, socket: socket.to_str().unwrap().to_owned() };
        await_that(|| UnixStream::connect(&socket).is_ok(), String::new);
        for key in keys {
            let mut command = Command::new("ssh-add");
            command.arg("-q").arg(self.path(key)).env("SSH_AUTH_SOCK", &socket);
            assert!(command.status().unwrap().success());
        }
        agent
    }
}

/// A running agent.
pub(super) struct Agent {
    child: Child,
    pub(super) socket: String,
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    pub(super) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// How many connections it has taken.
    pub(super) fn connections(&self) -> usize {
        self.log().matches("Connection from ").count()
    }

    /// Signals whatever serves a connection.
    pub(super) fn signal_connections(&self, signal: Signal) {
        let mut pending = vec![self.child.id()];
        while let Some(parent) = pending.pop() {
            let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
            for child in children.split_whitespace() {
                let child: u32 = child.parse().unwrap();
                // What the user runs goes on, as it does when a connection breaks.
                let name = fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
                if name.trim() == "sshd" {
                    pending.push(child);
                    let pid = Pid::from_raw(i32::try_from(child).unwrap()).unwrap();
                    kill_process(pid, signal).unwrap();
                }
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.signal_connections(Signal::CONT);
        self.signal_connections(Signal::KILL);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits for something outside of this process.
pub(super) fn await_that(is_so: impl Fn() -> bool, otherwise: impl Fn() -> String) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_secs(20), "it does not come about: {}", otherwise());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A port on which something listens that never answers.
pub(super) fn deaf() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    (listener, port)
}
