//! `infra state history` and `restore`: the snapshots that are kept.

use clap::Args;

use super::Reading;
use super::Writing;
use crate::cli::Exit;
use crate::cli::Result;
use crate::cli::place::Place;
use crate::cli::screen::Screen;
use crate::cli::session;
use crate::ops;

/// List the snapshots that are kept, the last first.
#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    #[command(flatten)]
    reading: Reading,
}

/// Bring an earlier snapshot back. What is there now goes to the history.
#[derive(Debug, Args)]
pub(in crate::cli) struct Restore {
    /// Its serial, as `infra state history` lists it.
    #[arg(value_name = "SERIAL")]
    serial: u64,
    #[command(flatten)]
    writing: Writing,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen) -> Result {
    let session = session::local(&options.reading.world, place)?;
    let past = session.backend.history()?;
    if past.is_empty() {
        screen.say("Nothing was stored here yet.");
        return Ok(Exit::Done);
    }
    screen.write(|to| {
        writeln!(to, "{:>6}  {:20}  {:>10}", "serial", "stored", "bytes")?;
        past.iter().try_for_each(|past| {
            let time = past.time.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
            let now = if past.is_current { "  current" } else { "" };
            writeln!(to, "{:>6}  {time:20}  {:>10}{now}", past.serial, past.size)
        })
    })?;
    Ok(Exit::Done)
}

pub(super) fn restore(options: &Restore, place: &Place, screen: &Screen) -> Result {
    let session = session::local(&options.writing.reading.world, place)?;
    let lock = ops::lock(&session, "OperationTypeStateRestore", options.writing.locking.lock_timeout)?;
    let snapshot = session.backend.past(options.serial)?;
    let stored = session.backend.replace(&lock, &snapshot)?;
    screen.print(&format!(
        "Restored the snapshot of serial {}; the state is at serial {} now.\nThe world was not touched: `infra plan` shows \
         how the two differ.\n",
        options.serial, stored.serial
    ));
    Ok(Exit::Done)
}
