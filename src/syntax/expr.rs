//! Operators and what follows a term: attributes, indices, splats.
//!
//! Chains are read in loops, so that the stack grows with brackets only.

use super::ast::BinaryOp;
use super::ast::Expr;
use super::ast::ExprKind;
use super::ast::Traversal;
use super::ast::UnaryOp;
use super::parser::Parser;
use super::parser::Result;
use super::token::Token;
use super::token::TokenKind;
use super::token::TokenKind as K;
use crate::diag::Span;

/// Attributes and indices that may follow a term: far more than any use needs, few enough for whoever walks the tree.
const MAX_STEPS: usize = 400;

impl Parser<'_> {
    /// A text that is one expression and nothing else.
    pub(super) fn whole_expression(&mut self) -> Result<Expr> {
        self.with_newlines(false, |parser| {
            let expr = parser.expression()?;
            parser.expect(
                K::End,
                "Extra characters after expression",
                "An expression was successfully parsed, but extra characters were found after it.",
            )?;
            Ok(expr)
        })
    }

    /// Any expression.
    pub(super) fn expression(&mut self) -> Result<Expr> {
        let mut condition = self.binary(0)?;
        let mut arms = Vec::new();
        let mut last = loop {
            if self.accept(K::Question).is_none() {
                break condition;
            }
            self.check_depth(arms.len() + 1)?;
            let then = self.nested(Self::expression)?;
            self.expect(
                K::Colon,
                "Missing false expression in conditional",
                "The conditional operator (...?...:...) requires a false expression, delimited by a colon.",
            )?;
            arms.push((condition, then));
            condition = self.binary(0)?;
        };
        while let Some((condition, then)) = arms.pop() {
            let span = condition.span.to(last.span);
            let [condition, then, otherwise] = [condition, then, last].map(Box::new);
            last = Expr { kind: ExprKind::Conditional { condition, then, otherwise }, span };
        }
        Ok(last)
    }

    /// A chain of operators that bind at least as tightly as `level`.
    fn binary(&mut self, level: u8) -> Result<Expr> {
        let mut left = self.unary()?;
        loop {
            let token = self.peek();
            let Some((op, own)) = operator(token.kind) else { return Ok(left) };
            if own < level {
                return Ok(left);
            }
            self.next();
            let op_span = self.span(token);
            let right = self.binary(own + 1)?;
            let span = left.span.to(right.span);
            let (left_box, right) = (Box::new(left), Box::new(right));
            left = Expr { kind: ExprKind::Binary { op, op_span, left: left_box, right }, span };
        }
    }

    /// `-x`, `!x`, or a term with what follows it.
    fn unary(&mut self) -> Result<Expr> {
        let mut ops: Vec<(UnaryOp, Span)> = Vec::new();
        loop {
            let token = self.peek();
            let op = match token.kind {
                K::Minus => UnaryOp::Neg,
                K::Bang => UnaryOp::Not,
                _ => break,
            };
            self.next();
            self.check_depth(ops.len() + 1)?;
            ops.push((op, self.span(token)));
        }
        let mut expr = self.term()?;
        expr = self.steps(expr)?;
        while let Some((op, span)) = ops.pop() {
            let span = span.to(expr.span);
            expr = Expr { kind: ExprKind::Unary { op, of: Box::new(expr) }, span };
        }
        Ok(expr)
    }

    /// What follows a term.
    fn steps(&mut self, mut expr: Expr) -> Result<Expr> {
        let start = expr.span.start;
        for _ in 0..MAX_STEPS {
            let kind = match self.peek().kind {
                K::Dot => match self.peek_second().kind {
                    K::Star => {
                        self.next();
                        self.next();
                        let each = self.attr_splat_steps()?;
                        ExprKind::AttrSplat { of: Box::new(expr), each }
                    }
                    _ => match self.dot_step()? {
                        Traversal::Attr(name, name_span) => ExprKind::GetAttr { of: Box::new(expr), name, name_span },
                        Traversal::Index(key) => ExprKind::Index { of: Box::new(expr), key: Box::new(key) },
                        Traversal::AttrSplat(..) | Traversal::FullSplat(..) => unreachable!("a dot step is no splat"),
                    },
                },
                K::OpenBracket => match self.bracket_step()? {
                    Some(key) => ExprKind::Index { of: Box::new(expr), key: Box::new(key) },
                    None => ExprKind::FullSplat { of: Box::new(expr), each: self.full_splat_steps()? },
                },
                _ => return Ok(expr),
            };
            expr = Expr { kind, span: self.span_from(start) };
        }
        self.too_deep()
    }

    /// `.name` or the legacy `.0`.
    fn dot_step(&mut self) -> Result<Traversal> {
        self.next();
        let token = self.peek();
        match token.kind {
            K::Ident => {
                self.next();
                Ok(Traversal::Attr(self.name(token), self.span(token)))
            }
            K::Number => {
                self.next();
                self.legacy_index(token, false).map(Traversal::Index)
            }
            _ => self.fail(token, "Invalid attribute name", "An attribute name is required after a dot."),
        }
    }

    /// `[key]`; `None` for `[*]`.
    fn bracket_step(&mut self) -> Result<Option<Expr>> {
        self.next();
        self.with_newlines(false, |parser| {
            if parser.peek().kind == K::Star {
                let star = parser.next();
                if parser.accept(K::CloseBracket).is_none() {
                    let next = parser.peek();
                    let at = if next.kind == K::End { star } else { next };
                    return parser.fail(
                        at,
                        "Missing close bracket on splat index",
                        "The star for a full splat operator must be immediately followed by a closing bracket (\"]\").",
                    );
                }
                return Ok(None);
            }
            let key = parser.nested(Self::expression)?;
            parser.expect(
                K::CloseBracket,
                "Missing close bracket on index",
                "The index operator must end with a closing bracket (\"]\").",
            )?;
            Ok(Some(key))
        })
    }

    /// The attributes and legacy indices that `.*` takes from each element.
    fn attr_splat_steps(&mut self) -> Result<Vec<Traversal>> {
        let mut each = Vec::new();
        while self.peek().kind == K::Dot {
            let behind = self.peek_second();
            match behind.kind {
                K::Star => {
                    return self.fail(
                        behind,
                        "Nested splat expression not allowed",
                        "A splat expression (*) cannot be used inside another attribute-only splat expression.",
                    );
                }
                K::Number => {
                    self.next();
                    self.next();
                    each.push(Traversal::Index(self.legacy_index(behind, true)?));
                }
                _ => each.push(self.dot_step()?),
            }
            self.check_depth(each.len())?;
        }
        Ok(each)
    }

    /// All that follows `[*]` is taken from each element, further splats too.
    fn full_splat_steps(&mut self) -> Result<Vec<Traversal>> {
        let mut each = Vec::new();
        loop {
            let start = self.peek();
            match start.kind {
                K::Dot if self.peek_second().kind == K::Star => {
                    self.next();
                    let star = self.next();
                    let inner = self.attr_splat_steps()?;
                    each.push(Traversal::AttrSplat(inner, self.span(start).to(self.span(star))));
                }
                K::Dot => each.push(self.dot_step()?),
                K::OpenBracket => match self.bracket_step()? {
                    Some(key) => each.push(Traversal::Index(key)),
                    None => {
                        let span = self.span_from(start.start);
                        let inner = self.nested(Self::full_splat_steps)?;
                        each.push(Traversal::FullSplat(inner, span));
                    }
                },
                _ => return Ok(each),
            }
            self.check_depth(each.len())?;
        }
    }

    /// The `0` of `.0`. Two of them run together into one number with a dot, which is refused.
    fn legacy_index(&mut self, token: Token, in_splat: bool) -> Result<Expr> {
        let text = self.slice(token);
        if let Some((first, second)) = text.split_once('.') {
            let (how, at) = if in_splat { (" with a full splat expression [*]", token) } else { ("", token) };
            let detail = format!(
                "When using the legacy index syntax, chaining two indexes together is not permitted. Use the proper index \
                 syntax{how} instead, like [{first}][{second}]."
            );
            return self.fail(at, "Invalid legacy index syntax", detail);
        }
        self.number(token)
    }
}

/// The operator a token stands for, and how tightly it binds.
fn operator(kind: TokenKind) -> Option<(BinaryOp, u8)> {
    Some(match kind {
        K::Or => (BinaryOp::Or, 0),
        K::And => (BinaryOp::And, 1),
        K::EqualEqual => (BinaryOp::Equal, 2),
        K::NotEqual => (BinaryOp::NotEqual, 2),
        K::Less => (BinaryOp::Less, 3),
        K::LessOrEqual => (BinaryOp::LessOrEqual, 3),
        K::Greater => (BinaryOp::Greater, 3),
        K::GreaterOrEqual => (BinaryOp::GreaterOrEqual, 3),
        K::Plus => (BinaryOp::Add, 4),
        K::Minus => (BinaryOp::Subtract, 4),
        K::Star => (BinaryOp::Multiply, 5),
        K::Slash => (BinaryOp::Divide, 5),
        K::Percent => (BinaryOp::Modulo, 5),
        _ => return None,
    })
}
