//! A droplet as the API shows it.

use std::borrow::Cow;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

use ipnet::Ipv4Net;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;
use serde_json::value::RawValue;

use crate::sim::call::stamp;
use crate::sim::digitalocean::droplets::Droplet;
use crate::sim::digitalocean::droplets::Effect;
use crate::sim::digitalocean::droplets::backups;
use crate::sim::digitalocean::network;
use crate::sim::digitalocean::regions;
use crate::sim::digitalocean::sizes;
use crate::sim::digitalocean::snapshots::Snapshot;

/// The document; written out field by field because lists of thousands are made of it.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    id: u64,
    name: &'a str,
    memory: u64,
    vcpus: u64,
    disk: u64,
    disk_info: [Disk; 1],
    locked: bool,
    status: &'static str,
    kernel: Option<()>,
    created_at: String,
    features: Vec<&'static str>,
    backup_ids: [u64; 0],
    next_backup_window: Option<Value>,
    snapshot_ids: &'a [u64],
    image: Cow<'static, RawValue>,
    volume_ids: &'a [String],
    size: &'static RawValue,
    size_slug: &'a str,
    networks: Networks,
    region: &'static RawValue,
    tags: &'a [String],
    vpc_uuid: &'a str,
}

#[derive(Serialize)]
struct Disk {
    #[serde(rename = "type")]
    kind: &'static str,
    size: DiskSize,
}

#[derive(Serialize)]
struct DiskSize {
    amount: u64,
    unit: &'static str,
}

#[derive(Serialize)]
struct Networks {
    v4: Vec<V4>,
    v6: Vec<V6>,
}

#[derive(Serialize)]
struct V4 {
    ip_address: Ipv4Addr,
    netmask: Ipv4Addr,
    gateway: Ipv4Addr,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct V6 {
    ip_address: Ipv6Addr,
    netmask: u8,
    gateway: Ipv6Addr,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// What a droplet is shown with, and does not store itself.
pub(super) struct Around<'a> {
    /// The range of its private network.
    pub(super) range: Option<Ipv4Net>,
    pub(super) image: Cow<'static, RawValue>,
    pub(super) volumes: &'a [String],
    pub(super) snapshots: &'a [u64],
}

/// Shows a droplet that is up to date at that moment.
pub(super) fn show<'a>(droplet: &'a Droplet, around: Around<'a>, now: Timestamp) -> Shown<'a> {
    let size = sizes::known(&droplet.size);
    let is_new = droplet.event.as_ref().is_some_and(|event| matches!(event.effect, Effect::Create));
    let status = match (is_new, droplet.is_on) {
        (true, _) => "new",
        (false, true) => "active",
        (false, false) => "off",
    };
    let optional =
        [(droplet.backups.is_some(), "backups"), (droplet.monitoring, "monitoring"), (droplet.ipv6.is_some(), "ipv6")];
    let features = optional.iter().filter(|(is_on, _)| *is_on).map(|(_, name)| *name);
    Shown {
        id: droplet.id,
        name: &droplet.name,
        memory: size.memory,
        vcpus: size.vcpus,
        disk: droplet.disk,
        disk_info: [Disk { kind: "local", size: DiskSize { amount: droplet.disk, unit: "gib" } }],
        locked: droplet.is_busy(now),
        status,
        kernel: None,
        created_at: stamp(droplet.created_at),
        features: features.chain(["droplet_agent", "private_networking"]).collect(),
        backup_ids: [],
        next_backup_window: droplet.backups.as_ref().map(|policy| backups::next_window(policy, now)),
        snapshot_ids: around.snapshots,
        image: around.image,
        volume_ids: around.volumes,
        size: size.shown(),
        size_slug: &droplet.size,
        networks: networks(droplet, around.range, is_new),
        region: regions::shown(&droplet.region),
        tags: &droplet.tags,
        vpc_uuid: &droplet.vpc,
    }
}

/// The addresses; a droplet that is only just being made shows none.
fn networks(droplet: &Droplet, range: Option<Ipv4Net>, is_new: bool) -> Networks {
    if is_new {
        return Networks { v4: Vec::new(), v6: Vec::new() };
    }
    let v4 = |ip_address, range, kind| {
        let (gateway, netmask) = network::surroundings(ip_address, range);
        V4 { ip_address, netmask, gateway, kind }
    };
    let public = droplet.public_ip.map(|ip| v4(ip, None, "public"));
    let private = v4(droplet.private_ip, range, "private");
    let v6 = droplet.ipv6.map(|ip_address| {
        let gateway = Ipv6Addr::from_bits(ip_address.to_bits() >> 64 << 64 | 1);
        V6 { ip_address, netmask: 64, gateway, kind: "public" }
    });
    Networks { v4: public.into_iter().chain([private]).collect(), v6: v6.into_iter().collect() }
}

/// A snapshot among those of its droplet.
pub(super) fn snapshot(own: &Snapshot) -> Value {
    json!({
        "id": own.id.parse::<u64>().unwrap_or_default(),
        "name": own.name,
        "type": "snapshot",
        "created_at": stamp(own.created_at),
        "regions": [own.region],
        "min_disk_size": own.min_disk,
        "size_gigabytes": own.size(),
    })
}
