//! `infra plan`: shows what would change, and saves it if asked.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::Problem;
use super::Result;
use super::credentials;
use super::options;
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
use super::place::World;
use super::reports::Reports;
use super::screen::Screen;
use super::session;
use super::variables::Inputs;
use super::view::View;
use crate::addr::Target;
use crate::diag::Diagnostics;
use crate::ops;
use crate::ops::PlanRequest;
use crate::plan;
use crate::plan::Given;
use crate::plan::Mode;
use crate::plan::Plan;
use crate::report;

/// Show what would change.
///
/// Reads the objects that the state knows, compares them with the configuration and says what applying it would do.
/// Changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  infra plan\n  infra plan -out=plan.bin          then: infra apply plan.bin\n  \
    infra plan -var=size=large -target=module.web\n  infra plan -sim                   on a simulated world, without \
    an account")]
pub(super) struct PlanOptions {
    /// Save the plan, so that exactly this is applied.
    #[arg(long, value_name = "FILE", help_heading = "Plan")]
    out: Option<PathBuf>,
    /// End with 2 when there are changes, 0 when there are none, 1 on an error.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL",
          help_heading = "Output")]
    detailed_exitcode: bool,
    #[command(flatten)]
    planning: Planning,
    #[command(flatten)]
    spending: Spending,
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    world: WorldChoice,
    // A plan takes no lock and reads all at once; both are accepted for who is used to them.
    #[command(flatten)]
    locking: Locking,
    #[command(flatten)]
    width: Width,
    #[command(flatten)]
    json: Json,
    #[command(flatten)]
    sight: Sight,
    #[command(flatten)]
    looks: Looks,
    #[command(flatten)]
    reports: Reports,
}

pub(super) fn run(options: &PlanOptions, place: &Place, screen: &Screen) -> Result {
    let mut view = View::begin(screen, options.json.json, options.looks.compact_warnings, options.sight.secrets());
    let exit = match view.report(&options.reports, "plan", place) {
        Ok(()) => show(options, place, screen, &mut view),
        Err(problem) => Err(problem),
    };
    let exit = exit.unwrap_or_else(|problem| view.fail(&problem));
    Ok(view.end(exit))
}

fn show(options: &PlanOptions, place: &Place, screen: &Screen, view: &mut View) -> Result {
    options.out.as_deref().map_or(Ok(()), ops::check_plan_place)?;
    let runtime = session::runtime()?;
    let plan_options = request(&options.planning, false)?;
    let mut session = session::open(&options.world, place, screen, &runtime)?;
    let asked = credentials::ask_for_missing(&mut session, place, view, options.inputs.may_ask(screen));
    let variables = options.inputs.gather(&session, place, screen)?;
    let own = options.spending.list(place)?;
    let request = PlanRequest { options: plan_options, variables, is_kept: options.out.is_some() };
    view.follow(&mut session, None);
    let mut diags = Diagnostics::new();
    let planned = runtime.block_on(ops::plan(&session, &request, &mut diags))?;
    let Some(planned) = planned else {
        view.diagnostics(&diags, &session.sources);
        return Ok(Exit::Failed);
    };
    view.plan(&session, &planned)?;
    view.follow(&mut session, None);
    let cost = runtime.block_on(ops::cost(&session, &planned, &own));
    if !planned.made.plan.errored {
        view.cost(&cost)?;
    }
    diags.extend(report::forget_warning(&planned.made.plan));
    diags.extend(options.spending.doubt(&cost));
    if let Some(path) = &options.out
        && let Err(error) = ops::write_plan_file(&session, &planned, path)
    {
        view.diagnostics(&diags, &session.sources);
        return Err(error.into());
    }
    view.diagnostics(&diags, &session.sources);
    let plan = &planned.made.plan;
    if diags.has_errors() {
        return Ok(Exit::Failed);
    }
    if let Some(asked) = asked {
        asked.offer()?;
    }
    if let Some(problem) = options.spending.problem(&cost) {
        view.fail(&problem);
        return Ok(Exit::Unapproved);
    }
    advise(options, &place.world(&options.world), plan, view);
    Ok(if options.detailed_exitcode && plan.is_applyable() { Exit::Changes } else { Exit::Done })
}

fn advise(options: &PlanOptions, world: &World, plan: &Plan, view: &mut View) {
    if !plan.is_applyable() {
        return;
    }
    let sim = match world {
        World::Real => String::new(),
        World::Inside => " -sim".to_owned(),
        World::At(address) => format!(" -sim={address}"),
    };
    match &options.out {
        Some(path) => {
            let path = path.display();
            view.advice(&format!(
                "Saved the plan to: {path}\n\nTo perform exactly these actions, run:\n  infra apply{sim} {path}"
            ));
        }
        None => view.advice(
            "The plan was not saved, so `infra apply` makes a new one, and asks. To apply\nexactly this, save it with \
             -out=FILE.",
        ),
    }
}

/// What the options ask of a plan.
pub(super) fn request(planning: &Planning, destroy: bool) -> Result<plan::Options> {
    let mode = match (planning.destroy || destroy, planning.refresh_only) {
        (true, true) => {
            let detail = "The -destroy and -refresh-only options are mutually-exclusive.";
            return Err(Problem::new("Incompatible plan mode options", detail));
        }
        (true, false) => Mode::Destroy,
        (false, true) => Mode::RefreshOnly,
        (false, false) => Mode::Normal,
    };
    if mode == Mode::RefreshOnly && !planning.refresh {
        let detail = "It doesn't make sense to use -refresh-only at the same time as -refresh=false.";
        return Err(Problem::new("Incompatible refresh options", detail));
    }
    let replace = planning.replace.iter().map(|text| options::instance(text)).collect::<Result<Vec<_>>>()?;
    if mode != Mode::Normal && !replace.is_empty() {
        let detail = "The -replace option makes sense only in a plan that creates and changes objects.";
        return Err(Problem::new("Incompatible plan mode options", detail));
    }
    let targets = planning.target.iter().map(|text| options::target(text)).collect::<Result<Vec<_>>>()?;
    let replaced = replace.iter().map(|addr| Given { option: "-replace", target: Target::from(addr) });
    let given = targets.iter().cloned().map(|target| Given { option: "-target", target }).chain(replaced).collect();
    Ok(plan::Options {
        mode,
        targets,
        replace,
        given,
        refresh: planning.refresh,
        deferral: planning.allow_deferral,
        imports: Vec::new(),
        validating: false,
    })
}
