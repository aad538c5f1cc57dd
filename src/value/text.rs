//! Text: its normal form, and how messages quote it.

use std::fmt::Write;
use std::sync::Arc;

use unicode_normalization::IsNormalized;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::is_nfc_quick;

use super::Str;

/// The text in NFC, in which all strings of the language are.
pub fn nfc(text: impl Into<Str>) -> Str {
    let text = text.into();
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return text;
    }
    Arc::from(text.nfc().collect::<String>())
}

/// The text in double quotes, on one line: control characters and what does not print are escaped.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        match char {
            '"' => quoted.push_str("\\\""),
            _ => push_escaped(&mut quoted, char),
        }
    }
    quoted.push('"');
    quoted
}

/// Adds a character, or its escape where it does not print.
pub(crate) fn push_escaped(to: &mut String, char: char) {
    match char {
        '\\' => to.push_str("\\\\"),
        '\u{7}' => to.push_str("\\a"),
        '\u{8}' => to.push_str("\\b"),
        '\u{c}' => to.push_str("\\f"),
        '\n' => to.push_str("\\n"),
        '\r' => to.push_str("\\r"),
        '\t' => to.push_str("\\t"),
        '\u{b}' => to.push_str("\\v"),
        '\0'..='\u{1f}' | '\u{7f}' => {
            let _ = write!(to, "\\x{:02x}", u32::from(char));
        }
        _ if is_printable(char) => to.push(char),
        _ if u32::from(char) > 0xffff => {
            let _ = write!(to, "\\U{:08x}", u32::from(char));
        }
        _ => {
            let _ = write!(to, "\\u{:04x}", u32::from(char));
        }
    }
}

fn is_printable(char: char) -> bool {
    // The standard library knows which characters show; of those that do not it escapes quotes and accents too.
    char == ' '
        || char.is_alphanumeric()
        || !char.is_whitespace() && (char.escape_debug().len() == 1 || is_combining(char))
}

fn is_combining(char: char) -> bool {
    unicode_normalization::char::is_combining_mark(char) || matches!(char, '\'' | '"')
}

#[cfg(test)]
mod tests {
    use super::nfc;
    use super::quoted;

    #[test]
    fn quoted_text_is_one_visible_line() {
        for (text, expected) in [
            ("a\"b\\", r#""a\"b\\""#),
            ("a\n\t\u{1}\u{7f}", r#""a\n\t\x01\x7f""#),
            ("é 日本 😀 e\u{301}'", "\"é 日本 😀 e\u{301}'\""),
            ("\u{200b}\u{2028}\u{a0}\u{feff}", r#""\u200b\u2028\u00a0\ufeff""#),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn normal_text_is_composed() {
        assert_eq!(&*nfc("e\u{301}"), "é");
    }
}
