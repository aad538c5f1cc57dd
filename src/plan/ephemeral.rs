//! Ephemeral values where they would have to be kept: refused, attribute by attribute.

use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Span;
use crate::eval;
use crate::schema;
use crate::value::Marks;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Value;

/// Reports each attribute of a decoded resource that holds an ephemeral value and is stored.
pub(super) fn refuse(
    module: &eval::Module,
    body: eval::BodyId,
    schema: &schema::Schema,
    decoded: &Value,
    header: Span,
    diags: &mut Diagnostics,
) {
    let mut found = Vec::new();
    if let Value::Object(object) = decoded.unmarked() {
        collect(object, schema.root(), &Path::root(), &mut found);
    }
    for (path, name) in found {
        let detail = format!(
            "Ephemeral values are not valid for {name:?}, because it is not a write-only attribute and must be persisted \
             to state."
        );
        let span = eval::span_of(module, body, &path).unwrap_or(header);
        diags.push(Diagnostic::error("Invalid use of ephemeral value", detail).at(span));
    }
}

/// The attributes of a block, and of the blocks in it, that are ephemeral in any part.
fn collect(object: &Object, block: &schema::Block, path: &Path, found: &mut Vec<(Path, Str)>) {
    for (name, attribute) in block.attributes() {
        let is_ephemeral = object.get(name).is_some_and(|value| value.marks_deep().contains(Marks::EPHEMERAL));
        if is_ephemeral && !attribute.write_only {
            found.push((path.clone().attr(Str::clone(name)), Str::clone(name)));
        }
    }
    for (name, nested) in block.blocks() {
        let path = path.clone().attr(Str::clone(name));
        match object.get(name).map(Value::unmarked) {
            Some(Value::Object(inner)) => collect(inner, &nested.block, &path, found),
            Some(value) => {
                for (at, element) in value.as_elements().unwrap_or_default().iter().enumerate() {
                    if let Value::Object(inner) = element.unmarked() {
                        let at = i64::try_from(at).unwrap_or(i64::MAX);
                        collect(inner, &nested.block, &path.clone().index(at), found);
                    }
                }
            }
            None => {}
        }
    }
}
