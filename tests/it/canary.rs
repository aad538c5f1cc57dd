//! A secret in every sensitive place, and no output and no file in which it can be found.

#[path = "../../src/ops/tests/leak.rs"]
mod leak;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::process::Output;

use infra::schema::Block;
use infra::schema::Presence;
use leak::Leaks;

const SECRET: &str = "canary \"7f3a\"\\ä/+?=&9c1d with more";
const TOKEN: &str = "dop_v1_canary0123456789abcdef";

const MAIN: &str = r#"
variable "secret" {
  type      = string
  sensitive = true
}
variable "token" {
  type      = string
  sensitive = true
}
provider "neon" { api_key = var.token }
provider "digitalocean" {
  token             = var.token
  spaces_secret_key = var.secret
}
resource "random_password" "it" { length = 30 }
resource "random_bytes" "it" { length = 30 }
resource "tls_private_key" "it" { algorithm = "ED25519" }
resource "terraform_data" "it" { input = { deep = [var.secret] } }
resource "local_file" "it" {
  filename          = "made/open"
  sensitive_content = var.secret
}
resource "local_sensitive_file" "it" {
  filename = "made/closed"
  content  = var.secret
}
resource "local_sensitive_file" "coded" {
  filename       = "made/coded"
  content_base64 = base64encode(var.secret)
}
data "local_sensitive_file" "it" {
  filename   = local_sensitive_file.it.filename
  depends_on = [local_sensitive_file.it]
}
resource "digitalocean_droplet" "it" {
  name      = "it"
  image     = "debian-12-x64"
  size      = "s-1vcpu-1gb"
  region    = "fra1"
  user_data = var.secret
}
resource "digitalocean_database_cluster" "it" {
  name       = "its-data"
  engine     = "pg"
  version    = "16"
  size       = "db-s-1vcpu-1gb"
  region     = "fra1"
  node_count = 1
}
resource "digitalocean_database_user" "it" {
  cluster_id = digitalocean_database_cluster.it.id
  name       = "it"
}
resource "digitalocean_database_connection_pool" "it" {
  cluster_id = digitalocean_database_cluster.it.id
  name       = "its-pool"
  mode       = "transaction"
  size       = 5
  db_name    = "defaultdb"
  user       = digitalocean_database_user.it.name
}
resource "digitalocean_database_replica" "it" {
  cluster_id = digitalocean_database_cluster.it.id
  name       = "its-copy"
  size       = "db-s-1vcpu-1gb"
  region     = "fra1"
}
data "digitalocean_database_cluster" "it" {
  name       = digitalocean_database_cluster.it.name
  depends_on = [digitalocean_database_cluster.it]
}
data "digitalocean_database_user" "it" {
  cluster_id = digitalocean_database_cluster.it.id
  name       = digitalocean_database_user.it.name
  depends_on = [digitalocean_database_user.it]
}
data "digitalocean_database_connection_pool" "it" {
  cluster_id = digitalocean_database_cluster.it.id
  name       = digitalocean_database_connection_pool.it.name
  depends_on = [digitalocean_database_connection_pool.it]
}
data "digitalocean_database_replica" "it" {
  cluster_id = digitalocean_database_cluster.it.id
  name       = digitalocean_database_replica.it.name
  depends_on = [digitalocean_database_replica.it]
}
resource "digitalocean_certificate" "it" {
  name             = "it"
  private_key      = "-----BEGIN PRIVATE KEY-----\n${var.secret}\n-----END PRIVATE KEY-----\n"
  leaf_certificate = "-----BEGIN CERTIFICATE-----\nfor all to see\n-----END CERTIFICATE-----\n"
}
resource "digitalocean_monitor_alert" "it" {
  description = "it"
  type        = "v1/insights/droplet/cpu"
  compare     = "GreaterThan"
  value       = 80
  window      = "5m"
  alerts {
    slack {
      channel = "it"
      url     = var.secret
    }
  }
}
resource "digitalocean_uptime_check" "it" {
  name   = "it"
  target = "https://www.example.com"
}
resource "digitalocean_uptime_alert" "it" {
  check_id = digitalocean_uptime_check.it.id
  name     = "it"
  type     = "down"
  period   = "2m"
  notifications {
    slack {
      channel = "it"
      url     = var.secret
    }
  }
}
resource "neon_project" "it" { name = "it" }
resource "neon_role" "it" {
  project_id = neon_project.it.id
  branch_id  = neon_project.it.default_branch_id
  name       = "it"
}
data "neon_project" "it" { id = neon_project.it.id }
data "neon_role" "it" {
  project_id = neon_project.it.id
  branch_id  = neon_project.it.default_branch_id
  name       = neon_role.it.name
}
data "neon_branch_role_password" "it" {
  project_id = neon_project.it.id
  branch_id  = neon_project.it.default_branch_id
  role_name  = neon_role.it.name
}
data "neon_connection_uri" "it" {
  project_id    = neon_project.it.id
  database_name = neon_project.it.database_name
  role_name     = neon_role.it.name
}
resource "host_machine" "it" {
  connection {
    address             = digitalocean_droplet.it.ipv4_address
    user                = "root"
    private_key         = var.secret
    passphrase          = var.secret
    password            = var.secret
    sudo                = true
    sudo_password       = var.secret
    bastion             = "bastion"
    bastion_private_key = var.secret
  }
}
resource "host_file" "it" {
  host    = host_machine.it
  path    = "/etc/it"
  content = "password = ${digitalocean_database_user.it.password}\nsecret = ${var.secret}\nCHANGE\n"
}
resource "host_env_file" "it" {
  host   = host_machine.it
  path   = "/etc/it.env"
  values = { SECRET = var.secret, PASSWORD = digitalocean_database_user.it.password, CHANGE = "CHANGE" }
}
resource "host_command" "it" {
  host        = host_machine.it
  run         = "true # CHANGE"
  environment = { SECRET = var.secret }
}
resource "host_package" "it" {
  host = host_machine.it
  name = "redis-server"
}
resource "host_redis" "it" {
  host       = host_machine.it
  password   = var.secret
  directives = { requirepass = var.secret, maxmemory = "64mb" }
  depends_on = [host_package.it]
}
resource "host_systemd_unit" "it" {
  host = host_machine.it
  name = "it.service"
  text = "[Service]\nEnvironment=\"SECRET=${base64encode(var.secret)}\"\nExecStart=/bin/sleep 1000\n"
}
output "secret" {
  value     = [var.secret, upper(var.secret)]
  sensitive = true
}
"#;

/// Every attribute that the schemas call sensitive, and whether the user can set it.
fn sensitive() -> BTreeSet<(String, bool)> {
    let mut found = BTreeSet::new();
    for provider in infra::providers::all() {
        visit(&format!("provider.{}", provider.name()), provider.schema().root(), &mut found);
        for name in provider.resource_names() {
            visit(name, provider.resource(name).unwrap().schema().root(), &mut found);
        }
        for name in provider.data_names() {
            visit(&format!("data.{name}"), provider.data(name).unwrap().schema().root(), &mut found);
        }
    }
    found
}

fn visit(at: &str, block: &Block, found: &mut BTreeSet<(String, bool)>) {
    for (name, attribute) in block.attributes().iter().filter(|(_, attribute)| attribute.is_sensitive()) {
        found.insert((format!("{at}.{name}"), attribute.presence != Presence::Computed));
    }
    for (name, nested) in block.blocks() {
        visit(&format!("{at}.{name}"), &nested.block, found);
    }
}

#[test]
fn each_sensitive_attribute_is_in_the_configuration() {
    let set = [
        "digitalocean_certificate.private_key",
        "digitalocean_monitor_alert.alerts.slack.url",
        "digitalocean_uptime_alert.notifications.slack.url",
        "host_command.environment",
        "host_env_file.values",
        "host_machine.connection.bastion_private_key",
        "host_machine.connection.passphrase",
        "host_machine.connection.password",
        "host_machine.connection.private_key",
        "host_machine.connection.sudo_password",
        "host_redis.directives",
        "host_redis.password",
        "local_file.sensitive_content",
        "local_sensitive_file.content",
        "local_sensitive_file.content_base64",
        "provider.digitalocean.spaces_secret_key",
        "provider.digitalocean.token",
        "provider.neon.api_key",
    ];
    let all = sensitive();
    let found: Vec<&str> = all.iter().filter(|(_, is_settable)| *is_settable).map(|(name, _)| &**name).collect();
    assert_eq!(found, set, "what can be set has to be set in MAIN");
    for (name, _) in all.iter().filter(|(_, is_settable)| !is_settable) {
        let ty = name.trim_start_matches("data.").split('.').next().unwrap();
        assert!(MAIN.contains(&format!("\"{ty}\" \"it\"")), "{name} is in no resource of MAIN");
    }
}

/// An output that gives all secrets that the vendors chose.
fn computed() -> String {
    let all = sensitive();
    let names = all.iter().filter(|(_, is_settable)| !is_settable).map(|(name, _)| {
        let place = match name.strip_prefix("data.") {
            Some(rest) => format!("data.{}", rest.replacen('.', ".it.", 1)),
            None => name.replacen('.', ".it.", 1),
        };
        format!("    \"{name}\" = {place}\n")
    });
    format!("output \"chosen\" {{\n  sensitive = true\n  value = {{\n{}  }}\n}}\n", names.collect::<String>())
}

struct Shop {
    dir: tempfile::TempDir,
    outputs: Vec<(String, Vec<u8>)>,
}

impl Shop {
    fn run(&mut self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infra"));
        for (name, _) in std::env::vars_os() {
            if ["TF_", "INFRA_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        command.env("TF_LOG", "trace").env("INFRA_LOG", "trace").env("RUST_LOG", "trace");
        command.env("TF_VAR_secret", SECRET).env("TF_VAR_token", TOKEN).env("INFRA_SIM", "1");
        let output = command.args(arguments).current_dir(self.dir.path()).output().unwrap();
        let name = arguments.join(" ");
        self.outputs.push((format!("{name}, stdout"), output.stdout.clone()));
        self.outputs.push((format!("{name}, stderr"), output.stderr.clone()));
        output
    }

    fn well(&mut self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{arguments:?}: {text}");
        output
    }

    fn write(&self, config: &str) {
        std::fs::write(self.dir.path().join("main.tf"), config).unwrap();
    }

    /// Files that are ours to keep clean: not the simulated world, and not what was asked to hold a secret.
    fn files(&self, folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("sim/world") || path.ends_with("made") {
                continue;
            }
            if path.is_dir() {
                self.files(&path, found);
            } else {
                found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
            }
        }
    }
}

#[test]
fn a_secret_is_in_no_output_and_in_no_file() {
    let mut shop = Shop { dir: tempfile::tempdir().unwrap(), outputs: Vec::new() };
    let config = format!("{MAIN}{}", computed());
    shop.write(&config);
    shop.well(&["validate", "-json"]);
    shop.well(&["plan", "-no-color"]);
    shop.well(&["plan", "-json"]);
    shop.well(&["plan", "-report=md=created.md", "-out", "saved.plan"]);
    shop.well(&["show", "saved.plan"]);
    shop.well(&["show", "-json", "saved.plan"]);
    shop.well(&["apply", "saved.plan"]);
    let asked = shop.outputs.len();
    let output = shop.well(&["output", "-json", "chosen"]);
    // This one is clear: it was asked for by name.
    shop.outputs.truncate(asked);
    let chosen: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut secrets: Vec<(String, String)> = chosen
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    assert!(secrets.len() > 10, "the vendors chose {}", secrets.len());
    secrets.push(("the secret".to_owned(), SECRET.to_owned()));
    secrets.push(("its upper case".to_owned(), SECRET.to_uppercase()));
    secrets.push(("the token".to_owned(), TOKEN.to_owned()));
    shop.well(&["show"]);
    shop.well(&["show", "-json"]);
    shop.well(&["state", "list"]);
    let digitalocean = ["digitalocean_database_cluster", "digitalocean_monitor_alert", "digitalocean_uptime_alert"];
    let others = [
        "host_command",
        "host_env_file",
        "host_file",
        "host_machine",
        "host_redis",
        "terraform_data",
        "local_sensitive_file",
    ];
    for ty in digitalocean.iter().chain(&others) {
        shop.well(&["state", "show", &format!("{ty}.it")]);
    }
    shop.well(&["state", "pull"]);
    shop.well(&["output"]);
    shop.well(&["graph"]);
    shop.well(&["drift", "-report=md=drift.md", "-metrics=drift.prom"]);
    // A change, with the stream of JSON, and mistakes whose reports quote the configuration.
    shop.write(&config.replace("CHANGE", "CHANGED"));
    shop.well(&["plan", "-report=md=changed.md"]);
    // What is shown because it was asked for is in no report.
    shop.well(&["plan", "-show-sensitive", "-report=md=shown.md"]);
    shop.well(&[
        "drift",
        "-show-sensitive",
        "-detailed-exitcode=false",
        "-report=md=drifted.md",
        "-metrics=drifted.prom",
    ]);
    shop.outputs.truncate(shop.outputs.len() - 4);
    shop.well(&["apply", "-auto-approve", "-json", "-report=md=applied.md"]);
    shop.write(&config.replace("size      = \"s-1vcpu-1gb\"", "size      = var.secret"));
    shop.run(&["apply", "-auto-approve"]);
    shop.run(&["apply", "-auto-approve", "-json"]);
    let mistake = "\nlocals { wrong = tonumber(var.secret) }\noutput \"wrong\" { value = var.secret }\n\
                   check \"c\" {\nassert {\ncondition = var.secret == \"\"\nerror_message = \"it is ${var.secret}\"\n}\n}\n";
    shop.write(&(config.clone() + mistake));
    shop.run(&["plan"]);
    shop.run(&["plan", "-json", "-report=md=failed.md"]);
    shop.run(&["validate"]);
    shop.write(&config);
    shop.run(&["import", "digitalocean_droplet.other", SECRET]);
    // What the user wrote at the prompt is the user's own.
    shop.outputs.truncate(shop.outputs.len() - 2);
    let mut written = Vec::new();
    shop.files(shop.dir.path(), &mut written);
    shop.well(&["destroy", "-auto-approve"]);
    shop.files(shop.dir.path(), &mut written);
    assert!(written.iter().any(|(name, _)| name.contains(".history")), "earlier states are looked at too");
    let names =
        ["created.md", "changed.md", "shown.md", "applied.md", "failed.md", "drift.md", "drift.prom", "drifted.prom"];
    for report in names {
        assert!(written.iter().any(|(name, _)| name.ends_with(report)), "{report} is looked at too");
    }
    let leaks = Leaks::of(&secrets);
    let found: Vec<String> = (shop.outputs.iter().chain(&written))
        .filter_map(|(name, text)| Some(format!("{name}: {}", leaks.find(text)?)))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
