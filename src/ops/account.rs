//! Which account a vendor's credential works on, and what it may do there.

use std::sync::Arc;

use super::Session;
use super::clients;
use crate::provider::Client;
use crate::provider::Connection;
use crate::provider::ProviderError;
use crate::provider::Reach;
use crate::provider::Result;
use crate::state::WorldEntry;

/// The account of the credential that the session has for a vendor, without a provider block; `None` when the credential
/// may not see it, or the vendor has none.
pub async fn account(session: &Session, vendor: &str) -> Result<Option<WorldEntry>> {
    let (connection, client) = bare(session, vendor)?;
    clients::account(session, (&*connection, &client), vendor, None).await
}

/// What the same credential may do, and until when.
pub async fn reach(session: &Session, vendor: &str) -> Result<Reach> {
    let (connection, client) = bare(session, vendor)?;
    connection.reach(&client, &clients::reading_cx(session)).await
}

/// A client without a provider block.
fn bare(session: &Session, vendor: &str) -> Result<(Arc<dyn Connection>, Client)> {
    let Some(provider) = session.registry.provider(vendor) else {
        return Err(ProviderError::refused(format!("asking {vendor}"), "there is no such vendor"));
    };
    clients::make(&session.parts(), vendor, &provider.schema().empty())
}
