//! A PostgreSQL with a streaming replica, both over TLS on loopback, and PgBouncer before it.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::Signal;

use super::PASSWORD;
use super::process::Process;
use super::process::free_port;
use super::until;

/// As an administrator sets a cluster up for one application.
const ROLES: &str = "CREATE ROLE app LOGIN PASSWORD 'app'; CREATE DATABASE app;";

/// A server that can be stopped and started.
pub(super) struct Server {
    programs: PathBuf,
    data: PathBuf,
    network: Network,
    pub(super) port: u16,
    process: Option<Process>,
}

/// One that is written to, and its replica.
pub(super) struct Pair {
    pub(super) replica: Server,
    pub(super) primary: Server,
}

/// Where the server's programs are: Debian puts them on nobody's path.
pub(super) fn programs() -> Result<PathBuf, String> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    found.retain(|programs| programs.join("postgres").is_file());
    found.sort();
    found.pop().ok_or_else(|| "postgresql is not installed".to_owned())
}

/// Whose network programs use: ours, or that of a machine's process.
#[derive(Clone, Copy)]
pub(super) enum Network {
    Own,
    Of(u32),
}

impl Network {
    pub(super) fn command(self, program: impl AsRef<Path>) -> Command {
        match self {
            Self::Own => Command::new(program.as_ref()),
            Self::Of(process) => {
                let mut command = Command::new("nsenter");
                command.args(["-t", &process.to_string(), "-n", "--"]).arg(program.as_ref());
                command
            }
        }
    }

    /// Root must not run the server.
    fn as_postgres(self, program: impl AsRef<Path>) -> Command {
        if !rustix::process::geteuid().is_root() {
            return self.command(program);
        }
        let mut command = self.command("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--reset-env"]).arg(program.as_ref());
        command
    }
}

fn succeed(mut command: Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Gives what is in a folder to whom the server runs as.
fn hand_over(folder: &Path) {
    if rustix::process::geteuid().is_root() {
        let mut command = Command::new("chown");
        command.args(["-R", "postgres:"]).arg(folder);
        succeed(command);
    }
}

impl Pair {
    pub(super) fn start(programs: &Path, folder: &Path, network: Network) -> Self {
        let folder = folder.join("postgres");
        fs::create_dir(&folder).unwrap();
        let at = |name: &str| folder.join(name);
        let server = |name: &str| Server {
            programs: programs.to_owned(),
            data: at(name),
            network,
            port: free_port(),
            process: None,
        };
        let (mut primary, mut replica) = (server("primary"), server("replica"));
        fs::write(at("password"), PASSWORD).unwrap();
        let mut certify = Command::new("openssl");
        certify.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]);
        succeed({
            certify.arg("-keyout").arg(at("key")).arg("-out").arg(at("certificate"));
            certify
        });
        hand_over(&folder);

        let mut init = network.as_postgres(programs.join("initdb"));
        init.args(["--no-sync", "-U", "admin", "-A", "scram-sha-256", "--pwfile"]).arg(at("password"));
        succeed({
            init.arg("-D").arg(&primary.data).current_dir(&folder);
            init
        });
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\nshared_buffers = 16MB\n\
             max_connections = 50\nssl = on\nssl_key_file = '{}'\nssl_cert_file = '{}'\n",
            at("key").display(),
            at("certificate").display()
        );
        let path = primary.data.join("postgresql.conf");
        fs::write(&path, fs::read_to_string(&path).unwrap() + &settings).unwrap();
        primary.start();
        for statement in ROLES.split_inclusive(';') {
            primary.ask(&primary.url("admin", PASSWORD, "postgres"), statement).unwrap();
        }

        let mut copy = network.as_postgres(programs.join("pg_basebackup"));
        copy.args(["-R", "-X", "stream", "-c", "fast", "-C", "-S", "replica", "--no-sync", "-D"]).arg(&replica.data);
        succeed({
            copy.arg("-d").arg(primary.url("admin", PASSWORD, "postgres")).current_dir(&folder);
            copy
        });
        replica.start();
        Self { replica, primary }
    }

    /// A pooler as the vendor's own: by transaction, with few connections behind it. And where its pool is.
    pub(super) fn pooler(&self, folder: &Path) -> (Process, String) {
        let (folder, port) = (folder.join("postgres"), free_port());
        let at = |name: &str| folder.join(name);
        fs::write(at("users"), "\"app\" \"app\"\n").unwrap();
        let settings = format!(
            "[databases]\napp-pool = host=127.0.0.1 port={} dbname=app user=app password=app\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = scram-sha-256\n\
             auth_file = {}\npool_mode = transaction\ndefault_pool_size = 2\nserver_tls_sslmode = require\n\
             client_tls_sslmode = require\nclient_tls_key_file = {}\nclient_tls_cert_file = {}\n",
            self.primary.port,
            at("users").display(),
            at("key").display(),
            at("certificate").display()
        );
        fs::write(at("pooler"), settings).unwrap();
        hand_over(&folder);
        let mut command = self.primary.network.as_postgres("/usr/sbin/pgbouncer");
        command.arg(at("pooler")).current_dir(&folder);
        let process = Process::start(command, &at("pooler.log"));
        until("the pooler answers", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        (process, format!("postgresql://app:app@127.0.0.1:{port}/app-pool?sslmode=require"))
    }
}

impl Server {
    pub(super) fn start(&mut self) {
        let mut command = self.network.as_postgres(self.programs.join("postgres"));
        command.arg("-D").arg(&self.data).args(["-p", &self.port.to_string()]).current_dir("/");
        self.process = Some(Process::start(command, &self.data.with_extension("log")));
        until("Postgres answers", || {
            let mut command = self.network.command(self.programs.join("pg_isready"));
            command.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]).status().unwrap().success()
        });
    }

    /// Ends it, and every connection with it.
    pub(super) fn stop(&mut self) {
        self.process = None;
    }

    /// Has it and all its processes stand still, or go on.
    pub(super) fn freeze(&self, still: bool) {
        let first = self.process.as_ref().unwrap().id();
        let tasks = format!("/proc/{0}/task/{0}/children", first.as_raw_nonzero());
        let signal = if still { Signal::STOP } else { Signal::CONT };
        rustix::process::kill_process(first, signal).unwrap();
        for child in fs::read_to_string(tasks).unwrap().split_whitespace() {
            let child = rustix::process::Pid::from_raw(child.parse().unwrap()).unwrap();
            // One that has just ended needs no signal.
            let _ = rustix::process::kill_process(child, signal);
        }
    }

    pub(super) fn url(&self, user: &str, password: &str, database: &str) -> String {
        let coded: String = password
            .bytes()
            .map(|byte| match byte.is_ascii_alphanumeric() {
                true => char::from(byte).to_string(),
                false => format!("%{byte:02X}"),
            })
            .collect();
        format!("postgresql://{user}:{coded}@127.0.0.1:{}/{database}?sslmode=require", self.port)
    }

    /// What psql answers; or says, where it fails.
    pub(super) fn ask(&self, url: &str, statement: &str) -> Result<String, String> {
        let output = self.network.command("psql").args(["-X", "-A", "-t", "-c", statement, url]).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }
}
