//! Lists, page by page.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::Api;
use crate::provider::ProviderError;
use crate::provider::Result;

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<C> {
    /// The objects on it: a `Vec`, or a map where the vendor lists by key.
    pub items: C,
    /// Where the list goes on; absent on the last page.
    pub next: Option<String>,
    /// How many objects all pages hold, where the vendor tells.
    pub total: Option<usize>,
}

impl Api<'_> {
    /// All objects of a list, from the first page to the last; `C` is a `Vec`, or a map where the vendor lists by key.
    pub async fn pages<C>(&self, path: &str, key: &str) -> Result<C>
    where
        C: DeserializeOwned + Default + IntoIterator + Extend<C::Item>,
    {
        let mut items = C::default();
        let mut seen = BTreeSet::new();
        let mut next = Some(self.first_page(path));
        while let Some(path) = next {
            let page = self.page::<C>(&path, key).await?;
            items.extend(page.items);
            if !seen.insert(path) {
                let problem = "its pages go round in a circle".to_owned();
                return Err(ProviderError::Unexpected { doing: self.doing.clone(), problem });
            }
            next = page.next;
        }
        Ok(items)
    }

    /// The path of a list's first page, for [`Api::page`].
    pub fn first_page(&self, path: &str) -> String {
        self.rest.shared.dialect.first_page(path)
    }

    /// One page of a list.
    pub async fn page<C: DeserializeOwned + Default>(&self, path: &str, key: &str) -> Result<Page<C>> {
        let answer = self.get(path).success().await?;
        let unexpected = |problem| self.unexpected(problem);
        let mut envelope = answer.envelope().map_err(unexpected)?;
        let Some(list) = envelope.remove(key) else {
            return Err(unexpected(format!("it has no `{key}`")));
        };
        // Some vendors write null for an empty list.
        let items: Option<C> = serde_json::from_str(list.get())
            .map_err(|error| unexpected(format!("in `{key}`: {}", answer.problem(&error))))?;
        let rest = envelope
            .into_iter()
            .filter_map(|(key, part)| Some((key.into_owned(), serde_json::from_str::<Json>(part.get()).ok()?)));
        let rest = Json::Object(rest.collect());
        let dialect = &self.rest.shared.dialect;
        let paging = dialect.paging(&rest);
        let next = paging.next.or_else(|| dialect.next_page(path, &rest));
        Ok(Page { items: items.unwrap_or_default(), next, total: paging.total })
    }
}
