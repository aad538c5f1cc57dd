//! `infra state pull`: the document as it is kept, sensitive values sealed.

use clap::Args;

use super::Reading;
use crate::cli::Exit;
use crate::cli::Result;
use crate::cli::place::Place;
use crate::cli::screen::Screen;
use crate::cli::session;

/// Print the state's document, sensitive values sealed.
#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    #[command(flatten)]
    reading: Reading,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen) -> Result {
    let session = session::local(&options.reading.world, place)?;
    let loaded = session.backend.load()?;
    if !loaded.is_new {
        let document = session.backend.encode(&loaded.snapshot)?;
        screen.write(|to| to.write_all(&document))?;
    }
    Ok(Exit::Done)
}
