//! Writing YAML in the block style that people know from `yamlencode`: strings in double quotes, several lines as a
//! literal block, sequences in mappings not indented.

use std::fmt::Write;

use crate::value::Value;

/// Where a line is folded, at the first space behind.
const WIDTH: usize = 80;
/// Spaces a level.
const STEP: usize = 2;
/// How long a key may be that is written before its `:` on one line.
const LONGEST_KEY: usize = 128;

/// A document of one value, which is known.
pub(super) fn encode(value: &Value) -> String {
    let mut writer = Writer { text: String::new(), column: 0 };
    writer.node(value, None, Place::Root);
    if !writer.text.ends_with('\n') {
        writer.line();
    }
    // A plain scalar at the root goes on until something ends it.
    if matches!(value, Value::Null(_) | Value::Bool(_) | Value::Number(_)) {
        writer.text.push_str("...\n");
    }
    writer.text
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    /// Behind `- `, `? ` or `: ` on the same line.
    Compact,
    /// Behind `key:`.
    Value,
}

struct Writer {
    text: String,
    column: usize,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.column += text.chars().count();
    }

    fn line(&mut self) {
        self.text.push('\n');
        self.column = 0;
    }

    /// Begins a line at an indentation, unless that is where the text stands.
    fn at(&mut self, indent: usize) {
        if self.column > indent {
            self.line();
        }
        let missing = indent - self.column;
        self.put(&" ".repeat(missing));
    }

    /// Writes a value within a block of an indentation; `None` is outside of all.
    fn node(&mut self, value: &Value, indent: Option<usize>, place: Place) {
        let inner = indent.map_or(0, |indent| indent + STEP);
        let space = if place == Place::Value { " " } else { "" };
        match value {
            Value::List(_) | Value::Set(_) | Value::Tuple(_) => {
                let elements = value.as_elements().unwrap_or_default();
                if elements.is_empty() {
                    return self.put(&format!("{space}[]"));
                }
                // Below a key the dashes stand under it.
                let indent = if place == Place::Value { indent.unwrap_or(0) } else { inner };
                for element in elements {
                    self.at(indent);
                    self.put("- ");
                    self.node(element, Some(indent), Place::Compact);
                }
            }
            Value::Map(_) | Value::Object(_) => {
                let entries = value.as_entries().unwrap_or_default();
                if entries.is_empty() {
                    return self.put(&format!("{space}{{}}"));
                }
                for (key, part) in entries {
                    self.at(inner);
                    if key.len() <= LONGEST_KEY && !key.contains(BREAKS) {
                        self.quoted(key, None);
                        self.put(":");
                        self.node(part, Some(inner), Place::Value);
                    } else {
                        self.put("? ");
                        self.string(key, inner + STEP);
                        self.at(inner);
                        self.put(": ");
                        self.node(part, Some(inner), Place::Compact);
                    }
                }
            }
            Value::String(text) => {
                self.put(space);
                self.string(text, indent.map_or(STEP, |indent| indent + STEP));
            }
            Value::Bool(value) => self.put(&format!("{space}{value}")),
            Value::Number(number) => self.put(&format!("{space}{number}")),
            Value::Null(_) | Value::Unknown(_) => self.put(&format!("{space}null")),
            Value::Marked(marked) => self.node(marked.value(), indent, place),
        }
    }

    fn string(&mut self, text: &str, indent: usize) {
        if text.contains('\n') && may_be_literal(text) {
            self.literal(text, indent)
        } else {
            self.quoted(text, Some(indent))
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with(' ') || text.starts_with(BREAKS) {
            let _ = write!(self.text, "{STEP}");
        }
        let mut from_end = text.chars().rev();
        match (from_end.next().is_some_and(is_break), from_end.next()) {
            (false, _) => self.put("-"),
            (true, None) => self.put("+"),
            (true, Some(before)) if is_break(before) => self.put("+"),
            (true, Some(_)) => {}
        }
        self.line();
        let mut is_new = true;
        for char in text.chars() {
            if is_break(char) {
                self.text.push(char);
                is_new = true;
                continue;
            }
            if is_new {
                self.text.push_str(&" ".repeat(indent));
                is_new = false;
            }
            self.text.push(char);
        }
        if !is_new {
            self.line();
        }
        self.column = 0;
    }

    /// In double quotes; folded at an indentation where it may be.
    fn quoted(&mut self, text: &str, fold: Option<usize>) {
        self.put("\"");
        let mut was_space = false;
        let mut chars = text.chars().peekable();
        let mut is_first = true;
        while let Some(char) = chars.next() {
            let next = chars.peek().copied();
            if char == ' ' {
                match fold {
                    Some(indent) if !was_space && !is_first && next.is_some() && self.column > WIDTH => {
                        self.line();
                        self.put(&" ".repeat(indent));
                        if next == Some(' ') {
                            self.put("\\");
                        }
                    }
                    _ => self.put(" "),
                }
                was_space = true;
            } else {
                self.put(&escaped(char));
                was_space = false;
            }
            is_first = false;
        }
        self.put("\"");
    }
}

const BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

fn is_break(char: char) -> bool {
    BREAKS.contains(&char)
}

/// A literal block shows all characters as they are, so there may be none that do not show, nor spaces at line ends.
fn may_be_literal(text: &str) -> bool {
    let ends_lines = |char: Option<char>| char.is_none_or(is_break);
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let next = chars.peek().copied();
        let is_shown = is_printable(char) || matches!(char, '\n' | '\u{2028}' | '\u{2029}');
        if !is_shown || char == ' ' && ends_lines(next) {
            return false;
        }
    }
    true
}

fn is_printable(char: char) -> bool {
    matches!(char, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && !matches!(char, '\u{feff}' | '\u{2028}' | '\u{2029}')
}

fn escaped(char: char) -> String {
    match char {
        '"' => "\\\"".into(),
        '\\' => "\\\\".into(),
        _ if is_printable(char) => char.into(),
        '\0' => "\\0".into(),
        '\u{7}' => "\\a".into(),
        '\u{8}' => "\\b".into(),
        '\t' => "\\t".into(),
        '\n' => "\\n".into(),
        '\u{b}' => "\\v".into(),
        '\u{c}' => "\\f".into(),
        '\r' => "\\r".into(),
        '\u{1b}' => "\\e".into(),
        '\u{85}' => "\\N".into(),
        '\u{2028}' => "\\L".into(),
        '\u{2029}' => "\\P".into(),
        _ => match u32::from(char) {
            code @ 0..=0xff => format!("\\x{code:02X}"),
            code @ 0x100..=0xffff => format!("\\u{code:04X}"),
            code => format!("\\U{code:08X}"),
        },
    }
}
