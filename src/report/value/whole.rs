//! A value as a whole: made, removed, or just shown.

use super::Page;
use super::Sign;
use super::entries::key_text;
use super::entries::pad;
use crate::report::style::Tone;
use crate::value::Value;

impl Page<'_> {
    /// Writes a value behind what stands on the line already. Lines of its parts carry the sign, one level in.
    pub(in crate::report) fn whole(&mut self, value: &Value, sign: Sign, level: usize) {
        if self.hides(value) {
            return;
        }
        match value.unmarked() {
            Value::Null(_) => self.push(Tone::Dim, "null"),
            Value::Unknown(_) => self.push(Tone::Dim, "(known after apply)"),
            Value::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => self.out.push_str(&number.to_string()),
            Value::String(text) => self.text(text, sign, level),
            Value::List(_) | Value::Set(_) | Value::Tuple(_) => {
                self.elements(value.as_elements().unwrap_or_default(), sign, level);
            }
            Value::Map(_) | Value::Object(_) => {
                let entries = value.as_entries().unwrap_or_default();
                if entries.is_empty() {
                    return self.out.push_str("{}");
                }
                self.out.push('{');
                self.end();
                let keys: Vec<String> = entries.iter().map(|(key, _)| key_text(key)).collect();
                let width = keys.iter().map(|key| key.chars().count()).max().unwrap_or(0);
                for (key, (_, part)) in keys.iter().zip(&entries) {
                    self.begin(level + 1, sign);
                    self.out.push_str(key);
                    pad(&mut self.out, key, width);
                    self.out.push_str(" = ");
                    self.whole(part, sign, level + 1);
                    self.end();
                }
                self.begin(level, Sign::None);
                self.out.push('}');
            }
            Value::Marked(_) => {}
        }
    }

    fn elements(&mut self, elements: &[Value], sign: Sign, level: usize) {
        if elements.is_empty() {
            return self.out.push_str("[]");
        }
        self.out.push('[');
        self.end();
        for element in elements {
            self.begin(level + 1, sign);
            self.whole(element, sign, level + 1);
            self.out.push(',');
            self.end();
        }
        self.begin(level, Sign::None);
        self.out.push(']');
    }
}
