use insta::assert_snapshot;

use super::Folder;

#[test]
fn mistakes_are_found_without_values() {
    let sound = Folder::with("variable \"v\" {}\nresource \"terraform_data\" \"a\" {\n  input = var.v\n}\n");
    assert_snapshot!(sound.run("validate"), @"
    --- stdout
    Success! The configuration is valid.
    --- exit 0
    ");
    let folder = Folder::with("output \"o\" {\n  value = var.region_nam\n}\nvariable \"region_name\" {}\n");
    assert_snapshot!(folder.run("validate"), @r#"
    --- stderr

    Error: Reference to undeclared input variable

      on main.tf line 2, in output "o":
       2:   value = var.region_nam
                    ^^^^^^^^^^^^^^

    An input variable with the name "region_nam" has not been declared. Did you
    mean "region_name"?
    --- exit 1
    "#);
    let json = folder.json("validate -json");
    assert_eq!((&json["valid"], &json["error_count"]), (&false.into(), &1.into()));
    assert_eq!(json["diagnostics"][0]["range"]["start"]["line"], 2);
}
