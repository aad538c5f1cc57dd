//! Each configuration in `examples/` goes its whole round on a simulated world: validated, applied, nothing left to plan,
//! destroyed.

mod hosts;

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;

use tempfile::TempDir;

/// A configuration in a folder of its own, with the modules where an example finds them.
struct Stack {
    folder: TempDir,
}

impl Stack {
    fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir_all(folder.path().join("examples/stack")).unwrap();
        std::os::unix::fs::symlink(repository().join("modules"), folder.path().join("modules")).unwrap();
        Self { folder }
    }

    fn new(name: &str) -> Self {
        let stack = Self::empty();
        copy(&repository().join("examples").join(name), &stack.path());
        stack
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("examples/stack")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infra"));
        command.args(arguments).current_dir(self.path()).env("HOME", self.folder.path());
        command.env_remove("DBUS_SESSION_BUS_ADDRESS");
        command
    }

    fn infra(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a verb that must end with a code; gives what it said.
    fn ends(&self, arguments: &[&str], code: i32) -> String {
        let output = self.infra(arguments);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{said}");
        said
    }

    /// A file on a simulated host.
    fn on_host(&self, name: &str, path: &str) -> String {
        let hosts = std::fs::read_dir(self.path().join(".infra/sim/world/hosts")).unwrap().map(Result::unwrap);
        let host = hosts.map(|entry| entry.path()).find(|host| host.to_string_lossy().contains(&format!("{name}-")));
        std::fs::read_to_string(host.unwrap().join(path)).unwrap()
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

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a folder holds, but for what `infra` keeps there.
fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to).unwrap();
        } else if entry.file_name() != ".infra" && entry.file_name() != "state" {
            std::fs::create_dir(&to).unwrap();
            copy(&entry.path(), &to);
        }
    }
}

#[test]
fn every_example_makes_its_round() {
    let mut seen = 0;
    // `ci` holds no configuration.
    let entries = std::fs::read_dir(repository().join("examples")).unwrap().map(|entry| entry.unwrap().file_name());
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
    assert!(seen >= 3);
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

#[test]
fn the_python_example_has_each_of_its_choices() {
    let stack = Stack::new("ha-python");
    let variables = ["-var=cache=host", "-var=database=neon", "-var=overrides={WEB_THREADS=\"4\"}"];
    // Names are no secret.
    let said = stack.ends(&[&["plan", "-sim"], &variables[..]].concat(), 0);
    assert!(said.contains("+ WEB_THREADS        = (sensitive value)"), "{said}");
    stack.settles(&variables);
    // Two processors a droplet; what is overridden wins.
    let environment = stack.on_host("app-1", "etc/visits.env");
    for line in ["WEB_CONCURRENCY=\"5\"", "WEB_THREADS=\"4\"", "GUNICORN_TIMEOUT=\"30\""] {
        assert!(environment.lines().any(|said| said == line), "{line}: {environment}");
    }
    assert!(environment.contains(".neon.tech/") && environment.contains("-pooler."), "{environment}");
    let unit = stack.on_host("app-2", "etc/systemd/system/visits.service");
    assert!(unit.contains("--workers ${WEB_CONCURRENCY}"), "{unit}");
    // One droplet has the cache, and one has migrated.
    assert!(stack.on_host("app-1", "etc/redis/redis.infra.conf").contains("maxmemory"));
    assert!(stack.on_host("app-1", "var/log/commands.log").contains("psql"));
    assert!(!stack.on_host("app-2", "var/log/commands.log").contains("psql"));
    let cost = |variables: &[&str]| {
        stack.settles(variables);
        stack.ends(&["output", "-sim", "monthly_cost"], 0)
    };
    // Three droplets at 24 and a load balancer at 12; with the database's three nodes and the cache, as the prices say.
    assert_eq!(cost(&variables).trim(), "84");
    let own = Stack::new("ha-python");
    own.settles(&["-var=io_bound=true"]);
    let environment = own.on_host("app-3", "etc/visits.env");
    assert!(environment.contains("WEB_CONCURRENCY=\"8\""), "{environment}");
    // A replica with 4 GB lets 97 in, of which five are left for others: 24 workers have three each.
    assert!(environment.contains("DATABASE_POOL_READ=\"3\""), "{environment}");
    let crowded = "-var=overrides={WEB_CONCURRENCY=\"40\"}";
    let said = own.ends(&["plan", "-sim", crowded], 1);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("There are 120 workers, and they share DATABASE_POOL_READ = 92: that is less than one each."),
        "{said}"
    );
    own.settles(&["-var=overrides={WEB_CONCURRENCY=\"40\",DATABASE_POOL_READ=\"1\"}"]);
    assert_eq!(own.ends(&["output", "-sim", "monthly_cost"], 0).trim(), "281.7");
}

#[test]
fn the_python_example_takes_three_commands_a_host() {
    let stack = Stack::new("ha-python");
    let commands = |verb: &[&str]| {
        let output = stack.command(verb).env("INFRA_LOG", "debug").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said.matches("ran a command on a host").count()
    };
    assert_eq!(commands(&["apply", "-sim", "-auto-approve"]), 9, "three hosts");
    assert_eq!(commands(&["plan", "-sim"]), 3);
    assert_eq!(commands(&["apply", "-sim", "-auto-approve", "-var=overrides={WEB_THREADS=\"4\"}"]), 6);
}

/// What calls a module, and how many objects that creates.
const MODULES: [(&str, &str, usize); 5] = [
    (
        "ha-web",
        "name = \"web\"\nregion = \"fra1\"\nnames = [\"a\", \"b\"]\ndomain = \"a.example\"\nadmins = [\"192.0.2.1/32\"]",
        12,
    ),
    ("neon-database", "name = \"data\"", 3),
    (
        "python-service",
        "name = \"app\"\nmachines = { a = host_machine.a }\nvcpus = { a = 2 }\nfiles = { \"main.py\" = \"\" }\n\
         requirements = \"gunicorn\"\nmigration = \"SELECT 1\"\nadmin_url = \"postgresql://a\"",
        12,
    ),
    ("redis-cache", "name = \"cache\"\nmode = \"managed\"\nregion = \"fra1\"\nvpc_id = null\ntrusted_tag = \"web\"", 1),
    (
        "redis-cache",
        "name = \"cache\"\nmode = \"host\"\nregion = null\nvpc_id = null\ntrusted_tag = null\n\
         machine = host_machine.a\naddress = \"10.0.0.2\"",
        3,
    ),
];

#[test]
fn every_module_plans_by_itself() {
    for (name, arguments, count) in MODULES {
        let stack = Stack::empty();
        let machine = "resource \"host_machine\" \"a\" {\n  connection { local = true }\n}\n";
        let call = format!("module \"it\" {{\nsource = \"../../modules/{name}\"\n{arguments}\n}}\n{machine}");
        std::fs::write(stack.path().join("main.infra.hcl"), call).unwrap();
        let said = stack.ends(&["plan", "-sim"], 0);
        let expected = format!("Plan: {} to add, 0 to change, 0 to destroy.", count + 1);
        assert!(said.contains(&expected), "{name}: {said}");
    }
    let folders = std::fs::read_dir(repository().join("modules")).unwrap().map(Result::unwrap);
    let folders = folders.filter(|entry| entry.file_type().unwrap().is_dir());
    for folder in folders.map(|entry| entry.file_name()) {
        assert!(MODULES.iter().any(|(name, ..)| folder == *name), "{folder:?} is planned by no test");
    }
}
