//! `count` and `for_each`, variables, and conditions.

use super::world::Values;
use super::world::World;
use super::world::problems;
use crate::diag::Diagnostics;
use crate::diag::SourceId;
use crate::diag::Span;
use crate::eval::Expansion;
use crate::eval::Verdict;
use crate::eval::check;
use crate::eval::expand;
use crate::eval::render::with_pure_cx;
use crate::eval::variable::Defaults;
use crate::eval::variable::Given;
use crate::eval::variable::accept;
use crate::eval::variable::validate;
use crate::value::Type;
use crate::value::Value;

const NOWHERE: Span = Span { source: SourceId(0), start: 0, end: 0 };

fn strings(texts: &[&str]) -> Value {
    Value::set(Type::STRING, texts.iter().map(|text| Value::from(*text)).collect())
}

#[test]
fn a_count_is_a_whole_number_from_zero_on() {
    let table = [
        (Value::from(2), Some(Expansion::Count(2)), ""),
        (Value::from("3").sensitive(), Some(Expansion::Count(3)), ""),
        (Value::unknown(Type::NUMBER), Some(Expansion::Unknown), ""),
        (Value::failed(Type::NUMBER), None, ""),
        (
            Value::NULL,
            None,
            "Invalid count argument: The given \"count\" argument value is null. An integer is required.",
        ),
        (
            Value::from(-1),
            None,
            "Invalid count argument: The given \"count\" argument value is unsuitable: must be greater than or equal to \
             zero.",
        ),
        (Value::from("x"), None, "Incorrect value type: Invalid expression value: a number is required."),
    ];
    for (value, expected, problem) in table {
        let mut diags = Diagnostics::new();
        assert_eq!(expand::count(&value, NOWHERE, &mut diags), expected, "{value:?}");
        assert_eq!(problems(&diags).join("\n"), problem, "{value:?}");
    }
}

#[test]
fn a_for_each_is_a_map_or_a_set_of_strings() {
    let entry = |value: Value| vec![("a".into(), value)];
    let object = Value::object(entry(Value::unknown(Type::STRING)));
    let with_null = Value::set(Type::STRING, vec![Value::Null(Type::STRING), "a".into()]);
    let with_unknown = Value::set(Type::STRING, vec![Value::unknown(Type::STRING)]);
    let table = [
        (object, Some(Expansion::ForEach(entry(Value::unknown(Type::STRING)))), ""),
        (strings(&["a"]), Some(Expansion::ForEach(entry("a".into()))), ""),
        (Value::set(Type::DYNAMIC, vec![]), Some(Expansion::ForEach(vec![])), ""),
        (with_unknown, Some(Expansion::Unknown), ""),
        (Value::unknown(Type::STRING), Some(Expansion::Unknown), ""),
        (with_null, None, "Invalid for_each set argument"),
        (Value::set(Type::NUMBER, vec![1.into()]), None, "Invalid for_each set argument"),
        (Value::tuple(vec![]), None, "Invalid for_each argument"),
        (Value::NULL, None, "Invalid for_each argument"),
        (strings(&["a"]).sensitive(), None, "Invalid for_each argument"),
    ];
    for (value, expected, summary) in table {
        let mut diags = Diagnostics::new();
        assert_eq!(expand::for_each(&value, NOWHERE, &mut diags), expected, "{value:?}");
        let found: Vec<_> = diags.iter().map(|problem| problem.summary.to_string()).collect();
        assert_eq!(found.join("\n"), summary, "{value:?}");
    }
}

/// What a variable makes of a value from outside.
fn accepted(declaration: &str, given: Option<Value>) -> (String, Vec<String>) {
    let world = World::new(&format!("variable \"v\" {{\n{declaration}\n}}\n"));
    assert_eq!(world.problems(), Vec::<String>::new());
    with_pure_cx(|cx| {
        let values = Values::new(&world, cx);
        let mut diags = Diagnostics::new();
        let def = &world.module.variables[0];
        let defaults = world.evaluate(&values, &mut diags, |evaluator| Defaults::of(def, evaluator));
        let given =
            given.as_ref().map_or(Given::Nothing, |value| Given::Outside { value, how: "set here", span: None });
        let value = accept(def, given, &defaults, "var.v", &world.sources, &mut diags);
        (format!("{value:?}"), problems(&diags))
    })
}

#[test]
fn variables_convert_and_fill_in_what_is_given() {
    let object = "type = object({a = optional(string, \"x\"), b = optional(object({c = optional(number, 1)}), {})})";
    let list = "type = list(object({a = optional(string, \"x\")}))";
    let empty = || Value::object([]);
    let null_a = Value::object([("a".into(), Value::NULL)]);
    let table = [
        ("type = number", Some("5".into()), "5"),
        ("type = number\ndefault = 3", None, "3"),
        ("type = number\ndefault = 3", Some(Value::NULL), "null(number)"),
        ("type = number\ndefault = 3\nnullable = false", Some(Value::NULL), "3"),
        ("sensitive = true", Some("5".into()), "(sensitive)"),
        (object, Some(empty()), r#"{"a": "x", "b": {"c": 1}}"#),
        (object, Some(null_a), r#"{"a": "x", "b": {"c": 1}}"#),
        (list, Some(Value::tuple(vec![empty()])), r#"[{"a": "x"}]"#),
        ("type = map(object({a = optional(string, \"x\")}))\ndefault = {k = {}}", None, r#"{"k": {"a": "x"}}"#),
    ];
    for (declaration, given, expected) in table {
        assert_eq!(accepted(declaration, given), (expected.to_owned(), vec![]), "{declaration}");
    }
    let wrong = accepted("type = list(string)", Some(Value::tuple(vec![empty()]))).1;
    assert_eq!(
        wrong,
        ["Invalid value for input variable: Unsuitable value for var.v set here: element 0: string required."]
    );
    let null = accepted("type = number\nnullable = false", Some(Value::NULL)).1;
    assert_eq!(
        null,
        ["Required variable not set: Unsuitable value for var.v set here: required variable may not be set to null."]
    );
}

#[test]
fn validations_say_what_they_were_told_to() {
    let world = World::new(
        "variable \"v\" {\n  validation {\n    condition     = var.v > 1\n    error_message = \"Not ${var.v}.\"\n  }\n}\n",
    );
    for (value, expected) in [
        (Value::from(2), vec![]),
        (
            Value::from(1),
            vec![
                "Invalid value for variable: Not 1.\n\nThis was checked by the validation rule at main.tf:2,3-13."
                    .to_owned(),
            ],
        ),
        (Value::unknown(Type::NUMBER), vec![]),
    ] {
        let is_known = value.is_known();
        with_pure_cx(|cx| {
            let mut values = Values::new(&world, cx);
            values.variables.insert(0, value);
            let mut diags = Diagnostics::new();
            let def = &world.module.variables[0];
            let holds = world.evaluate(&values, &mut diags, |e| validate(def, None, &world.sources, e));
            assert_eq!(holds, is_known.then_some(expected.is_empty()));
            assert_eq!(problems(&diags), expected);
        });
    }
}

#[test]
fn conditions_that_are_none_are_errors_and_secrets_stay_hidden() {
    let rule = |condition: &str, message: &str| {
        let world = World::new(&format!(
            "variable \"v\" {{\n  default = 1\n}}\noutput \"o\" {{\n  value = 1\n  precondition {{\n    condition = \
             {condition}\n    error_message = {message}\n  }}\n}}\n"
        ));
        assert_eq!(world.problems(), Vec::<String>::new());
        with_pure_cx(|cx| {
            let mut values = Values::new(&world, cx);
            values.variables.insert(0, Value::from(1).sensitive());
            let mut diags = Diagnostics::new();
            let verdict = world.evaluate(&values, &mut diags, |e| check(&world.module.outputs[0].preconditions[0], e));
            let summaries: Vec<String> = diags.iter().map(|problem| problem.summary.to_string()).collect();
            (verdict, summaries.join(", "))
        })
    };
    assert_eq!(rule("var.v == 1", "\"x\""), (Verdict::Pass, String::new()));
    assert_eq!(rule("var.v == 1 ? null : true", "\"x\""), (Verdict::Error, "Invalid condition result".to_owned()));
    let values = vec![("var.v".to_owned(), "has a sensitive value".to_owned())];
    let hidden = "This check failed, but has an invalid error message as described in the other accompanying messages."
        .to_owned();
    assert_eq!(
        rule("var.v == 2", "\"is ${var.v}\""),
        (Verdict::Fail { message: hidden, values }, "Error message refers to sensitive values".to_owned())
    );
}
