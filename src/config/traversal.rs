//! Traversals: a name and the attributes and constant indices behind it.

use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::diag::Span;
use crate::syntax;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::value::Str;
use crate::value::Value;

/// A name and the steps behind it, as far as they are constant.
#[derive(Debug, Clone)]
pub struct Traversal {
    /// The name it begins with.
    pub root: Str,
    /// The name's place.
    pub root_span: Span,
    /// The steps, in order.
    pub steps: Vec<TraversalStep>,
    /// From the name to the last of the steps.
    pub span: Span,
}

/// One step of a [`Traversal`].
#[derive(Debug, Clone)]
pub struct TraversalStep {
    /// What is taken.
    pub kind: StepKind,
    /// Where it is written, with its dot or brackets.
    pub span: Span,
}

/// The kinds of [`TraversalStep`].
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// `.name`
    Attr(Str),
    /// `["key"]` or `[0]`: a string or a number.
    Index(Value),
}

impl TraversalStep {
    /// The attribute's name, when the step is one.
    pub fn attr(&self) -> Option<&Str> {
        match &self.kind {
            StepKind::Attr(name) => Some(name),
            StepKind::Index(_) => None,
        }
    }
}

impl Traversal {
    /// The span from the root to the step of an index; the whole where there are fewer.
    pub fn span_through(&self, step: usize) -> Span {
        self.steps.get(step).map_or(self.span, |step| self.root_span.to(step.span))
    }
}

/// The traversal that an expression is, and nothing else: no calculation, call, template or splat.
pub fn as_traversal(expr: &Expr) -> Option<Traversal> {
    let found = trace(expr)?;
    found.is_whole.then_some(found.traversal)
}

/// What [`trace`] finds.
pub(super) struct Trace<'e> {
    pub(super) traversal: Traversal,
    /// Whether the expression is nothing but the traversal.
    pub(super) is_whole: bool,
    /// Indices that are expressions; steps behind the first of them are not in the traversal.
    pub(super) keys: Vec<&'e Expr>,
}

/// The name at the root of attributes and indices, with the constant steps that follow it; `None` where there is no
/// name at the root.
pub(super) fn trace(expr: &Expr) -> Option<Trace<'_>> {
    let mut links = Vec::new();
    let mut inner = expr;
    let (root, root_span) = loop {
        match &inner.kind {
            ExprKind::GetAttr { of, .. } | ExprKind::Index { of, .. } => {
                links.push(inner);
                inner = of;
            }
            ExprKind::Variable(name) => break (Arc::clone(name), inner.span),
            _ => return None,
        }
    };
    let mut found = Trace {
        traversal: Traversal { root, root_span, steps: Vec::new(), span: root_span },
        is_whole: true,
        keys: Vec::new(),
    };
    for link in links.into_iter().rev() {
        let (kind, of) = match &link.kind {
            ExprKind::GetAttr { of, name, .. } => (Some(StepKind::Attr(Arc::clone(name))), of),
            ExprKind::Index { of, key } => {
                let constant = constant_key(key);
                if constant.is_none() {
                    found.keys.push(key);
                }
                (constant.map(StepKind::Index), of)
            }
            _ => continue,
        };
        match kind {
            Some(kind) if found.is_whole => {
                let span = Span { start: of.span.end, ..link.span };
                found.traversal.steps.push(TraversalStep { kind, span });
                found.traversal.span = link.span;
            }
            _ => found.is_whole = false,
        }
    }
    Some(found)
}

fn constant_key(key: &Expr) -> Option<Value> {
    match &key.kind {
        ExprKind::String(text) => Some(Value::String(Arc::clone(text))),
        ExprKind::Number(number) => Some(Value::Number(number.clone())),
        _ => None,
    }
}

/// The traversal that must stand here; in quotes, as Terraform 0.11 wanted it, with a warning.
pub(super) fn require_traversal(expr: &Expr, sources: &Sources, diags: &mut Diagnostics) -> Option<(Traversal, Expr)> {
    if let Some(traversal) = as_traversal(expr) {
        return Some((traversal, expr.clone()));
    }
    if matches!(expr.kind, ExprKind::String(_)) && expr.span.end - expr.span.start > 2 {
        let inner = Span { start: expr.span.start + 1, end: expr.span.end - 1, ..expr.span };
        let mut ignored = Diagnostics::new();
        if let Some(unquoted) = syntax::parse_part(sources, inner, &mut ignored)
            && let Some(traversal) = as_traversal(&unquoted)
        {
            diags.push(quoted_reference(expr.span));
            return Some((traversal, unquoted));
        }
    }
    if !matches!(expr.kind, ExprKind::Error) {
        diags.push(not_static(expr.span));
    }
    None
}

fn quoted_reference(span: Span) -> Diagnostic {
    let detail = "In this context, references are expected literally rather than in quotes. Terraform 0.11 and earlier \
                  required quotes, but quoted references are now deprecated and will be removed in a future version of \
                  Terraform. Remove the quotes surrounding this reference to silence this warning.";
    Diagnostic::warning("Quoted references are deprecated", detail).at(span)
}

/// The error for an expression that had to be a static traversal.
pub(super) fn not_static(span: Span) -> Diagnostic {
    let detail = "A single static variable reference is required: only attribute access and indexing with constant keys. \
                  No calculations, function calls, template expressions, etc are allowed here.";
    Diagnostic::error("Invalid expression", detail).at(span)
}
