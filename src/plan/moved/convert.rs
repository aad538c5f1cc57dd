//! `moved` blocks across types: an object becomes one of another type, where that type can take it over.

use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::plan::Registry;
use crate::plan::objects::Objects;

/// Makes every object that came to an address of another type one of that type, or says that this cannot be.
pub(in crate::plan) fn convert(registry: &Registry, objects: &mut Objects, diags: &mut Diagnostics) {
    for id in 0..objects.len() {
        let entry = objects.get(id);
        let Some(from) = entry.changes_type() else { continue };
        let to = &entry.addr.ty;
        let taken = registry.resource(to).and_then(|ty| ty.take_over(from, &entry.before));
        let Some((object, private)) = taken else {
            let detail = format!(
                "The {to:?} resource type does not support moving resource state across resource types: a {from} cannot \
                 become one. Remove the `moved` block."
            );
            let diagnostic = Diagnostic::error("Move Resource State Not Supported", detail);
            diags.push(diagnostic.address(entry.addr.to_string()));
            continue;
        };
        let entry = objects.get_mut(id);
        entry.before = Arc::new(object);
        entry.now = Some(Arc::clone(&entry.before));
        entry.private = private;
    }
}
