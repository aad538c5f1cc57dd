use insta::assert_snapshot;

use super::Folder;

#[test]
fn an_object_is_taken_over_under_an_address_that_is_written() {
    let folder = Folder::with("resource \"terraform_data\" \"a\" {}\n");
    assert_snapshot!(folder.run("import terraform_data.zz id1"), @r#"
    --- stderr

    Error: resource address "terraform_data.zz" does not exist in the configuration.

    Before importing this resource, please create its configuration in the root
    module. For example:

    resource "terraform_data" "zz" {
      # (resource arguments)
    }
    --- exit 1
    "#);
    assert_snapshot!(folder.run("import terraform_data.a id1"), @"
    --- stdout
    terraform_data.a: Import complete! [id=id1]

    Import successful! What differs from the configuration, the next plan shows.
    --- stderr
    terraform_data.a: Refreshing state...
    A key for the sensitive values in the state was made: <dir>/state/.key. Keep a copy: without it they cannot be read.
    --- exit 0
    ");
    assert_snapshot!(folder.run("import terraform_data.a id1"), @"
    --- stderr

    Error: Resource already managed by infra

    terraform_data.a is in the state already. To import another object, remove
    this one from the state first.
    --- exit 1
    ");
    assert_eq!(folder.stdout("state list -id=id1"), "terraform_data.a\n");
}
