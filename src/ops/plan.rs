//! Planning: from the configuration and the state to a plan.

use std::sync::Arc;

use super::Failure;
use super::Loaded;
use super::Session;
use super::driver::Answers;
use super::driver::drive;
use super::files::Files;
use super::files::Read;
use super::offer;
use super::recover;
use super::replay::Recorded;
use super::validate::is_sound;
use super::variables::given;
use super::world;
use super::world::Accounts;
use crate::apply::Clients;
use crate::apply::Event;
use crate::config;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::plan::Input;
use crate::plan::Made;
use crate::plan::Mode;
use crate::plan::Options;
use crate::plan::PriceLists;
use crate::state::Record;
use crate::state::Snapshot;

/// What a user asks of a plan.
#[derive(Debug, Clone, Default)]
pub struct PlanRequest {
    /// What the plan is for and about.
    pub options: Options,
    /// Values for the root module's variables, in their order.
    pub variables: Vec<config::Input>,
    /// Whether the plan may be saved, so that what is read is kept.
    pub is_kept: bool,
}

/// A plan with all that applying it, or saving it, needs.
pub struct Planned {
    /// What it was made from.
    pub input: Input,
    /// The plan itself.
    pub made: Made,
    /// The clients that planning used.
    pub(crate) clients: Clients,
    /// How open intents of earlier runs were resolved: not in the journal yet.
    pub(crate) recovered: Vec<Record>,
    /// The accounts that it is about.
    pub(super) accounts: Accounts,
    /// The files that were read.
    pub(super) files: Read,
    /// Prices that vendors told by the way, by their names.
    pub(super) prices: PriceLists,
    /// What was read of the world.
    pub(super) recorded: Recorded,
    /// The state as it was loaded, before anything was recovered.
    pub(super) base: Arc<Snapshot>,
}

/// Plans against a state that was loaded. `None` when it came to nothing, which has been reported; a plan that has errors
/// is given, to be shown.
pub async fn plan(
    session: &Session,
    request: &PlanRequest,
    diags: &mut Diagnostics,
) -> Result<Option<Planned>, Failure> {
    let Some(loaded) = super::load(session, diags) else { return Ok(None) };
    if loaded.config.root().files.is_empty() && request.options.mode != Mode::Destroy {
        diags.push(no_configuration());
        return Ok(None);
    }
    diags.extend(super::foreign_state(session, false)?);
    let state = session.backend.load()?;
    make(session, request, loaded, state.snapshot, diags).await
}

/// Without a file, everything there is would go: nobody who stands in a wrong folder wants that.
fn no_configuration() -> Diagnostic {
    let detail = "Planning without a configuration would mark everything for destruction, which is normally not what is \
                  desired. If you would like to destroy everything, use the -destroy option. Otherwise, create a \
                  configuration file (ending in .tf or .infra.hcl) and try again.";
    Diagnostic::error("No configuration files", detail)
}

/// Plans from a loaded configuration and a state.
pub(super) async fn make(
    session: &Session,
    request: &PlanRequest,
    loaded: Loaded,
    base: Arc<Snapshot>,
    diags: &mut Diagnostics,
) -> Result<Option<Planned>, Failure> {
    let before = diags.len();
    super::elsewhere::check_backend(session, &loaded.config, diags);
    // Read apart from what is saved with the plan: these files may hold values that are never stored.
    let inputs = Files::disk(&session.dir);
    let variables = given(session, &loaded.config, &inputs, &request.variables, true, diags);
    if diags.iter().skip(before).any(|d| d.severity == crate::diag::Severity::Error) {
        return Ok(None);
    }
    let files = Arc::clone(&loaded.files);
    let mut options = request.options.clone();
    options.deferral |= loaded.config.root().settings.deferral.unwrap_or(false);
    let mut input = Input {
        config: loaded.config,
        modules: loaded.modules,
        registry: Arc::clone(&session.registry),
        prior: Arc::clone(&base),
        options,
        environment: session.environment(),
        variables,
        sources: Arc::clone(&session.sources),
        files: Arc::clone(&files) as Arc<dyn crate::eval::function::Files>,
    };
    let answers = if request.is_kept { Answers::Kept } else { Answers::Asked };
    let recovered = recover::recover(session, &mut input, diags).await;
    if diags.iter().skip(before).any(|d| d.severity == crate::diag::Severity::Error) {
        return Ok(None);
    }
    let mut planned = finish(session, input, recovered, answers, base, diags).await;
    for text in planned.iter().flat_map(|planned| &planned.made.plan.unmatched) {
        session.observer.event(Event::Notice(format!("Note: {text}")));
    }
    // What is wrong whatever the world is like is said without a plan that goes as far as it can, as by `validate`.
    if let Some(planned) = &mut planned
        && planned.made.plan.errored
        && !is_sound(session, &mut planned.input)
    {
        return Ok(None);
    }
    if let Some(planned) = &mut planned {
        planned.files = files.seen();
    }
    Ok(planned)
}

/// Plans with what was asked settled.
pub(super) async fn finish(
    session: &Session,
    input: Input,
    recovered: Vec<Record>,
    answers: Answers<'_>,
    base: Arc<Snapshot>,
    diags: &mut Diagnostics,
) -> Option<Planned> {
    let driven = match drive(session, &input, answers).await {
        Ok(driven) => driven,
        Err(found) => {
            diags.extend(found);
            return None;
        }
    };
    diags.extend(driven.diags);
    let mut made = driven.made;
    if let Err(diagnostic) = world::check(session, &input.prior, &driven.accounts) {
        diags.push(*diagnostic);
        made.plan.errored = true;
    }
    diags.extend(world::untold(session, &input.prior, &driven.accounts));
    // A saved plan was held against the offers when it was made.
    let prices = match answers {
        Answers::Asked | Answers::Kept => {
            let (unavailable, prices) = offer::check(session, &input, &made, &driven.clients).await;
            made.plan.errored |= unavailable.has_errors();
            diags.extend(unavailable);
            prices
        }
        Answers::Given(_) => PriceLists::new(),
    };
    Some(Planned {
        input,
        made,
        clients: driven.clients,
        recovered,
        accounts: driven.accounts,
        files: Read::new(),
        prices,
        recorded: driven.recorded,
        base,
    })
}
