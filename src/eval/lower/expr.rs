//! Expressions: each kind of syntax to its node, constants folded on the way up.

use super::Bound;
use super::Lowerer;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Span;
use crate::diag::did_you_mean;
use crate::eval::Evaluator;
use crate::eval::ExprId;
use crate::eval::NoScope;
use crate::eval::arena::ForNode;
use crate::eval::arena::Node;
use crate::eval::function;
use crate::eval::render::with_pure_cx;
use crate::syntax::BinaryOp;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::syntax::ForExpr;
use crate::syntax::TemplatePart;
use crate::syntax::Traversal;
use crate::value::Shape;
use crate::value::Str;
use crate::value::Value;

/// Nesting that no one writes; deeper would exhaust the stack when it is evaluated.
const MAX_DEPTH: u32 = 400;

impl Lowerer<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) -> ExprId {
        if self.depth >= MAX_DEPTH {
            return self.too_deep(expr.span);
        }
        self.depth += 1;
        let id = self.expr_inner(expr);
        self.depth -= 1;
        id
    }

    fn too_deep(&mut self, span: Span) -> ExprId {
        let detail = format!(
            "This expression is nested more than {MAX_DEPTH} levels deep. Move a part of it into a local value."
        );
        self.diags.push(Diagnostic::error("Expression too deeply nested", detail).at(span));
        self.arena.push(Node::Failed, span)
    }

    fn expr_inner(&mut self, expr: &Expr) -> ExprId {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Null => self.arena.push(Node::Const(Value::NULL), span),
            ExprKind::Bool(value) => self.arena.push(Node::Const(Value::Bool(*value)), span),
            ExprKind::Number(value) => self.arena.push(Node::Const(Value::Number(value.clone())), span),
            ExprKind::String(text) => self.arena.push(Node::Const(Value::String(text.clone())), span),
            ExprKind::Template(parts) => self.template(parts, span),
            ExprKind::Wrap(inner) | ExprKind::Parens(inner) => self.expr(inner),
            ExprKind::Variable(_) | ExprKind::GetAttr { .. } | ExprKind::Index { .. } => self.traversal(expr),
            ExprKind::AttrSplat { of, each } | ExprKind::FullSplat { of, each } => {
                let of = self.expr(of);
                self.splat(of, each, span)
            }
            ExprKind::Call { name, name_span, args, expand_final } => {
                self.call(name, *name_span, args, *expand_final, span)
            }
            ExprKind::Unary { op, of } => {
                let start = self.arena.len();
                let of = self.expr(of);
                let id = self.arena.push(Node::Unary { op: *op, of }, span);
                self.folded(start, id, &[of])
            }
            ExprKind::Binary { .. } => self.binary(expr),
            ExprKind::Conditional { condition, then, otherwise } => {
                let condition = self.expr(condition);
                let then = self.expr(then);
                let otherwise = self.expr(otherwise);
                self.arena.push(Node::Conditional { condition, then, otherwise }, span)
            }
            ExprKind::Tuple(elements) => {
                let start = self.arena.len();
                let elements: Box<[ExprId]> = elements.iter().map(|element| self.expr(element)).collect();
                let id = self.arena.push(Node::Tuple(elements.clone()), span);
                self.folded(start, id, &elements)
            }
            ExprKind::Object(items) => self.object(items, span),
            ExprKind::For(for_expr) => self.for_expr(for_expr, span),
            ExprKind::Error => self.arena.push(Node::Failed, span),
        }
    }

    /// Chains of operators are as long as people generate them, so the left spine is walked, not recursed into.
    fn binary(&mut self, expr: &Expr) -> ExprId {
        let start = self.arena.len();
        let mut chain: Vec<(BinaryOp, &Expr, Span)> = Vec::new();
        let mut leftmost = expr;
        while let ExprKind::Binary { op, left, right, .. } = &leftmost.kind {
            chain.push((*op, right, leftmost.span));
            leftmost = left;
        }
        let mut left = self.expr(leftmost);
        for (op, right, span) in chain.into_iter().rev() {
            let right = self.expr(right);
            let id = self.arena.push(Node::Binary { op, left, right }, span);
            left = self.folded(start, id, &[left, right]);
        }
        left
    }

    fn splat(&mut self, of: ExprId, each: &[Traversal], span: Span) -> ExprId {
        if self.depth >= MAX_DEPTH {
            return self.too_deep(span);
        }
        self.depth += 1;
        let slot = self.next_slot();
        self.bound.push(Bound::Hidden);
        let element = self.arena.push(Node::Slot(slot), span);
        let each = each.iter().fold(element, |of, step| match step {
            Traversal::Attr(name, name_span) => self.arena.push(Node::GetAttr { of, name: name.clone() }, *name_span),
            Traversal::Index(key) => {
                let id = self.expr(key);
                self.arena.push(Node::Index { of, key: id }, key.span)
            }
            Traversal::AttrSplat(inner, inner_span) | Traversal::FullSplat(inner, inner_span) => {
                self.splat(of, inner, *inner_span)
            }
        });
        self.bound.pop();
        self.depth -= 1;
        self.arena.push(Node::Splat { of, each }, span)
    }

    fn for_expr(&mut self, for_expr: &ForExpr, span: Span) -> ExprId {
        let collection = self.expr(&for_expr.collection);
        let depth = self.bound.len();
        self.bound.extend(for_expr.key_name.clone().map(Bound::Value));
        self.bound.push(Bound::Value(for_expr.value_name.clone()));
        let node = ForNode {
            keyed: for_expr.key_name.is_some(),
            collection,
            key: for_expr.key.as_ref().map(|key| self.expr(key)),
            value: self.expr(&for_expr.value),
            group: for_expr.group,
            condition: for_expr.condition.as_ref().map(|condition| self.expr(condition)),
        };
        self.bound.truncate(depth);
        self.arena.push(Node::For(Box::new(node)), span)
    }

    fn object(&mut self, items: &[(Expr, Expr)], span: Span) -> ExprId {
        let start = self.arena.len();
        let lowered: Vec<(ExprId, ExprId)> =
            items.iter().map(|(key, value)| (self.expr(key), self.expr(value))).collect();
        let mut named: Vec<(Str, ExprId)> = Vec::with_capacity(lowered.len());
        for (key, value) in &lowered {
            if let Some(Value::String(key)) = self.arena.constant(*key) {
                named.push((key.clone(), *value));
            }
        }
        named.sort_by(|a, b| a.0.cmp(&b.0));
        let distinct = named.len() == lowered.len() && named.windows(2).all(|pair| pair[0].0 != pair[1].0);
        if !distinct {
            return self.arena.push(Node::Object(lowered.into()), span);
        }
        let (names, values): (Vec<Str>, Vec<ExprId>) = named.into_iter().unzip();
        let node = Node::Shaped { shape: Shape::new(names), values: values.clone().into() };
        let id = self.arena.push(node, span);
        self.folded(start, id, &values)
    }

    pub(super) fn template(&mut self, parts: &[TemplatePart], span: Span) -> ExprId {
        let start = self.arena.len();
        let ids: Vec<ExprId> = parts.iter().map(|part| self.template_part(part, span)).collect();
        let id = self.arena.push(Node::Template(ids.clone().into()), span);
        self.folded(start, id, &ids)
    }

    fn template_part(&mut self, part: &TemplatePart, whole: Span) -> ExprId {
        match part {
            TemplatePart::Literal(text) => self.arena.push(Node::Const(Value::String(text.clone())), whole),
            TemplatePart::Interpolation(expr) => self.expr(expr),
            TemplatePart::If { condition, then, otherwise, span } => {
                let condition = self.expr(condition);
                let then = self.nested_template(then, *span);
                let otherwise = self.nested_template(otherwise, *span);
                self.arena.push(Node::Conditional { condition, then, otherwise }, *span)
            }
            TemplatePart::For { key_name, value_name, collection, body, span } => {
                let collection = self.expr(collection);
                let depth = self.bound.len();
                self.bound.extend(key_name.clone().map(Bound::Value));
                self.bound.push(Bound::Value(value_name.clone()));
                let value = self.nested_template(body, *span);
                self.bound.truncate(depth);
                let keyed = key_name.is_some();
                let node = ForNode { keyed, collection, key: None, value, group: false, condition: None };
                let tuple = self.arena.push(Node::For(Box::new(node)), *span);
                self.arena.push(Node::Join(tuple), *span)
            }
        }
    }

    /// A template inside a directive: nests as deep as an expression does.
    fn nested_template(&mut self, parts: &[TemplatePart], span: Span) -> ExprId {
        if self.depth >= MAX_DEPTH {
            return self.too_deep(span);
        }
        self.depth += 1;
        let id = self.template(parts, span);
        self.depth -= 1;
        id
    }

    fn call(&mut self, name: &Str, name_span: Span, args: &[Expr], expand_final: bool, span: Span) -> ExprId {
        let start = self.arena.len();
        let ids: Vec<ExprId> = args.iter().map(|arg| self.expr(arg)).collect();
        let plain = name.strip_prefix("core::").unwrap_or(name);
        match plain {
            "try" if !ids.is_empty() => return self.arena.push(Node::Try(ids.into()), span),
            "can" if ids.len() == 1 => return self.arena.push(Node::Can(ids[0]), span),
            _ => {}
        }
        if plain == "templatestring"
            && let Some(why) = args.first().and_then(not_a_template_source)
        {
            let detail = format!("Invalid value for \"template\" parameter: invalid template expression: {why}.");
            self.diags.push(Diagnostic::error("Invalid function argument", detail).at(args[0].span));
            return self.arena.push(Node::Failed, span);
        }
        let Some(id) = function::lookup(plain) else {
            self.diags.push(unknown_function(name, plain).at(name_span));
            return self.arena.push(Node::Failed, span);
        };
        let call = self.arena.push(Node::Function { id, args: ids.clone().into(), expand_final }, span);
        if function::function(id).is_pure() { self.folded(start, call, &ids) } else { call }
    }

    /// Replaces a node whose children are all constant by its value, unless it fails: then it fails when it is used.
    fn folded(&mut self, start: u32, id: ExprId, children: &[ExprId]) -> ExprId {
        if !children.iter().all(|child| self.arena.constant(*child).is_some()) {
            return id;
        }
        let mut problems = Diagnostics::new();
        let value = with_pure_cx(|cx| Evaluator::new(&self.arena, &NoScope::default(), cx, &mut problems).expr(id));
        if !problems.is_empty() || !value.is_wholly_known() {
            return id;
        }
        let span = self.arena.span(id);
        self.arena.truncate(start);
        self.arena.push(Node::Const(value), span)
    }

    pub(super) fn next_slot(&self) -> u32 {
        u32::try_from(self.bound.len()).expect("nesting is limited")
    }
}

fn unknown_function(name: &str, plain: &str) -> Diagnostic {
    if let Some((namespace, _)) = name.split_once("::") {
        let detail = if namespace == "provider" {
            format!("There is no function named {name:?}: no configured provider offers it.")
        } else {
            format!(
                "The function namespace {namespace:?} is not valid. Provider function calls must use the \"provider::\" \
                 namespace prefix."
            )
        };
        return Diagnostic::error("Unknown provider function", detail);
    }
    let known = function::names().chain(["try", "can"]);
    let hint = did_you_mean(plain, known);
    Diagnostic::error("Call to unknown function", format!("There is no function named {name:?}.{hint}"))
}

/// Why an expression may not be the template of `templatestring`: a template that is written there needs no function.
fn not_a_template_source(expr: &Expr) -> Option<&'static str> {
    const LITERAL: &str = "templatestring is only for rendering templates retrieved dynamically from elsewhere, and so does \
                           not support providing a literal template; consider using a template string expression instead";
    const INLINE: &str = "templatestring is only for rendering templates retrieved dynamically from elsewhere; to render an \
                          inline template, consider using a plain template string expression";
    const WRAPPED: &str = "templatestring is only for rendering templates retrieved dynamically from elsewhere; to treat \
                           the inner expression as template syntax, write the reference expression directly without any \
                           template interpolation syntax";
    const INDIRECT: &str = "must be a direct reference to a single string from elsewhere, containing valid Terraform \
                            template syntax";
    match &expr.kind {
        ExprKind::String(_) => Some(LITERAL),
        ExprKind::Template(_) => Some(INLINE),
        ExprKind::Wrap(_) => Some(WRAPPED),
        ExprKind::Variable(_) | ExprKind::GetAttr { .. } | ExprKind::Index { .. } | ExprKind::Error => None,
        _ => Some(INDIRECT),
    }
}
