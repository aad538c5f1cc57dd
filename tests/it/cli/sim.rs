use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read as _;
use std::process::Child;
use std::process::Stdio;

use insta::assert_snapshot;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;

use super::Folder;

const CONFIG: &str = "\
terraform {
  required_providers {
    digitalocean = { source = \"digitalocean/digitalocean\" }
  }
}
resource \"digitalocean_tag\" \"t\" {
  name = \"web\"
}
";

#[test]
fn a_simulated_world_is_kept_apart_from_everything_else() {
    let folder = Folder::with(CONFIG).env("DIGITALOCEAN_TOKEN", "dop_v1_real").env("INFRA_SIM", "1");
    assert_snapshot!(folder.run("apply -auto-approve"), @r#"
    --- stdout

    Actions are marked with these symbols:
      + create

    infra will perform the following actions:

      # digitalocean_tag.t will be created
      + resource "digitalocean_tag" "t" {
          + databases_count        = (known after apply)
          + droplets_count         = (known after apply)
          + id                     = (known after apply)
          + images_count           = (known after apply)
          + name                   = "web"
          + total_resource_count   = (known after apply)
          + volume_snapshots_count = (known after apply)
          + volumes_count          = (known after apply)
        }

    Plan: 1 to add, 0 to change, 0 to destroy.

    digitalocean_tag.t: Creating...
    digitalocean_tag.t: Creation complete after 0s [id=web]

    Apply complete! Resources: 1 added, 0 changed, 0 destroyed.
    --- stderr
    Simulated world <uuid> in .infra/sim/world; hosts: processes.
    A key for the sensitive values in the state was made: <dir>/.infra/sim/state/.key. Keep a copy: without it they cannot be read.
    --- exit 0
    "#);
    assert!(!folder.path("state").exists() && folder.path(".infra/sim/state/default.json").exists());
    assert_eq!(folder.code("plan -detailed-exitcode"), 0);
    // Somebody else deletes it.
    assert_snapshot!(folder.run("sim request DELETE /v2/tags/web"), @"--- exit 0");
    assert_eq!(folder.code("drift -detailed-exitcode"), 2);
    assert_snapshot!(folder.run("sim request GET /v2/tags/web"), @r#"
    --- stdout
    {
      "id": "not_found",
      "message": "The resource you were accessing could not be found.",
      "request_id": "<uuid>"
    }
    --- stderr
    The simulated vendor answered 404 Not Found.
    --- exit 1
    "#);
    assert_eq!(folder.code("plan -sim=false"), 1, "the real world has no such token");
}

/// A simulator that listens, until it is dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start(folder: &Folder, options: &str) -> Self {
        let mut command = folder.command(&format!("sim -listen=127.0.0.1:0 -dir=world {options}"));
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().to_owned();
        Self { process, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        signal(&self.process, Signal::TERM);
        let ended = self.process.wait();
        assert!(std::thread::panicking() || ended.unwrap().success(), "a signal is how serving ends");
    }
}

fn signal(process: &Child, signal: Signal) {
    kill_process(Pid::from_child(process), signal).unwrap();
}

#[test]
fn a_listening_simulator_is_attached_to() {
    let folder = Folder::with(CONFIG);
    let server = Server::start(&folder, "-log=log.jsonl -speed=100");
    let address = &server.address;
    let applied = folder.run(&format!("apply -auto-approve -sim={address}"));
    let clean = folder.code(&format!("plan -detailed-exitcode -sim=http://{address}/"));
    drop(server);
    assert!(applied.contains("Apply complete! Resources: 1 added") && applied.ends_with("--- exit 0"), "{applied}");
    assert_eq!(clean, 0);
    assert!(std::fs::read_to_string(folder.path("log.jsonl")).unwrap().contains("/v2/tags"));
    assert_snapshot!(folder.run("plan -sim=127.0.0.1:1"), @"
    --- stderr

    Error: No simulated world

    No simulator answers at 127.0.0.1:1: cannot connect: error sending request:
    client error (Connect): tcp connect error: Connection refused (os error
    111).
    --- exit 1
    ");
}

const TWO: &str = "\
resource \"digitalocean_droplet\" \"a\" {
  name   = \"a\"
  region = \"fra1\"
  size   = \"s-1vcpu-1gb\"
  image  = \"debian-12-x64\"
}
resource \"terraform_data\" \"after\" {
  input = digitalocean_droplet.a.id
}
";

#[test]
fn the_first_signal_finishes_what_has_begun() {
    let folder = Folder::with(TWO);
    let server = Server::start(&folder, "-speed=15");
    let mut command = folder.command(&format!("apply -auto-approve -sim={}", server.address));
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    lines.by_ref().map(Result::unwrap).find(|line| line == "digitalocean_droplet.a: Creating...").unwrap();
    signal(&process, Signal::INT);
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    let mut said = String::new();
    process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(process.wait().unwrap().code(), Some(1), "{said}");
    assert!(rest.iter().any(|line| line.starts_with("digitalocean_droplet.a: Creation complete")), "{rest:?}");
    assert!(said.contains("Stopping:") && said.contains("Error: Interrupted"), "{said}");
    assert_eq!(folder.stdout(&format!("state list -sim={}", server.address)), "digitalocean_droplet.a\n");
    let again = folder.stdout(&format!("apply -auto-approve -sim={}", server.address));
    assert!(again.contains("Apply complete! Resources: 1 added, 0 changed, 0 destroyed."), "{again}");
}

#[test]
fn what_a_killed_run_has_made_is_found_by_the_next() {
    let folder = Folder::with(TWO);
    let server = Server::start(&folder, "-speed=100");
    let sim = format!("-sim={}", server.address);
    // The intent and the id of the droplet are durable; that it is up is not.
    let ended = folder.command(&format!("apply -auto-approve --crash-halt=after:3 {sim}")).output().unwrap();
    assert!(!ended.status.success(), "{ended:?}");
    let again = folder.stdout(&format!("apply -auto-approve {sim}"));
    assert!(again.contains("Apply complete!"), "{again}");
    assert_eq!(folder.code(&format!("plan -detailed-exitcode {sim}")), 0);
    drop(server);
    let droplets: serde_json::Value = folder.json("sim request GET /v2/droplets -dir=world");
    assert_eq!(droplets["meta"]["total"], 1);
}

#[test]
fn a_plan_of_another_world_says_how_to_apply_it() {
    let folder = Folder::with(CONFIG);
    assert!(folder.stdout("plan -sim -out=p").contains("infra apply -sim p"));
    assert_snapshot!(folder.run("apply p"), @r"
    --- stderr

    Error: Failed to load plan file

    The plan in p was made on the simulated world
    <uuid>, and this command works on real
    accounts: add -sim, or -sim=ADDRESS for a simulator that listens, as in
    `infra apply -sim p`.
    --- exit 1
    ");
    assert!(folder.run("show p").contains("was made on the simulated world"));
    assert!(folder.run("show -sim p").ends_with("exit 0"));
    std::fs::remove_dir_all(folder.path(".infra/sim/world")).unwrap();
    let other = folder.run("apply -sim p").replace("\n", " ");
    assert!(other.contains("make a new plan on this one"), "{other}");

    folder.write("main.tf", "resource \"terraform_data\" \"a\" {}\n");
    folder.run("plan -out=q");
    let seen = folder.run("apply -sim q").replace("\n", " ");
    assert!(seen.contains("The plan in q was made on real accounts") && seen.contains("leave out -sim"), "{seen}");
    assert!(folder.run("apply q").ends_with("exit 0"));

    let server = Server::start(&folder, "");
    let advice = folder.stdout(&format!("plan -sim={} -out=r", server.address));
    assert!(advice.contains(&format!("infra apply -sim={} r", server.address)), "{advice}");
}
