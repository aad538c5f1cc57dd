use std::io::BufRead as _;
use std::io::BufReader;
use std::process::Stdio;

use insta::assert_snapshot;

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

#[test]
fn a_listening_simulator_is_attached_to() {
    let folder = Folder::with(CONFIG);
    let mut server = folder.command("sim -listen=127.0.0.1:0 -dir=world -log=log.jsonl -speed=100");
    let mut server = server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().rsplit("http://").next().unwrap().to_owned();
    let applied = folder.run(&format!("apply -auto-approve -sim={address}"));
    let clean = folder.code(&format!("plan -detailed-exitcode -sim=http://{address}/"));
    server.kill().unwrap();
    server.wait().unwrap();
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
