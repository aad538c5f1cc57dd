//! Templates: quoted strings, heredocs and texts of their own.
//!
//! First a flat list of pieces, on which trimming and heredoc indentation work; then directives are matched into a tree.

use unicode_segmentation::UnicodeSegmentation;

use super::ast::Expr;
use super::ast::ExprKind;
use super::ast::TemplatePart;
use super::parser::Failed;
use super::parser::Parser;
use super::parser::Result;
use super::token::Token;
use super::token::TokenKind as K;
use crate::diag::Span;
use crate::value::Str;
use crate::value::text::nfc;

/// A piece of a template before directives are matched.
pub(super) enum Piece {
    /// Text: at most one line of a heredoc.
    Literal(String),
    Interpolation(Expr),
    If(Expr, Span),
    Else(Span),
    EndIf(Span),
    For(Box<ForHead>, Span),
    EndFor(Span),
}

pub(super) struct ForHead {
    key_name: Option<Str>,
    value_name: Str,
    collection: Expr,
}

const FOR: &str = "Invalid 'for' directive";
const UNBALANCED: &str = "The control directives within this template are unbalanced.";

impl Parser<'_> {
    /// A quoted string or a heredoc.
    pub(super) fn string(&mut self) -> Result<Expr> {
        let open = self.next();
        if let Some(plain) = self.plain_string(open) {
            return Ok(plain);
        }
        let mut pieces = self.pieces(open)?;
        let end = self.next();
        if open.kind == K::OpenHeredoc && self.slice(open).starts_with("<<-") {
            strip_indent(&mut pieces);
        }
        let kind = self.template(pieces, end)?;
        Ok(Expr { kind, span: self.span_from(open.start) })
    }

    /// A quoted string that stands for itself, as most do.
    fn plain_string(&mut self, open: Token) -> Option<Expr> {
        let text = self.peek();
        let is_plain = text.kind == K::QuotedText
            && self.peek_second().kind == K::CloseQuote
            && !self.slice(text).bytes().any(|byte| matches!(byte, b'\\' | b'$' | b'%'));
        if !is_plain {
            return None;
        }
        self.next();
        let close = self.next();
        let span = Span { source: self.source, start: open.start, end: close.end };
        Some(Expr { kind: ExprKind::String(nfc(self.slice(text))), span })
    }

    /// A whole text as a template.
    pub(super) fn bare_template(&mut self) -> Result<Expr> {
        let start = Token { kind: K::Text, start: 0, end: 0 };
        let pieces = self.pieces(start)?;
        let end = self.next();
        let kind = self.template(pieces, end)?;
        Ok(Expr { kind, span: Span::new(self.source, 0, self.text.len()) })
    }

    /// The pieces up to the closing sign, trimmed where `~` says so.
    fn pieces(&mut self, open: Token) -> Result<Vec<Piece>> {
        let mut pieces = Vec::new();
        let mut trim_next = false;
        loop {
            let token = self.peek();
            match token.kind {
                K::QuotedText | K::Text => {
                    self.next();
                    let mut text = self.literal(token);
                    if std::mem::take(&mut trim_next) {
                        text.drain(..text.len() - text.trim_start().len());
                    }
                    pieces.push(Piece::Literal(text));
                    continue;
                }
                K::OpenInterpolation | K::OpenDirective => {
                    self.next();
                    if token.end - token.start == 3
                        && let Some(Piece::Literal(text)) = pieces.last_mut()
                    {
                        text.truncate(text.trim_end().len());
                    }
                    let piece = self.with_newlines(false, |parser| {
                        let kind = token.kind;
                        if kind == K::OpenInterpolation { parser.interpolation(token) } else { parser.directive(token) }
                    })?;
                    pieces.push(piece);
                    let close = self.previous();
                    trim_next = close.end - close.start == 2;
                }
                K::CloseQuote | K::CloseHeredoc => return Ok(pieces),
                K::End if open.kind == K::Text => return Ok(pieces),
                _ => {
                    let at = if open.kind == K::OpenHeredoc { self.text_end(open) } else { open };
                    return self.fail(
                        at,
                        "Unterminated template string",
                        "No closing marker was found for the string.",
                    );
                }
            }
        }
    }

    /// The marker of a heredoc that nothing closes.
    fn text_end(&self, open: Token) -> Token {
        let length = u32::try_from(self.slice(open).trim_end().len()).unwrap_or(0);
        Token { end: open.start + length, ..open }
    }

    fn interpolation(&mut self, open: Token) -> Result<Piece> {
        let expr = self.nested(Self::expression)?;
        let next = self.peek();
        if self.accept(K::CloseTemplate).is_some() {
            return Ok(Piece::Interpolation(expr));
        }
        if matches!(next.kind, K::End | K::CloseQuote | K::OpenQuote) {
            return self.fail(
                open,
                "Unclosed template interpolation sequence",
                "There is no closing brace for this interpolation sequence before the end of the quoted template. This \
                 might be caused by incorrect nesting inside the given expression.",
            );
        }
        self.fail(
            next,
            "Extra characters after interpolation expression",
            "Expected a closing brace to end the interpolation expression, but found extra characters.\n\nThis can happen \
             when you include interpolation syntax for another language, such as shell scripting, but forget to escape \
             the interpolation start token. If this is an embedded sequence for another language, escape it by starting \
             with \"$${\" instead of just \"${\".",
        )
    }

    fn directive(&mut self, open: Token) -> Result<Piece> {
        let keyword = self.expect(
            K::Ident,
            "Invalid template directive",
            "A template directive keyword (\"if\", \"for\", etc) is expected at the beginning of a %{ sequence.",
        )?;
        let word = self.slice(keyword);
        let make: Box<dyn FnOnce(Span) -> Piece> = match word {
            "if" => {
                let condition = self.nested(Self::expression)?;
                Box::new(|span| Piece::If(condition, span))
            }
            "else" => Box::new(Piece::Else),
            "endif" => Box::new(Piece::EndIf),
            "for" => {
                let head = self.for_head()?;
                Box::new(|span| Piece::For(Box::new(head), span))
            }
            "endfor" => Box::new(Piece::EndFor),
            _ => {
                let near = ["if", "for", "else", "endif", "endfor"];
                let hint = crate::diag::did_you_mean(word, near);
                let detail = format!("\"{word}\" is not a valid template control keyword.{hint}");
                return self.fail(keyword, "Invalid template control keyword", detail);
            }
        };
        let summary = match word {
            "if" => "Extra characters in if marker",
            "else" => "Extra characters in else marker",
            "endif" => "Extra characters in endif marker",
            "for" => "Extra characters in for marker",
            _ => "Extra characters in endfor marker",
        };
        let detail = "Expected a closing brace to end the sequence, but found extra characters.";
        self.expect(K::CloseTemplate, summary, detail)?;
        Ok(make(self.span_from(open.start)))
    }

    fn for_head(&mut self) -> Result<ForHead> {
        let first = self.expect(K::Ident, FOR, "For directive requires variable name after 'for'.")?;
        let mut value_name = self.name(first);
        let mut key_name = None;
        if self.accept(K::Comma).is_some() {
            let second = self.expect(K::Ident, FOR, "For directive requires value variable name after comma.")?;
            key_name = Some(std::mem::replace(&mut value_name, self.name(second)));
        }
        if !self.accept_keyword("in") {
            return self.fail(self.peek(), FOR, "For directive requires 'in' keyword after names.");
        }
        let collection = self.nested(Self::expression)?;
        Ok(ForHead { key_name, value_name, collection })
    }

    /// What the pieces are together: plain text, a wrapped expression, or a template.
    fn template(&mut self, mut pieces: Vec<Piece>, end: Token) -> Result<ExprKind> {
        if pieces.iter().all(|piece| matches!(piece, Piece::Literal(_))) {
            let text: String =
                pieces.iter().map(|piece| if let Piece::Literal(text) = piece { text } else { "" }).collect();
            return Ok(ExprKind::String(nfc(text)));
        }
        if let [Piece::Interpolation(_)] = pieces.as_slice()
            && let Some(Piece::Interpolation(expr)) = pieces.pop()
        {
            return Ok(ExprKind::Wrap(Box::new(expr)));
        }
        let mut pieces = pieces.into_iter();
        let end = self.span(end);
        let (parts, stop) = self.parts(&mut pieces, end)?;
        match stop {
            Stop::End => Ok(ExprKind::Template(parts)),
            Stop::Else(span) => self.unbalanced(span, "Unexpected else directive", UNBALANCED),
            Stop::EndIf(span) => self.unbalanced(span, "Unexpected endif directive", UNBALANCED),
            Stop::EndFor(span) => self.unbalanced(span, "Unexpected endfor directive", UNBALANCED),
        }
    }

    /// Parts up to a directive that does not begin one.
    fn parts(&mut self, pieces: &mut std::vec::IntoIter<Piece>, end: Span) -> Result<(Vec<TemplatePart>, Stop)> {
        let mut parts = Vec::new();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Literal(text) => push_literal(&mut parts, text),
                Piece::Interpolation(expr) => parts.push(TemplatePart::Interpolation(expr)),
                Piece::If(condition, span) => {
                    parts.push(self.nested(|parser| parser.if_part(condition, span, pieces, end))?);
                }
                Piece::For(head, span) => parts.push(self.nested(|parser| parser.for_part(*head, span, pieces, end))?),
                Piece::Else(span) => return Ok((parts, Stop::Else(span))),
                Piece::EndIf(span) => return Ok((parts, Stop::EndIf(span))),
                Piece::EndFor(span) => return Ok((parts, Stop::EndFor(span))),
            }
        }
        Ok((parts, Stop::End))
    }

    fn if_part(
        &mut self,
        condition: Expr,
        start: Span,
        pieces: &mut std::vec::IntoIter<Piece>,
        end: Span,
    ) -> Result<TemplatePart> {
        let (then, mut stop) = self.parts(pieces, end)?;
        let mut otherwise = Vec::new();
        let in_else = matches!(stop, Stop::Else(_));
        if in_else {
            (otherwise, stop) = self.parts(pieces, end)?;
        }
        let place = self.place(start);
        match stop {
            Stop::EndIf(last) => Ok(TemplatePart::If { condition, then, otherwise, span: start.to(last) }),
            Stop::Else(at) => {
                let detail = format!("Already in the else clause for the if started at {place}.");
                self.unbalanced(at, "Unexpected else directive", detail)
            }
            Stop::EndFor(at) => {
                let detail = format!("Expecting an endif directive for the if started at {place}.");
                self.unbalanced(at, "Unexpected endfor directive", detail)
            }
            Stop::End => {
                let detail = format!("The if directive at {place} is missing its corresponding endif directive.");
                self.unbalanced(end, "Unexpected end of template", detail)
            }
        }
    }

    fn for_part(
        &mut self,
        head: ForHead,
        start: Span,
        pieces: &mut std::vec::IntoIter<Piece>,
        end: Span,
    ) -> Result<TemplatePart> {
        let (body, stop) = self.parts(pieces, end)?;
        let place = self.place(start);
        let ForHead { key_name, value_name, collection } = head;
        match stop {
            Stop::EndFor(last) => {
                Ok(TemplatePart::For { key_name, value_name, collection, body, span: start.to(last) })
            }
            Stop::Else(at) => {
                let detail = "An else clause is not expected for a for directive.";
                self.unbalanced(at, "Unexpected else directive", detail)
            }
            Stop::EndIf(at) => {
                let detail = format!("Expecting an endfor directive for the for started at {place}.");
                self.unbalanced(at, "Unexpected endif directive", detail)
            }
            Stop::End => {
                let detail = format!("The for directive at {place} is missing its corresponding endfor directive.");
                self.unbalanced(end, "Unexpected end of template", detail)
            }
        }
    }

    fn unbalanced<T>(&mut self, at: Span, summary: &'static str, detail: impl Into<String>) -> Result<T> {
        self.report(at, summary, detail);
        Err(Failed)
    }
}

/// What ended a run of parts.
enum Stop {
    End,
    Else(Span),
    EndIf(Span),
    EndFor(Span),
}

fn push_literal(parts: &mut Vec<TemplatePart>, text: String) {
    if text.is_empty() {
        return;
    }
    let joined = match parts.last() {
        Some(TemplatePart::Literal(before)) => Some(format!("{before}{text}")),
        _ => None,
    };
    match (joined, parts.last_mut()) {
        (Some(joined), Some(last)) => *last = TemplatePart::Literal(nfc(joined)),
        _ => parts.push(TemplatePart::Literal(nfc(text))),
    }
}

/// Takes from each line of a `<<-` heredoc the indentation that all lines share.
///
/// Lines of blanks do not count. A line that begins with an interpolation or directive has no indentation. Where a `~`
/// has eaten a line break, the next line is no longer the beginning of one.
fn strip_indent(pieces: &mut [Piece]) {
    let mut shared: Option<usize> = None;
    let mut line_starts = Vec::new();
    let mut at_line_start = true;
    for (at, piece) in pieces.iter().enumerate() {
        let text = if let Piece::Literal(text) = piece { text.as_str() } else { "" };
        if std::mem::replace(&mut at_line_start, text.ends_with('\n')) {
            let content = text.trim_start();
            if content.is_empty() && text.ends_with('\n') {
                continue;
            }
            let blanks = text[..text.len() - content.len()].graphemes(true).count();
            shared = Some(shared.map_or(blanks, |least| least.min(blanks)));
            line_starts.push(at);
        }
    }
    for at in line_starts {
        if let Piece::Literal(text) = &mut pieces[at] {
            let taken: usize = text.graphemes(true).take(shared.unwrap_or(0)).map(str::len).sum();
            text.drain(..taken);
        }
    }
}
