//! Traversals: a root name and the steps behind it, resolved to a slot and what is left of the steps.

use super::Bound;
use super::Lowerer;
use crate::diag::Span;
use crate::eval::ExprId;
use crate::eval::arena::Node;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::value::Path;
use crate::value::Str;
use crate::value::Value;

/// One step of a traversal, with the span of everything up to its end.
pub(super) enum Step<'e> {
    Attr(&'e Str, Span),
    Index(&'e Expr, Span),
}

impl<'e> Step<'e> {
    pub(super) fn span(&self) -> Span {
        match self {
            Step::Attr(_, span) | Step::Index(_, span) => *span,
        }
    }

    pub(super) fn attr(&self) -> Option<&'e Str> {
        match self {
            Step::Attr(name, _) => Some(name),
            Step::Index(..) => None,
        }
    }
}

/// Takes an expression apart into what it starts with and the steps behind it.
pub(super) fn steps(expr: &Expr) -> (&Expr, Vec<Step<'_>>) {
    let mut steps = Vec::new();
    let mut root = expr;
    loop {
        match &root.kind {
            ExprKind::GetAttr { of, name, .. } => {
                steps.push(Step::Attr(name, root.span));
                root = of;
            }
            ExprKind::Index { of, key } => {
                steps.push(Step::Index(key, root.span));
                root = of;
            }
            _ => break,
        }
    }
    steps.reverse();
    (root, steps)
}

/// A path relative to a resource, as in `ignore_changes`: names and constant keys. `None` where it is not one.
pub(super) fn relative_path(expr: &Expr) -> Option<Path> {
    let (root, steps) = steps(expr);
    let ExprKind::Variable(first) = &root.kind else { return None };
    steps.iter().try_fold(Path::of(first.clone()), |path, step| match step {
        Step::Attr(name, _) => Some(path.attr((*name).clone())),
        Step::Index(key, _) => Some(path.index(constant_key(key)?)),
    })
}

/// A key that is written as a literal.
pub(super) fn constant_key(key: &Expr) -> Option<Value> {
    match &key.kind {
        ExprKind::Number(number) => Some(Value::Number(number.clone())),
        ExprKind::String(text) => Some(Value::String(text.clone())),
        ExprKind::Parens(inner) | ExprKind::Wrap(inner) => constant_key(inner),
        _ => None,
    }
}

impl Lowerer<'_> {
    pub(super) fn traversal(&mut self, expr: &Expr) -> ExprId {
        let (root, steps) = steps(expr);
        let (base, used) = match &root.kind {
            ExprKind::Variable(name) => match self.bound_name(name) {
                Some(bound) => self.bound_base(bound, name, &steps, root.span),
                None => self.reference(name, &steps, root.span),
            },
            _ => (self.expr(root), 0),
        };
        if self.arena.is_failed(base) {
            // Keys may hold mistakes of their own, which the user wants to see too.
            for step in &steps[used..] {
                if let Step::Index(key, _) = step {
                    self.expr(key);
                }
            }
            return base;
        }
        self.apply(base, &steps[used..])
    }

    /// The innermost binding of a name.
    fn bound_name(&self, name: &str) -> Option<usize> {
        self.bound.iter().rposition(|bound| match bound {
            Bound::Value(known) | Bound::Iterator(known) => **known == *name,
            Bound::Hidden => false,
        })
    }

    fn bound_base(&mut self, at: usize, name: &Str, steps: &[Step<'_>], span: Span) -> (ExprId, usize) {
        let slot = u32::try_from(at).expect("nesting is limited");
        if matches!(self.bound[at], Bound::Value(_)) {
            return (self.arena.push_named(Node::Slot(slot), name.clone(), span), 0);
        }
        // The iterator of a `dynamic` block is an object of two slots, put together only where it is used whole.
        let part = match steps.first().and_then(Step::attr).map(|part| &**part) {
            Some("key") => Some((slot - 1, "key")),
            Some("value") => Some((slot, "value")),
            _ => None,
        };
        if let Some((slot, part)) = part {
            return (self.arena.push_named(Node::Slot(slot), format!("{name}.{part}"), steps[0].span()), 1);
        }
        let key = self.arena.push(Node::Slot(slot - 1), span);
        let value = self.arena.push(Node::Slot(slot), span);
        let shape = crate::value::Shape::new(["key", "value"].map(Str::from));
        (self.arena.push(Node::Shaped { shape, values: [key, value].into() }, span), 0)
    }

    pub(super) fn apply(&mut self, base: ExprId, steps: &[Step<'_>]) -> ExprId {
        steps.iter().fold(base, |of, step| match step {
            Step::Attr(name, span) => self.arena.push(Node::GetAttr { of, name: (*name).clone() }, *span),
            Step::Index(key, span) => {
                let key = self.expr(key);
                self.arena.push(Node::Index { of, key }, *span)
            }
        })
    }
}
