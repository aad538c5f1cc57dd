use insta::assert_snapshot;

use super::Stage;
use super::errors;
use super::middleman::Act;

const TAG: &str = "\
provider \"digitalocean\" {
}
resource \"digitalocean_tag\" \"web\" {
  name = \"web\"
}
";

#[test]
fn a_bad_token_changes_nothing() {
    let stage = Stage::applied(TAG);
    assert_snapshot!(errors(&stage.run_as("invalid", "plan")), @r#"
    --- stderr

    Error: Credential not accepted

      on main.tf line 1, in provider "digitalocean":
       1: provider "digitalocean" {
          ^^^^^^^^^^^^^^^^^^^^^^^

    Reading the account: the vendor does not accept the credential (Unable to
    authenticate you).

    Check that the token is whole, not expired, and of this vendor.
    --- exit 1
    "#);
    let said = stage.run_as("invalid", "apply -auto-approve");
    assert!(said.contains("Error: Credential not accepted") && said.ends_with("--- exit 1"), "{said}");
    stage.is_true(&["digitalocean_tag.web"]);
}

#[test]
fn what_a_token_may_not_see_is_not_gone() {
    let stage = Stage::applied(TAG);
    assert_snapshot!(errors(&stage.run_as("any@account:read", "plan -detailed-exitcode")), @r#"
    --- stderr
    digitalocean_tag: Refreshing state...

    Warning: Object could not be read

      with digitalocean_tag.web,
      on main.tf line 3, in resource "digitalocean_tag" "web":
       3: resource "digitalocean_tag" "web" {
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    reading tags: the credential lacks a permission (You are missing the
    required permission tag:read.).

    The plan is made with what was last known of it; it is not taken for
    deleted.
    --- exit 0
    "#);
    let said = stage.run_as("any@account:read", "apply -auto-approve");
    assert!(said.contains("Resources: 0 added, 0 changed, 0 destroyed"), "{said}");
    stage.is_true(&["digitalocean_tag.web"]);
}

#[test]
fn a_missing_scope_is_named_at_the_block() {
    let stage = Stage::applied(TAG);
    stage.folder.write("more.tf", "resource \"digitalocean_tag\" \"more\" {\n  name = \"more\"\n}\n");
    let said = stage.run_as("any@account:read,tag:read", "apply -auto-approve");
    assert_snapshot!(errors(&said), @r#"
    --- stderr
    digitalocean_tag: Refreshing state...

    Apply incomplete. Resources: 0 added, 0 changed, 0 destroyed before it stopped.

    Error: Permission missing

      with digitalocean_tag.more,
      on more.tf line 1, in resource "digitalocean_tag" "more":
       1: resource "digitalocean_tag" "more" {
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    Creating the tag more: the credential lacks a permission (You are missing
    the required permission tag:create.).

    Give the token the scope that is named, or use another. Nothing is taken for
    deleted.
    --- exit 1
    "#);
    stage.lacks(&["digitalocean_tag.web"], "Plan: 1 to add, 0 to change, 0 to destroy.");
}

const NETWORKS: &str = "\
variable \"range\" {
  default = \"10.1.0.0/16\"
}
resource \"digitalocean_vpc\" \"one\" {
  name     = \"one\"
  region   = \"fra1\"
  ip_range = \"10.0.0.0/16\"
}
resource \"digitalocean_vpc\" \"two\" {
  name     = \"two\"
  region   = \"fra1\"
  ip_range = var.range

  depends_on = [digitalocean_vpc.one]
}
";

#[test]
fn what_the_vendor_refuses_is_told_at_the_argument() {
    let stage = Stage::with(NETWORKS);
    assert_snapshot!(errors(&stage.run("apply -auto-approve -var=range=10.0.0.0/16")), @r#"
    --- stderr
    A key for the sensitive values in the state was made: <dir>/state/.key. Keep a copy: without it they cannot be read.

    Apply incomplete. Resources: 1 added, 0 changed, 0 destroyed before it stopped.

    Error: Refused by the vendor

      with digitalocean_vpc.two,
      on main.tf line 12, in resource "digitalocean_vpc" "two":
      12:   ip_range = var.range
                       ^^^^^^^^^
        └── ip_range is "10.0.0.0/16"

    Creating the VPC two: This range/size overlaps with another VPC network in
    your account.

    Correct it and run again: what was made is recorded, and is not made twice.
    --- exit 1
    "#);
    stage.lacks(&["digitalocean_vpc.one"], "Plan: 1 to add, 0 to change, 0 to destroy.");
    let said = stage.run("apply -auto-approve");
    assert!(said.contains("Resources: 1 added, 0 changed, 0 destroyed"), "{said}");
    stage.is_true(&["digitalocean_vpc.one", "digitalocean_vpc.two"]);
}

const NETWORK: &str = "\
resource \"digitalocean_vpc\" \"main\" {
  name   = \"main\"
  region = \"fra1\"
}
";

#[test]
fn what_has_a_taken_name_can_be_taken_over_as_the_message_says() {
    let stage = Stage::with(NETWORK);
    let there = stage.ask("POST", "/v2/vpcs", "{\"name\": \"main\", \"region\": \"fra1\"}");
    let said = stage.run("apply -auto-approve");
    assert_snapshot!(errors(&said), @r#"
    --- stderr
    A key for the sensitive values in the state was made: <dir>/state/.key. Keep a copy: without it they cannot be read.

    Apply incomplete. Resources: 0 added, 0 changed, 0 destroyed before it stopped.

    Error: Name already taken

      with digitalocean_vpc.main,
      on main.tf line 2, in resource "digitalocean_vpc" "main":
       2:   name   = "main"
                     ^^^^^^

    Creating the VPC main: a VPC network with that name already exists in your
    account.

    If the object that has the name is yours, take it over. Otherwise choose
    another name.

      import {
        to = digitalocean_vpc.main
        id = "<uuid>"
      }
    --- exit 1
    "#);
    stage.lacks(&[], "Plan: 1 to add, 0 to change, 0 to destroy.");
    // The id as it is shown.
    let said = stage.shown("apply -auto-approve");
    let block: Vec<&str> = said.lines().skip_while(|line| line.trim() != "import {").take(4).collect();
    stage.folder.write("import.tf", &block.join("\n"));
    let said = stage.run("apply -auto-approve");
    assert!(said.contains("Resources: 1 imported, 0 added, 0 changed, 0 destroyed"), "{said}");
    stage.is_true(&["digitalocean_vpc.main"]);
    let all = stage.ask("GET", "/v2/vpcs", "");
    let ids: Vec<_> =
        all["vpcs"].as_array().unwrap().iter().filter(|vpc| vpc["name"] == "main").map(|vpc| &vpc["id"]).collect();
    assert_eq!(ids, [&there["vpc"]["id"]]);
}

const DROPLETS: &str = "\
resource \"digitalocean_tag\" \"web\" {
  name = \"web\"
}
resource \"digitalocean_droplet\" \"web\" {
  name   = \"web\"
  region = \"fra1\"
  size   = \"s-1vcpu-1gb\"
  image  = \"debian-12-x64\"
  tags   = [digitalocean_tag.web.id]
}
";

/// As the vendor has answered for years.
const FULL: &str = "{\"id\": \"unprocessable_entity\", \"message\": \"creating this/these droplet(s) will exceed your droplet limit\"}";

#[test]
fn a_limit_of_the_account_is_the_vendors_to_raise() {
    let stage = Stage::with(DROPLETS);
    stage.middle.meddle("POST", "/v2/droplets", Act::Answer("422 Unprocessable Entity", "application/json", FULL));
    assert_snapshot!(errors(&stage.run("apply -auto-approve")), @r#"
    --- stderr
    A key for the sensitive values in the state was made: <dir>/state/.key. Keep a copy: without it they cannot be read.

    Apply incomplete. Resources: 1 added, 0 changed, 0 destroyed before it stopped.

    Error: Limit of the account

      with digitalocean_droplet.web,
      on main.tf line 4, in resource "digitalocean_droplet" "web":
       4: resource "digitalocean_droplet" "web" {
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    Creating the droplet web: creating this/these droplet(s) will exceed your
    droplet limit.

    Ask the vendor to raise the limit, or remove what is not needed, and run
    again: what was made is recorded.
    --- exit 1
    "#);
    stage.lacks(&["digitalocean_tag.web"], "Plan: 1 to add, 0 to change, 0 to destroy.");
    let said = stage.run("apply -auto-approve");
    assert!(said.contains("Resources: 1 added, 0 changed, 0 destroyed"), "{said}");
    stage.is_true(&["digitalocean_droplet.web", "digitalocean_tag.web"]);
}
