use super::*;
use crate::value::Value;

#[test]
fn an_equality_says_which_spellings_are_one_value() {
    let strings = |texts: &[&str]| Value::list(Type::STRING, texts.iter().map(|text| Value::from(*text)).collect());
    for (equality, a, b, same) in [
        (Equality::Exact, Value::from("a"), Value::from("A"), false),
        (Equality::IgnoreCase, Value::from("Fra1"), Value::from("fra1"), true),
        (Equality::Trimmed, Value::from("key\n"), Value::from("key"), true),
        (Equality::SetIgnoreCase, strings(&["Web", "db"]), strings(&["DB", "web"]), true),
        (Equality::AnyOrder, strings(&["a", "b"]), strings(&["b", "a"]), true),
        (Equality::AnyOrder, strings(&["a", "b"]), strings(&["b", "b"]), false),
    ] {
        assert_eq!(string().equality(equality).same(&a, &b), same, "{equality:?} {a:?} {b:?}");
    }
}

#[test]
fn an_object_of_a_schema_has_its_attributes_and_blocks() {
    let schema = Schema::new([("name", string().required())]).block("rule", NestedBlock::set([("port", number())]));
    assert_eq!(schema.shape().names().iter().map(|name| &**name).collect::<Vec<_>>(), ["name", "rule"]);
    assert_eq!(schema.ty().attribute("rule").map(|rule| rule.ty.to_string()).as_deref(), Some("set of object"));
}

#[test]
fn settling_keeps_spellings_that_mean_the_same_and_leaves_nothing_unknown() {
    let block = NestedBlock::list([("hour", string().equality(Equality::IgnoreCase)), ("note", string())]);
    let schema = Schema::new([("region", string().equality(Equality::IgnoreCase)), ("id", string().computed())])
        .block("window", block.clone());
    let window = |hour: &str| {
        let object = Value::object([("hour".into(), hour.into()), ("note".into(), Value::Null(Type::STRING))]);
        Value::list(block.block.implied_type(), vec![object])
    };
    let planned =
        schema.object([("region", "FRA1".into()), ("id", Value::unknown(Type::STRING)), ("window", window("A"))]);
    let settled = schema.settle(&planned, [("region", "fra1".into()), ("window", window("a"))]);
    assert_eq!(settled, schema.object([("region", "FRA1".into()), ("window", window("A"))]));
    let moved = schema.settle(&planned, [("region", "nyc1".into()), ("window", window("b"))]);
    assert_eq!(moved, schema.object([("region", "nyc1".into()), ("window", window("b"))]));
    assert_eq!(
        schema.object([("id", "1".into())]).get("window"),
        Some(&Value::list(block.block.implied_type(), vec![]))
    );
}
