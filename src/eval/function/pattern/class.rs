//! Character classes within regular expressions.

use std::fmt::Write;

use super::INVALID_RANGE;
use super::Reader;
use super::SyntaxError;
use super::fail;

/// What may stand between `[:` and `:]`.
const CLASSES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word",
    "xdigit",
];

impl Reader<'_> {
    pub(super) fn class(&mut self) -> Result<(), SyntaxError> {
        let whole = self.rest;
        self.take();
        let mut class = String::from("[");
        if self.peek() == Some('^') {
            self.take();
            class.push('^');
        }
        let mut is_first = true;
        while is_first || self.peek() != Some(']') {
            is_first = false;
            if self.rest.starts_with("[:")
                && let Some((name, after)) = self.rest[2..].split_once(":]")
            {
                let part = format!("[:{name}:]");
                if !CLASSES.contains(&name.strip_prefix('^').unwrap_or(name)) {
                    return fail(INVALID_RANGE, part);
                }
                self.rest = after;
                class.push_str(&part);
                continue;
            }
            if self.peek() == Some('\\')
                && let Some(set) = self.named_class()?
            {
                class.push_str(&set);
                continue;
            }
            let before = self.rest;
            let low = self.class_char(whole)?;
            let mut high = low;
            if self.rest.starts_with('-') && self.rest.len() > 1 && !self.rest.starts_with("-]") {
                self.take();
                high = self.class_char(whole)?;
                if high < low {
                    return fail(INVALID_RANGE, self.since(before));
                }
            }
            let _ = write!(class, "\\x{{{:x}}}-\\x{{{:x}}}", u32::from(low), u32::from(high));
        }
        self.take();
        self.out.push_str(&class);
        self.out.push(']');
        Ok(())
    }

    fn class_char(&mut self, whole: &str) -> Result<char, SyntaxError> {
        match self.peek() {
            None => fail("missing closing ]", whole),
            Some('\\') => self.escaped_char(),
            Some(char) => {
                self.take();
                Ok(char)
            }
        }
    }

    /// `\d` and `\p{Greek}`, as the inside of a class.
    pub(super) fn named_class(&mut self) -> Result<Option<String>, SyntaxError> {
        let before = self.rest;
        let set = match before.as_bytes().get(1) {
            Some(b'd') => "0-9",
            Some(b'D') => "[^0-9]",
            Some(b's') => "\\t\\n\\x0C\\r\\x20",
            Some(b'S') => "[^\\t\\n\\x0C\\r\\x20]",
            Some(b'w') => "0-9A-Za-z_",
            Some(b'W') => "[^0-9A-Za-z_]",
            Some(sign @ (b'p' | b'P')) => return self.unicode_class(*sign == b'P').map(Some),
            _ => return Ok(None),
        };
        self.rest = &before[2..];
        Ok(Some(set.to_owned()))
    }

    fn unicode_class(&mut self, negative: bool) -> Result<String, SyntaxError> {
        let before = self.rest;
        self.rest = &before[2..];
        let name = match self.take() {
            Some('{') => {
                let Some((name, after)) = self.rest.split_once('}') else { return fail(INVALID_RANGE, before) };
                self.rest = after;
                name
            }
            Some(_) => &self.since(before)[2..],
            None => return fail(INVALID_RANGE, before),
        };
        let (negative, name) = match name.strip_prefix('^') {
            Some(name) => (!negative, name),
            None => (negative, name),
        };
        let sign = if negative { 'P' } else { 'p' };
        let is_name = name.starts_with(|char: char| char.is_ascii_uppercase())
            && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        let class = format!("\\{sign}{{{name}}}");
        if !is_name || regex::Regex::new(&class).is_err() {
            return fail(INVALID_RANGE, self.since(before));
        }
        Ok(class)
    }
}
