//! Which account a vendor's credential works on.

use super::Session;
use super::clients;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::state::WorldEntry;

/// The account of the credential that the session has for a vendor, without a provider block; `None` when the credential
/// may not see it, or the vendor has none.
pub async fn account(session: &Session, vendor: &str) -> Result<Option<WorldEntry>> {
    let Some(provider) = session.registry.provider(vendor) else {
        return Err(ProviderError::refused(format!("asking {vendor}"), "there is no such vendor"));
    };
    let (connection, client) = clients::make(&session.parts(), vendor, &provider.schema().empty())?;
    clients::account(session, &*connection, &client, None).await
}
