//! `lifecycle { … }` of a resource.

use std::sync::Arc;

use super::check::rules;
use super::content::Content;
use super::content::Cx;
use super::content::take_value;
use super::resource::static_list;
use crate::addr::Mode;
use crate::config::declaration::Lifecycle;
use crate::config::traversal::Traversal;
use crate::config::traversal::require_traversal;
use crate::config::walk::Found;
use crate::config::walk::walk;
use crate::diag::Diagnostic;
use crate::syntax::Block;
use crate::syntax::Body;
use crate::syntax::Expr;
use crate::syntax::ExprKind;

/// A `lifecycle` block.
pub(super) fn lifecycle(cx: &mut Cx<'_>, mode: Mode, mut block: Block) -> Lifecycle {
    const MANAGED_ONLY: [&str; 5] =
        ["create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by", "max_unavailable"];
    let content = Content { optional: &MANAGED_ONLY, blocks: &["precondition", "postcondition"], ..Content::default() };
    cx.check(&block.body, &content);
    let body = &mut block.body;
    if mode == Mode::Data {
        for attribute in body.attributes.iter().filter(|attribute| MANAGED_ONLY.contains(&&*attribute.name)) {
            let detail = format!(
                "The lifecycle argument \"{}\" is defined only for managed resources (\"resource\" blocks), and is not \
                 valid for data resources.",
                attribute.name
            );
            cx.error(attribute.name_span, "Invalid data resource lifecycle argument", detail);
        }
        body.attributes.clear();
    }
    let create_before_destroy = take_value(body, "create_before_destroy").and_then(|expr| cx.bool(&expr));
    let prevent_destroy = take_value(body, "prevent_destroy").and_then(|expr| cx.bool(&expr)).unwrap_or(false);
    let (ignore_changes, ignore_all_changes) = ignore_changes(cx, body);
    let replace_triggered_by = replace_triggered_by(cx, body);
    let max_unavailable = take_value(body, "max_unavailable");
    let preconditions = rules(cx, body, "precondition");
    let postconditions = rules(cx, body, "postcondition");
    Lifecycle {
        create_before_destroy,
        prevent_destroy,
        ignore_changes,
        ignore_all_changes,
        replace_triggered_by,
        max_unavailable,
        preconditions,
        postconditions,
    }
}

fn ignore_changes(cx: &mut Cx<'_>, body: &mut Body) -> (Vec<Expr>, bool) {
    let Some(expr) = take_value(body, "ignore_changes") else { return (Vec::new(), false) };
    if matches!(&expr.kind, ExprKind::Variable(word) if &**word == "all") {
        return (Vec::new(), true);
    }
    let mut ignored = Vec::new();
    for item in static_list(cx, &expr) {
        if matches!(&item.kind, ExprKind::String(text) if &**text == "*") {
            let detail = "The [\"*\"] form of ignore_changes wildcard was deprecated and is now invalid. Use \
                          \"ignore_changes = all\" to ignore changes to all attributes.";
            cx.error(item.span, "Invalid ignore_changes wildcard", detail);
            continue;
        }
        if let Some((_, expr)) = require_traversal(item, cx.sources, cx.diags) {
            ignored.push(expr);
        }
    }
    (ignored, false)
}

/// Only whole resources, instances and their attributes; an index may name `count.index` or `each.key`.
fn replace_triggered_by(cx: &mut Cx<'_>, body: &mut Body) -> Vec<Expr> {
    const SUMMARY: &str = "Invalid replace_triggered_by expression";
    let Some(expr) = take_value(body, "replace_triggered_by") else { return Vec::new() };
    let mut triggers = Vec::new();
    for item in static_list(cx, &expr) {
        let mut names: Vec<Traversal> = Vec::new();
        walk(item, &[], |found| {
            if let Found::Name(name) = found {
                names.push(name);
            }
        });
        let resources = names.iter().filter(|name| is_resource(name)).count();
        let mut is_valid = true;
        for name in &names {
            let step = name.steps.first().and_then(|step| step.attr()).map(Arc::clone);
            let allowed = match (&*name.root, step.as_deref()) {
                ("count", Some("index")) | ("each", Some("key")) => true,
                _ => is_resource(name),
            };
            if !allowed {
                is_valid = false;
                let detail = "Only resources, count.index, and each.key may be used in replace_triggered_by.";
                let summary = "Invalid reference in replace_triggered_by expression";
                cx.error(name.span, summary, detail);
            }
        }
        if resources == 0 {
            is_valid = false;
            cx.error(item.span, SUMMARY, "Missing resource reference in replace_triggered_by expression.");
        } else if resources > 1 {
            is_valid = false;
            let detail = "Multiple resource references in replace_triggered_by expression.";
            cx.diags.push(Diagnostic::error(SUMMARY, detail).at(item.span));
        }
        if is_valid {
            triggers.push(item.clone());
        }
    }
    triggers
}

fn is_resource(name: &Traversal) -> bool {
    const OTHERS: [&str; 10] =
        ["count", "data", "each", "ephemeral", "local", "module", "path", "self", "terraform", "var"];
    !OTHERS.contains(&&*name.root) && !name.steps.is_empty()
}
