//! Hosts as resources: `host_machine` and what is on it, over a shell on the host and nothing else.
//!
//! One command reads all that a plan needs of a host, and one applies all that changes on it, as one transaction. What
//! runs there is POSIX `sh` and coreutils (`scripts/`); what it answers is read by `answer`. Which transport carries it is
//! `net::host`'s concern.

mod account;
mod answer;
mod batch;
mod bundle;
mod client;
mod command;
mod content;
mod directory;
mod duration;
mod endpoint;
mod env_file;
mod file;
mod group;
mod kind;
mod look;
mod machine;
mod package;
mod place;
mod receipt;
mod redis;
mod single;
mod unit;
mod user;
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
        let on_host = kind::KINDS.into_iter().map(|kind| Box::new(kind::OnHost(kind)) as Box<dyn ResourceType<Hosts>>);
        std::iter::once(Box::new(machine::Machine) as _).chain(on_host).collect()
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
