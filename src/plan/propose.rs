//! What an object should become: its configuration laid over what it was, as the schema says.

use std::sync::Arc;

use crate::schema::Attribute;
use crate::schema::Block;
use crate::schema::NestedBlock;
use crate::schema::Nesting;
use crate::schema::Readability;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Shape;
use crate::value::Value;

/// Lays a configuration over a prior object.
///
/// What is configured wins, unless it means the same as before: then the prior spelling stays. What is not configured has
/// its default, or is the vendor's: as it was, or unknown for a new object. Marks are the configuration's and the
/// schema's.
pub(crate) fn propose(schema: &Schema, prior: Option<&Object>, config: &Object) -> Object {
    let object = propose_block(schema.root(), Some(schema.shape()), prior, config);
    mark(schema.root(), object)
}

/// Marks what the schema calls sensitive.
pub(crate) fn mark(block: &Block, object: Object) -> Object {
    if !block.has_sensitive() {
        return object;
    }
    let values = object.iter().map(|(name, value)| match (block.attributes().get(name), block.blocks().get(name)) {
        (Some(attribute), _) => attribute.mark(value.clone()),
        (_, Some(nested)) if nested.block.has_sensitive() => mark_nested(nested, value),
        _ => value.clone(),
    });
    let values = values.collect();
    Object::with_shape(Arc::clone(object.shape()), values)
}

fn mark_nested(nested: &NestedBlock, value: &Value) -> Value {
    match value {
        Value::Object(object) if nested.nesting == Nesting::Single => {
            Value::Object(Arc::new(mark(&nested.block, (**object).clone())))
        }
        Value::Object(object) => Value::Object(Arc::new(mark(&nested.block, (**object).clone()))),
        other => other.clone().map_children(&mut |child| mark_nested(nested, child)),
    }
}

fn propose_block(block: &Block, shape: Option<&Arc<Shape>>, prior: Option<&Object>, config: &Object) -> Object {
    let value_of = |name: &str| {
        let prior = prior.and_then(|prior| prior.get(name));
        let config = config.get(name).unwrap_or(&Value::NULL);
        match (block.attributes().get(name), block.blocks().get(name)) {
            (Some(attribute), _) => propose_attribute(attribute, prior, config),
            (None, Some(nested)) => propose_nested(nested, prior, config),
            (None, None) => config.clone(),
        }
    };
    match shape {
        Some(shape) => Object::with_shape(Arc::clone(shape), shape.names().iter().map(|name| value_of(name)).collect()),
        None => Object::new(block.names().map(|name| (Arc::clone(name), value_of(name)))),
    }
}

fn propose_attribute(attribute: &Attribute, prior: Option<&Value>, config: &Value) -> Value {
    if attribute.write_only {
        return Value::Null(attribute.ty);
    }
    if config.is_null() {
        let (_, marks) = config.clone().unmark();
        return unset(attribute, prior).with_marks(marks);
    }
    let Some(prior) = prior else { return config.clone() };
    // An imported object does not know what it was booted with; that is no difference.
    if attribute.readability == Readability::BootOnly && prior.is_null() {
        return prior.clone();
    }
    if !config.contains_marked() && !prior.contains_marked() {
        let is_kept = !attribute.followed && attribute.same(prior, config);
        return if is_kept { prior.clone() } else { config.clone() };
    }
    let plain = config.clone().unmark_deep().0;
    let known = prior.clone().unmark_deep().0;
    if known != plain && !attribute.followed && attribute.same(&known, &plain) {
        known.marked_like(config)
    } else {
        config.clone()
    }
}

/// The value of an attribute that is not configured.
fn unset(attribute: &Attribute, prior: Option<&Value>) -> Value {
    match (&attribute.default, attribute.is_computed(), prior) {
        (Some(default), _, _) => default.clone(),
        (None, true, Some(prior)) => prior.clone().unmark_deep().0,
        (None, true, None) => Value::unknown(attribute.ty),
        (None, false, _) => Value::Null(attribute.ty),
    }
}

fn propose_nested(nested: &NestedBlock, prior: Option<&Value>, config: &Value) -> Value {
    let is_absent = config.is_null() || config.as_elements().is_some_and(<[Value]>::is_empty);
    if nested.computed && is_absent {
        return prior.map_or_else(|| Value::unknown(nested.ty()), |prior| prior.clone().unmark_deep().0);
    }
    let (config, marks) = config.clone().unmark();
    let prior = prior.map(|prior| prior.unmarked());
    let block = &nested.block;
    let proposed = match &config {
        Value::Object(object) if nested.nesting == Nesting::Single => {
            let prior = prior.and_then(Value::as_object);
            Value::Object(Arc::new(propose_block(block, None, prior, object)))
        }
        Value::List(list) => {
            let prior = prior.and_then(Value::as_elements).unwrap_or_default();
            let elements = list.iter().enumerate();
            let elements = elements.map(|(at, element)| propose_element(block, prior.get(at), element));
            Value::list(list.element(), elements.collect())
        }
        Value::Set(set) => {
            let prior = prior.and_then(Value::as_elements).unwrap_or_default();
            let elements = set.iter().map(|element| {
                let twin = prior.iter().find(|prior| agrees(block, prior, element));
                propose_element(block, twin, element)
            });
            Value::set(set.element(), elements.collect())
        }
        Value::Map(map) => {
            let elements = map.iter().map(|(key, element)| {
                let prior = prior.and_then(|prior| prior.get(key));
                (Arc::clone(key), propose_element(block, prior, element))
            });
            Value::map(map.element(), elements)
        }
        other => other.clone(),
    };
    proposed.with_marks(marks)
}

fn propose_element(block: &Block, prior: Option<&Value>, config: &Value) -> Value {
    let Some(object) = config.as_object() else { return config.clone() };
    let prior = prior.and_then(Value::as_object);
    Value::Object(Arc::new(propose_block(block, None, prior, object))).with_marks(config.marks())
}

/// Whether a prior element of a set is the one that is configured: all that is configured means the same.
fn agrees(block: &Block, prior: &Value, config: &Value) -> bool {
    let (Some(prior), Some(config)) = (prior.as_object(), config.as_object()) else { return false };
    block.attributes().iter().all(|(name, attribute)| {
        let (Some(prior), Some(config)) = (prior.get(name), config.get(name)) else { return true };
        let effective = if config.is_null() { unset(attribute, Some(prior)) } else { config.clone() };
        attribute.same(&prior.clone().unmark_deep().0, &effective.unmark_deep().0)
    })
}

/// Whether two values are equal but for marks.
pub(crate) fn equal_unmarked(a: &Value, b: &Value) -> bool {
    match (a.contains_marked(), b.contains_marked()) {
        (false, false) => a == b,
        _ => a.clone().unmark_deep().0 == b.clone().unmark_deep().0,
    }
}

/// Whether nothing has to be done for an object to become another: they are equal but for marks and for what is only
/// recorded.
pub(crate) fn is_unchanged(schema: &Schema, prior: &Object, planned: &Object) -> bool {
    let attributes = schema.root().attributes();
    prior.len() == planned.len()
        && prior.iter().all(|(name, before)| {
            let follows = |after| attributes.get(name).is_some_and(|attribute| attribute.follows(before, after));
            planned.get(name).is_some_and(|after| equal_unmarked(before, after) || follows(after))
        })
}

/// Whether two objects are equal but for marks.
pub(crate) fn equal_objects(a: &Object, b: &Object) -> bool {
    a.len() == b.len() && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| equal_unmarked(value, other)))
}
