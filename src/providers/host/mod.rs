//! Hosts as resources: `host_machine` and what is on it, over a shell on the host and nothing else.
//!
//! One command reads all that a plan needs of a host, and one applies all that changes on it, as one transaction. What
//! runs there is POSIX `sh` and coreutils (`scripts/`); what it answers is read by `answer`. Which transport carries it is
//! `net::host`'s concern.

mod answer;
mod batch;
mod bundle;
mod client;
mod content;
mod endpoint;
mod file;
mod look;
mod machine;
mod single;
mod unit;
mod way;

pub use client::Hosts;

use std::sync::Arc;

use crate::net::host::ssh::Pace;
use crate::net::host::ssh::Ssh;
use crate::net::host::ssh::Surroundings;
use crate::provider::Batch;
use crate::provider::Bundle;
use crate::provider::Configure;
use crate::provider::Definition;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::value::Object;

/// The vendor of hosts. It has no account and no settings: each `host_machine` says how to reach it.
pub struct Host;

impl Definition for Host {
    type Client = Hosts;

    fn name(&self) -> &'static str {
        "host"
    }

    fn source(&self) -> &'static str {
        "registry.terraform.io/infra/host"
    }

    fn resources(&self) -> Vec<Box<dyn ResourceType<Hosts>>> {
        vec![Box::new(machine::Machine), Box::new(file::HostFile), Box::new(unit::SystemdUnit)]
    }

    fn batch(&self) -> Option<Box<dyn Batch<Hosts>>> {
        Some(Box::new(batch::HostBatch))
    }

    fn bundle(&self) -> Option<Box<dyn Bundle<Hosts>>> {
        Some(Box::new(bundle::HostBundle))
    }

    fn configure(&self, _: &Object, with: Configure) -> Result<Hosts> {
        // One connection a host, whatever it is configured by.
        let surroundings = || Surroundings::new(Arc::clone(&with.credentials));
        let ssh = with.commons.part("ssh", || Ssh::new(surroundings(), Pace::default()));
        Ok(Hosts::new(client::RealDial { hosts: with.hosts, dir: with.dir, ssh: Arc::clone(&ssh) }))
    }
}

#[cfg(test)]
mod tests;
