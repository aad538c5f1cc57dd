//! What is said of a change before its content: what happens, to what, and why.

use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::plan::Action;
use crate::plan::Change;
use crate::plan::Reason;
use crate::report::value::same;
use crate::state::ObjectKey;
use crate::value::Value;

/// The address of an object, with the key of one that was replaced.
pub(in crate::report) fn name(addr: &InstanceAddr, object: &ObjectKey) -> String {
    match object {
        ObjectKey::Current => addr.to_string(),
        ObjectKey::Deposed(key) => format!("{addr} (deposed object {key})"),
    }
}

/// Whether an object that is taken over needs no change.
pub(in crate::report) fn is_same(change: &Change) -> bool {
    match (&change.prior, &change.planned) {
        (Some(prior), Some(planned)) => same(&Value::Object(prior.clone()), &Value::Object(planned.clone())),
        _ => true,
    }
}

/// The lines, without their `# `. What the object is owed is told where it becomes one of another type by it.
pub(super) fn headline(change: &Change, owed: Option<&str>) -> Vec<String> {
    let addr = name(&change.addr, &change.object);
    let mut lines = vec![what(change, &addr)];
    lines.extend(why(change));
    if let Some(from) = &change.previous_addr
        && !is_pure_move(change)
    {
        lines.push(match owed.filter(|_| from.ty != change.addr.ty) {
            Some(owed) => format!("(moved from {from}, which becomes a {} by {owed})", change.addr.ty),
            None => format!("(moved from {from})"),
        });
    }
    if let Some(id) = &change.importing
        && change.action != Action::NoOp
    {
        lines.push(format!("(imported from {:?})", &**id));
        if change.action.is_replace() {
            lines.push("Warning: this will destroy the imported resource".to_owned());
        }
    }
    lines
}

fn is_pure_move(change: &Change) -> bool {
    change.action == Action::NoOp && change.importing.is_none()
}

fn what(change: &Change, addr: &str) -> String {
    if change.adopts && !change.action.is_replace() {
        return match is_same(change) {
            true => format!("{addr} is already there, identical: will be adopted"),
            false => format!("{addr} is already there: will be adopted and updated in-place"),
        };
    }
    match (change.action, change.reason) {
        (Action::Create, _) => format!("{addr} will be created"),
        (Action::Read, _) => format!("{addr} will be read during apply"),
        (Action::Update, _) => format!("{addr} will be updated in-place"),
        (Action::DeleteThenCreate | Action::CreateThenDelete, reason) => match reason {
            Some(Reason::Tainted) => format!("{addr} is tainted, so must be replaced"),
            Some(Reason::Requested) => format!("{addr} will be replaced, as requested"),
            Some(Reason::Triggered) => format!("{addr} will be replaced due to changes in replace_triggered_by"),
            _ => format!("{addr} must be replaced"),
        },
        (Action::Delete, _) => format!("{addr} will be destroyed"),
        (Action::Forget, _) => format!("{addr} will no longer be managed, but will not be destroyed"),
        (Action::NoOp, _) => match (&change.importing, &change.previous_addr) {
            (None, Some(from)) => format!("{from} has moved to {addr}"),
            _ => format!("{addr} will be imported"),
        },
    }
}

fn why(change: &Change) -> Option<String> {
    if change.action == Action::Forget {
        let why = change.kept.as_ref().map(|why| format!("({why})"));
        return Some(why.unwrap_or_else(|| "(destroy = false is set in the configuration)".to_owned()));
    }
    if let (Action::Delete, ObjectKey::Deposed(_)) = (change.action, &change.object) {
        return Some("(left over from a partially-failed replacement of this instance)".to_owned());
    }
    let addr = &change.addr;
    let text = match change.reason? {
        Reason::NoResourceConfig => format!("(because {} is not in configuration)", addr.with_key(InstanceKey::None)),
        Reason::NoModule => format!("(because {} is not in configuration)", addr.module),
        Reason::WrongRepetition => match addr.key {
            InstanceKey::None => "(because resource uses count or for_each)".to_owned(),
            InstanceKey::Int(_) => "(because resource does not use count)".to_owned(),
            InstanceKey::Str(_) => "(because resource does not use for_each)".to_owned(),
        },
        Reason::CountIndex => format!("(because index {} is out of range for count)", addr.key),
        Reason::EachKey => format!("(because key {} is not in for_each map)", addr.key),
        Reason::NoMoveTarget => match &change.previous_addr {
            Some(from) => format!("(because {from} was moved to {addr}, which is not in configuration)"),
            None => format!("(because {addr} was moved to an address that is not in configuration)"),
        },
        Reason::ConfigUnknown => "(config refers to values not yet known)".to_owned(),
        Reason::DependencyPending => "(depends on a resource or a module with changes pending)".to_owned(),
        Reason::Tainted | Reason::Requested | Reason::CannotUpdate | Reason::Triggered => return None,
    };
    Some(text)
}
