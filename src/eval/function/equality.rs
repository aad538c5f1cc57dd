//! Whether two values are equal, as the language's `==` sees it.

use crate::value::Type;
use crate::value::Value;

/// Whether two values are equal; `None` while that is not known. Marks do not matter here.
///
/// Values of different types are not equal, except that nulls of any types are.
pub fn equal(one: &Value, two: &Value) -> Option<bool> {
    let (one, two) = (one.unmarked(), two.unmarked());
    match (one, two) {
        (Value::Unknown(unknown), Value::Null(_)) | (Value::Null(_), Value::Unknown(unknown)) => {
            unknown.refinement().not_null.then_some(false)
        }
        (Value::Unknown(unknown), known) | (known, Value::Unknown(unknown)) => {
            let (own, other) = (unknown.ty(), known.ty());
            let may_be_null = !unknown.refinement().not_null && !known.is_known();
            let differ = own != other && !own.has_dynamic() && !other.has_dynamic();
            (differ && !may_be_null || contradicts(unknown, known)).then_some(false)
        }
        (Value::Null(_), Value::Null(_)) => Some(true),
        (Value::Null(_), _) | (_, Value::Null(_)) => Some(false),
        (Value::List(a), Value::List(b)) if a.element() == b.element() => all(a.as_slice(), b.as_slice()),
        (Value::Tuple(a), Value::Tuple(b)) => {
            if one.ty() != two.ty() && is_typed(one) && is_typed(two) {
                return Some(false);
            }
            all(a.as_slice(), b.as_slice())
        }
        (Value::Object(a), Value::Object(b)) if a.shape() == b.shape() => {
            if one.ty() != two.ty() && is_typed(one) && is_typed(two) {
                return Some(false);
            }
            all(a.values(), b.values())
        }
        (Value::Map(a), Value::Map(b)) if a.element() == b.element() => {
            if !a.iter().map(|(key, _)| key).eq(b.iter().map(|(key, _)| key)) {
                return Some(false);
            }
            let values = |map: &crate::value::Map| map.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>();
            all(&values(a), &values(b))
        }
        (Value::Set(a), Value::Set(b)) if a.element() == b.element() => {
            if one.is_wholly_known() && two.is_wholly_known() {
                return Some(a.as_slice() == b.as_slice());
            }
            None
        }
        _ => Some(one == two),
    }
}

fn all(one: &[Value], two: &[Value]) -> Option<bool> {
    if one.len() != two.len() {
        return Some(false);
    }
    let mut result = Some(true);
    for (a, b) in one.iter().zip(two) {
        match equal(a, b) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => result = None,
        }
    }
    result
}

/// Whether the types are all decided: no unknown of unknown type inside.
fn is_typed(value: &Value) -> bool {
    value.is_wholly_known() || !value.ty().has_dynamic()
}

/// Whether what is known of the unknown rules the other value out.
fn contradicts(unknown: &crate::value::Unknown, known: &Value) -> bool {
    let refinement = unknown.refinement();
    match known {
        Value::String(text) => refinement.prefix.as_ref().is_some_and(|prefix| !text.starts_with(&**prefix)),
        Value::Number(number) => {
            refinement.min.as_ref().is_some_and(|min| number < min)
                || refinement.max.as_ref().is_some_and(|max| number > max)
        }
        Value::List(_) | Value::Map(_) if unknown.ty() != Type::DYNAMIC => {
            let length =
                known.as_elements().map_or_else(|| known.as_entries().unwrap_or_default().len(), <[Value]>::len);
            refinement.min_length.is_some_and(|min| length < min)
                || refinement.max_length.is_some_and(|max| length > max)
        }
        _ => false,
    }
}
