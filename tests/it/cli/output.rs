use insta::assert_snapshot;

use super::Folder;

const CONFIG: &str = "\
output \"list\" {
  value = tolist([\"a\", \"b\"])
}
output \"text\" {
  value = \"two\\nlines\"
}
output \"secret\" {
  value     = \"canary\"
  sensitive = true
}
";

#[test]
fn one_that_is_asked_for_by_name_is_clear() {
    let folder = Folder::applied(CONFIG);
    assert_snapshot!(folder.run("output"), @r#"
    --- stdout
    list = tolist([
      "a",
      "b",
    ])
    secret = <sensitive>
    text = <<EOT
    two
    lines
    EOT
    --- exit 0
    "#);
    assert_snapshot!(folder.run("output secret"), @r#"
    --- stdout
    "canary"
    --- exit 0
    "#);
    assert_snapshot!(folder.run("output list"), @r#"
    --- stdout
    tolist([
      "a",
      "b",
    ])
    --- exit 0
    "#);
    assert_eq!(folder.stdout("output -raw text"), "two\nlines");
    assert_eq!(folder.json("output -json list"), serde_json::json!(["a", "b"]));
    assert_eq!(folder.json("output -json")["secret"]["value"], "canary");
    assert_snapshot!(folder.run("output -raw list"), @r#"
    --- stderr

    Error: Unsupported value for raw output

    The -raw option only supports strings, numbers, and boolean values, but
    output value "list" is none of these.

    Use the -json option for machine-readable representations of output values
    that have complex types.
    --- exit 1
    "#);
    assert_snapshot!(folder.run("output lst"), @r#"
    --- stderr

    Error: Output "lst" not found

    The output variable requested could not be found in the state. Did you mean
    "list"? If you recently added it to your configuration, be sure to run
    `infra apply`, since the state won't be updated with new outputs until that
    command is run.
    --- exit 1
    "#);
}

#[test]
fn where_there_are_none_that_is_said() {
    assert_snapshot!(Folder::empty().run("output"), @"
    --- stderr

    Warning: No outputs found

    The state has no outputs, or there is no state yet. Define one in the
    configuration with an `output` block, and run `infra apply`.
    --- exit 0
    ");
    assert_eq!(Folder::empty().json("output -json"), serde_json::json!({}));
}
