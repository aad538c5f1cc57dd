//! Deciding: from configuration, prior state and what reads found, to a [`Plan`] that applying performs without choosing.
//!
//! The [`Planner`] does no I/O. It walks the configuration's nodes in order, says what must be read, is told, and ends in
//! a `Plan` with its [`StepGraph`]. Given the same answers it makes the same plan, which is how a saved plan is taken up
//! again. Nothing here calls a vendor, writes a state or prints.

mod action;
mod along;
mod change;
mod cost;
mod data;
mod decide;
mod ephemeral;
mod evaluate;
mod finish;
mod given;
mod guard;
mod ignore;
mod import;
mod input;
mod locate;
mod moved;
mod nodes;
mod objects;
mod offer;
mod order;
mod orphan;
mod outputs;
mod planner;
mod problem;
mod propose;
mod provisioner;
mod reading;
mod reads;
mod registry;
mod removed;
mod replace;
mod request;
mod resource;
mod scope;
mod scout;
mod secret;
mod settle;
mod shared;
mod step;
mod steps;
mod target;
#[cfg(test)]
mod tests;
mod tree;
mod values;
mod visit;
mod width;

pub use change::Action;
pub use change::Adoption;
pub use change::Change;
pub use change::Deferred;
pub use change::Drift;
pub use change::OutputChange;
pub use change::Reason;
pub use cost::Cost;
pub use cost::CostLine;
pub use cost::PriceLists;
pub use cost::cost;
pub use evaluate::Evaluation;
pub use evaluate::Place;
pub use finish::Made;
pub use given::Given;
pub use guard::Guarded;
pub use guard::guarded;
pub use input::GivenValue;
pub use input::Input;
pub use nodes::Node;
pub use nodes::NodeKind;
pub use nodes::Nodes;
pub use offer::Chosen;
pub use offer::choices;
pub use offer::unasked;
pub use offer::unavailable;
pub use planner::Planner;
pub use planner::Poll;
pub use registry::Registry;
pub use request::Answer;
pub use request::Request;
pub use request::RequestId;
pub use scope::Environment;
pub use scope::Touched;
pub use step::Detour;
pub use step::Handover;
pub use step::HostCommands;
pub use step::Op;
pub use step::Step;
pub use step::StepGraph;
pub use step::StepId;
pub use step::Wave;
pub use tree::PathId;
pub use tree::Tree;
pub use values::Instances;
pub use values::Repetition;
pub use values::Values;
pub use values::repetitions;

pub(crate) use action::contradiction;
pub(crate) use decide::replan;
pub(crate) use evaluate::templates;
pub(crate) use problem::of_call;
pub(crate) use problem::of_error;
pub(crate) use problem::pointed;
pub(crate) use propose::equal_objects;
pub(crate) use propose::mark;
pub(crate) use resource::POSTCONDITION;
pub(crate) use resource::PRECONDITION;
pub(crate) use secret::Secrets;
pub(crate) use secret::hidden;
pub(crate) use settle::settle;
pub(crate) use steps::host_of;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::addr::InstanceAddr;
use crate::addr::Target;
use crate::state::Snapshot;
use crate::value::Str;
use crate::value::Value;

/// The summary of a check that only applying can tell.
pub(crate) const CHECK_LATER: &str = "Check block assertion known after apply";

/// The summary of an import that nothing is configured for.
pub(crate) const NO_IMPORT_TARGET: &str = "Configuration for import target does not exist";

/// What the plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// To bring about what is configured.
    #[default]
    Normal,
    /// To remove everything.
    Destroy,
    /// To take over what the world has become.
    RefreshOnly,
}

/// What a user asks of a plan.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What the plan is for.
    pub mode: Mode,
    /// `-target`
    pub targets: Vec<Target>,
    /// `-replace`
    pub replace: Vec<InstanceAddr>,
    /// Whether objects are read first: `-refresh`.
    pub refresh: bool,
    /// Whether what cannot be planned yet may be left for a later phase.
    pub deferral: bool,
    /// Objects to take over by their vendor's id, as `import` blocks do.
    pub imports: Vec<(InstanceAddr, Str)>,
    /// Addresses as the user gave them, to be checked that each names something.
    pub given: Vec<Given>,
    /// Whether only the configuration is looked at: variables are unknown, and what depends on one is not wrong for that.
    pub validating: bool,
}

/// What applying will do, and why.
#[derive(Debug)]
pub struct Plan {
    /// What the plan is for.
    pub mode: Mode,
    /// What happens to each object, in the order of addresses; those that stay as they are too.
    pub changes: Vec<Change>,
    /// What happens to the root module's outputs, by name.
    pub outputs: Vec<OutputChange>,
    /// Objects that are recorded as they are, without a call: data sources, and what was found changed.
    pub adoptions: Vec<Adoption>,
    /// Objects that are gone, whose record goes too.
    pub forgotten: Vec<(InstanceAddr, crate::state::ObjectKey)>,
    /// What is not as we left it.
    pub drift: Vec<Drift>,
    /// What has to wait for a later phase.
    pub deferred: Vec<Deferred>,
    /// The steps, in order.
    pub steps: StepGraph,
    /// The root module's variables.
    pub variables: BTreeMap<Str, Value>,
    /// The state that the plan starts from, before reading.
    pub prior: Arc<Snapshot>,
    /// What the plan was asked to keep to.
    pub targets: Vec<Target>,
    /// What is to be said of addresses that the user gave and that name nothing.
    pub unmatched: Vec<String>,
    /// Whether an error stopped the planning: such a plan can be shown, never applied.
    pub errored: bool,
    /// Counts of what planning did, for benchmarks.
    pub counters: Counters,
}

/// How much work planning was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Blocks decoded and expressions of variables, locals and outputs evaluated.
    pub evaluations: u64,
    /// Objects read.
    pub reads: u64,
}

impl Plan {
    /// Whether there is anything to apply.
    pub fn is_applyable(&self) -> bool {
        let drifts = self.mode == Mode::RefreshOnly && !self.drift.is_empty();
        !self.errored && (drifts || !self.is_empty())
    }

    /// Whether nothing would change: no object, no output.
    pub fn is_empty(&self) -> bool {
        let stays = |change: &Change| {
            change.action == Action::NoOp
                && change.previous_addr.is_none()
                && change.importing.is_none()
                && !change.adopts
        };
        self.changes.iter().all(stays) && self.outputs.iter().all(|output| output.action() == Action::NoOp)
    }

    /// Whether the plan covers all that is configured.
    pub fn is_complete(&self) -> bool {
        !self.errored && self.targets.is_empty() && self.deferred.is_empty()
    }

    /// How many objects are added, changed and destroyed, as the summary line says.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for change in &self.changes {
            counts.import += usize::from(change.importing.is_some());
            match change.action {
                Action::Create => counts.add += 1,
                Action::Update => counts.change += 1,
                Action::Delete => counts.destroy += 1,
                Action::Forget => counts.forget += 1,
                Action::DeleteThenCreate | Action::CreateThenDelete => {
                    counts.add += 1;
                    counts.destroy += 1;
                }
                Action::NoOp | Action::Read => {}
            }
        }
        counts
    }
}

/// The nodes of configured providers, by the addresses that the state has for them.
pub(crate) fn provider_nodes<'p>(
    input: &Input,
    providers: impl IntoIterator<Item = &'p crate::addr::ProviderAddr>,
) -> std::collections::BTreeMap<&'p crate::addr::ProviderAddr, crate::graph::NodeId> {
    let Ok(planner) = Planner::new(input) else { return Default::default() };
    let nodes = providers.into_iter().map(|provider| (provider, planner.node_of_provider(provider)));
    nodes.filter_map(|(provider, node)| Some((provider, node?))).collect()
}

/// The numbers of a plan's summary line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Objects imported.
    pub import: usize,
    /// Objects created, replacements too.
    pub add: usize,
    /// Objects changed in place.
    pub change: usize,
    /// Objects deleted, replacements too.
    pub destroy: usize,
    /// Objects let go of.
    pub forget: usize,
}
