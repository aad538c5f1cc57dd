//! The vendors: resource types by vendor, each over its own client.
//!
//! A vendor names `net`, `provider` and the vocabulary below, never another vendor and never the engine. Whoever needs to
//! know which vendors there are asks [`all`].

pub mod digitalocean;

use crate::provider::Provider;

/// Every vendor that is built in.
pub fn all() -> Vec<Provider> {
    vec![digitalocean::provider()]
}
