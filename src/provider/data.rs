//! A data source: something that is only read.

use async_trait::async_trait;

use super::Cx;
use super::Problem;
use super::Result;
use crate::schema::Schema;
use crate::value::Object;

/// A data source over a vendor's client `C`.
#[async_trait]
pub trait DataSource<C: Send + Sync>: Send + Sync {
    /// The type's name, as `digitalocean_sizes`.
    fn name(&self) -> &'static str;

    /// Its arguments and attributes.
    fn schema(&self) -> Schema;

    /// Finds what is wrong with a decoded configuration beyond the schema; unknown values are passed over.
    fn validate(&self, config: &Object) -> Vec<Problem> {
        let _ = config;
        Vec::new()
    }

    /// Reads; `config` is wholly known and has a null for each attribute that only the vendor sets.
    async fn read(&self, client: &C, cx: &Cx, config: &Object) -> Result<Object>;
}
