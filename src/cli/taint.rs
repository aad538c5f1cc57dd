//! `infra taint` and `untaint`.

use clap::Args;

use super::Exit;
use super::Problem;
use super::Result;
use super::options;
use super::options::Locking;
use super::options::Looks;
use super::options::WorldChoice;
use super::options::boolean;
use super::place::Place;
use super::screen::Screen;
use super::session;
use crate::addr::Target;
use crate::ops;

/// Marks on an object.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The instance's address.
    #[arg(value_name = "ADDRESS")]
    addr: String,
    /// Do not fail when there is no such instance.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL")]
    allow_missing: bool,
    #[command(flatten)]
    locking: Locking,
    #[command(flatten)]
    world: WorldChoice,
    #[command(flatten)]
    looks: Looks,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen, taint: bool) -> Result {
    let addr = options::instance(&options.addr)?;
    let session = session::local(&options.world, place)?;
    let edited = ops::edit_state(&session, "OperationTypeTaint", options.locking.lock_timeout, |snapshot| {
        if taint { snapshot.taint(&addr) } else { snapshot.untaint(&addr) }
    })?;
    match edited {
        Ok((changed, _)) => {
            let text = match (taint, changed) {
                (true, true) => format!("Resource instance {addr} has been marked as tainted.\n"),
                (true, false) => format!("Resource instance {addr} was marked as tainted already.\n"),
                (false, true) => format!("Resource instance {addr} has been successfully untainted.\n"),
                (false, false) => format!("Resource instance {addr} was not tainted.\n"),
            };
            screen.print(&text);
            Ok(Exit::Done)
        }
        Err(_) if options.allow_missing => {
            screen.say(&format!("There is no resource instance in the state with the address {addr}."));
            Ok(Exit::Done)
        }
        Err(_) => {
            let hint = match ops::meant_in_state(&session, &Target::from(&addr)) {
                hint if hint.is_empty() => format!(
                    " If the resource configuration has just been added, you must run \"infra apply\" once to create the \
                     corresponding instance(s) before they can be {}.",
                    if taint { "tainted" } else { "untainted" }
                ),
                hint => hint,
            };
            let detail = format!("There is no resource instance in the state with the address {addr}.{hint}");
            Err(Problem::new("No such resource instance", detail))
        }
    }
}
