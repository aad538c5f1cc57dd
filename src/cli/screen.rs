//! Where text goes: results to stdout, all that is said about them to stderr.

use std::io;
use std::io::BufWriter;
use std::io::IsTerminal as _;
use std::io::Write;

use super::Exit;
use super::Problem;
use super::Result;
use super::environment::Environment;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Severity;
use crate::diag::Sources;
use crate::report;
use crate::report::Style;

/// The terminal, or what stands in for it.
#[derive(Debug, Clone)]
pub(super) struct Screen {
    /// How stdout is written.
    pub(super) out: Style,
    /// How stderr is written.
    pub(super) err: Style,
    /// Somebody watches, and can answer.
    pub(super) is_interactive: bool,
    /// Somebody watches stderr.
    pub(super) is_watched: bool,
    /// No advice on what to run next: another program decides that.
    pub(super) in_automation: bool,
}

impl Screen {
    pub(super) fn new(environment: &Environment, no_color: bool) -> Self {
        let (out_tty, err_tty) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let wants_color = !no_color && environment.get("NO_COLOR").is_none() && environment.get("TERM") != Some("dumb");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| environment.get(name));
        // A file or a pipe is read as UTF-8; a terminal says whether it is.
        let unicode = |is_tty: bool| {
            !is_tty || locale.is_some_and(|name| name.to_ascii_lowercase().replace('-', "").contains("utf8"))
        };
        let columns = rustix::termios::tcgetwinsize(io::stderr())
            .or_else(|_| rustix::termios::tcgetwinsize(io::stdout()))
            .map_or(0, |size| usize::from(size.ws_col));
        let width = if columns < 20 { Style::PLAIN.width } else { columns.min(120) };
        let style = |is_tty: bool| Style {
            color: is_tty && wants_color,
            width: if is_tty { width } else { Style::PLAIN.width },
            unicode: unicode(is_tty),
        };
        Self {
            out: style(out_tty),
            err: style(err_tty),
            is_interactive: io::stdin().is_terminal() && err_tty && environment.switch("INPUT") != Some(false),
            is_watched: err_tty && environment.get("TERM") != Some("dumb"),
            in_automation: environment.setting("IN_AUTOMATION").is_some(),
        }
    }

    /// Prints a result. Nobody reading any more is no problem.
    pub(super) fn print(&self, text: &str) {
        let _ = self.write(|to| to.write_all(text.as_bytes()));
    }

    /// Writes a result. A reader that has gone away is no problem; a full disk is.
    pub(super) fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let mut to = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        match write(&mut to).and_then(|()| to.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Writes one JSON document.
    pub(super) fn document(&self, document: &impl serde::Serialize) -> Result<()> {
        self.write(|to| {
            serde_json::to_writer(&mut *to, document).map_err(io::Error::from)?;
            to.write_all(b"\n")
        })
    }

    /// Says something about what is going on.
    pub(super) fn say(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Says all problems.
    pub(super) fn diagnostics(&self, diagnostics: &Diagnostics, sources: &Sources, compact: bool) {
        let mut to = BufWriter::new(io::stderr().lock());
        let is_compact = compact && !diagnostics.has_errors();
        let _ = if is_compact {
            headlines(&mut to, diagnostics, sources)
        } else {
            report::diagnostics_text(&mut to, diagnostics, sources, self.err)
        };
        let _ = to.flush();
    }

    /// Says one problem that no source is to blame for.
    pub(super) fn diagnostic(&self, diagnostic: &Diagnostic) {
        let text = report::diagnostic_text(diagnostic, &Sources::new(), self.err);
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Says why the verb ends.
    pub(super) fn fail(&self, problem: &Problem) -> Exit {
        self.diagnostic(&problem.0);
        Exit::Failed
    }
}

/// The warnings' headlines, with where they are.
fn headlines(to: &mut dyn Write, diagnostics: &Diagnostics, sources: &Sources) -> io::Result<()> {
    let warnings = || diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning);
    if warnings().next().is_none() {
        return Ok(());
    }
    writeln!(to, "\nWarnings:\n")?;
    for warning in warnings() {
        let place = warning.span().map(|span| format!(" ({})", sources.place(span))).unwrap_or_default();
        writeln!(to, "- {}{place}", warning.summary)?;
    }
    writeln!(to, "\nTo see the full warning notes, run without -compact-warnings.")
}
