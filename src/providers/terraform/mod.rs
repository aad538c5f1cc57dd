//! The provider that Terraform has built in: `terraform_data`, and the outputs of other states.
//!
//! It has no account and no network. Relative paths start from the folder it is configured with.

mod data;
mod remote_state;

use std::path::PathBuf;

pub(super) use data::Data;
pub(super) use remote_state::RemoteState;

use crate::provider::Configure;
use crate::provider::DataSource;
use crate::provider::Definition;
use crate::provider::Entropy;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::value::Object;

/// The built-in provider `terraform`.
#[derive(Debug, Default)]
pub struct Terraform {
    entropy: Entropy,
}

impl Terraform {
    /// The provider with ids drawn from `entropy`.
    pub fn with_entropy(entropy: Entropy) -> Self {
        Self { entropy }
    }
}

/// Where ids are drawn from and relative paths start.
pub struct Client {
    entropy: Entropy,
    dir: PathBuf,
}

impl Definition for Terraform {
    type Client = Client;

    fn name(&self) -> &'static str {
        "terraform"
    }

    fn source(&self) -> &'static str {
        "terraform.io/builtin/terraform"
    }

    fn resources(&self) -> Vec<Box<dyn ResourceType<Client>>> {
        vec![Box::new(Data)]
    }

    fn data_sources(&self) -> Vec<Box<dyn DataSource<Client>>> {
        vec![Box::new(RemoteState)]
    }

    fn configure(&self, _: &Object, with: Configure) -> Result<Client> {
        Ok(Client { entropy: self.entropy.clone(), dir: with.dir })
    }
}

#[cfg(test)]
mod tests;
