//! Clients of the configured providers, and the accounts they work on.

use std::sync::Arc;
use std::sync::Mutex;

use jiff::SignedDuration;
use sha2::Digest;
use sha2::Sha256;

use super::Session;
use super::session::Parts;
use crate::apply::Event;
use crate::apply::Waits;
use crate::provider::Client;
use crate::provider::Connection;
use crate::provider::Cx;
use crate::provider::NoRecord;
use crate::provider::Result;
use crate::state::Snapshot;
use crate::state::WorldEntry;
use crate::value::Object;
use crate::value::Value;

/// How often a wait is told.
const TOLD_AGAIN: SignedDuration = SignedDuration::from_secs(15);

/// Makes a client; sends no request.
pub(super) fn make(parts: &Parts, name: &str, config: &Object) -> Result<(Arc<dyn Connection>, Client)> {
    let provider = parts.registry.provider(name).expect("only known providers are configured");
    let client = provider.configure(&config.without_marks(), parts.configure())?;
    Ok((provider.connection(), client))
}

/// A state that may know the account of a credential.
#[derive(Clone, Copy)]
pub(super) struct Known<'s> {
    pub(super) state: &'s Snapshot,
    /// Whether its word will do: something else shows, then, that the credential is what it was.
    pub(super) will_do: bool,
}

/// The account that a client works on; asked for unless a state has it already with the client's credential.
pub(super) async fn account(
    session: &Session,
    (connection, client): (&dyn Connection, &Client),
    vendor: &str,
    known: Option<Known<'_>>,
) -> Result<Option<WorldEntry>> {
    let digest = known.and_then(|known| Some((known, connection.credential_digest(client)?)));
    let credential = digest.map(|(known, digest)| salted(&known.state.lineage, &digest));
    let entry = known.filter(|known| known.will_do).and_then(|known| known.state.world.as_ref()?.entries.get(vendor));
    if let (Some(entry), Some(credential)) = (entry, &credential)
        && entry.credentials.contains(credential)
    {
        return Ok(Some(WorldEntry { credentials: vec![credential.clone()], ..entry.clone() }));
    }
    let account = connection.account(client, &reading_cx(session)).await?;
    Ok(account.and_then(|account| {
        let part = |name: &str| account.get(name).and_then(Value::as_str).map(str::to_owned);
        let id = part("id")?;
        let name = part("name").unwrap_or_else(|| id.clone());
        Some(WorldEntry { id, name, credentials: credential.into_iter().collect() })
    }))
}

/// The digest of a credential as the state of a lineage keeps it.
fn salted(lineage: &str, digest: &str) -> String {
    let salted = Sha256::digest(format!("{lineage} {digest}"));
    salted.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The surroundings of a call that only reads, and sees the world as it is by now.
pub(super) fn reading_cx(session: &Session) -> Cx {
    Cx::new(
        Arc::clone(&session.clock),
        session.cancel.clone(),
        String::new(),
        String::new(),
        Arc::new(|_: &str| {}),
        Arc::new(NoRecord),
        serde_json::Value::Null,
    )
    .heard_by(Arc::new(Waits(Arc::clone(&session.observer))))
}

/// The same for a history, so that its marks are known. What takes its time is told, as an object may be long in coming.
pub(super) fn finding_cx(session: &Session, op: &str, lineage: &str, private: serde_json::Value) -> Cx {
    let (observer, clock) = (Arc::clone(&session.observer), Arc::clone(&session.clock));
    let next = Mutex::new(clock.now());
    let told = move |text: &str| {
        let mut next = next.lock().expect("no holder panics");
        if clock.now() >= *next {
            *next = clock.now() + TOLD_AGAIN;
            observer.event(Event::Notice(format!("An earlier run was cut short; {text}...")));
        }
    };
    Cx::new(
        Arc::clone(&session.clock),
        session.cancel.clone(),
        op.to_owned(),
        lineage.to_owned(),
        Arc::new(told),
        Arc::new(NoRecord),
        private,
    )
    .heard_by(Arc::new(Waits(Arc::clone(&session.observer))))
}
