//! `infra state mv FROM TO`.

use clap::Args;

use super::Writing;
use crate::addr::InstanceAddr;
use crate::addr::Target;
use crate::cli::Exit;
use crate::cli::Problem;
use crate::cli::Result;
use crate::cli::options;
use crate::cli::options::boolean;
use crate::cli::place::Place;
use crate::cli::screen::Screen;
use crate::cli::session;
use crate::ops;
use crate::state::EditError;
use crate::state::Snapshot;

/// Give what is recorded another address.
///
/// To let the configuration say so, for everybody who applies it, write a `moved` block.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  infra state mv acme_vm.old acme_vm.new\n  infra state mv module.a module.b")]
pub(in crate::cli) struct Options {
    /// A module, a resource or an instance.
    #[arg(value_name = "FROM")]
    from: String,
    /// Its new address.
    #[arg(value_name = "TO")]
    to: String,
    /// Only say what would be moved.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL")]
    dry_run: bool,
    #[command(flatten)]
    writing: Writing,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen) -> Result {
    let (from, to) = (options::target(&options.from)?, options::target(&options.to)?);
    let session = session::local(&options.writing.reading.world, place)?;
    let edit = |snapshot: &mut Snapshot| snapshot.mv(&from, &to);
    let moved = if options.dry_run {
        let mut snapshot = (*ops::snapshot(&session, true)?).clone();
        edit(&mut snapshot)
    } else {
        let timeout = options.writing.locking.lock_timeout;
        ops::edit_state(&session, "OperationTypeStateMv", timeout, edit)?.map(|(moved, _)| moved)
    };
    let moved = moved.map_err(|error| problem(&error, &from, &ops::meant_in_state(&session, &from)))?;
    screen.print(&text(&moved, options.dry_run));
    Ok(Exit::Done)
}

fn text(moved: &[(InstanceAddr, InstanceAddr)], dry_run: bool) -> String {
    let verb = if dry_run { "Would move" } else { "Move" };
    let mut text: String = moved.iter().map(|(from, to)| format!("{verb} \"{from}\" to \"{to}\"\n")).collect();
    if !dry_run {
        text.push_str(&format!("Successfully moved {} object(s).\n", moved.len()));
    }
    text
}

fn problem(error: &EditError, from: &Target, hint: &str) -> Problem {
    match error {
        EditError::Absent(_) => {
            let detail = format!("Cannot move {from}: does not match anything in the current state.{hint}");
            Problem::new("Invalid source address", detail)
        }
        EditError::Taken { to, .. } => {
            let detail = format!(
                "Cannot move to {to}: there is already a resource instance at that address in the current state."
            );
            Problem::new("Invalid target address", detail)
        }
        EditError::Ambiguous(_) | EditError::Kind | EditError::Type { .. } => {
            Problem::of("Invalid target address", error)
        }
    }
}
