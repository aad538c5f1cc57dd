//! Terms: literals, names, calls, and everything in brackets.

use std::str::FromStr;
use std::sync::Arc;

use super::ast::Expr;
use super::ast::ExprKind;
use super::ast::ForExpr;
use super::parser::Failed;
use super::parser::Parser;
use super::parser::Result;
use super::token::Token;
use super::token::TokenKind as K;
use crate::value::Number;
use crate::value::Str;

const FOR: &str = "Invalid 'for' expression";

impl Parser<'_> {
    /// An expression without operators around it or steps behind it.
    pub(super) fn term(&mut self) -> Result<Expr> {
        let token = self.peek();
        match token.kind {
            K::Ident => self.name_or_call(),
            K::Number => {
                self.next();
                self.number(token)
            }
            K::OpenQuote | K::OpenHeredoc => self.nested(Self::string),
            K::OpenParen => self.nested(Self::parens),
            K::OpenBracket => self.nested(Self::tuple),
            K::OpenBrace => self.nested(Self::object),
            K::End => self.fail(
                token,
                "Missing expression",
                "Expected the start of an expression, but found the end of the file.",
            ),
            _ => self.fail(
                token,
                "Invalid expression",
                "Expected the start of an expression, but found an invalid expression token.",
            ),
        }
    }

    pub(super) fn number(&mut self, token: Token) -> Result<Expr> {
        match Number::from_str(self.slice(token)) {
            Ok(number) => Ok(Expr { kind: ExprKind::Number(number), span: self.span(token) }),
            Err(_) => {
                self.fail(token, "Invalid number literal", "Failed to recognize the value of this number literal.")
            }
        }
    }

    fn name_or_call(&mut self) -> Result<Expr> {
        let token = self.next();
        if matches!(self.peek().kind, K::OpenParen | K::DoubleColon) {
            return self.nested(|parser| parser.call(token));
        }
        let kind = match self.slice(token) {
            "null" => ExprKind::Null,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            _ => ExprKind::Variable(self.name(token)),
        };
        Ok(Expr { kind, span: self.span(token) })
    }

    /// `name(…)`, `provider::x::name(…)`; the first name has been taken.
    fn call(&mut self, first: Token) -> Result<Expr> {
        let mut name = self.name(first);
        while self.accept(K::DoubleColon).is_some() {
            let part = self.expect(
                K::Ident,
                "Missing function name",
                "Function scope resolution symbol :: must be followed by a function name in this scope.",
            )?;
            name = Arc::from(format!("{name}::{}", self.slice(part)));
        }
        let name_span = self.span_from(first.start);
        self.expect(
            K::OpenParen,
            "Missing open parenthesis",
            "Function selector must be followed by an open parenthesis to begin the function call.",
        )?;
        let (args, expand_final) = self.with_newlines(false, Self::arguments)?;
        let kind = ExprKind::Call { name, name_span, args, expand_final };
        Ok(Expr { kind, span: self.span_from(first.start) })
    }

    fn arguments(&mut self) -> Result<(Vec<Expr>, bool)> {
        let mut args = Vec::new();
        loop {
            if self.accept(K::CloseParen).is_some() {
                return Ok((args, false));
            }
            args.push(self.expression()?);
            let next = self.peek();
            match next.kind {
                K::Comma => {
                    self.next();
                }
                K::CloseParen => {}
                K::Ellipsis => {
                    self.next();
                    if self.accept(K::CloseParen).is_none() {
                        return self.fail(
                            next,
                            "Missing closing parenthesis",
                            "An expanded function argument (with ...) must be immediately followed by closing \
                             parentheses.",
                        );
                    }
                    return Ok((args, true));
                }
                K::End => {
                    return self.fail(
                        next,
                        "Unterminated function call",
                        "There is no closing parenthesis for this function call before the end of the file. This may be \
                         caused by incorrect parenthesis nesting elsewhere in this file.",
                    );
                }
                _ => {
                    return self.fail(
                        next,
                        "Missing argument separator",
                        "A comma is required to separate each function argument from the next.",
                    );
                }
            }
        }
    }

    fn parens(&mut self) -> Result<Expr> {
        let open = self.next();
        let inner = self.with_newlines(false, |parser| {
            let inner = parser.expression()?;
            parser.expect(
                K::CloseParen,
                "Unbalanced parentheses",
                "Expected a closing parenthesis to terminate the expression.",
            )?;
            Ok(inner)
        })?;
        Ok(Expr { kind: ExprKind::Parens(Box::new(inner)), span: self.span_from(open.start) })
    }

    fn tuple(&mut self) -> Result<Expr> {
        let open = self.next();
        let kind = self.with_newlines(false, |parser| {
            if parser.accept_keyword("for") {
                return parser.for_expression(false).map(|inner| ExprKind::For(Box::new(inner)));
            }
            let mut items = Vec::new();
            loop {
                if parser.accept(K::CloseBracket).is_some() {
                    return Ok(ExprKind::Tuple(items));
                }
                items.push(parser.expression()?);
                let next = parser.peek();
                match next.kind {
                    K::Comma => {
                        parser.next();
                    }
                    K::CloseBracket => {}
                    K::End => return parser.unterminated(open),
                    _ => {
                        return parser.fail(
                            next,
                            "Missing item separator",
                            "Expected a comma to mark the beginning of the next item.",
                        );
                    }
                }
            }
        })?;
        Ok(Expr { kind, span: self.span_from(open.start) })
    }

    fn unterminated<T>(&mut self, open: Token) -> Result<T> {
        let (summary, sign) = match open.kind {
            K::OpenBrace => ("Unterminated object constructor expression", "brace"),
            _ => ("Unterminated tuple constructor expression", "bracket"),
        };
        let detail = format!(
            "There is no corresponding closing {sign} before the end of the file. This may be caused by incorrect {sign} \
             nesting elsewhere in this file."
        );
        self.fail(open, summary, detail)
    }

    fn object(&mut self) -> Result<Expr> {
        let open = self.next();
        // A `for` may stand on a line of its own; the entries of an object end with their lines.
        let is_for = self.with_newlines(false, |parser| parser.accept_keyword("for"));
        let kind = if is_for {
            let inner = self.with_newlines(false, |parser| parser.for_expression(true))?;
            ExprKind::For(Box::new(inner))
        } else {
            ExprKind::Object(self.with_newlines(true, |parser| parser.entries(open))?)
        };
        Ok(Expr { kind, span: self.span_from(open.start) })
    }

    fn entries(&mut self, open: Token) -> Result<Vec<(Expr, Expr)>> {
        let mut entries = Vec::new();
        loop {
            while self.accept(K::Newline).is_some() {}
            if self.accept(K::CloseBrace).is_some() {
                return Ok(entries);
            }
            if self.peek().kind == K::End {
                return self.unterminated(open);
            }
            let key = self.expression()?;
            let key = self.bare_key(key);
            let next = self.peek();
            match next.kind {
                K::Equal | K::Colon => {
                    self.next();
                }
                K::Newline | K::Comma => {
                    return self.fail(
                        next,
                        "Missing attribute value",
                        "Expected an attribute value, introduced by an equals sign (\"=\").",
                    );
                }
                K::End => return self.unterminated(open),
                _ => {
                    return self.fail(
                        next,
                        "Missing key/value separator",
                        "Expected an equals sign (\"=\") to mark the beginning of the attribute value.",
                    );
                }
            }
            let value = self.expression()?;
            entries.push((key, value));
            let next = self.peek();
            match next.kind {
                K::Comma | K::Newline => {
                    self.next();
                }
                K::CloseBrace => {}
                K::End => return self.unterminated(open),
                _ => {
                    return self.fail(
                        next,
                        "Missing attribute separator",
                        "Expected a newline or comma to mark the beginning of the next attribute.",
                    );
                }
            }
        }
    }

    /// A bare name as key is its own text, also where it would be a keyword elsewhere.
    fn bare_key(&mut self, key: Expr) -> Expr {
        let name: Str = match &key.kind {
            ExprKind::Variable(name) => Arc::clone(name),
            ExprKind::Null => Arc::from("null"),
            ExprKind::Bool(value) => Arc::from(if *value { "true" } else { "false" }),
            _ => return key,
        };
        Expr { kind: ExprKind::String(name), span: key.span }
    }

    /// What follows `[for` or `{for`, with the closing sign.
    fn for_expression(&mut self, is_object: bool) -> Result<ForExpr> {
        let first = self.expect(K::Ident, FOR, "For expression requires variable name after 'for'.")?;
        let mut value_name = self.name(first);
        let mut key_name = None;
        if self.accept(K::Comma).is_some() {
            let second = self.expect(K::Ident, FOR, "For expression requires value variable name after comma.")?;
            key_name = Some(std::mem::replace(&mut value_name, self.name(second)));
        }
        if !self.accept_keyword("in") {
            let detail = "For expression requires the 'in' keyword after its name declarations.";
            return self.fail(self.peek(), FOR, detail);
        }
        let collection = self.expression()?;
        self.expect(K::Colon, FOR, "For expression requires a colon after the collection expression.")?;
        let mut value = self.expression()?;
        let mut key = None;
        let arrow = self.peek();
        if self.accept(K::Arrow).is_some() {
            key = Some(std::mem::replace(&mut value, self.expression()?));
        }
        let ellipsis = self.accept(K::Ellipsis);
        let condition = if self.accept_keyword("if") { Some(self.expression()?) } else { None };
        let close = if is_object { K::CloseBrace } else { K::CloseBracket };
        let end = self.expect(close, FOR, "Extra characters after the end of the 'for' expression.")?;
        if is_object && key.is_none() {
            return self.misshaped(end, "Key expression is required when building an object.");
        }
        if !is_object && key.is_some() {
            return self.misshaped(arrow, "Key expression is not valid when building a tuple.");
        }
        if let Some(ellipsis) = ellipsis.filter(|_| !is_object) {
            return self.misshaped(ellipsis, "Grouping ellipsis (...) cannot be used when building a tuple.");
        }
        Ok(ForExpr { key_name, value_name, collection, key, value, group: ellipsis.is_some(), condition })
    }

    fn misshaped(&mut self, at: Token, detail: &str) -> Result<ForExpr> {
        let span = self.span(at);
        self.report(span, FOR, detail);
        Err(Failed)
    }
}
