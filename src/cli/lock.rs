//! `infra lock show` and `break`; `force-unlock` is Terraform's name for the second.

use clap::Args;
use clap::Subcommand;

use super::Exit;
use super::Problem;
use super::Result;
use super::options::Looks;
use super::options::WorldChoice;
use super::options::boolean;
use super::place::Place;
use super::screen::Screen;
use super::session;
use crate::ops::Failure;

/// Show who holds the lock on the state, or break it.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show who holds the lock.
    Show(Show),
    /// Take the lock away from its holder, who can store nothing from then on.
    ///
    /// A lock is released when its holder dies, so this is for one that hangs.
    Break(Unlock),
}

/// Who holds the lock.
#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    world: WorldChoice,
    #[command(flatten)]
    looks: Looks,
}

/// Break the lock on the state: the same as `infra lock break`.
#[derive(Debug, Args)]
pub(super) struct Unlock {
    /// The lock's ID, as the message about it tells.
    #[arg(value_name = "ID")]
    id: String,
    // The ID is proof enough that it is meant.
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = boolean)]
    force: Option<bool>,
    #[command(flatten)]
    world: WorldChoice,
    #[command(flatten)]
    looks: Looks,
}

pub(super) fn run(command: Command, place: &Place, screen: &Screen) -> Result {
    match command {
        Command::Show(options) => show(&options, place, screen),
        Command::Break(options) => force_unlock(&options, place, screen),
    }
}

fn show(options: &Show, place: &Place, screen: &Screen) -> Result {
    let session = session::local(&options.world, place)?;
    let text = match session.backend.holder().map_err(Failure::from)? {
        None => format!("Workspace \"{}\" is not locked.\n", session.workspace),
        Some(info) => format!(
            "Workspace \"{}\" is locked.\n  ID:        {}\n  Who:       {}\n  Operation: {}\n  Version:   {}\n  Created:   \
             {}\n",
            session.workspace, info.id, info.who, info.operation, info.version, info.created
        ),
    };
    screen.print(&text);
    Ok(Exit::Done)
}

pub(super) fn force_unlock(options: &Unlock, place: &Place, screen: &Screen) -> Result {
    let session = session::local(&options.world, place)?;
    let broken = session.backend.break_lock(&options.id);
    let info = broken.map_err(|error| Problem::of("Failed to unlock state", &error))?;
    screen.print(&format!("The lock of {} is broken; whatever that run still does, it can store nothing.\n", info.who));
    Ok(Exit::Done)
}
