use insta::assert_snapshot;

use super::Folder;

const CONFIG: &str = "\
variable \"size\" {
  default = 1
}
resource \"terraform_data\" \"a\" {
  input = var.size
}
output \"size\" {
  value = terraform_data.a.output
}
";

#[test]
fn what_is_planned_is_done_and_said() {
    let folder = Folder::with(CONFIG);
    assert_snapshot!(folder.run("apply -auto-approve"), @r#"
    --- stdout

    Actions are marked with these symbols:
      + create

    infra will perform the following actions:

      # terraform_data.a will be created
      + resource "terraform_data" "a" {
          + id     = (known after apply)
          + input  = 1
          + output = (known after apply)
        }

    Plan: 1 to add, 0 to change, 0 to destroy.

    Changes to Outputs:
      + size = (known after apply) # terraform_data.a.output

    terraform_data.a: Creating...
    terraform_data.a: Creation complete after 0s [id=<uuid>]

    Apply complete! Resources: 1 added, 0 changed, 0 destroyed.

    Outputs:

    size = 1
    --- stderr
    A key for the sensitive values in the state was made: <dir>/state/.key. Keep a copy: without it they cannot be read.
    --- exit 0
    "#);
    assert_snapshot!(folder.run("apply -auto-approve"), @"
    --- stdout

    No changes. Your infrastructure matches the configuration.

    infra has compared your real infrastructure against your configuration and
    found no differences, so no changes are needed.

    Apply complete! Resources: 0 added, 0 changed, 0 destroyed.

    Outputs:

    size = 1
    --- exit 0
    ");
    assert_snapshot!(folder.run("destroy -auto-approve"), @r#"
    --- stdout

    Actions are marked with these symbols:
      - destroy

    infra will perform the following actions:

      # terraform_data.a will be destroyed
      - resource "terraform_data" "a" {
          - id     = "<uuid>" -> null
          - input  = 1 -> null
          - output = 1 -> null
        }

    Plan: 0 to add, 0 to change, 1 to destroy.

    Changes to Outputs:
      - size = 1 -> null

    terraform_data.a: Destroying... [id=<uuid>]
    terraform_data.a: Destruction complete after 0s

    Destroy complete! Resources: 1 destroyed.
    --- exit 0
    "#);
    assert_eq!(folder.code("plan -destroy -detailed-exitcode"), 0);
}

#[test]
fn without_approval_nothing_is_done() {
    let folder = Folder::with(CONFIG);
    let seen = folder.run("apply");
    assert_snapshot!(&seen[seen.find("--- stderr").unwrap()..], @"
    --- stderr

    Error: Approval needed

    These changes need the approval of a person, and nobody can be asked here.
    Run it on a terminal, or use -auto-approve, or save a plan with `infra plan
    -out=FILE` and apply that.
    --- exit 1
    ");
    assert_eq!(folder.stdout("state list"), "");
}

#[test]
fn a_saved_plan_is_applied_as_it_was_made() {
    let folder = Folder::with(CONFIG);
    folder.run("plan -out=p");
    folder.write("main.tf", "");
    assert_snapshot!(folder.run("apply p"), @"
    --- stdout
    terraform_data.a: Creating...
    terraform_data.a: Creation complete after 0s [id=<uuid>]

    Apply complete! Resources: 1 added, 0 changed, 0 destroyed.

    Outputs:

    size = 1
    --- exit 0
    ");
    assert_snapshot!(folder.run("apply p"), @"
    --- stderr

    Error: Saved plan is stale

    The given plan file can no longer be applied because the state was changed
    by another operation after the plan was created: terraform_data.a is no
    longer what the plan read. Make a new plan.
    --- exit 1
    ");
    assert_snapshot!(folder.run("apply -target=terraform_data.a p"), @"
    --- stderr

    Error: Can't change plan mode when applying a saved plan

    What a saved plan is for and about was decided when it was made. Leave out
    -destroy, -refresh-only, -target and -replace, or make a new plan with them.
    --- exit 1
    ");
    assert_snapshot!(folder.run("apply nowhere"), @"
    --- stderr

    Error: Failed to load plan file

    Cannot read the plan file nowhere: No such file or directory (os error 2).
    --- exit 1
    ");
}

#[test]
fn a_saved_plan_keeps_its_variables() {
    let folder = Folder::with(CONFIG).env("TF_VAR_size", "2");
    folder.run("plan -out=p -var=size=1");
    assert!(folder.run("apply -var=size=5 p").contains("Error: Can't change variable when applying a saved plan"));
    let seen = folder.run("apply -var=size=1 p");
    assert!(!seen.contains("Warning: Ignoring variable") && seen.ends_with("--- exit 0"), "{seen}");
}

#[test]
fn a_stream_tells_of_each_step() {
    let folder = Folder::with(CONFIG);
    let types: Vec<String> = folder
        .stdout("apply -auto-approve -json")
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["type"].as_str().unwrap().to_owned())
        .collect();
    let expected = [
        "version",
        "planned_change",
        "change_summary",
        "outputs",
        "log",
        "apply_start",
        "apply_complete",
        "change_summary",
        "outputs",
    ];
    assert_eq!(types, expected);
    assert!(folder.stdout("destroy -json").contains("Approval needed"));
}

#[test]
fn a_failed_apply_says_how_far_it_came() {
    let folder =
        Folder::with("resource \"local_file\" \"f\" {\n  content  = \"x\"\n  filename = \"/proc/nowhere/f\"\n}\n");
    let seen = folder.run("apply -auto-approve");
    assert!(seen.contains("Apply incomplete. Resources: 0 added, 0 changed, 0 destroyed"), "{seen}");
    assert!(seen.ends_with("--- exit 1"), "{seen}");
}

#[test]
fn refreshing_changes_nothing_but_the_state() {
    let folder = Folder::applied(CONFIG);
    assert_snapshot!(folder.run("refresh"), @"
    --- stdout

    No changes. Your infrastructure still matches the configuration.

    infra has checked that the real remote objects still match the result of your
    most recent changes, and found no differences.

    Apply complete! Resources: 0 added, 0 changed, 0 destroyed.

    Outputs:

    size = 1
    --- exit 0
    ");
}

const PHASES: &str = "\
resource \"terraform_data\" \"a\" {}
resource \"terraform_data\" \"b\" {
  for_each = toset([terraform_data.a.id])
}
";

#[test]
fn what_has_to_wait_is_planned_and_applied_in_a_later_phase() {
    let folder = Folder::empty();
    folder.write("main.infra.hcl", PHASES);
    let seen = folder.run("apply -auto-approve");
    assert!(seen.contains("Apply complete! Resources: 2 added, 0 changed, 0 destroyed."), "{seen}");
    assert!(seen.ends_with("--- exit 0"), "{seen}");
    assert_eq!(folder.code("plan -detailed-exitcode"), 0);
}

#[test]
fn a_saved_plan_is_one_phase_and_says_what_remains() {
    let folder = Folder::empty();
    folder.write("main.infra.hcl", PHASES);
    folder.run("plan -out=p");
    assert_snapshot!(folder.run("apply p"), @"
    --- stdout
    terraform_data.a: Creating...
    terraform_data.a: Creation complete after 0s [id=<uuid>]

    Apply complete! Resources: 1 added, 0 changed, 0 destroyed.
    --- stderr

    What had to wait can be planned now, with `infra plan`:
      terraform_data.b: how many there are depends on something that is not made yet
    --- exit 0
    ");
    assert_eq!(folder.code("plan -detailed-exitcode"), 2);
}
