//! Regular expressions in RE2's syntax, rewritten for the engine at hand.
//!
//! The two agree on what an expression matches once it is read; they differ in how it is read: here `\d`, `\w`, `\s`
//! and `\b` are ASCII, `{` may be literal, `&&` in a class is two characters, `\Q…\E` quotes, groups may share a name.
//! Messages are those of RE2's syntax.

mod class;

use std::fmt::Write;

/// Why an expression is none: what is wrong, and the part that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub(super) what: &'static str,
    pub(super) part: String,
}

/// An expression ready to search with.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) regex: regex::Regex,
    /// The name of each group, from the first.
    pub(super) names: Vec<Option<String>>,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Result<Pattern, SyntaxError> {
        let mut reader = Reader { whole: text, rest: text, out: String::new(), names: Vec::new(), open: Vec::new() };
        reader.expression()?;
        /// Room for `[^a]{1000}` and its like, whose program is large.
        const SIZE: usize = 64 << 20;
        let regex = regex::RegexBuilder::new(&reader.out).size_limit(SIZE).build();
        let too_large = |_| SyntaxError { what: "expression too large", part: text.to_owned() };
        Ok(Pattern { regex: regex.map_err(too_large)?, names: reader.names })
    }
}

/// How often the engine may be told to repeat, all nested repetitions multiplied.
const MOST_REPEATS: u32 = 1000;

struct Reader<'a> {
    whole: &'a str,
    rest: &'a str,
    out: String,
    names: Vec<Option<String>>,
    /// The product of repetitions inside each open group.
    open: Vec<u32>,
}

fn fail<T>(what: &'static str, part: impl Into<String>) -> Result<T, SyntaxError> {
    Err(SyntaxError { what, part: part.into() })
}

const INVALID_ESCAPE: &str = "invalid escape sequence";
const INVALID_RANGE: &str = "invalid character class range";

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    /// What was read since the rest was `before`.
    fn since(&self, before: &'a str) -> &'a str {
        &before[..before.len() - self.rest.len()]
    }

    fn expression(&mut self) -> Result<(), SyntaxError> {
        // The product of repetitions in the last atom; `None` where there is nothing to repeat.
        let mut atom: Option<u32> = None;
        // The widest atom of the group so far.
        let mut widest = 1;
        let mut last_repeat: Option<&'a str> = None;
        while let Some(next) = self.peek() {
            let before = self.rest;
            let mut repeat = None;
            match next {
                '(' => {
                    self.open.push(widest);
                    widest = 1;
                    atom = None;
                    if self.group()? {
                        widest = self.open.pop().unwrap_or(1);
                        atom = None;
                    }
                }
                ')' => {
                    let Some(outer) = self.open.pop() else { return fail("unexpected )", self.whole) };
                    self.take();
                    self.out.push(')');
                    atom = Some(widest);
                    widest = outer.max(widest);
                }
                '|' => {
                    self.take();
                    self.out.push('|');
                    atom = None;
                }
                '*' | '+' | '?' => {
                    self.take();
                    self.check_repeat(before, atom, last_repeat)?;
                    self.out.push_str(self.since(before));
                    repeat = Some(before);
                }
                '{' => match self.counts() {
                    Some((least, most)) => {
                        let part = self.since(before);
                        let too_many =
                            least > MOST_REPEATS || most.is_some_and(|most| most > MOST_REPEATS || most < least);
                        if too_many {
                            return fail("invalid repeat count", part);
                        }
                        let times = most.filter(|most| *most > 0).unwrap_or(least).max(1);
                        self.check_repeat(before, atom, last_repeat)?;
                        let product = atom.unwrap_or(1).saturating_mul(times);
                        if product > MOST_REPEATS {
                            return fail("invalid repeat count", part);
                        }
                        self.out.push_str(self.since(before));
                        atom = Some(product);
                        widest = widest.max(product);
                        repeat = Some(before);
                    }
                    None => {
                        self.take();
                        self.literal('{');
                        atom = Some(1);
                    }
                },
                '[' => {
                    self.class()?;
                    atom = Some(1);
                }
                '\\' => {
                    // An empty quotation is nothing that could be repeated.
                    if self.escape()? {
                        atom = Some(1);
                    }
                }
                '.' | '^' | '$' => {
                    self.take();
                    self.out.push(next);
                    atom = Some(1);
                }
                _ => {
                    self.take();
                    self.literal(next);
                    atom = Some(1);
                }
            }
            last_repeat = repeat;
        }
        if self.open.is_empty() { Ok(()) } else { fail("missing closing )", self.whole) }
    }

    /// Takes a `?` behind a repetition; refuses one of nothing, and one of a repetition.
    fn check_repeat(&mut self, before: &'a str, atom: Option<u32>, last: Option<&'a str>) -> Result<(), SyntaxError> {
        let operator = self.since(before);
        if self.peek() == Some('?') {
            self.take();
        }
        match (last, atom) {
            (Some(last), _) => fail("invalid nested repetition operator", &last[..last.len() - self.rest.len()]),
            (None, None) => fail("missing argument to repetition operator", operator),
            (None, Some(_)) => Ok(()),
        }
    }

    /// `{n}`, `{n,}` or `{n,m}`; anything else is literal and left where it is.
    fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        let (inside, after) = self.rest[1..].split_once('}')?;
        let number = |text: &str| {
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let has_no_zero = text == "0" || !text.starts_with('0');
            (is_number && has_no_zero).then(|| text.parse().unwrap_or(u32::MAX))
        };
        let counts = match inside.split_once(',') {
            None => {
                let count = number(inside)?;
                (count, Some(count))
            }
            Some((least, "")) => (number(least)?, None),
            Some((least, most)) => (number(least)?, Some(number(most)?)),
        };
        self.rest = after;
        Some(counts)
    }

    /// A group's beginning, or flags alone (then `true`).
    fn group(&mut self) -> Result<bool, SyntaxError> {
        let before = self.rest;
        self.take();
        if self.peek() != Some('?') {
            self.out.push('(');
            self.names.push(None);
            return Ok(false);
        }
        if let Some(named) = before.strip_prefix("(?P<").or_else(|| before.strip_prefix("(?<")) {
            let Some((name, after)) = named.split_once('>') else { return fail("invalid named capture", before) };
            self.rest = after;
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                return fail("invalid named capture", self.since(before));
            }
            self.out.push('(');
            self.names.push(Some(name.to_owned()));
            return Ok(false);
        }
        self.take();
        let (mut negative, mut has_flag) = (false, false);
        while let Some(next) = self.take() {
            match next {
                'i' | 'm' | 's' | 'U' => has_flag = true,
                '-' if !negative => (negative, has_flag) = (true, false),
                ':' | ')' if has_flag || !negative => {
                    // Flags may be missing, which the engine does not take alone.
                    let part = self.since(before);
                    self.out.push_str(if part == "(?)" { "(?:)" } else { part });
                    return Ok(next == ')');
                }
                _ => break,
            }
        }
        fail("invalid or unsupported Perl syntax", self.since(before))
    }

    /// An escape outside of classes; whether it is something that can be repeated.
    fn escape(&mut self) -> Result<bool, SyntaxError> {
        let before = self.rest;
        let next = before[1..].chars().next();
        let simple = match next {
            Some('A') => "\\A",
            Some('z') => "\\z",
            Some('b') => "(?-u:\\b)",
            Some('B') => "(?-u:\\B)",
            Some('C') => return fail(INVALID_ESCAPE, "\\C"),
            Some('Q') => {
                let (quoted, after) = before[2..].split_once("\\E").unwrap_or((&before[2..], ""));
                self.rest = after;
                quoted.chars().for_each(|char| self.literal(char));
                return Ok(!quoted.is_empty());
            }
            _ => "",
        };
        if !simple.is_empty() {
            self.rest = &before[2..];
            self.out.push_str(simple);
            return Ok(true);
        }
        if let Some(set) = self.named_class()? {
            let _ = write!(self.out, "[{set}]");
            return Ok(true);
        }
        let char = self.escaped_char()?;
        self.literal(char);
        Ok(true)
    }

    /// An escape that stands for one character.
    fn escaped_char(&mut self) -> Result<char, SyntaxError> {
        let before = self.rest;
        self.take();
        let Some(next) = self.take() else { return fail("trailing backslash at end of expression", "") };
        let octal = |reader: &Self| reader.peek().and_then(|char| char.to_digit(8));
        let code = match next {
            'a' => Some(7),
            'f' => Some(12),
            'n' => Some(10),
            'r' => Some(13),
            't' => Some(9),
            'v' => Some(11),
            // A single digit would refer back to a group.
            '1'..='7' if octal(self).is_none() => None,
            '0'..='7' => {
                let mut code = u32::from(next) - u32::from('0');
                for _ in 0..2 {
                    let Some(digit) = octal(self) else { break };
                    self.take();
                    code = code * 8 + digit;
                }
                Some(code)
            }
            'x' => self.hex(),
            _ if next.is_ascii() && !next.is_ascii_alphanumeric() => Some(u32::from(next)),
            _ => None,
        };
        match code.and_then(char::from_u32) {
            Some(char) => Ok(char),
            None => fail(INVALID_ESCAPE, self.since(before)),
        }
    }

    fn hex(&mut self) -> Option<u32> {
        let first = self.take()?;
        if first != '{' {
            let second = self.take()?;
            return Some(first.to_digit(16)? * 16 + second.to_digit(16)?);
        }
        let mut code = None;
        loop {
            match self.take()? {
                '}' => return code,
                digit => {
                    let value = code.unwrap_or(0) * 16 + digit.to_digit(16)?;
                    code = Some(value).filter(|value| *value <= u32::from(char::MAX));
                    code?;
                }
            }
        }
    }

    fn literal(&mut self, char: char) {
        self.out.push_str(&regex::escape(char.encode_utf8(&mut [0; 4])));
    }
}

#[cfg(test)]
mod tests;
