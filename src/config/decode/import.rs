//! `import` blocks.

use super::content::Content;
use super::content::Cx;
use super::content::check_labels;
use super::content::take;
use super::content::take_value;
use super::resource::provider_ref;
use super::target::address;
use crate::addr::Mode;
use crate::config::declaration::Import;
use crate::config::traversal::trace;
use crate::diag::Span;
use crate::syntax::Block;
use crate::syntax::Expr;
use crate::syntax::ExprKind;

/// An `import` block.
pub(in crate::config) fn import(cx: &mut Cx<'_>, mut block: Block) -> Option<Import> {
    check_labels(cx, &block, &[]);
    let optional: &[&str] = &["for_each", "provider"];
    cx.check(&block.body, &Content { required: &["to", "id"], optional, ..Content::default() });
    let body = &mut block.body;
    let to = take(body, "to");
    let id = take_value(body, "id");
    let for_each = take_value(body, "for_each");
    let provider = take_value(body, "provider").and_then(|expr| provider_ref(cx, &expr, "provider"));
    let to = to?;
    let argument = to.name_span.to(to.value.span);
    if !is_importable(cx, &to.value, argument) {
        return None;
    }
    Some(Import { to: to.value, id: id?, for_each, provider, span: block.header })
}

/// Whether an address is that of a managed resource or one of its instances; an index may be any expression.
fn is_importable(cx: &mut Cx<'_>, to: &Expr, argument: Span) -> bool {
    let mut shape = to.clone();
    constant_indices(&mut shape);
    let Some(found) = trace(&shape) else {
        if !matches!(to.kind, ExprKind::Error) {
            let detail = "An import address must be the address of a resource or of one of its instances.";
            cx.error(to.span, "Invalid import address", detail);
        }
        return false;
    };
    let Some(target) = address(cx, &found.traversal) else { return false };
    let is_managed = target.resource.is_some_and(|resource| resource.mode == Mode::Managed);
    if !is_managed {
        cx.error(argument, "Invalid import address", "Only managed resources can be imported.");
    }
    is_managed
}

/// Puts a constant into the place of each index, so that the shape of the address can be looked at.
fn constant_indices(expr: &mut Expr) {
    let mut inner = expr;
    loop {
        inner = match &mut inner.kind {
            ExprKind::GetAttr { of, .. } => of,
            ExprKind::Index { of, key } => {
                if !matches!(key.kind, ExprKind::String(_) | ExprKind::Number(_)) {
                    key.kind = ExprKind::String("".into());
                }
                of
            }
            _ => return,
        };
    }
}
