//! What lines are written on.

use std::io;
use std::io::Write;

use super::super::style::Secrets;
use super::super::style::Style;
use super::super::style::Tone;
use crate::value::Marks;
use crate::value::Path;
use crate::value::Step;
use crate::value::Value;

/// The mark before a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Sign {
    None,
    Add,
    Remove,
    Change,
    DeleteThenCreate,
    CreateThenDelete,
    Read,
    Forget,
}

impl Sign {
    /// Its four columns.
    fn text(self) -> &'static str {
        match self {
            Sign::None => "    ",
            Sign::Add => "  + ",
            Sign::Remove => "  - ",
            Sign::Change => "  ~ ",
            Sign::DeleteThenCreate => "-/+ ",
            Sign::CreateThenDelete => "+/- ",
            Sign::Read => " <= ",
            Sign::Forget => "  . ",
        }
    }
}

/// Text that grows line by line, and goes out in large pieces.
pub(in crate::report) struct Page<'a> {
    pub(in crate::report) out: String,
    pub(in crate::report) style: Style,
    pub(in crate::report) secrets: Secrets,
    /// Arguments whose change forces a replacement.
    pub(in crate::report) forced: &'a [Path],
    /// Where we are in the object; kept only where something is forced.
    pub(super) path: Vec<Step>,
    /// The instance that is being written, whose own unknowns need no source.
    pub(in crate::report) owner: String,
    /// Whether signs stand at the left margin, and a change reads `!`: where lines are coloured by their first letter.
    pub(in crate::report) at_margin: bool,
    /// A remark for the end of the current line.
    note: String,
}

/// A piece that is worth a write.
const PIECE: usize = 64 * 1024;

impl Page<'_> {
    pub(in crate::report) fn new(style: Style, secrets: Secrets) -> Self {
        Self {
            out: String::new(),
            style,
            secrets,
            forced: &[],
            path: Vec::new(),
            owner: String::new(),
            at_margin: false,
            note: String::new(),
        }
    }

    /// Hands on what has been written, when that is a large piece.
    pub(in crate::report) fn flush_some(&mut self, to: &mut dyn Write) -> io::Result<()> {
        if self.out.len() >= PIECE { self.flush(to) } else { Ok(()) }
    }

    /// Hands on what has been written.
    pub(in crate::report) fn flush(&mut self, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(self.out.as_bytes())?;
        self.out.clear();
        Ok(())
    }

    /// Begins a line.
    pub(in crate::report) fn begin(&mut self, level: usize, sign: Sign) {
        if self.at_margin && sign != Sign::None {
            let text = match sign {
                Sign::Change => "!",
                sign => sign.text().trim(),
            };
            self.out.push_str(&format!("{text:width$}", width = 4 * level + 4));
            return;
        }
        (0..level).for_each(|_| self.out.push_str("    "));
        let tone = match sign {
            Sign::None => Tone::Plain,
            Sign::Add | Sign::CreateThenDelete => Tone::Added,
            Sign::Remove | Sign::DeleteThenCreate => Tone::Removed,
            Sign::Change => Tone::Changed,
            Sign::Read => Tone::Read,
            Sign::Forget => Tone::Dim,
        };
        self.style.push(&mut self.out, tone, sign.text());
    }

    /// Ends a line, behind a remark if there is one.
    pub(in crate::report) fn end(&mut self) {
        if !self.note.is_empty() {
            let note = std::mem::take(&mut self.note);
            self.push(Tone::Changed, &note);
        }
        self.out.push('\n');
    }

    /// Adds a remark to the end of the current line.
    pub(super) fn remark(&mut self, text: &str) {
        self.note.push_str(if self.note.is_empty() { " # " } else { ", " });
        self.note.push_str(text);
    }

    pub(in crate::report) fn push(&mut self, tone: Tone, text: &str) {
        self.style.push(&mut self.out, tone, text);
    }

    /// A line of its own.
    pub(in crate::report) fn line(&mut self, tone: Tone, text: &str) {
        self.push(tone, text);
        self.out.push('\n');
    }

    /// Says how much is not shown.
    pub(super) fn hidden(&mut self, level: usize, count: usize, what: &str) {
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            self.begin(level, Sign::None);
            self.push(Tone::Dim, &format!("# ({count} unchanged {what}{plural} hidden)"));
            self.end();
        }
    }

    /// Whether a value must not be written; then something is written in its place.
    pub(super) fn hides(&mut self, value: &Value) -> bool {
        let marks = value.marks();
        if marks.contains(Marks::SENSITIVE) && self.secrets == Secrets::Hidden {
            self.push(Tone::Dim, "(sensitive value)");
            true
        } else if marks.contains(Marks::EPHEMERAL) {
            self.push(Tone::Dim, "(ephemeral value)");
            true
        } else {
            false
        }
    }

    /// Whether a value as a whole must not be written.
    pub(super) fn is_secret(&self, value: &Value) -> bool {
        value.is_sensitive() && self.secrets == Secrets::Hidden
    }

    /// Says where an unknown value will come from.
    pub(in crate::report) fn source(&mut self, instance: &str, path: &str) {
        if self.owner != instance {
            self.remark(&format!("{instance}.{path}"));
        }
    }

    /// Runs `write` one step further into the object, with a remark where a change there forces a replacement.
    pub(super) fn at(&mut self, step: impl FnOnce() -> Step, write: impl FnOnce(&mut Self)) {
        if self.forced.is_empty() {
            return write(self);
        }
        self.path.push(step());
        if self.forced.iter().any(|path| path.steps() == self.path) {
            self.remark("forces replacement");
        }
        write(self);
        self.path.pop();
    }
}
