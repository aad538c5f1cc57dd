//! The application, as `infra` writes it onto a host and as its unit starts it.

use std::fs;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value as Json;
use tempfile::TempDir;

use super::process::Process;
use super::process::free_port;
use super::until;

/// How long it may take to answer, beside all other tests.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Application {
    folder: TempDir,
    /// The simulated host's files.
    root: PathBuf,
    /// What migrates, as a shell runs it.
    migration: String,
    python: PathBuf,
    port: u16,
    process: Option<Process>,
}

impl Application {
    /// Has the module write it, for a host with one processor.
    pub(super) fn render(python: &Path, environment: &[(&str, String)]) -> Self {
        let (folder, port) = (TempDir::new().unwrap(), free_port());
        let stack = folder.path().join("a/stack");
        fs::create_dir_all(&stack).unwrap();
        let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["modules", "examples"] {
            std::os::unix::fs::symlink(repository.join(name), folder.path().join(name)).unwrap();
        }
        let environment: String =
            environment.iter().map(|(name, value)| format!("    {name} = {}\n", Json::from(&**value))).collect();
        let text = format!(
            r#"
resource "host_machine" "a" {{
  connection {{ local = true }}
}}

module "service" {{
  source       = "../../modules/python-service"
  name         = "visits"
  machines     = {{ a = host_machine.a }}
  vcpus        = {{ a = 1 }}
  port         = {port}
  requirements = file("../../examples/ha-python/app/requirements.txt")
  migration    = file("../../examples/ha-python/app/migrate.sql")
  files        = {{ "main.py" = file("../../examples/ha-python/app/main.py") }}
  environment = {{
{environment}  }}
}}
"#
        );
        fs::write(stack.join("main.infra.hcl"), text).unwrap();
        let infra = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_infra"));
            command.args(arguments).current_dir(&stack).env("HOME", folder.path());
            let output = command.env_remove("DBUS_SESSION_BUS_ADDRESS").output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat()));
            output.stdout
        };
        infra(&["apply", "-sim", "-auto-approve"]);
        let state: Json = serde_json::from_slice(&infra(&["show", "-sim", "-json"])).unwrap();
        let resources = &state["values"]["root_module"]["child_modules"][0]["resources"];
        let migration = resources.as_array().unwrap().iter().find(|resource| resource["name"] == "migrate").unwrap();
        let migration = migration["values"]["run"].as_str().unwrap().to_owned();
        let mut hosts = fs::read_dir(stack.join(".infra/sim/world/hosts")).unwrap();
        let root = hosts.next().unwrap().unwrap().path();
        Self { root, folder, migration, python: python.to_owned(), port, process: None }
    }

    /// Runs what the host would have run.
    pub(super) fn migrate(&self, admin: &str) {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &self.migration]).env("ADMIN_URL", admin).env("APP", "app");
        let output = command.env("FILE", self.root.join("srv/visits/migrate.sql")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts it by its unit's line and environment, and waits as systemd does: until it says that it is ready.
    pub(super) fn start(&mut self) {
        let read = |path: &str| fs::read_to_string(self.root.join(path)).unwrap();
        let unit = read("etc/systemd/system/visits.service");
        let setting = |name: &str| unit.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap();
        assert_eq!(setting("Type"), "notify");
        let variables = read(setting("EnvironmentFile").trim_start_matches('/'));
        let variables: Vec<(&str, &str)> = variables
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name, value.trim_matches('"')))
            .collect();
        let words = setting("ExecStart").split(' ').map(|word| match word.strip_prefix("${") {
            Some(name) => variables.iter().find(|(known, _)| *known == name.trim_end_matches('}')).unwrap().1,
            None => word,
        });
        let words: Vec<&str> = words.collect();
        let (program, arguments) = words.split_first().unwrap();
        assert!(program.starts_with("/srv/visits/venv-") && program.ends_with("/bin/gunicorn"), "{program}");

        let socket = self.folder.path().join("notify");
        let listener = UnixDatagram::bind(&socket).unwrap();
        listener.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut command = Command::new(self.python.join("bin/gunicorn"));
        command.args(arguments).env_clear().env("PATH", "/usr/bin:/bin").env("NOTIFY_SOCKET", &socket);
        command.envs(variables.iter().copied());
        command.current_dir(self.root.join(setting("WorkingDirectory").trim_start_matches('/')));
        self.process = Some(Process::start(command, &self.folder.path().join("log")));
        let mut word = [0; 256];
        let length = listener.recv(&mut word).unwrap_or_else(|error| panic!("{error}: {}", self.said()));
        assert!(word[..length].starts_with(b"READY=1"), "{}", self.said());
        until("it answers well", || self.ask("/healthz").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 ")));
    }

    /// What it has said so far.
    pub(super) fn said(&self) -> String {
        self.process.as_ref().map(Process::said).unwrap_or_default()
    }

    pub(super) fn get(&self, path: &str) -> (u16, Json) {
        let answer = self.ask(path).unwrap_or_else(|error| panic!("{path}: {error}\n{}", self.said()));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}\n{}", self.said())))
    }

    fn ask(&self, path: &str) -> std::io::Result<String> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port))?;
        connection.set_read_timeout(Some(PATIENCE))?;
        write!(connection, "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok(answer)
    }
}
