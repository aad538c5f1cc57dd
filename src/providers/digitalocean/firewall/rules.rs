//! The rules of a firewall: what they mean, whichever way they are written.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

/// The names that the rules of one direction have.
pub(in super::super) struct Direction {
    pub(in super::super) block: &'static str,
    pub(super) addresses: &'static str,
    pub(super) droplet_ids: &'static str,
    pub(super) load_balancer_uids: &'static str,
    pub(super) kubernetes_ids: &'static str,
    pub(super) tags: &'static str,
}

pub(in super::super) static INBOUND: Direction = Direction {
    block: "inbound_rule",
    addresses: "source_addresses",
    droplet_ids: "source_droplet_ids",
    load_balancer_uids: "source_load_balancer_uids",
    kubernetes_ids: "source_kubernetes_ids",
    tags: "source_tags",
};

pub(in super::super) static OUTBOUND: Direction = Direction {
    block: "outbound_rule",
    addresses: "destination_addresses",
    droplet_ids: "destination_droplet_ids",
    load_balancer_uids: "destination_load_balancer_uids",
    kubernetes_ids: "destination_kubernetes_ids",
    tags: "destination_tags",
};

/// Ports as they count: from the first to the last.
fn ports(text: &str) -> Option<(u16, u16)> {
    let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
    match text.trim() {
        "" | "0" => Some((1, u16::MAX)),
        all if all.eq_ignore_ascii_case("all") => Some((1, u16::MAX)),
        range => match range.split_once('-') {
            Some((first, last)) => Some((port(first)?, port(last)?)).filter(|(first, last)| first <= last),
            None => port(range).map(|port| (port, port)),
        },
    }
}

/// Whether two port ranges are the same ports.
pub(super) fn same_ports(a: &Value, b: &Value) -> bool {
    let range = |value: &Value| ports(value.as_str()?);
    range(a).is_some_and(|a| Some(a) == range(b))
}

/// Whether two sets have the same addresses and networks in them.
pub(super) fn same_addresses(a: &Value, b: &Value) -> bool {
    match (a.as_elements(), b.as_elements()) {
        (Some(a), Some(b)) => networks(a) == networks(b),
        _ => false,
    }
}

fn networks(addresses: &[Value]) -> BTreeSet<String> {
    addresses.iter().filter_map(Value::as_str).map(canonical).collect()
}

/// An address or network in the one spelling by which it is compared.
fn canonical(address: &str) -> String {
    let net = address.parse::<IpNet>().or_else(|_| address.parse::<IpAddr>().map(IpNet::from));
    net.map_or_else(|_| address.to_lowercase(), |net| net.trunc().to_string())
}

/// What a rule comes to: equal rules let the same traffic pass.
#[derive(PartialEq)]
pub(super) struct Meaning {
    protocol: String,
    /// Absent where a protocol has none.
    ports: Option<(u16, u16)>,
    addresses: BTreeSet<String>,
    droplets: BTreeSet<i64>,
    others: [BTreeSet<String>; 3],
}

impl Meaning {
    pub(super) fn of(direction: &Direction, rule: &Object) -> Self {
        let elements = |name: &str| rule.get(name).and_then(Value::as_elements).unwrap_or_default();
        let texts = |name: &str| elements(name).iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let tags = elements(direction.tags).iter().filter_map(Value::as_str).map(str::to_lowercase).collect();
        let protocol = rule.str("protocol").unwrap_or_default().to_owned();
        let has_ports = protocol != "icmp";
        Self {
            ports: has_ports.then(|| ports(rule.str("port_range").unwrap_or_default())).flatten(),
            protocol,
            addresses: networks(elements(direction.addresses)),
            droplets: elements(direction.droplet_ids).iter().filter_map(Value::as_i64).collect(),
            others: [texts(direction.load_balancer_uids), texts(direction.kubernetes_ids), tags],
        }
    }
}

/// What is wrong with a configured rule: the attribute, and why.
pub(super) fn problems(direction: &Direction, rule: &Object) -> Vec<(&'static str, String)> {
    let mut problems = Vec::new();
    let protocol = rule.str("protocol");
    if let Some(protocol) = protocol.filter(|protocol| !["tcp", "udp", "icmp"].contains(protocol)) {
        problems.push(("protocol", format!("`{protocol}` is not a protocol; they are \"tcp\", \"udp\" and \"icmp\".")));
    }
    let range = rule.get("port_range").map(Value::unmarked);
    let is_unset = range.is_none_or(|range| range.is_null() || range.as_str().is_some_and(str::is_empty));
    if is_unset && matches!(protocol, Some("tcp" | "udp")) {
        let detail = "A rule for \"tcp\" or \"udp\" needs a `port_range`; \"all\" is all ports.";
        problems.push(("port_range", detail.to_owned()));
    }
    if let Some(range) = range.and_then(Value::as_str).filter(|range| ports(range).is_none()) {
        let detail = "Write one port, two with a dash between them as in \"8000-9000\", or \"all\".";
        problems.push(("port_range", format!("`{range}` is no range of ports. {detail}")));
    }
    let addresses = rule.get(direction.addresses).and_then(Value::as_elements).unwrap_or_default();
    let is_address = |text: &str| text.parse::<IpNet>().is_ok() || text.parse::<IpAddr>().is_ok();
    for address in addresses.iter().filter_map(Value::as_str).filter(|address| !is_address(address)) {
        problems.push((direction.addresses, format!("`{address}` is neither an IP address nor a network.")));
    }
    problems
}
