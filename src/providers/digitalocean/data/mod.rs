//! Data sources: what exists at the vendor, looked up by name or listed.

mod account;
mod certificate;
mod domain;
mod droplet;
mod firewall;
mod image;
mod loadbalancer;
mod project;
mod record;
mod region;
mod reserved_ip;
mod ssh_key;
mod tag;
mod volume;
mod vpc;

pub(super) use account::Account;
pub(super) use certificate::Certificate;
pub(super) use domain::Domain;
pub(super) use domain::Domains;
pub(super) use droplet::Droplet;
pub(super) use droplet::Droplets;
pub(super) use firewall::Firewall;
pub(super) use image::Image;
pub(super) use image::Images;
pub(super) use loadbalancer::LoadBalancer;
pub(super) use project::Project;
pub(super) use record::Record;
pub(super) use record::Records;
pub(super) use region::Region;
pub(super) use region::Regions;
pub(super) use reserved_ip::ReservedIp;
pub(super) use ssh_key::SshKey;
pub(super) use ssh_key::SshKeys;
pub(super) use tag::Tag;
pub(super) use tag::Tags;
pub(super) use volume::Volume;
pub(super) use vpc::Vpc;

use crate::net::rest::Api;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Value;

/// The only one of what was found; `what` says what was looked for, as `a VPC named web`.
fn only<T>(api: &Api<'_>, found: Vec<T>, what: &str) -> Result<T> {
    let count = found.len();
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(none(api, what)),
        (Some(_), Some(_)) => {
            Err(ProviderError::refused(api.doing(), format!("there are {count} of {what}, so it is not clear which")))
        }
    }
}

fn none(api: &Api<'_>, what: &str) -> ProviderError {
    ProviderError::refused(api.doing(), format!("there is no {what}, or it cannot be seen"))
}

/// What is wrong when not just one of some arguments is given; what is not known yet counts as given.
fn one_of(config: &Object, names: &[&str], may_be_none: bool) -> Vec<Problem> {
    let given = names.iter().filter(|name| config.get(name).is_some_and(|value| !value.is_null())).count();
    let listed = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let problem =
        |summary: &str, detail: String| vec![Problem { path: Path::root(), summary: summary.to_owned(), detail }];
    match given {
        1 => Vec::new(),
        0 if may_be_none => Vec::new(),
        0 => problem("Missing required argument", format!("Give one of {listed}.")),
        _ => problem("Conflicting arguments", format!("Give only one of {listed}.")),
    }
}

/// An object of a list.
fn element(attributes: Vec<(&'static str, Value)>) -> Object {
    Object::new(attributes.into_iter().map(|(name, value)| (Str::from(name), value)))
}
