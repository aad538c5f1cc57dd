//! Templates: parts to one string.

use std::fmt::Write;
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::Evaluator;
use crate::eval::ExprId;
use crate::eval::Scope;
use crate::value::Marks;
use crate::value::Refinement;
use crate::value::Str;
use crate::value::Type;
use crate::value::Unknown;
use crate::value::Value;
use crate::value::convert::convert;
use crate::value::text::nfc;

const INVALID: &str = "Invalid template interpolation value";

impl<S: Scope> Evaluator<'_, S> {
    pub(super) fn template(&mut self, parts: &[ExprId]) -> Value {
        let mut text = String::new();
        let mut is_known = true;
        let mut marks = Marks::NONE;
        for part in parts {
            let (value, part_marks) = self.expr(*part).unmark();
            marks |= part_marks;
            if part_marks.contains(Marks::FAILED) {
                continue;
            }
            match &value {
                Value::String(part) if is_known => text.push_str(part),
                Value::Number(number) if is_known => {
                    // Writing to a string cannot fail.
                    let _ = write!(text, "{number}");
                }
                Value::Bool(part) if is_known => text.push_str(if *part { "true" } else { "false" }),
                Value::String(_) | Value::Number(_) | Value::Bool(_) => {}
                Value::Unknown(unknown) if unknown.ty().is_primitive() || unknown.ty() == Type::DYNAMIC => {
                    is_known = false;
                }
                Value::Null(_) => {
                    let detail = "The expression result is null. Cannot include a null value in a string template.";
                    self.problem(*part, self.arena.span(*part), INVALID, detail);
                    marks |= Marks::FAILED;
                }
                _ => {
                    let message = convert(&value, Type::STRING).err().map(|error| error.message).unwrap_or_default();
                    let detail = format!("Cannot include the given value in a string template: {message}.");
                    self.problem(*part, self.arena.span(*part), INVALID, detail);
                    marks |= Marks::FAILED;
                }
            }
        }
        if marks.contains(Marks::FAILED) {
            return Value::unknown_not_null(Type::STRING).with_marks(marks);
        }
        let value = if is_known { Value::String(nfc(text)) } else { unknown_after(&text) };
        value.with_marks(marks)
    }

    pub(super) fn join(&mut self, tuple: ExprId) -> Value {
        let (value, mut marks) = self.expr(tuple).unmark();
        let Value::Tuple(parts) = &value else {
            return Value::unknown_not_null(Type::STRING).with_marks(marks);
        };
        let mut text = String::new();
        let mut is_known = true;
        for part in parts.iter() {
            marks |= part.marks();
            match part.unmarked() {
                Value::String(part) if is_known => text.push_str(part),
                Value::String(_) => {}
                // The body of a loop is a template, so anything but a string is an unknown one.
                _ => is_known = false,
            }
        }
        let value = if is_known { Value::String(nfc(text)) } else { unknown_after(&text) };
        value.with_marks(marks)
    }
}

/// An unknown string that begins like this.
fn unknown_after(text: &str) -> Value {
    let prefix = lasting(text);
    let prefix = (!prefix.is_empty()).then(|| Str::from(prefix));
    let refinement = Refinement { not_null: true, prefix, ..Refinement::default() };
    Value::Unknown(Arc::new(Unknown::new(Type::STRING).refined(refinement)))
}

/// What of a beginning stays whatever follows: the last character may yet combine with what comes behind it, unless it
/// is one of those that separate things.
fn lasting(text: &str) -> &str {
    const SEPARATORS: &str = "-_:;/\\,.(){}|?!~ \t@#$%^&*+\"'";
    match text.grapheme_indices(true).next_back() {
        Some((_, last)) if SEPARATORS.contains(last) => text,
        Some((at, _)) => &text[..at],
        None => text,
    }
}
