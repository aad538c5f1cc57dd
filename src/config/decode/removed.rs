//! `removed` blocks.

use super::content::Content;
use super::content::Cx;
use super::content::check_labels;
use super::content::take_blocks;
use super::content::take_value;
use super::provisioner::provisioners;
use super::target::target;
use crate::addr::InstanceKey;
use crate::addr::Mode;
use crate::addr::Target;
use crate::config::declaration::Removed;
use crate::syntax::Block;
use crate::syntax::Expr;

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
