use super::super::tests::check;

#[test]
fn case_follows_unicode_one_character_at_a_time() {
    check(&[
        ("upper", r#""ǆ ß İ""#, Ok(r#""Ǆ ß İ""#)),
        ("lower", r#""ǆ ß İ ΑΣ""#, Ok(r#""ǆ ß i ασ""#)),
        ("title", r#""ǆ o'neil mc-donald a_b""#, Ok(r#""ǅ O'Neil Mc-Donald A_b""#)),
        ("upper", r#""ᾳ ﬀ""#, Ok(r#""ᾼ ﬀ""#)),
    ]);
}

#[test]
fn text_is_trimmed_cut_and_joined() {
    check(&[
        ("chomp", r#""a\nb\r\n\r""#, Ok(r#""a\nb""#)),
        ("trim", r#""日本日", "日""#, Ok(r#""本""#)),
        ("trimprefix", r#""hellohello", "hello""#, Ok(r#""hello""#)),
        ("trimsuffix", r#""abc", """#, Ok(r#""abc""#)),
        ("indent", r#"2, "a\nb\n""#, Ok(r#""a\n  b\n  ""#)),
        ("split", r#""", "日é""#, Ok(r#"["日","é"]"#)),
        ("join", r#"1, ["a", "b"], [true]"#, Ok(r#""a1b1true""#)),
        ("strrev", r#""👩‍👩‍👧‍👦e\u0301!""#, Ok(r#""!é👩‍👩‍👧‍👦""#)),
        ("join", r#"",""#, Err("Call to function \"join\" failed: at least one list is required.")),
        (
            "join",
            r#"",", ["a"], [null]"#,
            Err("Invalid value for \"lists\" parameter: element 0 of list 2 is null; cannot concatenate null values."),
        ),
        (
            "indent",
            r#"-1, "a\nb""#,
            Err("Call to function \"indent\" failed: cannot indent by a negative number of spaces."),
        ),
    ]);
}

#[test]
fn substr_counts_what_a_reader_sees() {
    for (offset, length, expected) in [
        (0, 0, ""),
        (1, 3, "éll"),
        (1, -2, "éllo"),
        (-3, 0, "llo"),
        (-3, 1, "l"),
        (-10, 1, "h"),
        (5, 1, ""),
        (6, 100, ""),
    ] {
        check(&[("substr", &format!("\"héllo\", {offset}, {length}"), Ok(&format!("\"{expected}\"")))]);
    }
    check(&[
        ("substr", r#""a\r\nb", 1, 1"#, Ok(r#""\r\n""#)),
        (
            "substr",
            r#""abc", 0.5, 1"#,
            Err("Call to function \"substr\" failed: value must be a whole number, between -9223372036854775808 and \
             9223372036854775807."),
        ),
    ]);
}
