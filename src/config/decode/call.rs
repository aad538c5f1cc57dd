//! `module` blocks.

use super::content::Cx;
use super::content::take;
use super::content::take_value;
use super::content::unsupported_block;
use super::resource::depends_on;
use super::resource::provider_ref;
use super::resource::repetition;
use super::resource::reserved_block;
use crate::config::declaration::ModuleCall;
use crate::config::declaration::ProviderRef;
use crate::diag::Diagnostic;
use crate::diag::Span;
use crate::syntax::Block;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::value::Str;

/// A `module` block, and where its module is.
pub(in crate::config) struct Call {
    pub(in crate::config) call: ModuleCall,
    /// The path as it is written, when it is one.
    pub(in crate::config) path: Option<(Str, Span)>,
}

/// A `module` block; the module itself is loaded by the caller.
pub(in crate::config) fn call(cx: &mut Cx<'_>, mut block: Block) -> Call {
    cx.check_name(&block, 0, "Invalid module instance name");
    let body = &mut block.body;
    let version = take(body, "version");
    let path = match take(body, "source") {
        Some(source) => source_path(cx, &source.value, version.map(|version| version.name_span)),
        None => {
            cx.missing(body, "source");
            None
        }
    };
    let (count, for_each) = repetition(cx, body);
    let depends_on = depends_on(cx, body);
    let providers = take_value(body, "providers").map(|expr| providers(cx, &expr)).unwrap_or_default();
    for nested in &body.blocks {
        match &*nested.kind {
            "lifecycle" | "locals" | "provider" => reserved_block(cx, nested, "module"),
            _ => unsupported_block(cx, nested, [], ["count", "for_each", "depends_on", "providers"]),
        }
    }
    let arguments =
        body.attributes.drain(..).map(|argument| (argument.name.clone(), (argument.value, argument.name_span)));
    let arguments = arguments.collect();
    let span = block.header;
    Call { call: ModuleCall { module: None, arguments, count, for_each, depends_on, providers, span }, path }
}

fn source_path(cx: &mut Cx<'_>, expr: &Expr, version: Option<Span>) -> Option<(Str, Span)> {
    const NO_REGISTRY: &str = "Invalid registry module source address";
    let source = cx.string(expr)?;
    let is_local = ["./", "../"].iter().any(|prefix| source.starts_with(prefix)) || matches!(&*source, "." | "..");
    if let Some(version) = version {
        let problem = if is_local {
            format!("can't use local directory \"{source}\" as a module registry address")
        } else {
            "a module registry source address must have either three or four slash-separated components".to_owned()
        };
        if is_local || !matches!(source.split('/').count(), 3 | 4) {
            let detail = format!(
                "Failed to parse module registry address: {problem}.\n\nTerraform assumed that you intended a module \
                 registry source address because you also set the argument \"version\", which applies only to registry \
                 modules."
            );
            cx.diags.push(Diagnostic::error(NO_REGISTRY, detail).at(expr.span).label(version, "set here"));
            return None;
        }
    }
    if is_local {
        return Some((source, expr.span));
    }
    if source.is_empty() {
        let detail = "Failed to parse module source address: invalid source address: .";
        cx.error(expr.span, "Invalid module source address", detail);
        return None;
    }
    let is_remote = source.contains("::") || source.contains("://") || matches!(source.split('/').count(), 3 | 4);
    if is_remote {
        let detail = format!(
            "The module source \"{source}\" is not a local path. Modules are read from local folders only: copy the module \
             into this repository and refer to it by a path that begins with \"./\" or \"../\"."
        );
        cx.error(expr.span, "Unsupported module source", detail);
    } else {
        let detail = format!(
            "Terraform failed to determine your intended installation method for remote module package \"{source}\".\n\nIf \
             you intended this as a path relative to the current module, use \"./{source}\" instead. The \"./\" prefix \
             indicates that the address is a relative filesystem path."
        );
        cx.error(expr.span, "Invalid module source address", detail);
    }
    None
}

/// `{ inner = outer.alias }`.
fn providers(cx: &mut Cx<'_>, expr: &Expr) -> Vec<(ProviderRef, ProviderRef)> {
    let entries = match &expr.kind {
        ExprKind::Object(entries) => entries,
        ExprKind::Error => return Vec::new(),
        _ => {
            cx.error(expr.span, "Invalid expression", "A static map expression is required.");
            return Vec::new();
        }
    };
    let mut passed: Vec<(ProviderRef, ProviderRef)> = Vec::new();
    for (inner, outer) in entries {
        let (Some(inner), Some(outer)) = (inner_ref(cx, inner), provider_ref(cx, outer, "providers")) else { continue };
        let is_same = |known: &(ProviderRef, ProviderRef)| known.0.name == inner.name && known.0.alias == inner.alias;
        if let Some((first, _)) = passed.iter().find(|known| is_same(known)) {
            let place = cx.sources.place(first.span);
            let detail = format!("A provider configuration was already passed for this name at {place}.");
            cx.error(inner.span, "Duplicate provider address", detail);
            continue;
        }
        passed.push((inner, outer));
    }
    passed
}

/// A key of `providers`: a bare name has become a string on the way.
fn inner_ref(cx: &mut Cx<'_>, key: &Expr) -> Option<ProviderRef> {
    match &key.kind {
        ExprKind::String(name) if !cx.sources.get(key.span.source).slice(key.span).starts_with('"') => {
            Some(ProviderRef { name: name.clone(), alias: None, span: key.span })
        }
        _ => provider_ref(cx, key, "providers"),
    }
}
