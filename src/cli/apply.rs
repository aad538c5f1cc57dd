//! `infra apply`, `destroy` and `refresh`: performs a plan, saved or made now.

use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use tokio::runtime::Runtime;

use super::Exit;
use super::Problem;
use super::Result;
use super::approval;
use super::options::Json;
use super::options::Locking;
use super::options::Looks;
use super::options::Planning;
use super::options::Sight;
use super::options::Width;
use super::options::WorldChoice;
use super::options::boolean;
use super::place::Place;
use super::plan;
use super::screen::Screen;
use super::session;
use super::signals::Signals;
use super::variables::Inputs;
use super::view::View;
use crate::apply::Ended;
use crate::diag::Diagnostics;
use crate::ops;
use crate::ops::ApplyOptions;
use crate::ops::PlanRequest;
use crate::ops::Planned;
use crate::ops::Session;
use crate::plan::Mode;
use crate::report;
use crate::state::Halt;
use crate::state::JournalOptions;
use crate::state::Lock;

/// Make the world as it is written.
///
/// Plans, shows the plan, asks, and performs it. With a saved plan, performs exactly that and asks nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  infra apply\n  infra apply plan.bin              what `infra plan -out=plan.bin` saved\n  \
    infra apply -auto-approve -var-file=prod.tfvars"
)]
pub(super) struct Options {
    /// A saved plan.
    #[arg(value_name = "PLANFILE")]
    plan: Option<PathBuf>,
    /// Do not ask.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL",
          help_heading = "Apply")]
    auto_approve: bool,
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
    let exit = perform(options, place, screen, destroy, &mut view);
    Ok(exit.unwrap_or_else(|problem| view.fail(&problem)))
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
        width: options.width.clone(),
        planning,
        inputs: options.inputs.clone(),
        locking: options.locking.clone(),
        world: options.world.clone(),
        crash: Crash::default(),
        json: options.json.clone(),
        sight: Sight { show_sensitive: false },
        looks: options.looks.clone(),
    };
    run(&options, place, screen, false)
}

fn perform(options: &Options, place: &Place, screen: &Screen, destroy: bool, view: &mut View) -> Result {
    let runtime = session::runtime()?;
    let plan_options = plan::request(&options.planning, destroy)?;
    let mut session = session::open(&options.world, place, screen, &runtime)?;
    session.journal = JournalOptions {
        sync: !options.crash.crash_no_sync,
        write_intents: !options.crash.crash_no_intents,
        halt: options.crash.crash_halt,
    };
    session.finds = !options.crash.crash_no_find;
    if let Some(path) = &options.plan {
        return saved(options, path, &mut session, screen, view, &runtime, destroy);
    }
    let variables = options.inputs.gather(&session, place, screen)?;
    let request = PlanRequest { options: plan_options, variables };
    view.follow(&mut session, None);
    let lock = lock(options, &session)?;
    let mut diags = Diagnostics::new();
    let planned = runtime.block_on(ops::plan(&session, &request, &mut diags))?;
    if let Some(planned) = &planned {
        view.plan(&session, planned)?;
        diags.extend(report::forget_warning(&planned.made.plan));
    }
    view.diagnostics(&diags, &session.sources);
    let Some(planned) = planned.filter(|_| !diags.has_errors()) else { return Ok(Exit::Failed) };
    let mode = planned.made.plan.mode;
    if planned.made.plan.is_applyable() && !options.auto_approve {
        let may_ask = options.inputs.may_ask(screen) && !view.is_json();
        if !approval::ask(screen, mode, may_ask)? {
            view.remark(if mode == Mode::Destroy { "Destroy cancelled." } else { "Apply cancelled." });
            return Ok(Exit::Failed);
        }
    }
    carry_out(options, &mut session, planned, &lock, screen, view, &runtime, mode)
}

/// Performs a saved plan.
fn saved(
    options: &Options,
    path: &Path,
    session: &mut Session,
    screen: &Screen,
    view: &mut View,
    runtime: &Runtime,
    destroy: bool,
) -> Result {
    let planning = &options.planning;
    if destroy {
        let detail = "Destroy can't be called with a plan file. Make one with `infra plan -destroy -out=FILE` and apply it \
                      with `infra apply FILE`.";
        return Err(Problem::new("Unexpected plan file", detail));
    }
    if planning.destroy || planning.refresh_only || !planning.target.is_empty() || !planning.replace.is_empty() {
        let detail = "What a saved plan is for and about was decided when it was made. Leave out -destroy, -refresh-only, \
                      -target and -replace, or make a new plan with them.";
        return Err(Problem::new("Can't change plan mode when applying a saved plan", detail));
    }
    if options.inputs.is_any() {
        let detail = "A saved plan holds the values of all variables. To use others, make a new plan.";
        return Err(Problem::new("Can't set variables when applying a saved plan", detail));
    }
    view.follow(session, None);
    let lock = lock(options, session)?;
    let mut diags = Diagnostics::new();
    let read = runtime.block_on(ops::read_plan_file(session, path, &mut diags));
    view.diagnostics(&diags, &session.sources);
    let planned = read?.planned;
    if planned.made.plan.errored {
        let detail =
            "The plan has errors: it can be shown, but not applied. Mend the configuration and make a new plan.";
        return Err(Problem::new("Cannot apply incomplete plan", detail));
    }
    // Terraform's summary of a saved plan never says that it was for destroying.
    carry_out(options, session, planned, &lock, screen, view, runtime, Mode::Normal)
}

fn lock(options: &Options, session: &Session) -> Result<Lock> {
    // Writing without a lock is not something that can be asked for: the journal needs to be one run's alone.
    let timeout = options.locking.lock_timeout;
    Ok(ops::lock(session, "OperationTypeApply", timeout)?)
}

#[expect(clippy::too_many_arguments, reason = "what two ways to a plan have in common")]
fn carry_out(
    options: &Options,
    session: &mut Session,
    planned: Planned,
    lock: &Lock,
    screen: &Screen,
    view: &mut View,
    runtime: &Runtime,
    mode: Mode,
) -> Result {
    view.follow(session, Some(&planned.made.plan));
    let signals = Signals::listen(runtime, session, screen);
    let mut diags = Diagnostics::new();
    let how = ApplyOptions { parallelism: options.width.parallelism };
    let applied = runtime.block_on(ops::apply(session, planned, lock, how, &mut diags));
    drop(signals);
    view.pause();
    let applied = match applied {
        Ok(applied) => applied,
        Err(failure) => {
            view.diagnostics(&diags, &session.sources);
            return Err(failure.into());
        }
    };
    let Some(applied) = applied else {
        view.diagnostics(&diags, &session.sources);
        return Ok(Exit::Failed);
    };
    let is_complete = applied.outcome.ended == Ended::Complete;
    if is_complete {
        view.applied(&applied, mode)?;
    } else {
        let counts = applied.outcome.counts;
        view.remark(&format!(
            "\nApply incomplete. Resources: {} added, {} changed, {} destroyed before it stopped.",
            counts.add, counts.change, counts.destroy
        ));
    }
    diags.extend(applied.outcome.diags);
    view.diagnostics(&diags, &session.sources);
    Ok(if is_complete && !diags.has_errors() { Exit::Done } else { Exit::Failed })
}
