//! Steps: the calls that applying will make, and their order. Applying chooses nothing.

use crate::graph::Dag;
use crate::graph::NodeId;
use crate::provider::BundleClass;

/// Names a step of a [`StepGraph`]: its place.
pub type StepId = NodeId;

/// What one call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// Makes an object.
    Create,
    /// Changes one in place.
    Update,
    /// Has an object do without others that go before their successors come: the first part of an update.
    Release,
    /// Gives back to an object what it was released of and stays, and what is there in its place, as its update does not
    /// come about.
    Retake,
    /// Removes the current object.
    Delete,
    /// Removes an object that was replaced.
    DeleteDeposed,
    /// Reads a data source.
    Read,
    /// Lets go of an object.
    Forget,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Only carries order: where many wait for many, all wait for this.
    Carrier,
    /// Evaluates a configuration block whose value was not wholly known.
    Evaluate(NodeId),
    /// Performs a change: its place in the plan's changes, and which part of it.
    Change {
        /// Place in [`super::Plan::changes`].
        change: usize,
        /// Which part of a replacement, or the whole.
        op: Op,
    },
    /// Has an object that is updated do without others until their successors are there. Should the run end before that
    /// update, the object takes back those of them that stay.
    Release {
        /// Place of the update in [`super::Plan::changes`].
        change: usize,
        /// Places of the replacements that go first, all of one type.
        gone: Vec<usize>,
    },
    /// Performs changes on one host together.
    Bundle {
        /// Which class.
        class: BundleClass,
        /// Places in [`super::Plan::changes`] with their ops, in the order in which they are performed.
        members: Vec<(usize, Op)>,
    },
    /// Taken up into a bundle.
    Absorbed,
}

impl Step {
    /// On how many objects it works.
    pub fn objects(&self) -> usize {
        match self {
            Step::Change { .. } => 1,
            Step::Bundle { members, .. } => members.len(),
            // One that is released is counted at its update.
            Step::Carrier | Step::Evaluate(_) | Step::Release { .. } | Step::Absorbed => 0,
        }
    }
}

/// Objects that an update no longer refers to, and that go only once it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// Place of the update in [`super::Plan::changes`].
    pub change: usize,
    /// Places of what goes.
    pub gone: Vec<usize>,
    /// Whether they go before their successors come, so that the object is without both for a time.
    pub is_released: bool,
}

/// The instances of one resource that change in a way that takes them out of service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wave {
    /// Places of the changes in [`super::Plan::changes`], in the order in which their turns come.
    pub changes: Vec<usize>,
    /// How many instances of the resource there are before and after.
    pub instances: usize,
    /// How many of them may be out of service at once; `None` where the order sees to no limit.
    pub width: Option<usize>,
    /// Whether there should be a limit, and what they rest on leaves no room for one.
    pub is_given_up: bool,
}

/// What an apply asks of one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostCommands {
    /// The host's address; its id where it is not configured here.
    pub name: String,
    /// How often it is looked at: while planning, or when it comes to be.
    pub looks: usize,
    /// How many bundles are applied to it.
    pub bundles: usize,
    /// Why there are more than two of these.
    pub detours: Vec<Detour>,
}

impl HostCommands {
    /// A look, what makes room, and a transaction.
    pub const USUAL: usize = 3;

    /// How many commands that is.
    pub fn count(&self) -> usize {
        self.looks + self.bundles
    }
}

/// Why a host is come back to with one more bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detour {
    /// Place of a change in [`super::Plan::changes`] that could not come with what went before.
    pub change: usize,
    /// Place of the change that it waits for.
    pub waits_for: usize,
    /// Place of the change of its own host that this waits for in turn.
    pub back_to: Option<usize>,
}

/// The steps and their order.
#[derive(Debug, Clone, Default)]
pub struct StepGraph {
    /// The steps by id.
    pub steps: Vec<Step>,
    /// What waits for what.
    pub order: Dag,
    /// What updates let go of in time, to be told.
    pub handovers: Vec<Handover>,
    /// What takes instances out of service, to be told.
    pub waves: Vec<Wave>,
    /// What is asked of each host, to be told.
    pub commands: Vec<HostCommands>,
}

impl StepGraph {
    /// Adds a step.
    pub(super) fn add(&mut self, step: Step) -> StepId {
        self.steps.push(step);
        self.order.add()
    }

    /// How many steps call the world or evaluate something.
    pub fn calls(&self) -> usize {
        self.steps
            .iter()
            .filter(|step| matches!(step, Step::Change { .. } | Step::Release { .. } | Step::Bundle { .. }))
            .count()
    }
}
