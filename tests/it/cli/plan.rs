use insta::assert_snapshot;

use super::Folder;

const CONFIG: &str = "\
variable \"size\" {
  type    = number
  default = 1
}
resource \"terraform_data\" \"a\" {
  input = var.size
}
output \"size\" {
  value = terraform_data.a.output
}
";

#[test]
fn a_plan_is_shown_and_saved() {
    let folder = Folder::with(CONFIG).env("TF_VAR_size", "2");
    assert_snapshot!(folder.run("plan"), @r#"
    --- stdout

    Actions are marked with these symbols:
      + create

    infra will perform the following actions:

      # terraform_data.a will be created
      + resource "terraform_data" "a" {
          + id     = (known after apply)
          + input  = 2
          + output = (known after apply)
        }

    Plan: 1 to add, 0 to change, 0 to destroy.

    Changes to Outputs:
      + size = (known after apply) # terraform_data.a.output

    ──────────────────────────────────────────────────────────────────────────────

    The plan was not saved, so `infra apply` makes a new one, and asks. To apply
    exactly this, save it with -out=FILE.
    --- exit 0
    "#);
    assert_eq!(folder.code("plan -detailed-exitcode"), 2);
    assert!(folder.run("plan -out=p").contains("infra apply p"));
    assert_eq!(folder.json("show -json p")["variables"]["size"]["value"], 2);
    assert_eq!(folder.json("show -json p")["resource_changes"][0]["change"]["actions"][0], "create");
}

#[test]
fn later_values_win_in_the_order_of_the_command_line() {
    let folder = Folder::with(CONFIG);
    folder.write("a.tfvars", "size = 10\n");
    let size = |line: &str| {
        assert_eq!(folder.code(&format!("plan -out=p {line}")), 0, "{line}");
        folder.json("show -json p")["variables"]["size"]["value"].clone()
    };
    assert_eq!(size("-var=size=3 -var-file=a.tfvars"), 10);
    assert_eq!(size("-var-file=a.tfvars -var size=3"), 3);
}

#[test]
fn a_plan_with_errors_is_saved_to_be_shown_and_ends_with_one() {
    let folder = Folder::with(
        "resource \"terraform_data\" \"a\" {}\noutput \"o\" {\n  value = [terraform_data.a.id][var.at]\n}\nvariable \"at\" { default = 1 }\n",
    );
    assert_snapshot!(folder.run("plan -out=p"), @r#"
    --- stdout

    Actions are marked with these symbols:
      + create

    infra planned the following actions, but then met a problem:

      # terraform_data.a will be created
      + resource "terraform_data" "a" {
          + id = (known after apply)
        }

    Plan: 1 to add, 0 to change, 0 to destroy.
    --- stderr
    A key for the sensitive values in the state was made: <dir>/state/.key. Keep a copy: without it they cannot be read.

    Error: Invalid index

      on main.tf line 3, in output "o":
       3:   value = [terraform_data.a.id][var.at]
                                         ^^^^^^^^
        ├── terraform_data.a.id is a string, known only after apply
        └── var.at is 1

    The given key does not identify an element in this collection value: the
    given index is greater than or equal to the length of the collection.
    --- exit 1
    "#);
    assert_eq!(folder.json("show -json p")["errored"], true);
    assert_snapshot!(folder.run("apply p"), @"
    --- stderr

    Error: Cannot apply incomplete plan

    The plan has errors: it can be shown, but not applied. Mend the
    configuration and make a new plan.
    --- exit 1
    ");
}

#[test]
fn a_configuration_that_is_wrong_by_itself_is_not_planned() {
    let ignored = "resource \"terraform_data\" \"a\" {\n  lifecycle {\n    ignore_changes = [nope]\n  }\n}\n";
    let imported = "resource \"terraform_data\" \"a\" {}\nimport {\n  to = terraform_data.a\n  id = \"\"\n}\n";
    for (config, problem) in
        [(ignored, "Error: Unsupported attribute"), (imported, "Error: Invalid import id argument")]
    {
        let folder = Folder::with(config);
        let seen = folder.run("plan -out=p");
        assert!(seen.starts_with("--- stderr") && seen.contains(problem) && seen.ends_with("exit 1"), "{seen}");
        assert!(!folder.path("p").exists(), "{problem}");
    }
}

#[test]
fn what_is_replaced_ignores_no_changes() {
    let config = |value: u8| {
        format!(
            "resource \"terraform_data\" \"a\" {{\n  input            = {value}\n  triggers_replace = {value}\n  lifecycle {{ \
             ignore_changes = [input] }}\n}}\noutput \"o\" {{ value = terraform_data.a.output }}\n"
        )
    };
    let folder = Folder::applied(&config(1));
    folder.write("main.tf", &config(2));
    assert!(folder.run("apply -auto-approve").contains("\no = 2\n"));
    folder.write("main.tf", &config(2).replace("input            = 2", "input            = 3"));
    assert_eq!(folder.code("plan -detailed-exitcode"), 0);
    assert!(folder.run("apply -auto-approve -replace=terraform_data.a").contains("\no = 3\n"));
}

#[test]
fn nothing_is_asked_where_nobody_answers() {
    let folder = Folder::with("variable \"v\" {}\n");
    assert_snapshot!(folder.run("plan"), @r#"
    --- stderr

    Error: No value for required variable

      on main.tf line 1:
       1: variable "v" {}
          ^^^^^^^^^^^^

    The root module input variable "v" is not set, and has no default value. Use
    a -var or -var-file command line argument to provide a value for this
    variable.
    --- exit 1
    "#);
    assert_snapshot!(Folder::empty().run("plan"), @"
    --- stderr

    Error: No configuration files

    Planning without a configuration would mark everything for destruction,
    which is normally not what is desired. If you would like to destroy
    everything, use the -destroy option. Otherwise, create a configuration file
    (ending in .tf or .infra.hcl) and try again.
    --- exit 1
    ");
}

#[test]
fn modes_exclude_each_other() {
    let folder = Folder::with(CONFIG);
    assert_snapshot!(folder.run("plan -destroy -refresh-only"), @"
    --- stderr

    Error: Incompatible plan mode options

    The -destroy and -refresh-only options are mutually-exclusive.
    --- exit 1
    ");
    assert_snapshot!(folder.run("plan -target=nothing..here"), @r#"
    --- stderr

    Error: Invalid target address

    "nothing..here": `nothing..here` is not an address: at character 9, a name
    is expected.
    --- exit 1
    "#);
}

#[test]
fn a_stream_has_one_object_a_line() {
    let folder = Folder::with(CONFIG);
    let text = folder.stdout("plan -json");
    let types: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["type"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(types, ["version", "planned_change", "change_summary", "outputs"]);
    assert!(folder.stdout("plan -json -var=x=1").contains("\"type\":\"diagnostic\""));
}

#[test]
fn provisioners_are_refused_once() {
    let config = "resource \"terraform_data\" \"a\" {\n  count = 2\n  provisioner \"local-exec\" {\n    command = \"x\"\n  \
                  }\n  provisioner \"local-exec\" {\n    when    = destroy\n    command = \"y\"\n  }\n}\nremoved {\n  from = \
                  terraform_data.b\n  provisioner \"local-exec\" {\n    when    = destroy\n    command = \"z\"\n  }\n}\n";
    for line in ["plan", "plan -destroy", "apply -auto-approve", "destroy -auto-approve"] {
        let text = Folder::with(config).run(line);
        assert_eq!(text.matches("Error: Provisioners are not supported").count(), 1, "{text}");
        assert!(text.contains("The configuration has 3 provisioners") && text.ends_with("exit 1"), "{text}");
    }
}

#[test]
fn a_connection_belongs_to_a_managed_resource() {
    let connection = "  connection {\n    host = \"h\"\n  }\n";
    let managed = Folder::with(&format!("resource \"terraform_data\" \"a\" {{\n{connection}}}\n"));
    assert_eq!(managed.code("plan"), 0);
    let config = format!("data \"local_file\" \"a\" {{\n  filename = \"main.tf\"\n{connection}}}\n");
    let text = Folder::with(&config).run("plan");
    assert!(text.contains("Error: Unsupported block type"), "{text}");
}

#[test]
fn later_phases_can_be_forbidden() {
    let config = "resource \"terraform_data\" \"a\" {\n  input = 1\n}\nresource \"terraform_data\" \"b\" {\n  count = \
                  terraform_data.a.output\n}\n";
    for (settings, code) in [("", 0), ("infra {\n  deferral = false\n}\n", 1), ("infra {\n  deferral = true\n}\n", 0)] {
        let folder = Folder::empty();
        folder.write("main.infra.hcl", &format!("{settings}{config}"));
        assert_eq!(folder.code("plan"), code, "{settings}");
    }
}

#[test]
fn functions_of_old_say_what_to_write() {
    for (call, instead) in [("list(1)", "tolist([ ... ])"), ("map(\"a\", 1)", "tomap({ ... })")] {
        let text = Folder::with(&format!("output \"o\" {{\n  value = {call}\n}}\n")).run("plan");
        assert!(text.contains("Error: Error in function call") && text.contains(instead), "{text}");
    }
    let config = "output \"o\" {\n  value = provider::terraform::encode_tfvars({ a = [1] })\n}\n";
    let folder = Folder::applied(config);
    assert_eq!(folder.stdout("output -raw o"), "a = [1]\n");
}

#[test]
fn an_address_that_names_nothing_is_told() {
    let folder = Folder::with(
        "resource \"terraform_data\" \"web\" { for_each = toset([\"x\"]) }\nmodule \"m\" {\n  source = \"./m\"\n  for_each = toset([\"p\"])\n}\n",
    );
    folder.write("m/main.tf", "resource \"terraform_data\" \"in\" {}\n");
    assert_eq!(folder.code("apply -auto-approve"), 0);
    let cases = [
        (
            "plan -target=terraform_data.wbe",
            "-target=terraform_data.wbe has no effect: nothing that is configured or recorded is called so. Did you mean \"terraform_data.web\"?",
        ),
        (
            "plan -target=module.n",
            "-target=module.n has no effect: nothing that is configured or recorded is called so.",
        ),
        ("plan -replace=terraform_data.nope", "-replace=terraform_data.nope has no effect: nothing that is configured"),
        (
            "plan -replace=terraform_data.web[\"z\"]",
            "has no effect: the resource makes no such instance. Did you mean `terraform_data.web[\"x\"]`?",
        ),
        (
            "plan -target=module.m[\"z\"].terraform_data.in",
            "has no effect: there is no such instance of the module. Did you mean `module.m[\"p\"].terraform_data.in`?",
        ),
        ("apply -auto-approve -allow-destroy=terraform_data.wbe", "-allow-destroy=terraform_data.wbe has no effect: "),
        ("apply -auto-approve -target=terraform_data.wbe", "-target=terraform_data.wbe has no effect: "),
        ("drift -target=terraform_data.wbe", "-target=terraform_data.wbe has no effect: "),
        ("refresh -target=terraform_data.wbe", "-target=terraform_data.wbe has no effect: "),
    ];
    for (line, expected) in cases {
        let seen = folder.run(line);
        assert_eq!(seen.matches("\nNote: -").count(), 1, "{line}: {seen}");
        assert!(seen.contains(expected) && seen.ends_with("exit 0"), "{line}: {seen}");
    }
    let named = "plan -target=terraform_data.web -target=module.m -target=module.m.terraform_data.in -target=module.m[\"p\"].terraform_data.in -target=terraform_data.web[\"x\"] -replace=terraform_data.web[\"x\"]";
    assert!(!folder.run(named).contains("has no effect"));
    for option in ["-target", "-replace", "-allow-destroy"] {
        let seen = folder.run(&format!("apply -auto-approve {option}=web"));
        assert!(seen.contains("Error: Invalid") && seen.ends_with("exit 1"), "{option}: {seen}");
    }
}

#[test]
fn a_plan_that_cannot_be_saved_is_not_made() {
    let folder = Folder::applied(CONFIG);
    assert_snapshot!(folder.run("plan -out=nowhere/p"), @r"
    --- stderr

    Error: Failed to write plan file

    The plan cannot be saved as nowhere/p: the folder nowhere does not exist.
    Make it first, or name another.
    --- exit 1
    ");
    assert_snapshot!(folder.run("plan -out=state"), @r"
    --- stderr

    Error: Failed to write plan file

    The plan cannot be saved as state: that is a folder. Name a file in it.
    --- exit 1
    ");
    assert!(folder.run("plan -out=main.tf/p").contains("main.tf is not a folder"));
}

#[test]
fn what_cannot_be_counted_yet_can_be_left_for_later() {
    let config = "resource \"terraform_data\" \"a\" {}\nresource \"terraform_data\" \"b\" {\n  ";
    for repeated in ["count = length(terraform_data.a.id)", "for_each = toset([terraform_data.a.id])"] {
        let folder = Folder::with(&format!("{config}{repeated}\n}}\n"));
        let seen = folder.run("plan").replace("\n", " ");
        assert!(
            seen.contains("with the -allow-deferral planning option, or `deferral = true` in the `infra` block"),
            "{seen}"
        );
        assert_eq!(folder.code("plan -allow-deferral"), 0, "{repeated}");
        folder.write("settings.infra.hcl", "infra {\n  deferral = true\n}\n");
        assert_eq!(folder.code("plan"), 0, "{repeated}");
    }
}

#[test]
fn a_value_that_a_variable_refuses_is_told_before_anything_is_planned() {
    let folder = Folder::with("resource \"terraform_data\" \"a\" {}\n");
    folder.stdout("apply -auto-approve");
    let refusing = "variable \"x\" {\n  default = 1\n  validation {\n    condition = var.x == 2\n    error_message = \"Not two.\"\n  }\n}\n";
    folder.write("main.infra.hcl", refusing);
    let output = folder.command("plan").output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("Not two.") && !said.contains("destroy") && !said.contains("Refreshing"), "{said}");
}
