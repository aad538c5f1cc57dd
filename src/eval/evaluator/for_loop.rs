//! `for`: a tuple or an object out of the elements of a collection.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use super::Evaluator;
use super::in_quotes;
use super::truth;
use crate::eval::ExprId;
use crate::eval::Scope;
use crate::eval::arena::ForNode;
use crate::value::Marks;
use crate::value::Number;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;
use crate::value::convert::convert;

/// What becomes of one element.
enum Element {
    Kept,
    Dropped,
    /// It is not known whether the element is kept.
    Open,
    /// Reported.
    Failed,
}

/// What a loop has gathered.
#[derive(Default)]
struct Gathered {
    marks: Marks,
    /// Something about the number or the keys of the results is not known.
    is_open: bool,
    tuple: Vec<Value>,
    object: BTreeMap<Str, Value>,
    groups: BTreeMap<Str, Vec<Value>>,
}

impl<S: Scope> Evaluator<'_, S> {
    pub(super) fn for_loop(&mut self, id: ExprId, node: &ForNode) -> Value {
        let (collection, marks) = self.expr(node.collection).unmark();
        if marks.contains(Marks::FAILED) {
            return Value::failed(Type::DYNAMIC).with_marks(marks);
        }
        let Some(elements) = self.elements(id, node.collection, &collection) else {
            let is_unknown = matches!(collection, Value::Unknown(_)) && is_iterable(collection.ty());
            let is_typed = collection.ty() != Type::DYNAMIC;
            let may_go_on = is_unknown && (!is_typed || self.condition_may_hold(node));
            let value = if may_go_on { Value::unknown(Type::DYNAMIC) } else { Value::failed(Type::DYNAMIC) };
            return value.with_marks(marks);
        };
        if elements.is_empty() && !self.condition_may_hold(node) {
            return Value::failed(Type::DYNAMIC).with_marks(marks);
        }
        let mut gathered = Gathered { marks, ..Gathered::default() };
        for (key, value) in elements {
            let depth = self.slots.len();
            if node.keyed {
                self.slots.push(key);
            }
            self.slots.push(value);
            let goes_on = self.one_element(node, &mut gathered);
            self.slots.truncate(depth);
            if !goes_on {
                break;
            }
        }
        if gathered.is_open {
            return Value::unknown(Type::DYNAMIC).with_marks(gathered.marks);
        }
        let value = match (node.key, node.group) {
            (None, _) => Value::tuple(gathered.tuple),
            (Some(_), false) => Value::object(gathered.object),
            (Some(_), true) => {
                Value::object(gathered.groups.into_iter().map(|(key, values)| (key, Value::tuple(values))))
            }
        };
        value.with_marks(gathered.marks)
    }

    /// The elements with their keys; `None` for what cannot be walked (reported) or is unknown.
    fn elements(&mut self, id: ExprId, at: ExprId, collection: &Value) -> Option<Vec<(Value, Value)>> {
        match collection {
            Value::List(_) | Value::Tuple(_) => {
                let elements = collection.as_elements().unwrap_or_default().iter().enumerate();
                Some(elements.map(|(at, value)| (Value::Number(Number::from(at)), value.clone())).collect())
            }
            Value::Set(set) => Some(set.iter().map(|value| (value.clone(), value.clone())).collect()),
            Value::Map(map) => {
                Some(map.iter().map(|(key, value)| (Value::String(Arc::clone(key)), value.clone())).collect())
            }
            Value::Object(object) => {
                Some(object.iter().map(|(key, value)| (Value::String(Arc::clone(key)), value.clone())).collect())
            }
            Value::Null(_) => {
                let detail = "A null value cannot be used as the collection in a 'for' expression.";
                self.problem(at, self.arena.span(at), "Iteration over null value", detail);
                None
            }
            Value::Unknown(unknown) if is_iterable(unknown.ty()) => None,
            _ => {
                let ty = collection.ty();
                let detail = format!("A value of type {ty} cannot be used as the collection in a 'for' expression.");
                self.problem(at, self.arena.span(id), "Iteration over non-iterable value", detail);
                None
            }
        }
    }

    /// Takes in one element, which is bound already. `false` ends the loop: the rest would fail in the same way.
    fn one_element(&mut self, node: &ForNode, gathered: &mut Gathered) -> bool {
        if let Some(condition) = node.condition {
            match self.included(node, condition, &mut gathered.marks) {
                Element::Kept => {}
                Element::Dropped => return true,
                Element::Open => {
                    gathered.is_open = true;
                    return true;
                }
                Element::Failed => {
                    gathered.is_open = true;
                    gathered.marks |= Marks::FAILED;
                    return false;
                }
            }
        }
        let Some(key) = node.key else {
            gathered.tuple.push(self.expr(node.value));
            return true;
        };
        let (plain, key_marks) = self.expr(key).unmark();
        gathered.marks |= key_marks;
        if key_marks.contains(Marks::FAILED) {
            gathered.is_open = true;
            return false;
        }
        let name = match (plain.is_null(), convert(&plain, Type::STRING)) {
            (false, Ok(Value::String(name))) => name,
            (false, Ok(_)) => {
                gathered.is_open = true;
                return true;
            }
            (is_null, converted) => {
                let detail = match converted {
                    Err(error) if !is_null => format!("The key expression produced an invalid result: {error}."),
                    _ => "Key expression in 'for' expression must not produce a null value.".to_owned(),
                };
                self.problem(key, self.arena.span(key), "Invalid object key", detail);
                gathered.is_open = true;
                gathered.marks |= Marks::FAILED;
                return false;
            }
        };
        let value = self.expr(node.value);
        if node.group {
            gathered.groups.entry(name).or_default().push(value);
            return true;
        }
        let entry = match gathered.object.entry(name) {
            Entry::Vacant(entry) => {
                entry.insert(value);
                return true;
            }
            Entry::Occupied(entry) => entry,
        };
        let is_secret = key_marks.contains(Marks::SENSITIVE);
        let shown = if is_secret { "(sensitive)".to_owned() } else { in_quotes(entry.key()) };
        let detail = format!(
            "Two different items produced the key {shown} in this 'for' expression. If duplicates are expected, use the \
             ellipsis (...) after the value expression to enable grouping by key."
        );
        self.problem(key, self.arena.span(key), "Duplicate object key", detail);
        gathered.is_open = true;
        gathered.marks |= Marks::FAILED;
        true
    }

    /// Whether the `if` clause keeps the element that is bound.
    fn included(&mut self, node: &ForNode, condition: ExprId, marks: &mut Marks) -> Element {
        let value = self.expr(condition);
        *marks |= value.marks();
        if value.marks().contains(Marks::FAILED) {
            return Element::Failed;
        }
        let span = self.arena.span(condition);
        if value.is_null() {
            let summary = if self.is_always_null(node, condition) { "Condition is null" } else { CONDITION };
            self.problem(condition, span, summary, "The value of the 'if' clause must not be null.");
            return Element::Failed;
        }
        match truth(&value) {
            Ok((Some(true), _)) => Element::Kept,
            Ok((Some(false), _)) => Element::Dropped,
            Ok((None, _)) => Element::Open,
            Err(message) => {
                let detail = format!("The 'if' clause value is invalid: {message}.");
                self.problem(condition, span, CONDITION, detail);
                Element::Failed
            }
        }
    }

    /// Looks at the `if` clause where there is no element to try it on: `false` when it can never be a condition
    /// (reported).
    fn condition_may_hold(&mut self, node: &ForNode) -> bool {
        let Some(condition) = node.condition else { return true };
        let depth = self.slots.len();
        self.slots.extend((0..=usize::from(node.keyed)).map(|_| Value::unknown(Type::DYNAMIC)));
        let mut marks = Marks::NONE;
        let element = self.included(node, condition, &mut marks);
        self.slots.truncate(depth);
        !matches!(element, Element::Failed) && !marks.contains(Marks::FAILED)
    }

    /// Terraform words a clause that is null for every element differently.
    fn is_always_null(&mut self, node: &ForNode, condition: ExprId) -> bool {
        let depth = self.slots.len() - 1 - usize::from(node.keyed);
        let bound = self.slots.split_off(depth);
        self.slots.extend(bound.iter().map(|_| Value::unknown(Type::DYNAMIC)));
        let (value, _) = self.tersely(|evaluator| evaluator.expr(condition));
        self.slots.truncate(depth);
        self.slots.extend(bound);
        value.is_null()
    }
}

const CONDITION: &str = "Invalid 'for' condition";

fn is_iterable(ty: Type) -> bool {
    !ty.is_primitive()
}
