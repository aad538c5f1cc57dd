//! Each configuration in `examples/` goes its whole round on a simulated world: validated, applied, nothing left to plan,
//! destroyed.

use std::path::Path;
use std::process::Command;
use std::process::Output;

use tempfile::TempDir;

/// An example in a folder of its own.
struct Stack {
    folder: TempDir,
}

impl Stack {
    fn new(name: &str) -> Self {
        let folder = TempDir::new().unwrap();
        for entry in std::fs::read_dir(examples().join(name)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
            }
        }
        Self { folder }
    }

    fn infra(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infra"));
        command.args(arguments).current_dir(self.folder.path()).env("HOME", self.folder.path());
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").output().unwrap()
    }

    /// Runs a verb that must end with a code; gives what it said.
    fn ends(&self, arguments: &[&str], code: i32) -> String {
        let output = self.infra(arguments);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{said}");
        said
    }

    fn settles(&self, variables: &[&str]) {
        let with = |verb: &[&'static str]| -> Vec<String> {
            verb.iter().map(|word| (*word).to_owned()).chain(variables.iter().map(|v| (*v).to_owned())).collect()
        };
        let run = |words: Vec<String>| self.ends(&words.iter().map(String::as_str).collect::<Vec<_>>(), 0);
        run(with(&["apply", "-sim", "-auto-approve"]));
        run(with(&["plan", "-sim", "-detailed-exitcode"]));
    }
}

fn examples() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

#[test]
fn every_example_makes_its_round() {
    let mut seen = 0;
    // `ci` holds no configuration.
    let entries = std::fs::read_dir(examples()).unwrap().map(|entry| entry.unwrap().file_name());
    for entry in entries.filter(|name| name != "ci") {
        let name = entry.to_string_lossy().into_owned();
        let stack = Stack::new(&name);
        stack.ends(&["validate"], 0);
        stack.settles(&[]);
        stack.ends(&["drift", "-sim", "-detailed-exitcode"], 0);
        stack.ends(&["destroy", "-sim", "-auto-approve"], 0);
        assert_eq!(stack.ends(&["state", "list", "-sim"], 0), "", "{name}");
        seen += 1;
    }
    assert!(seen >= 2);
}

#[test]
fn the_cloud_example_changes_hands() {
    let stack = Stack::new("ha-cloud");
    stack.settles(&[]);
    stack.settles(&["-var=droplets=3"]);
    // Data is not lost by the way.
    let said = stack.ends(&["apply", "-sim", "-auto-approve", "-var=database=neon"], 3);
    assert!(said.contains("-allow-destroy='digitalocean_database_cluster.main[0]'"), "{said}");
    let gone =
        ["digitalocean_database_cluster.main", "digitalocean_database_db.app", "digitalocean_database_replica.read"];
    let allowed: Vec<String> = gone.iter().map(|addr| format!("-allow-destroy={addr}")).collect();
    let mut words = vec!["apply", "-sim", "-auto-approve", "-var=database=neon"];
    words.extend(allowed.iter().map(String::as_str));
    stack.ends(&words, 0);
    stack.ends(&["plan", "-sim", "-detailed-exitcode", "-var=database=neon"], 0);
    // Somebody else takes a droplet away and renames another thing.
    let listed = stack.ends(&["sim", "request", "GET", "/v2/droplets"], 0);
    let droplets: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let id = droplets["droplets"][0]["id"].to_string();
    stack.ends(&["sim", "request", "DELETE", &format!("/v2/droplets/{id}")], 0);
    stack.ends(&["drift", "-sim", "-detailed-exitcode", "-var=database=neon"], 2);
    stack.settles(&["-var=database=neon"]);
    stack.ends(&["destroy", "-sim", "-auto-approve", "-var=database=neon"], 0);
}
