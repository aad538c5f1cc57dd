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
    Pattern(Pattern),
}

/// A pattern within one name, as steps that are followed side by side: the time is the pattern's length times the name's.
pub(super) struct Pattern(Vec<Step>);

#[derive(Debug, PartialEq)]
enum Step {
    Char(char),
    /// `?`
    One,
    /// `*`
    Many,
    Class {
        negative: bool,
        ranges: Vec<(char, char)>,
    },
    /// Goes on here and, where there is another choice in the braces, there.
    Either(Option<usize>),
    /// The end of a choice.
    Jump(usize),
}

/// Links may make a circle of folders.
const DEEPEST: usize = 64;

/// Takes a clean path apart; `None` when it is malformed.
pub(super) fn parse(pattern: &str) -> Option<Vec<Part>> {
    let parts = split(pattern)?.into_iter().filter(|part| !part.is_empty() && *part != ".");
    let mut was_any = false;
    parts
        // Any folders in any folders are any folders.
        .filter(|part| !(std::mem::replace(&mut was_any, *part == "**") && was_any))
        .map(|part| {
            if part == "**" {
                return Some(Part::Any);
            }
            let steps = steps(part)?;
            let plain = steps.iter().map(|step| match step {
                Step::Char(char) => Some(*char),
                _ => None,
            });
            Some(plain.collect::<Option<String>>().map_or(Part::Pattern(Pattern(steps)), Part::Name))
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

fn steps(pattern: &str) -> Option<Vec<Step>> {
    /// Braces that are open: where the last choice begins, and the ends of those before it.
    struct Open {
        choice: usize,
        ends: Vec<usize>,
    }
    let mut steps = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut chars = pattern;
    let rest = &mut chars;
    while !rest.is_empty() {
        match (take(rest)?, open.last_mut()) {
            ('*', _) => steps.push(Step::Many),
            ('?', _) => steps.push(Step::One),
            ('\\', _) => steps.push(Step::Char(take(rest)?)),
            ('[', _) => steps.push(class(rest)?),
            ('{', _) => {
                open.push(Open { choice: steps.len(), ends: Vec::new() });
                steps.push(Step::Either(None));
            }
            (',', Some(braces)) => {
                braces.ends.push(steps.len());
                steps.push(Step::Jump(0));
                steps[braces.choice] = Step::Either(Some(steps.len()));
                braces.choice = steps.len();
                steps.push(Step::Either(None));
            }
            ('}', Some(braces)) => {
                let end = steps.len();
                braces.ends.iter().for_each(|at| steps[*at] = Step::Jump(end));
                open.pop();
            }
            (other, _) => steps.push(Step::Char(other)),
        }
    }
    open.is_empty().then_some(steps)
}

fn take(rest: &mut &str) -> Option<char> {
    let next = rest.chars().next()?;
    *rest = &rest[next.len_utf8()..];
    Some(next)
}

fn class(rest: &mut &str) -> Option<Step> {
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
    Some(Step::Class { negative, ranges })
}

/// Adds the files that the parts lead to from a folder. `path` is the way so far, as it shall be shown.
pub(super) fn walk(files: &dyn Files, folder: &Path, path: &str, parts: &[Part], to: &mut Vec<String>) {
    let mut found = BTreeSet::new();
    visit(files, folder, path, parts, DEEPEST, &mut found);
    to.extend(found);
}

fn visit(files: &dyn Files, at: &Path, path: &str, parts: &[Part], depth: usize, to: &mut BTreeSet<String>) {
    let join = |path: &str, name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    let (mut at, mut path, mut parts) = (at.to_owned(), path.to_owned(), parts);
    while let Some((Part::Name(name), rest)) = parts.split_first() {
        (path, parts) = (join(&path, name), rest);
        at.push(name);
    }
    let (at, path) = (at.as_path(), path.as_str());
    let joined = |name: &str| join(path, name);
    let Some((part, rest)) = parts.split_first() else {
        if matches!(files.kind(at), Ok(FileKind::File)) {
            to.insert(path.to_owned());
        }
        return;
    };
    let names: Vec<String> = match files.list(at) {
        Ok(names) => names.iter().filter_map(|name| name.to_str().map(str::to_owned)).collect(),
        Err(_) => return,
    };
    for name in names {
        let below = at.join(&name);
        match part {
            Part::Pattern(pattern) if pattern.matches(&name) => {
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

impl Pattern {
    /// Whether a name is one of the pattern.
    pub(super) fn matches(&self, name: &str) -> bool {
        let mut now = Places::new(self.0.len());
        let mut next = Places::new(self.0.len());
        now.enter(0, &self.0);
        for char in name.chars() {
            for at in now.take() {
                let is_met = match &self.0[at] {
                    Step::Char(wanted) => *wanted == char,
                    Step::One => true,
                    Step::Many => {
                        next.enter(at, &self.0);
                        continue;
                    }
                    Step::Class { negative, ranges } => {
                        ranges.iter().any(|(low, high)| (*low..=*high).contains(&char)) != *negative
                    }
                    Step::Either(_) | Step::Jump(_) => false,
                };
                if is_met {
                    next.enter(at + 1, &self.0);
                }
            }
            std::mem::swap(&mut now, &mut next);
        }
        now.is_in[self.0.len()]
    }
}

/// The steps at which a pattern stands, each once; the place behind the last is the end.
struct Places {
    list: Vec<usize>,
    is_in: Vec<bool>,
}

impl Places {
    fn new(steps: usize) -> Self {
        Self { list: Vec::new(), is_in: vec![false; steps + 1] }
    }

    /// Takes in a step, and those that are reached from it without a character.
    fn enter(&mut self, at: usize, steps: &[Step]) {
        let mut pending = vec![at];
        while let Some(at) = pending.pop() {
            if std::mem::replace(&mut self.is_in[at], true) {
                continue;
            }
            match steps.get(at) {
                Some(Step::Either(other)) => pending.extend(other.iter().copied().chain([at + 1])),
                Some(Step::Jump(to)) => pending.push(*to),
                Some(Step::Many) => {
                    self.list.push(at);
                    pending.push(at + 1);
                }
                Some(_) => self.list.push(at),
                None => {}
            }
        }
    }

    fn take(&mut self) -> Vec<usize> {
        self.is_in.fill(false);
        std::mem::take(&mut self.list)
    }
}

#[cfg(test)]
mod tests {
    use super::Part;
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
            ("{a,}b", "b", true),
            ("{a,{b,c}d}e", "cde", true),
            ("{a,{b,c}d}e", "ae", true),
            ("{a,{b,c}d}e", "abe", false),
        ] {
            let parts = parse(pattern).expect("a pattern");
            let [Part::Pattern(parsed)] = parts.as_slice() else { panic!("one name: {pattern}") };
            assert_eq!(parsed.matches(name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn what_is_not_closed_is_malformed() {
        for pattern in ["[", "a/[a", "{a", "a\\", "[-a]", "[]"] {
            assert!(parse(pattern).is_none(), "{pattern}");
        }
    }
    #[test]
    fn a_pattern_costs_no_more_than_its_length() {
        let name = "a".repeat(200);
        let stars = "*a".repeat(50) + "b";
        let choices = "{a,a*}".repeat(50) + "b";
        let nested = "{".repeat(100_000) + "a" + &"}".repeat(100_000);
        for (pattern, expected) in [(stars, false), (choices, false), (nested, false)] {
            let parts = parse(&pattern).expect("a pattern");
            let [Part::Pattern(parsed)] = parts.as_slice() else { panic!("one name") };
            assert_eq!(parsed.matches(&name), expected);
        }
        assert_eq!(parse("a/**/**/**/b").map(|parts| parts.len()), Some(3));
    }
}
