//! Bodies to objects: a block's content read against a schema.
//!
//! Gives an object of the schema's type. Absent attributes are null, absent list, set and map blocks empty; defaults and
//! the schema's own sensitivity are the caller's. What the schema does not allow is reported.

mod attribute;
mod block;
mod span;

use std::sync::Arc;

pub use span::span_of;

use super::Body;
use super::BodyId;
use super::Evaluator;
use super::Module;
use super::Scope;
use crate::diag::Span;
use crate::schema;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Shape;
use crate::value::Value;

/// Decodes a body against a schema. `header` is the block that a missing argument is missing from.
pub fn decode<S: Scope>(
    module: &Module,
    body: BodyId,
    schema: &Schema,
    header: Span,
    evaluator: &mut Evaluator<'_, S>,
) -> Value {
    let decoder = Decoder { module };
    decoder.object(module.body(body), schema.root(), Arc::clone(schema.shape()), header, evaluator)
}

struct Decoder<'a> {
    module: &'a Module,
}

impl Decoder<'_> {
    fn object<S: Scope>(
        &self,
        body: &Body,
        block: &schema::Block,
        shape: Arc<Shape>,
        header: Span,
        evaluator: &mut Evaluator<'_, S>,
    ) -> Value {
        // By the place in the shape, so that neither side is searched once for each of the other.
        let mut written = vec![None; shape.names().len()];
        for attribute in &body.attributes {
            match shape.index(&attribute.name) {
                Some(at) if block.attributes().contains_key(&attribute.name) => written[at] = Some(attribute),
                _ => evaluator.diags().push(attribute::unsupported(attribute, block)),
            }
        }
        for nested in &body.blocks {
            if !block.blocks().contains_key(&nested.kind) && !nested.is_for_provisioners {
                evaluator.diags().push(block::unsupported(nested, block));
            }
        }
        let mut attributes = block.attributes().iter().peekable();
        let values = shape.names().iter().zip(written).map(|(name, written)| {
            match attributes.next_if(|(known, _)| *known == name) {
                Some((_, attribute)) => attribute::value(name, attribute, written, header, evaluator),
                None => self.blocks(name, &block.blocks()[name], body, header, evaluator),
            }
        });
        let values = values.collect();
        Value::Object(Arc::new(Object::with_shape(shape, values)))
    }
}
