//! Structural equality, order and hashing of values.
//!
//! Equality here is of representations, for sets, plans and tests: an unknown equals an unknown of the same type and
//! refinement. The language's `==`, which answers unknown, belongs to evaluation.

use std::cmp::Ordering;
use std::hash::Hash;
use std::hash::Hasher;
use std::sync::Arc;

use super::Value;

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Null(a), Value::Null(b)) => a == b,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::List(a), Value::List(b)) => {
                Arc::ptr_eq(a, b) || a.element() == b.element() && a.as_slice() == b.as_slice()
            }
            (Value::Set(a), Value::Set(b)) => {
                Arc::ptr_eq(a, b) || a.element() == b.element() && a.as_slice() == b.as_slice()
            }
            (Value::Map(a), Value::Map(b)) => Arc::ptr_eq(a, b) || a.element() == b.element() && a.iter().eq(b.iter()),
            (Value::Tuple(a), Value::Tuple(b)) => Arc::ptr_eq(a, b) || a.as_slice() == b.as_slice(),
            (Value::Object(a), Value::Object(b)) => {
                Arc::ptr_eq(a, b) || a.shape() == b.shape() && a.values() == b.values()
            }
            (Value::Unknown(a), Value::Unknown(b)) => a.ty() == b.ty() && a.refinement() == b.refinement(),
            (Value::Marked(a), Value::Marked(b)) => a.marks() == b.marks() && a.value() == b.value(),
            _ => false,
        }
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        rank(self).hash(state);
        match self {
            Value::Null(ty) => ty.hash(state),
            Value::Bool(value) => value.hash(state),
            Value::Number(value) => value.hash(state),
            Value::String(value) => value.hash(state),
            Value::List(list) => list.as_slice().hash(state),
            Value::Set(set) => set.as_slice().hash(state),
            Value::Map(map) => map.iter().for_each(|entry| entry.hash(state)),
            Value::Tuple(tuple) => tuple.as_slice().hash(state),
            Value::Object(object) => object.iter().for_each(|entry| entry.hash(state)),
            Value::Unknown(unknown) => unknown.ty().hash(state),
            Value::Marked(marked) => marked.value().hash(state),
        }
    }
}

impl Value {
    /// A total order over all values: the one in which sets are walked. Numbers by size, text by its bytes.
    pub fn compare(&self, other: &Value) -> Ordering {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Number(a), Value::Number(b)) => a.cmp(b),
            (Value::String(a), Value::String(b)) => a.cmp(b),
            (Value::List(a), Value::List(b)) => compare_all(a.iter(), b.iter()),
            (Value::Set(a), Value::Set(b)) => compare_all(a.iter(), b.iter()),
            (Value::Tuple(a), Value::Tuple(b)) => compare_all(a.iter(), b.iter()),
            (Value::Map(a), Value::Map(b)) => a
                .iter()
                .map(|(key, _)| key)
                .cmp(b.iter().map(|(key, _)| key))
                .then_with(|| compare_all(a.iter().map(|(_, value)| value), b.iter().map(|(_, value)| value))),
            (Value::Object(a), Value::Object(b)) => {
                a.shape().names().cmp(b.shape().names()).then_with(|| compare_all(a.values().iter(), b.values().iter()))
            }
            (Value::Marked(a), Value::Marked(b)) => a.value().compare(b.value()),
            (Value::Null(a), Value::Null(b)) if a == b => Ordering::Equal,
            (Value::Null(a), Value::Null(b)) => format!("{a:?}").cmp(&format!("{b:?}")),
            (Value::Unknown(a), Value::Unknown(b)) => {
                let text = |unknown: &super::Unknown| format!("{:?} {:?}", unknown.ty(), unknown.refinement());
                text(a).cmp(&text(b))
            }
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

fn compare_all<'a>(a: impl Iterator<Item = &'a Value>, b: impl Iterator<Item = &'a Value>) -> Ordering {
    let mut b = b;
    for a in a {
        match b.next().map(|b| a.compare(b)) {
            None => return Ordering::Greater,
            Some(Ordering::Equal) => {}
            Some(unequal) => return unequal,
        }
    }
    if b.next().is_some() { Ordering::Less } else { Ordering::Equal }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Bool(_) => 0,
        Value::Number(_) => 1,
        Value::String(_) => 2,
        Value::List(_) => 3,
        Value::Set(_) => 4,
        Value::Map(_) => 5,
        Value::Tuple(_) => 6,
        Value::Object(_) => 7,
        Value::Null(_) => 8,
        Value::Unknown(_) => 9,
        Value::Marked(_) => 10,
    }
}

impl PartialEq for super::Object {
    fn eq(&self, other: &Self) -> bool {
        self.shape() == other.shape() && self.values() == other.values()
    }
}

impl Eq for super::Object {}
