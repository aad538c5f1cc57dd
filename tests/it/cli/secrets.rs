//! Values of sensitive variables are in no message, however wrong they are.

use super::Folder;

const CONFIG: &str = "\
variable \"size\" {
  type      = number
  sensitive = true
  default   = 5
  validation {
    condition     = var.size > 3
    error_message = \"too small\"
  }
}
variable \"names\" {
  type      = list(string)
  sensitive = true
  default   = []
}
";

/// Runs a line as text and as JSON.
fn seen(folder: &Folder, line: &str) -> String {
    format!("{}{}", folder.run(line), folder.stdout(&format!("{line} -json")))
}

#[test]
fn a_value_of_the_wrong_type_is_not_shown() {
    let folder = Folder::with(CONFIG);
    let text = seen(&folder, "plan -var=size=hunter2");
    assert!(text.contains("a number is required") && !text.contains("hunter2"), "{text}");
    folder.write("terraform.tfvars", "size = \"hunter2\"\n");
    let text = seen(&folder, "plan");
    assert!(text.contains("a sensitive value, not shown") && !text.contains("hunter2"), "{text}");
    assert!(text.contains("\"filename\":\"terraform.tfvars\""), "{text}");
}

#[test]
fn a_value_that_a_rule_refuses_is_not_shown() {
    let folder = Folder::with(CONFIG);
    folder.write("terraform.tfvars", "size = 2.71828\n");
    let text = seen(&folder, "plan");
    assert!(text.contains("too small") && !text.contains("71828"), "{text}");
}

#[test]
fn a_value_that_cannot_be_read_is_not_shown() {
    let folder = Folder::with(CONFIG);
    let text = seen(&folder, "plan -var=names=hunter2!");
    assert!(text.contains("cannot be read as an expression") && !text.contains("hunter2"), "{text}");
    folder.write("terraform.tfvars", "names = [\"hunter2]\n");
    let text = seen(&folder, "plan");
    assert!(text.contains("terraform.tfvars") && !text.contains("hunter2"), "{text}");
    assert!(!seen(&folder, "plan -var=hunter2").contains("option \"hunter2"));
}

#[test]
fn a_default_that_does_not_fit_is_not_shown() {
    let folder = Folder::with("variable \"size\" {\n  type = number\n  default = \"hunter2\"\n  sensitive = true\n}\n");
    let text = seen(&folder, "validate");
    assert!(text.contains("Invalid default value for variable") && !text.contains("hunter2"), "{text}");
}

#[test]
fn a_place_inside_a_character_is_no_end_of_the_program() {
    let folder = Folder::with("resource é");
    let problems = folder.json("validate -json");
    assert_eq!(problems["diagnostics"][1]["summary"], "Missing name for resource");
    assert_eq!(problems["diagnostics"][1]["range"]["start"]["byte"], 9);
}
