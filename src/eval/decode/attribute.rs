//! One attribute of a block.

use crate::diag::Diagnostic;
use crate::diag::Span;
use crate::diag::did_you_mean;
use crate::eval::AttributeDef;
use crate::eval::Evaluator;
use crate::eval::Scope;
use crate::schema;
use crate::schema::Presence;
use crate::value::Marks;
use crate::value::Str;
use crate::value::Value;
use crate::value::convert::convert;

/// The value of an attribute, of its type; null where it is not written.
pub(super) fn value<S: Scope>(
    name: &Str,
    attribute: &schema::Attribute,
    written: Option<&AttributeDef>,
    header: Span,
    evaluator: &mut Evaluator<'_, S>,
) -> Value {
    let ty = attribute.ty.without_optional();
    let Some(written) = written else {
        if attribute.presence == Presence::Required {
            evaluator.diags().push(missing(name).at(header));
            return Value::failed(ty);
        }
        return Value::Null(ty);
    };
    let span = evaluator.arena().span(written.value);
    let given = evaluator.expr(written.value);
    if !attribute.is_settable() {
        if !given.is_null() {
            let detail = format!(
                "Can't configure a value for {name:?}: its value will be decided automatically based on the result of \
                 applying this configuration."
            );
            evaluator
                .diags()
                .push(Diagnostic::error("Value for unconfigurable attribute", detail).at(written.name_span));
        }
        return Value::Null(ty);
    }
    match convert(&given, attribute.ty) {
        Ok(value) if value.is_null() && attribute.presence == Presence::Required => {
            evaluator.diags().push(missing(name).at(span));
            Value::failed(ty)
        }
        Ok(value) => value,
        Err(_) if given.marks().contains(Marks::FAILED) => Value::failed(ty),
        Err(error) => {
            let detail = format!("Inappropriate value for attribute {name:?}: {error}.");
            let mut diagnostic = Diagnostic::error("Incorrect attribute value type", detail).at(span);
            diagnostic.values = evaluator.values_used(written.value);
            evaluator.diags().push(diagnostic);
            Value::failed(ty).with_marks(given.marks())
        }
    }
}

fn missing(name: &str) -> Diagnostic {
    let detail = format!("The argument {name:?} is required, but no definition was found.");
    Diagnostic::error("Missing required argument", detail)
}

/// What is wrong with an argument that the schema does not have.
pub(super) fn unsupported(attribute: &AttributeDef, block: &schema::Block) -> Diagnostic {
    let name = &attribute.name;
    let hint = if block.blocks().contains_key(name) {
        format!(" Did you mean to define a block of type {name:?}?")
    } else {
        let known = block.attributes().iter().filter(|(_, attribute)| attribute.is_settable());
        did_you_mean(name, known.map(|(name, _)| &**name))
    };
    let detail = format!("An argument named {name:?} is not expected here.{hint}");
    Diagnostic::error("Unsupported argument", detail).at(attribute.name_span)
}
