use super::Type;
use super::Value;

#[test]
fn a_value_is_at_most_24_bytes() {
    assert!(size_of::<Value>() <= 24, "{}", size_of::<Value>());
}

#[test]
fn equal_types_are_one_pointer() {
    assert_eq!(Type::list(Type::map(Type::STRING)), Type::list(Type::map(Type::STRING)));
    assert_ne!(Type::list(Type::STRING), Type::set(Type::STRING));
}

#[test]
fn sensitive_values_do_not_print() {
    let value = Value::tuple(vec![Value::from("x").sensitive()]);
    assert_eq!(format!("{value:?}"), "[(sensitive)]");
}
