use super::super::tests::check;

#[test]
fn text_goes_through_other_encodings() {
    for (text, encoding, bytes) in [
        ("é", "ISO-8859-1", "6Q=="),
        ("日本", "Shift_JIS", "k/qWew=="),
        ("日本", "EUC-JP", "xvzL3A=="),
        ("x", "UTF-16BE", "AHg="),
        ("test", "utf-16le", "dABlAHMAdAA="),
        ("x", "UTF-16", "/v8AeA=="),
        ("€", "windows-1252", "gA=="),
        ("A", "US-ASCII", "QQ=="),
    ] {
        check(&[
            ("textencodebase64", &format!("\"{text}\", \"{encoding}\""), Ok(&format!("\"{bytes}\""))),
            ("textdecodebase64", &format!("\"{bytes}\", \"{encoding}\""), Ok(&format!("\"{text}\""))),
        ]);
    }
}

#[test]
fn what_does_not_fit_is_told() {
    check(&[
        (
            "textencodebase64",
            r#""日", "latin1""#,
            Err(
                "Invalid value for \"string\" parameter: the given string contains characters that cannot be represented in \
             ISO_8859-1:1987.",
            ),
        ),
        (
            "textdecodebase64",
            r#""gA==", "UTF-8""#,
            Err(
                "Invalid value for \"source\" parameter: the given string contains symbols that are not defined for UTF-8.",
            ),
        ),
        (
            "textdecodebase64",
            r#""bad!", "UTF-8""#,
            Err("Invalid value for \"source\" parameter: the given value is has an invalid base64 symbol at offset 3."),
        ),
        (
            "textencodebase64",
            r#""x", "ascii""#,
            Err(
                "Invalid value for \"encoding\" parameter: \"ascii\" is not a supported IANA encoding name or alias in this \
             Terraform version.",
            ),
        ),
    ]);
}
