//! What a vendor answers, brought into the words that we already use for it.

use std::sync::Arc;

use crate::schema::Block;
use crate::schema::NestedBlock;
use crate::schema::Readability;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Value;

/// An object as a vendor gave it, beside what we knew of it or promised.
///
/// What means the same keeps our spelling. What the answer leaves out (an unknown), what is never given back and what is
/// only ours keeps its value; where that was not known either it is null. Sensitive stays sensitive.
pub(crate) fn settle(schema: &Schema, known: &Object, answer: &Object) -> Object {
    let values = schema.shape().names().iter().map(|name| {
        let known = known.get(name).unwrap_or(&Value::NULL);
        let answer = answer.get(name).unwrap_or(&Value::NULL);
        match (schema.root().attributes().get(name), schema.root().blocks().get(name)) {
            (Some(attribute), _) => {
                let is_ours = attribute.readability != Readability::Readable;
                if is_ours || !answer.is_known() {
                    return without_unknown(known, attribute.ty);
                }
                if answer == known {
                    return known.clone();
                }
                let (plain, marks) = known.clone().unmark_deep();
                let (told, _) = answer.clone().unmark_deep();
                // What is the same keeps its own marks, part by part; what is new has them as a whole.
                if plain == told || attribute.same(&plain, &told) {
                    known.clone()
                } else {
                    answer.clone().with_marks(marks)
                }
            }
            (None, Some(nested)) => settle_nested(nested, known, answer),
            (None, None) => answer.clone(),
        }
    });
    let object = Object::with_shape(Arc::clone(schema.shape()), values.collect());
    super::propose::mark(schema.root(), object)
}

fn without_unknown(known: &Value, ty: crate::value::Type) -> Value {
    if known.is_wholly_known() { known.clone() } else { Value::Null(ty).with_marks(known.marks()) }
}

fn settle_nested(nested: &NestedBlock, known: &Value, answer: &Value) -> Value {
    if !answer.is_known() {
        return without_unknown(known, nested.ty());
    }
    let (plain, marks) = known.clone().unmark_deep();
    let (told, _) = answer.clone().unmark_deep();
    if same_blocks(nested, &plain, &told) { known.clone() } else { answer.clone().with_marks(marks) }
}

/// Whether blocks mean the same in every attribute that is known on both sides.
fn same_blocks(nested: &NestedBlock, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => same_block(&nested.block, a, b),
        (Value::Set(a), Value::Set(b)) => {
            let of = |a: &Value, b: &Value| same_blocks(nested, a, b);
            a.as_slice().len() == b.as_slice().len() && a.iter().all(|a| b.iter().any(|b| of(a, b)))
        }
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same_blocks(nested, a, b)))
        }
        (a, b) => match (a.as_elements(), b.as_elements()) {
            (Some(a), Some(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_blocks(nested, a, b)),
            _ => a == b,
        },
    }
}

fn same_block(block: &Block, a: &Object, b: &Object) -> bool {
    let attributes = block.attributes().iter().all(|(name, attribute)| match (a.get(name), b.get(name)) {
        (Some(a), Some(b)) => attribute.same(a, b),
        _ => false,
    });
    attributes
        && block.blocks().iter().all(|(name, nested)| match (a.get(name), b.get(name)) {
            (Some(a), Some(b)) => same_blocks(nested, a, b),
            _ => false,
        })
}
