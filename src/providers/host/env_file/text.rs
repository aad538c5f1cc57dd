//! The text of a file of environment variables, as systemd's `EnvironmentFile=` and a shell read it.

use std::collections::BTreeMap;

use crate::providers::host::place::is_variable;

/// One `NAME="value"` a line, in the order of names. What a shell would take for more than a character has a backslash.
pub(super) fn write(variables: &BTreeMap<&str, &str>) -> String {
    let mut text = String::new();
    for (name, value) in variables {
        text.push_str(name);
        text.push_str("=\"");
        for c in value.chars() {
            if "\"\\`$".contains(c) {
                text.push('\\');
            }
            text.push(c);
        }
        text.push_str("\"\n");
    }
    text
}

/// Reads the variables back, also of a file that a person wrote: values with or without quotes, comments, empty lines.
/// `None` where it is no such file.
pub(super) fn read(text: &str) -> Option<BTreeMap<String, String>> {
    let mut variables = BTreeMap::new();
    let mut rest = text;
    while !rest.is_empty() {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        if rest.starts_with(['#', ';']) {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
            continue;
        }
        if rest.is_empty() {
            break;
        }
        let (name, after) = rest.split_once('=')?;
        if !is_variable(name) {
            return None;
        }
        let value;
        (value, rest) = read_value(after)?;
        variables.insert(name.to_owned(), value);
    }
    Some(variables)
}

/// One value up to the end of its line, and what follows; quoted parts and plain ones may stand side by side. Blanks at the
/// end count only where they are quoted or escaped.
fn read_value(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut solid = 0;
    let mut quote = None;
    let mut chars = text.char_indices();
    let mut rest = "";
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (None, '\n') => {
                rest = &text[at + 1..];
                break;
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if c == open => quote = None,
            (Some('\''), _) => value.push(c),
            (_, '\\') => match chars.next()? {
                (_, '\n') => {}
                // Between quotes, only what has a meaning there can be escaped.
                (_, next) if quote.is_some() && !"\"\\`$".contains(next) => value.extend(['\\', next]),
                (_, next) => value.push(next),
            },
            (None, _) if c.is_whitespace() => {
                value.push(c);
                continue;
            }
            _ => value.push(c),
        }
        solid = value.len();
    }
    value.truncate(solid);
    quote.is_none().then_some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [&str; 9] =
        ["", "plain", "two words ", "it's \"q\"", "$HOME `id` \\n", "\\", "two\nlines\n", "# no comment", "ä→\t"];

    #[test]
    fn what_is_written_is_read_back_and_means_the_same_to_a_shell() {
        for value in VALUES {
            let text = write(&BTreeMap::from([("A", value), ("B_2", "x")]));
            let found = read(&text).unwrap_or_else(|| panic!("{text:?}"));
            assert_eq!((found["A"].as_str(), found["B_2"].as_str()), (value, "x"), "{text:?}");
            let script = format!("{text}printf '%s|' \"$A\" \"$B_2\"");
            let output = std::process::Command::new("/bin/sh").arg("-c").arg(&script).output().expect("sh runs");
            assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{value}|x|"), "{text:?}");
        }
    }

    #[test]
    fn a_file_that_a_person_wrote_is_understood_and_others_are_told() {
        let text = "# comment\n\n  A=plain value  \nB='it is $x'\n; another\nC=\"a \\\"b\\\" \\d\"\nD=a\\\nb\nE=\n";
        let found = read(text).expect("variables");
        let expected = [("A", "plain value"), ("B", "it is $x"), ("C", "a \"b\" \\d"), ("D", "ab"), ("E", "")];
        assert_eq!(found.iter().map(|(name, value)| (&**name, &**value)).collect::<Vec<_>>(), expected);
        for text in ["no variables here", "A=\"open", "1A=x", "export A=x", "A B=x", "A=x\\"] {
            assert_eq!(read(text), None, "{text:?}");
        }
        assert_eq!(read(""), Some(BTreeMap::new()));
    }
}
