//! Problems with what the user wrote: diagnostics, and the sources they point into.
//!
//! Everything that reads configuration pushes [`Diagnostic`]s into the [`Diagnostics`] it was given and carries on,
//! so that one run reports every problem. Nothing here prints: `report` renders at the edge.

mod causes;
mod source;
mod suggest;
#[cfg(test)]
mod tier;

pub use causes::sentence;
pub use causes::with_causes;
pub use source::Position;
pub use source::Source;
pub use source::SourceId;
pub use source::Sources;
pub use source::Span;
pub use suggest::did_you_mean;
pub use suggest::nearby;
pub use suggest::nearest;
#[cfg(test)]
pub(crate) use tier::tier;

use std::borrow::Cow;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The operation cannot go on.
    Error,
    /// The operation goes on; the user should know.
    Warning,
}

/// One problem: what is wrong, where, with which values, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether this stops the operation.
    pub severity: Severity,
    /// A few words with nothing the user named in them; Terraform's own text where it has one.
    pub summary: Cow<'static, str>,
    /// Full sentences: what is wrong and what to do.
    pub detail: String,
    /// Where: the first label is the primary one. Empty when no source is to blame.
    pub labels: Vec<Label>,
    /// The block around the primary label, as `resource "acme_vm" "web"`.
    pub context: Option<String>,
    /// The instance being worked on, when there is one.
    pub address: Option<String>,
    /// The values involved, as `var.size` and `is "large"`. Never holds a sensitive value.
    pub values: Vec<(String, String)>,
}

/// A span with what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The text that is meant.
    pub span: Span,
    /// What to say at it; may be empty for the primary label.
    pub text: String,
}

impl Diagnostic {
    /// An error with a summary and a detail in full sentences.
    pub fn error(summary: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Error, summary, detail)
    }

    /// A warning with a summary and a detail in full sentences.
    pub fn warning(summary: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Warning, summary, detail)
    }

    fn new(severity: Severity, summary: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self {
            severity,
            summary: summary.into(),
            detail: detail.into(),
            labels: Vec::new(),
            context: None,
            address: None,
            values: Vec::new(),
        }
    }

    /// Points at a span; the first call gives the primary label.
    pub fn at(self, span: Span) -> Self {
        self.label(span, "")
    }

    /// Points at a span with a remark.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Names the block around the primary label.
    pub fn within(mut self, context: impl Into<String>) -> Self {
        self.context.get_or_insert_with(|| context.into());
        self
    }

    /// Names the instance being worked on.
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address.get_or_insert_with(|| address.into());
        self
    }

    /// Adds a value involved: `var.size`, `is "large"`.
    pub fn value(mut self, traversal: impl Into<String>, statement: impl Into<String>) -> Self {
        self.values.push((traversal.into(), statement.into()));
        self
    }

    /// The primary span, when a source is to blame.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// All problems of one operation, in the order they were found.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// No problems yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a problem; the same problem at the same place is kept once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        // A block in many module instances is evaluated many times and fails the same way each time.
        if !self.list.iter().rev().take(64).any(|known| *known == diagnostic) {
            self.list.push(diagnostic);
        }
    }

    /// Adds all problems of another collection.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        others.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    /// Whether anything stops the operation.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// How many problems there are; compare before and after a call to learn whether it found any.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is nothing to report.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The problems in the order they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// The problems, to add what only the caller knows (an address, the block around).
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Diagnostic> {
        self.list.iter_mut()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(list: I) -> Self {
        let mut diagnostics = Self::new();
        diagnostics.extend(list);
        diagnostics
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}
