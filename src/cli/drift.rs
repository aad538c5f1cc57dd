//! `infra drift`: what is not as it was left, and what is written but not applied.

use clap::Args;

use super::Exit;
use super::Result;
use super::credentials;
use super::options;
use super::options::Json;
use super::options::Looks;
use super::options::Sight;
use super::options::WorldChoice;
use super::options::boolean;
use super::place::Place;
use super::screen::Screen;
use super::session;
use super::variables::Inputs;
use super::view::View;
use crate::diag::Diagnostics;
use crate::ops;
use crate::ops::PlanRequest;
use crate::plan;
use crate::plan::Given;
use crate::report::DriftReport;

/// Show what others changed, and what is not applied yet.
///
/// Reads every object and tells apart what was changed or deleted outside of infra, what is written but not applied, and
/// what could not be read. Changes nothing and takes no lock.
#[derive(Debug, Args)]
#[command(
    after_help = "Ends with 0 whatever it finds, and with 1 when it cannot look. With -detailed-exitcode, ends with 2 \
    when anything differs.\n\nExamples:\n  infra drift\n  infra drift -detailed-exitcode -json     for a nightly job"
)]
pub(super) struct Options {
    /// End with 2 when anything differs.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL",
          help_heading = "Output")]
    detailed_exitcode: bool,
    /// Look only at this and what it needs. May be given several times.
    #[arg(long, value_name = "ADDRESS")]
    target: Vec<String>,
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
    let runtime = session::runtime()?;
    let targets = options.target.iter().map(|text| options::target(text)).collect::<Result<Vec<_>>>()?;
    let given = targets.iter().cloned().map(|target| Given { option: "-target", target }).collect();
    let mut session = session::open(&options.world, place, screen, &runtime)?;
    let variables = options.inputs.gather(&session, place, screen)?;
    // One document on stdout, and what happens on stderr: the stream is for plan and apply.
    let mut view = View::begin(screen, false, options.looks.compact_warnings, options.sight.secrets());
    let asked = credentials::ask_for_missing(&mut session, place, &view, options.inputs.may_ask(screen));
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
    let secrets = options.sight.secrets();
    if options.json.json {
        screen.document(&report.json(secrets))?;
    } else {
        screen.write(|to| report.text(to, screen.out, secrets))?;
    }
    view.diagnostics(&diags, &session.sources);
    if let Some(asked) = asked.filter(|_| !diags.has_errors()) {
        asked.offer()?;
    }
    Ok(match (diags.has_errors(), report.is_clean() && report.is_whole()) {
        (true, _) => Exit::Failed,
        (false, false) if options.detailed_exitcode => Exit::Changes,
        (false, _) => Exit::Done,
    })
}
