//! Freeing and copying long chains.
//!
//! `a + b + c + …` is a tree as deep as it has operators, generated configuration has thousands of them, and recursion
//! needs stack for each. So the chain is taken apart, and put together, link by link.

use super::ast::Expr;
use super::ast::ExprKind;

impl Drop for Expr {
    fn drop(&mut self) {
        let mut next = take_left(&mut self.kind);
        while let Some(mut kind) = next {
            next = take_left(&mut kind);
        }
    }
}

/// The left operand of an operator, when that is an operator again.
fn take_left(kind: &mut ExprKind) -> Option<ExprKind> {
    let ExprKind::Binary { left, .. } = kind else { return None };
    matches!(left.kind, ExprKind::Binary { .. }).then(|| std::mem::replace(&mut left.kind, ExprKind::Null))
}

impl Clone for Expr {
    fn clone(&self) -> Self {
        let mut links = Vec::new();
        let mut first = self;
        while let ExprKind::Binary { op, op_span, left, right } = &first.kind {
            links.push((*op, *op_span, right, first.span));
            first = left;
        }
        let mut copy = Expr { kind: first.kind.clone(), span: first.span };
        for (op, op_span, right, span) in links.into_iter().rev() {
            let left = Box::new(copy);
            copy = Expr { kind: ExprKind::Binary { op, op_span, left, right: right.clone() }, span };
        }
        copy
    }
}
