use insta::assert_snapshot;

use super::Folder;

#[test]
fn init_says_whether_the_folder_can_be_worked_with() {
    assert_snapshot!(Folder::empty().run("init"), @"
    --- stdout
    The folder has no configuration yet: there are no files that end in .tf or .infra.hcl.
    --- exit 0
    ");
    let folder = Folder::with("output \"o\" {\n  value = var.nobody\n}\n");
    // References are for validate to check, as in Terraform.
    assert_snapshot!(folder.run("init -input=false -upgrade -backend=false -reconfigure -backend-config=x=y"), @"
    --- stdout
    Everything that is needed is here: providers are built in, and the configuration can be read.

    To see what would change, run:
      infra plan
    --- exit 0
    ");
    let broken = Folder::with("resorce \"a\" \"b\" {}\n");
    assert_snapshot!(broken.run("init"), @r#"
    --- stderr
    infra found problems in the configuration. Mend them and try again.

    Error: Unsupported block type

      on main.tf line 1, in resorce "a" "b":
       1: resorce "a" "b" {}
          ^^^^^^^

    Blocks of type "resorce" are not expected here. Did you mean "resource"?
    --- exit 1
    "#);
}
