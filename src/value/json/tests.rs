use proptest::prelude::*;
use serde_json::json;

use super::decode;
use super::encode;
use super::from_json;
use super::to_json;
use super::type_from_json;
use super::type_to_json;
use crate::value::ObjectAttr;
use crate::value::Type;
use crate::value::Value;

#[test]
fn encoding_escapes_as_for_html_and_sorts_keys() {
    let object = Value::object([("z".into(), Value::NULL), ("a<".into(), Value::tuple(vec![Value::Bool(true)]))]);
    for (value, text) in [
        (object, r#"{"a\u003c":[true],"z":null}"#),
        (
            Value::from("<&>\u{2028}\u{1}\u{7f}\n\u{8}é\"\\"),
            "\"\\u003c\\u0026\\u003e\\u2028\\u0001\u{7f}\\n\\bé\\\"\\\\\"",
        ),
        (Value::Number("1e30".parse().expect("a number")), "1000000000000000000000000000000"),
        (Value::from("x").sensitive(), "\"x\""),
    ] {
        assert_eq!(encode(&value).as_deref(), Ok(text));
    }
    assert!(encode(&Value::Number("Inf".parse().expect("a number"))).is_err());
}

#[test]
fn decoding_implies_types() {
    let value = decode(" {\"b\": [1.10, \"x\\u00e9\\ud83d\\ude00\\ud83d\", null], \"a\": \"true\", \"a\": true} ]")
        .expect("JSON");
    let list = vec![Value::Number("1.1".parse().expect("a number")), Value::from("xé😀\u{fffd}"), Value::NULL];
    assert_eq!(value, Value::object([("a".into(), Value::Bool(true)), ("b".into(), Value::tuple(list))]));
}

#[test]
fn what_is_not_json_is_told_where_it_goes_wrong() {
    for (text, message) in [
        ("", "EOF"),
        ("{\"a\":1", "EOF"),
        ("[1", "EOF"),
        ("tru", "unexpected EOF"),
        ("\"abc", "unexpected EOF"),
        ("1.", "unexpected EOF"),
        ("1 2", "extraneous data after JSON object"),
        ("01", "extraneous data after JSON object"),
        ("{\"a\":}", "invalid character '}' looking for beginning of value"),
        ("'a'", "invalid character '\\'' looking for beginning of value"),
        ("{a:1}", "invalid character 'a'"),
        ("{\"a\" 1}", "invalid character '1' after object key"),
        ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
        ("{\"a\":1 \"b\":2}", "invalid character '\"' after object key:value pair"),
        ("[1 2]", "invalid character '2' after array element"),
        ("[1,]", "invalid character ']' looking for beginning of value"),
        ("{\"a\":nul}", "invalid character '}' in literal null (expecting 'l')"),
        ("\"\\x\"", "invalid character 'x' in string escape code"),
        ("\"\\u12\"", "invalid character '\"' in \\u hexadecimal character escape"),
        ("\"a\nb\"", "invalid character '\\n' in string literal"),
        ("\u{feff}1", "invalid character 'ï' looking for beginning of value"),
        ("1e99999999999", "a number is required"),
    ] {
        assert_eq!(decode(text).map_err(|error| error.to_string()), Err(message.into()), "{text}");
    }
    assert!(decode(&"[".repeat(100_000)).is_err());
}

#[test]
fn any_keeps_its_type_beside_the_value() {
    let list = Value::list(Type::STRING, vec![Value::from("a")]);
    for (value, json) in [
        (list, json!({"value": ["a"], "type": ["list", "string"]})),
        (Value::NULL, json!(null)),
        (Value::Null(Type::BOOL), json!({"value": null, "type": "bool"})),
    ] {
        assert_eq!(to_json(&value, Type::DYNAMIC), json);
        assert_eq!(from_json(&json, Type::DYNAMIC), Ok(value));
    }
}

#[test]
fn attributes_that_are_not_there_are_null_and_unknown_ones_an_error() {
    let ty = Type::object(vec![ObjectAttr::new("a", Type::NUMBER), ObjectAttr::new("b", Type::list(Type::BOOL))]);
    let expected = Value::object([("a".into(), Value::from(1)), ("b".into(), Value::Null(Type::list(Type::BOOL)))]);
    assert_eq!(from_json(&json!({"a": "1"}), ty), Ok(expected));
    for (json, message) in [
        (json!({"c": 1}), "at .: expected object, found attribute \"c\", which it does not have"),
        (json!({"b": [true, 7]}), "at .b[1]: expected bool, found a number"),
        (json!([]), "at .: expected object, found an array of 0"),
    ] {
        assert_eq!(from_json(&json, ty).map_err(|error| error.to_string()), Err(message.into()));
    }
}

#[test]
fn types_read_back() {
    let mut optional = ObjectAttr::new("o", Type::DYNAMIC);
    optional.optional = true;
    let object =
        Type::object(vec![ObjectAttr::new("a", Type::tuple(vec![Type::BOOL, Type::set(Type::NUMBER)])), optional]);
    let ty = Type::map(Type::list(object));
    assert_eq!(type_from_json(&type_to_json(ty)), Ok(ty));
    for bad in
        [json!("strin"), json!(["list"]), json!(["list", "string", 1]), json!({}), json!(["object", []]), json!([])]
    {
        assert!(type_from_json(&bad).is_err(), "{bad}");
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let number = "-?[0-9]{1,30}(\\.[0-9]{1,30})?".prop_map(|text| Value::Number(text.parse().expect("a number")));
    let leaf = prop_oneof![any::<bool>().prop_map(Value::Bool), number, ".*".prop_map(Value::text), Just(Value::NULL)];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::tuple),
            proptest::collection::vec(("[a-zé\"]{0,3}", inner), 0..4)
                .prop_map(|parts| Value::object(parts.into_iter().map(|(name, part)| (name.into(), part)))),
            proptest::collection::vec("[a-c]", 0..4)
                .prop_map(|parts| Value::set(Type::STRING, parts.into_iter().map(Value::from).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn values_survive_beside_their_type(value in any_value()) {
        let text = serde_json::to_string(&super::Typed(&value, Type::DYNAMIC)).expect("writes");
        let json = serde_json::from_str(&text).expect("JSON");
        prop_assert_eq!(from_json(&json, Type::DYNAMIC), Ok(value));
    }

    #[test]
    fn encoded_text_is_json(value in any_value()) {
        let text = encode(&value).expect("finite");
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        prop_assert_eq!(encode(&decode(&text).expect("JSON")), Ok(text));
    }
}

#[test]
fn infinity_is_null_and_what_stands_beside_it_stays() {
    let infinite = Value::Number("Inf".parse().expect("a number"));
    let value = Value::tuple(vec![Value::from(1), infinite.clone(), Value::from("x")]);
    assert_eq!(to_json(&value, value.ty()), serde_json::json!([1, null, "x"]));
    assert_eq!(to_json(&infinite, Type::NUMBER), serde_json::Value::Null);
}
