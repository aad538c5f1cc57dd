//! Patterns of host names, as OpenSSH has them: `*`, `?`, and lists in which `!` takes out.

/// Whether a text is of a pattern; host names have no case.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut on) = (0, 0);
    // Where the last star is, and where the text goes on should it stand for one character more.
    let mut star = None;
    while on < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, on));
                at += 1;
            }
            Some(c) if *c == b'?' || *c == text[on] => {
                at += 1;
                on += 1;
            }
            _ => match star {
                Some((starred, from)) => {
                    star = Some((starred, from + 1));
                    at = starred + 1;
                    on = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|c| *c == b'*')
}

/// Whether a text is of one pattern of a list and of none that `!` takes out.
pub(super) fn matches_list<'a>(patterns: impl IntoIterator<Item = &'a str>, text: &str) -> bool {
    let mut is_in = false;
    for pattern in patterns {
        match pattern.strip_prefix('!') {
            Some(out) if matches(out, text) => return false,
            Some(_) => {}
            None => is_in |= matches(pattern, text),
        }
    }
    is_in
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_openssh() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "web-1", true),
            ("web-?", "web-1", true),
            ("web-?", "web-12", false),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("WEB", "web", true),
            ("a*b*c", "aXbXbXc", true),
            ("a*b*c", "aXbXbXd", false),
            ("10.0.*", "10.0.3.4", true),
            ("", "a", false),
            ("a**", "a", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        let list = ["*.example.com", "!secret.example.com"];
        assert!(matches_list(list, "web.example.com"));
        assert!(!matches_list(list, "secret.example.com"));
        assert!(!matches_list(["!a"], "b"), "what only takes out takes nothing in");
    }
}
