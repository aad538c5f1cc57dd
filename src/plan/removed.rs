//! `removed` blocks: checked against what is still declared.

use super::Tree;
use crate::config::Config;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::value::Str;

/// Reports the `removed` blocks whose resource or module is still there.
pub(super) fn check(config: &Config, tree: &Tree, diags: &mut Diagnostics) {
    for (_, path) in tree.paths() {
        let module = config.module(path.source);
        for removed in &module.removed {
            let declared = match (&removed.from.resource, removed.from.module.steps()) {
                (Some(resource), []) => {
                    let key = (resource.mode, Str::clone(&resource.ty), Str::clone(&resource.name));
                    module.resources.get(&key).map(|resource| ("resource", resource.span))
                }
                (None, [(name, _)]) => module.calls.get(name).map(|call| ("module", call.span)),
                _ => None,
            };
            if let Some((kind, span)) = declared {
                let detail = format!(
                    "This statement declares that {} was removed, but it is still declared in configuration.",
                    removed.from
                );
                let diagnostic = Diagnostic::error(format!("Removed {kind} still exists"), detail).at(span);
                diags.push(diagnostic.label(removed.span, "said to be removed here"));
            }
        }
    }
}
