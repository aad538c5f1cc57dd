use insta::assert_snapshot;

use super::Stage;
use super::errors;
use super::middleman::Act;

const CONFIG: &str = "\
resource \"digitalocean_droplet\" \"web\" {
  name   = \"web\"
  region = \"fra1\"
  size   = \"s-1vcpu-1gb\"
  image  = \"debian-12-x64\"
}
";
const PAGE: &str = "<!DOCTYPE html><html><body>Sign in to the guest network</body></html>";

#[test]
fn a_page_instead_of_json_is_no_answer() {
    let stage = Stage::applied(CONFIG);
    stage.middle.meddle("GET", "/v2/droplets", Act::Answer("200 OK", "text/html", PAGE));
    assert_snapshot!(errors(&stage.run("plan")), @r#"
    --- stderr
    digitalocean_droplet: Refreshing state...

    Error: Unexpected answer

      with digitalocean_droplet.web,
      on main.tf line 1, in resource "digitalocean_droplet" "web":
       1: resource "digitalocean_droplet" "web" {
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    Reading droplets: the answer cannot be understood (200 OK with an HTML page
    instead of JSON).

    Something between here and the vendor may answer in its place, as a proxy
    does, or the vendor has trouble. Check the address, and run again.
    --- exit 1
    "#);
    stage.is_true(&["digitalocean_droplet.web"]);
}

#[test]
fn a_page_instead_of_a_new_object_is_looked_into_by_the_next_run() {
    let stage = Stage::with(CONFIG);
    stage.middle.meddle("POST", "/v2/droplets", Act::Answer("200 OK", "text/html", PAGE));
    assert_snapshot!(errors(&stage.run_sim("apply -auto-approve")), @r#"
    --- stderr
    Simulated world <uuid> at <address>; hosts: processes.
    A key for the sensitive values in the state was made: <dir>/.infra/sim/state/.key. Keep a copy: without it they cannot be read.

    Apply incomplete. Resources: 0 added, 0 changed, 0 destroyed before it stopped.

    Error: Answer lost

      with digitalocean_droplet.web,
      on main.tf line 1, in resource "digitalocean_droplet" "web":
       1: resource "digitalocean_droplet" "web" {
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    Creating the droplet web: the answer was lost, so it may or may not have
    been done: the answer cannot be understood (200 OK with an HTML page instead
    of JSON).

    It is looked for at the next run, and taken over if it was done; nothing is
    made twice.
    --- exit 1
    "#);
    stage.middle.behave();
    let said = stage.run_sim("apply -auto-approve");
    assert!(said.contains("Resources: 1 added, 0 changed, 0 destroyed"), "{said}");
    assert!(stage.run_sim("plan -detailed-exitcode").ends_with("--- exit 0"));
    assert_eq!(stage.ask("GET", "/v2/droplets", "")["meta"]["total"], 1);
}

#[test]
fn an_object_whose_answer_broke_off_is_found_again() {
    let stage = Stage::with(CONFIG);
    stage.middle.meddle("POST", "/v2/droplets", Act::Cut(40));
    assert_snapshot!(errors(&stage.run_sim("apply -auto-approve")), @r#"
    --- stderr
    Simulated world <uuid> at <address>; hosts: processes.
    A key for the sensitive values in the state was made: <dir>/.infra/sim/state/.key. Keep a copy: without it they cannot be read.

    Apply incomplete. Resources: 0 added, 0 changed, 0 destroyed before it stopped.

    Error: Answer lost

      with digitalocean_droplet.web,
      on main.tf line 1, in resource "digitalocean_droplet" "web":
       1: resource "digitalocean_droplet" "web" {
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    Creating the droplet web: the answer was lost, so it may or may not have
    been done: the connection broke before the answer was whole: error decoding
    response body: request or response body error: error reading a body from
    connection: end of file before message length reached.

    It is looked for at the next run, and taken over if it was done; nothing is
    made twice.
    --- exit 1
    "#);
    stage.middle.behave();
    let said = stage.run_sim("apply -auto-approve");
    assert!(said.ends_with("--- exit 0"), "{said}");
    assert!(stage.run_sim("plan -detailed-exitcode").ends_with("--- exit 0"));
    assert_eq!(stage.ask("GET", "/v2/droplets", "")["meta"]["total"], 1);
}

#[test]
fn a_list_that_breaks_off_is_no_shorter_list() {
    let stage = Stage::applied(CONFIG);
    stage.middle.meddle("GET", "/v2/droplets", Act::Cut(100));
    assert_snapshot!(errors(&stage.run("plan")), @r#"
    --- stderr
    digitalocean_droplet: Refreshing state...

    Error: Cannot be reached

      with digitalocean_droplet.web,
      on main.tf line 1, in resource "digitalocean_droplet" "web":
       1: resource "digitalocean_droplet" "web" {
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    Reading droplets: 127.0.0.1 cannot be reached: the connection broke before
    the answer was whole: error decoding response body: request or response body
    error: error reading a body from connection: end of file before message
    length reached.

    Check the network and the address, and run again.
    --- exit 1
    "#);
    stage.is_true(&["digitalocean_droplet.web"]);
}

#[test]
fn a_word_that_is_new_is_taken_as_it_is() {
    let stage = Stage::applied(CONFIG);
    stage.middle.meddle("GET", "/v2/droplets", Act::Say("\"status\":\"active\"", "\"status\":\"hibernating\""));
    let said = stage.run("plan -detailed-exitcode");
    assert!(said.ends_with("--- exit 0"), "{said}");
    let said = stage.run("apply -auto-approve");
    assert!(said.contains("Resources: 0 added, 0 changed, 0 destroyed"), "{said}");
    stage.is_true(&["digitalocean_droplet.web"]);
}

#[test]
fn a_word_that_is_new_is_not_what_is_waited_for() {
    let slow = CONFIG.replace("}\n", "  timeouts {\n    create = \"60s\"\n  }\n}\n");
    let stage = Stage::with(&slow);
    stage.middle.meddle("GET", "/v2/droplets", Act::Say("\"status\":\"active\"", "\"status\":\"hibernating\""));
    assert_snapshot!(errors(&stage.run_sim("apply -auto-approve")), @r#"
    --- stderr
    Simulated world <uuid> at <address>; hosts: processes.
    A key for the sensitive values in the state was made: <dir>/.infra/sim/state/.key. Keep a copy: without it they cannot be read.

    Apply incomplete. Resources: 0 added, 0 changed, 0 destroyed before it stopped.

    Error: Took too long

      with digitalocean_droplet.web,
      on main.tf line 1, in resource "digitalocean_droplet" "web":
       1: resource "digitalocean_droplet" "web" {
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    Creating the droplet web: still hibernating after 0s.

    It is recorded, and the next run goes on from where it is then.
    --- exit 1
    "#);
    stage.middle.behave();
    let said = stage.run_sim("plan -detailed-exitcode");
    assert!(said.contains("is tainted") && said.ends_with("--- exit 2"), "{said}");
    assert_eq!(stage.ask("GET", "/v2/droplets", "")["meta"]["total"], 1);
}
