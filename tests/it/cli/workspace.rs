use insta::assert_snapshot;

use super::Folder;

#[test]
fn workspaces_keep_their_states_apart() {
    let folder =
        Folder::applied("resource \"terraform_data\" \"a\" {}\noutput \"w\" {\n  value = terraform.workspace\n}\n");
    assert_snapshot!(folder.run("workspace new dev"), @r#"
    --- stdout
    Created and switched to workspace "dev"!

    It is new and empty: workspaces keep their states apart, so a plan sees nothing that others have made.
    --- exit 0
    "#);
    assert_snapshot!(folder.run("workspace list"), @"
    --- stdout
      default
    * dev
    --- exit 0
    ");
    assert_eq!(folder.stdout("state list"), "");
    assert_eq!(folder.code("apply -auto-approve"), 0);
    assert_eq!(folder.stdout("output -raw w"), "dev");
    assert_snapshot!(folder.run("workspace select default"), @r#"
    --- stdout
    Switched to workspace "default".
    --- exit 0
    "#);
    assert_snapshot!(folder.run("workspace delete dev"), @r#"
    --- stderr

    Error: Workspace is not empty

    Workspace "dev" is currently tracking the following resource instances:
      - terraform_data.a

    Deleting this workspace would cause infra to lose track of any associated
    remote objects, which would then require you to delete them manually.
    Destroy these objects before deleting the workspace.

    To delete it anyway, and forget about these objects, use the -force option.
    --- exit 1
    "#);
    assert_snapshot!(folder.run("workspace delete -force dev"), @r#"
    --- stdout
    Deleted workspace "dev"!
    --- exit 0
    "#);
    assert_snapshot!(folder.run("workspace select dve"), @r#"
    --- stderr

    Workspace "dve" doesn't exist.

    To make it, run `infra workspace new dve`, or add -or-create.
    --- exit 1
    "#);
    assert_snapshot!(folder.run("workspace new bad/name"), @r#"
    --- stderr

    The workspace name "bad/name" is not allowed. A name has only letters, digits, "-", "_" and ".", and does not begin with a dot.
    --- exit 1
    "#);
    assert_snapshot!(folder.run("workspace delete default"), @r#"
    --- stderr
    Workspace "default" is your active workspace.

    You cannot delete the currently active workspace. Please switch to another workspace and try again.
    --- exit 1
    "#);
    assert_eq!(folder.stdout("workspace show"), "default\n");
}

#[test]
fn the_environment_chooses_over_all() {
    let folder = Folder::empty().env("TF_WORKSPACE", "prod");
    assert_eq!(folder.stdout("workspace show"), "prod\n");
    assert_snapshot!(folder.run("workspace select default"), @r#"
    --- stderr

    Error: The workspace is chosen by the environment

    The selected workspace is overridden by TF_WORKSPACE or INFRA_WORKSPACE,
    which says "prod". To select another one, unset it or change its value.
    --- exit 1
    "#);
}
