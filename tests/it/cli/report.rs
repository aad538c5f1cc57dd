//! Reports for others: a comment for a pull request, numbers for a monitoring system.

use insta::assert_snapshot;

use super::Folder;

const CONFIG: &str = "\
variable \"secret\" {
  sensitive = true
  default   = \"canary\"
}
resource \"local_file\" \"f\" {
  content  = \"as written\\n\"
  filename = \"f.txt\"
}
resource \"terraform_data\" \"t\" {
  input = var.secret
}
";

fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path(name)).unwrap()
}

/// A report with the folder's name, which is made up, told the same.
fn report(folder: &Folder, name: &str) -> String {
    let own = folder.path("").canonicalize().unwrap().file_name().unwrap().to_string_lossy().into_owned();
    let text = read(folder, name);
    text.replace(&own.replace("--", "_"), "NAME").replace(&own, "NAME")
}

#[test]
fn a_plan_and_its_apply_are_told_for_a_pull_request() {
    let folder = Folder::with(CONFIG);
    assert_eq!(folder.code("plan -detailed-exitcode -out=p -report=md=plan.md"), 2);
    let text = report(&folder, "plan.md");
    let head = "<!-- infra-report plan folder=NAME workspace=default -->\n## infra plan: changes\n\n\
                **Plan: 2 to add, 0 to change, 0 to destroy.**\n";
    assert!(text.starts_with(head), "{text}");
    assert!(text.contains("# local_file.f will be created\n+   resource \"local_file\" \"f\" {\n"), "{text}");
    assert!(text.contains("+       input  = (sensitive value)") && !text.contains("canary"), "{text}");
    assert_eq!(folder.code("apply -report=md=applied.md p"), 0);
    let text = report(&folder, "applied.md");
    assert!(text.contains("`Apply complete! Resources: 2 added, 0 changed, 0 destroyed.`"), "{text}");
    assert_eq!(folder.code("plan -detailed-exitcode -report=md=plan.md"), 0);
    assert_snapshot!(report(&folder, "plan.md"), @"
    <!-- infra-report plan folder=NAME workspace=default -->
    ## infra plan: nothing to do

    **No changes.** What is there is as it is written.

    Folder `NAME`, workspace `default`.
    ");
    assert_eq!(folder.code("plan -destroy -report=md=plan.md"), 0);
    assert!(report(&folder, "plan.md").contains("## infra plan: destroys\n"));
}

#[test]
fn a_failure_is_told_too() {
    let folder = Folder::with("output \"o\" {\n  value = local.none\n}\n");
    assert_eq!(folder.code("plan -json -report=md=plan.md"), 1);
    let text = report(&folder, "plan.md");
    assert!(text.contains("## infra plan: errors\n") && text.contains("### Errors: 1\n\n```text\nError: "), "{text}");
    assert!(text.contains("on main.tf line 2, in output \"o\":"), "{text}");
    // Before there is a plan at all.
    assert_eq!(folder.code("apply -auto-approve -replace=no/address -report=md=apply.md"), 1);
    let text = report(&folder, "apply.md");
    assert!(text.contains("## infra apply: errors\n") && text.contains("Error: Invalid address"), "{text}");
}

#[test]
fn a_report_without_a_place_is_refused_before_anything_is_done() {
    let folder = Folder::with(CONFIG);
    for line in ["apply -auto-approve -report=md=none/r.md", "drift -metrics=none/r.prom", "plan -report=md=/dev/null"]
    {
        let seen = folder.run(line);
        assert!(seen.contains("Error: Failed to write report") && seen.ends_with("--- exit 1"), "{seen}");
    }
    assert!(!folder.path("f.txt").exists() && std::path::Path::new("/dev/null").exists());
    let seen = folder.run("plan -report=html=r");
    assert!(seen.contains("write md=FILE") && seen.ends_with("--- exit 1"), "{seen}");
}

#[test]
fn drift_is_told_to_people_and_in_numbers() {
    let folder = Folder::applied(CONFIG);
    let line = "drift -report=md=drift.md -metrics=drift.prom";
    assert_eq!(folder.code(line), 0);
    assert!(report(&folder, "drift.md").contains("## infra drift: nothing to do\n"));
    std::fs::remove_file(folder.path("f.txt")).unwrap();
    folder.write("more.tf", "resource \"terraform_data\" \"new\" {}\n");
    assert_eq!(folder.code(line), 2);
    assert_snapshot!(report(&folder, "drift.md"), @"
    <!-- infra-report drift folder=NAME workspace=default -->
    ## infra drift: changes

    **Drift: 0 changed outside, 1 deleted outside, 1 not yet applied, 0 could not be read.**

    Folder `NAME`, workspace `default`.

    ### Deleted outside of infra: 1

    - `local_file.f`

    ### Written but not applied: 1

    - `terraform_data.new`: to be created
    ");
    let value = |name: &str| {
        let text = read(&folder, "drift.prom");
        let line = text.lines().find(|line| {
            line.starts_with(name.split('|').next().unwrap()) && line.contains(name.split('|').nth(1).unwrap_or(""))
        });
        line.map(|line| line.rsplit_once(' ').unwrap().1.to_owned())
    };
    let class = |class: &str| value(&format!("infra_drift_objects|class=\"{class}\"}}")).unwrap();
    assert_eq!(["changed_outside", "deleted_outside", "unapplied_code", "stale"].map(class), ["0", "1", "1", "0"]);
    assert_eq!(value("infra_drift_success{").unwrap(), "1");
    let succeeded = value("infra_drift_last_success_timestamp_seconds{").unwrap();
    assert_eq!(value("infra_drift_last_run_timestamp_seconds{").unwrap(), succeeded);
    // One that cannot look says so, and nothing of what it has not seen.
    folder.write("main.tf", "nonsense");
    assert_eq!(folder.code(line), 1);
    assert_eq!(value("infra_drift_success{").unwrap(), "0");
    assert_eq!(value("infra_drift_objects"), None);
    assert_eq!(value("infra_drift_last_success_timestamp_seconds{").unwrap(), succeeded);
    assert!(report(&folder, "drift.md").contains("## infra drift: errors\n"));
}
