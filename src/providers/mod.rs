//! The vendors: one module each, written over the contract and the vocabulary alone. No vendor sees another.

pub mod terraform;
#[cfg(test)]
mod testing;

use crate::provider::Provider;

/// Every vendor that is built in.
pub fn all() -> Vec<Provider> {
    vec![Provider::new(terraform::Terraform::default())]
}
