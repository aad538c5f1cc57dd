//! Files that a run leaves for others: a report for a pull request, numbers for a monitoring system.

use std::path::Path;
use std::path::PathBuf;

use clap::Args;

use super::Problem;
use super::Result;
use super::place::Place;
use crate::ops;
use crate::report::COMMENT_LIMIT;
use crate::report::Markdown;

/// Others read them, as far as the user's own mask lets them.
const MODE: u32 = 0o666;

/// Reports that are wanted.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Reports {
    /// Also write what this comes to as Markdown, for a comment on a pull request. Hides what is sensitive in any case.
    #[arg(long = "report", value_name = "md=FILE", value_parser = wanted, help_heading = "Output")]
    files: Vec<PathBuf>,
}

/// Parses `md=FILE`.
fn wanted(text: &str) -> std::result::Result<PathBuf, String> {
    match text.split_once('=') {
        Some(("md", file)) if !file.is_empty() => Ok(PathBuf::from(file)),
        _ => Err("write md=FILE, for a report as Markdown".to_owned()),
    }
}

impl Reports {
    /// Whether any is wanted.
    pub(super) fn is_any(&self) -> bool {
        !self.files.is_empty()
    }

    /// Begins the report of a verb, unless none is wanted or there is no place for it.
    pub(super) fn begin(&self, verb: &'static str, place: &Place) -> Result<Option<Reporting>> {
        self.files.iter().try_for_each(|path| check(path))?;
        if self.files.is_empty() {
            return Ok(None);
        }
        let folder = place.dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let markdown = Markdown::new(verb, &folder, &place.workspace());
        Ok(Some(Reporting { markdown, files: self.files.clone() }))
    }
}

/// A report that is being made.
pub(super) struct Reporting {
    pub(super) markdown: Markdown,
    files: Vec<PathBuf>,
}

impl Reporting {
    /// Writes the report.
    pub(super) fn write(&self) -> Result<()> {
        let text = self.markdown.text(COMMENT_LIMIT);
        self.files.iter().try_for_each(|path| write(path, &text))
    }
}

/// Refuses a file for others that could not be written, before anything is done.
pub(super) fn check(path: &Path) -> Result<()> {
    ops::check_place(path).map_err(|problem| {
        let detail = format!("The report cannot be written as {}: {problem}.", path.display());
        Problem::new("Failed to write report", detail)
    })
}

/// Writes a file for others.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    ops::write_whole(path, text.as_bytes(), MODE).map_err(|error| {
        let detail = format!("The report cannot be written as {}: {error}.", path.display());
        Problem::new("Failed to write report", detail)
    })
}
