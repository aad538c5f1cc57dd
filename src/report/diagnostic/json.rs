//! Problems as Terraform's JSON has them.

use serde::Serialize;

use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Position;
use crate::diag::Severity;
use crate::diag::Sources;

/// A problem, ready to be written as JSON.
#[derive(Debug, Serialize)]
pub struct DiagnosticJson {
    pub(in crate::report) severity: &'static str,
    pub(in crate::report) summary: String,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Snippet>,
}

#[derive(Debug, Serialize)]
struct Range {
    filename: String,
    start: Place,
    end: Place,
}

#[derive(Debug, Serialize)]
struct Place {
    line: usize,
    column: usize,
    byte: usize,
}

#[derive(Debug, Serialize)]
struct Snippet {
    context: Option<String>,
    code: String,
    start_line: usize,
    highlight_start_offset: usize,
    highlight_end_offset: usize,
    values: Vec<Involved>,
}

#[derive(Debug, Serialize)]
struct Involved {
    traversal: String,
    statement: String,
}

#[derive(Debug, Serialize)]
struct Validation {
    format_version: &'static str,
    valid: bool,
    error_count: usize,
    warning_count: usize,
    diagnostics: Vec<DiagnosticJson>,
}

impl From<Position> for Place {
    fn from(position: Position) -> Self {
        Place { line: position.line, column: position.column, byte: position.byte }
    }
}

/// The document that `validate -json` prints.
pub fn validate_json(diagnostics: &Diagnostics, sources: &Sources) -> serde_json::Value {
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let document = Validation {
        format_version: "1.0",
        valid: !diagnostics.has_errors(),
        error_count: count(Severity::Error),
        warning_count: count(Severity::Warning),
        diagnostics: diagnostics.iter().map(|diagnostic| diagnostic_json(diagnostic, sources)).collect(),
    };
    serde_json::to_value(document).expect("plain data has a JSON form")
}

/// A problem as Terraform's JSON has it. Only the primary label has a place there; what the others say is in the detail.
pub fn diagnostic_json(diagnostic: &Diagnostic, sources: &Sources) -> DiagnosticJson {
    let mut detail = diagnostic.detail.clone();
    for label in diagnostic.labels.iter().skip(1).filter(|label| !label.text.is_empty()) {
        detail.push_str(&format!("\n\n{}: {}", sources.place(label.span), label.text));
    }
    DiagnosticJson {
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        summary: diagnostic.summary.to_string(),
        detail,
        address: diagnostic.address.clone(),
        range: range(diagnostic, sources),
        snippet: snippet(diagnostic, sources),
    }
}

fn range(diagnostic: &Diagnostic, sources: &Sources) -> Option<Range> {
    let span = diagnostic.span()?;
    let source = sources.get(span.source);
    Some(Range {
        filename: source.name().display().to_string(),
        start: source.position(span.start).into(),
        end: source.position(span.end).into(),
    })
}

/// The whole lines that the primary label touches, unless they hold a sensitive value.
fn snippet(diagnostic: &Diagnostic, sources: &Sources) -> Option<Snippet> {
    let span = diagnostic.span().filter(|span| !sources.is_hidden(*span))?;
    let source = sources.get(span.source);
    let (start, end) = (source.position(span.start), source.position(span.end));
    let lines: Vec<&str> = (start.line..=end.line).map(|line| source.line(line)).collect();
    let code = lines.join("\n");
    let line_start = source.text()[..start.byte].rfind('\n').map_or(0, |at| at + 1);
    let offset = |byte: usize| byte.saturating_sub(line_start).min(code.len());
    let values = diagnostic.values.iter();
    Some(Snippet {
        context: diagnostic.context.clone(),
        start_line: start.line,
        highlight_start_offset: offset(start.byte),
        highlight_end_offset: offset(end.byte),
        values: values
            .map(|(traversal, statement)| Involved { traversal: traversal.clone(), statement: statement.clone() })
            .collect(),
        code,
    })
}
