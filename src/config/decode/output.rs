//! `output` blocks.

use super::check::rules;
use super::content::Content;
use super::content::Cx;
use super::content::take_value;
use super::resource::depends_on;
use crate::config::declaration::Output;
use crate::syntax::Block;
use crate::syntax::Expr;
use crate::syntax::ExprKind;

/// An `output` block.
pub(in crate::config) fn output(cx: &mut Cx<'_>, mut block: Block) -> Output {
    cx.check_name(&block, 0, "Invalid output name");
    cx.check(
        &block.body,
        &Content {
            required: &["value"],
            optional: &["description", "sensitive", "ephemeral", "depends_on"],
            blocks: &["precondition"],
        },
    );
    let body = &mut block.body;
    let value = take_value(body, "value").unwrap_or(Expr { kind: ExprKind::Error, span: block.header });
    let description = take_value(body, "description").and_then(|expr| cx.string(&expr));
    let sensitive = take_value(body, "sensitive").and_then(|expr| cx.bool(&expr)).unwrap_or(false);
    let ephemeral = take_value(body, "ephemeral").and_then(|expr| cx.bool(&expr)).unwrap_or(false);
    let depends_on = depends_on(cx, body);
    let preconditions = rules(cx, body, "precondition");
    Output { value, description, sensitive, ephemeral, depends_on, preconditions, span: block.header }
}
