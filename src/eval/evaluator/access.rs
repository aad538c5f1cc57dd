//! Attributes and elements of values.

use super::Evaluator;
use super::in_quotes;
use crate::diag::Span;
use crate::eval::ExprId;
use crate::eval::Scope;
use crate::eval::arena::Node;
use crate::value::Marks;
use crate::value::Number;
use crate::value::Str;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;
use crate::value::convert::convert;

/// A summary and a detail.
type Wrong = (&'static str, String);

const NO_ATTRIBUTE: &str = "Unsupported attribute";
const NO_INDEX: &str = "Invalid index";
const NO_ELEMENT: &str = "The given key does not identify an element in this collection value";

impl<S: Scope> Evaluator<'_, S> {
    /// The value of `of.name` or `of[key]`. Steps behind steps are walked, however many there are.
    pub(super) fn access(&mut self, id: ExprId) -> Value {
        let mut behind = Vec::new();
        let mut innermost = id;
        let base = loop {
            let (Node::GetAttr { of, .. } | Node::Index { of, .. }) = self.arena.node(innermost) else {
                break innermost;
            };
            behind.push(innermost);
            innermost = *of;
        };
        let value = self.expr(base);
        behind.into_iter().rev().fold(value, |value, id| self.step(id, &value))
    }

    /// One step from a value.
    fn step(&mut self, id: ExprId, value: &Value) -> Value {
        let (of, found, marks) = match self.arena.node(id) {
            Node::GetAttr { of, name } => (*of, attribute(value.unmarked(), name), value.marks()),
            Node::Index { of, key } => {
                let key = self.expr(*key);
                // A sensitive key into an object does not make the attribute sensitive, as in Terraform.
                let is_object = matches!(value.unmarked(), Value::Object(_));
                let key_marks = if is_object { key.marks().without(Marks::SENSITIVE) } else { key.marks() };
                (*of, element(value.unmarked(), key.unmarked()), value.marks() | key_marks)
            }
            _ => return value.clone(),
        };
        match found {
            Ok(value) => value.with_marks(marks),
            Err(_) if marks.contains(Marks::FAILED) => Value::failed(Type::DYNAMIC).with_marks(marks),
            Err(wrong) => self.step_failed(id, of, wrong).with_marks(marks),
        }
    }

    /// Points at the step, behind what it is taken from.
    fn step_failed(&mut self, id: ExprId, of: ExprId, (summary, detail): Wrong) -> Value {
        let (whole, before) = (self.arena.span(id), self.arena.span(of));
        let is_behind = whole.start <= before.start && before.end < whole.end;
        let span = if is_behind { Span { start: before.end, ..whole } } else { whole };
        self.problem(id, span, summary, detail);
        Value::failed(Type::DYNAMIC)
    }
}

/// `value.name`
fn attribute(value: &Value, name: &Str) -> Result<Value, Wrong> {
    let unsupported = |detail: String| Err((NO_ATTRIBUTE, detail));
    match value {
        Value::Object(object) => match object.get(name) {
            Some(value) => Ok(value.clone()),
            None => unsupported(format!("This object does not have an attribute named {}.", in_quotes(name))),
        },
        Value::Map(map) => match map.get(name) {
            Some(value) => Ok(value.clone()),
            None => Err((
                "Missing map element",
                format!("This map does not have an element with the key {}.", in_quotes(name)),
            )),
        },
        Value::Null(_) => Err((
            "Attempt to get attribute from null value",
            "This value is null, so it does not have any attributes.".to_owned(),
        )),
        _ => match (value.ty().kind(), value) {
            (TypeKind::Dynamic, _) => Ok(Value::unknown(Type::DYNAMIC)),
            (TypeKind::Object(_), Value::Unknown(_)) => match value.ty().attribute(name) {
                Some(attribute) => Ok(Value::unknown(attribute.ty)),
                None => unsupported(format!("This object does not have an attribute named {}.", in_quotes(name))),
            },
            (TypeKind::Map(element), _) => Ok(Value::unknown(*element)),
            (TypeKind::List(element), _) if element.attributes().is_some() => {
                let which = match element.attribute(name) {
                    Some(_) => format!("access attribute {}", in_quotes(name)),
                    None => "access an attribute".to_owned(),
                };
                unsupported(format!(
                    "Can't access attributes on a list of objects. Did you mean to {which} for a specific element of the \
                     list, or across all elements of the list?"
                ))
            }
            (TypeKind::Set(element), _) if element.attributes().is_some() => unsupported(
                "Can't access attributes on a set of objects. Did you mean to access an attribute across all elements of \
                 the set?"
                    .to_owned(),
            ),
            (TypeKind::Bool | TypeKind::Number | TypeKind::String, _) => {
                unsupported(format!("Can't access attributes on a primitive-typed value ({}).", value.ty()))
            }
            _ => unsupported("This value does not have any attributes.".to_owned()),
        },
    }
}

/// `value[key]`
pub(super) fn element(value: &Value, key: &Value) -> Result<Value, Wrong> {
    if let Value::Null(_) = value {
        let detail = "This value is null, so it does not have any indices.";
        return Err(("Attempt to index null value", detail.to_owned()));
    }
    if let Value::Null(_) = key {
        return Err((NO_INDEX, "Can't use a null value as an indexing key.".to_owned()));
    }
    let key_as = |ty: Type| convert(key, ty).map_err(|error| (NO_INDEX, format!("{NO_ELEMENT}: {error}.")));
    match value {
        Value::List(_) | Value::Tuple(_) => in_sequence(value, &key_as(Type::NUMBER)?),
        Value::Map(map) => match key_as(Type::STRING)? {
            Value::String(key) => map.get(&key).cloned().ok_or_else(|| (NO_INDEX, format!("{NO_ELEMENT}."))),
            _ => Ok(Value::unknown(map.element())),
        },
        Value::Object(object) => match key_as(Type::STRING)? {
            Value::String(name) => object.get(&name).cloned().ok_or_else(|| no_attribute(key)),
            _ => Ok(Value::unknown(Type::DYNAMIC)),
        },
        _ => match value.ty().kind() {
            TypeKind::Dynamic => Ok(Value::unknown(Type::DYNAMIC)),
            TypeKind::List(element) => key_as(Type::NUMBER).map(|_| Value::unknown(*element)),
            TypeKind::Tuple(types) => match key_as(Type::NUMBER)? {
                Value::Number(at) => match at.as_i64().and_then(|at| types.get(usize::try_from(at).ok()?)) {
                    Some(ty) => Ok(Value::unknown(*ty)),
                    None => Err(out_of_range(&at, types.len())),
                },
                _ => Ok(Value::unknown(Type::DYNAMIC)),
            },
            TypeKind::Map(element) => key_as(Type::STRING).map(|_| Value::unknown(*element)),
            TypeKind::Object(_) => match key_as(Type::STRING)? {
                Value::String(name) => match value.ty().attribute(&name) {
                    Some(attribute) => Ok(Value::unknown(attribute.ty)),
                    None => Err(no_attribute(key)),
                },
                _ => Ok(Value::unknown(Type::DYNAMIC)),
            },
            TypeKind::Set(_) => Err((
                NO_INDEX,
                "Elements of a set are identified only by their value and don't have any separate index or key to \
                 select with, so it's only possible to perform operations across all elements of the set."
                    .to_owned(),
            )),
            TypeKind::Bool | TypeKind::Number | TypeKind::String => {
                Err((NO_INDEX, "This value does not have any indices.".to_owned()))
            }
        },
    }
}

fn in_sequence(value: &Value, key: &Value) -> Result<Value, Wrong> {
    let elements = value.as_elements().unwrap_or_default();
    let Value::Number(at) = key else {
        return Ok(Value::unknown(value.ty().element().unwrap_or(Type::DYNAMIC)));
    };
    let found = at.as_i64().and_then(|at| elements.get(usize::try_from(at).ok()?));
    found.cloned().ok_or_else(|| out_of_range(at, elements.len()))
}

fn out_of_range(at: &Number, length: usize) -> Wrong {
    let why = if !at.is_integer() {
        ": indexing a sequence requires a whole number, but the given index has a fractional part."
    } else if at.is_negative() {
        ": a negative number is not a valid index for a sequence."
    } else if length == 0 {
        ": the collection has no elements."
    } else if *at == Number::from(length) {
        ": the given index is greater than or equal to the length of the collection."
    } else {
        "."
    };
    (NO_INDEX, format!("{NO_ELEMENT}{why}"))
}

fn no_attribute(key: &Value) -> Wrong {
    let hint = match key {
        Value::Number(_) => " An object only supports looking up attributes by name, not by numeric index.",
        _ => "",
    };
    (NO_INDEX, format!("{NO_ELEMENT}.{hint}"))
}
