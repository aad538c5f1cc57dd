//! Evaluating lowered expressions against a scope.
//!
//! Gives a value for every expression. What is wrong is pushed and leaves an unknown of the type that the value would
//! have had, marked `FAILED`. Recursion follows the nesting of the source, which lowering limits; chains of operators
//! are walked.

mod access;
mod call;
mod conditional;
mod describe;
mod for_loop;
mod operator;
mod splat;
mod template;

use std::sync::Arc;

use super::Arena;
use super::ExprId;
use super::Lookup;
use super::Scope;
use super::arena::Context;
use super::arena::Node;
use super::function::CallCx;
use crate::addr::InstanceKey;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::diag::Span;
use crate::value::Marks;
use crate::value::Object;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;
use crate::value::convert::convert;
use crate::value::text::quoted;

pub(crate) use operator::truth;

/// Evaluates the expressions of one arena in one scope.
pub struct Evaluator<'a, S: Scope> {
    arena: &'a Arena,
    scope: &'a S,
    cx: &'a CallCx<'a>,
    diags: &'a mut Diagnostics,
    sources: Option<&'a Sources>,
    /// Values of the variables that enclosing constructs bind.
    slots: Vec<Value>,
    /// Problems will be dropped or only summed up, so they need not say which values were involved.
    terse: bool,
}

impl<'a, S: Scope> Evaluator<'a, S> {
    /// An evaluator of an arena's expressions.
    pub fn new(arena: &'a Arena, scope: &'a S, cx: &'a CallCx<'a>, diags: &'a mut Diagnostics) -> Self {
        Self { arena, scope, cx, diags, sources: None, slots: Vec::new(), terse: false }
    }

    /// Lets messages that quote other messages say at which line those arose.
    pub fn with_sources(self, sources: &'a Sources) -> Self {
        Self { sources: Some(sources), ..self }
    }

    /// Binds the first slots: the variables of a template.
    pub fn with_slots(self, slots: Vec<Value>) -> Self {
        Self { slots, ..self }
    }

    /// Where problems go.
    pub fn diags(&mut self) -> &mut Diagnostics {
        self.diags
    }

    /// The expressions being evaluated.
    pub fn arena(&self) -> &'a Arena {
        self.arena
    }

    /// The value of an expression. Where it fails, the problem is pushed and the value is unknown and marked `FAILED`.
    pub fn expr(&mut self, id: ExprId) -> Value {
        match self.arena.node(id) {
            Node::Const(value) => value.clone(),
            Node::Variable(slot) => self.scope.variable(*slot),
            Node::Local(slot) => self.scope.local(*slot),
            Node::Slot(slot) => self.slots[*slot as usize].clone(),
            Node::Context(context) => self.context(*context, id),
            Node::Resource(slot) => self.found(self.scope.resource(*slot, None), id),
            Node::ResourceInstance { slot, key } => self.instance(id, *key, |scope, key| scope.resource(*slot, key)),
            Node::Call(slot) => self.found(self.scope.call(*slot, None, None), id),
            Node::CallOutput { slot, output } => self.found(self.scope.call(*slot, None, Some(*output)), id),
            Node::CallInstance { slot, key } => self.instance(id, *key, |scope, key| scope.call(*slot, key, None)),
            Node::CallInstanceOutput { slot, key, output } => {
                self.instance(id, *key, |scope, key| scope.call(*slot, key, key.map(|_| *output)))
            }
            Node::GetAttr { .. } | Node::Index { .. } => self.access(id),
            Node::Splat { of, each } => self.splat(id, *of, *each),
            Node::Function { id: function, args, expand_final } => self.function(id, *function, args, *expand_final),
            Node::Try(args) => self.try_each(id, args),
            Node::Can(arg) => self.can(*arg),
            Node::Unary { op, of } => self.unary(id, *op, *of),
            Node::Binary { .. } => self.binary(id),
            Node::Conditional { condition, then, otherwise } => self.conditional(id, *condition, *then, *otherwise),
            Node::Tuple(elements) => Value::tuple(elements.iter().map(|element| self.expr(*element)).collect()),
            Node::Object(items) => self.object(items),
            Node::Shaped { shape, values } => {
                let values = values.iter().map(|value| self.expr(*value)).collect();
                Value::Object(Arc::new(Object::with_shape(Arc::clone(shape), values)))
            }
            Node::For(node) => self.for_loop(id, node),
            Node::Template(parts) => self.template(parts),
            Node::Join(tuple) => self.join(*tuple),
            Node::Failed => Value::failed(Type::DYNAMIC),
        }
    }

    /// The value of an expression, converted to a type: what a place of that type takes. `None` when it failed, and the
    /// message of the conversion when only that did.
    pub fn expr_as(&mut self, id: ExprId, ty: Type) -> Result<Value, Option<String>> {
        let value = self.expr(id);
        if value.marks().contains(Marks::FAILED) {
            return Err(None);
        }
        convert(&value, ty).map_err(|error| Some(error.message))
    }

    /// Evaluates with one more slot bound, or two.
    pub(crate) fn bound<T, const N: usize>(&mut self, values: [Value; N], run: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.slots.len();
        self.slots.extend(values);
        let result = run(self);
        self.slots.truncate(depth);
        result
    }

    /// Evaluates with problems kept apart; gives them beside the result.
    pub(crate) fn apart<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> (T, Diagnostics) {
        let outer = std::mem::take(self.diags);
        let result = run(self);
        (result, std::mem::replace(self.diags, outer))
    }

    /// Like [`Evaluator::apart`], for problems of which at most a summary will be shown.
    fn tersely<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> (T, Diagnostics) {
        let terse = std::mem::replace(&mut self.terse, true);
        let result = self.apart(run);
        self.terse = terse;
        result
    }

    /// Reports a problem with an expression at a span: the values that the expression uses are added.
    fn problem(&mut self, of: ExprId, span: Span, summary: &'static str, detail: impl Into<String>) {
        let mut diagnostic = Diagnostic::error(summary, detail).at(span);
        diagnostic.values = self.values_used(of);
        self.diags.push(diagnostic);
    }

    /// Reports a problem with an expression as a whole, and stands in for its value.
    fn fail(&mut self, id: ExprId, ty: Type, summary: &'static str, detail: impl Into<String>) -> Value {
        self.problem(id, self.arena.span(id), summary, detail);
        Value::failed(ty)
    }

    fn context(&mut self, context: Context, id: ExprId) -> Value {
        let found = match context {
            Context::EachKey => self.scope.each_key(),
            Context::EachValue => self.scope.each_value(),
            Context::CountIndex => self.scope.count_index(),
            Context::SelfValue => self.scope.self_value(),
            Context::Path(which) => Some(self.scope.path(which)),
            Context::Workspace => Some(self.scope.workspace()),
            Context::Applying => Some(Value::Bool(self.scope.applying()).with_marks(Marks::EPHEMERAL)),
        };
        found.unwrap_or_else(|| {
            let name = self.arena.name(id).cloned().unwrap_or_default();
            let detail = format!("There is no value for {name} here.");
            self.fail(id, Type::DYNAMIC, "Invalid reference", detail)
        })
    }

    fn found(&mut self, lookup: Lookup, id: ExprId) -> Value {
        match lookup {
            Lookup::Value(value) => value,
            Lookup::NoSuchInstance { existing } => self.no_such_instance(id, &existing),
        }
    }

    /// One instance, read without putting the whole together. A key that names no instance for its type's sake is
    /// reported as it would be for the whole.
    fn instance(&mut self, id: ExprId, key: ExprId, look: impl Fn(&S, Option<&InstanceKey>) -> Lookup) -> Value {
        let key_value = self.expr(key);
        let (plain, marks) = key_value.unmark();
        match &plain {
            Value::Unknown(_) => Value::unknown(Type::DYNAMIC).with_marks(marks),
            Value::Null(_) => {
                self.fail(id, Type::DYNAMIC, "Invalid index", "Can't use a null value as an indexing key.")
            }
            _ => match self.instance_key(&plain) {
                Some(found) => match look(self.scope, Some(&found)) {
                    Lookup::Value(value) => value.with_marks(marks),
                    // The other kind of key converts: `r["0"]` is `r[0]`.
                    Lookup::NoSuchInstance { existing } => match converted_key(&found, &existing) {
                        Some(other) => self.found(look(self.scope, Some(&other)), id).with_marks(marks),
                        None => self.no_such_instance(id, &existing),
                    },
                },
                None => self.fail(
                    id,
                    Type::DYNAMIC,
                    "Invalid index",
                    "The given key does not identify an element in this collection value: string required.",
                ),
            },
        }
    }

    fn instance_key(&self, key: &Value) -> Option<InstanceKey> {
        match key {
            Value::Bool(value) => Some(InstanceKey::Str(Str::from(if *value { "true" } else { "false" }))),
            Value::Number(number) if number.as_i64().is_none() => Some(InstanceKey::Str(number.to_string().into())),
            _ => InstanceKey::from_value(key),
        }
    }

    fn no_such_instance(&mut self, id: ExprId, existing: &[InstanceKey]) -> Value {
        let is_count = existing.iter().all(|key| matches!(key, InstanceKey::Int(_)));
        let mut detail = "The given key does not identify an element in this collection value".to_owned();
        match existing {
            [] => detail.push_str(": the collection has no elements."),
            [.., last] if is_count => {
                detail.push_str(&format!(". There are {} instances, the last of which is {last}.", existing.len()));
            }
            _ => {
                let shown: Vec<String> = existing.iter().take(5).map(InstanceKey::to_string).collect();
                let more = if existing.len() > shown.len() { ", …" } else { "" };
                detail.push_str(&format!(". The instances are {}{more}.", shown.join(", ")));
            }
        }
        self.fail(id, Type::DYNAMIC, "Invalid index", detail)
    }

    fn object(&mut self, items: &[(ExprId, ExprId)]) -> Value {
        let mut marks = Marks::NONE;
        let mut is_known = true;
        let mut attributes: Vec<(Str, Value)> = Vec::with_capacity(items.len());
        for (key, value) in items {
            let key_value = self.expr(*key);
            let value = self.expr(*value);
            let (plain, key_marks) = key_value.unmark();
            marks |= key_marks;
            if key_marks.contains(Marks::FAILED) {
                is_known = false;
                continue;
            }
            if plain.is_null() {
                self.fail(*key, Type::STRING, "Null value as key", "Can't use a null value as a key.");
                marks |= Marks::FAILED;
                is_known = false;
                continue;
            }
            match convert(&plain, Type::STRING) {
                Ok(Value::String(name)) => attributes.push((name, value)),
                Ok(_) => is_known = false,
                Err(error) => {
                    let detail = format!("Can't use this value as a key: {error}.");
                    self.fail(*key, Type::STRING, "Incorrect key type", detail);
                    marks |= Marks::FAILED;
                    is_known = false;
                }
            }
        }
        let object = if is_known { Value::object(attributes) } else { Value::unknown(Type::DYNAMIC) };
        object.with_marks(marks)
    }
}

/// A key of the other kind with the same text, if there is such an instance.
fn converted_key(key: &InstanceKey, existing: &[InstanceKey]) -> Option<InstanceKey> {
    let other = match key {
        InstanceKey::Int(index) => InstanceKey::Str(index.to_string().into()),
        InstanceKey::Str(text) => InstanceKey::Int(text.parse().ok()?),
        InstanceKey::None => return None,
    };
    existing.contains(&other).then_some(other)
}

/// A name in a message.
fn in_quotes(name: &str) -> String {
    quoted(name)
}
