//! `resource` and `data` blocks.

use std::sync::Arc;

use super::content::Cx;
use super::content::take;
use super::content::take_blocks;
use super::content::take_value;
use super::lifecycle::lifecycle;
use super::provisioner::provisioners;
use crate::addr::Mode;
use crate::config::declaration::Lifecycle;
use crate::config::declaration::ProviderRef;
use crate::config::declaration::Reference;
use crate::config::declaration::Resource;
use crate::config::traversal::require_traversal;
use crate::diag::Diagnostic;
use crate::syntax::Block;
use crate::syntax::Body;
use crate::syntax::Expr;
use crate::syntax::ExprKind;

/// A `resource` or `data` block with its two labels.
pub(in crate::config) fn resource(cx: &mut Cx<'_>, mode: Mode, mut block: Block) -> Resource {
    let (type_summary, name_summary) = match mode {
        Mode::Managed => ("Invalid resource type name", "Invalid resource name"),
        Mode::Data => ("Invalid data source name", "Invalid data resource name"),
    };
    cx.check_name(&block, 0, type_summary);
    cx.check_name(&block, 1, name_summary);
    let body = &mut block.body;
    let (count, for_each) = repetition(cx, body);
    let depends_on = depends_on(cx, body);
    let provider = take_value(body, "provider").and_then(|expr| provider_ref(cx, &expr, "provider"));
    let lifecycle = only_block(cx, body, "lifecycle", "resource")
        .map_or_else(Lifecycle::default, |block| lifecycle(cx, mode, block));
    let (connection, provisioners) = match mode {
        Mode::Managed => {
            let connection = only_block(cx, body, "connection", "resource").map(|block| block.body);
            (connection, provisioners(cx, body))
        }
        Mode::Data => (None, Vec::new()),
    };
    for reserved in body.blocks.iter().filter(|nested| &*nested.kind == "locals") {
        reserved_block(cx, reserved, "resource");
    }
    body.blocks.retain(|nested| &*nested.kind != "locals");
    unescape(body);
    let [ty, name] =
        [0, 1].map(|at: usize| block.labels.get(at).map_or_else(|| Arc::from(""), |l| Arc::clone(&l.text)));
    let span = block.header;
    let body = block.body;
    Resource { mode, ty, name, body, count, for_each, depends_on, provider, lifecycle, connection, provisioners, span }
}

/// `count` and `for_each`, of which there may be one.
pub(super) fn repetition(cx: &mut Cx<'_>, body: &mut Body) -> (Option<Expr>, Option<Expr>) {
    let count = take(body, "count");
    let for_each = take(body, "for_each");
    if let (Some(count), Some(for_each)) = (&count, &for_each) {
        let detail = "The \"count\" and \"for_each\" meta-arguments are mutually-exclusive, only one should be used to be \
                      explicit about the number of resources to be created.";
        let diagnostic = Diagnostic::error("Invalid combination of \"count\" and \"for_each\"", detail);
        cx.diags.push(diagnostic.at(for_each.name_span).label(count.name_span, "the other one"));
    }
    (count.map(|attribute| attribute.value), for_each.map(|attribute| attribute.value))
}

/// `depends_on`: a list of traversals.
pub(super) fn depends_on(cx: &mut Cx<'_>, body: &mut Body) -> Vec<Reference> {
    let Some(expr) = take_value(body, "depends_on") else { return Vec::new() };
    let mut references = Vec::new();
    for item in static_list(cx, &expr) {
        if let Some((_, expr)) = require_traversal(item, cx.sources, cx.diags) {
            references.push(Reference { expr });
        }
    }
    references
}

/// The items of a list that must be written out.
pub(super) fn static_list<'e>(cx: &mut Cx<'_>, expr: &'e Expr) -> &'e [Expr] {
    match &expr.kind {
        ExprKind::Tuple(items) => items,
        ExprKind::Error => &[],
        _ => {
            cx.error(expr.span, "Invalid expression", "A static list expression is required.");
            &[]
        }
    }
}

/// `name` or `name.alias`.
pub(super) fn provider_ref(cx: &mut Cx<'_>, expr: &Expr, argument: &str) -> Option<ProviderRef> {
    let mut quiet = crate::diag::Diagnostics::new();
    if let Some((traversal, _)) = require_traversal(expr, cx.sources, &mut quiet) {
        cx.diags.extend(quiet);
        let alias = traversal.steps.first().map(|step| step.attr().cloned());
        if traversal.steps.len() < 2 && alias != Some(None) {
            return Some(ProviderRef { name: traversal.root, alias: alias.flatten(), span: expr.span });
        }
    }
    if !matches!(expr.kind, ExprKind::Error) {
        let detail = format!(
            "The {argument} argument requires a provider type name, optionally followed by a period and then a \
             configuration alias."
        );
        cx.error(expr.span, "Invalid provider configuration reference", detail);
    }
    None
}

/// The one block of a type; further ones are reported.
pub(super) fn only_block(cx: &mut Cx<'_>, body: &mut Body, kind: &str, owner: &str) -> Option<Block> {
    let mut blocks = take_blocks(body, kind).into_iter();
    let first = blocks.next()?;
    for extra in blocks {
        let place = cx.sources.place(first.header);
        let detail = format!("This {owner} already has a {kind} block at {place}.");
        let summary = format!("Duplicate {kind} block");
        let diagnostic = Diagnostic::error(summary, detail).at(extra.header);
        cx.diags.push(diagnostic.label(first.header, "the first one"));
    }
    Some(first)
}

pub(super) fn reserved_block(cx: &mut Cx<'_>, block: &Block, owner: &str) {
    let kind = &block.kind;
    let detail = format!("The block type name \"{kind}\" is reserved for use by Terraform in a future version.");
    let diagnostic = Diagnostic::error(format!("Reserved block type name in {owner} block"), detail);
    cx.diags.push(diagnostic.at(block.kind_span));
}

/// `_ { … }` holds arguments whose names mean something else outside it.
fn unescape(body: &mut Body) {
    for escaped in take_blocks(body, "_") {
        body.attributes.extend(escaped.body.attributes);
        body.blocks.extend(escaped.body.blocks);
    }
}
