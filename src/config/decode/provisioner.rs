//! `provisioner "kind" { … }`.

use super::content::Cx;
use super::content::check_labels;
use super::content::take_blocks;
use super::content::take_value;
use super::resource::only_block;
use crate::config::declaration::Provisioner;
use crate::config::walk::Found;
use crate::config::walk::walk;
use crate::diag::Diagnostic;
use crate::syntax::Block;
use crate::syntax::Body;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::value::Str;

/// All provisioners of a body, in order.
pub(super) fn provisioners(cx: &mut Cx<'_>, body: &mut Body) -> Vec<Provisioner> {
    let blocks = take_blocks(body, "provisioner");
    blocks.into_iter().filter_map(|block| provisioner(cx, block)).collect()
}

fn provisioner(cx: &mut Cx<'_>, mut block: Block) -> Option<Provisioner> {
    if !check_labels(cx, &block, &["type"]) {
        return None;
    }
    let body = &mut block.body;
    let on_destroy = match take_value(body, "when") {
        None => false,
        Some(expr) => one_of(
            cx,
            &expr,
            ["create", "destroy"],
            "Invalid \"when\" keyword",
            "The \"when\" argument requires one of the following keywords: create or destroy.",
        ),
    };
    let continue_on_failure = match take_value(body, "on_failure") {
        None => false,
        Some(expr) => one_of(
            cx,
            &expr,
            ["fail", "continue"],
            "Invalid \"on_failure\" keyword",
            "The \"on_failure\" argument requires one of the following keywords: continue or fail.",
        ),
    };
    let connection = only_block(cx, body, "connection", "provisioner").map(|block| block.body);
    if on_destroy {
        for body in [Some(&*body), connection.as_ref()].into_iter().flatten() {
            check_destroy(cx, body);
        }
    }
    let kind = block.labels[0].text.clone();
    Some(Provisioner { kind, on_destroy, continue_on_failure, connection, body: block.body, span: block.header })
}

/// Whether a keyword is the second of two; anything else than the two is reported.
fn one_of(cx: &mut Cx<'_>, expr: &Expr, words: [&str; 2], summary: &'static str, detail: &'static str) -> bool {
    let word: Option<&Str> = match &expr.kind {
        ExprKind::Variable(word) => Some(word),
        ExprKind::String(word) => {
            let detail = "In this context, keywords are expected literally rather than in quotes. Terraform 0.11 and \
                          earlier required quotes, but quoted keywords are now deprecated and will be removed in a future \
                          version of Terraform. Remove the quotes surrounding this keyword to silence this warning.";
            cx.diags.push(Diagnostic::warning("Quoted keywords are deprecated", detail).at(expr.span));
            Some(word)
        }
        ExprKind::Error => return false,
        _ => None,
    };
    match word.and_then(|word| words.iter().position(|known| *known == &**word)) {
        Some(at) => at == 1,
        None => {
            cx.error(expr.span, summary, detail);
            false
        }
    }
}

/// When a resource is destroyed, others may be gone: only the resource itself may be named.
fn check_destroy(cx: &mut Cx<'_>, body: &Body) {
    let mut bodies = vec![body];
    while let Some(body) = bodies.pop() {
        bodies.extend(body.blocks.iter().map(|block| &block.body));
        for attribute in &body.attributes {
            walk(&attribute.value, &[], |found| {
                let Found::Name(name) = found else { return };
                let first = name.steps.first().and_then(|step| step.attr());
                let allowed = match &*name.root {
                    "self" | "path" | "terraform" => true,
                    "count" => first.is_some_and(|first| &**first == "index"),
                    "each" => first.is_some_and(|first| &**first == "key"),
                    _ => false,
                };
                if !allowed {
                    let detail = "Destroy-time provisioners and their connection configurations may only reference \
                                  attributes of the related resource, via 'self', 'count.index', or 'each.key'.\n\n\
                                  References to other resources during the destroy phase can cause dependency cycles and \
                                  interact poorly with create_before_destroy.";
                    cx.error(name.span, "Invalid reference from destroy provisioner", detail);
                }
            });
        }
    }
}
