//! `infra show`: the state, a saved plan, or a state in a file.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::Exit;
use super::Problem;
use super::Result;
use super::options::Json;
use super::options::Looks;
use super::options::Sight;
use super::options::WorldChoice;
use super::place::Place;
use super::screen::Screen;
use super::session;
use crate::config::TERRAFORM;
use crate::diag::Diagnostics;
use crate::ops;
use crate::ops::PlanFileError;
use crate::ops::Planned;
use crate::ops::Session;
use crate::report;
use crate::report::PlanJson;
use crate::report::StateJson;
use crate::state::BackendError;
use crate::state::Snapshot;

/// Show the state, or a saved plan.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  infra show\n  infra show plan.bin\n  infra show -json plan.bin | jq .resource_changes"
)]
pub(super) struct Options {
    /// A saved plan, or a state that was saved to a file.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
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
    let Some(path) = &options.file else {
        let session = session::local(&options.world, place)?;
        let snapshot = ops::snapshot(&session, !options.sight.show_sensitive)?;
        return state(options, &session, &snapshot, screen);
    };
    let runtime = session::runtime()?;
    let session = session::open(&options.world, place, screen, &runtime)?;
    let mut diags = Diagnostics::new();
    match runtime.block_on(ops::read_plan_file(&session, path, &place.environment.inputs(), false, &mut diags)) {
        Ok(saved) => plan(options, &session, &saved.planned, screen),
        Err(PlanFileError::NotAPlan { .. }) => {
            let snapshot = read_state(&session, path)?;
            state(options, &session, &snapshot, screen)
        }
        Err(error) => {
            screen.diagnostics(&diags, &session.sources, options.looks.compact_warnings);
            Err(error.into())
        }
    }
}

fn read_state(session: &Session, path: &Path) -> Result<Arc<Snapshot>> {
    let neither = |why: String| {
        let detail = format!("{} is not a saved plan, and as a state it {why}.", path.display());
        Problem::new("Failed to read the given file as a state or plan file", detail)
    };
    let bytes = std::fs::read(path).map_err(|error| neither(format!("cannot be read: {error}")))?;
    match session.backend.decode(&bytes, path) {
        Ok(snapshot) => Ok(Arc::new(snapshot)),
        // What to go back to is told of the state here, and this is another.
        Err(BackendError::Damaged { damage, .. }) => Err(neither(damage.to_string())),
        Err(error) => Err(error.into()),
    }
}

fn plan(options: &Options, session: &Session, planned: &Planned, screen: &Screen) -> Result {
    let (plan, secrets) = (&planned.made.plan, options.sight.secrets());
    if options.json.json {
        screen.document(&PlanJson {
            plan,
            config: &planned.input.config,
            registry: &session.registry,
            terraform_version: TERRAFORM,
            timestamp: &planned.input.environment.plan_time.to_string(),
            secrets,
        })?;
    } else {
        screen.write(|to| report::plan_text(to, plan, &session.registry, screen.out, secrets))?;
    }
    Ok(Exit::Done)
}

fn state(options: &Options, session: &Session, snapshot: &Snapshot, screen: &Screen) -> Result {
    let secrets = options.sight.secrets();
    if options.json.json {
        screen.document(&StateJson { snapshot, registry: &session.registry, terraform_version: TERRAFORM, secrets })?;
    } else if snapshot.serial == 0 && snapshot.is_empty() {
        screen.print("No state.\n");
    } else {
        screen.write(|to| report::state_text(to, snapshot, &session.registry, screen.out, secrets))?;
    }
    Ok(Exit::Done)
}
