//! A problem as people read it.

use std::fmt::Write as _;
use std::io;
use std::io::Write;

use annotate_snippets::AnnotationKind;
use annotate_snippets::Group;
use annotate_snippets::Level;
use annotate_snippets::Renderer;
use annotate_snippets::Snippet;
use annotate_snippets::renderer::DecorStyle;

use super::super::style::Style;
use super::super::style::Tone;
use super::super::wrap::visible;
use super::super::wrap::wrap;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Label;
use crate::diag::Severity;
use crate::diag::Sources;

/// Longer lines of source are cut around what is meant.
const MOST_COLUMNS: usize = 160;

/// Writes all problems, those of less weight first, so that errors stand where the eye is: at the end.
pub fn diagnostics_text(
    to: &mut dyn Write,
    diagnostics: &Diagnostics,
    sources: &Sources,
    style: Style,
) -> io::Result<()> {
    let of = |severity| diagnostics.iter().filter(move |diagnostic| diagnostic.severity == severity);
    for diagnostic in of(Severity::Warning).chain(of(Severity::Error)) {
        to.write_all(diagnostic_text(diagnostic, sources, style).as_bytes())?;
    }
    Ok(())
}

/// A problem: what, where, with which values, and what to do. Begins with an empty line.
pub fn diagnostic_text(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let (tone, word) = match diagnostic.severity {
        Severity::Error => (Tone::Error, "Error: "),
        Severity::Warning => (Tone::Warning, "Warning: "),
    };
    let mut body = String::new();
    style.push(&mut body, tone, word);
    style.push(&mut body, Tone::Bold, &one_line(&diagnostic.summary));
    body.push_str("\n\n");
    if let Some(address) = &diagnostic.address {
        let _ = writeln!(body, "  with {},", visible(address));
    }
    let has_place = match diagnostic.labels.split_first() {
        None => diagnostic.address.is_some(),
        Some((primary, [])) => {
            place(&mut body, diagnostic, primary, sources, style);
            true
        }
        Some((primary, _)) if diagnostic.labels.iter().all(|label| can_stand_together(label, sources)) => {
            let _ = writeln!(body, "  on {}{}:", position(primary, sources), within(diagnostic));
            several(&mut body, diagnostic, sources, style);
            true
        }
        Some(_) => {
            diagnostic.labels.iter().for_each(|label| place(&mut body, diagnostic, label, sources, style));
            true
        }
    };
    values(&mut body, diagnostic, style);
    if has_place {
        body.push('\n');
    }
    wrap(&mut body, &diagnostic.detail, style.width.saturating_sub(2), "");
    boxed(body.trim_end(), tone, style)
}

/// With a bar at the side on a terminal that can draw one; it groups what belongs together.
fn boxed(body: &str, tone: Tone, style: Style) -> String {
    if !(style.color && style.unicode) {
        return format!("\n{body}\n");
    }
    let mut out = style.paint(tone, "╷");
    out.push('\n');
    for line in body.lines() {
        style.push(&mut out, tone, "│");
        if !line.is_empty() {
            out.push(' ');
            out.push_str(line);
        }
        out.push('\n');
    }
    style.push(&mut out, tone, "╵");
    out.push('\n');
    out
}

fn position(label: &Label, sources: &Sources) -> String {
    let source = sources.get(label.span.source);
    format!("{} line {}", source.name().display(), source.position(label.span.start).line)
}

fn within(diagnostic: &Diagnostic) -> String {
    diagnostic.context.as_ref().map(|context| format!(", in {context}")).unwrap_or_default()
}

/// One label: the line of source with what is meant underlined.
fn place(to: &mut String, diagnostic: &Diagnostic, label: &Label, sources: &Sources, style: Style) {
    let source = sources.get(label.span.source);
    let (start, end) = (source.position(label.span.start), source.position(label.span.end));
    let _ = writeln!(to, "  on {}{}:", position(label, sources), within(diagnostic));
    if sources.is_hidden(label.span) {
        let text = if label.text.is_empty() { String::new() } else { format!(": {}", one_line(&label.text)) };
        let _ = writeln!(to, "  (a sensitive value, not shown){text}");
        return;
    }
    if source.text().is_empty() {
        return;
    }
    let line: String = source.line(start.line).replace('\t', " ");
    let length = line.chars().count();
    let (from, until) = (start.column - 1, if end.line == start.line { end.column - 1 } else { length });
    // A file may be one line of a megabyte.
    let skipped = if length > MOST_COLUMNS { from.saturating_sub(40) } else { 0 };
    let shown: String = visible(&line).chars().skip(skipped).take(MOST_COLUMNS).collect();
    let number = format!("{:>4}: ", start.line);
    let _ = writeln!(to, "{number}{}", shown.trim_end());
    let carets = until.saturating_sub(from).clamp(1, MOST_COLUMNS);
    let indent = " ".repeat(number.len() + from - skipped);
    let text = if label.text.is_empty() { String::new() } else { format!(" {}", one_line(&label.text)) };
    let _ = writeln!(to, "{indent}{}", style.paint(Tone::Error, &format!("{}{text}", "^".repeat(carets))));
}

/// Whether the lines of a label can be shown as they are.
fn can_stand_together(label: &Label, sources: &Sources) -> bool {
    if sources.is_hidden(label.span) {
        return false;
    }
    let source = sources.get(label.span.source);
    let lines = source.position(label.span.start).line..=source.position(label.span.end).line;
    lines.into_iter().all(|line| source.line(line).len() <= MOST_COLUMNS)
}

/// Several labels, perhaps in several files.
fn several(to: &mut String, diagnostic: &Diagnostic, sources: &Sources, style: Style) {
    let mut group: Option<Group<'_>> = None;
    let mut files: Vec<crate::diag::SourceId> = Vec::new();
    for label in &diagnostic.labels {
        if !files.contains(&label.span.source) {
            files.push(label.span.source);
        }
    }
    for file in files {
        let source = sources.get(file);
        let length = source.text().len();
        let labels = diagnostic.labels.iter().enumerate().filter(|(_, label)| label.span.source == file);
        let annotations = labels.map(|(at, label)| {
            let kind = if at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let (start, end) = (label.span.start as usize, label.span.end as usize);
            let annotation = kind.span(start.min(length)..end.min(length));
            let text = one_line(&label.text).into_owned();
            if text.is_empty() { annotation } else { annotation.label(text) }
        });
        let snippet = Snippet::source(source.text().to_string())
            .path(source.name().display().to_string())
            .annotations(annotations);
        group = Some(match group {
            None => Group::with_level(Level::ERROR).element(snippet),
            Some(group) => group.element(snippet),
        });
    }
    let Some(group) = group else { return };
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let decor = if style.unicode { DecorStyle::Unicode } else { DecorStyle::Ascii };
    let text = renderer.decor_style(decor).term_width(style.width.max(40)).render(&[group]);
    for line in text.lines() {
        to.push_str(if line.is_empty() { "" } else { "  " });
        to.push_str(line.trim_end());
        to.push('\n');
    }
}

fn values(to: &mut String, diagnostic: &Diagnostic, style: Style) {
    let (branch, last) = if style.unicode { ("├── ", "└── ") } else { ("|-- ", "`-- ") };
    for (at, (traversal, statement)) in diagnostic.values.iter().enumerate() {
        let mark = if at + 1 == diagnostic.values.len() { last } else { branch };
        let line = format!("    {mark}{} {}", visible(traversal), one_line(statement));
        to.push_str(&style.paint(Tone::Dim, &line));
        to.push('\n');
    }
}

fn one_line(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\n') { visible(text).replace('\n', " ").into() } else { visible(text) }
}
