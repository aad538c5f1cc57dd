//! `moved`, `import` and `removed` blocks.

use super::content::Content;
use super::content::Cx;
use super::content::check_labels;
use super::content::take;
use super::content::take_blocks;
use super::content::take_value;
use super::provisioner::provisioners;
use super::resource::provider_ref;
use super::target::address;
use super::target::target;
use crate::addr::InstanceKey;
use crate::addr::Mode;
use crate::addr::Target;
use crate::config::declaration::Import;
use crate::config::declaration::Moved;
use crate::config::declaration::Removed;
use crate::config::traversal::trace;
use crate::diag::Span;
use crate::syntax::Block;
use crate::syntax::Expr;
use crate::syntax::ExprKind;

/// A `moved` block.
pub(in crate::config) fn moved(cx: &mut Cx<'_>, mut block: Block) -> Option<Moved> {
    check_labels(cx, &block, &[]);
    cx.check(&block.body, &Content { required: &["from", "to"], ..Content::default() });
    let [from, to] = ["from", "to"].map(|name| take_value(&mut block.body, name));
    let [from, to] = [from?, to?].map(|expr| target(cx, &expr));
    let (from, to, span) = (from?, to?, block.header);
    if from.resource.is_some() != to.resource.is_some() {
        let detail = "The \"from\" and \"to\" addresses must either both refer to resources or both refer to modules.";
        cx.error(span, "Invalid \"moved\" addresses", detail);
        return None;
    }
    Some(Moved { from, to, span })
}

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

/// A `removed` block.
pub(in crate::config) fn removed(cx: &mut Cx<'_>, mut block: Block) -> Option<Removed> {
    check_labels(cx, &block, &[]);
    let blocks: &[&str] = &["lifecycle", "provisioner", "connection"];
    cx.check(&block.body, &Content { required: &["from"], blocks, ..Content::default() });
    let body = &mut block.body;
    let from = take_value(body, "from").and_then(|expr| removed_address(cx, &expr));
    let mut destroy = true;
    for mut lifecycle in take_blocks(body, "lifecycle") {
        cx.check(&lifecycle.body, &Content { optional: &["destroy"], ..Content::default() });
        if let Some(value) = take_value(&mut lifecycle.body, "destroy") {
            destroy = cx.bool(&value).unwrap_or(true);
        }
    }
    let provisioners = provisioners(cx, body);
    let connection = take_blocks(body, "connection").into_iter().next().map(|block| block.body);
    for provisioner in &provisioners {
        let problem = match &from {
            Some(Target { resource: None, .. }) => {
                "Provisioners are valid only when a removed block targets a managed resource."
            }
            _ if !provisioner.on_destroy => {
                "Only destroy-time provisioners are valid in \"removed\" blocks. To declare a destroy-time provisioner, \
                 use:\n    when = destroy"
            }
            _ => continue,
        };
        cx.error(provisioner.span, "Invalid provisioner block", problem);
    }
    Some(Removed { from: from?, destroy, connection, provisioners, span: block.header })
}

fn removed_address(cx: &mut Cx<'_>, expr: &Expr) -> Option<Target> {
    let target = target(cx, expr)?;
    if let Some(resource) = &target.resource {
        if resource.mode == Mode::Data {
            let detail = "Data sources are never destroyed, so they are not valid targets of removed blocks. To remove the \
                          data source from state, remove the data source block from configuration.";
            cx.error(expr.span, "Data source address not allowed", detail);
            return None;
        }
        if resource.key != InstanceKey::None {
            let detail = "Resource address must be a resource (e.g. \"test_instance.foo\"), not a resource instance (e.g. \
                          \"test_instance.foo[1]\").";
            cx.error(expr.span, "Resource instance keys not allowed", detail);
            return None;
        }
    }
    if target.module.steps().iter().any(|(_, key)| *key != InstanceKey::None) {
        let detail = "Module address must be a module (e.g. \"module.foo\"), not a module instance (e.g. \
                      \"module.foo[1]\").";
        cx.error(expr.span, "Module instance keys not allowed", detail);
        return None;
    }
    Some(target)
}
