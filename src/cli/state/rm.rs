//! `infra state rm ADDR…`.

use clap::Args;

use super::Writing;
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

/// Forget what is recorded, and delete nothing.
///
/// To let the configuration say so, for everybody who applies it, write a `removed` block.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  infra state rm acme_vm.web\n  infra state rm 'acme_vm.web[\"a\"]' module.old")]
pub(in crate::cli) struct Options {
    /// Modules, resources or instances.
    #[arg(value_name = "ADDRESS", required = true)]
    addrs: Vec<String>,
    /// Only say what would be forgotten.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL")]
    dry_run: bool,
    #[command(flatten)]
    writing: Writing,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen) -> Result {
    let targets = options.addrs.iter().map(|text| options::target(text)).collect::<Result<Vec<Target>>>()?;
    let session = session::local(&options.writing.reading.world, place)?;
    let edit = |snapshot: &mut Snapshot| {
        let mut gone = Vec::new();
        for target in &targets {
            match snapshot.rm(target) {
                Ok(more) => gone.extend(more),
                // An address may lie within one that is gone already.
                Err(_) if gone.iter().any(|addr| target.covers(addr)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(gone)
    };
    let gone = if options.dry_run {
        let mut snapshot = (*ops::snapshot(&session, true)?).clone();
        edit(&mut snapshot)
    } else {
        let timeout = options.writing.locking.lock_timeout;
        ops::edit_state(&session, "OperationTypeStateRm", timeout, edit)?.map(|(gone, _)| gone)
    };
    let gone = gone.map_err(|error: EditError| {
        let absent = match &error {
            EditError::Absent(addr) => addr.parse::<Target>().ok(),
            _ => None,
        };
        let hint = absent.map(|target| ops::meant_in_state(&session, &target)).unwrap_or_default();
        let detail = format!(
            "No matching objects found: {error}.{hint} To view the available instances, use \"infra state list\". Please \
             modify the address to reference a specific instance."
        );
        Problem::new("Invalid target address", detail)
    })?;
    let verb = if options.dry_run { "Would remove" } else { "Removed" };
    let mut text: String = gone.iter().map(|addr| format!("{verb} {addr}\n")).collect();
    if !options.dry_run {
        text.push_str(&format!("Successfully removed {} resource instance(s).\n", gone.len()));
    }
    screen.print(&text);
    Ok(Exit::Done)
}
