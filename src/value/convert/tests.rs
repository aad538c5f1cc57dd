use super::convert;
use super::unify;
use crate::value::Marks;
use crate::value::ObjectAttr;
use crate::value::Type;
use crate::value::Value;

fn tuple(values: impl IntoIterator<Item = Value>) -> Value {
    Value::tuple(values.into_iter().collect())
}

fn object<const N: usize>(attributes: [(&str, Value); N]) -> Value {
    Value::object(attributes.map(|(name, value)| (name.into(), value)))
}

fn text(text: &str) -> Value {
    Value::from(text)
}

fn int(value: i64) -> Value {
    Value::from(value)
}

fn object_type<const N: usize>(attributes: [(&str, Type, bool); N]) -> Type {
    let attribute = |(name, ty, optional): (&str, Type, bool)| ObjectAttr { name: name.into(), ty, optional };
    Type::object(attributes.map(attribute).into())
}

#[test]
fn values_convert_where_the_language_says_so() {
    let a_number = object_type([("a", Type::NUMBER, false)]);
    let optional = object_type([("a", Type::STRING, false), ("b", Type::list(Type::STRING), true)]);
    let strings = |values: &[&str]| values.iter().map(|value| text(value)).collect::<Vec<_>>();
    for (value, ty, expected) in [
        (text("5"), Type::NUMBER, int(5)),
        (int(5), Type::STRING, text("5")),
        (text("1"), Type::BOOL, Value::Bool(true)),
        (Value::Bool(false), Type::STRING, text("false")),
        (Value::NULL, Type::NUMBER, Value::Null(Type::NUMBER)),
        (tuple([int(1), text("a")]), Type::list(Type::DYNAMIC), Value::list(Type::STRING, strings(&["1", "a"]))),
        (tuple([int(1), Value::NULL]), Type::list(Type::DYNAMIC), {
            Value::list(Type::NUMBER, vec![int(1), Value::Null(Type::NUMBER)])
        }),
        (tuple([]), Type::set(Type::DYNAMIC), Value::set(Type::DYNAMIC, vec![])),
        (
            tuple([text("b"), text("a"), text("b")]),
            Type::set(Type::STRING),
            Value::set(Type::STRING, strings(&["a", "b"])),
        ),
        (Value::set(Type::NUMBER, vec![int(2), int(10)]), Type::list(Type::STRING), {
            Value::list(Type::STRING, strings(&["2", "10"]))
        }),
        (object([("a", int(1)), ("z", int(2))]), a_number, object([("a", int(1))])),
        (object([("a", int(1))]), optional, object([("a", text("1")), ("b", Value::Null(Type::list(Type::STRING)))])),
        (Value::map(Type::STRING, [("a".into(), text("7"))]), a_number, object([("a", int(7))])),
        (object([("a", Value::NULL), ("b", tuple([int(1)]))]), Type::map(Type::DYNAMIC), {
            let element = Type::tuple(vec![Type::NUMBER]);
            Value::map(element, [("a".into(), Value::Null(element)), ("b".into(), tuple([int(1)]))])
        }),
        (tuple([tuple([int(1)]), tuple([])]), Type::list(Type::DYNAMIC), {
            let element = Type::list(Type::NUMBER);
            Value::list(element, vec![Value::list(Type::NUMBER, vec![int(1)]), Value::list(Type::NUMBER, vec![])])
        }),
        (Value::unknown(Type::tuple(vec![Type::NUMBER])), Type::list(Type::DYNAMIC), {
            Value::unknown(Type::list(Type::NUMBER))
        }),
    ] {
        assert_eq!(convert(&value, ty), Ok(expected), "{value:?} to {ty:?}");
    }
}

#[test]
fn failures_say_what_is_required() {
    let wants = object_type([("a", Type::NUMBER, false), ("b", Type::BOOL, false), ("c", Type::BOOL, true)]);
    for (value, ty, message, path) in [
        (text("x"), Type::NUMBER, "a number is required", ""),
        (text("True"), Type::BOOL, "a bool is required; to convert from string, use lowercase \"true\"", ""),
        (Value::Bool(true), Type::NUMBER, "number required", ""),
        (tuple([text("x")]), Type::list(Type::NUMBER), "a number is required", "[0]"),
        (tuple([tuple([])]), Type::list(Type::STRING), "element 0: string required", ""),
        (text("a"), Type::list(Type::DYNAMIC), "list of any single type required", ""),
        (
            tuple([int(1), Value::Bool(true)]),
            Type::list(Type::DYNAMIC),
            "all list elements must have the same type",
            "",
        ),
        (object([("a", text("b"))]), Type::map(Type::list(Type::STRING)), "element \"a\": list of string required", ""),
        (object([]), wants, "attributes \"a\" and \"b\" are required", ""),
        (object([("a", int(1)), ("b", int(1))]), wants, "attribute \"b\": bool required", ""),
        (
            Value::map(Type::STRING, [("b".into(), text("1"))]),
            wants,
            "map has no element for required attribute \"a\"",
            "",
        ),
        (
            Value::list(Type::list(Type::STRING), vec![]),
            Type::set(Type::STRING),
            { "incorrect set element type: string required" },
            "",
        ),
        (
            tuple([Value::NULL, tuple([int(1)])]),
            Type::list(Type::DYNAMIC),
            { "all list elements must have the same type" },
            "",
        ),
    ] {
        let error = convert(&value, ty).expect_err("no such conversion");
        assert_eq!((error.message.as_str(), error.path.to_string().as_str()), (message, path), "{value:?} to {ty:?}");
    }
}

#[test]
fn marks_stay_where_they_were() {
    let value = tuple([text("1").sensitive(), text("2")]);
    let list = convert(&value, Type::list(Type::NUMBER)).expect("numbers");
    assert_eq!((list.marks(), list.as_elements().map(|parts| parts[0].marks())), (Marks::NONE, Some(Marks::SENSITIVE)));
    let set = convert(&value, Type::set(Type::NUMBER)).expect("numbers");
    assert_eq!(set.marks(), Marks::SENSITIVE);
}

#[test]
fn unknowns_keep_what_is_known_of_them() {
    let value = Value::unknown_not_null(Type::tuple(vec![Type::STRING, Type::STRING]));
    let set = convert(&value, Type::set(Type::STRING)).expect("strings");
    let refinement = set.as_unknown().expect("unknown").refinement().clone();
    assert_eq!((refinement.not_null, refinement.min_length, refinement.max_length), (true, Some(1), Some(2)));
}

#[test]
fn several_types_share_the_most_general_one() {
    let list = |ty| Type::list(ty);
    let tuple = |types: &[Type]| Type::tuple(types.to_vec());
    let of = |name: &str, ty| object_type([(name, ty, false)]);
    for (types, expected) in [
        (vec![Type::NUMBER, Type::STRING, Type::BOOL], Some(Type::STRING)),
        (vec![Type::NUMBER, Type::BOOL], None),
        (vec![Type::NUMBER, Type::DYNAMIC], Some(Type::NUMBER)),
        (vec![tuple(&[Type::NUMBER]), tuple(&[Type::STRING])], Some(tuple(&[Type::STRING]))),
        (vec![tuple(&[Type::NUMBER]), tuple(&[])], Some(list(Type::NUMBER))),
        (vec![of("a", Type::NUMBER), of("b", Type::STRING)], Some(Type::map(Type::STRING))),
        (vec![of("a", Type::NUMBER), of("a", Type::STRING)], Some(of("a", Type::STRING))),
        (vec![of("a", Type::NUMBER), tuple(&[])], None),
        (vec![Type::set(Type::STRING), tuple(&[Type::STRING])], Some(Type::set(Type::STRING))),
        (vec![list(Type::STRING), Type::set(Type::STRING)], Some(list(Type::STRING))),
        (vec![list(Type::NUMBER), tuple(&[Type::STRING])], Some(list(Type::STRING))),
        (vec![Type::map(Type::NUMBER), of("b", Type::STRING)], Some(Type::map(Type::STRING))),
        (vec![Type::DYNAMIC, tuple(&[])], Some(Type::DYNAMIC)),
        (vec![], None),
    ] {
        assert_eq!(unify(&types), expected, "{types:?}");
    }
}
