use super::Page;
use super::decode_tfvars;
use super::encode_tfvars;
use super::quoted;
use crate::eval::function::CallError;
use crate::value::Str;
use crate::value::Value;

fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::object(entries.map(|(name, value)| (Str::from(name), value)))
}

fn written(value: &Value) -> String {
    let mut page = Page::default();
    page.value(value);
    page.text()
}

#[test]
fn expressions_are_written_as_they_are_formatted() {
    let one = |name: &str, number: i64| object([(name, Value::from(number))]);
    let inner = Value::tuple(vec![Value::from(1), one("c", 2)]);
    let list = Value::tuple(vec![object([("a", Value::from(1)), ("bb", inner)]), one("a", 2), object([])]);
    assert_eq!(written(&list), "[{\n  a = 1\n  bb = [1, {\n    c = 2\n  }]\n  }, {\n  a = 2\n}, {}]");
    let mixed = object([
        ("aaa", Value::from(1)),
        ("b", object([("c", Value::tuple(vec![one("d", 1), one("e", 2)]))])),
        ("cc", Value::from(2)),
        ("d", Value::from(3)),
    ]);
    let expected =
        "{\n  aaa = 1\n  b = {\n    c = [{\n      d = 1\n      }, {\n      e = 2\n    }]\n  }\n  cc = 2\n  d  = 3\n}";
    assert_eq!(written(&mixed), expected);
    assert_eq!(written(&object([("a b", Value::from(1)), ("if", Value::NULL)])), "{\n  \"a b\" = 1\n  if    = null\n}");
    assert_eq!(quoted("\u{1}é\u{200b}$a ${ %%{\n"), "\"\\u0001é\\u200b$a $${ %%%{\\n\"");
}

#[test]
fn variable_files_are_written_and_read() {
    let value = object([("a", Value::from(1)), ("bb", object([("c", Value::from("x"))])), ("d", Value::Bool(true))]);
    let text = encode_tfvars(std::slice::from_ref(&value)).unwrap();
    assert_eq!(text, Value::from("a = 1\nbb = {\n  c = \"x\"\n}\nd = true\n"));
    assert_eq!(decode_tfvars(&[text]), Ok(value));
    assert_eq!(encode_tfvars(&[object([])]), Ok(Value::from("")));
    assert_eq!(decode_tfvars(&[Value::from("a = 1+1")]), Ok(object([("a", Value::from(2))])));
    assert_eq!(decode_tfvars(&[Value::from("")]), Ok(object([])));
}

#[test]
fn what_is_no_variable_file_is_refused() {
    let message = |text: &str| match decode_tfvars(&[Value::from(text)]) {
        Err(CallError::Call { message }) => message,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(
        message("a = b"),
        "invalid expression for variable \"a\": <decode_tfvars argument>:1,5-6: Variables not allowed; Variables may not be \
         used here."
    );
    assert!(message("a = ").starts_with("invalid tfvars syntax: <decode_tfvars argument>:1,"));
    assert!(
        message("a {}").starts_with("invalid tfvars content: <decode_tfvars argument>:1,1-2: Unexpected \"a\" block")
    );
    assert!(encode_tfvars(&[Value::from(1)]).is_err());
    assert!(encode_tfvars(&[object([("a b", Value::from(1))])]).is_err());
}
