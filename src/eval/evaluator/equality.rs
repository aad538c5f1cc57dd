//! `==`: equal, unequal or not yet decided.

use crate::value::Refinement;
use crate::value::Unknown;
use crate::value::Value;

/// Whether two values without marks are equal; `None` when unknown parts leave it open. Values of different types are
/// never equal, except nulls.
pub(super) fn equal(a: &Value, b: &Value) -> Option<bool> {
    match (a, b) {
        (Value::Null(_), Value::Null(_)) => Some(true),
        (Value::Null(_), Value::Unknown(unknown)) | (Value::Unknown(unknown), Value::Null(_)) => {
            unknown.refinement().not_null.then_some(false)
        }
        (Value::Unknown(a), Value::Unknown(b)) => same_origin(a, b).then_some(true),
        (Value::Unknown(unknown), known) | (known, Value::Unknown(unknown)) => {
            rules_out(unknown.refinement(), known).then_some(false)
        }
        (Value::Null(_), _) | (_, Value::Null(_)) => Some(false),
        (Value::Tuple(a), Value::Tuple(b)) => each_equal(a.iter(), b.iter()),
        (Value::List(a), Value::List(b)) if a.element() == b.element() => each_equal(a.iter(), b.iter()),
        (Value::Set(a), Value::Set(b)) if a.element() == b.element() => {
            if a.flags().unknown || b.flags().unknown {
                return None;
            }
            Some(a.as_slice() == b.as_slice())
        }
        (Value::Map(a), Value::Map(b)) if a.element() == b.element() => {
            if !a.iter().map(|(key, _)| key).eq(b.iter().map(|(key, _)| key)) {
                return Some(false);
            }
            each_equal(a.iter().map(|(_, value)| value), b.iter().map(|(_, value)| value))
        }
        (Value::Object(a), Value::Object(b)) => {
            if a.shape() != b.shape() {
                return Some(false);
            }
            each_equal(a.values().iter(), b.values().iter())
        }
        _ => Some(a == b),
    }
}

fn each_equal<'a>(
    a: impl ExactSizeIterator<Item = &'a Value>,
    b: impl ExactSizeIterator<Item = &'a Value>,
) -> Option<bool> {
    if a.len() != b.len() {
        return Some(false);
    }
    let mut result = Some(true);
    for (a, b) in a.zip(b) {
        match equal(a, b) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => result = None,
        }
    }
    result
}

/// Two unknowns that will both be one attribute's value, unchanged.
fn same_origin(a: &Unknown, b: &Unknown) -> bool {
    a.origin().is_some() && a.origin() == b.origin()
}

/// Whether what is known of an unknown excludes a known value.
fn rules_out(known: &Refinement, value: &Value) -> bool {
    match value {
        Value::String(text) => known.prefix.as_ref().is_some_and(|prefix| !text.starts_with(&**prefix)),
        Value::Number(number) => {
            known.min.as_ref().is_some_and(|min| number < min) || known.max.as_ref().is_some_and(|max| number > max)
        }
        Value::List(_) | Value::Map(_) => {
            let length = match value {
                Value::Map(map) => map.len(),
                _ => value.as_elements().map_or(0, <[Value]>::len),
            };
            known.min_length.is_some_and(|min| length < min) || known.max_length.is_some_and(|max| length > max)
        }
        _ => false,
    }
}
