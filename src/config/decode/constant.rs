//! Arguments that must be constants, because they are needed before anything is evaluated.

use std::sync::Arc;

use super::content::Cx;
use crate::config::walk::Found;
use crate::config::walk::walk;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::value::Str;

/// Reports names and calls in an expression that may have none; gives whether there are none.
pub(crate) fn check_constant(expr: &Expr, diags: &mut Diagnostics) -> bool {
    let before = diags.len();
    walk(expr, &[], |found| {
        diags.push(match found {
            Found::Name(name) => {
                Diagnostic::error("Variables not allowed", "Variables may not be used here.").at(name.root_span)
            }
            Found::Call { span, .. } => {
                Diagnostic::error("Function calls not allowed", "Functions may not be called here.").at(span)
            }
        });
    });
    diags.len() == before
}

enum Constant {
    Null,
    Bool(bool),
    Text(Str),
    Other,
}

impl Cx<'_> {
    /// A constant string; a number or bool stands for its text.
    pub(super) fn string(&mut self, expr: &Expr) -> Option<Str> {
        match self.constant(expr)? {
            Constant::Null => None,
            Constant::Bool(value) => Some(Arc::from(value.to_string())),
            Constant::Text(text) => Some(text),
            Constant::Other => self.unsuitable(expr, "Unsuitable value: string required"),
        }
    }

    /// A constant bool; `"true"` and `"false"` stand for one.
    pub(super) fn bool(&mut self, expr: &Expr) -> Option<bool> {
        match self.constant(expr)? {
            Constant::Null => None,
            Constant::Bool(value) => Some(value),
            Constant::Text(text) if &*text == "true" => Some(true),
            Constant::Text(text) if &*text == "false" => Some(false),
            Constant::Text(_) if !matches!(expr.kind, ExprKind::Number(_)) => {
                self.unsuitable(expr, "Unsuitable value: a bool is required")
            }
            Constant::Text(_) | Constant::Other => self.unsuitable(expr, "Unsuitable value: bool required"),
        }
    }

    fn constant(&mut self, expr: &Expr) -> Option<Constant> {
        match &expr.kind {
            ExprKind::Parens(inner) | ExprKind::Wrap(inner) => return self.constant(inner),
            ExprKind::Error => return None,
            _ => {}
        }
        if !check_constant(expr, self.diags) {
            return self.unsuitable(expr, "Unsuitable value: value must be known");
        }
        Some(match &expr.kind {
            ExprKind::Null => Constant::Null,
            ExprKind::Bool(value) => Constant::Bool(*value),
            ExprKind::Number(number) => Constant::Text(Arc::from(number.to_string())),
            ExprKind::String(text) => Constant::Text(Arc::clone(text)),
            _ => Constant::Other,
        })
    }

    fn unsuitable<T>(&mut self, expr: &Expr, detail: &'static str) -> Option<T> {
        self.error(expr.span, "Unsuitable value type", detail);
        None
    }
}
