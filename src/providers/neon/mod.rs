//! Neon: projects, branches, computes, roles, databases, permissions.
//!
//! Attributes and import ids are those of the Terraform provider kislerdm/neon; where the API can do better than that
//! does, it does: renaming in place, waiting for every operation to its end, taking over what a project comes with. One
//! file a type; what several share: [`dialect`] (the API's ways), [`operation`], [`sight`] (what is read of a project,
//! each list once), [`batch`], [`adoption`], [`switch`], [`uri`], [`wire`], [`values`].

mod account;
mod adoption;
mod batch;
mod branch;
mod client;
mod data;
mod database;
mod dialect;
mod endpoint;
mod operation;
mod permission;
mod project;
mod role;
mod sight;
mod switch;
mod uri;
mod values;
mod wire;

use async_trait::async_trait;

use crate::provider::Batch;
use crate::provider::Configure;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Definition;
use crate::provider::Provider;
use crate::provider::Reach;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Value;

use client::Client;

/// The vendor with all its types.
pub fn provider() -> Provider {
    Provider::new(Neon)
}

struct Neon;

#[async_trait]
impl Definition for Neon {
    type Client = Client;

    fn name(&self) -> &'static str {
        "neon"
    }

    fn source(&self) -> &'static str {
        "registry.terraform.io/kislerdm/neon"
    }

    fn credential(&self) -> Option<&'static str> {
        Some("NEON_API_KEY")
    }

    fn schema(&self) -> Schema {
        client::schema()
    }

    fn resources(&self) -> Vec<Box<dyn ResourceType<Client>>> {
        vec![
            Box::new(branch::Branch),
            Box::new(database::Database),
            Box::new(endpoint::Endpoint),
            Box::new(permission::Permission),
            Box::new(project::Project),
            Box::new(role::Role),
        ]
    }

    fn data_sources(&self) -> Vec<Box<dyn DataSource<Client>>> {
        data::all()
    }

    fn batch(&self) -> Option<Box<dyn Batch<Client>>> {
        Some(Box::new(batch::OfProject))
    }

    fn configure(&self, config: &Object, with: Configure) -> Result<Client> {
        client::configure(config, with)
    }

    fn credential_digest(&self, client: &Client) -> Option<String> {
        Some(client.credential_digest())
    }

    async fn account(&self, client: &Client, cx: &Cx) -> Result<Option<Value>> {
        account::read(client, cx).await
    }

    async fn reach(&self, client: &Client, cx: &Cx) -> Result<Reach> {
        account::reach(client, cx).await
    }
}

#[cfg(test)]
mod tests;
