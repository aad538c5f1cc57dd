//! Expressions from text to value or message.

mod bodies;
mod conformance;
mod expressions;
mod modules;
mod rules;
mod unknowns;
mod world;

use super::Evaluator;
use super::NoScope;
use super::lower::lower_template;
use super::render::with_pure_cx;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::syntax::parse_expression;
use crate::value::Refinement;
use crate::value::Str;
use crate::value::Type;
use crate::value::Unknown;
use crate::value::Value;
use std::sync::Arc;

/// The names that the tests' expressions may use.
fn variables() -> Vec<(&'static str, Value)> {
    let strings = |texts: &[&str]| Value::list(Type::STRING, texts.iter().map(|text| Value::from(*text)).collect());
    let object = |n: i64| Value::object([("n".into(), Value::from(n))]);
    let list_type = Type::list(object(1).ty());
    vec![
        ("list", strings(&["x", "y"])),
        ("set", Value::set(Type::STRING, vec!["x".into(), "y".into()])),
        ("map", Value::map(Type::NUMBER, [("a".into(), Value::from(1)), ("b".into(), Value::from(2))])),
        ("objects", Value::list(object(1).ty(), vec![object(1), object(2)])),
        ("none", Value::Null(Type::list(Type::STRING))),
        ("secret", Value::from("hidden").sensitive()),
        ("secrets", Value::tuple(vec![Value::from(1).sensitive(), Value::from(2)])),
        ("u", Value::unknown(Type::STRING)),
        ("set_u", Value::unknown_not_null(Type::STRING)),
        ("num_u", Value::unknown_not_null(Type::NUMBER)),
        ("bool_u", Value::unknown_not_null(Type::BOOL)),
        ("any_u", Value::unknown(Type::DYNAMIC)),
        ("list_u", Value::unknown(list_type)),
        ("object_u", Value::unknown_not_null(object(1).ty())),
        ("failed", Value::failed(Type::DYNAMIC)),
        ("prefixed", {
            let refinement = Refinement { not_null: true, prefix: Some("ab".into()), ..Refinement::default() };
            Value::Unknown(Arc::new(Unknown::new(Type::STRING).refined(refinement)))
        }),
    ]
}

/// Evaluates an expression; problems are `summary: detail`.
fn evaluate(text: &str) -> (Value, Vec<String>) {
    let (value, diags) = evaluate_fully(text);
    let problems = diags.iter().map(|problem| format!("{}: {}", problem.summary, problem.detail));
    (value, problems.collect())
}

fn evaluate_fully(text: &str) -> (Value, Diagnostics) {
    let sources = Sources::new();
    let mut diags = Diagnostics::new();
    let id = sources.add("test", text);
    let expr = parse_expression(&sources, id, &mut diags).unwrap_or_else(|| panic!("{text}: {diags:?}"));
    let (names, values): (Vec<Str>, Vec<Value>) =
        variables().into_iter().map(|(name, value)| (Str::from(name), value)).unzip();
    let (arena, id, missing) = lower_template(&expr, names, &mut diags);
    assert!(missing.is_empty(), "{text}: {missing:?}");
    let value = with_pure_cx(|cx| {
        Evaluator::new(&arena, &NoScope::default(), cx, &mut diags).with_sources(&sources).with_slots(values).expr(id)
    });
    (value, diags)
}

#[track_caller]
fn gives(table: &[(&str, &str)]) {
    for (text, expected) in table {
        let (value, problems) = evaluate(text);
        assert!(problems.is_empty(), "{text}: {problems:?}");
        assert_eq!(format!("{value:?}"), *expected, "{text}");
    }
}

#[track_caller]
fn fails(table: &[(&str, &str)]) {
    for (text, expected) in table {
        let (value, problems) = evaluate(text);
        assert_eq!(problems, [*expected], "{text}");
        assert!(value.has_failed(), "{text}: {value:?}");
    }
}
