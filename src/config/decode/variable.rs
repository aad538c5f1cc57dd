//! `variable` blocks.

use super::check::rules;
use super::constant::check_constant;
use super::content::Content;
use super::content::Cx;
use super::content::take_value;
use super::types::constraint;
use crate::config::declaration::Variable;
use crate::config::walk::Found;
use crate::config::walk::walk;
use crate::syntax::Block;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::value::Type;

/// Names that mean something else inside a `module` block.
const RESERVED: [&str; 8] =
    ["source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"];

/// A `variable` block.
pub(in crate::config) fn variable(cx: &mut Cx<'_>, mut block: Block) -> Variable {
    cx.check_name(&block, 0, "Invalid variable name");
    let name = block.labels[0].text.clone();
    if RESERVED.contains(&&*name) {
        let detail =
            format!("The variable name \"{name}\" is reserved due to its special meaning inside module blocks.");
        cx.error(block.labels[0].span, "Invalid variable name", detail);
    }
    cx.check(
        &block.body,
        &Content {
            optional: &["description", "type", "default", "sensitive", "ephemeral", "nullable"],
            blocks: &["validation"],
            ..Content::default()
        },
    );
    let body = &mut block.body;
    let mut type_defaults = Vec::new();
    let written = take_value(body, "type");
    let typed = written.is_some();
    let ty = written.and_then(|expr| constraint(cx, &expr, &mut type_defaults)).unwrap_or(Type::DYNAMIC);
    let has_default = body.attribute("default").is_some();
    let default = take_value(body, "default");
    let is_true = |name: &str| matches!(body.attribute(name).map(|it| &it.value.kind), Some(ExprKind::Bool(true)));
    if let Some(default) = default.as_ref().filter(|_| is_true("sensitive") || is_true("ephemeral")) {
        cx.sources.hide(default.span);
    }
    let default = default.filter(|expr| check_constant(expr, cx.diags));
    let description = take_value(body, "description").and_then(|expr| cx.string(&expr));
    let sensitive = take_value(body, "sensitive").and_then(|expr| cx.bool(&expr)).unwrap_or(false);
    let ephemeral = take_value(body, "ephemeral").and_then(|expr| cx.bool(&expr)).unwrap_or(false);
    let nullable = take_value(body, "nullable").and_then(|expr| cx.bool(&expr)).unwrap_or(true);
    let mut validations = rules(cx, body, "validation");
    validations.retain(|rule| {
        let names_itself = refers_to(&rule.condition, &name);
        if !names_itself {
            let detail = format!(
                "The condition for variable \"{name}\" must refer to var.{name} in order to test incoming values."
            );
            cx.error(rule.condition.span, "Invalid variable validation condition", detail);
        }
        names_itself
    });
    let span = block.header;
    Variable {
        ty,
        typed,
        type_defaults,
        default,
        has_default,
        description,
        sensitive,
        ephemeral,
        nullable,
        validations,
        span,
    }
}

fn refers_to(condition: &Expr, variable: &str) -> bool {
    let mut found_it = false;
    walk(condition, &[], |found| {
        if let Found::Name(name) = found {
            let first = name.steps.first().and_then(|step| step.attr());
            found_it |= &*name.root == "var" && first.is_some_and(|first| &**first == variable);
        }
    });
    found_it
}
