use super::super::tests::check;

#[test]
fn verbs_write_values() {
    for (format, args, expected) in [
        ("%s %s", "1, \"é\"", "1 é"),
        ("%d%%", "50", "50%"),
        ("%5d|%-5d|%05d|%+d|% d", "1, 2, -7, 3, 4", "    1|2    |-0007|+3| 4"),
        ("%x %X %o %b %#x", "255, 255, 8, 5, 255", "ff FF 10 101 0xff"),
        ("%8.3d|", "5", "     005|"),
        ("%f %.2f %08.3f %06.2f", "1, -7, 1, -1.5", "1.000000 -7.00 0001.000 -01.50"),
        ("%.0f %.0f %.0f", "0.5, 1.5, 2.5", "0 2 2"),
        ("%e %E", "1.5, 123456789012345678901", "1.500000e+00 1.234568E+20"),
        ("%g %g %g", "100000, 1000000, 0.00000123", "100000 1e+06 1.23e-06"),
        ("%.3g %.10g", "1234.5678, 12.5", "1.23e+03 12.5"),
        ("%v %v %#v", "1234567, \"x\", \"x\"", "1.234567e+06 x \"x\""),
        ("%v %v", "[1, \"a\"], {}", "[1,\"a\"] {}"),
        ("%6s|%-6s|%.2s|%3s|", "true, 1, \"héllo\", \"日本\"", "  true|1     |hé| 日本|"),
        ("%t %q", "\"true\", \"<\\n\"", "true \"\\u003c\\n\""),
        ("%[2]s %[1]s", "\"a\", \"b\"", "b a"),
        ("%5[1]d|", "7", "    7|"),
    ] {
        let expected = serde_json::to_string(expected).expect("a string").replace('<', "\\u003c");
        check(&[("format", &format!("\"{format}\", {args}"), Ok(&expected))]);
    }
}

#[test]
fn bad_verbs_and_values_are_told() {
    for (format, args, message) in [
        ("%d", ", 1.5", r#"unsupported value for "%d" at 0: an integer is required"#),
        ("a%5d", ", \"x\"", r#"unsupported value for "%5d" at 1: a number is required"#),
        ("%s", ", []", r#"unsupported value for "%s" at 0: string required"#),
        ("%c", ", 1", r#"unsupported format verb 'c' in "%c" at offset 0"#),
        ("%[3]s", ", 1", r#"not enough arguments for "%[3]s" at 0: need index 3 but have 1 total"#),
        ("%", "", "invalid format string starting at offset 1"),
        ("%*d", ", 5", "unrecognized format character '*' at offset 1"),
        ("%99999999999999999999d", ", 1", r#"the width or precision of "%99999999999999999999d" is too large"#),
    ] {
        let detail = format!("Call to function \"format\" failed: {message}.");
        check(&[("format", &format!("\"{format}\"{args}"), Err(&detail))]);
    }
    let args = "Invalid value for \"args\" parameter: too many arguments;";
    check(&[
        ("format", "\"%s\", 1, 2", Err(&format!("{args} only 1 used by format string."))),
        ("format", "\"x\", 1", Err(&format!("{args} no verbs in format string."))),
    ]);
}

#[test]
fn lists_are_formatted_side_by_side() {
    check(&[
        ("formatlist", r#""%s-%s", ["a", "b"], "x""#, Ok(r#"["a-x","b-x"]"#)),
        ("formatlist", r#""%s", []"#, Ok("[]")),
        ("formatlist", r#""x""#, Ok(r#"["x"]"#)),
        (
            "formatlist",
            r#""%s%s", ["a"], []"#,
            Err(
                "Invalid value for \"args\" parameter: argument 2 has length 0, which is inconsistent with argument 1 of \
             length 1.",
            ),
        ),
        (
            "formatlist",
            r#""%d", ["x"]"#,
            Err(
                "Call to function \"formatlist\" failed: error on format iteration 0: unsupported value for \"%d\" at 0: a \
             number is required.",
            ),
        ),
    ]);
}
