//! Values as `output` and `console` print them.

use std::fmt::Write as _;

use crate::report::style::Secrets;
use crate::report::wrap::visible;
use crate::value::TypeKind;
use crate::value::Value;
use crate::value::text::quoted;

/// A value in the syntax of the language, over several lines, the later ones set in.
pub(in crate::report) fn plain(to: &mut String, value: &Value, secrets: Secrets, indent: usize) {
    if value.is_sensitive() && secrets == Secrets::Hidden {
        return to.push_str("(sensitive value)");
    }
    let spaces = |to: &mut String, count: usize| (0..count).for_each(|_| to.push(' '));
    match value.unmarked() {
        Value::Null(ty) => {
            let text = match ty.kind() {
                TypeKind::Bool => "tobool(null)",
                TypeKind::Number => "tonumber(null)",
                TypeKind::String => "tostring(null)",
                TypeKind::List(_) => "tolist(null)",
                TypeKind::Set(_) => "toset(null)",
                TypeKind::Map(_) => "tomap(null)",
                TypeKind::Dynamic | TypeKind::Tuple(_) | TypeKind::Object(_) => "null",
            };
            to.push_str(text);
        }
        Value::Unknown(_) => to.push_str("(known after apply)"),
        Value::Bool(value) => to.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => {
            let _ = write!(to, "{number}");
        }
        Value::String(text) if text.contains('\n') => {
            to.push_str(if indent == 0 { "<<EOT\n" } else { "<<-EOT\n" });
            for line in text.split('\n') {
                spaces(to, indent);
                to.push_str(&visible(line));
                to.push('\n');
            }
            spaces(to, indent);
            to.push_str("EOT");
        }
        Value::String(text) => to.push_str(&quoted(text)),
        Value::List(_) | Value::Set(_) | Value::Tuple(_) => {
            let elements = value.as_elements().unwrap_or_default();
            let (open, close) = match value.unmarked() {
                Value::List(_) => ("tolist([", "])"),
                Value::Set(_) => ("toset([", "])"),
                _ => ("[", "]"),
            };
            to.push_str(open);
            to.push_str(if elements.is_empty() { "" } else { "\n" });
            for element in elements {
                spaces(to, indent + 2);
                plain(to, element, secrets, indent + 2);
                to.push_str(",\n");
            }
            spaces(to, if elements.is_empty() { 0 } else { indent });
            to.push_str(close);
        }
        Value::Map(_) | Value::Object(_) => {
            let entries = value.as_entries().unwrap_or_default();
            let (open, close) = if matches!(value.unmarked(), Value::Map(_)) { ("tomap({", "})") } else { ("{", "}") };
            to.push_str(open);
            to.push_str(if entries.is_empty() { "" } else { "\n" });
            for (key, part) in &entries {
                spaces(to, indent + 2);
                let _ = write!(to, "{} = ", quoted(key));
                plain(to, part, secrets, indent + 2);
                to.push('\n');
            }
            spaces(to, if entries.is_empty() { 0 } else { indent });
            to.push_str(close);
        }
        Value::Marked(_) => {}
    }
}
