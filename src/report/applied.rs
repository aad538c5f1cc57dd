//! What is said at the end of an apply: how much was done, and the outputs.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;

use super::progress::apply_summary;
use super::progress::destroy_summary;
use super::state::outputs_text;
use super::style::Style;
use super::style::Tone;
use crate::plan::Counts;
use crate::plan::Mode;
use crate::state::Output;
use crate::value::Str;

/// Writes the summary of an apply that went through, and the outputs that there are now.
pub fn applied_text(
    to: &mut dyn Write,
    counts: Counts,
    mode: Mode,
    outputs: &BTreeMap<Str, Output>,
    style: Style,
) -> io::Result<()> {
    let line = match mode {
        Mode::Destroy => destroy_summary(counts),
        Mode::Normal | Mode::RefreshOnly => apply_summary(counts),
    };
    writeln!(to, "\n{}", style.paint(Tone::Added, &line))?;
    if outputs.is_empty() || mode == Mode::Destroy {
        return Ok(());
    }
    writeln!(to, "\n{}\n", style.paint(Tone::Bold, "Outputs:"))?;
    outputs_text(to, outputs)
}
