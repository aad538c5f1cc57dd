//! Reading many objects of one kind: by list pages or one by one, whichever takes fewer requests.

use std::collections::BTreeMap;

use futures::future::join_all;
use serde::de::DeserializeOwned;

use crate::net::rest::Api;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::Result;

/// Where the objects of one kind are.
pub(super) struct Listing<'a, T> {
    /// The list's path.
    pub(super) path: &'a str,
    /// The key that the list is under.
    pub(super) key: &'a str,
    /// The path of one object.
    pub(super) one: &'a (dyn Fn(&str) -> String + Send + Sync),
    /// The key that one object is under.
    pub(super) one_key: &'a str,
    /// The id that an object is asked for by.
    pub(super) id: fn(&T) -> String,
}

/// Up to so many objects are read one by one; a list may have pages of no interest.
pub(super) const FEW: usize = 1;
/// The largest page that the vendor gives.
const PAGE: usize = 200;

impl<T: DeserializeOwned + Clone + Send + Sync> Listing<'_, T> {
    /// Reads the objects with these ids, by the list where others share it; one answer an id, in order. `None` is certain: what a list lacks was asked for
    /// by its id, because lists lag behind and leave some kinds of objects out.
    pub(super) async fn read(&self, api: &Api<'_>, ids: &[&str]) -> Vec<Result<Option<T>>> {
        let few = if api.shares() { 0 } else { FEW };
        let listed = if ids.len() <= few { Ok(BTreeMap::new()) } else { self.listed(api, ids).await };
        let listed = match listed {
            Ok(listed) => listed,
            Err(error) => return ids.iter().map(|_| Err(error.duplicate())).collect(),
        };
        join_all(ids.iter().map(|id| {
            let found = listed.get(*id).cloned();
            async move {
                match found {
                    Some(found) => Ok(Some(found)),
                    None => api.get(&(self.one)(id)).optional(self.one_key).await,
                }
            }
        }))
        .await
    }

    /// Those that the list has, as far as walking it is worth its requests.
    async fn listed(&self, api: &Api<'_>, ids: &[&str]) -> Result<BTreeMap<String, T>> {
        let mut found = BTreeMap::new();
        let mut walked = 0;
        let mut next = Some(api.first_page(self.path));
        while let Some(path) = next.take() {
            let page = api.page::<Vec<T>>(&path, self.key).await?;
            if page.items.is_empty() {
                break;
            }
            walked += page.items.len();
            found.extend(page.items.into_iter().map(|item| ((self.id)(&item), item)));
            let missing = ids.iter().filter(|id| !found.contains_key(**id)).count();
            let pages_left = page.total.map_or(0, |total| total.saturating_sub(walked).div_ceil(PAGE));
            if missing > pages_left {
                next = page.next;
            }
        }
        Ok(found)
    }
}

/// A read as the engine takes it. What the token may not see is not gone.
pub(super) fn seen(read: Result<Option<Read>>) -> Result<Read> {
    match read {
        Ok(read) => Ok(read.unwrap_or(Read::Absent)),
        Err(error @ ProviderError::Forbidden { .. }) => Ok(Read::Stale(error.to_string())),
        Err(error) => Err(error),
    }
}
