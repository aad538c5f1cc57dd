//! How each member of a transaction ended, by its receipt and by what is seen on the host.

use serde_json::Value as Json;

use super::object;
use crate::provider::Failure;
use crate::provider::Member;
use crate::provider::MemberCall;
use crate::provider::MemberEnd;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::providers::host::answer::Class;
use crate::providers::host::answer::Outcome;
use crate::providers::host::answer::Receipt;
use crate::providers::host::batch;
use crate::providers::host::kind::kind;
use crate::providers::host::look::Sight;
use crate::providers::host::way::Way;
use crate::value::Object;

/// One end a member, in order; all are untouched where there is no receipt.
pub(super) fn ends(members: &[Member], way: &Way, sight: &Sight) -> Vec<MemberEnd> {
    members.iter().enumerate().map(|(at, member)| end(member, way, sight, at)).collect()
}

/// The end of a member whose host is no more: what was there went with it, and what was to be made was not.
pub(super) fn gone(member: &Member) -> MemberEnd {
    match member.call {
        MemberCall::Create { .. } => MemberEnd::Untouched,
        MemberCall::Update { .. } | MemberCall::Delete { .. } => {
            MemberEnd::Applied { object: None, private: Json::Null }
        }
    }
}

fn end(member: &Member, way: &Way, sight: &Sight, at: usize) -> MemberEnd {
    let Some(receipt) = &sight.answer.receipt else { return MemberEnd::Untouched };
    let private = batch::note(sight.record(at).owed.as_deref());
    // The numbers are ours, yet the receipt may be another run's, of a bundle that was cut differently.
    let told = receipt.members.get(&at).filter(|(address, _)| *address == member.address);
    let told = told.or_else(|| receipt.members.values().find(|(address, _)| *address == member.address));
    match told.map(|(_, outcome)| outcome) {
        None | Some(Outcome::Untouched) => MemberEnd::Untouched,
        Some(Outcome::Restored) => MemberEnd::Restored { private },
        Some(Outcome::Failed(reason, class)) => {
            let failure = failure(way, receipt, reason, *class);
            MemberEnd::Failed { error: ProviderError::OnHost(Box::new(failure)), private }
        }
        Some(Outcome::Applied) => match (&member.call, seen(member, sight, at)) {
            (MemberCall::Delete { .. }, _) => MemberEnd::Applied { object: None, private },
            (_, Ok(object)) => MemberEnd::Applied { object, private },
            (_, Err(error)) => MemberEnd::Failed { error, private },
        },
        Some(Outcome::Begun) => broken_off(member, sight, at, &receipt.phase, private),
    }
}

/// A member's failure, with how the host stands after it.
fn failure(way: &Way, receipt: &Receipt, reason: &str, class: Class) -> Failure {
    let (first, shown) = reason.split_once('\n').unwrap_or((reason, ""));
    // What was told once is not told again of each that may not have been put back.
    let is_own = class != Class::Spoilt;
    Failure {
        summary: summary(class),
        what: format!("on the host {way}: {}", first.trim_end_matches(':')),
        shown: shown.to_owned(),
        standing: if is_own { stands(receipt) } else { String::new() },
        log: if is_own { receipt.standing.log.clone() } else { String::new() },
        is_undone: matches!(&*receipt.phase, "failed" | "restored"),
    }
}

fn summary(class: Class) -> &'static str {
    match class {
        Class::Other => "Change on a host failed",
        Class::Moved => "Changed since it was read",
        Class::Text => "Unit not accepted",
        Class::Start => "Unit did not start",
        Class::Failed => "Unit has failed",
        Class::Looping => "Unit is crash-looping",
        Class::Ended => "Unit has ended",
        Class::Gate => "Gate did not open",
        Class::Command => "Command failed",
        Class::Spoilt => "Not put back",
    }
}

/// How the host stands after a failure, in sentences.
fn stands(receipt: &Receipt) -> String {
    let standing = &receipt.standing;
    let has_run = receipt.members.values().any(|(_, outcome)| *outcome == Outcome::Applied);
    let mut sentences = match &*receipt.phase {
        "failed" => vec!["Nothing was changed on this host.".to_owned()],
        "stopped" if has_run => vec!["What came before it on this host is done, and stays.".to_owned()],
        "restored" => {
            let but = if has_run { ", but for commands that have run" } else { "" };
            vec![format!("Everything that was changed on this host with it is put back{but}.")]
        }
        "broken" => vec![format!("Not all that was changed on this host could be put back: {}.", standing.spoilt)],
        _ => Vec::new(),
    };
    if !standing.again.is_empty() {
        sentences.push(format!("The version from before runs again: {}.", standing.again));
    }
    if !standing.down.is_empty() {
        sentences.push(format!("The version from before does not run either: {}.", standing.down));
    }
    sentences.join(" ")
}

/// The end of a member of a transaction that was broken off: what has been committed counts, as whatever its process is
/// owed is on record at the host. What was being put back counts as not done, so that it is planned again.
fn broken_off(member: &Member, sight: &Sight, at: usize, phase: &str, private: Json) -> MemberEnd {
    let found = seen(member, sight, at).ok().flatten();
    let has = |wanted: &Object| found.as_ref().zip(kind(member.ty)).is_some_and(|(found, kind)| kind.is(found, wanted));
    let is_done = match &member.call {
        MemberCall::Create { planned, .. } => phase != "staging" && has(planned),
        MemberCall::Update { planned, .. } => !["staging", "restoring"].contains(&phase) && has(planned),
        MemberCall::Delete { .. } => phase != "staging" && found.is_none(),
    };
    match is_done {
        true => MemberEnd::Applied { object: found, private },
        false => MemberEnd::Untouched,
    }
}

/// The member's object as it is now; `None` when it is not there.
fn seen(member: &Member, sight: &Sight, at: usize) -> Result<Option<Object>, ProviderError> {
    match batch::seen(member.ty, object(member), sight, at) {
        Read::Present(object) | Read::Noted(object, _) => Ok(Some(object)),
        Read::Absent => Ok(None),
        Read::Stale(why) => {
            Err(ProviderError::Failed { doing: format!("reading {} after its change", member.address), message: why })
        }
    }
}
