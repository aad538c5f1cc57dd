//! Rules (`condition` and `error_message`) and `check` blocks.

use super::content::Content;
use super::content::Cx;
use super::content::check_labels;
use super::content::take_blocks;
use super::content::take_value;
use super::resource::resource;
use crate::addr::Mode;
use crate::config::declaration::Check;
use crate::config::declaration::CheckRule;
use crate::config::walk::Found;
use crate::config::walk::walk;
use crate::diag::Diagnostic;
use crate::syntax::Block;
use crate::syntax::Expr;

/// A `validation`, `precondition`, `postcondition` or `assert` block.
pub(super) fn rule(cx: &mut Cx<'_>, mut block: Block) -> Option<CheckRule> {
    check_labels(cx, &block, &[]);
    let content = Content { required: &["condition", "error_message"], ..Content::default() };
    cx.check(&block.body, &content);
    let condition = take_value(&mut block.body, "condition")?;
    let error_message = take_value(&mut block.body, "error_message")?;
    if is_constant(&condition) {
        let summary = format!("Invalid {} expression", block.kind);
        let detail = "The condition expression must refer to at least one object from elsewhere in the configuration, or \
                      else its result would not be checking anything.";
        cx.diags.push(Diagnostic::error(summary, detail).at(condition.span));
        // A validation block is checked further: its rule must name the variable itself.
        if &*block.kind != "validation" {
            return None;
        }
    }
    Some(CheckRule { condition, error_message, span: block.header })
}

fn is_constant(condition: &Expr) -> bool {
    let mut names = matches!(condition.kind, crate::syntax::ExprKind::Error);
    walk(condition, &[], |found| names |= matches!(found, Found::Name(_)));
    !names
}

/// All rules of a kind in a body.
pub(super) fn rules(cx: &mut Cx<'_>, body: &mut crate::syntax::Body, kind: &str) -> Vec<CheckRule> {
    take_blocks(body, kind).into_iter().filter_map(|block| rule(cx, block)).collect()
}

/// A `check` block.
pub(in crate::config) fn check(cx: &mut Cx<'_>, mut block: Block) -> Check {
    cx.check_name(&block, 0, "Invalid check block name");
    cx.check(&block.body, &Content { blocks: &["data", "assert"], ..Content::default() });
    let mut data = None;
    let mut data_span = None;
    for nested in take_blocks(&mut block.body, "data") {
        if !check_labels(cx, &nested, &["type", "name"]) {
            continue;
        }
        let span = nested.header;
        if let Some(first) = data_span {
            let place = cx.sources.place(first);
            let detail = format!("This check block already has a data resource defined at {place}.");
            cx.error(span, "Multiple data resource blocks", detail);
            continue;
        }
        data_span = Some(span);
        for name in ["count", "for_each"] {
            if let Some(attribute) = nested.body.attribute(name) {
                let summary = format!("Invalid \"{name}\" attribute");
                let detail =
                    "The \"count\" and \"for_each\" meta-arguments are not supported within nested data blocks.";
                cx.diags.push(Diagnostic::error(summary, detail).at(attribute.name_span));
            }
        }
        data = Some(resource(cx, Mode::Data, nested));
    }
    let asserts = rules(cx, &mut block.body, "assert");
    if asserts.is_empty() {
        cx.error(block.header, "Zero assert blocks", "Check blocks must have at least one assert block.");
    }
    Check { data, asserts, span: block.header }
}
