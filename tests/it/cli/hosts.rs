//! What a run says of a host: what is found there, what was left half done, and why it cannot be reached.

use std::os::unix::fs::symlink;

use super::Folder;

const HOST: &str = "resource \"host_machine\" \"a\" {\n  connection { local = true }\n}\n";

/// Where the simulated host has its files.
const ROOT: &str = ".infra/sim/world/hosts/_local";

/// Runs a command that must end with a code; gives what it said, each run of white space as one blank.
fn ends(folder: &Folder, line: &str, code: i32) -> String {
    let output = folder.command(line).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(code), "{line}\n{said}");
    said.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has(said: &str, part: &str) {
    assert!(said.contains(part), "there is no `{part}` in:\n{said}");
}

#[test]
fn a_plan_says_that_a_symlink_is_replaced() {
    let file =
        "resource \"host_file\" \"a\" {\n  host = host_machine.a\n  path = \"/etc/it\"\n  content = \"one\"\n}\n";
    let folder = Folder::with(&[HOST, file].concat());
    ends(&folder, "apply -sim -auto-approve", 0);
    let path = folder.path(&format!("{ROOT}/etc/it"));
    std::fs::remove_file(&path).unwrap();
    symlink("/run/it", &path).unwrap();
    let said = ends(&folder, "plan -sim", 0);
    has(&said, "- instead = \"a symlink to /run/it\" -> null");
    has(&said, "Warning: Symlink is replaced");
    has(&said, "/etc/it is a symlink to /run/it. The file takes the place of the link");
    has(&ends(&folder, "drift -sim", 2), "instead = \"a symlink to /run/it\"");
    ends(&folder, "apply -sim -auto-approve", 0);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "one");
    ends(&folder, "plan -sim -detailed-exitcode", 0);
}

#[test]
fn a_user_that_was_left_half_made_is_completed_by_the_next_apply() {
    let user = "resource \"host_user\" \"a\" {\n  host = host_machine.a\n  name = \"app\"\n  groups = [\"later\"]\n}\n";
    let folder = Folder::with(&[HOST, user].concat());
    has(&ends(&folder, "apply -sim -auto-approve", 1), "later");
    let passwd = folder.path(&format!("{ROOT}/etc/passwd"));
    assert!(std::fs::read_to_string(passwd).unwrap().contains("\napp:"), "it is half made");
    let group = "resource \"host_group\" \"a\" {\n  host = host_machine.a\n  name = \"later\"\n}\n";
    let user = user.replace("\"later\"", "host_group.a.name");
    folder.write("main.infra.hcl", &[HOST, group, &user].concat());
    ends(&folder, "apply -sim -auto-approve", 0);
    let groups = std::fs::read_to_string(folder.path(&format!("{ROOT}/etc/group"))).unwrap();
    assert!(groups.lines().any(|line| line.starts_with("later:") && line.ends_with(":app")), "{groups}");
    assert!(folder.path(&format!("{ROOT}/home/app")).is_dir());
    ends(&folder, "plan -sim -detailed-exitcode", 0);
}

#[test]
fn drift_shows_the_number_of_a_group_and_the_directives_of_a_server_that_is_stopped() {
    let more = "resource \"host_group\" \"a\" {\n  host = host_machine.a\n  name = \"app\"\n}\n\
                resource \"host_package\" \"a\" {\n  host = host_machine.a\n  name = \"redis-server\"\n}\n\
                resource \"host_redis\" \"a\" {\n  host = host_machine.a\n  directives = { hz = \"20\" }\n  \
                depends_on = [host_package.a]\n}\n";
    let folder = Folder::with(&[HOST, more].concat());
    let said = ends(&folder, "plan -sim", 0);
    has(&said, "# host_redis.a will be created");
    ends(&folder, "apply -sim -auto-approve", 0);
    let group = folder.path(&format!("{ROOT}/etc/group"));
    let changed: String = std::fs::read_to_string(&group)
        .unwrap()
        .lines()
        .map(|line| if line.starts_with("app:") { "app:x:4321:\n".to_owned() } else { format!("{line}\n") })
        .collect();
    std::fs::write(&group, changed).unwrap();
    std::fs::write(folder.path(&format!("{ROOT}/etc/redis/redis.infra.conf")), "hz 30\n").unwrap();
    let stopped = std::process::Command::new(folder.path(".infra/sim/world/bin/systemctl"))
        .args(["stop", "redis-server"])
        .env("INFRA_ROOT", folder.path(ROOT))
        .status();
    assert!(stopped.unwrap().success());
    let said = ends(&folder, "drift -sim", 2);
    has(&said, "host_group.a");
    has(&said, "-> 4321");
    has(&said, "\"20\" -> \"30\"");
}

#[test]
fn why_a_host_cannot_be_reached_is_said_once_and_what_to_do() {
    // Nothing listens there any more.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let host = format!(
        "resource \"host_machine\" \"a\" {{\n  connection {{\n    address = \"127.0.0.1\"\n    port = {port}\n    \
         user = \"deploy\"\n    timeout = \"12s\"\n  }}\n}}\n"
    );
    let folder = Folder::with(&host);
    let said = ends(&folder, "apply -auto-approve", 1);
    has(&said, "Error: Cannot be reached");
    has(
        &said,
        &format!(
            "Waiting for the host: deploy@127.0.0.1:{port} cannot be reached: after 12s and 7 attempts it is still"
        ),
    );
    has(&said, "Connection refused");
    has(&said, "See whether its SSH server runs");
    has(
        &said,
        &format!("[10s elapsed, waiting for the host deploy@127.0.0.1:{port}, which is refusing connections on port"),
    );
    assert_eq!(said.matches("Still creating").count(), 1, "{said}");
}

#[test]
fn what_appears_after_the_plan_has_looked_is_not_written_over() {
    // Who the machine is, is not known until it is made; where it is, is.
    let config = r#"
resource "terraform_data" "number" {}
resource "host_machine" "a" {
  identity = terraform_data.number.id
  connection { local = true }
}
resource "host_file" "a" {
  host    = host_machine.a
  path    = "/etc/it"
  content = "ours"
}
"#;
    let folder = Folder::with(config);
    ends(&folder, "plan -sim -out=it.plan", 0);
    let path = folder.path(&format!("{ROOT}/etc/it"));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "theirs").unwrap();
    has(&ends(&folder, "apply -sim it.plan", 1), "was not when this was planned");
    assert_eq!(std::fs::read_to_string(path).unwrap(), "theirs");
}

#[test]
fn what_a_package_of_the_same_plan_brings_gives_way() {
    let folder = Folder::with(HOST);
    ends(&folder, "apply -sim -auto-approve", 0);
    let redis = r#"
resource "host_package" "redis" {
  host = host_machine.a
  name = "redis-server"
}
resource "host_file" "redis" {
  host       = host_machine.a
  path       = "/etc/redis/redis.conf"
  content    = "port 6380\n"
  depends_on = [host_package.redis]
}
"#;
    folder.write("main.infra.hcl", &[HOST, redis].concat());
    ends(&folder, "apply -sim -auto-approve", 0);
    let path = folder.path(&format!("{ROOT}/etc/redis/redis.conf"));
    assert_eq!(std::fs::read_to_string(path).unwrap(), "port 6380\n");
    ends(&folder, "plan -sim -detailed-exitcode", 0);
}

#[test]
fn a_failure_repeats_no_secret_of_anything_on_its_host() {
    let folder = Folder::with("");
    let root = folder.path("root");
    std::fs::create_dir_all(root.join("etc")).unwrap();
    let config = r#"
variable "secret" {
  sensitive = true
  default   = "-----BEGIN-----\nfirst-line-of-it\nsecond-line-of-it\n"
}
resource "host_machine" "a" {
  connection {
    local = true
    root  = "ROOT"
  }
}
resource "host_env_file" "a" {
  host   = host_machine.a
  path   = "/etc/app.env"
  values = { KEY = var.secret, URL = "postgresql://app:plainsecret@db/x" }
}
resource "host_command" "a" {
  host = host_machine.a
  name = "shows"
  run  = "COMMAND"
}
"#;
    let config = config.replace("ROOT", &root.display().to_string());
    folder.write("main.infra.hcl", &config.replace("COMMAND", "true"));
    ends(&folder, "apply -auto-approve", 0);
    // Only the command changes; what it shows is another's.
    folder.write("main.infra.hcl", &config.replace("COMMAND", "cat etc/app.env; exit 3"));
    let said = ends(&folder, "apply -auto-approve", 1);
    has(&said, "the command ends with 3");
    for secret in ["plainsecret", "first-line", "second-line"] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn a_unit_is_restarted_where_what_it_takes_up_is_put_right() {
    let config = r#"
resource "host_file" "a" {
  host    = host_machine.a
  path    = "/etc/it.conf"
  content = "ours"
}
resource "host_systemd_unit" "a" {
  host       = host_machine.a
  name       = "it.service"
  text       = "[Service]\nExecStart=/bin/sleep 1000\n"
  restart_on = [host_file.a.digest]
}
"#;
    let folder = Folder::with(&[HOST, config].concat());
    ends(&folder, "apply -sim -auto-approve", 0);
    std::fs::write(folder.path(&format!("{ROOT}/etc/it.conf")), "theirs").unwrap();
    // Its process may run with that by now.
    let said = ends(&folder, "plan -sim", 0);
    has(&said, "host_systemd_unit.a will be updated in-place, and restarted");
    has(&said, "- \"process older than its configuration\"");
    ends(&folder, "apply -sim -auto-approve", 0);
    ends(&folder, "plan -sim -detailed-exitcode", 0);
}
