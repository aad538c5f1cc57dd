//! The world that a state is about: a plan never mixes two.

use std::collections::BTreeMap;

use super::Session;
use crate::diag::Diagnostic;
use crate::state::Snapshot;
use crate::state::World;
use crate::state::WorldEntry;

/// So many credentials of an account are remembered: those of a few people and of their automation.
const CREDENTIALS: usize = 8;

/// The world that the state is about from now on; reports where it is another than before.
pub(super) fn check(
    session: &Session,
    snapshot: &Snapshot,
    accounts: &BTreeMap<String, WorldEntry>,
) -> Result<Option<World>, Box<Diagnostic>> {
    let mut world = snapshot.world.clone().unwrap_or_default();
    let found: BTreeMap<String, WorldEntry> = match &session.simulated {
        Some(simulated) => BTreeMap::from([("sim".to_owned(), simulated.clone())]),
        None => accounts.clone(),
    };
    let is_simulated = session.simulated.is_some();
    if let Some(known) = world.entries.get("sim").filter(|_| !is_simulated) {
        return Err(mixed(&format!("the simulated world {}", known.name), "real accounts"));
    }
    if is_simulated && let Some((name, known)) = world.entries.iter().find(|(name, _)| *name != "sim") {
        return Err(mixed(&format!("the {name} account {}", known.name), "a simulated world"));
    }
    for (name, mut account) in found {
        if let Some(known) = world.entries.get(&name)
            && known.id != account.id
        {
            let before = format!("the {name} account {} ({})", known.name, known.id);
            return Err(mixed(&before, &format!("the account {} ({})", account.name, account.id)));
        }
        if let Some(known) = world.entries.get(&name) {
            let new = account.credentials.iter().filter(|credential| !known.credentials.contains(credential));
            let mut credentials: Vec<String> = known.credentials.iter().chain(new).cloned().collect();
            credentials.drain(..credentials.len().saturating_sub(CREDENTIALS));
            account.credentials = credentials;
        }
        world.entries.insert(name, account);
    }
    Ok((snapshot.world.as_ref() != Some(&world) && !world.entries.is_empty()).then_some(world))
}

fn mixed(before: &str, now: &str) -> Box<Diagnostic> {
    let detail = format!(
        "This state is about {before}, and what is configured now works on {now}. To go on, use a credential of the same \
         account; for another account use another workspace, so that nothing is taken for deleted."
    );
    Box::new(Diagnostic::error("State of another account", detail))
}
