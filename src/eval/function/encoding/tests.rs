use super::super::tests::check;
use super::super::tests::run;
use crate::value::Type;
use crate::value::Value;

#[test]
fn text_is_encoded_and_read_back() {
    check(&[
        ("base64encode", r#""日本語""#, Ok("\"5pel5pys6Kqe\"")),
        ("base64decode", r#""aGVs\nbG8=""#, Ok("\"hello\"")),
        (
            "base64decode",
            "\"aGVsbG8\"",
            Err("Call to function \"base64decode\" failed: failed to decode base64 data \"aGVsbG8\"."),
        ),
        (
            "base64decode",
            "\"/w==\"",
            Err(
                "Call to function \"base64decode\" failed: the result of decoding the provided string is not valid UTF-8.",
            ),
        ),
        ("urlencode", r#""a b~c-_.é/+*""#, Ok("\"a+b~c-_.%C3%A9%2F%2B%2A\"")),
        ("jsonencode", r#"{"b": [1.50, "<"], "a": null}"#, Ok(r#""{\"a\":null,\"b\":[1.5,\"\\u003c\"]}""#)),
        (
            "jsondecode",
            r#""{\"a\":}""#,
            Err("Call to function \"jsondecode\" failed: invalid character '}' looking for beginning of value."),
        ),
        ("md5", "\"hello\"", Ok("\"5d41402abc4b2a76b9719d911017c592\"")),
        ("base64sha256", "\"test\"", Ok("\"n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\"")),
    ]);
}

#[test]
fn the_first_character_of_json_to_come_is_known_unless_it_may_be_null() {
    let prefix = |value: Value| {
        let text = run("jsonencode", &[value]).expect("any value");
        text.as_unknown().and_then(|unknown| unknown.refinement().prefix.clone())
    };
    let list = Type::list(Type::STRING);
    assert_eq!(prefix(Value::unknown_not_null(list)).as_deref(), Some("["));
    assert_eq!(prefix(Value::object([("a".into(), Value::unknown(list))])).as_deref(), Some("{"));
    assert_eq!(prefix(Value::unknown(list)), None);
}
