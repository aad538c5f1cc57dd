use insta::assert_snapshot;

use super::Folder;

const CONFIG: &str = "\
resource \"terraform_data\" \"a\" {
  input = sensitive(\"canary\")
}
output \"o\" {
  value     = terraform_data.a.output
  sensitive = true
}
";

#[test]
fn a_state_is_shown_without_its_secrets() {
    assert_snapshot!(Folder::empty().run("show"), @"
    --- stdout
    No state.
    --- exit 0
    ");
    let folder = Folder::applied(CONFIG);
    assert_snapshot!(folder.run("show"), @r#"
    --- stdout
    # terraform_data.a:
    resource "terraform_data" "a" {
        id     = "<uuid>"
        input  = (sensitive value)
        output = (sensitive value)
    }


    Outputs:

    o = (sensitive value)
    --- exit 0
    "#);
    assert!(!folder.stdout("show -json").contains("canary"));
    assert!(folder.stdout("show -json -show-sensitive").contains("canary"));
    assert_eq!(folder.json("show -json")["values"]["root_module"]["resources"][0]["address"], "terraform_data.a");
}

#[test]
fn a_file_is_a_plan_or_a_state() {
    let folder = Folder::applied(CONFIG);
    let pulled = folder.stdout("state pull");
    assert!(!pulled.contains("canary"), "{pulled}");
    folder.write("pulled.json", &pulled);
    assert_eq!(folder.stdout("show pulled.json"), folder.stdout("show"));
    assert_snapshot!(folder.run("show main.tf"), @"
    --- stderr

    Error: Failed to read the given file as a state or plan file

    main.tf is not a saved plan, and as a state it is damaged at line 1: an
    object is expected.
    --- exit 1
    ");
}
