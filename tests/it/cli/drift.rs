use insta::assert_snapshot;

use super::Folder;

const CONFIG: &str = "resource \"local_file\" \"f\" {\n  content  = \"as written\\n\"\n  filename = \"f.txt\"\n}\n";

#[test]
fn what_others_did_is_told_from_what_is_not_applied() {
    let folder = Folder::applied(CONFIG);
    assert_snapshot!(folder.run("drift"), @"
    --- stdout
    No drift. Everything is as it was left, and as it is written.
    --- stderr
    local_file: Refreshing state...
    --- exit 0
    ");
    std::fs::remove_file(folder.path("f.txt")).unwrap();
    folder.write("more.tf", "resource \"terraform_data\" \"new\" {}\n");
    assert_snapshot!(folder.run("drift"), @"
    --- stdout
    Deleted outside of infra:
      - local_file.f

    Written but not applied:
      + terraform_data.new: to be created

    Drift: 0 changed outside, 1 deleted outside, 1 not yet applied, 0 could not be read.
    --- stderr
    local_file: Refreshing state...
    --- exit 2
    ");
    assert_eq!(folder.code("drift -detailed-exitcode"), 2);
    assert_eq!(folder.code("drift -detailed-exitcode=false"), 0);
    let json = folder.json("drift -json");
    assert_eq!(json["deleted_outside"][0]["address"], "local_file.f");
    assert_eq!(json["unapplied_code"][0]["address"], "terraform_data.new");
    folder.write("main.tf", "nonsense");
    assert_eq!(folder.code("drift"), 1);
}
