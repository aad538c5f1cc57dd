//! Patterns of paths: `*`, `?`, `[…]`, `{…,…}`, and `**` for any folders.

use std::collections::BTreeSet;
use std::path::Path;

use super::FileKind;
use super::Files;

/// One folder's or file's name in a pattern.
pub(super) enum Part {
    /// `**`: any number of folders.
    Any,
    /// One name, with no pattern in it.
    Name(String),
    /// Names of a pattern.
    Pattern(Vec<Token>),
}

/// A piece of a pattern within one name.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Char(char),
    /// `?`
    One,
    /// `*`
    Many,
    Class {
        negative: bool,
        ranges: Vec<(char, char)>,
    },
    Either(Vec<Vec<Token>>),
}

/// Links may make a circle of folders.
const DEEPEST: usize = 64;

/// Takes a clean path apart; `None` when it is malformed.
pub(super) fn parse(pattern: &str) -> Option<Vec<Part>> {
    let parts = split(pattern)?.into_iter().filter(|part| !part.is_empty() && *part != ".");
    parts
        .map(|part| {
            if part == "**" {
                return Some(Part::Any);
            }
            let mut rest = part;
            let tokens = tokens(&mut rest, false)?;
            let plain = tokens.iter().map(|token| match token {
                Token::Char(char) => Some(*char),
                _ => None,
            });
            Some(plain.collect::<Option<String>>().map_or(Part::Pattern(tokens), Part::Name))
        })
        .collect()
}

/// By slashes, except those within braces and classes, where none may be.
fn split(pattern: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0usize);
    let mut chars = pattern.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => {
                chars.next()?;
            }
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => {
                parts.push(&pattern[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&pattern[start..]);
    Some(parts)
}

fn tokens(rest: &mut &str, in_braces: bool) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    while let Some(next) = rest.chars().next() {
        if in_braces && matches!(next, ',' | '}') {
            break;
        }
        *rest = &rest[next.len_utf8()..];
        tokens.push(match next {
            '*' => Token::Many,
            '?' => Token::One,
            '\\' => Token::Char(take(rest)?),
            '[' => class(rest)?,
            '{' => {
                let mut choices = Vec::new();
                loop {
                    choices.push(self::tokens(rest, true)?);
                    if take(rest)? == '}' {
                        break;
                    }
                }
                Token::Either(choices)
            }
            other => Token::Char(other),
        });
    }
    Some(tokens)
}

fn take(rest: &mut &str) -> Option<char> {
    let next = rest.chars().next()?;
    *rest = &rest[next.len_utf8()..];
    Some(next)
}

fn class(rest: &mut &str) -> Option<Token> {
    let negative = rest.starts_with('^');
    if negative {
        take(rest);
    }
    let mut ranges = Vec::new();
    let bound = |rest: &mut &str| match take(rest)? {
        '\\' => take(rest),
        '-' => None,
        other => Some(other),
    };
    while !rest.starts_with(']') || ranges.is_empty() {
        let low = bound(rest)?;
        let mut high = low;
        if rest.starts_with('-') {
            take(rest);
            high = bound(rest)?;
        }
        ranges.push((low, high));
    }
    take(rest);
    Some(Token::Class { negative, ranges })
}

/// Adds the files that the parts lead to from a folder. `path` is the way so far, as it shall be shown.
pub(super) fn walk(files: &dyn Files, folder: &Path, path: &str, parts: &[Part], to: &mut Vec<String>) {
    let mut found = BTreeSet::new();
    visit(files, folder, path, parts, DEEPEST, &mut found);
    to.extend(found);
}

fn visit(files: &dyn Files, at: &Path, path: &str, parts: &[Part], depth: usize, to: &mut BTreeSet<String>) {
    let Some((part, rest)) = parts.split_first() else {
        if matches!(files.kind(at), Ok(FileKind::File)) {
            to.insert(path.to_owned());
        }
        return;
    };
    let joined = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    if let Part::Name(name) = part {
        visit(files, &at.join(name), &joined(name), rest, depth, to);
        return;
    }
    let names: Vec<String> = match files.list(at) {
        Ok(names) => names.iter().filter_map(|name| name.to_str().map(str::to_owned)).collect(),
        Err(_) => return,
    };
    for name in names {
        let below = at.join(&name);
        match part {
            Part::Pattern(tokens) if matches(tokens, &name) => {
                visit(files, &below, &joined(&name), rest, depth, to);
            }
            Part::Any if rest.is_empty() && matches!(files.kind(&below), Ok(FileKind::File)) => {
                to.insert(joined(&name));
            }
            Part::Any if depth > 0 && matches!(files.kind(&below), Ok(FileKind::Dir)) => {
                visit(files, &below, &joined(&name), parts, depth - 1, to);
            }
            _ => {}
        }
    }
    if matches!(part, Part::Any) && !rest.is_empty() {
        visit(files, at, path, rest, depth, to);
    }
}

/// Whether a name is one of a pattern.
pub(super) fn matches(tokens: &[Token], name: &str) -> bool {
    let Some((token, rest)) = tokens.split_first() else { return name.is_empty() };
    let mut chars = name.chars();
    match token {
        Token::Char(char) => chars.next() == Some(*char) && matches(rest, chars.as_str()),
        Token::One => chars.next().is_some() && matches(rest, chars.as_str()),
        Token::Many => {
            let ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
            ends.into_iter().any(|at| matches(rest, &name[at..]))
        }
        Token::Class { negative, ranges } => {
            let Some(char) = chars.next() else { return false };
            let is_in = ranges.iter().any(|(low, high)| (*low..=*high).contains(&char));
            is_in != *negative && matches(rest, chars.as_str())
        }
        Token::Either(choices) => choices.iter().any(|choice| {
            let whole: Vec<Token> = choice.iter().chain(rest).cloned().collect();
            matches(&whole, name)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::Part;
    use super::matches;
    use super::parse;

    #[test]
    fn names_match_patterns() {
        for (pattern, name, expected) in [
            ("*.txt", "a.txt", true),
            ("*.txt", ".txt", true),
            ("h?llo", "hello", true),
            ("h?llo", "hllo", false),
            ("[a-h]*", "bee", true),
            ("[^b]*", "bee", false),
            ("[!b]*", "bee", true),
            ("{bee,hello}.txt", "hello.txt", true),
            ("{a,b*}c", "bxc", true),
            ("a**b", "axxb", true),
        ] {
            let parts = parse(pattern).expect("a pattern");
            let [Part::Pattern(tokens)] = parts.as_slice() else { panic!("one name: {pattern}") };
            assert_eq!(matches(tokens, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn what_is_not_closed_is_malformed() {
        for pattern in ["[", "a/[a", "{a", "a\\", "[-a]", "[]"] {
            assert!(parse(pattern).is_none(), "{pattern}");
        }
    }
}
