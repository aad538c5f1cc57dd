use super::super::tests::check;
use super::super::tests::run;
use crate::value::Type;
use crate::value::Value;

#[test]
fn sets_are_joined_and_compared_by_their_shared_type() {
    check(&[
        ("setunion", r#"["b", "a"], ["b", "c"]"#, Ok(r#"["a","b","c"]"#)),
        ("setunion", "[[1]], [[2], [1]]", Ok("[[1],[2]]")),
        ("setintersection", "[1], [\"1\"]", Ok("[\"1\"]")),
        ("setsubtract", "[1, 2], [\"1\"]", Ok("[\"2\"]")),
        (
            "setunion",
            "[1], [true]",
            Err("Call to function \"setunion\" failed: given sets must all have compatible element types."),
        ),
    ]);
}

#[test]
fn products_are_lists_unless_a_set_takes_part() {
    check(&[
        ("setproduct", r#"["a", "b"], [1, 2]"#, Ok(r#"[["a",1],["a",2],["b",1],["b",2]]"#)),
        ("setproduct", r#"["a"], []"#, Ok("[]")),
        ("setproduct", r#"["a"]"#, Err("Call to function \"setproduct\" failed: at least two arguments are required.")),
        ("setproduct", r#""a", ["b"]"#, Err("Invalid value for \"sets\" parameter: a set or a list is required.")),
    ]);
    let set = Value::set(Type::NUMBER, vec![Value::from(2), Value::from(1)]);
    let product = run("setproduct", &[Value::tuple(vec![Value::from("x")]), set]).expect("two of them");
    assert_eq!(product.ty(), Type::set(Type::tuple(vec![Type::STRING, Type::NUMBER])));
}
