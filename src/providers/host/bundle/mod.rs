//! What is applied to one host together: one script, one transaction, one receipt.
//!
//! The script decides on the host what a process needs, as only it sees how things stand at that moment; see the head of
//! `scripts/transaction.sh` for what a kill at any line leaves behind.

mod ends;
mod program;

pub(super) use program::Phases;
pub(super) use program::expected;
#[cfg(test)]
pub(super) use program::question;
pub(super) use program::spoilt;

use async_trait::async_trait;

use super::batch;
use super::client::Dialled;
use super::client::Hosts;
use super::client::ask;
use super::client::unreachable;
use super::kind::kind;
use super::look::Sight;
use super::look::Target;
use super::look::look;
use super::way::Way;
use crate::provider::Bundle;
use crate::provider::BundleClass;
use crate::provider::Cx;
use crate::provider::Member;
use crate::provider::MemberCall;
use crate::provider::MemberEnd;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::value::Object;

/// Applies what changes on one host.
pub(super) struct HostBundle;

#[async_trait]
impl Bundle<Hosts> for HostBundle {
    async fn apply(&self, hosts: &Hosts, cx: &Cx, members: &[Member]) -> Result<Vec<MemberEnd>> {
        let Some(way) = way(members)? else { return Ok(Vec::new()) };
        let doing = format!("applying to the host {way}");
        let shell = match members.iter().all(is_delete) {
            false => hosts.await_shell(&way, cx).await?,
            true => match hosts.shell_unless_gone(&way, cx).await? {
                Some(shell) => shell,
                // What was on a host that is gone went with it, and so it will where it goes now; what is on one that is only
                // down does not.
                None => return Ok(members.iter().map(ends::gone).collect()),
            },
        };
        let targets = targets(members);
        let makes_room = |member: &Member| kind(member.ty).is_some_and(|kind| kind.class() == BundleClass::Prepare);
        let until = if members.iter().all(makes_room) { "" } else { ", until the gates have opened" };
        cx.progress(&format!("applying {} to the host {way}{until}", counted(members.len())));
        let answer = ask(&*shell, program::question(&cx.op, members, &targets), &doing, cx).await?;
        if let Some(busy) = answer.busy {
            return Err(ProviderError::refused(doing, busy));
        }
        if answer.receipt.is_none() {
            return Err(ProviderError::Unexpected { doing, problem: "the receipt is missing".to_owned() });
        }
        Ok(ends::ends(members, &way, &Sight::new(targets, answer)))
    }

    async fn receipt(&self, hosts: &Hosts, cx: &Cx, op: &str, members: &[Member]) -> Result<Option<Vec<MemberEnd>>> {
        let Some(way) = way(members)? else { return Ok(None) };
        let shell = match hosts.dial(&way, cx).await? {
            Dialled::Up(shell) => shell,
            Dialled::Gone => return Ok(Some(members.iter().map(ends::gone).collect())),
            down @ Dialled::Down(_) => return Err(unreachable(&way, format!("reading the receipt of {op}"), down)),
        };
        let sight = look(&*shell, targets(members), Some(op), cx).await?;
        if let Some(busy) = sight.answer.busy {
            return Err(ProviderError::refused(format!("reading the receipt of {op}"), busy));
        }
        Ok(sight.answer.receipt.is_some().then(|| ends::ends(members, &way, &sight)))
    }
}

fn counted(changes: usize) -> String {
    if changes == 1 { "one change".to_owned() } else { format!("{changes} changes") }
}

fn is_delete(member: &Member) -> bool {
    matches!(member.call, MemberCall::Delete { .. })
}

/// The object that a member is to be, or was.
fn object(member: &Member) -> &Object {
    match &member.call {
        MemberCall::Create { planned, .. } | MemberCall::Update { planned, .. } => planned,
        MemberCall::Delete { prior } => prior,
    }
}

/// The one host of all members: where it is to be found now, which a deleted member may not know yet.
fn way(members: &[Member]) -> Result<Option<Way>> {
    let Some(member) = members.iter().find(|member| !is_delete(member)).or(members.first()) else { return Ok(None) };
    match batch::way(member.ty, object(member)) {
        Some(way) => Ok(Some(way)),
        None => Err(ProviderError::refused(format!("applying {}", member.address), "its host is not known")),
    }
}

fn targets(members: &[Member]) -> Vec<Target> {
    let target = |member: &Member| batch::target(member.ty, object(member)).unwrap_or_else(Target::machine);
    members.iter().map(target).collect()
}
