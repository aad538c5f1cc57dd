//! `random`: values that are drawn once and kept in the state until a keeper changes.
//!
//! Each type says what it draws (`drawn::Draw`); that it is drawn once, kept, and drawn again after a replacement is
//! written once for all. Nothing leaves this process.

mod bytes;
mod drawn;
mod id;
mod integer;
mod password;
mod pet;
mod seeded;
mod shuffle;
mod uuid;
mod words;

use drawn::Drawn;

use crate::provider::Configure;
use crate::provider::Definition;
use crate::provider::Entropy;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::value::Object;

/// The provider `random`.
#[derive(Debug, Default)]
pub struct Random {
    entropy: Entropy,
}

impl Random {
    /// The provider with everything drawn from `entropy`.
    pub fn with_entropy(entropy: Entropy) -> Self {
        Self { entropy }
    }
}

/// Where values are drawn from.
pub struct Client {
    entropy: Entropy,
}

impl Definition for Random {
    type Client = Client;

    fn name(&self) -> &'static str {
        "random"
    }

    fn source(&self) -> &'static str {
        "registry.terraform.io/hashicorp/random"
    }

    fn resources(&self) -> Vec<Box<dyn ResourceType<Client>>> {
        vec![
            Box::new(Drawn(bytes::Bytes)),
            Box::new(Drawn(id::Id)),
            Box::new(Drawn(integer::Integer)),
            Box::new(Drawn(password::Text::Password)),
            Box::new(Drawn(password::Text::String)),
            Box::new(Drawn(pet::Pet)),
            Box::new(Drawn(shuffle::Shuffle)),
            Box::new(Drawn(uuid::Uuid)),
        ]
    }

    fn configure(&self, _: &Object, _: Configure) -> Result<Client> {
        Ok(Client { entropy: self.entropy.clone() })
    }
}

#[cfg(test)]
mod tests;
