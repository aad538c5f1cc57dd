//! What names, numbers and template signs look like.

/// What a `$` or `%` in a template is.
pub(super) enum Sign {
    /// `${`, `%{`
    Opens,
    /// `$${`, `%%{`
    Escape,
    Plain,
}

pub(super) fn template_sign(bytes: &[u8]) -> Sign {
    match bytes {
        [_, b'{', ..] => Sign::Opens,
        [a, b, b'{', ..] if a == b => Sign::Escape,
        _ => Sign::Plain,
    }
}

pub(super) fn line_break_length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b'\n', ..] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        _ => None,
    }
}

/// Digits, dots and exponents; never ends in a dot, so that `1...` and `1.a` keep theirs.
pub(super) fn number_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    let mut end = 0;
    while let Some(byte) = bytes.get(length) {
        match byte {
            b'0'..=b'9' => {
                length += 1;
                end = length;
            }
            b'.' => length += 1,
            b'e' | b'E' => {
                let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
                if !bytes.get(length + 1 + sign).is_some_and(u8::is_ascii_digit) {
                    break;
                }
                length += 2 + sign;
                end = length;
            }
            _ => break,
        }
    }
    end
}

pub(super) fn is_ident_start(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

pub(super) fn is_ident_continue(c: char) -> bool {
    matches!(c, '_' | '-') || c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

/// Whether a text is a name as the language has them.
pub fn is_identifier(text: &str) -> bool {
    text.starts_with(is_ident_start) && text.chars().all(is_ident_continue)
}
