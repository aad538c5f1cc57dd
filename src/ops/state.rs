//! Looking at the state and editing it.

use std::sync::Arc;
use std::time::Duration;

use super::Failure;
use super::Session;
use crate::addr::InstanceAddr;
use crate::addr::Target;
use crate::state::Snapshot;
use crate::state::Stored;

/// The state, open intents folded in. Without the key, sealed values are sensitive nulls where `shut` allows it.
pub fn snapshot(session: &Session, shut: bool) -> Result<Arc<Snapshot>, Failure> {
    let loaded = if shut { session.backend.load_shut()? } else { session.backend.load()? };
    Ok(loaded.snapshot)
}

/// What may have been meant by an address that the state does not hold; empty where nothing comes near.
pub fn meant(session: &Session, target: &Target) -> String {
    // Who asks has a problem to report already.
    let Ok(snapshot) = snapshot(session, true) else { return String::new() };
    let known: Vec<InstanceAddr> = snapshot.instances.keys().cloned().collect();
    crate::addr::meant(target, &known)
}

/// Changes the state under a lock; the edit says what it did, or why it cannot.
pub fn edit<T, E>(
    session: &Session,
    operation: &str,
    timeout: Duration,
    edit: impl FnOnce(&mut Snapshot) -> Result<T, E>,
) -> Result<Result<(T, Stored), E>, Failure> {
    let lock = super::lock(session, operation, timeout)?;
    let loaded = session.backend.load()?;
    let mut snapshot = (*loaded.snapshot).clone();
    match edit(&mut snapshot) {
        Err(error) => Ok(Err(error)),
        Ok(done) => {
            super::apply::declare(session, &mut snapshot);
            let stored = session.backend.store(&lock, &snapshot)?;
            super::apply::notices(session, &stored.notices);
            Ok(Ok((done, stored)))
        }
    }
}
