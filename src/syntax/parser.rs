//! The parser's place in the tokens, and what it does with mistakes.
//!
//! Grammar lives in the neighbours, one concept a file, all on [`Parser`]. A rule that fails has pushed its diagnostic
//! and returns [`Failed`]; the body around it takes up reading again at its next item.

use rustc_hash::FxHashMap;

use super::scan::Scan;
use super::token::Token;
use super::token::TokenKind;
use super::token::TokenKind as K;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::SourceId;
use crate::diag::Sources;
use crate::diag::Span;
use crate::value::Str;
use crate::value::text::nfc;

/// How deep brackets, templates, blocks and operators without brackets may nest. Real configurations stay below 20.
pub(super) const MAX_DEPTH: u32 = 500;

/// A rule could not be read; the problem has been reported.
pub(super) struct Failed;

pub(super) type Result<T> = std::result::Result<T, Failed>;

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) sources: &'a Sources,
    pub(super) source: SourceId,
    pub(super) diags: &'a mut Diagnostics,
    tokens: &'a [Token],
    at: usize,
    /// Whether a line break means something here: in bodies and objects, not in other brackets.
    newlines: bool,
    depth: u32,
    /// A mistake swallowed the rest of the text, so that a brace missing at its end says nothing new.
    pub(super) ended_early: bool,
    names: FxHashMap<&'a str, Str>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(
        text: &'a str,
        scan: &'a Scan,
        sources: &'a Sources,
        source: SourceId,
        diags: &'a mut Diagnostics,
    ) -> Self {
        let names = FxHashMap::default();
        Self {
            text,
            sources,
            source,
            diags,
            tokens: &scan.tokens,
            at: 0,
            newlines: true,
            depth: 0,
            ended_early: false,
            names,
        }
    }

    /// The next token that counts.
    pub(super) fn peek(&self) -> Token {
        self.tokens[self.next_index()]
    }

    /// The token behind the next one.
    pub(super) fn peek_second(&self) -> Token {
        let mut index = self.next_index();
        if index + 1 < self.tokens.len() {
            index += 1;
        }
        self.tokens[self.skip_from(index)]
    }

    /// Takes the next token that counts; the last one can be taken for ever.
    pub(super) fn next(&mut self) -> Token {
        let index = self.next_index();
        self.at = (index + 1).min(self.tokens.len() - 1);
        self.tokens[index]
    }

    /// Takes the next token if it is of a kind.
    pub(super) fn accept(&mut self, kind: TokenKind) -> Option<Token> {
        (self.peek().kind == kind).then(|| self.next())
    }

    /// Takes a token of a kind, or reports that it is missing.
    pub(super) fn expect(&mut self, kind: TokenKind, summary: &'static str, detail: &str) -> Result<Token> {
        match self.accept(kind) {
            Some(token) => Ok(token),
            None => self.fail(self.peek(), summary, detail),
        }
    }

    /// Takes the next token if it is the name `keyword`.
    pub(super) fn accept_keyword(&mut self, keyword: &str) -> bool {
        let next = self.peek();
        let found = next.kind == K::Ident && self.slice(next) == keyword;
        if found {
            self.next();
        }
        found
    }

    /// The last token that was taken.
    pub(super) fn previous(&self) -> Token {
        self.tokens[self.at.saturating_sub(1)]
    }

    fn next_index(&self) -> usize {
        self.skip_from(self.at)
    }

    fn skip_from(&self, mut index: usize) -> usize {
        loop {
            match self.tokens[index].kind {
                K::LineComment | K::BlockComment => index += 1,
                K::Newline if !self.newlines => index += 1,
                _ => return index,
            }
        }
    }

    /// Runs a rule with line breaks meaning something or not.
    pub(super) fn with_newlines<T>(&mut self, newlines: bool, rule: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.newlines, newlines);
        let result = rule(self);
        self.newlines = outer;
        result
    }

    /// Runs a rule one level deeper; fails beyond the limit.
    pub(super) fn nested<T>(&mut self, rule: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.check_depth(1)?;
        self.depth += 1;
        let result = rule(self);
        self.depth -= 1;
        result
    }

    /// Fails where `more` levels would be too many.
    pub(super) fn check_depth(&mut self, more: usize) -> Result<()> {
        if self.depth as usize + more <= MAX_DEPTH as usize {
            return Ok(());
        }
        self.too_deep()
    }

    pub(super) fn too_deep<T>(&mut self) -> Result<T> {
        let detail = format!("Brackets, blocks and operators may be nested at most {MAX_DEPTH} levels deep.");
        self.fail(self.peek(), "Nesting too deep", detail)
    }

    pub(super) fn slice(&self, token: Token) -> &'a str {
        &self.text[token.start as usize..token.end as usize]
    }

    /// The text of a name, shared with its other occurrences.
    pub(super) fn name(&mut self, token: Token) -> Str {
        let text = self.slice(token);
        self.names.entry(text).or_insert_with(|| nfc(text)).clone()
    }

    pub(super) fn span(&self, token: Token) -> Span {
        Span { source: self.source, start: token.start, end: token.end }
    }

    /// From the beginning of a token to the end of the last one taken.
    pub(super) fn span_from(&self, start: u32) -> Span {
        let taken = self.tokens[..self.at].iter().rev();
        let end = taken.clone().find(|token| !is_blank(token.kind)).map_or(start, |token| token.end);
        Span { source: self.source, start, end: end.max(start) }
    }

    pub(super) fn report(&mut self, at: Span, summary: &'static str, detail: impl Into<String>) {
        self.diags.push(Diagnostic::error(summary, detail).at(at));
    }

    pub(super) fn fail<T>(&mut self, at: Token, summary: &'static str, detail: impl Into<String>) -> Result<T> {
        let span = self.span(at);
        self.report(span, summary, detail);
        Err(Failed)
    }

    /// A place as messages name it: `main.tf:2,3-8`.
    pub(super) fn place(&self, span: Span) -> String {
        self.sources.place(span)
    }

    /// The index of the next token, to take reading up from.
    pub(super) fn mark(&self) -> usize {
        self.next_index()
    }

    /// How far a token is from the beginning of its line, in bytes.
    pub(super) fn column(&self, token: Token) -> usize {
        let before = &self.text[..token.start as usize];
        before.len() - before.rfind('\n').map_or(0, |at| at + 1)
    }

    /// Skips what cannot be read of the item that began at token `item`: to the end of its last line as far as brackets
    /// and indentation tell.
    pub(super) fn skip_item(&mut self, item: usize) {
        let indent = self.indent(self.tokens[item]);
        let own_line = self.column(self.tokens[item]) == indent;
        let mut lines = 0;
        let mut open = 0_i32;
        let mut index = item;
        loop {
            let token = self.tokens[index];
            let reached = index >= self.at;
            if reached && lines > 0 && self.tokens[index - 1].kind == K::Newline && !is_blank(token.kind) {
                let column = self.column(token);
                let next_item = token.kind == K::Ident && column <= indent;
                let outer_end = token.kind.closes() && (column < indent || column == indent && open <= 0);
                if next_item || outer_end {
                    break;
                }
            }
            match token.kind {
                K::End => {
                    self.ended_early = true;
                    break;
                }
                K::Newline => {
                    lines += 1;
                    // An opening brace on the next line is a misplaced one and belongs to what is skipped.
                    if reached && open <= 0 && self.tokens[index + 1].kind != K::OpenBrace {
                        index += 1;
                        break;
                    }
                }
                K::CloseBrace if reached && open <= 0 && !(own_line && lines == 0) => break,
                kind if kind.opens() => open += 1,
                kind if kind.closes() => open -= 1,
                _ => {}
            }
            index += 1;
        }
        self.at = index;
    }

    /// How far the first token of a token's line is from the beginning of the line.
    fn indent(&self, token: Token) -> usize {
        let start = token.start as usize - self.column(token);
        self.text[start..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }
}

fn is_blank(kind: TokenKind) -> bool {
    matches!(kind, K::Newline | K::LineComment | K::BlockComment)
}
