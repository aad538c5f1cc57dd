//! Finding names and calls inside expressions.
//!
//! Iterative, because chains of operators may be thousands of levels deep.

use std::sync::Arc;

use super::traversal::Traversal;
use super::traversal::trace;
use crate::diag::Span;
use crate::syntax;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::syntax::TemplatePart;
use crate::value::Str;

/// What an expression depends on.
#[derive(Debug)]
pub enum Found {
    /// A name from outside the expression, with the constant steps behind it.
    Name(Traversal),
    /// A function call.
    Call {
        /// The function.
        name: Str,
        /// Where its name stands.
        name_span: Span,
        /// The whole call.
        span: Span,
    },
}

enum Work<'e> {
    Expr(&'e Expr),
    Parts(&'e [TemplatePart]),
    Bind(Vec<Str>),
    Unbind(usize),
}

/// Calls `found` for each name from outside and each call, in the order of the text. `bound` are names that the
/// surroundings give, such as the iterator of a `dynamic` block.
pub fn walk(expr: &Expr, bound: &[Str], mut found: impl FnMut(Found)) {
    let mut scope: Vec<Str> = bound.to_vec();
    let mut work = vec![Work::Expr(expr)];
    while let Some(next) = work.pop() {
        let first = work.len();
        match next {
            Work::Bind(names) => scope.extend(names),
            Work::Unbind(count) => scope.truncate(scope.len() - count),
            Work::Parts(parts) => push_parts(parts, &mut work),
            Work::Expr(expr) => push_expr(expr, &scope, &mut work, &mut found),
        }
        // What was pushed comes off in the order of the text.
        work[first..].reverse();
    }
}

fn push_expr<'e>(expr: &'e Expr, scope: &[Str], work: &mut Vec<Work<'e>>, found: &mut impl FnMut(Found)) {
    match &expr.kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Error => {}
        ExprKind::Template(parts) => work.push(Work::Parts(parts)),
        ExprKind::Wrap(inner) | ExprKind::Parens(inner) | ExprKind::Unary { of: inner, .. } => {
            work.push(Work::Expr(inner));
        }
        ExprKind::Variable(_) => push_name(expr, scope, work, found),
        ExprKind::GetAttr { of, .. } => {
            if trace_root(expr) {
                push_name(expr, scope, work, found);
            } else {
                work.push(Work::Expr(of));
            }
        }
        ExprKind::Index { of, key } => {
            if trace_root(expr) {
                push_name(expr, scope, work, found);
            } else {
                work.extend([Work::Expr(of), Work::Expr(key)]);
            }
        }
        ExprKind::AttrSplat { of, each } | ExprKind::FullSplat { of, each } => {
            work.push(Work::Expr(of));
            push_steps(each, work);
        }
        ExprKind::Call { name, name_span, args, .. } => {
            found(Found::Call { name: Arc::clone(name), name_span: *name_span, span: expr.span });
            work.extend(args.iter().map(Work::Expr));
        }
        ExprKind::Binary { left, right, .. } => work.extend([Work::Expr(left), Work::Expr(right)]),
        ExprKind::Conditional { condition, then, otherwise } => {
            work.extend([Work::Expr(condition), Work::Expr(then), Work::Expr(otherwise)]);
        }
        ExprKind::Tuple(items) => work.extend(items.iter().map(Work::Expr)),
        ExprKind::Object(entries) => {
            work.extend(entries.iter().flat_map(|(key, value)| [Work::Expr(key), Work::Expr(value)]));
        }
        ExprKind::For(inner) => {
            work.push(Work::Expr(&inner.collection));
            let names = names_of(inner.key_name.as_ref(), &inner.value_name);
            let count = names.len();
            work.push(Work::Bind(names));
            work.extend(inner.key.iter().map(Work::Expr));
            work.push(Work::Expr(&inner.value));
            work.extend(inner.condition.iter().map(Work::Expr));
            work.push(Work::Unbind(count));
        }
    }
}

fn trace_root(expr: &Expr) -> bool {
    let mut inner = expr;
    loop {
        match &inner.kind {
            ExprKind::GetAttr { of, .. } | ExprKind::Index { of, .. } => inner = of,
            kind => return matches!(kind, ExprKind::Variable(_)),
        }
    }
}

fn push_name<'e>(expr: &'e Expr, scope: &[Str], work: &mut Vec<Work<'e>>, found: &mut impl FnMut(Found)) {
    let Some(trace) = trace(expr) else { return };
    if !scope.contains(&trace.traversal.root) {
        found(Found::Name(trace.traversal));
    }
    work.extend(trace.keys.into_iter().map(Work::Expr));
}

fn push_steps<'e>(steps: &'e [syntax::Traversal], work: &mut Vec<Work<'e>>) {
    for step in steps {
        match step {
            syntax::Traversal::Attr(..) => {}
            syntax::Traversal::Index(key) => work.push(Work::Expr(key)),
            syntax::Traversal::AttrSplat(inner, _) | syntax::Traversal::FullSplat(inner, _) => push_steps(inner, work),
        }
    }
}

fn push_parts<'e>(parts: &'e [TemplatePart], work: &mut Vec<Work<'e>>) {
    for part in parts {
        match part {
            TemplatePart::Literal(_) => {}
            TemplatePart::Interpolation(expr) => work.push(Work::Expr(expr)),
            TemplatePart::If { condition, then, otherwise, .. } => {
                work.extend([Work::Expr(condition), Work::Parts(then), Work::Parts(otherwise)]);
            }
            TemplatePart::For { key_name, value_name, collection, body, .. } => {
                work.push(Work::Expr(collection));
                let names = names_of(key_name.as_ref(), value_name);
                let count = names.len();
                work.extend([Work::Bind(names), Work::Parts(body), Work::Unbind(count)]);
            }
        }
    }
}

fn names_of(key: Option<&Str>, value: &Str) -> Vec<Str> {
    key.into_iter().chain([value]).cloned().collect()
}
