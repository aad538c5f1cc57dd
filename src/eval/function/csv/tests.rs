use super::super::tests::check;

#[test]
fn records_become_objects_by_the_header() {
    check(&[
        ("csvdecode", r#""a,b\r\n1,2\r\n\r\n,\n""#, Ok(r#"[{"a":"1","b":"2"},{"a":"","b":""}]"#)),
        ("csvdecode", r#""a, b\n\"x,\"\"y\"\"\",\"l\nm\"""#, Ok(r#"[{" b":"l\nm","a":"x,\"y\""}]"#)),
        ("csvdecode", r#""a""#, Ok("[]")),
    ]);
}

#[test]
fn what_is_broken_is_told_with_its_line() {
    for (text, message) in [
        ("", "missing header line"),
        (r"a,a\n", r#"duplicate column name "a""#),
        (r"a,b\n1\n", "CSV parse error on line 2: wrong number of fields"),
        (r#"a,b\n\"1\n2\",3\n4\n"#, "CSV parse error on line 4: wrong number of fields"),
        (r#"a,b\nx\"y,2\n"#, r#"CSV parse error on line 2: bare " in non-quoted-field"#),
        (r#"a\n\"b\"c\n"#, r#"CSV parse error on line 2: extraneous or missing " in quoted-field"#),
        (r#"a\n\"b\n\nc"#, r#"CSV parse error on line 4: extraneous or missing " in quoted-field"#),
    ] {
        let detail = format!("Call to function \"csvdecode\" failed: {message}.");
        check(&[("csvdecode", &format!("\"{text}\""), Err(&detail))]);
    }
}
