//! `infra workspace`: several states of one configuration.

use std::collections::BTreeSet;

use clap::Args;
use clap::Subcommand;

use super::Exit;
use super::Problem;
use super::Result;
use super::options::Locking;
use super::options::Looks;
use super::options::WorldChoice;
use super::options::boolean;
use super::place::Place;
use super::screen::Screen;
use super::session;
use crate::diag::did_you_mean;
use crate::ops;
use crate::state::Local;
use crate::state::Snapshot;

const DEFAULT: &str = "default";

/// List, make, select and delete workspaces.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the workspaces; a star marks the one that is selected.
    List(Options),
    /// Show which one is selected.
    Show(Options),
    /// Make a workspace, and select it.
    New(Named),
    /// Select a workspace.
    Select(Select),
    /// Delete a workspace, which must be empty.
    Delete(Delete),
}

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    world: WorldChoice,
    #[command(flatten)]
    looks: Looks,
}

#[derive(Debug, Args)]
pub(super) struct Named {
    /// The workspace's name.
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    locking: Locking,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Args)]
pub(super) struct Select {
    /// The workspace's name.
    #[arg(value_name = "NAME")]
    name: String,
    /// Make it if there is none.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL")]
    or_create: bool,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Args)]
pub(super) struct Delete {
    /// The workspace's name.
    #[arg(value_name = "NAME")]
    name: String,
    /// Delete it even if objects are recorded in it, which are then forgotten.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL")]
    force: bool,
    #[command(flatten)]
    locking: Locking,
    #[command(flatten)]
    options: Options,
}

pub(super) fn run(command: Command, place: &Place, screen: &Screen) -> Result {
    let current = place.workspace();
    match command {
        Command::Show(_) => screen.print(&format!("{current}\n")),
        Command::List(options) => {
            let line = |name: &String| format!("{} {name}\n", if *name == current { '*' } else { ' ' });
            let mut all = known(&options.world, place)?;
            all.insert(current.clone());
            screen.print(&all.iter().map(line).collect::<String>());
        }
        Command::New(named) => {
            check_selectable(place)?;
            if !Local::is_name(&named.name) {
                screen.say(&format!(
                    "\nThe workspace name \"{}\" is not allowed. A name has only letters, digits, \"-\", \"_\" and \".\", and \
                     does not begin with a dot.",
                    named.name
                ));
                return Ok(Exit::Failed);
            }
            if known(&named.options.world, place)?.contains(&named.name) {
                let detail = format!("To use it, run `infra workspace select {}`.", named.name);
                return Err(Problem::new(format!("Workspace \"{}\" already exists", named.name), detail));
            }
            make(&named.name, &named.options.world, &named.locking, place)?;
            select(&named.name, place)?;
            screen.print(&format!(
                "Created and switched to workspace \"{}\"!\n\nIt is new and empty: workspaces keep their states apart, so a \
                 plan sees nothing that others have made.\n",
                named.name
            ));
        }
        Command::Select(named) => return choose(&named, &current, place, screen),
        Command::Delete(named) => return delete(&named, &current, place, screen),
    }
    Ok(Exit::Done)
}

fn choose(named: &Select, current: &str, place: &Place, screen: &Screen) -> Result {
    check_selectable(place)?;
    if named.name == current {
        return Ok(Exit::Done);
    }
    let known = known(&named.options.world, place)?;
    if !known.contains(&named.name) {
        if !named.or_create {
            let hint = did_you_mean(&named.name, known.iter().map(String::as_str));
            screen.say(&format!(
                "\nWorkspace \"{}\" doesn't exist.{hint}\n\nTo make it, run `infra workspace new {}`, or add -or-create.",
                named.name, named.name
            ));
            return Ok(Exit::Failed);
        }
        let locking = Locking { lock: true, lock_timeout: std::time::Duration::ZERO };
        make(&named.name, &named.options.world, &locking, place)?;
    }
    select(&named.name, place)?;
    screen.print(&format!("Switched to workspace \"{}\".\n", named.name));
    Ok(Exit::Done)
}

fn delete(named: &Delete, current: &str, place: &Place, screen: &Screen) -> Result {
    let name = &named.name;
    if name == current {
        screen.say(&format!(
            "Workspace \"{name}\" is your active workspace.\n\nYou cannot delete the currently active workspace. Please \
             switch to another workspace and try again."
        ));
        return Ok(Exit::Failed);
    }
    if !known(&named.options.world, place)?.contains(name) || name == DEFAULT {
        let why = if name == DEFAULT { "cannot be deleted" } else { "doesn't exist" };
        screen.say(&format!("Workspace \"{name}\" {why}."));
        return Ok(Exit::Failed);
    }
    let session = session::of_workspace(&named.options.world, place, name)?;
    let lock = ops::lock(&session, "workspace delete", named.locking.lock_timeout)?;
    if !named.force {
        let snapshot = ops::snapshot(&session, true)?;
        if !snapshot.instances.is_empty() {
            let list: String = snapshot.instances.keys().map(|addr| format!("\n  - {addr}")).collect();
            let detail = format!(
                "Workspace \"{name}\" is currently tracking the following resource instances:{list}\n\nDeleting this \
                 workspace would cause infra to lose track of any associated remote objects, which would then require you \
                 to delete them manually. Destroy these objects before deleting the workspace.\n\nTo delete it anyway, and \
                 forget about these objects, use the -force option."
            );
            return Err(Problem::new("Workspace is not empty", detail));
        }
    }
    Local::remove(&place.state_dir(&place.world(&named.options.world)), name, lock)?;
    screen.print(&format!("Deleted workspace \"{name}\"!\n"));
    Ok(Exit::Done)
}

fn known(choice: &WorldChoice, place: &Place) -> Result<BTreeSet<String>> {
    let found = Local::workspaces(&place.state_dir(&place.world(choice)))?;
    Ok(found.into_iter().chain([DEFAULT.to_owned()]).collect())
}

/// A workspace is there once it has a state.
fn make(name: &str, choice: &WorldChoice, locking: &Locking, place: &Place) -> Result<()> {
    let session = session::of_workspace(choice, place, name)?;
    let lock = ops::lock(&session, "workspace new", locking.lock_timeout)?;
    session.backend.replace(&lock, &Snapshot::begin())?;
    Ok(())
}

fn select(name: &str, place: &Place) -> Result<()> {
    let write = || {
        std::fs::create_dir_all(place.data_dir())?;
        std::fs::write(place.selection(), format!("{name}\n"))
    };
    write().map_err(|error| Problem::of("Cannot select the workspace", &error))
}

/// The environment's choice wins over any that is made here, so that none can be made.
fn check_selectable(place: &Place) -> Result<()> {
    match place.environment.setting("WORKSPACE") {
        None => Ok(()),
        Some(name) => {
            let detail = format!(
                "The selected workspace is overridden by TF_WORKSPACE or INFRA_WORKSPACE, which says \"{name}\". To select \
                 another one, unset it or change its value."
            );
            Err(Problem::new("The workspace is chosen by the environment", detail))
        }
    }
}
