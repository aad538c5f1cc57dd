use super::super::tests::check;
use super::super::tests::run;
use crate::value::Value;
use crate::value::json;

fn encoded(value: &str) -> String {
    let value = json::decode(value).expect("JSON");
    run("yamlencode", &[value]).expect("encodes").as_str().expect("text").to_owned()
}

#[test]
fn documents_are_written_in_block_style() {
    for (value, expected) in [
        (r#""a""#, "\"a\"\n"),
        ("12.5", "12.5\n...\n"),
        ("null", "null\n...\n"),
        ("{}", "{}\n"),
        (r#"[1, "a", null]"#, "- 1\n- \"a\"\n- null\n"),
        (r#"{"b": 1, "a": [true]}"#, "\"a\":\n- true\n\"b\": 1\n"),
        (r#"{"a": {"b": {"c": []}}}"#, "\"a\":\n  \"b\":\n    \"c\": []\n"),
        (r#"[[1, [2]], {"a": [{"b": 1, "c": []}]}]"#, "- - 1\n  - - 2\n- \"a\":\n  - \"b\": 1\n    \"c\": []\n"),
        (r#""q\"\\ \t\u2028<é😀\u007f""#, "\"q\\\"\\\\ \\t\\L<é\\U0001F600\\x7F\"\n"),
    ] {
        assert_eq!(encoded(value), expected, "{value}");
    }
}

#[test]
fn several_lines_become_a_literal_block_where_that_shows_them_whole() {
    for (value, expected) in [
        (r#""a\nb""#, "|-\n  a\n  b\n"),
        (r#""x\n\n""#, "|+\n  x\n\n"),
        (r#""\n""#, "|2+\n\n"),
        (r#"{"a": " x\n y", "b": ["\nz"]}"#, "\"a\": |2-\n   x\n   y\n\"b\":\n- |2-\n\n  z\n"),
        (r#"[["a\nb"]]"#, "- - |-\n    a\n    b\n"),
        (r#"[{"a\nb": [1, {"c": 2}]}]"#, "- ? |-\n    a\n    b\n  : - 1\n    - \"c\": 2\n"),
        (r#""a \nb""#, "\"a \\nb\"\n"),
        (r#""a\tb\nc""#, "\"a\\tb\\nc\"\n"),
    ] {
        assert_eq!(encoded(value), expected, "{value}");
    }
}

#[test]
fn long_lines_are_folded_at_spaces() {
    let words = ["kkk"; 30].join(" ");
    let line = ["kkk"; 19].join(" ");
    assert_eq!(
        encoded(&format!("{{\"a\": \"{words}\"}}")),
        format!("\"a\": \"{line}\n  {}\"\n", ["kkk"; 11].join(" "))
    );
    let key = "k".repeat(129);
    assert_eq!(encoded(&format!("{{\"{key}\": 1}}")), format!("? \"{key}\"\n: 1\n"));
}

#[test]
fn plain_scalars_are_what_they_look_like() {
    for (scalar, expected) in [
        ("y", "true"),
        ("Off", "false"),
        ("~", "null"),
        ("0x1f", "31"),
        ("0o17", "15"),
        ("017", "17"),
        ("12e03", "12000"),
        ("+.5", "0.5"),
        ("-0x1f", "\"-0x1f\""),
        ("0b11", "\"0b11\""),
        ("1_000", "\"1_000\""),
        ("1:30", "\"1:30\""),
        ("1.5.2", "\"1.5.2\""),
        ("<<", "\"<<\""),
        ("2001-1-4", "\"2001-01-04T00:00:00Z\""),
        ("2001-12-14t21:59:43.10-05:00", "\"2001-12-14T21:59:43-05:00\""),
        ("2001-13-14", "\"2001-13-14\""),
        ("'true'", "\"true\""),
        ("!!str 1", "\"1\""),
        ("!!int '5'", "\"5\""),
        ("!!float 0x1f", "31"),
        ("!!null x", "null"),
        ("!!binary aGVsbG8=", "\"aGVsbG8=\""),
    ] {
        check(&[("yamldecode", &format!("\"{scalar}\""), Ok(&expected.replace('<', "\\u003c")))]);
    }
    let infinity = run("yamldecode", &[Value::from("-.inf")]).expect("a number");
    assert_eq!(infinity.as_number().map(ToString::to_string).as_deref(), Some("-Inf"));
}

#[test]
fn collections_anchors_and_merges_are_read() {
    for (document, expected) in [
        (r"- a\n- - b\n  - c", r#"["a",["b","c"]]"#),
        (r"a: &x {k: 1}\nb:\n  <<: *x\n  z: 2", r#"{"a":{"k":1},"b":{"k":1,"z":2}}"#),
        (r"a: >\n  f1\n  f2\nb: |+\n  x\n\n", r#"{"a":"f1 f2\n","b":"x\n\n"}"#),
        (r"1: one\ntrue: two\n1.0: x", r#"{"1":"x","true":"two"}"#),
        (r"{a, b: 1}", r#"{"a":null,"b":1}"#),
        (r"- &a b\n- *a", r#"["b","b"]"#),
        (r"---", "null"),
    ] {
        check(&[("yamldecode", &format!("\"{document}\""), Ok(expected))]);
    }
}

#[test]
fn what_has_no_value_is_told_with_its_place() {
    for (document, message) in [
        ("", "on line 1, column 1: missing start of document"),
        ("[1, 2", "on line 1, column 1: did not find expected ',' or ']'"),
        (r"---\na: 1\n---\nb: 2", "on line 2, column 1: unexpected extra content after value"),
        ("*nope", "reference to undefined anchor \"nope\""),
        ("a: &a [*a]", "cannot refer to anchor \"a\" from inside its own definition"),
        (r"a: 1\n<<: 5", "on line 1, column 1: cannot merge number into mapping"),
        ("~: 2", "mapping key cannot be null"),
        ("[1]: 2", "only strings are allowed as mapping keys"),
        ("!!set {a}", "can't interpret mapping as tag:yaml.org,2002:set"),
        ("!x 1", "unsupported tag \"!x\""),
        ("!!int x", "cannot parse \"x\" as tag:yaml.org,2002:int"),
        (".nan", "floating point NaN is not supported"),
        ("%x", "found unknown directive name"),
        (r"\tx: 1", "found character that cannot start any token"),
        (r"\u0001", "control characters are not allowed"),
        (r#"\"abc"#, "found unexpected end of stream"),
    ] {
        let detail = format!("Call to function \"yamldecode\" failed: {message}.");
        check(&[("yamldecode", &format!("\"{document}\""), Err(&detail))]);
    }
    assert!(run("yamldecode", &[Value::from("[".repeat(100_000))]).is_err());
}
