//! A real Redis on a private port, which its unit really starts and stops.

mod failures;
mod values;

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::*;
use crate::value::Type;

const REDIS: &str = "host_redis";
const SERVICE: &str = "redis-server.service";
const CONF: &str = "/etc/redis/redis.conf";
const OWN: &str = "/etc/redis/redis.infra.conf";

/// A host with a server that runs.
struct Live {
    bed: Bed,
    port: u16,
}

impl Drop for Live {
    fn drop(&mut self) {
        let program = self.bed.path("opt/really").join(SERVICE);
        let _ = Command::new(program).arg("stop").env("INFRA_ROOT", self.bed.dir.path()).status();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Why there can be no real server here.
fn missing() -> Option<&'static str> {
    let runs = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        output.is_ok_and(|output| output.status.success())
    };
    if !runs("redis-server", &["--version"]) || !runs("/usr/bin/redis-cli", &["--version"]) {
        return Some("redis-server is not installed");
    }
    if !std::path::Path::new("/etc/redis").is_dir() || !runs("unshare", &["-m", "true"]) {
        return Some("no process can be given an /etc/redis of its own here");
    }
    None
}

impl Live {
    /// A server with these lines in its file.
    fn new(lines: &str) -> Option<Self> {
        let missing = missing();
        crate::diag::tier("a real redis-server", missing);
        if missing.is_some() {
            return None;
        }
        let live = Self { bed: Bed::new(), port: free_port() };
        let bed = &live.bed;
        bed.write("var/lib/redis/.keep", "");
        let folder = bed.path("var/lib/redis");
        bed.write(CONF, format!("# The server's own.\nport {}\ndir {}\n{lines}\n", live.port, folder.display()));
        bed.write(&format!("etc/systemd/system/{SERVICE}"), "[Service]\nExecStart=/usr/bin/redis-server\n");
        let program = format!("opt/really/{SERVICE}");
        bed.write(&program, include_str!("../really/redis"));
        std::fs::set_permissions(bed.path(&program), std::fs::Permissions::from_mode(0o755)).unwrap();
        live.systemctl("start");
        bed.calls();
        Some(live)
    }

    fn systemctl(&self, verb: &str) {
        let mut command = Command::new(format!("{BIN}/systemctl"));
        let status = command.args([verb, SERVICE]).env("INFRA_ROOT", self.bed.dir.path()).status();
        assert!(status.unwrap().success(), "{verb}");
    }

    /// Asks the server behind our back.
    fn ask(&self, words: &[&str]) -> String {
        let mut command = Command::new("/usr/bin/redis-cli");
        let output = command.args(["-p", &self.port.to_string()]).args(words).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    fn get(&self, name: &str) -> String {
        self.ask(&["CONFIG", "GET", name]).split_once('\n').map(|(_, value)| value.to_owned()).unwrap_or_default()
    }

    /// Which process answers.
    fn run_id(&self) -> String {
        let info = self.ask(&["INFO", "server"]);
        info.lines().find(|line| line.starts_with("run_id:")).unwrap_or_else(|| panic!("{info}")).to_owned()
    }

    fn config(&self, directives: &[(&str, &str)]) -> Vec<(&'static str, Value)> {
        let pairs = directives.iter().map(|(name, value)| (Str::from(*name), Value::from(*value)));
        let directives = Value::map(Type::STRING, pairs.collect::<Vec<_>>());
        vec![("directives", directives), ("port", Value::from(i64::from(self.port))), ("deadline", Value::from("60s"))]
    }

    /// What a plan finds before anything is managed.
    async fn adopted(&self, directives: &[(&str, &str)]) -> Object {
        self.bed.seen(REDIS, &plan(REDIS, None, &self.config(directives))).await.unwrap()
    }

    /// Has the server have these.
    async fn put(&self, op: &str, prior: &Object, directives: &[(&str, &str)]) -> Object {
        let made = self.bed.put(op, update(REDIS, "r", prior, &self.config(directives))).await;
        assert_eq!(self.bed.seen(REDIS, &made).await, Some(made.clone()), "{op}");
        made
    }

    /// The restarts since the last time.
    fn restarts(&self) -> usize {
        self.bed.calls().iter().filter(|call| **call == format!("restart {SERVICE}")).count()
    }
}

fn directive<'o>(object: &'o Object, name: &str) -> Option<&'o str> {
    let entries = object.get("directives").unwrap().as_entries().unwrap();
    entries.into_iter().find(|(known, _)| &***known == name).and_then(|(_, value)| value.as_str())
}

fn drift(object: &Object) -> Vec<String> {
    object.strings("drift").unwrap().iter().map(|drift| drift.to_string()).collect()
}
