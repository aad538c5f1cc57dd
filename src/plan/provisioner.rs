//! Provisioners, which are not run: said once for the whole configuration, before anything is planned.

use crate::diag::Diagnostic;
use crate::eval;
use crate::eval::ProvisionerDef;

/// More places would not help.
const MOST: usize = 8;

/// The error where anything has a provisioner; one for creating, for destroying, or in a `removed` block.
pub(super) fn refuse(modules: &[eval::Module]) -> Option<Diagnostic> {
    let of_resources = modules.iter().flat_map(|module| module.resources.iter().flat_map(|def| &def.provisioners));
    let of_removed = modules.iter().flat_map(|module| module.removed.iter().flat_map(|def| &def.provisioners));
    let all: Vec<&ProvisionerDef> = of_resources.chain(of_removed).collect();
    let first = all.first()?;
    let which = match all.len() {
        1 => format!("The configuration has a {} provisioner", first.kind),
        count => format!("The configuration has {count} provisioners"),
    };
    let detail = format!(
        "{which}, and this version runs none: what depends on them would be left undone without a word. For what is done on \
         a host there are the host_* resources, which are planned, checked and undone."
    );
    let diagnostic = Diagnostic::error("Provisioners are not supported", detail);
    let others = all.iter().take(MOST).skip(1);
    Some(others.fold(diagnostic.at(first.span), |diagnostic, other| diagnostic.label(other.span, "another one")))
}
