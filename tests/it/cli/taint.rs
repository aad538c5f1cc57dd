use insta::assert_snapshot;

use super::Folder;

#[test]
fn what_is_tainted_is_replaced() {
    let folder = Folder::applied("resource \"terraform_data\" \"a\" {}\n");
    assert_snapshot!(folder.run("taint terraform_data.a"), @"
    --- stdout
    Resource instance terraform_data.a has been marked as tainted.
    --- exit 0
    ");
    assert!(folder.stdout("plan").contains("terraform_data.a is tainted, so must be replaced"));
    assert_snapshot!(folder.run("untaint terraform_data.a"), @"
    --- stdout
    Resource instance terraform_data.a has been successfully untainted.
    --- exit 0
    ");
    assert_eq!(folder.code("plan -detailed-exitcode"), 0);
    assert_snapshot!(folder.run("taint terraform_data.nope"), @r#"
    --- stderr

    Error: No such resource instance

    There is no resource instance in the state with the address
    terraform_data.nope. If the resource configuration has just been added, you
    must run "infra apply" once to create the corresponding instance(s) before
    they can be tainted.
    --- exit 1
    "#);
    assert_eq!(folder.code("taint -allow-missing terraform_data.nope"), 0);
}
