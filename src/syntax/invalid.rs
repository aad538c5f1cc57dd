//! What is wrong with a text before any grammar.

use super::scan::Scan;
use super::token::TokenKind as K;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::SourceId;
use crate::diag::Span;

/// Reports broken strings and signs that the language does not have, each kind of sign once a file.
pub(super) fn report_invalid(text: &str, scan: &Scan, source: SourceId, diags: &mut Diagnostics) {
    for broken in &scan.broken_strings {
        let span = Span::new(source, broken.at.start, broken.at.end);
        let detail = "Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \
                      \\n escape to represent a newline character or use the \"heredoc\" multi-line template syntax.";
        diags.push(Diagnostic::error("Invalid multi-line string", detail).at(span));
        if broken.unterminated {
            let detail = "No closing marker was found for the string.";
            diags.push(Diagnostic::error("Unterminated template string", detail).at(span));
        }
    }
    let mut told = Vec::new();
    for token in scan.tokens.iter().filter(|token| token.kind == K::Invalid) {
        let sign = &text[token.start as usize..token.end as usize];
        let (summary, detail) = explain(sign);
        if summary == "Unsupported operator" || !detail.starts_with("This character") {
            if told.contains(&sign) {
                continue;
            }
            told.push(sign);
        }
        let span = Span { source, start: token.start, end: token.end };
        diags.push(Diagnostic::error(summary, detail).at(span));
    }
}

fn explain(sign: &str) -> (&'static str, &'static str) {
    let operator = "Unsupported operator";
    let character = "Invalid character";
    match sign {
        "&" => (operator, "Bitwise operators are not supported. Did you mean boolean AND (\"&&\")?"),
        "|" => (operator, "Bitwise operators are not supported. Did you mean boolean OR (\"||\")?"),
        "~" => (operator, "Bitwise operators are not supported. Did you mean boolean NOT (\"!\")?"),
        "^" => (operator, "Bitwise operators are not supported."),
        "'" => (character, "Single quotes are not valid. Use double quotes (\") to enclose strings."),
        "`" => (
            character,
            "The \"`\" character is not valid. To create a multi-line string, use the \"heredoc\" syntax, like \"<<EOT\".",
        ),
        ";" => (
            character,
            "The \";\" character is not valid. Use newlines to separate arguments and blocks, and commas to separate items \
             in collection values.",
        ),
        "“" | "”" => (
            character,
            "\"Curly quotes\" are not valid here. These can sometimes be inadvertently introduced when sharing code via \
             documents or discussion forums. It might help to replace the character with a \"straight quote\".",
        ),
        _ => (character, "This character is not used within the language."),
    }
}
