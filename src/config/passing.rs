//! What a `module` block hands over, against what the module wants.

use super::declaration::Module;
use super::declaration::ModuleCall;
use super::declaration::ProviderRef;
use super::decode::Cx;
use crate::diag::Diagnostic;
use crate::diag::Span;
use crate::diag::did_you_mean;
use crate::value::Str;

/// Compares a call's arguments with the module's variables.
pub(super) fn check_arguments(cx: &mut Cx<'_>, call: &ModuleCall, brace: Span, child: &Module) {
    for (argument, (_, span)) in &call.arguments {
        if !child.variables.contains_key(argument) {
            let hint = did_you_mean(argument, child.variables.keys().map(|known| &**known));
            let detail = format!("An argument named \"{argument}\" is not expected here.{hint}");
            cx.error(*span, "Unsupported argument", detail);
        }
    }
    for (variable, declared) in &child.variables {
        if !declared.has_default && !call.arguments.contains_key(variable) {
            let detail = format!("The argument \"{variable}\" is required, but no definition was found.");
            let diagnostic = Diagnostic::error("Missing required argument", detail).at(brace);
            cx.diags.push(diagnostic.label(declared.span, "declared here"));
        }
    }
}

/// Compares the providers that a call hands over with the module's requirements.
pub(super) fn check_providers(cx: &mut Cx<'_>, name: &Str, call: &ModuleCall, child: &Module, parent: &Module) {
    let names = Names { child: format!("module.{name}"), parent: parent_name(parent) };
    for (inner, outer) in &call.providers {
        check_passed(cx, inner, outer, child, parent, &names);
    }
    for (local, requirement) in &child.settings.provider_requirements {
        for (alias, _) in &requirement.aliases {
            let is_passed =
                |(inner, _): &(ProviderRef, ProviderRef)| inner.name == *local && inner.alias.as_ref() == Some(alias);
            if !call.providers.iter().any(is_passed) {
                let source = requirement.source.clone().unwrap_or_else(|| Str::from(format!("hashicorp/{local}")));
                let detail = format!(
                    "The child module requires an additional configuration for provider {source}, with the local name \
                     \"{local}.{alias}\".\n\nRefer to the module's documentation to understand the intended purpose of \
                     this additional provider configuration, and then add an entry for {local}.{alias} in the \
                     \"providers\" meta-argument in the module block to choose which provider configuration the module \
                     should use for that purpose."
                );
                cx.error(call.span, "Missing required provider configuration", detail);
            }
        }
    }
}

struct Names {
    child: String,
    parent: String,
}

/// A provider's configuration may be handed over only as one of the same provider.
fn check_passed(
    cx: &mut Cx<'_>,
    inner: &ProviderRef,
    outer: &ProviderRef,
    child: &Module,
    parent: &Module,
    names: &Names,
) {
    let declared = |module: &Module, name: &Str| {
        let found = module.settings.required_providers.get(name);
        found.map(|(source, _)| source.clone().unwrap_or_else(|| Str::from(format!("hashicorp/{name}"))))
    };
    let (wanted, given) = (declared(child, &inner.name), declared(parent, &outer.name));
    // A module that does not say which provider its local name means, means the same one as its caller.
    if wanted.is_none() && inner.name == outer.name {
        return;
    }
    let implied = |name: &Str| Str::from(format!("hashicorp/{name}"));
    let is_undeclared = wanted.is_none();
    let (wanted, given) = match (wanted, given) {
        (Some(wanted), None) if inner.name == outer.name => (Str::clone(&wanted), wanted),
        (wanted, given) => {
            (wanted.unwrap_or_else(|| implied(&inner.name)), given.unwrap_or_else(|| implied(&outer.name)))
        }
    };
    let (inner_name, outer_name) = (written(inner), written(outer));
    let Names { child: child_name, parent: parent_name } = names;
    if is_undeclared {
        let detail = format!(
            "There is no explicit declaration for local provider name \"{inner_name}\" in {child_name}, so Terraform is \
             assuming you mean to pass a configuration for \"{wanted}\".\n\nIf you also control the child module, add a \
             required_providers entry named \"{inner_name}\" with the source address \"{wanted}\"."
        );
        cx.diags.push(Diagnostic::warning("Reference to undefined provider", detail).at(inner.span));
    }
    if wanted != given {
        let detail = format!(
            "The local name \"{outer_name}\" in {parent_name} represents provider \"{given}\", but \"{inner_name}\" in \
             {child_name} represents \"{wanted}\".\n\nEach provider has its own distinct configuration schema and provider \
             types, so this module's \"{inner_name}\" can be assigned only a configuration for {wanted}, which is not \
             required by {child_name}."
        );
        cx.error(outer.span, "Provider type mismatch", detail);
    }
}

fn written(provider: &ProviderRef) -> String {
    match &provider.alias {
        Some(alias) => format!("{}.{alias}", provider.name),
        None => provider.name.to_string(),
    }
}

/// A module as messages name it.
pub(super) fn parent_name(module: &Module) -> String {
    if module.path.is_root() { "the root module".to_owned() } else { module.path.to_string() }
}
