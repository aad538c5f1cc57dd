//! What known values give.

use super::evaluate;
use super::evaluate_fully;
use super::fails;
use super::gives;

#[test]
fn operators_follow_the_language() {
    gives(&[
        ("1 + 2 * 3 - 4 / 2", "5"),
        ("\"4\" + 1", "5"),
        ("-\"3\"", "-3"),
        ("!\"true\"", "false"),
        ("1 % 0", "1"),
        ("1 < 2 && 2 <= 2 || false", "true"),
        ("1 == \"1\"", "false"),
        ("{a = 1} == {a = 1}", "true"),
        ("map == {a = 1, b = 2}", "false"),
        ("null == none", "true"),
        ("set == set", "true"),
    ]);
    fails(&[
        ("true + 1", "Invalid operand: Unsuitable value for left operand: number required."),
        ("1 + \"x\"", "Invalid operand: Unsuitable value for right operand: a number is required."),
        ("null + 1", "Operation failed: Error during operation: argument must not be null."),
        ("null || true", "Operation failed: Error during operation: argument must not be null."),
        ("0 / 0", "Operation failed: Error during operation: can't divide zero by zero or infinity by infinity."),
        ("!null", "Operation failed: Error during operation: argument must not be null."),
        ("-[]", "Invalid operand: Unsuitable value for unary operand: number required."),
    ]);
    assert_eq!(evaluate("[] < {}").1.len(), 2);
}

#[test]
fn a_chain_of_ten_thousand_operators_evaluates() {
    let text = format!("map.a{}", " + 1".repeat(10_000));
    assert_eq!(format!("{:?}", evaluate(&text).0), "10001");
}

#[test]
fn what_can_be_read_can_be_evaluated_however_deep() {
    // Half of what the parser allows where a level counts twice.
    for (levels, open, inner, close) in [
        (390, "[", "1", "]"),
        (390, "{a = ", "1", "}"),
        (390, "upper(", "\"a\"", ")"),
        (390, "true ? 1 : ", "2", ""),
        (390, "[for x in [1] : ", "1", "]"),
        (390, "try(", "list[9]", ")"),
        (390, "-", "1", ""),
        (240, "\"${", "1", "}\""),
        (190, "", "any_u", ".a[0]"),
        (190, "", "any_u", "[*].a"),
    ] {
        evaluate(&format!("{}{inner}{}", open.repeat(levels), close.repeat(levels)));
    }
}

#[test]
fn conditionals_bring_both_arms_to_one_type() {
    gives(&[
        ("true ? 1 : \"a\"", "\"1\""),
        ("false ? null : 1", "1"),
        ("true ? null : 1", "null(number)"),
        ("true ? [1] : [\"a\"]", "[\"1\"]"),
        ("true ? 1 : list[7]", "1"),
        ("false ? secret : 1", "(sensitive)"),
        ("false ? secrets : [3, 4]", "[3, 4]"),
    ]);
    fails(&[
        (
            "true ? 1 : [1]",
            "Inconsistent conditional result types: The true and false result expressions must have consistent types. \
             The 'true' value is number, but the 'false' value is tuple.",
        ),
        (
            "true ? {a = {b = 1}} : {a = {b = []}}",
            "Inconsistent conditional result types: The true and false result expressions must have consistent types. \
             Type mismatch for object attribute \"a\": Type mismatch for object attribute \"b\": The 'true' value is \
             number, but the 'false' value is tuple.",
        ),
        (
            "true ? {a = true, b = 1} : {a = true}",
            "Inconsistent conditional result types: The true and false result expressions must have consistent types. \
             The 'true' value includes object attribute \"b\", which is absent in the 'false' value.",
        ),
        ("1 ? 1 : 2", "Incorrect condition type: The condition expression must be of type bool."),
        ("null ? 1 : 2", "Null condition: The condition value is null. Conditions must either be true or false."),
    ]);
}

#[test]
fn parts_of_values_are_found_or_missed() {
    gives(&[
        ("list[1]", "\"y\""),
        ("list[\"0\"]", "\"x\""),
        ("{a = 1}[\"a\"]", "1"),
        ("map.b", "2"),
        ("[[1, 2]][0][1]", "2"),
        ("secrets[0] == 1", "(sensitive)"),
    ]);
    const KEY: &str = "Invalid index: The given key does not identify an element in this collection value";
    fails(&[
        ("{a = 1}.b", "Unsupported attribute: This object does not have an attribute named \"b\"."),
        ("map.c", "Missing map element: This map does not have an element with the key \"c\"."),
        ("map[\"c\"]", &format!("{KEY}.")),
        ("secret.x", "Unsupported attribute: Can't access attributes on a primitive-typed value (string)."),
        ("none[0]", "Attempt to index null value: This value is null, so it does not have any indices."),
        ("none.x", "Attempt to get attribute from null value: This value is null, so it does not have any attributes."),
        ("list[2]", &format!("{KEY}: the given index is greater than or equal to the length of the collection.")),
        ("list[5]", &format!("{KEY}.")),
        ("[][0]", &format!("{KEY}: the collection has no elements.")),
        ("list[-1]", &format!("{KEY}: a negative number is not a valid index for a sequence.")),
        (
            "list[0.5]",
            &format!("{KEY}: indexing a sequence requires a whole number, but the given index has a fractional part."),
        ),
        (
            "objects.n",
            "Unsupported attribute: Can't access attributes on a list of objects. Did you mean to access attribute \"n\" \
             for a specific element of the list, or across all elements of the list?",
        ),
        ("list[null]", "Invalid index: Can't use a null value as an indexing key."),
    ]);
}

#[test]
fn loops_make_tuples_and_objects() {
    gives(&[
        ("[for x in list : \"${x}!\"]", r#"["x!", "y!"]"#),
        ("[for i, x in list : i if x == \"y\"]", "[1]"),
        ("{for k, v in map : k => v * 10}", r#"{"a": 10, "b": 20}"#),
        ("{for v in [\"a\", \"b\", \"a\"] : v => 1...}", r#"{"a": [1, 1], "b": [1]}"#),
        ("[for k, v in set : k == v]", "[true, true]"),
        ("[for a in [1, 2] : [for b in [3] : a * b]]", "[[3], [6]]"),
        ("[for s in [secret] : 1]", "[1]"),
    ]);
    fails(&[
        (
            "[for x in null : x]",
            "Iteration over null value: A null value cannot be used as the collection in a 'for' expression.",
        ),
        (
            "[for x in \"s\" : x]",
            "Iteration over non-iterable value: A value of type string cannot be used as the collection in a 'for' \
             expression.",
        ),
        ("[for x in list : x if null]", "Condition is null: The value of the 'if' clause must not be null."),
        ("[for x in [null] : x if x]", "Invalid 'for' condition: The value of the 'if' clause must not be null."),
        ("[for x in list : x if []]", "Invalid 'for' condition: The 'if' clause value is invalid: bool required."),
        (
            "{for x in [null] : x => 1}",
            "Invalid object key: Key expression in 'for' expression must not produce a null value.",
        ),
        (
            "{for x in [1, 1] : x => 1}",
            "Duplicate object key: Two different items produced the key \"1\" in this 'for' expression. If duplicates \
             are expected, use the ellipsis (...) after the value expression to enable grouping by key.",
        ),
        ("{(null) = 1}", "Null value as key: Can't use a null value as a key."),
        ("{([]) = 1}", "Incorrect key type: Can't use this value as a key: string required."),
    ]);
}

#[test]
fn splats_reach_into_each_element() {
    gives(&[
        ("objects[*].n", "[1, 2]"),
        ("objects.*.n", "[1, 2]"),
        ("{n = 1}[*].n", "[1]"),
        ("null[*]", "[]"),
        ("[[1], [2]][*][0]", "[1, 2]"),
        ("[{a = [{b = 1}]}][*].a[*].b", "[[1]]"),
    ]);
    fails(&[
        ("none[*]", "Splat of null value: Splat expressions (with the * symbol) cannot be applied to null sequences."),
        ("objects[*].m", "Unsupported attribute: This object does not have an attribute named \"m\"."),
    ]);
}

#[test]
fn templates_join_their_parts() {
    gives(&[
        ("\"a${1}${true}\"", r#""a1true""#),
        ("\"${list}\"", r#"["x", "y"]"#),
        ("\"%{ for x in list }${x},%{ endfor }\"", r#""x,y,""#),
        ("\"%{ if 1 == 1 }yes%{ else }no%{ endif }\"", r#""yes""#),
        ("\"-${secret}\"", "(sensitive)"),
    ]);
    fails(&[
        (
            "\"a${null}\"",
            "Invalid template interpolation value: The expression result is null. Cannot include a null value in a \
             string template.",
        ),
        (
            "\"a${list}\"",
            "Invalid template interpolation value: Cannot include the given value in a string template: string \
             required.",
        ),
    ]);
}

#[test]
fn try_takes_the_first_that_works() {
    gives(&[
        ("try(list[9], map.q, 3)", "3"),
        ("can(list[9])", "false"),
        ("can(list[0])", "true"),
        ("try(failed, 1)", "1"),
    ]);
    fails(&[(
        "try(list[9])",
        "Error in function call: Call to function \"try\" failed: no expression succeeded:\n- Invalid index (at \
         test:1,9-12)\n  The given key does not identify an element in this collection value.\n\nAt least one \
         expression must produce a successful result.",
    )]);
}

#[test]
fn what_has_failed_is_not_reported_again() {
    for text in
        ["failed + 1", "failed.x[0]", "\"${failed}\"", "[for x in failed : x]", "failed ? 1 : 2", "{(failed) = 1}"]
    {
        let (value, problems) = evaluate(text);
        assert_eq!(problems, Vec::<String>::new(), "{text}");
        assert!(value.has_failed(), "{text}: {value:?}");
    }
}

#[test]
fn messages_name_the_values_but_never_a_secret() {
    let values = |text: &str| evaluate_fully(text).1.iter().next().expect("a problem").values.clone();
    assert_eq!(
        values("list[map.b + 5]"),
        [("list".to_owned(), "is list of string with 2 elements".to_owned()), ("map.b".to_owned(), "is 2".to_owned()),]
    );
    assert_eq!(values("secret + 1"), [("secret".to_owned(), "has a sensitive value".to_owned())]);
}
