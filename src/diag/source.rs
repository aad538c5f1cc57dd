//! The texts that diagnostics point into, and places in them.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::RwLock;

/// Names one text of a [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A range of bytes in one source; `end` is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text this is a part of.
    pub source: SourceId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// A range of bytes in a source.
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        Self { source, start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The smallest span that covers both; `self` when they lie in two sources.
    pub fn to(self, other: Span) -> Span {
        if self.source != other.source {
            return self;
        }
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// Offsets past 4 GiB are not met: the loader refuses files that large.
fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// A place as people and Terraform's JSON name it: lines and columns from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Offset in bytes, from 0.
    pub byte: usize,
}

/// One text: a file, a `-var` argument, an environment variable.
#[derive(Debug)]
pub struct Source {
    name: PathBuf,
    text: Arc<str>,
    line_starts: Vec<u32>,
}

impl Source {
    fn new(name: PathBuf, text: Arc<str>) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| clamp(at + 1));
        let line_starts = std::iter::once(0).chain(breaks).collect();
        Self { name, text, line_starts }
    }

    /// The path as the user would type it, or a description such as `<value for var.size>`.
    pub fn name(&self) -> &Path {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The text of a span; empty where the span lies outside.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Line and column of a byte offset.
    pub fn position(&self, byte: u32) -> Position {
        // A span may point into the middle of a character: to its beginning then.
        let byte = self.text.floor_char_boundary((byte as usize).min(self.text.len()));
        let line = self.line_starts.partition_point(|start| *start as usize <= byte).max(1);
        let start = self.line_starts[line - 1] as usize;
        let column = self.text.get(start..byte).map_or(0, |text| text.chars().count()) + 1;
        Position { line, column, byte }
    }

    /// A line's text without its line break; lines count from 1.
    pub fn line(&self, line: usize) -> &str {
        let start = self.line_starts.get(line.wrapping_sub(1)).map_or(self.text.len(), |at| *at as usize);
        let end = self.line_starts.get(line).map_or(self.text.len(), |at| *at as usize);
        self.text[start..end].trim_end_matches(['\n', '\r'])
    }
}

/// Every text that was read in this run. Texts are only added, so a [`SourceId`] stays good.
#[derive(Debug, Default)]
pub struct Sources {
    list: RwLock<Vec<Arc<Source>>>,
    /// Texts that must not be shown: values of sensitive variables.
    hidden: RwLock<Vec<Span>>,
}

impl Sources {
    /// No texts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a text under the name that diagnostics show.
    pub fn add(&self, name: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> SourceId {
        let source = Arc::new(Source::new(name.into(), text.into()));
        let mut list = self.list.write().expect("no writer panics");
        list.push(source);
        SourceId(clamp(list.len() - 1))
    }

    /// The text of an id that [`Sources::add`] of this collection gave.
    pub fn get(&self, id: SourceId) -> Arc<Source> {
        let list = self.list.read().expect("no writer panics");
        Arc::clone(list.get(id.0 as usize).expect("the id comes from this collection"))
    }

    /// Keeps the text of a span from being shown where a diagnostic points to it.
    pub fn hide(&self, span: Span) {
        let mut hidden = self.hidden.write().expect("no writer panics");
        if !hidden.contains(&span) {
            hidden.push(span);
        }
    }

    /// Whether the lines of a span hold a text that must not be shown.
    pub fn is_hidden(&self, span: Span) -> bool {
        let hidden = self.hidden.read().expect("no writer panics");
        let lines = |span: Span| {
            let source = self.get(span.source);
            source.position(span.start).line..=source.position(span.end).line
        };
        let mut same =
            hidden.iter().filter(|hidden| hidden.source == span.source).map(|hidden| lines(*hidden)).peekable();
        if same.peek().is_none() {
            return false;
        }
        let shown = lines(span);
        same.any(|hidden| hidden.start() <= shown.end() && shown.start() <= hidden.end())
    }

    /// A span as messages name it: `main.tf:2,3-8`, or `main.tf:2,3-4,1` over several lines.
    pub fn place(&self, span: Span) -> String {
        let source = self.get(span.source);
        let (start, end) = (source.position(span.start), source.position(span.end));
        let name = source.name().display();
        if start.line == end.line {
            return format!("{name}:{},{}-{}", start.line, start.column, end.column);
        }
        format!("{name}:{},{}-{},{}", start.line, start.column, end.line, end.column)
    }

    /// All texts in the order they were added.
    pub fn all(&self) -> Vec<Arc<Source>> {
        self.list.read().expect("no writer panics").clone()
    }
}
