//! `infra state push FILE`: takes a document as the state.

use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;

use clap::Args;

use super::Writing;
use crate::cli::Exit;
use crate::cli::Problem;
use crate::cli::Result;
use crate::cli::options::boolean;
use crate::cli::place::Place;
use crate::cli::screen::Screen;
use crate::cli::session;
use crate::ops;

/// Take a document as the state. What is there now goes to the history.
#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// The document; `-` for stdin.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Take it even if it is of another history, or older than what is there.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL")]
    force: bool,
    #[command(flatten)]
    writing: Writing,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen) -> Result {
    let session = session::local(&options.writing.reading.world, place)?;
    let bytes = read(&options.file).map_err(|error| {
        Problem::new("Failed to read the state to push", format!("{}: {error}.", options.file.display()))
    })?;
    let pushed = session.backend.decode(&bytes, &options.file)?;
    let lock = ops::lock(&session, "OperationTypeStatePush", options.writing.locking.lock_timeout)?;
    // With force, what is there may be damaged: that is when it is wanted most.
    if !options.force {
        let now = session.backend.load()?;
        if !now.is_new && now.snapshot.lineage != pushed.lineage {
            let detail =
                "The document is of another history than the state that is here. Use -force to take it anyway.";
            return Err(Problem::new("Failed to write state: the lineage is another", detail));
        }
        if !now.is_new && now.snapshot.serial > pushed.serial {
            let detail = format!(
                "The document is at serial {}, and the state that is here at {}: it was changed since. Use -force to take \
                 it anyway.",
                pushed.serial, now.snapshot.serial
            );
            return Err(Problem::new("Failed to write state: the serial is older", detail));
        }
    }
    let stored = session.backend.replace(&lock, &pushed)?;
    screen.say(&format!("The state is at serial {} now.", stored.serial));
    Ok(Exit::Done)
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return std::fs::read(path);
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}
