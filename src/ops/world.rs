//! The world that a state is about: a plan never mixes two.

use super::Session;
use crate::diag::Diagnostic;
use crate::state::Snapshot;
use crate::state::World;
use crate::state::WorldEntry;

/// So many credentials of an account are remembered: those of a few people and of their automation.
const CREDENTIALS: usize = 8;

/// The accounts that configured providers work on, by the providers' names; several aliases give a name several times.
/// `None` where the credential may not see its account.
pub(super) type Accounts = Vec<(String, Option<WorldEntry>)>;

/// The world that a state is about from now on, where that is another than before; reports where two would be mixed.
pub(super) fn check(
    session: &Session,
    snapshot: &Snapshot,
    accounts: &Accounts,
) -> Result<Option<World>, Box<Diagnostic>> {
    let mut world = snapshot.world.clone().unwrap_or_default();
    let simulated = session.simulated.as_ref().map(|simulated| ("sim".to_owned(), simulated.clone()));
    let is_simulated = simulated.is_some();
    let real = accounts.iter().filter_map(|(name, entry)| Some((name.clone(), entry.clone()?)));
    let real = real.filter(|_| !is_simulated);
    if let Some(known) = world.entries.get("sim").filter(|_| !is_simulated) {
        return Err(mixed(&format!("the simulated world {}", known.name), "real accounts"));
    }
    if is_simulated && let Some((name, known)) = world.entries.iter().find(|(name, _)| *name != "sim") {
        return Err(mixed(&format!("the {name} account {}", known.name), "a simulated world"));
    }
    for (name, mut account) in simulated.into_iter().chain(real) {
        if let Some(known) = world.entries.get(&name) {
            if known.id != account.id {
                let is_recorded = snapshot.world.as_ref().is_some_and(|world| world.entries.contains_key(&name));
                return Err(if is_recorded {
                    mixed(&words(&name, known), &format!("the account {} ({})", account.name, account.id))
                } else {
                    two_at_once(&words(&name, known), &words(&name, &account))
                });
            }
            // The last seen one last.
            let mut credentials = known.credentials.clone();
            credentials.retain(|credential| !account.credentials.contains(credential));
            credentials.append(&mut account.credentials);
            credentials.drain(..credentials.len().saturating_sub(CREDENTIALS));
            account.credentials = credentials;
        }
        world.entries.insert(name, account);
    }
    Ok((snapshot.world.as_ref() != Some(&world) && !world.entries.is_empty()).then_some(world))
}

/// Whether two worlds are of the same accounts, whatever credentials lead to them.
pub(super) fn are_same_accounts(a: Option<&World>, b: &World) -> bool {
    let bare = |(name, entry): (&String, &WorldEntry)| (name.clone(), entry.id.clone(), entry.name.clone());
    a.is_some_and(|a| a.entries.iter().map(bare).eq(b.entries.iter().map(bare)))
}

/// Warns of credentials that may not see their account, where the state knows which one it should be.
pub(super) fn untold(session: &Session, snapshot: &Snapshot, accounts: &Accounts) -> Vec<Diagnostic> {
    let Some(world) = snapshot.world.as_ref().filter(|_| session.simulated.is_none()) else { return Vec::new() };
    let unseen = accounts.iter().filter(|(_, entry)| entry.is_none());
    let known = unseen.filter_map(|(name, _)| Some((name, world.entries.get(name)?)));
    let warning = |(name, known): (&String, &WorldEntry)| {
        let detail = format!(
            "This state is about {}, and the credential for {name} may not see whose it is. Should it be another account's, \
             everything would be taken for gone and be made again: look at the plan with care, or give the credential the \
             scope to read its account.",
            words(name, known)
        );
        Diagnostic::warning("Account cannot be told", detail)
    };
    known.map(warning).collect()
}

/// An account of a vendor, in words.
pub(super) fn words(name: &str, account: &WorldEntry) -> String {
    format!("the {name} account {} ({})", account.name, account.id)
}

fn two_at_once(one: &str, other: &str) -> Box<Diagnostic> {
    let detail = format!(
        "What is configured works on {one} and on {other} at once. A state is about one account of a vendor: give the \
         `provider` blocks credentials of the same account, and keep the other's objects in a configuration of their own."
    );
    Box::new(Diagnostic::error("Two accounts in one state", detail))
}

fn mixed(before: &str, now: &str) -> Box<Diagnostic> {
    let detail = format!(
        "This state is about {before}, and what is configured now works on {now}. To go on, use a credential of the same \
         account; for another account use another workspace, so that nothing is taken for deleted."
    );
    Box::new(Diagnostic::error("State of another account", detail))
}
