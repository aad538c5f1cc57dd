//! Strings: on one line in quotes, over several as a heredoc, and JSON as what it says.

use std::fmt::Write as _;

use super::Page;
use super::Sign;
use crate::report::style::Tone;
use crate::report::wrap::visible;
use crate::value::Value;
use crate::value::json;
use crate::value::text::quoted;

impl Page<'_> {
    pub(super) fn text(&mut self, text: &str, sign: Sign, level: usize) {
        if let Some(value) = from_json(text) {
            self.out.push_str("jsonencode(");
            self.end();
            self.begin(level + 1, Sign::None);
            self.whole(&value, sign, level + 1);
            self.end();
            self.begin(level, Sign::None);
            self.out.push(')');
        } else if is_long(text) {
            self.out.push_str("<<-EOT");
            self.end();
            for line in text.lines() {
                self.heredoc_line(line, Sign::None, level);
            }
            self.begin(level, Sign::None);
            self.out.push_str("EOT");
        } else {
            self.out.push_str(&quoted(text));
        }
    }

    pub(super) fn heredoc_line(&mut self, line: &str, sign: Sign, level: usize) {
        if line.is_empty() && sign == Sign::None {
            return self.end();
        }
        self.begin(level + 1, sign);
        let tone = match sign {
            Sign::Add => Tone::Added,
            Sign::Remove => Tone::Removed,
            _ => Tone::Plain,
        };
        self.push(tone, &visible(line));
        self.end();
    }

    /// Writes the difference of two strings.
    pub(super) fn text_change(&mut self, before: &str, after: &str, level: usize) {
        if let (Some(before_value), Some(after_value)) = (from_json(before), from_json(after)) {
            if before_value == after_value {
                // Only spelled differently: both texts are shown.
                let _ = write!(self.out, "{} -> {}", quoted(before), quoted(after));
                self.remark("the same JSON, written differently");
                return;
            }
            self.out.push_str("jsonencode(");
            self.end();
            self.begin(level + 1, Sign::Change);
            self.change(&before_value, &after_value, level + 1);
            self.end();
            self.begin(level, Sign::None);
            return self.out.push(')');
        }
        if !is_long(before) && !is_long(after) {
            let _ = write!(self.out, "{} -> {}", quoted(before), quoted(after));
            return;
        }
        match (before.ends_with('\n'), after.ends_with('\n')) {
            (false, true) => self.remark("a line break is added at the end"),
            (true, false) => self.remark("the line break at the end is removed"),
            _ if before.split_whitespace().eq(after.split_whitespace()) => self.remark("only white space changes"),
            _ => {}
        }
        self.out.push_str("<<-EOT");
        self.end();
        self.line_changes(before, after, level);
        self.begin(level, Sign::None);
        self.out.push_str("EOT");
    }
}

/// Whether a text is shown line by line.
fn is_long(text: &str) -> bool {
    text.trim_end_matches('\n').contains('\n')
}

/// What a string says that holds a JSON object or array with anything in it.
fn from_json(text: &str) -> Option<Value> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let value = json::decode(text).ok()?;
    match &value {
        Value::Tuple(parts) if !parts.as_slice().is_empty() => Some(value),
        Value::Object(parts) if !parts.is_empty() => Some(value),
        _ => None,
    }
}
