//! Freeing long chains.
//!
//! `a + b + c + …` is a tree as deep as it has operators, generated configuration has thousands of them, and freeing a
//! tree by recursion needs stack for each. So the chain is taken apart link by link.

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
