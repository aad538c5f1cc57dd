//! Ephemeral values are used and never kept.

use super::Folder;

const VARIABLE: &str = "variable \"e\" {\n  type = string\n  ephemeral = true\n}\n";

#[test]
fn an_ephemeral_value_is_refused_where_it_would_be_kept() {
    for (config, summary) in [
        ("resource \"terraform_data\" \"a\" {\n  input = var.e\n}\n", "Invalid use of ephemeral value"),
        ("resource \"terraform_data\" \"a\" {\n  input = [{ b = var.e }]\n}\n", "Invalid use of ephemeral value"),
        ("resource \"terraform_data\" \"a\" {\n  count = var.e == \"x\" ? 1 : 2\n}\n", "Invalid count argument"),
        ("resource \"terraform_data\" \"a\" {\n  for_each = toset([var.e])\n}\n", "Invalid for_each argument"),
        ("output \"o\" {\n  value = var.e\n}\n", "Ephemeral value not allowed"),
        ("output \"o\" {\n  value = var.e\n  ephemeral = true\n}\n", "Ephemeral output not allowed"),
        ("module \"m\" {\n  source = \"./m\"\n  x = var.e\n}\n", "Ephemeral value not allowed"),
        (
            "module \"m\" {\n  source = \"./m\"\n  y = var.e\n}\noutput \"o\" {\n  value = module.m.y\n}\n",
            "Ephemeral value not allowed",
        ),
    ] {
        let folder = Folder::with(&format!("{VARIABLE}{config}")).env("TF_VAR_e", "hunter2");
        let module = "variable \"x\" {\n  default = 1\n}\nvariable \"y\" {\n  default = 1\n  ephemeral = true\n}\noutput \"y\" \
                      {\n  value = var.y\n  ephemeral = true\n}\n";
        folder.write("m/main.tf", module);
        let text = folder.run("plan");
        assert!(text.contains(&format!("Error: {summary}")) && text.ends_with("exit 1"), "{config}{text}");
        assert!(!text.contains("hunter2"), "{config}{text}");
    }
}

#[test]
fn an_ephemeral_value_is_in_no_saved_plan() {
    let config = format!(
        "{VARIABLE}resource \"terraform_data\" \"a\" {{\n  input = 1\n  lifecycle {{\n    precondition {{\n      condition = \
         var.e == \"hunter2\"\n      error_message = \"no\"\n    }}\n  }}\n}}\n"
    );
    let folder = Folder::with(&config);
    folder.write("terraform.tfvars", "e = \"hunter2\"\n");
    assert!(folder.run("plan -out=p").ends_with("exit 0"));
    std::fs::remove_file(folder.path("terraform.tfvars")).unwrap();
    let shown = folder.stdout("show -json -show-sensitive p");
    assert!(shown.contains("resource_changes") && !shown.contains("hunter2"), "{shown}");
    let text = folder.run("apply p");
    assert!(text.contains("is ephemeral and was set") && text.ends_with("exit 1"), "{text}");
    let text = folder.run("apply -var=e=other p");
    assert!(text.ends_with("exit 1"), "{text}");
    assert!(folder.run("apply -var=e=hunter2 p").ends_with("exit 0"));
}
