use super::super::tests::check;
use super::super::tests::run;
use crate::value::Type;
use crate::value::Value;

#[test]
fn elements_are_found_and_chosen() {
    check(&[
        ("element", r#"["a", "b", "c"], 4"#, Ok("\"b\"")),
        (
            "element",
            "[], 0",
            Err("Call to function \"element\" failed: cannot use element function with an empty list."),
        ),
        ("element", "\"a\", 0", Err("Call to function \"element\" failed: cannot read elements from string.")),
        ("index", r#"["a", "b"], "b""#, Ok("1")),
        ("index", r#"["a"], "b""#, Err("Call to function \"index\" failed: item not found.")),
        ("contains", r#"[{"a": 1}], {"a": 1}"#, Ok("true")),
        ("contains", "[1], \"1\"", Ok("false")),
        ("one", "[]", Ok("null")),
        (
            "one",
            "[1, 2]",
            Err(
                "Invalid value for \"list\" parameter: must be a list, set, or tuple value with either zero or one elements.",
            ),
        ),
        ("lookup", r#"{"a": 1}, "b", "x""#, Ok("\"x\"")),
        (
            "lookup",
            r#"{"a": 1}, "b""#,
            Err("Invalid value for \"inputMap\" parameter: the given object has no attribute \"b\"."),
        ),
        ("keys", r#"{"b": 1, "10": 2, "9": 3}"#, Ok(r#"["10","9","b"]"#)),
        ("values", r#"{"b": "x", "a": 1}"#, Ok(r#"[1,"x"]"#)),
        ("length", r#""👩‍👩‍👧‍👦!""#, Ok("2")),
        (
            "length",
            "5",
            Err(
                "Call to function \"length\" failed: argument must be a string, a collection type, or a structural type.",
            ),
        ),
    ]);
    let list = Value::list(Type::STRING, vec![Value::from("a"), Value::from("b")]);
    assert_eq!(run("element", &[list, Value::from(-1)]), Ok(Value::from("b")));
}

#[test]
fn lists_are_cut_ordered_and_cleaned() {
    check(&[
        ("chunklist", "[1, 2, 3], 2", Ok("[[1,2],[3]]")),
        ("slice", r#"["a", "b", 3], 1, 3"#, Ok(r#"["b",3]"#)),
        (
            "slice",
            "[1], 0, 2",
            Err(
                "Invalid value for \"end_index\" parameter: end index must not be greater than the length of the list.",
            ),
        ),
        ("sort", r#"["b", 10, 9]"#, Ok(r#"["10","9","b"]"#)),
        (
            "sort",
            "[null]",
            Err("Call to function \"sort\" failed: given list element 0 is null; a null string cannot be sorted."),
        ),
        ("compact", r#"["a", "", null, 1]"#, Ok(r#"["a","1"]"#)),
        ("distinct", r#"[1, "1", 2, 1]"#, Ok(r#"["1","2"]"#)),
        ("reverse", r#"[1, "a"]"#, Ok(r#"["a",1]"#)),
        ("matchkeys", r#"["a", "b"], [1, 2], ["2"]"#, Ok(r#"["b"]"#)),
        (
            "matchkeys",
            "[1], [1, 2], [1]",
            Err("Call to function \"matchkeys\" failed: length of keys and values should be equal."),
        ),
    ]);
}

#[test]
fn truth_of_many_is_decided_as_soon_as_it_can_be() {
    check(&[
        ("alltrue", "[]", Ok("true")),
        ("alltrue", "[true, null]", Ok("false")),
        ("anytrue", "[null, \"true\"]", Ok("true")),
        ("anytrue", "[]", Ok("false")),
    ]);
    let unknown = || Value::unknown(Type::BOOL);
    let any = |first| run("anytrue", &[Value::tuple(vec![unknown(), Value::Bool(first)])]);
    assert_eq!(any(true), Ok(Value::Bool(true)));
    assert!(any(false).is_ok_and(|value| !value.is_known()));
    let all = run("alltrue", &[Value::tuple(vec![Value::Bool(false), unknown()])]);
    assert_eq!(all, Ok(Value::Bool(false)));
}
