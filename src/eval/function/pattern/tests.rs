use super::Pattern;

fn found<'t>(pattern: &str, text: &'t str) -> Option<&'t str> {
    let pattern = Pattern::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error:?}"));
    pattern.regex.find(text).map(|found| found.as_str())
}

#[test]
fn expressions_are_read_as_re2_does() {
    for (pattern, text, expected) in [
        (r"\w+", "é_a", Some("_a")),
        (r"\s", "a\u{b}b c", Some(" ")),
        (r"\bfoo\b", "éfoo", Some("foo")),
        (r"a\Bb", "ab", Some("ab")),
        (r"a{,2}", "aa{,2}", Some("a{,2}")),
        (r"x{a", "x{a", Some("x{a")),
        (r"[a&&b]+", "a&&b", Some("a&&b")),
        (r"[a~~b&&c[d]+", "x[&~", Some("[&~")),
        (r"[]a]+", "]a", Some("]a")),
        (r"[^\x00-\x7F]", "aé", Some("é")),
        (r"[\d\-x]+", "1-x", Some("1-x")),
        (r"[\D]", "1a", Some("a")),
        (r"\pL+\p{Greek}\P{^Lu}", "aéβA", Some("aéβA")),
        (r"[[:alpha:][:^ascii:]]+", "12abé", Some("abé")),
        (r"\Q.*\E+", "a.**", Some(".**")),
        (r"\123\x41\x{1F600}", "SA😀", Some("SA😀")),
        (r"\<a\>\_", "<a>_", Some("<a>_")),
        (r"(?i)k", "\u{212a}", Some("\u{212a}")),
        (r"(?U)a+", "aaa", Some("a")),
        (r"(?s).+", "a\nb", Some("a\nb")),
        (r"(?m)^b$", "a\nb", Some("b")),
        (r"^*", "a", Some("")),
        (r"()b", "b", Some("b")),
        (r"(?:a|b)(?i-s:C.)", "acx", Some("acx")),
    ] {
        assert_eq!(found(pattern, text), expected, "{pattern}");
    }
}

#[test]
fn groups_keep_their_names_even_twice() {
    let pattern = Pattern::new("(?P<1a>x)(y)(?<n>z)(?P<n>z)").expect("a pattern");
    let names: Vec<Option<&str>> = pattern.names.iter().map(Option::as_deref).collect();
    assert_eq!(names, [Some("1a"), None, Some("n"), Some("n")]);
}

#[test]
fn what_is_wrong_is_told_with_the_part() {
    for (pattern, message) in [
        ("(", "missing closing ) in ("),
        ("a)", "unexpected ) in a)"),
        ("[a", "missing closing ] in [a"),
        ("[z-a]", "invalid character class range in z-a"),
        ("[[:foo:]]", "invalid character class range in [:foo:]"),
        (r"\p{Foo}", r"invalid character class range in \p{Foo}"),
        ("*", "missing argument to repetition operator in *"),
        ("a|*", "missing argument to repetition operator in *"),
        ("a**", "invalid nested repetition operator in **"),
        ("a{1}{2}", "invalid nested repetition operator in {1}{2}"),
        ("a{1001}", "invalid repeat count in {1001}"),
        ("a{2,1}", "invalid repeat count in {2,1}"),
        ("(a{1000}){1000}", "invalid repeat count in {1000}"),
        ("a\\", "trailing backslash at end of expression in "),
        (r"\C", r"invalid escape sequence in \C"),
        (r"\8", r"invalid escape sequence in \8"),
        (r"\x{110000}", r"invalid escape sequence in \x{110000"),
        ("(?x) a", "invalid or unsupported Perl syntax in (?x"),
        ("(?=a)", "invalid or unsupported Perl syntax in (?="),
        ("(?", "invalid or unsupported Perl syntax in (?"),
        ("(?P<>a)", "invalid named capture in (?P<>"),
    ] {
        let error = Pattern::new(pattern).map(|_| ()).expect_err(pattern);
        assert_eq!(format!("{} in {}", error.what, error.part), message, "{pattern}");
    }
}
