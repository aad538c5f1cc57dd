//! An error told with its causes, and as a sentence.

use std::error::Error;

/// An error's whole story in one line: its text, then each cause that the text before does not tell already.
pub fn with_causes(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !told.contains(&text) {
            told.push_str(": ");
            told.push_str(&text);
        }
        cause = inner.source();
    }
    told
}

/// A text as a sentence: with a capital where it begins with a word, and with an end. A name at its beginning (a file, an
/// address, an argument) stays as it is written.
pub fn sentence(mut text: String) -> String {
    let first = text.split([' ', '\n']).next().unwrap_or_default().len();
    // What has a dot, a slash, a colon or the like in it is a name, and so is what stands alone.
    let is_word = (1..text.len()).contains(&first) && text.bytes().take(first).all(|byte| byte.is_ascii_lowercase());
    if is_word && let Some(letter) = text.get_mut(..1) {
        letter.make_ascii_uppercase();
    }
    if !text.ends_with(['.', '!', '?', '\n']) {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn words_get_a_capital_and_names_stay() {
        for (text, expected) in [
            ("cannot read it", "Cannot read it."),
            ("main.tf is not there", "main.tf is not there."),
            ("state/default.json is empty", "state/default.json is empty."),
            ("acme_vm.a: not found", "acme_vm.a: not found."),
            ("plan: permission denied", "plan: permission denied."),
            ("`x` is no name", "`x` is no name."),
            ("épée is no name?", "épée is no name?"),
            ("x", "x."),
            ("", "."),
        ] {
            assert_eq!(sentence(text.to_owned()), expected);
        }
    }
}
