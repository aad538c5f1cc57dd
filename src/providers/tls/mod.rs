//! `tls`: key pairs that are made once and kept, sealed, in the state.
//!
//! Only `tls_private_key` is here. Certificates are not made: the vendors' own and ACME's have taken their place.

mod key;
mod private_key;

use private_key::PrivateKey;

use crate::provider::Configure;
use crate::provider::Definition;
use crate::provider::Entropy;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::value::Object;

/// The provider `tls`.
#[derive(Debug, Default)]
pub struct Tls {
    entropy: Entropy,
}

impl Tls {
    /// The provider with keys drawn from `entropy`.
    pub fn with_entropy(entropy: Entropy) -> Self {
        Self { entropy }
    }
}

/// Where keys are drawn from.
pub struct Client {
    entropy: Entropy,
}

impl Definition for Tls {
    type Client = Client;

    fn name(&self) -> &'static str {
        "tls"
    }

    fn source(&self) -> &'static str {
        "registry.terraform.io/hashicorp/tls"
    }

    fn resources(&self) -> Vec<Box<dyn ResourceType<Client>>> {
        vec![Box::new(PrivateKey)]
    }

    fn configure(&self, _: &Object, _: Configure) -> Result<Client> {
        Ok(Client { entropy: self.entropy.clone() })
    }
}

#[cfg(test)]
mod tests;
