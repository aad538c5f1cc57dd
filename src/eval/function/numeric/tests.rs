use super::super::tests::check;

#[test]
fn numbers_are_rounded_compared_and_added() {
    check(&[
        ("ceil", "-1.5", Ok("-1")),
        ("floor", "123456789012345678901234567890.5", Ok("123456789012345678901234567890")),
        ("abs", "\"-1.5\"", Ok("1.5")),
        ("max", "\"5\", 10, -1", Ok("10")),
        ("sum", "[0.1, \"0.2\", 0.3]", Ok("0.6")),
        ("pow", "2, 0.5", Ok("1.4142135623730951")),
        ("pow", "2, 60", Ok("1152921504606847000")),
        ("log", "1000, 10", Ok("2.9999999999999996")),
        ("log", "10, 0", Ok("-0")),
        ("signum", "-7", Ok("-1")),
        ("max", "", Err("Call to function \"max\" failed: must pass at least one number.")),
        ("pow", "-8, 0.3", Err("Call to function \"pow\" failed: the result is not a number.")),
        ("sum", "[]", Err("Invalid value for \"list\" parameter: cannot sum an empty list.")),
        (
            "sum",
            "{\"a\": 1}",
            Err("Invalid value for \"list\" parameter: argument must be list, set, or tuple. Received object."),
        ),
    ]);
}

#[test]
fn integers_are_read_in_any_base() {
    check(&[
        ("parseint", "\"-ff\", 16", Ok("-255")),
        ("parseint", "\"aZ\", 62", Ok("681")),
        ("parseint", "\"12345678901234567890123\", \"10\"", Ok("12345678901234567890123")),
        (
            "parseint",
            "\"1_000\", 10",
            Err("Invalid value for \"number\" parameter: cannot parse \"1_000\" as a base 10 integer."),
        ),
        (
            "parseint",
            "\"\", 10",
            Err("Invalid value for \"number\" parameter: cannot parse \"\" as a base 10 integer."),
        ),
        (
            "parseint",
            "\"1\", 63",
            Err("Invalid value for \"base\" parameter: base must be a whole number between 2 and 62 inclusive."),
        ),
        (
            "parseint",
            "10, 2",
            Err("Invalid value for \"number\" parameter: first argument must be a string, not number."),
        ),
    ]);
}

#[test]
fn ranges_go_either_way_and_end() {
    check(&[
        ("range", "3", Ok("[0,1,2]")),
        ("range", "4, 1", Ok("[4,3,2]")),
        ("range", "1, 3, 0.5", Ok("[1,1.5,2,2.5]")),
        ("range", "0", Ok("[]")),
        (
            "range",
            "1, 4, -1",
            Err("Invalid value for \"params\" parameter: end must be less than start when step is negative."),
        ),
        (
            "range",
            "1, 4, 0",
            Err(
                "Call to function \"range\" failed: more than 1024 values were generated; either decrease the difference \
             between start and end or use a smaller step.",
            ),
        ),
        ("range", "", Err("Call to function \"range\" failed: must have one, two, or three arguments.")),
    ]);
}
