//! Reading objects of several types at once: what one question to a host or an account can answer for all of them.

use async_trait::async_trait;

use super::BatchKey;
use super::Cx;
use super::Read;
use super::ReadItem;
use super::Result;

/// An object to read, of whichever type.
#[derive(Debug, Clone)]
pub struct BatchItem {
    /// Its type's name.
    pub ty: String,
    /// The object.
    pub item: ReadItem,
}

/// Reads the objects of one [`BatchKey`] across types over a vendor's client `C`.
#[async_trait]
pub trait Batch<C: Send + Sync>: Send + Sync {
    /// One answer an item, in order.
    async fn read(&self, client: &C, cx: &Cx, key: &BatchKey, items: &[BatchItem]) -> Vec<Result<Read>>;
}
