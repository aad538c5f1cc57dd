//! A firewall's rules: a protocol, its ports, and who is at the other end.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use crate::sim::call::Call;
use crate::sim::digitalocean::droplets;
use crate::sim::digitalocean::load_balancers;
use crate::sim::digitalocean::tags;
use crate::sim::refusal::Refusal;
use crate::sim::validate::Fields;
use crate::sim::validate::missing;

/// Both directions.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Rules {
    pub(super) inbound: Vec<Inbound>,
    pub(super) outbound: Vec<Outbound>,
}

/// What may come in; stored as it is shown.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Inbound {
    protocol: String,
    ports: String,
    sources: Peers,
}

/// What may go out; stored as it is shown.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Outbound {
    protocol: String,
    ports: String,
    destinations: Peers,
}

/// The other ends of a rule. The vendor leaves out the kinds that it does not use.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
struct Peers {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    droplet_ids: Vec<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    load_balancer_uids: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kubernetes_ids: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
}

/// The vendor's limit for one firewall.
const MAX: usize = 50;

impl Rules {
    /// Adds rules; one that is there already is refused.
    pub(super) fn add(&mut self, named: Rules) -> Result<(), Refusal> {
        self.inbound.extend(named.inbound);
        self.outbound.extend(named.outbound);
        self.check()
    }

    /// Takes rules away; all of them must be there.
    pub(super) fn take(&mut self, named: &Rules) -> Result<(), Refusal> {
        let known = named.inbound.iter().all(|rule| self.inbound.contains(rule));
        if !known || !named.outbound.iter().all(|rule| self.outbound.contains(rule)) {
            return Err(Refusal::not_found());
        }
        self.inbound.retain(|rule| !named.inbound.contains(rule));
        self.outbound.retain(|rule| !named.outbound.contains(rule));
        self.check()
    }

    /// Takes a tag out of every rule; says whether there was any.
    pub(super) fn forget_tag(&mut self, name: &str) -> bool {
        let inbound = self.inbound.iter_mut().map(|rule| &mut rule.sources);
        let outbound = self.outbound.iter_mut().map(|rule| &mut rule.destinations);
        let mut found = false;
        for peers in inbound.chain(outbound) {
            let count = peers.tags.len();
            peers.tags.retain(|tag| !tag.eq_ignore_ascii_case(name));
            found |= peers.tags.len() != count;
        }
        found
    }

    fn check(&self) -> Result<(), Refusal> {
        let repeated = has_repeated(&self.inbound) || has_repeated(&self.outbound);
        if repeated {
            return Err(Refusal::conflict("duplicate rule"));
        }
        match self.inbound.len() + self.outbound.len() {
            0 => Err(Refusal::invalid("at least one rule must be in inbound_rules or outbound_rules")),
            1..=MAX => Ok(()),
            _ => Err(Refusal::invalid(format!("a firewall can have at most {MAX} rules"))),
        }
    }
}

fn has_repeated<T: PartialEq>(rules: &[T]) -> bool {
    rules.iter().enumerate().any(|(n, rule)| rules[..n].contains(rule))
}

/// The rules of a request body.
pub(super) fn read(call: &Call<'_>, body: &Fields<'_>) -> Result<Rules, Refusal> {
    let mut rules = Rules { inbound: Vec::new(), outbound: Vec::new() };
    for rule in body.list("inbound_rules")?.unwrap_or_default() {
        let (protocol, ports, sources) = rule_of(call, rule, "sources")?;
        rules.inbound.push(Inbound { protocol, ports, sources });
    }
    for rule in body.list("outbound_rules")?.unwrap_or_default() {
        let (protocol, ports, destinations) = rule_of(call, rule, "destinations")?;
        rules.outbound.push(Outbound { protocol, ports, destinations });
    }
    rules.check()?;
    Ok(rules)
}

fn rule_of(call: &Call<'_>, rule: &Value, ends: &str) -> Result<(String, String, Peers), Refusal> {
    let fields = Fields::of(rule, "a rule")?;
    let protocol = fields.need_one_of("protocol", &["tcp", "udp", "icmp"])?;
    let ports = match (protocol, fields.text("ports")?.filter(|ports| !ports.is_empty())) {
        // ICMP has no ports: clients leave them out, and the vendor shows 0.
        ("icmp", None | Some("0" | "all")) => "0".to_owned(),
        ("icmp", Some(_)) => return Err(Refusal::invalid("ports can not be specified for icmp")),
        (_, None) => return Err(Refusal::invalid("You must specify a positive value for ports.")),
        (_, Some(ports)) => checked_ports(ports)?,
    };
    let peers = peers(call, &fields.need_object(ends)?, ends)?;
    Ok((protocol.to_owned(), ports, peers))
}

/// A port, a range, or all of them, which is shown as 0.
fn checked_ports(text: &str) -> Result<String, Refusal> {
    let invalid = || Refusal::invalid(format!("invalid port range: {text}"));
    if text == "all" || text == "0" {
        return Ok("0".to_owned());
    }
    let port = |text: &str| text.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(invalid);
    match text.split_once('-') {
        Some((low, high)) if port(low)? > port(high)? => Err(invalid()),
        Some(_) => Ok(text.to_owned()),
        None => port(text).map(|port| port.to_string()),
    }
}

fn peers(call: &Call<'_>, fields: &Fields<'_>, ends: &str) -> Result<Peers, Refusal> {
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let mut peers = Peers {
        addresses: owned(fields.texts("addresses")?),
        droplet_ids: fields.numbers("droplet_ids")?,
        load_balancer_uids: owned(fields.texts("load_balancer_uids")?),
        kubernetes_ids: owned(fields.texts("kubernetes_ids")?),
        tags: Vec::new(),
    };
    for name in fields.texts("tags")? {
        let name = tags::kept(call, name).ok_or_else(|| Refusal::invalid(format!("tag {name} not found")))?;
        peers.tags.push(name);
    }
    let is_address = |text: &&String| text.parse::<std::net::IpAddr>().is_ok() || text.parse::<ipnet::IpNet>().is_ok();
    if let Some(bad) = peers.addresses.iter().find(|text| !is_address(text)) {
        return Err(Refusal::invalid(format!("invalid address: {bad}")));
    }
    for id in &peers.droplet_ids {
        droplets::need(call, &id.to_string()).map_err(|_| Refusal::invalid(format!("droplet {id} not found")))?;
    }
    if let Some(id) = peers.load_balancer_uids.iter().find(|id| !load_balancers::exists(call, id)) {
        return Err(Refusal::invalid(format!("load balancer {id} not found")));
    }
    if let Some(id) = peers.kubernetes_ids.iter().find(|id| uuid::Uuid::try_parse(id).is_err()) {
        return Err(Refusal::invalid(format!("kubernetes cluster {id} not found")));
    }
    if peers == Peers::default() { Err(missing(ends)) } else { Ok(peers) }
}
