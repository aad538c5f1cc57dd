use crate::report::Secrets;
use crate::report::testing::object;
use crate::report::value_text;
use crate::value::Type;
use crate::value::Value;

#[test]
fn outputs_read_as_terraform_prints_them() {
    let lines = || Value::from("l1\nl2\n");
    for (value, expected) in [
        (Value::list(Type::STRING, vec![]), "tolist([])"),
        (object(&[]), "{}"),
        (Value::tuple(vec![]), "[]"),
        (Value::list(Type::STRING, vec![Value::from("a")]), "tolist([\n  \"a\",\n])"),
        (Value::set(Type::STRING, vec![Value::from("a")]), "toset([\n  \"a\",\n])"),
        (Value::map(Type::NUMBER, [("a b".into(), Value::from(1))]), "tomap({\n  \"a b\" = 1\n})"),
        (Value::from("a\nb"), "<<EOT\na\nb\nEOT"),
        (object(&[("x", lines())]), "{\n  \"x\" = <<-EOT\n  l1\n  l2\n  \n  EOT\n}"),
        (
            object(&[("a", Value::NULL), ("b", Value::Null(Type::STRING))]),
            "{\n  \"a\" = null\n  \"b\" = tostring(null)\n}",
        ),
        (Value::tuple(vec![Value::from("s").sensitive()]), "[\n  (sensitive value),\n]"),
        (Value::from("\u{1b}[2J\n\u{1b}"), "<<EOT\n\\u{1b}[2J\n\\u{1b}\nEOT"),
    ] {
        assert_eq!(value_text(&value, Secrets::Hidden), expected, "{value:?}");
    }
    assert_eq!(value_text(&Value::from("s").sensitive(), Secrets::Shown), "\"s\"");
}
