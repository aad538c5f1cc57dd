//! `ignore_changes`: parts of a configuration that stay as they were.

use std::sync::Arc;

use crate::schema::Block;
use crate::value::Object;
use crate::value::Path;
use crate::value::Step;
use crate::value::Str;
use crate::value::Value;

/// The configuration with the prior value at each path.
pub(super) fn ignore<'a>(config: &Object, prior: &Object, paths: impl Iterator<Item = &'a Path>) -> Object {
    let mut config = Value::Object(Arc::new(config.clone()));
    let whole = Value::Object(Arc::new(prior.clone()));
    for path in paths {
        config = put(&config, path.steps(), whole.at(path));
    }
    config.as_object().expect("an object stays one").clone()
}

/// The configuration with every prior value that can be configured: `ignore_changes = all`.
pub(super) fn ignore_all(block: &Block, config: &Object, prior: &Object) -> Object {
    let settable = |name: &Str| block.attributes().get(name).is_none_or(|attribute| attribute.is_settable());
    let changes = prior.iter().filter(|(name, _)| settable(name));
    config.with(changes.map(|(name, value)| (Str::clone(name), value.clone())))
}

/// The value with another at a place in it; `None` takes an element of a map out.
fn put(value: &Value, steps: &[Step], new: Option<Value>) -> Value {
    let Some((step, rest)) = steps.split_first() else { return new.unwrap_or_else(|| Value::Null(value.ty())) };
    let (plain, marks) = value.clone().unmark();
    let changed = match (&plain, step) {
        (Value::Object(object), Step::Attr(name)) | (Value::Object(object), Step::Index(Value::String(name))) => {
            let Some(inner) = object.get(name) else { return value.clone() };
            let inner = put(inner, rest, new);
            Value::Object(Arc::new(object.with([(Str::clone(name), inner)])))
        }
        (Value::Map(map), Step::Attr(name)) | (Value::Map(map), Step::Index(Value::String(name))) => {
            let inner = match (map.get(name), rest.is_empty()) {
                (_, true) => new,
                (Some(inner), false) => Some(put(inner, rest, new)),
                (None, false) => None,
            };
            let others = map.iter().filter(|(key, _)| *key != name);
            let others = others.map(|(key, value)| (Str::clone(key), value.clone()));
            Value::map(map.element(), others.chain(inner.map(|inner| (Str::clone(name), inner))))
        }
        (Value::List(_) | Value::Tuple(_), Step::Index(index)) => {
            let elements = plain.as_elements().unwrap_or_default();
            let at = index.as_i64().and_then(|at| usize::try_from(at).ok());
            let Some(at) = at.filter(|at| *at < elements.len()) else { return value.clone() };
            let mut elements = elements.to_vec();
            elements[at] = put(&elements[at], rest, new);
            match &plain {
                Value::List(list) => Value::list(list.element(), elements),
                _ => Value::tuple(elements),
            }
        }
        _ => return value.clone(),
    };
    changed.with_marks(marks)
}
