//! Who has a name that was to be taken: told, so that it can be taken over.

use std::future::Future;

use crate::provider::ProviderError;
use crate::provider::Result;

/// The end of a create; where a name was taken, with the id of what has it, if `holder` can see that.
pub(super) async fn named<T>(
    made: Result<T>,
    holder: impl Future<Output = Result<Option<String>>> + Send,
) -> Result<T> {
    match made {
        Err(ProviderError::Taken { doing, message, id: None, argument }) => {
            // Should it not be readable, that it is taken is still what matters.
            let id = holder.await.ok().flatten();
            Err(ProviderError::Taken { doing, message, id, argument })
        }
        made => made,
    }
}
