//! `infra drift`: what is not as it was left, and what is written but not applied.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::Result;
use super::credentials;
use super::options;
use super::options::Json;
use super::options::Looks;
use super::options::Sight;
use super::options::Spending;
use super::options::WorldChoice;
use super::options::boolean;
use super::place::Place;
use super::reports;
use super::reports::Reports;
use super::screen::Screen;
use super::session;
use super::variables::Inputs;
use super::view::View;
use crate::diag::Diagnostics;
use crate::ops;
use crate::ops::PlanRequest;
use crate::plan;
use crate::plan::Cost;
use crate::plan::Given;
use crate::report::DriftMetrics;
use crate::report::DriftReport;

/// Show what others changed, and what is not applied yet.
///
/// Reads every object and tells apart what was changed or deleted outside of infra, what is written but not applied, and
/// what could not be read. Changes nothing and takes no lock.
#[derive(Debug, Args)]
#[command(
    after_help = "Ends with 2 when anything differs, 0 when nothing does, 1 when it cannot look.\n\nExamples:\n  \
    infra drift\n  infra drift -json\n  infra drift -report=md=drift.md -metrics=/var/lib/node_exporter/infra.prom"
)]
pub(super) struct Options {
    /// End with 0 also when something differs.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "true", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL",
          help_heading = "Output")]
    detailed_exitcode: bool,
    /// Look only at this and what it needs. May be given several times.
    #[arg(long, value_name = "ADDRESS")]
    target: Vec<String>,
    /// Also write how much of which class there is, for Prometheus to be read from a file.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    metrics: Option<PathBuf>,
    #[command(flatten)]
    reports: Reports,
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    world: WorldChoice,
    #[command(flatten)]
    json: Json,
    #[command(flatten)]
    sight: Sight,
    #[command(flatten)]
    looks: Looks,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen) -> Result {
    // One document on stdout, and what happens on stderr: the stream is for plan and apply.
    let mut view = View::begin(screen, false, options.looks.compact_warnings, options.sight.secrets());
    options.metrics.as_deref().map_or(Ok(()), reports::check)?;
    view.report(&options.reports, "drift", place)?;
    let mut metrics = metrics(options, place, None);
    let exit = look(options, place, screen, &mut view, &mut metrics);
    let mut exit = exit.unwrap_or_else(|problem| view.fail(&problem));
    if let Some(path) = &options.metrics
        && let Err(problem) = reports::write(path, &metrics)
    {
        exit = view.fail(&problem);
    }
    Ok(view.end(exit))
}

fn look(options: &Options, place: &Place, screen: &Screen, view: &mut View, told: &mut String) -> Result {
    let runtime = session::runtime()?;
    let targets = options.target.iter().map(|text| options::target(text)).collect::<Result<Vec<_>>>()?;
    let given = targets.iter().cloned().map(|target| Given { option: "-target", target }).collect();
    let mut session = session::open(&options.world, place, screen, &runtime)?;
    let variables = options.inputs.gather(&session, place, screen)?;
    let asked = credentials::ask_for_missing(&mut session, place, view, options.inputs.may_ask(screen));
    let own = Spending { max_monthly: None, prices: None }.list(place)?;
    view.follow(&mut session, None);
    let mut diags = Diagnostics::new();
    let plan_options = plan::Options { targets, given, refresh: true, ..plan::Options::default() };
    let request = PlanRequest { options: plan_options, variables, is_kept: false };
    let planned = runtime.block_on(ops::plan(&session, &request, &mut diags));
    view.pause();
    let Some(planned) = planned? else {
        view.diagnostics(&diags, &session.sources);
        return Ok(Exit::Failed);
    };
    let report = DriftReport::new(&planned.made.plan, &planned.input.config, &session.registry);
    // Asked for only where it is told.
    let cost = (options.reports.is_any() || options.metrics.is_some())
        .then(|| runtime.block_on(ops::cost(&session, &planned, &own)));
    let secrets = options.sight.secrets();
    if options.json.json {
        screen.document(&report.json(secrets))?;
    } else {
        screen.write(|to| report.text(to, screen.out, secrets))?;
    }
    view.note(|markdown| {
        markdown.drift(&report);
        cost.iter().for_each(|cost| markdown.cost(cost));
    });
    view.diagnostics(&diags, &session.sources);
    if diags.has_errors() {
        return Ok(Exit::Failed);
    }
    *told = metrics(options, place, Some((&report, cost.as_ref())));
    if let Some(asked) = asked {
        asked.offer()?;
    }
    Ok(match report.is_clean() && report.is_whole() {
        false if options.detailed_exitcode => Exit::Changes,
        _ => Exit::Done,
    })
}

/// The numbers of a run; of one that could not look, where nothing was found.
fn metrics(options: &Options, place: &Place, found: Option<(&DriftReport<'_>, Option<&Cost>)>) -> String {
    let previous = options.metrics.as_ref().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    let metrics = DriftMetrics {
        folder: &place.dir.to_string_lossy(),
        workspace: &place.workspace(),
        now: jiff::Timestamp::now().as_second(),
        found: found.map(|(report, _)| report),
        cost: found.and_then(|(_, cost)| cost),
        previous: &previous,
    };
    metrics.text()
}
