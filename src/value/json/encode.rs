//! The text of `jsonencode`: compact, keys sorted, and safe to stand in HTML.

use std::fmt::Write;

use crate::value::Value;

/// Why a value has no JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// A number is infinite.
    #[error("cannot serialize infinity as JSON")]
    Infinite,
    /// The value or a part of it is not known yet.
    #[error("value is not known")]
    Unknown,
}

/// The text of `jsonencode`. Types are lost; marks are dropped, so the caller deals with them first.
pub fn encode(value: &Value) -> Result<String, EncodeError> {
    let mut text = String::new();
    write(&mut text, value)?;
    Ok(text)
}

fn write(to: &mut String, value: &Value) -> Result<(), EncodeError> {
    match value {
        Value::Null(_) => to.push_str("null"),
        Value::Bool(value) => to.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) if number.is_infinite() => return Err(EncodeError::Infinite),
        Value::Number(number) => {
            let _ = write!(to, "{number}");
        }
        Value::String(text) => write_string(to, text),
        Value::List(list) => write_array(to, list.as_slice())?,
        Value::Set(set) => write_array(to, set.as_slice())?,
        Value::Tuple(tuple) => write_array(to, tuple.as_slice())?,
        Value::Map(_) | Value::Object(_) => {
            to.push('{');
            for (at, (key, part)) in value.as_entries().unwrap_or_default().into_iter().enumerate() {
                if at > 0 {
                    to.push(',');
                }
                write_string(to, key);
                to.push(':');
                write(to, part)?;
            }
            to.push('}');
        }
        Value::Unknown(_) => return Err(EncodeError::Unknown),
        Value::Marked(marked) => write(to, marked.value())?,
    }
    Ok(())
}

fn write_array(to: &mut String, parts: &[Value]) -> Result<(), EncodeError> {
    to.push('[');
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            to.push(',');
        }
        write(to, part)?;
    }
    to.push(']');
    Ok(())
}

fn write_string(to: &mut String, text: &str) {
    to.push('"');
    for char in text.chars() {
        match char {
            '"' => to.push_str("\\\""),
            '\\' => to.push_str("\\\\"),
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '\t' => to.push_str("\\t"),
            '\u{8}' => to.push_str("\\b"),
            '\u{c}' => to.push_str("\\f"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(to, "\\u{:04x}", u32::from(char));
            }
            _ => to.push(char),
        }
    }
    to.push('"');
}
