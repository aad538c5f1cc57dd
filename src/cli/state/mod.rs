//! `infra state`: what is recorded, and edits of it by hand.

mod history;
mod list;
mod mv;
mod pull;
mod push;
mod rm;
mod show;

use clap::Args;
use clap::Subcommand;

use super::Result;
use super::options::Locking;
use super::options::Looks;
use super::options::WorldChoice;
use super::place::Place;
use super::screen::Screen;

/// List, show, move and forget what is recorded.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    List(list::Options),
    Show(show::Options),
    Mv(mv::Options),
    Rm(rm::Options),
    Pull(pull::Options),
    Push(push::Options),
    History(history::Options),
    Restore(history::Restore),
}

/// What every verb here has that only reads.
#[derive(Debug, Args)]
pub(in crate::cli) struct Reading {
    #[command(flatten)]
    world: WorldChoice,
    #[command(flatten)]
    looks: Looks,
}

/// What every verb here has that writes.
#[derive(Debug, Args)]
pub(in crate::cli) struct Writing {
    #[command(flatten)]
    locking: Locking,
    #[command(flatten)]
    reading: Reading,
}

pub(super) fn run(command: Command, place: &Place, screen: &Screen) -> Result {
    match command {
        Command::List(options) => list::run(&options, place, screen),
        Command::Show(options) => show::run(&options, place, screen),
        Command::Mv(options) => mv::run(&options, place, screen),
        Command::Rm(options) => rm::run(&options, place, screen),
        Command::Pull(options) => pull::run(&options, place, screen),
        Command::Push(options) => push::run(&options, place, screen),
        Command::History(options) => history::run(&options, place, screen),
        Command::Restore(options) => history::restore(&options, place, screen),
    }
}
