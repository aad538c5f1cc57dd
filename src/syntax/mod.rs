//! HCL text to a tree with spans.
//!
//! Takes the text of a file, gives a [`Body`] of attributes and blocks and pushes a diagnostic for every mistake. What
//! a block or a name means is not decided here.
//!
//! The parser is our own: no other one gives HCL's exact heredocs, numbers and limits, reports several mistakes of one
//! file, and reads chains of any length. A mistake spoils its argument or block only; the rest is still read.

mod ast;
mod body;
mod chain;
mod expr;
mod invalid;
mod lexeme;
mod parser;
mod scan;
mod template;
mod term;
mod text;
mod token;

#[cfg(test)]
mod tests;

pub use ast::Attribute;
pub use ast::BinaryOp;
pub use ast::Block;
pub use ast::Body;
pub use ast::Expr;
pub use ast::ExprKind;
pub use ast::ForExpr;
pub use ast::Label;
pub use ast::TemplatePart;
pub use ast::Traversal;
pub use ast::UnaryOp;
pub use lexeme::is_identifier;
pub use scan::BrokenString;
pub use scan::Scan;
pub use scan::scan;
pub use token::Token;
pub use token::TokenKind;

use parser::Parser;

use crate::diag::Diagnostics;
use crate::diag::SourceId;
use crate::diag::Sources;
use crate::diag::Span;
use crate::value::Str;

/// Reads a configuration file.
pub fn parse(sources: &Sources, id: SourceId, diags: &mut Diagnostics) -> Body {
    let source = sources.get(id);
    let scan = scan::scan(source.text());
    let before = diags.len();
    let body = with_parser(source.text(), &scan, sources, id, diags, |parser| parser.file());
    for diagnostic in diags.iter_mut().skip(before) {
        let Some(span) = diagnostic.span() else { continue };
        let covers = |block: &&Block| block.header.start <= span.start && span.start <= block.body.span.end;
        if let (None, Some(block)) = (&diagnostic.context, body.blocks.iter().find(covers)) {
            diagnostic.context = Some(block.title());
        }
    }
    body
}

/// Reads a text that is one expression, such as the value of a `-var` option; `None` when it is not.
pub fn parse_expression(sources: &Sources, id: SourceId, diags: &mut Diagnostics) -> Option<Expr> {
    let source = sources.get(id);
    let scan = scan::scan(source.text());
    with_parser(source.text(), &scan, sources, id, diags, |parser| parser.whole_expression().ok())
}

/// Reads a part of a text as one expression, such as the inside of quotes; `None` when it is not.
pub fn parse_part(sources: &Sources, part: Span, diags: &mut Diagnostics) -> Option<Expr> {
    let source = sources.get(part.source);
    let scan = scan::scan_part(source.text(), part.start as usize..part.end as usize);
    with_parser(source.text(), &scan, sources, part.source, diags, |parser| parser.whole_expression().ok())
}

/// Reads a text that is one template, such as a file for `templatefile`; `None` when it is not.
pub fn parse_template(sources: &Sources, id: SourceId, diags: &mut Diagnostics) -> Option<Expr> {
    let source = sources.get(id);
    let scan = scan::scan_template(source.text());
    with_parser(source.text(), &scan, sources, id, diags, |parser| parser.bare_template().ok())
}

/// Text from outside any file in the form that all text of the language has.
pub fn normalized(text: &str) -> Str {
    crate::value::text::nfc(text)
}

/// Runs a rule on a text, on a thread of its own where brackets nest so deep that the caller's stack may not do.
fn with_parser<T: Send>(
    text: &str,
    scan: &Scan,
    sources: &Sources,
    id: SourceId,
    diags: &mut Diagnostics,
    rule: impl FnOnce(&mut Parser<'_>) -> T + Send,
) -> T {
    const SHALLOW: usize = 40;
    const STACK: usize = 64 << 20;
    invalid::report_invalid(text, scan, id, diags);
    let run = move || rule(&mut Parser::new(text, scan, sources, id, diags));
    if scan.depth() <= SHALLOW {
        return run();
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        thread.expect("a thread can be started").join().expect("the parser does not panic")
    })
}
