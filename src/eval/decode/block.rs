//! Nested blocks of one type, `dynamic` ones among them, as the value of their nesting.

use std::sync::Arc;

use super::Decoder;
use crate::diag::Diagnostic;
use crate::diag::Span;
use crate::diag::did_you_mean;
use crate::eval::BlockDef;
use crate::eval::Body;
use crate::eval::DynamicDef;
use crate::eval::Evaluator;
use crate::eval::Scope;
use crate::schema;
use crate::schema::NestedBlock;
use crate::schema::Nesting;
use crate::value::Marks;
use crate::value::Number;
use crate::value::Shape;
use crate::value::Str;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;
use crate::value::convert::convert;

/// The blocks of one type.
struct Blocks {
    /// The key of each in a map, its object, and where it stands.
    found: Vec<(Option<Str>, Value, Span)>,
    /// How many there are is not known.
    is_open: bool,
    marks: Marks,
}

impl Decoder<'_> {
    pub(super) fn blocks<S: Scope>(
        &self,
        kind: &Str,
        schema: &NestedBlock,
        body: &Body,
        header: Span,
        evaluator: &mut Evaluator<'_, S>,
    ) -> Value {
        let mut blocks = Blocks { found: Vec::new(), is_open: false, marks: Marks::NONE };
        let mut shape = None;
        for block in body.blocks.iter().filter(|block| block.kind == *kind) {
            let shape = shape.get_or_insert_with(|| Shape::new(schema.block.names().cloned()));
            match &block.dynamic {
                Some(dynamic) => self.dynamic(block, dynamic, schema, shape, evaluator, &mut blocks),
                None => {
                    if let Some(key) = label(block, schema, evaluator) {
                        let content = self.module.body(block.body);
                        let object = self.object(content, &schema.block, Arc::clone(shape), block.span, evaluator);
                        blocks.found.push((key, object, block.span));
                    }
                }
            }
        }
        check_count(kind, schema, &blocks, header, evaluator);
        gather(kind, schema, blocks, evaluator)
    }

    fn dynamic<S: Scope>(
        &self,
        block: &BlockDef,
        dynamic: &DynamicDef,
        schema: &NestedBlock,
        shape: &Arc<Shape>,
        evaluator: &mut Evaluator<'_, S>,
        blocks: &mut Blocks,
    ) {
        let (collection, marks) = evaluator.expr(dynamic.for_each).unmark();
        blocks.marks |= marks;
        let Some(elements) = elements(&collection) else {
            blocks.is_open = true;
            let is_iterable = collection.ty() == Type::DYNAMIC || !collection.ty().is_primitive();
            if matches!(collection, Value::Unknown(_)) && is_iterable {
                // The content is evaluated all the same, for its mistakes.
                let unknown = || Value::unknown(Type::DYNAMIC);
                let content = self.module.body(block.body);
                evaluator.bound([unknown(), unknown()], |evaluator| {
                    self.object(content, &schema.block, Arc::clone(shape), block.span, evaluator)
                });
                return;
            }
            let detail = match collection {
                Value::Null(_) => "Cannot use a null value in for_each.".to_owned(),
                _ => format!("Cannot use a {} value in for_each. An iterable collection is required.", collection.ty()),
            };
            let span = evaluator.arena().span(dynamic.for_each);
            evaluator.diags().push(Diagnostic::error("Invalid dynamic for_each value", detail).at(span));
            blocks.marks |= Marks::FAILED;
            return;
        };
        for (key, value) in elements {
            let content = self.module.body(block.body);
            let decoded = evaluator.bound([key, value], |evaluator| {
                let label = dynamic_label(block, dynamic, schema, evaluator)?;
                Some((label, self.object(content, &schema.block, Arc::clone(shape), block.span, evaluator)))
            });
            match decoded {
                Some((label, object)) => {
                    let object = object.map_children(&mut |part| part.clone().with_marks(marks));
                    blocks.found.push((label, object, block.span));
                }
                None => blocks.is_open = true,
            }
        }
    }
}

/// What a `dynamic` block walks, each element with its key.
fn elements(collection: &Value) -> Option<Vec<(Value, Value)>> {
    if let Some(entries) = collection.as_entries() {
        return Some(entries.into_iter().map(|(key, value)| (Value::String(Arc::clone(key)), value.clone())).collect());
    }
    let elements = collection.as_elements()?.iter().enumerate();
    let is_set = matches!(collection, Value::Set(_));
    let key = |at: usize, value: &Value| if is_set { value.clone() } else { Value::Number(Number::from(at)) };
    Some(elements.map(|(at, value)| (key(at, value), value.clone())).collect())
}

/// The key of a written block: its label in a map, nothing otherwise. `None` when the labels are wrong (reported).
fn label<S: Scope>(block: &BlockDef, schema: &NestedBlock, evaluator: &mut Evaluator<'_, S>) -> Option<Option<Str>> {
    let kind = &block.kind;
    let diagnostic = match (schema.nesting, block.labels.as_slice()) {
        (Nesting::Map, [(key, _)]) => return Some(Some(key.clone())),
        (Nesting::Single | Nesting::List | Nesting::Set, []) => return Some(None),
        (Nesting::Map, []) => {
            let detail = format!("All {kind} blocks must have 1 labels (key).");
            Diagnostic::error(format!("Missing key for {kind}"), detail).at(block.span)
        }
        (Nesting::Map, [_, (_, span), ..]) => {
            let detail = format!("Only 1 labels (key) are expected for {kind} blocks.");
            Diagnostic::error(format!("Extraneous label for {kind}"), detail).at(*span)
        }
        (Nesting::Single | Nesting::List | Nesting::Set, [(_, span), ..]) => {
            let detail = format!("No labels are expected for {kind} blocks.");
            Diagnostic::error(format!("Extraneous label for {kind}"), detail).at(*span)
        }
    };
    evaluator.diags().push(diagnostic);
    None
}

/// The key of one block that a `dynamic` block makes. `None` when it is unknown, or wrong (reported).
fn dynamic_label<S: Scope>(
    block: &BlockDef,
    dynamic: &DynamicDef,
    schema: &NestedBlock,
    evaluator: &mut Evaluator<'_, S>,
) -> Option<Option<Str>> {
    const INVALID: &str = "Invalid dynamic block label";
    let (detail, span) = match (schema.nesting, dynamic.labels.as_slice()) {
        (Nesting::Single | Nesting::List | Nesting::Set, []) => return Some(None),
        (Nesting::Map, [label]) => {
            let value = evaluator.expr(*label);
            let span = evaluator.arena().span(*label);
            match convert(value.unmarked(), Type::STRING) {
                Ok(Value::String(_)) if value.marks().contains(Marks::SENSITIVE) => {
                    ("Cannot use a sensitive value as a dynamic block label.".to_owned(), span)
                }
                Ok(Value::String(label)) => return Some(Some(label)),
                Ok(Value::Null(_)) => ("Cannot use a null value as a dynamic block label.".to_owned(), span),
                Ok(_) => return None,
                Err(error) => (format!("Cannot use this value as a dynamic block label: {error}."), span),
            }
        }
        (Nesting::Map, _) => (format!("A block of type {:?} takes exactly one label.", block.kind), block.span),
        (Nesting::Single | Nesting::List | Nesting::Set, _) => {
            (format!("No labels are expected for {} blocks.", block.kind), block.span)
        }
    };
    evaluator.diags().push(Diagnostic::error(INVALID, detail).at(span));
    None
}

fn check_count<S: Scope>(
    kind: &str,
    schema: &NestedBlock,
    blocks: &Blocks,
    header: Span,
    evaluator: &mut Evaluator<'_, S>,
) {
    let count = blocks.found.len();
    if let Some(max) = schema.max.filter(|max| count > *max) {
        let span = blocks.found[max].2;
        let diagnostic = match schema.nesting {
            Nesting::Single => {
                let detail = format!("Only one block of type {kind:?} is allowed.");
                let first = blocks.found[0].2;
                Diagnostic::error(format!("Duplicate {kind} block"), detail).at(span).label(first, "the first one")
            }
            Nesting::List | Nesting::Set | Nesting::Map => {
                let detail = format!("No more than {max} {kind:?} blocks are allowed");
                Diagnostic::error(format!("Too many {kind} blocks"), detail).at(span)
            }
        };
        evaluator.diags().push(diagnostic);
    }
    if !blocks.is_open && count < schema.min {
        let (summary, detail) = match schema.nesting {
            Nesting::Single => (format!("Missing {kind} block"), format!("A {kind} block is required.")),
            Nesting::List | Nesting::Set | Nesting::Map => (
                format!("Insufficient {kind} blocks"),
                format!("At least {} {kind:?} blocks are required.", schema.min),
            ),
        };
        evaluator.diags().push(Diagnostic::error(summary, detail).at(header));
    }
}

fn gather<S: Scope>(kind: &str, schema: &NestedBlock, blocks: Blocks, evaluator: &mut Evaluator<'_, S>) -> Value {
    let ty = schema.ty();
    if blocks.is_open {
        return Value::unknown(ty).with_marks(blocks.marks);
    }
    let values = blocks.found.iter().map(|(_, object, _)| object.clone());
    match (schema.nesting, ty.kind()) {
        (Nesting::Single, _) => blocks.found.first().map_or(Value::Null(ty), |(_, object, _)| object.clone()),
        (Nesting::List, TypeKind::List(element)) => same_type(values.collect(), *element, Value::list, Value::tuple),
        (Nesting::Set, TypeKind::Set(element)) => same_type(values.collect(), *element, Value::set, Value::tuple),
        (_, TypeKind::Map(element)) => {
            let mut entries: Vec<(Str, Value)> = Vec::with_capacity(blocks.found.len());
            for (key, object, span) in &blocks.found {
                let Some(key) = key else { continue };
                if entries.iter().any(|(known, _)| known == key) {
                    let detail = format!("A {kind} block with the label {key:?} is already defined here.");
                    evaluator.diags().push(Diagnostic::error(format!("Duplicate {kind} block"), detail).at(*span));
                    continue;
                }
                entries.push((key.clone(), object.clone()));
            }
            if element.has_dynamic() { Value::object(entries) } else { Value::map(*element, entries) }
        }
        _ => Value::Null(ty),
    }
}

/// A collection; where attributes of any type may make the objects differ, a tuple of them.
fn same_type(
    values: Vec<Value>,
    element: Type,
    collection: impl Fn(Type, Vec<Value>) -> Value,
    mixed: impl Fn(Vec<Value>) -> Value,
) -> Value {
    if element.has_dynamic() && !values.is_empty() { mixed(values) } else { collection(element, values) }
}

/// What is wrong with a block that the schema does not have.
pub(super) fn unsupported(block: &BlockDef, schema: &schema::Block) -> Diagnostic {
    let kind = &block.kind;
    let hint = if schema.attributes().contains_key(kind) {
        format!(" Did you mean to define argument {kind:?}? If so, use the equals sign to assign it a value.")
    } else {
        did_you_mean(kind, schema.blocks().keys().map(|known| &**known))
    };
    let detail = format!("Blocks of type {kind:?} are not expected here.{hint}");
    Diagnostic::error("Unsupported block type", detail).at(block.kind_span)
}
