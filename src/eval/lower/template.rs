//! Templates from files and strings: expressions that see their variables and nothing else.

use std::path::PathBuf;

use super::Bound;
use super::Lowerer;
use super::Names;
use crate::config::Config;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Span;
use crate::eval::Arena;
use crate::eval::ExprId;
use crate::syntax::Expr;
use crate::value::Str;

/// What a template may not do.
#[derive(Default)]
pub(super) struct Restriction {
    /// Names that the template uses and was not given.
    missing: Vec<Missing>,
}

/// A name that a template uses and was not given.
#[derive(Debug, Clone)]
pub(crate) struct Missing {
    /// The name.
    pub(crate) name: Str,
    /// Where it is used.
    pub(crate) span: Span,
}

/// Lowers a template whose variables are the first slots, in the order of `variables`. Gives the names it lacks beside it.
pub(crate) fn lower_template(
    expr: &Expr,
    variables: impl IntoIterator<Item = Str>,
    diags: &mut Diagnostics,
) -> (Arena, ExprId, Vec<Missing>) {
    let config = Config { dir: PathBuf::new(), modules: Vec::new() };
    let names = Names::default();
    let mut problems = Diagnostics::new();
    let mut lowerer = Lowerer::new(&config, &names, &mut problems);
    lowerer.template = Some(Restriction::default());
    lowerer.bound = variables.into_iter().map(Bound::Value).collect();
    let id = lowerer.expr(expr);
    let missing = lowerer.template.take().map(|restriction| restriction.missing).unwrap_or_default();
    let arena = lowerer.arena;
    diags.extend(problems.into_iter().filter(|problem| problem.summary != MISSING));
    (arena, id, missing)
}

const MISSING: &str = "Missing template variable";

impl Lowerer<'_> {
    /// In a template, a name that nothing binds is a variable that was not given, whatever it means elsewhere.
    pub(super) fn template_reference(&mut self, name: &Str, span: Span) -> Option<Diagnostic> {
        let template = self.template.as_mut()?;
        template.missing.push(Missing { name: name.clone(), span });
        Some(Diagnostic::error(MISSING, format!("There is no variable named {name:?}.")).at(span))
    }
}
