use super::super::tests::check;

#[test]
fn matches_are_text_tuples_or_objects() {
    check(&[
        ("regex", r#""\\d+", 12345"#, Ok("\"12345\"")),
        ("regex", r#""(x)?(y)", "y""#, Ok("[null,\"y\"]")),
        ("regex", r#""(?P<a>x)|(?P<b>y)", "y""#, Ok(r#"{"a":null,"b":"y"}"#)),
        ("regexall", r#""a*", "baac""#, Ok(r#"["","aa",""]"#)),
        ("regexall", r#""(a)(b)?", "abaab""#, Ok(r#"[["a","b"],["a",null],["a","b"]]"#)),
        ("regexall", r#""z", "abc""#, Ok("[]")),
        (
            "regex",
            r#""^a", "b""#,
            Err("Call to function \"regex\" failed: pattern did not match any part of the given string."),
        ),
        (
            "regex",
            r#""(?P<x>a)(b)", "ab""#,
            Err(
                "Invalid value for \"pattern\" parameter: invalid regexp pattern: cannot mix both named and unnamed capture \
             groups.",
            ),
        ),
    ]);
}

#[test]
fn replacing_is_literal_unless_between_slashes() {
    check(&[
        ("replace", r#""hello", "", "-""#, Ok("\"-h-e-l-l-o-\"")),
        ("replace", r#""a/b", "/", "-""#, Ok("\"a-b\"")),
        ("replace", r#""x", "x", "$$""#, Ok("\"$$\"")),
        ("replace", r#""hello", "/l/", "L$0""#, Ok("\"heLlLlo\"")),
        ("replace", r#""abc", "/(?P<n>b)/", "[$n$1${n}$$$x$1y]$""#, Ok("\"a[bbb$]$c\"")),
        ("replace", r#""a/b/c", "//", "-""#, Ok("\"-a-/-b-/-c-\"")),
        (
            "replace",
            r#""abc", "/[/", "-""#,
            Err("Call to function \"replace\" failed: error parsing regexp: missing closing ]: `[`."),
        ),
    ]);
}
