//! The vendors: one module each, written over `net`, the contract and the vocabulary alone. No vendor sees another.

pub mod digitalocean;
pub mod host;
pub mod local;
pub mod neon;
pub mod random;
pub mod terraform;
pub mod tls;

#[cfg(test)]
mod lab;
#[cfg(test)]
mod testing;

use crate::provider::Provider;

/// Every vendor that is built in.
pub fn all() -> Vec<Provider> {
    vec![
        digitalocean::provider(),
        Provider::new(host::Host),
        Provider::new(local::Local),
        neon::provider(),
        Provider::new(random::Random::default()),
        Provider::new(terraform::Terraform::default()),
        Provider::new(tls::Tls::default()),
    ]
}
