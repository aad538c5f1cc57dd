//! Later phases: what a plan had to leave out, once it can be planned.

use crate::plan::Action;
use crate::plan::Deferred;
use crate::plan::Plan;

/// Whether a later phase does only what an earlier plan announced: creates or updates instances of what was deferred.
/// Anything else wants a new approval.
pub fn is_announced(deferred: &[Deferred], next: &Plan) -> bool {
    next.changes.iter().all(|change| match change.action {
        Action::NoOp | Action::Read => true,
        Action::Create | Action::Update => {
            let resource = change.addr.resource().to_string();
            let module = change.addr.module.path().to_string();
            deferred.iter().any(|deferred| {
                let within = |address: &str| module == address || module.starts_with(&format!("{address}."));
                deferred.address == resource || within(&deferred.address)
            })
        }
        Action::DeleteThenCreate | Action::CreateThenDelete | Action::Delete | Action::Forget => false,
    })
}
