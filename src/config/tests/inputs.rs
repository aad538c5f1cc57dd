use std::path::Path;

use super::problems;
use crate::config::Input;
use crate::config::InputValue;
use crate::config::MemoryFiles;
use crate::config::gather_variables;
use crate::config::load;
use crate::config::require_variables;
use crate::diag::Diagnostics;
use crate::diag::Sources;

/// Gathers inputs for variables `a` to `d` without a type and `l` of a list type; gives each value's text as written.
fn gather(files: &[(&str, &str)], inputs: &[Input]) -> (Vec<String>, Vec<String>) {
    let config = r#"
variable "a" { default = 0 }
variable "b" { default = 0 }
variable "c" { default = 0 }
variable "d" {}
variable "l" { type = list(any) }
"#;
    let (sources, mut diags) = (Sources::new(), Diagnostics::new());
    let all = files.iter().copied().chain([("main.tf", config)]);
    let memory: MemoryFiles = all.map(|(path, text)| (path, text.as_bytes())).collect();
    let config = load(Path::new(""), &sources, &memory, &mut diags);
    let given = gather_variables(config.root(), inputs, &sources, &memory, &mut diags);
    require_variables(config.root(), &given, &mut diags);
    let shown = given.iter().map(|(name, input)| match &input.value {
        InputValue::Text(text) => format!("{name} {text}"),
        InputValue::Expr(expr) => format!("{name} expr {}", sources.get(expr.span.source).slice(expr.span)),
    });
    (shown.collect(), problems(&sources, &diags))
}

fn env(name: &str, value: &str) -> Input {
    Input::Env { name: name.into(), value: value.into() }
}

fn flag(text: &str) -> Input {
    Input::Flag(text.into())
}

#[test]
fn later_inputs_win_in_terraforms_order() {
    let files = [
        ("terraform.tfvars", "a = 1\nb = 1\nc = 1\nd = 1\nl = [1]\n"),
        ("terraform.tfvars.json", r#"{"b": 2, "c": 2, "d": 2}"#),
        ("z.auto.tfvars", "c = 3\nd = 3\n"),
        ("y.auto.tfvars.json", r#"{"c": 9}"#),
        ("named.tfvars", "d = 4\n"),
        ("ignored.tfvars", "d = 9\n"),
    ];
    let named = Input::File("named.tfvars".into());
    let (values, problems) = gather(&files, &[flag("d=5"), named.clone(), env("a", "0"), env("nope", "0")]);
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(values, ["a expr 1", "b expr 2", "c expr 3", "d expr 4", "l expr [1]"]);
    let (values, _) = gather(&files, &[env("a", "0"), named, flag("d=5"), flag("l=[6]")]);
    assert_eq!(values, ["a expr 1", "b expr 2", "c expr 3", "d 5", "l expr [6]"]);
}

#[test]
fn text_is_an_expression_only_where_the_type_is_no_primitive() {
    let (values, problems) = gather(&[], &[flag("a=[1"), flag("d=${x}=y"), flag("l=[\"b\", 2]")]);
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(values, ["a [1", "d ${x}=y", "l expr [\"b\", 2]"]);
}

#[test]
fn what_cannot_be_used_is_reported() {
    let ok = || vec![flag("d=1"), flag("l=[]")];
    let with = |extra: Input| ok().into_iter().chain([extra]).collect::<Vec<_>>();
    let file = || with(Input::File("x.tfvars".into()));
    for (files, inputs, expected) in [
        (vec![], vec![], "5 No value for required variable | 6 No value for required variable"),
        (vec![], with(flag("nope=1")), "Value for undeclared variable"),
        (vec![], with(flag("noequals")), "Invalid -var option"),
        (vec![], with(flag("a =1")), "Invalid -var option"),
        (vec![], with(env("nope", "1")), ""),
        (vec![], file(), "Failed to read variables file"),
        (vec![("x.tfvars", "nope = 1\n")], file(), "~x.tfvars:1 Value for undeclared variable"),
        (
            vec![("x.tfvars", "n1 = 1\nn2 = 1\nn3 = 1\n")],
            file(),
            "~x.tfvars:1 Value for undeclared variable | ~x.tfvars:2 Value for undeclared variable | ~Values for undeclared \
             variables",
        ),
        (vec![("terraform.tfvars", "a = \n")], ok(), "terraform.tfvars:1 Invalid expression"),
        (vec![("terraform.tfvars", "a = f(1)\n")], ok(), "terraform.tfvars:1 Function calls not allowed"),
        (vec![("terraform.tfvars", "a = var.b\n")], ok(), "terraform.tfvars:1 Variables not allowed"),
        (
            vec![("terraform.tfvars", "variable \"a\" {}\n")],
            ok(),
            "terraform.tfvars:1 Variable declaration in .tfvars file",
        ),
        (vec![("terraform.tfvars", "a {}\n")], ok(), "terraform.tfvars:1 Unexpected \"a\" block"),
        (vec![("terraform.tfvars.json", "{\"a\": ")], ok(), "terraform.tfvars.json:1 Missing value"),
        (vec![("terraform.tfvars.json", "[1]")], ok(), "terraform.tfvars.json:1 Root value must be object"),
        (vec![("terraform.tfvars.json", r#"{"a": "${x}\u00e9", "b": [1, {"c": null}]}"#)], ok(), ""),
    ] {
        assert_eq!(gather(&files, &inputs).1.join(" | "), expected, "{files:?} {inputs:?}");
    }
}
