//! The values that an expression uses, for the message that says what is wrong with it.

use super::Evaluator;
use super::in_quotes;
use crate::eval::ExprId;
use crate::eval::Scope;
use crate::eval::arena::Node;
use crate::value::Marks;
use crate::value::TypeKind;
use crate::value::Value;

/// More would bury the message.
const MOST: usize = 6;

impl<S: Scope> Evaluator<'_, S> {
    /// The references in an expression, each with what its value is. Sensitive values are named, never shown.
    pub(in crate::eval) fn values_used(&mut self, id: ExprId) -> Vec<(String, String)> {
        if self.terse {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            if found.len() >= MOST {
                break;
            }
            if let Some(traversal) = self.traversal(id) {
                found.push((traversal, id));
                continue;
            }
            let start = pending.len();
            children(self.arena.node(id), &mut |child| pending.push(child));
            pending[start..].reverse();
        }
        let mut used: Vec<(String, String)> = Vec::new();
        for (traversal, id) in found {
            if used.iter().any(|(known, _)| *known == traversal) {
                continue;
            }
            let (value, problems) = self.tersely(|evaluator| evaluator.expr(id));
            if !problems.has_errors() && !value.marks().contains(Marks::FAILED) {
                used.push((traversal, statement(&value)));
            }
        }
        used
    }

    /// The text of a node that is a reference with attributes and constant keys behind it.
    fn traversal(&self, id: ExprId) -> Option<String> {
        let mut steps = Vec::new();
        let mut root = id;
        loop {
            match self.arena.node(root) {
                Node::GetAttr { of, name } => {
                    steps.push(format!(".{name}"));
                    root = *of;
                }
                Node::Index { of, key } => {
                    steps.push(match self.arena.constant(*key)? {
                        Value::String(key) => format!("[{}]", in_quotes(key)),
                        Value::Number(key) => format!("[{key}]"),
                        _ => return None,
                    });
                    root = *of;
                }
                Node::Slot(slot) if self.slots.len() <= *slot as usize => return None,
                _ => break,
            }
        }
        let name = self.arena.name(root)?.to_string();
        Some(steps.into_iter().rev().fold(name, |text, step| text + &step))
    }
}

fn children(node: &Node, visit: &mut dyn FnMut(ExprId)) {
    match node {
        Node::Const(_)
        | Node::Variable(_)
        | Node::Local(_)
        | Node::Slot(_)
        | Node::Resource(_)
        | Node::Call(_)
        | Node::CallOutput { .. }
        | Node::Context(_)
        | Node::Failed => {}
        Node::ResourceInstance { key, .. } | Node::CallInstance { key, .. } | Node::CallInstanceOutput { key, .. } => {
            visit(*key)
        }
        Node::GetAttr { of, .. } | Node::Unary { of, .. } => visit(*of),
        Node::Index { of, key } => {
            visit(*of);
            visit(*key);
        }
        // Behind a splat or inside a loop the elements would have to be shown, not a value.
        Node::Splat { of, .. } => visit(*of),
        Node::For(node) => visit(node.collection),
        Node::Function { args, .. } | Node::Try(args) | Node::Tuple(args) | Node::Template(args) => {
            args.iter().for_each(|arg| visit(*arg));
        }
        Node::Shaped { values, .. } => values.iter().for_each(|value| visit(*value)),
        Node::Can(arg) | Node::Join(arg) => visit(*arg),
        Node::Binary { left, right, .. } => {
            visit(*left);
            visit(*right);
        }
        Node::Conditional { condition, then, otherwise } => {
            visit(*condition);
            visit(*then);
            visit(*otherwise);
        }
        Node::Object(items) => items.iter().for_each(|(key, value)| {
            visit(*key);
            visit(*value);
        }),
    }
}

/// What to say of a value: `is "large"`, `is a string, known only after apply`, `has a sensitive value`.
fn statement(value: &Value) -> String {
    if value.marks().contains(Marks::SENSITIVE) {
        return "has a sensitive value".to_owned();
    }
    if value.marks().contains(Marks::EPHEMERAL) {
        return "has an ephemeral value".to_owned();
    }
    match value.unmarked() {
        Value::Null(_) => "is null".to_owned(),
        Value::Bool(value) => format!("is {value}"),
        Value::Number(number) => format!("is {number}"),
        Value::String(text) => format!("is {}", in_quotes(text)),
        Value::Unknown(unknown) => match unknown.ty().kind() {
            TypeKind::Dynamic => "will be known only after apply".to_owned(),
            _ => format!("is a {}, known only after apply", unknown.ty()),
        },
        Value::Map(map) => sized(value, "element", map.len()),
        Value::Object(object) => sized(value, "attribute", object.len()),
        Value::List(_) | Value::Set(_) | Value::Tuple(_) => {
            sized(value, "element", value.as_elements().map_or(0, <[Value]>::len))
        }
        Value::Marked(_) => String::new(),
    }
}

fn sized(value: &Value, part: &str, count: usize) -> String {
    let kind = match value.unmarked() {
        Value::Tuple(_) => "tuple".to_owned(),
        Value::Object(_) => "object".to_owned(),
        _ => value.ty().to_string(),
    };
    match count {
        0 => format!("is empty {kind}"),
        1 => format!("is {kind} with 1 {part}"),
        _ => format!("is {kind} with {count} {part}s"),
    }
}
