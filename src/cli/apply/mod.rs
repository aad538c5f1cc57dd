//! `infra apply`, `destroy` and `refresh`: performs a plan, saved or made now.

mod perform;

use std::path::PathBuf;

use clap::Args;

use super::Result;
use super::options::Json;
use super::options::Locking;
use super::options::Looks;
use super::options::Planning;
use super::options::Sight;
use super::options::Spending;
use super::options::Width;
use super::options::WorldChoice;
use super::options::boolean;
use super::place::Place;
use super::reports::Reports;
use super::screen::Screen;
use super::variables::Inputs;
use super::view::View;
use crate::state::Halt;
use perform::Applying;

/// Make the world as it is written.
///
/// Plans, shows the plan, asks, and performs it. With a saved plan, performs exactly that and asks nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  infra apply\n  infra apply plan.bin              what `infra plan -out=plan.bin` saved\n  \
    infra apply -auto-approve -var-file=prod.tfvars"
)]
pub(in crate::cli) struct Options {
    /// A saved plan.
    #[arg(value_name = "PLANFILE")]
    plan: Option<PathBuf>,
    /// Do not ask.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL",
          help_heading = "Apply")]
    auto_approve: bool,
    /// Let this database, volume, domain or load balancer be destroyed or replaced. May be given several times.
    ///
    /// What such an object holds is lost with it, so -auto-approve alone is not word enough for an apply. Destroying
    /// everything needs no such word, nor does a saved plan.
    #[arg(long, value_name = "ADDRESS", help_heading = "Apply")]
    allow_destroy: Vec<String>,
    #[command(flatten)]
    spending: Spending,
    #[command(flatten)]
    width: Width,
    #[command(flatten)]
    planning: Planning,
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    locking: Locking,
    #[command(flatten)]
    world: WorldChoice,
    #[command(flatten)]
    crash: Crash,
    #[command(flatten)]
    json: Json,
    #[command(flatten)]
    sight: Sight,
    #[command(flatten)]
    looks: Looks,
    #[command(flatten)]
    reports: Reports,
}

/// Take over into the state what the world has become, and change nothing.
#[derive(Debug, Args)]
#[command(after_help = "The same as: infra apply -refresh-only -auto-approve")]
pub(super) struct RefreshOptions {
    /// Refresh only this. May be given several times.
    #[arg(long, value_name = "ADDRESS")]
    target: Vec<String>,
    #[command(flatten)]
    width: Width,
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    locking: Locking,
    #[command(flatten)]
    world: WorldChoice,
    #[command(flatten)]
    json: Json,
    #[command(flatten)]
    looks: Looks,
}

/// Switches that prove that crash tests bite. Not for users.
#[derive(Debug, Args, Default)]
struct Crash {
    #[arg(long, hide = true, value_parser = halt)]
    crash_halt: Option<Halt>,
    #[arg(long, hide = true)]
    crash_no_sync: bool,
    #[arg(long, hide = true)]
    crash_no_intents: bool,
    #[arg(long, hide = true)]
    crash_no_find: bool,
}

fn halt(text: &str) -> std::result::Result<Halt, String> {
    let wrong = || "write before:N or after:N".to_owned();
    let (when, record) = text.split_once(':').ok_or_else(wrong)?;
    let record = record.parse().map_err(|_| wrong())?;
    match when {
        "before" => Ok(Halt::Before(record)),
        "after" => Ok(Halt::After(record)),
        _ => Err(wrong()),
    }
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen, destroy: bool) -> Result {
    let mut view = View::begin(screen, options.json.json, options.looks.compact_warnings, options.sight.secrets());
    let verb = if destroy { "destroy" } else { "apply" };
    let exit = match view.report(&options.reports, verb, place) {
        Ok(()) => perform(options, place, screen, destroy, &mut view),
        Err(problem) => Err(problem),
    };
    let exit = exit.unwrap_or_else(|problem| view.fail(&problem));
    Ok(view.end(exit))
}

fn perform(options: &Options, place: &Place, screen: &Screen, destroy: bool, view: &mut View) -> Result {
    let mut applying = Applying::begin(options, place, screen, destroy, view)?;
    match &options.plan {
        Some(path) => applying.saved(path, destroy),
        None => applying.planned(destroy),
    }
}

pub(super) fn refresh(options: &RefreshOptions, place: &Place, screen: &Screen) -> Result {
    let planning = Planning {
        destroy: false,
        refresh_only: true,
        refresh: true,
        replace: Vec::new(),
        target: options.target.clone(),
        allow_deferral: false,
    };
    let options = Options {
        plan: None,
        auto_approve: true,
        allow_destroy: Vec::new(),
        spending: Spending { max_monthly: None, prices: None },
        width: options.width.clone(),
        planning,
        inputs: options.inputs.clone(),
        locking: options.locking.clone(),
        world: options.world.clone(),
        crash: Crash::default(),
        json: options.json.clone(),
        sight: Sight { show_sensitive: false },
        looks: options.looks.clone(),
        reports: Reports::default(),
    };
    run(&options, place, screen, false)
}
