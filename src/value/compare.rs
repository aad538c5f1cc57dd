//! Structural equality, order and hashing of values.
//!
//! Equality here is of representations, for sets, plans and tests: an unknown equals an unknown of the same type and
//! refinement. The language's `==`, which answers unknown, belongs to evaluation.

use std::cmp::Ordering;
use std::fmt::Write;
use std::hash::Hash;
use std::hash::Hasher;
use std::sync::Arc;

use super::Number;
use super::Value;
use super::text::push_escaped;

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
    /// A total order over all values: the one in which sets are walked. Numbers by size, text by its bytes, `false`
    /// before `true`, nulls and unknowns last. Aggregates go by their text (see [`Ordered`]), as in Terraform: it
    /// shows wherever a set of objects becomes a list.
    pub fn compare(&self, other: &Value) -> Ordering {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Number(a), Value::Number(b)) => a.cmp(b),
            (Value::String(a), Value::String(b)) => a.cmp(b),
            _ if kind(self) == kind(other) => text(self).cmp(&text(other)).then_with(|| compare_structure(self, other)),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

/// A value with the text that it is ordered by among aggregates, so that sorting writes that text once.
pub(super) struct Ordered {
    last: u8,
    text: String,
    value: Value,
}

impl Ordered {
    pub(super) fn new(value: &Value) -> Self {
        Self { last: kind(value), text: text(value), value: value.clone() }
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_kind = self.last.cmp(&other.last).then_with(|| self.text.cmp(&other.text));
        by_kind.then_with(|| self.value.compare(&other.value))
    }
}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ordered {}

/// Aggregates, then primitives by kind, nulls, unknowns: kinds do not mix in the sets of the language, except null and
/// unknown with any other.
fn kind(value: &Value) -> u8 {
    match value {
        Value::List(_) | Value::Set(_) | Value::Map(_) | Value::Tuple(_) | Value::Object(_) => 3,
        _ => rank(value),
    }
}

fn text(value: &Value) -> String {
    let mut text = String::new();
    write_text(&mut text, value);
    text
}

fn write_text(to: &mut String, value: &Value) {
    let mut within = |open: char, parts: &mut dyn Iterator<Item = (Option<&str>, &Value)>, close: char| {
        to.push(open);
        for (key, part) in parts {
            if let Some(key) = key {
                write_quoted(to, key);
                to.push(':');
            }
            write_text(to, part);
            to.push(';');
        }
        to.push(close);
    };
    match value {
        Value::List(list) => within('[', &mut list.iter().map(|part| (None, part)), ']'),
        Value::Set(set) => within('[', &mut set.iter().map(|part| (None, part)), ']'),
        Value::Tuple(tuple) => within('<', &mut tuple.iter().map(|part| (None, part)), '>'),
        Value::Object(object) => within('<', &mut object.values().iter().map(|part| (None, part)), '>'),
        Value::Map(map) => within('{', &mut map.iter().map(|(key, part)| (Some(&**key), part)), '}'),
        Value::Bool(value) => to.push(if *value { 'T' } else { 'F' }),
        Value::Number(number) => to.push_str(&ten_digits(number)),
        Value::String(text) => write_quoted(to, text),
        Value::Null(_) => to.push('~'),
        Value::Unknown(_) => to.push('?'),
        Value::Marked(marked) => write_text(to, marked.value()),
    }
}

fn write_quoted(to: &mut String, text: &str) {
    to.push('"');
    for char in text.chars() {
        if char == '"' {
            to.push('\\');
        }
        if char == '"' { to.push('"') } else { push_escaped(to, char) }
    }
    to.push('"');
}

/// A number with ten significant digits, with an exponent from 10¹⁰ up and from 10⁻⁵ down.
fn ten_digits(number: &Number) -> String {
    const DIGITS: i64 = 10;
    let Some(mut decimal) = number.decimal() else { return number.to_string() };
    decimal.round(DIGITS as usize);
    let count = decimal.digits.len() as i64;
    let exponent = decimal.point - 1;
    let limit = if DIGITS > count && count >= decimal.point { count } else { DIGITS };
    if decimal.digits.is_empty() || (-4..limit).contains(&exponent) {
        return decimal.to_string();
    }
    decimal.point = 1;
    let mut text = decimal.to_string();
    let _ = write!(text, "e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs());
    text
}

/// Tells apart what reads the same: numbers beyond ten digits, nulls of different types.
fn compare_structure(one: &Value, two: &Value) -> Ordering {
    match (one, two) {
        (Value::Null(a), Value::Null(b)) if a == b => Ordering::Equal,
        (Value::Null(a), Value::Null(b)) => format!("{a:?}").cmp(&format!("{b:?}")),
        (Value::Unknown(a), Value::Unknown(b)) => {
            let text = |unknown: &super::Unknown| format!("{:?} {:?}", unknown.ty(), unknown.refinement());
            text(a).cmp(&text(b))
        }
        (Value::Marked(a), Value::Marked(b)) => a.value().compare(b.value()),
        (Value::Map(a), Value::Map(b)) => {
            let keys = a.iter().map(|(key, _)| key).cmp(b.iter().map(|(key, _)| key));
            keys.then_with(|| compare_all(a.iter().map(|(_, part)| part), b.iter().map(|(_, part)| part)))
        }
        (Value::Object(a), Value::Object(b)) => {
            let names = a.shape().names().cmp(b.shape().names());
            names.then_with(|| compare_all(a.values().iter(), b.values().iter()))
        }
        _ => match (one.as_elements(), two.as_elements()) {
            (Some(a), Some(b)) => rank(one).cmp(&rank(two)).then_with(|| compare_all(a.iter(), b.iter())),
            _ => rank(one).cmp(&rank(two)),
        },
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

#[cfg(test)]
mod tests {
    use super::super::Type;
    use super::super::Value;

    fn number(text: &str) -> Value {
        Value::Number(text.parse().expect("a number"))
    }

    #[test]
    fn sets_of_primitives_go_by_size_and_null_comes_last() {
        let elements = ["10", "-3", "1.5", "2"].map(number).into_iter().chain([Value::Null(Type::NUMBER)]);
        let set = Value::set(Type::NUMBER, elements.collect());
        assert_eq!(format!("{set:?}"), "{-3, 1.5, 2, 10, null(number)}");
    }

    #[test]
    fn sets_of_aggregates_go_by_their_text() {
        let texts = ["1.5", "100", "123456789012", "1e21", "-3", "0.00001", "1e9", "1e10"];
        let elements = texts.map(|text| Value::tuple(vec![number(text)])).to_vec();
        let set = Value::set(Type::tuple(vec![Type::NUMBER]), elements);
        let expected = "{[-3], [123456789012], [1.5], [1000000000], [100], [10000000000], \
                        [1000000000000000000000], [0.00001]}";
        assert_eq!(format!("{set:?}"), expected);
        let list = |texts: &[&str]| Value::list(Type::STRING, texts.iter().map(|text| Value::from(*text)).collect());
        let set = Value::set(Type::list(Type::STRING), vec![list(&[]), list(&["a"]), list(&["a"])]);
        assert_eq!(set, Value::set(Type::list(Type::STRING), vec![list(&["a"]), list(&[])]));
        assert_eq!(format!("{set:?}"), r#"{["a"], []}"#);
        let Value::Set(set) = set else { panic!("a set") };
        assert!(set.contains(&list(&[])) && !set.contains(&list(&["b"])));
    }

    #[test]
    fn long_numbers_that_begin_alike_stay_apart() {
        let elements = ["12345678901", "12345678902"].map(|text| Value::tuple(vec![number(text)]));
        let set = Value::set(Type::tuple(vec![Type::NUMBER]), elements.to_vec());
        assert_eq!(set.as_elements().map(<[Value]>::len), Some(2));
    }
}
