//! Attributes and blocks.

use rustc_hash::FxHashMap;

use super::ast::Attribute;
use super::ast::Block;
use super::ast::Body;
use super::ast::Expr;
use super::ast::ExprKind;
use super::ast::Label;
use super::parser::Failed;
use super::parser::Parser;
use super::parser::Result;
use super::token::Token;
use super::token::TokenKind as K;
use crate::diag::Diagnostic;
use crate::diag::Span;
use crate::value::Str;
use crate::value::text::nfc;

/// A body being read.
#[derive(Default)]
struct Items {
    attributes: Vec<Attribute>,
    blocks: Vec<Block>,
    /// Where each name is, filled only in bodies long enough to need it.
    index: FxHashMap<Str, usize>,
}

impl Items {
    fn position(&mut self, name: &Str) -> Option<usize> {
        const SHORT: usize = 16;
        if self.attributes.len() <= SHORT {
            return self.attributes.iter().position(|known| known.name == *name);
        }
        for at in self.index.len()..self.attributes.len() {
            self.index.insert(Str::clone(&self.attributes[at].name), at);
        }
        self.index.get(name).copied()
    }
}

/// A brace that closes a block other than its indentation says: the likely reason when an outer one stays open.
struct Misplaced {
    header: Span,
    brace: Span,
}

/// What reading bodies has to remember across blocks.
#[derive(Default)]
pub(super) struct BodyReader {
    misplaced: Option<Misplaced>,
    unclosed_reported: bool,
}

const ITEM_REQUIRED: &str = "Argument or block definition required";
const SINGLE_LINE: &str = "Invalid single-argument block definition";

impl Parser<'_> {
    /// The body of a file.
    pub(super) fn file(&mut self) -> Body {
        let mut items = Items::default();
        let mut reader = BodyReader::default();
        while self.peek().kind != K::End {
            self.item(&mut reader, &mut items);
        }
        let span = Span::new(self.source, 0, self.text.len());
        Body { attributes: items.attributes, blocks: items.blocks, span }
    }

    /// One attribute or block, or an empty line; whatever stands here, something is taken or the body's end is next.
    fn item(&mut self, reader: &mut BodyReader, items: &mut Items) {
        let first = self.peek();
        let mark = self.mark();
        let read = match first.kind {
            K::Newline => {
                self.next();
                return;
            }
            K::Ident => match self.peek_second().kind {
                K::Equal => self.attribute(items),
                K::OpenQuote | K::OpenBrace | K::Ident => self.block(reader, items),
                _ => self.fail(
                    first,
                    ITEM_REQUIRED,
                    "An argument or block definition is required here. To set an argument, use the equals sign \"=\" to \
                     introduce the argument value.",
                ),
            },
            K::OpenQuote => self.fail(first, "Invalid argument name", "Argument names must not be quoted."),
            _ => self.fail(first, ITEM_REQUIRED, "An argument or block definition is required here."),
        };
        if read.is_err() {
            if self.mark() == mark {
                self.next();
            }
            self.skip_item(mark);
        }
    }

    /// `name = value` and the end of its line.
    fn attribute(&mut self, items: &mut Items) -> Result<()> {
        self.assignment(items)?;
        let end = self.peek();
        match end.kind {
            K::Newline => {
                self.next();
                Ok(())
            }
            K::End => Ok(()),
            K::Comma => self.fail(
                end,
                "Unexpected comma after argument",
                "Argument definitions must be separated by newlines, not commas. An argument definition must end with a \
                 newline.",
            ),
            _ => self.fail(end, "Missing newline after argument", "An argument definition must end with a newline."),
        }
    }

    /// `name = value`. What could not be read leaves an attribute with [`ExprKind::Error`].
    fn assignment(&mut self, items: &mut Items) -> Result<()> {
        let name_token = self.next();
        let equal = self.next();
        let value = self.expression();
        let failed = value.is_err();
        let value = value.unwrap_or_else(|Failed| Expr { kind: ExprKind::Error, span: self.span(equal) });
        let name_span = self.span(name_token);
        let name = self.name(name_token);
        match items.position(&name) {
            Some(known) => {
                let first = items.attributes[known].name_span;
                let detail = format!(
                    "The argument \"{name}\" was already set at {}. Each argument may be set only once.",
                    self.place(first)
                );
                let diagnostic = Diagnostic::error("Attribute redefined", detail);
                self.diags.push(diagnostic.at(name_span).label(first, "first set here"));
            }
            None => items.attributes.push(Attribute { name, name_span, value }),
        }
        if failed { Err(Failed) } else { Ok(()) }
    }

    /// `kind "label" { … }` and the end of its line.
    fn block(&mut self, reader: &mut BodyReader, items: &mut Items) -> Result<()> {
        let kind_token = self.next();
        let mut labels = Vec::new();
        let open = loop {
            let next = self.peek();
            match next.kind {
                K::OpenBrace => break Some(self.next()),
                K::OpenQuote => labels.push(self.label()),
                K::Ident => {
                    self.next();
                    labels.push(Label { text: self.name(next), span: self.span(next) });
                }
                _ => break None,
            }
        };
        let kind = self.name(kind_token);
        let kind_span = self.span(kind_token);
        let header = labels.last().map_or(kind_span, |label| kind_span.to(label.span));
        let Some(open) = open else {
            let span = Span { start: header.end, ..header };
            let body = Body { attributes: Vec::new(), blocks: Vec::new(), span };
            items.blocks.push(Block { kind, kind_span, labels, body, header });
            return self.no_block_body();
        };
        let inner = self.nested(|parser| {
            let mut inner = Items::default();
            let close = parser.block_body(reader, kind_token, open, header, &mut inner);
            Ok((inner, close))
        });
        let (mut inner, close) = inner?;
        let end = close.unwrap_or_else(|| self.peek()).start;
        let span = Span { source: self.source, start: open.end, end: end.max(open.end) };
        let block_at = items.blocks.len();
        if close.is_none() {
            // What begins no further right than this block was meant to stand behind it.
            let column = self.column(kind_token);
            let is_inner = |block: &Block| {
                let start = block.kind_span;
                self.column(Token { kind: K::Ident, start: start.start, end: start.end }) > column
            };
            let outer = inner.blocks.iter().position(|block| !is_inner(block)).unwrap_or(inner.blocks.len());
            items.blocks.extend(inner.blocks.drain(outer..));
        }
        let body = Body { attributes: inner.attributes, blocks: inner.blocks, span };
        items.blocks.insert(block_at, Block { kind, kind_span, labels, body, header });
        if close.is_none() {
            return Ok(());
        }
        self.block_end()
    }

    fn no_block_body(&mut self) -> Result<()> {
        let next = self.peek();
        let detail = match next.kind {
            K::Equal => {
                "The equals sign \"=\" indicates an argument definition, and must not be used when defining a block."
            }
            K::Newline => {
                "A block definition must have block content delimited by \"{\" and \"}\", starting on the same line as \
                 the block header."
            }
            _ => "Either a quoted string block label or an opening brace (\"{\") is expected here.",
        };
        self.fail(next, "Invalid block definition", detail)
    }

    fn block_end(&mut self) -> Result<()> {
        let end = self.peek();
        match end.kind {
            K::Newline => {
                self.next();
                Ok(())
            }
            // The brace of a block around this one says more where it is read.
            K::End | K::CloseBrace => Ok(()),
            K::Invalid => Err(Failed),
            _ => {
                let span = self.span(end);
                self.report(
                    span,
                    "Missing newline after block definition",
                    "A block definition must end with a newline.",
                );
                if end.kind == K::Ident { Ok(()) } else { Err(Failed) }
            }
        }
    }

    /// What is inside the braces; gives the closing one, unless the file ends before.
    fn block_body(
        &mut self,
        reader: &mut BodyReader,
        kind: Token,
        open: Token,
        header: Span,
        items: &mut Items,
    ) -> Option<Token> {
        let single_line = !matches!(self.peek().kind, K::Newline | K::CloseBrace | K::End);
        let mark = self.mark();
        if single_line && self.single_line(items).is_err() {
            self.skip_item(mark);
        }
        loop {
            let next = self.peek();
            match next.kind {
                K::CloseBrace => {
                    self.next();
                    self.note_indent(reader, kind, header, next);
                    return Some(next);
                }
                K::End => {
                    self.unclosed(reader, open);
                    return None;
                }
                _ => self.item(reader, items),
            }
        }
    }

    /// `name = value` on the line of the braces.
    fn single_line(&mut self, items: &mut Items) -> Result<()> {
        let first = self.peek();
        match (first.kind, self.peek_second().kind) {
            (K::Ident, K::Equal) => self.assignment(items)?,
            (K::Ident, K::OpenQuote | K::OpenBrace | K::Ident) => {
                let detail = format!(
                    "A single-line block definition can contain only a single argument. If you meant to define argument \
                     \"{}\", use an equals sign to assign it a value. To define a nested block, place it on a line of \
                     its own within its parent block.",
                    self.slice(first)
                );
                return self.fail(first, "Argument definition required", detail);
            }
            (K::Ident, _) => {
                return self.fail(
                    first,
                    ITEM_REQUIRED,
                    "An argument or block definition is required here. To set an argument, use the equals sign \"=\" to \
                     introduce the argument value.",
                );
            }
            _ => return self.fail(first, ITEM_REQUIRED, "An argument or block definition is required here."),
        }
        let end = self.peek();
        let detail = match end.kind {
            K::CloseBrace | K::End => return Ok(()),
            K::Comma => {
                "Single-line block syntax can include only one argument definition. To define multiple arguments, use \
                 the multi-line block syntax with one argument definition per line."
            }
            K::Newline => {
                "An argument definition on the same line as its containing block creates a single-line block definition, \
                 which must also be closed on the same line. Place the block's closing brace immediately after the \
                 argument definition."
            }
            _ => {
                "A single-line block definition must end with a closing brace immediately after its single argument \
                 definition."
            }
        };
        let span = self.span(end);
        self.report(span, SINGLE_LINE, detail);
        // An argument on the line of the brace, others below: they can be read all the same.
        if end.kind == K::Newline { Ok(()) } else { Err(Failed) }
    }

    fn note_indent(&self, reader: &mut BodyReader, kind: Token, header: Span, close: Token) {
        let lines = self.text[kind.start as usize..close.start as usize].contains('\n');
        if lines && reader.misplaced.is_none() && self.column(close) < self.column(kind) {
            reader.misplaced = Some(Misplaced { header, brace: self.span(close) });
        }
    }

    fn unclosed(&mut self, reader: &mut BodyReader, open: Token) {
        if std::mem::replace(&mut reader.unclosed_reported, true) || self.ended_early {
            return;
        }
        let mut diagnostic = Diagnostic::error(
            "Unclosed configuration block",
            "There is no closing brace for this block before the end of the file. This may be caused by incorrect brace \
             nesting elsewhere in this file.",
        )
        .at(self.span(open));
        if let Some(misplaced) = &reader.misplaced {
            diagnostic = diagnostic
                .label(misplaced.header, "this block may be the one that lacks its brace")
                .label(misplaced.brace, "because this brace, by its indentation, was meant for another");
        }
        self.diags.push(diagnostic);
    }

    /// A quoted label.
    fn label(&mut self) -> Label {
        let open = self.next();
        let mut text = String::new();
        let mut is_static = true;
        let mut depth = 0_u32;
        loop {
            let next = self.peek();
            match next.kind {
                K::QuotedText if depth == 0 => text.push_str(&self.literal(next)),
                K::CloseQuote if depth == 0 => {
                    self.next();
                    break;
                }
                K::End => {
                    let detail = "Unable to find the closing quote mark before the end of the file.";
                    self.report(self.span(open), "Unterminated string literal", detail);
                    break;
                }
                K::OpenInterpolation | K::OpenDirective if depth == 0 && is_static => {
                    is_static = false;
                    let sign = if next.kind == K::OpenInterpolation { "$" } else { "%" };
                    let detail = format!(
                        "Template sequences are not allowed in this string. To include a literal \"{sign}\", double it \
                         (as \"{sign}{sign}\") to escape it."
                    );
                    self.report(self.span(next), "Invalid string literal", detail);
                    depth += 1;
                }
                kind if kind.opens() => depth += 1,
                kind if kind.closes() => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.next();
        }
        let span = self.span_from(open.start);
        if !is_static {
            // As written, it is no name, and whoever looks at it will not take it for one.
            let written = self.text.get(open.end as usize..span.end as usize).unwrap_or("");
            text = written.strip_suffix('"').unwrap_or(written).to_owned();
        }
        Label { text: nfc(text), span }
    }
}
