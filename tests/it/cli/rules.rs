//! Rules that planning cannot tell are told while applying.

use super::Folder;

/// A resource whose output is known after apply, and something that has a rule about it.
fn applied(rest: &str) -> String {
    let base = "resource \"terraform_data\" \"a\" {\n  input = 1\n}\n";
    Folder::with(&format!("{base}{rest}")).run("apply -auto-approve")
}

#[test]
fn a_precondition_is_checked_before_anything_is_sent() {
    let text = applied(
        "resource \"terraform_data\" \"b\" {\n  lifecycle {\n    precondition {\n      condition = terraform_data.a.output \
         == 2\n      error_message = \"not two\"\n    }\n  }\n}\n",
    );
    assert!(text.contains("Error: Resource precondition failed") && text.contains("not two"), "{text}");
    assert!(!text.contains("terraform_data.b: Creating") && text.ends_with("exit 1"), "{text}");
}

#[test]
fn a_rule_of_what_stays_as_it_is_is_checked_too() {
    let rule = |condition: &str| {
        format!(
            "variable \"v\" {{}}\nresource \"terraform_data\" \"a\" {{\n  input = var.v\n}}\nresource \"terraform_data\" \"b\" \
             {{\n  lifecycle {{\n    {condition} {{\n      condition = terraform_data.a.output != \"2\"\n      error_message \
             = \"two\"\n    }}\n  }}\n}}\n"
        )
    };
    for kind in ["precondition", "postcondition"] {
        let folder = Folder::with(&rule(kind)).env("TF_VAR_v", "1");
        assert!(folder.run("apply -auto-approve").ends_with("exit 0"));
        let folder = folder.env("TF_VAR_v", "2");
        let text = folder.run("apply -auto-approve");
        assert!(text.contains(&format!("Error: Resource {kind} failed")) && text.ends_with("exit 1"), "{text}");
    }
}

#[test]
fn a_postcondition_is_checked_where_nothing_was_left_to_do() {
    let config = "variable \"v\" {}\nresource \"terraform_data\" \"a\" {\n  input = var.v\n}\nresource \"terraform_data\" \
                  \"b\" {\n  input = length(terraform_data.a.output)\n  lifecycle {\n    postcondition {\n      condition = \
                  terraform_data.a.output != \"2\"\n      error_message = \"two\"\n    }\n  }\n}\n";
    let folder = Folder::with(config).env("TF_VAR_v", "1");
    assert!(folder.run("apply -auto-approve").ends_with("exit 0"));
    let text = folder.env("TF_VAR_v", "2").run("apply -auto-approve");
    assert!(text.contains("Error: Resource postcondition failed") && text.ends_with("exit 1"), "{text}");
}

#[test]
fn a_rule_of_a_modules_variable_is_checked_with_its_value() {
    let folder = Folder::with(
        "resource \"terraform_data\" \"a\" {\n  input = 1\n}\nmodule \"m\" {\n  source = \"./m\"\n  x = \
         terraform_data.a.output\n}\n",
    );
    folder.write(
        "m/main.tf",
        "variable \"x\" {\n  validation {\n    condition = var.x == 2\n    error_message = \"not two\"\n  }\n}\nresource \
         \"terraform_data\" \"b\" {\n  input = var.x\n}\n",
    );
    let text = folder.run("apply -auto-approve");
    assert!(text.contains("Error: Invalid value for variable") && text.ends_with("exit 1"), "{text}");
    assert!(!text.contains("module.m.terraform_data.b: Creating"), "{text}");
}

#[test]
fn a_precondition_of_an_output_is_checked_with_its_values() {
    let text = applied(
        "output \"o\" {\n  value = 1\n  precondition {\n    condition = terraform_data.a.output == 2\n    error_message = \
         \"not two\"\n  }\n}\n",
    );
    assert!(text.contains("Error: Module output value precondition failed") && text.ends_with("exit 1"), "{text}");
}

#[test]
fn a_check_is_told_after_apply() {
    let config = "resource \"terraform_data\" \"a\" {\n  input = 1\n}\ncheck \"c\" {\n  assert {\n    condition = \
                  terraform_data.a.output == 2\n    error_message = \"not two\"\n  }\n}\n";
    let folder = Folder::with(config);
    let text = folder.run("plan");
    assert!(text.contains("Warning: Check block assertion known after apply"), "{text}");
    assert!(!folder.run("validate").contains("Warning"));
    let text = folder.run("apply -auto-approve");
    assert!(text.contains("Warning: Check block assertion failed") && text.ends_with("exit 0"), "{text}");
}

#[test]
fn a_check_that_cannot_read_only_warns() {
    let config = "check \"c\" {\n  data \"terraform_remote_state\" \"r\" {\n    backend = \"local\"\n    config = { path = \
                  \"./nowhere\" }\n  }\n  assert {\n    condition = data.terraform_remote_state.r.outputs.x == 2\n    \
                  error_message = \"no\"\n  }\n}\nresource \"terraform_data\" \"a\" {}\n";
    let text = Folder::with(config).run("apply -auto-approve");
    assert!(text.contains("Warning: Unable to find remote state") && text.ends_with("exit 0"), "{text}");
    assert!(text.contains("1 added"), "{text}");
}

#[test]
fn a_message_that_may_not_be_shown_is_a_warning_of_its_own() {
    let rule = |kind: &str, name: &str| {
        format!("{kind} {{\n  condition = var.{name} == \"1\"\n  error_message = \"no ${{var.s}}\"\n}}\n")
    };
    let variable = "variable \"s\" {\n  default = \"hunter2\"\n  sensitive = true\n}\n";
    let resource =
        format!("resource \"terraform_data\" \"a\" {{\n  lifecycle {{\n{}}}\n}}\n", rule("precondition", "s"));
    let text = Folder::with(&format!("{variable}{resource}")).run("plan");
    assert!(text.contains("Warning: Error message refers to sensitive values"), "{text}");
    assert!(text.contains("This check failed, but has an invalid error message"), "{text}");
    let check =
        format!("{variable}check \"c\" {{\n{}}}\nresource \"terraform_data\" \"a\" {{}}\n", rule("assert", "s"));
    let text = Folder::with(&check).run("plan");
    assert!(text.contains("Warning: Check block assertion failed") && text.ends_with("exit 0"), "{text}");
    let validated = format!("{variable}variable \"v\" {{\n  default = \"0\"\n{}}}\n", rule("validation", "v"));
    let text = Folder::with(&validated).run("plan");
    assert!(text.contains("Error: Error message refers to sensitive values"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn defaults_that_never_fit_are_mistakes() {
    let text = Folder::with("variable \"v\" {\n  default = null\n  nullable = false\n}\n").run("validate");
    assert!(text.contains("A null default value is not valid when nullable=false."), "{text}");
    let config = "variable \"v\" {\n  type = object({ a = optional(number, \"abc\") })\n  default = {}\n}\n";
    let text = Folder::with(config).run("validate");
    assert!(text.contains("Error: Invalid default value for optional attribute"), "{text}");
    assert_eq!(text.matches("Error:").count(), 1, "{text}");
}
