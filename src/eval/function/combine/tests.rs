use super::super::tests::check;
use super::super::tests::run;
use crate::value::Type;
use crate::value::Value;

#[test]
fn the_first_with_something_in_it_is_taken() {
    check(&[
        ("coalesce", "null, \"\", 5", Ok("\"5\"")),
        ("coalesce", "false, true", Ok("false")),
        ("coalesce", "[], [1]", Ok("[]")),
        ("coalesce", "null", Err("Call to function \"coalesce\" failed: no non-null, non-empty-string arguments.")),
        ("coalesce", "[1], \"a\"", Err("Call to function \"coalesce\" failed: all arguments must have the same type.")),
        ("coalescelist", "[], [1, \"a\"]", Ok("[1,\"a\"]")),
        (
            "coalescelist",
            "null, [1]",
            Err("Call to function \"coalescelist\" failed: coalescelist arguments must be lists or tuples."),
        ),
    ]);
}

#[test]
fn lists_and_maps_are_put_together() {
    check(&[
        ("concat", "[1], [\"b\"], []", Ok("[1,\"b\"]")),
        (
            "concat",
            "\"a\"",
            Err("Invalid value for \"seqs\" parameter: all arguments must be lists or tuples; got string."),
        ),
        ("flatten", r#"[["a", ["b"]], [], null, [[["c"]]]]"#, Ok(r#"["a","b",null,"c"]"#)),
        ("merge", r#"{"a": 1, "b": 2}, null, {"a": [3]}"#, Ok(r#"{"a":[3],"b":2}"#)),
        ("merge", "", Ok("{}")),
        (
            "merge",
            "[\"a\"]",
            Err("Call to function \"merge\" failed: arguments must be maps or objects, got \"tuple\"."),
        ),
        ("transpose", r#"{"a": ["1", "2"], "b": ["2"]}"#, Ok(r#"{"1":["a"],"2":["a","b"]}"#)),
        (
            "transpose",
            r#"{"a": null}"#,
            Err("Call to function \"transpose\" failed: input must not contain null list."),
        ),
        ("zipmap", r#"["b", "a"], [1, "x"]"#, Ok(r#"{"a":"x","b":1}"#)),
        (
            "zipmap",
            "[\"a\"], [1, 2]",
            Err("Call to function \"zipmap\" failed: number of keys (1) does not match number of values (2)."),
        ),
        (
            "zipmap",
            "[\"a\", null], [1, 2]",
            Err("Call to function \"zipmap\" failed: keys list has null value at index 1."),
        ),
    ]);
}

#[test]
fn lists_and_maps_of_one_type_stay_so() {
    let list = |value: Value| Value::list(value.ty(), vec![value]);
    let map = |value: Value| Value::map(value.ty(), [("a".into(), value)]);
    let type_of = |name, args: &[Value]| run(name, args).map(|value| value.ty());
    assert_eq!(type_of("concat", &[list(Value::from(1)), list(Value::from("b"))]), Ok(Type::list(Type::STRING)));
    assert_eq!(type_of("merge", &[map(Value::from(1)), map(Value::from(2))]), Ok(Type::map(Type::NUMBER)));
    assert!(type_of("merge", &[map(Value::from(1)), map(Value::from("x"))]).is_ok_and(|ty| ty.attributes().is_some()));
    assert_eq!(type_of("zipmap", &[list(Value::from("k")), list(Value::from(1))]), Ok(Type::map(Type::NUMBER)));
}
