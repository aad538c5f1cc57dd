//! `removed` blocks: checked against what is still declared.

use rustc_hash::FxHashMap;

use super::PathId;
use super::Tree;
use crate::addr::ModulePath;
use crate::config::Config;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::value::Str;

/// Reports the `removed` blocks whose resource or module is still there.
pub(super) fn check(config: &Config, tree: &Tree, diags: &mut Diagnostics) {
    let paths: FxHashMap<&ModulePath, PathId> = tree.paths().map(|(id, path)| (&path.path, id)).collect();
    for (_, path) in tree.paths() {
        let module = config.module(path.source);
        for removed in &module.removed {
            let inner = removed.from.module.steps().iter().map(|(name, _)| Str::clone(name));
            let mut names: Vec<Str> = path.path.names().iter().cloned().chain(inner).collect();
            let call = if removed.from.resource.is_none() { names.pop() } else { None };
            let holder = paths.get(&ModulePath::from_iter(names)).map(|path| config.module(tree.path(*path).source));
            let declared = holder.and_then(|holder| match (&removed.from.resource, call) {
                (Some(resource), _) => {
                    let key = (resource.mode, Str::clone(&resource.ty), Str::clone(&resource.name));
                    holder.resources.get(&key).map(|resource| ("resource", resource.span))
                }
                (None, Some(name)) => holder.calls.get(&name).map(|call| ("module", call.span)),
                (None, None) => None,
            });
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
