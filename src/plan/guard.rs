//! What is lost for good when a plan is applied: objects that hold data, or an address that others know.

use super::Action;
use super::Mode;
use super::Plan;
use super::Registry;
use crate::addr;
use crate::addr::InstanceAddr;

/// An object that would be destroyed or replaced, and what goes with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Guarded {
    /// The instance.
    pub addr: InstanceAddr,
    /// What is lost, in a few words: `its data`.
    pub loses: &'static str,
    /// Whether another takes its place.
    pub is_replaced: bool,
}

/// The objects for which a person has to give word one by one. A plan for destroying is word enough.
pub fn guarded(plan: &Plan, registry: &Registry) -> Vec<Guarded> {
    if plan.mode == Mode::Destroy {
        return Vec::new();
    }
    let goes = plan.changes.iter().filter(|change| {
        change.addr.mode == addr::Mode::Managed && (change.action == Action::Delete || change.action.is_replace())
    });
    let found = goes.filter_map(|change| {
        let loses = registry.resource(&change.addr.ty)?.guards()?;
        Some(Guarded { addr: change.addr.clone(), loses, is_replaced: change.action.is_replace() })
    });
    found.collect()
}
