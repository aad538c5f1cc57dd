use proptest::prelude::*;

use super::Owner;
use super::ReadError;
use super::Scan;
use super::ScanError;
use super::ValueReader;
use super::ValueWriter;
use super::Veil;
use super::push_string;
use crate::state::KeyEntry;
use crate::state::Sealer;
use crate::state::opener::Opener;
use crate::value::Marks;
use crate::value::Number;
use crate::value::ObjectAttr;
use crate::value::Type;
use crate::value::Value;

fn written(value: &Value, ty: Type, veil: Veil) -> String {
    let mut out = Vec::new();
    ValueWriter::default().value(&mut out, value, ty, veil, "");
    String::from_utf8(out).unwrap()
}

fn read(text: &str, ty: Type) -> Result<Value, String> {
    let mut reader = ValueReader::new(Opener::new(None));
    let mut scan = Scan::new(text);
    let value = reader.value(&mut scan, ty, "");
    value.and_then(|value| scan.end().map(|()| value).map_err(ReadError::from)).map_err(|error| match error {
        ReadError::Text(error) => format!("{}: {}", error.at, error.problem),
        ReadError::Key(error) => error.to_string(),
    })
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

#[test]
fn every_kind_of_value_reads_back_the_same() {
    let pair = Type::object(vec![ObjectAttr::new("a", Type::STRING), ObjectAttr::new("sealed", Type::NUMBER)]);
    let cases: Vec<(Value, Type, &str)> = vec![
        (Value::NULL, Type::DYNAMIC, "null"),
        (Value::Null(Type::STRING), Type::STRING, "null"),
        (Value::Null(Type::STRING), Type::DYNAMIC, r#"{"value": null, "type": "string"}"#),
        (Value::Bool(true), Type::BOOL, "true"),
        (Value::from("a\"\\\n\u{1}ü𝄞"), Type::STRING, "\"a\\\"\\\\\\n\\u0001ü𝄞\""),
        (Value::from(-7), Type::NUMBER, "-7"),
        (number("0.1"), Type::NUMBER, "0.1"),
        (number("123456789012345678901234567890"), Type::NUMBER, "123456789012345678901234567890"),
        (Value::Number(Number::Inf(true)), Type::NUMBER, "\"-Inf\""),
        (Value::from("x"), Type::DYNAMIC, r#"{"value": "x", "type": "string"}"#),
        (Value::list(Type::STRING, vec![]), Type::list(Type::STRING), "[]"),
        (Value::list(Type::NUMBER, vec![1.into(), 2.into()]), Type::list(Type::NUMBER), "[1, 2]"),
        (Value::set(Type::STRING, vec!["b".into(), "a".into()]), Type::set(Type::STRING), r#"["a", "b"]"#),
        (
            Value::tuple(vec![Value::from("x"), Value::Bool(false)]),
            Type::tuple(vec![Type::STRING, Type::BOOL]),
            r#"["x", false]"#,
        ),
        (Value::map(Type::STRING, [("k".into(), "v".into())]), Type::map(Type::STRING), r#"{"k": "v"}"#),
        // A name that would read as a wrapper.
        (
            Value::map(Type::STRING, [("sealed".into(), "v".into())]),
            Type::map(Type::STRING),
            r#"{"plain": {"sealed": "v"}}"#,
        ),
        (
            Value::map(Type::map(Type::STRING), [("plain".into(), Value::map(Type::STRING, []))]),
            Type::map(Type::map(Type::STRING)),
            r#"{"plain": {"plain": {}}}"#,
        ),
        // Only the first name is asked.
        (Value::object([("a".into(), "x".into()), ("sealed".into(), 1.into())]), pair, r#"{"a": "x", "sealed": 1}"#),
        (Value::unknown(Type::STRING), Type::STRING, r#"{"unknown": true}"#),
        (Value::unknown(Type::DYNAMIC), Type::DYNAMIC, r#"{"unknown": true}"#),
        (Value::from("x").sensitive(), Type::STRING, r#"{"sensitive": "x"}"#),
        (Value::from("x").sensitive(), Type::DYNAMIC, r#"{"sensitive": {"value": "x", "type": "string"}}"#),
    ];
    for (value, ty, text) in cases {
        assert_eq!(written(&value, ty, Veil::Mark), text);
        let again = read(text, ty).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(again, value, "{text}");
        assert_eq!(again.ty(), value.ty(), "{text}");
    }
}

#[test]
fn ephemeral_values_are_never_written() {
    let value = Value::from("x").with_marks(Marks::EPHEMERAL | Marks::SENSITIVE);
    assert_eq!(written(&value, Type::STRING, Veil::Mark), "null");
}

#[test]
fn what_does_not_fit_says_where() {
    let object = Type::object(vec![ObjectAttr::new("a", Type::STRING)]);
    for (text, ty, expected) in [
        ("1", Type::STRING, "0: a value of type string is expected"),
        ("\"1\"", Type::NUMBER, "3: a value of type number is expected"),
        ("[1, \"x\"]", Type::list(Type::NUMBER), "7: a value of type number is expected"),
        ("[1]", Type::tuple(vec![]), "1: the array has too many elements"),
        ("{}", object, "2: attribute `a` is missing"),
        (r#"{"a": "x", "a": "y"}"#, object, "19: `a` stands here twice"),
        (r#"{"b": "x"}"#, object, "5: the type has no attribute `b`"),
        (r#"{"value": 1}"#, Type::DYNAMIC, "12: a value of any type needs `value` and `type`"),
        (r#"{"sensitive": 1, "x": 2}"#, Type::NUMBER, "21: `x` is not known here"),
        ("01", Type::NUMBER, "2: a number is expected"),
        ("\"a", Type::STRING, "2: a string has no end"),
        ("tru", Type::BOOL, "3: `true` is expected"),
        (r#""\ud800""#, Type::STRING, "7: half a character is escaped"),
        ("1 2", Type::NUMBER, "2: nothing should follow here"),
    ] {
        assert_eq!(read(text, ty).expect_err(text), expected, "{text}");
    }
}

#[test]
fn sealed_values_open_at_their_place_and_stay_shut_without_a_key() {
    let ty = Type::map(Type::map(Type::STRING));
    let inner = |value: Value| Value::map(Type::STRING, [("a".into(), value), ("b".into(), "y".into())]);
    let value = Value::map(Type::map(Type::STRING), [("k".into(), inner(Value::from("x").sensitive()))]);
    let sealer = Sealer::generate();
    let text = written(&value, ty, Veil::Seal { sealer: &sealer, lineage: "l", address: "acme_vm.a" });
    let entry = KeyEntry { id: sealer.id().to_owned(), recipients: vec![] };
    let unlock = |_: &KeyEntry| Ok(sealer.clone());
    let open = |text: &str, unlock: Option<&crate::state::opener::Unlock<'_>>, address: &str| {
        let mut opener = Opener::new(unlock);
        opener.set_keys(vec![entry.clone()]);
        let mut reader = ValueReader::new(opener);
        reader.set_lineage("l");
        reader.belongs_to(Owner::Named(address.to_owned()));
        reader.value(&mut Scan::new(text), ty, "")
    };
    assert_eq!(open(&text, Some(&unlock), "acme_vm.a").unwrap(), value);
    let Err(ReadError::Text(error)) = open(&text, Some(&unlock), "acme_vm.b") else { panic!("another place") };
    assert!(error.problem.contains("does not open"), "{}", error.problem);
    let shut = open(&text, None, "acme_vm.a").unwrap();
    assert_eq!(shut, Value::map(Type::map(Type::STRING), [("k".into(), inner(Value::Null(Type::STRING).sensitive()))]));
    // Moved to the neighbour inside the same object.
    let moved = text.replace("\"a\"", "\"c\"").replace("\"b\"", "\"a\"").replace("\"c\"", "\"b\"");
    assert!(open(&moved, Some(&unlock), "acme_vm.a").is_err());
    // A sensitive null costs nothing.
    let null = written(
        &Value::Null(Type::STRING).sensitive(),
        Type::STRING,
        Veil::Seal { sealer: &sealer, lineage: "l", address: "a" },
    );
    assert_eq!(null, r#"{"sealed": null}"#);
    assert_eq!(read(&null, Type::STRING).unwrap(), Value::Null(Type::STRING).sensitive());
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn all_json_is_passed_over_and_none_that_is_cut_off(json in json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&json).unwrap() } else { json.to_string() };
        prop_assert_eq!(Scan::new(&text).raw().unwrap(), text.as_str());
        if text.starts_with(['{', '[', '"']) {
            for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
                let error: ScanError = Scan::new(&text[..at]).raw().expect_err("cut off");
                prop_assert!(error.is_end, "{}: {:?}", &text[..at], error);
            }
        }
    }

    #[test]
    fn any_text_is_a_string_that_others_read(text: String) {
        let mut out = Vec::new();
        push_string(&mut out, &text);
        prop_assert_eq!(&serde_json::from_slice::<String>(&out).unwrap(), &text);
        let out = String::from_utf8(out).unwrap();
        let back = Scan::new(&out).string().unwrap().into_owned();
        prop_assert_eq!(back, text.clone());
        let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
        let escaped = format!("\"{escaped}\"");
        prop_assert_eq!(Scan::new(&escaped).string().unwrap().into_owned(), text);
    }
}
