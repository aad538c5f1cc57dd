//! DigitalOcean: droplets, load balancers, databases, networks, domains, projects and what is around them.
//!
//! Attributes, defaults and import ids are those of its Terraform provider, so that configurations and states move over
//! as they are. One file a type; what several types share: [`dialect`] (the API's ways), [`age`], [`enumerated`],
//! [`event`], [`listing`] (lists or single gets by cost), [`marks`] (the tags that find an object again), [`notices`]
//! (whom alerts tell), [`offers`] (what can be had), [`prices`], [`query`] (the blocks that filter and sort), [`tagging`], [`taken`], [`timeouts`],
//! [`urns`], [`values`]; and of databases [`database_access`] (addresses and credentials), [`database_member`] (what a
//! cluster holds by name), [`database_offers`] (what can be had), [`database_trust`] (who may connect). Data sources that go with no resource's file are in
//! [`data`].

mod account;
mod age;
mod certificate;
mod config;
mod data;
mod database_access;
mod database_cluster;
mod database_config;
mod database_connection_pool;
mod database_db;
mod database_firewall;
mod database_member;
mod database_offers;
mod database_replica;
mod database_trust;
mod database_user;
mod dialect;
mod domain;
mod droplet;
mod enumerated;
mod event;
mod firewall;
mod listing;
mod loadbalancer;
mod marks;
mod monitor_alert;
mod notices;
mod offers;
mod prices;
mod project;
mod project_resources;
mod query;
mod record;
mod region;
mod reserved_ip;
mod reserved_ip_assignment;
mod sizes;
mod ssh_key;
mod tag;
mod tagging;
mod taken;
mod timeouts;
mod uptime_alert;
mod uptime_check;
mod urns;
mod values;
mod volume;
mod volume_attachment;
mod vpc;

use async_trait::async_trait;

use crate::net::rest::Rest;
use crate::provider::Catalogue;
use crate::provider::Configure;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Definition;
use crate::provider::PriceList;
use crate::provider::Provider;
use crate::provider::Reach;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::provider::Wanted;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Value;

/// The vendor with all its types.
pub fn provider() -> Provider {
    Provider::new(DigitalOcean)
}

struct DigitalOcean;

#[async_trait]
impl Definition for DigitalOcean {
    type Client = Rest;

    fn name(&self) -> &'static str {
        "digitalocean"
    }

    fn source(&self) -> &'static str {
        "registry.terraform.io/digitalocean/digitalocean"
    }

    fn credential(&self) -> Option<&'static str> {
        Some("DIGITALOCEAN_TOKEN")
    }

    fn schema(&self) -> Schema {
        config::schema()
    }

    fn resources(&self) -> Vec<Box<dyn ResourceType<Rest>>> {
        vec![
            Box::new(certificate::Certificate),
            Box::new(database_cluster::DatabaseCluster),
            Box::new(database_connection_pool::DatabaseConnectionPool),
            Box::new(database_db::DatabaseDb),
            Box::new(database_firewall::DatabaseFirewall),
            Box::new(database_config::DatabaseConfig::mysql()),
            Box::new(database_config::DatabaseConfig::postgresql()),
            Box::new(database_config::DatabaseConfig::redis()),
            Box::new(database_replica::DatabaseReplica),
            Box::new(database_user::DatabaseUser),
            Box::new(database_config::DatabaseConfig::valkey()),
            Box::new(domain::Domain),
            Box::new(droplet::Droplet),
            Box::new(firewall::Firewall),
            Box::new(loadbalancer::LoadBalancer),
            Box::new(monitor_alert::MonitorAlert),
            Box::new(project::Project),
            Box::new(project_resources::ProjectResources),
            Box::new(record::Record),
            Box::new(reserved_ip::ReservedIp),
            Box::new(reserved_ip_assignment::ReservedIpAssignment),
            Box::new(ssh_key::SshKey),
            Box::new(tag::Tag),
            Box::new(uptime_alert::UptimeAlert),
            Box::new(uptime_check::UptimeCheck),
            Box::new(volume::Volume),
            Box::new(volume_attachment::VolumeAttachment),
            Box::new(vpc::Vpc),
        ]
    }

    fn data_sources(&self) -> Vec<Box<dyn DataSource<Rest>>> {
        vec![
            Box::new(database_cluster::ClusterData),
            Box::new(database_connection_pool::PoolData),
            Box::new(database_replica::ReplicaData),
            Box::new(database_user::UserData),
            Box::new(data::Account),
            Box::new(data::Certificate),
            Box::new(data::Domain),
            Box::new(data::Domains),
            Box::new(data::Droplet),
            Box::new(data::Droplets),
            Box::new(data::Firewall),
            Box::new(data::Image),
            Box::new(data::Images),
            Box::new(data::LoadBalancer),
            Box::new(data::Project),
            Box::new(data::Record),
            Box::new(data::Records),
            Box::new(data::Region),
            Box::new(data::Regions),
            Box::new(data::ReservedIp),
            Box::new(data::SshKey),
            Box::new(data::SshKeys),
            Box::new(data::Tag),
            Box::new(data::Tags),
            Box::new(data::Volume),
            Box::new(data::Vpc),
            Box::new(sizes::Sizes),
        ]
    }

    fn configure(&self, config: &Object, with: Configure) -> Result<Rest> {
        config::configure(config, with)
    }

    fn price_list(&self) -> PriceList {
        prices::list()
    }

    fn has_live_price(&self, name: &str) -> bool {
        prices::is_live(name)
    }

    async fn live_prices(&self, client: &Rest, cx: &Cx) -> Result<PriceList> {
        prices::live(client, cx).await
    }

    fn credential_digest(&self, client: &Rest) -> Option<String> {
        Some(client.credential_digest())
    }

    async fn catalogue(&self, client: &Rest, cx: &Cx, wanted: &Wanted) -> Result<Catalogue> {
        offers::catalogue(client, cx, wanted).await
    }

    async fn account(&self, client: &Rest, cx: &Cx) -> Result<Option<Value>> {
        account::read(client, cx).await
    }

    async fn reach(&self, client: &Rest, cx: &Cx) -> Result<Reach> {
        account::reach(client, cx).await
    }
}

#[cfg(test)]
mod tests;
