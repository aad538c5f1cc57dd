//! What happens to one instance, and why.

use std::sync::Arc;

use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ProviderAddr;
use crate::graph::NodeId;
use crate::state::ObjectKey;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Value;

/// What happens to one instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It stays as it is.
    NoOp,
    /// It comes to be.
    Create,
    /// A data source is read while applying.
    Read,
    /// It changes in place.
    Update,
    /// It goes, then comes anew.
    DeleteThenCreate,
    /// It comes anew, then the old one goes.
    CreateThenDelete,
    /// It goes.
    Delete,
    /// It stays, but is no longer ours.
    Forget,
}

impl Action {
    /// Whether an object goes and another comes.
    pub fn is_replace(self) -> bool {
        matches!(self, Action::DeleteThenCreate | Action::CreateThenDelete)
    }

    /// Whether an object at the vendor goes.
    pub fn destroys(self) -> bool {
        self.is_replace() || self == Action::Delete
    }
}

/// Why an action was chosen, where that is not plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A create was left half done.
    Tainted,
    /// `-replace` names it.
    Requested,
    /// A changed argument cannot be changed in place.
    CannotUpdate,
    /// `replace_triggered_by` names something that changes.
    Triggered,
    /// The block is gone.
    NoResourceConfig,
    /// The block lost or gained `count` or `for_each`.
    WrongRepetition,
    /// The index is out of the `count`.
    CountIndex,
    /// The key is not in the `for_each`.
    EachKey,
    /// The module instance is gone.
    NoModule,
    /// A `moved` block leads to an address that is not configured.
    NoMoveTarget,
    /// A data source's arguments are not known yet.
    ConfigUnknown,
    /// Something that a data source depends on changes.
    DependencyPending,
}

impl Reason {
    /// Terraform's name for it in `action_reason`.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Tainted => "replace_because_tainted",
            Reason::Requested => "replace_by_request",
            Reason::CannotUpdate => "replace_because_cannot_update",
            Reason::Triggered => "replace_by_triggers",
            Reason::NoResourceConfig => "delete_because_no_resource_config",
            Reason::WrongRepetition => "delete_because_wrong_repetition",
            Reason::CountIndex => "delete_because_count_index",
            Reason::EachKey => "delete_because_each_key",
            Reason::NoModule => "delete_because_no_module",
            Reason::NoMoveTarget => "delete_because_no_move_target",
            Reason::ConfigUnknown => "read_because_config_unknown",
            Reason::DependencyPending => "read_because_dependency_pending",
        }
    }
}

/// One object's before and after.
#[derive(Debug, Clone)]
pub struct Change {
    /// The instance.
    pub addr: InstanceAddr,
    /// Its current object, or one that was replaced and not yet deleted.
    pub object: ObjectKey,
    /// What it was called before a `moved` block.
    pub previous_addr: Option<InstanceAddr>,
    /// The provider that keeps it.
    pub provider: ProviderAddr,
    /// What happens.
    pub action: Action,
    /// Why.
    pub reason: Option<Reason>,
    /// What it is now; `None` when there is none.
    pub prior: Option<Arc<Object>>,
    /// What it will be, with unknowns; `None` when it goes.
    pub planned: Option<Arc<Object>>,
    /// The arguments that cannot be changed in place.
    pub replace_paths: Vec<Path>,
    /// The id that an `import` block names.
    pub importing: Option<Str>,
    /// A file or unit that is on the host already, just so: taken over, not made.
    pub adopts: bool,
    /// Whether somebody could look at the place of an object that is to come.
    pub is_place_seen: bool,
    /// The version of the object that the plan read; 0 for none.
    pub prior_version: u64,
    /// The key that the object gets while its successor is made first.
    pub deposes: Option<crate::state::DeposedKey>,
    /// What the object depends on, by reference.
    pub dependencies: Arc<[crate::addr::ResourceAddr]>,
    /// The old object goes last.
    pub create_before_destroy: bool,
    /// The provider's note on the object.
    pub private: serde_json::Value,
    /// The resource's node and the module's instance; `None` when the configuration no longer has it.
    pub place: Option<(NodeId, u32)>,
    /// The node of the provider that keeps it.
    pub provider_node: Option<NodeId>,
    /// Whether the configuration was wholly known, so that applying need not evaluate it again.
    pub is_settled: bool,
    /// The resources of its module that its arguments look at, by slot: one instance or the whole.
    pub touched: Vec<(u32, Option<InstanceKey>)>,
    /// The place of the change of what the object is part of, where that goes in this plan, too.
    pub goes_with: Option<usize>,
    /// Why an object that is no longer wanted is let go of, where its type does not remove it.
    pub kept: Option<String>,
}

/// A root output's before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputChange {
    /// Its name.
    pub name: Str,
    /// The stored value.
    pub prior: Option<Value>,
    /// The new value, perhaps unknown; `None` when the output is gone.
    pub planned: Option<Value>,
    /// Whether the `output` block says so.
    pub sensitive: bool,
}

impl OutputChange {
    /// What happens to it: create, update, delete or nothing.
    pub fn action(&self) -> Action {
        match (&self.prior, &self.planned) {
            (None, None) => Action::NoOp,
            (None, Some(_)) => Action::Create,
            (Some(_), None) => Action::Delete,
            (Some(prior), Some(planned)) if super::propose::equal_unmarked(prior, planned) => Action::NoOp,
            (Some(_), Some(_)) => Action::Update,
        }
    }
}

/// Something that is not as we left it.
#[derive(Debug, Clone)]
pub struct Drift {
    /// The instance.
    pub addr: InstanceAddr,
    /// The address under which the state has it, where that is another.
    pub previous: Option<InstanceAddr>,
    /// Its current object or a deposed one.
    pub object: ObjectKey,
    /// As we left it.
    pub before: Arc<Object>,
    /// As it is; `None` when it was deleted.
    pub after: Option<Arc<Object>>,
    /// Why it could not be read: the prior value stands.
    pub stale: Option<String>,
}

/// An object that is recorded as it is, without a call: a data source, or what changed by itself.
#[derive(Debug, Clone)]
pub struct Adoption {
    /// The instance.
    pub addr: InstanceAddr,
    /// The address under which the state has it, where that is another.
    pub previous: Option<InstanceAddr>,
    /// As it is.
    pub stored: crate::state::Object,
}

/// Something that can only be planned after this plan has been applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Deferred {
    /// The resource, module call or provider.
    pub address: String,
    /// Why, in a sentence.
    pub reason: String,
}
