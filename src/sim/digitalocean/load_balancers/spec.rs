//! What a load balancer's create or replace request says, with the vendor's defaults filled in.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use crate::sim::call::Call;
use crate::sim::digitalocean::droplets;
use crate::sim::digitalocean::load_balancers::rules;
use crate::sim::digitalocean::load_balancers::rules::Rule;
use crate::sim::digitalocean::regions;
use crate::sim::digitalocean::tags;
use crate::sim::refusal::Refusal;
use crate::sim::validate::Fields;
use crate::sim::validate::is_made_of;
use crate::sim::validate::missing;

/// The description; all but the members is shown as it is stored.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::sim::digitalocean) struct Spec {
    pub(in crate::sim::digitalocean) name: String,
    #[serde(default, deserialize_with = "regions::stored_option")]
    pub(super) region: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) network: String,
    pub(super) network_stack: String,
    pub(super) forwarding_rules: Vec<Rule>,
    pub(super) members: Members,
    size_unit: i64,
    size: String,
    algorithm: String,
    health_check: HealthCheck,
    sticky_sessions: StickySessions,
    redirect_http_to_https: bool,
    enable_proxy_protocol: bool,
    enable_backend_keepalive: bool,
    http_idle_timeout_seconds: i64,
    disable_lets_encrypt_dns_records: bool,
    firewall: Firewall,
    tls_cipher_policy: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    domains: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    glb_settings: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    target_load_balancer_ids: Vec<String>,
}

/// Who is behind it: certain droplets, or whatever carries a tag.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::sim::digitalocean) enum Members {
    Droplets(Vec<u64>),
    Tag(String),
}

#[derive(Clone, Serialize, Deserialize)]
struct HealthCheck {
    protocol: String,
    port: i64,
    path: String,
    check_interval_seconds: i64,
    response_timeout_seconds: i64,
    unhealthy_threshold: i64,
    healthy_threshold: i64,
}

#[derive(Clone, Serialize, Deserialize)]
struct StickySessions {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cookie_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cookie_ttl_seconds: Option<i64>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Firewall {
    deny: Vec<String>,
    allow: Vec<String>,
}

impl Spec {
    /// Whether a rule or a domain uses that certificate.
    pub(in crate::sim::digitalocean) fn names_certificate(&self, id: &str) -> bool {
        let domains = self.domains.as_ref().and_then(Value::as_array).into_iter().flatten();
        let mut in_domains = domains.filter_map(|domain| domain.get("certificate_id")?.as_str());
        self.forwarding_rules.iter().any(|rule| rule.certificate_id == id) || in_domains.any(|named| named == id)
    }
}

/// Reads and checks a whole description.
pub(super) fn read(call: &mut Call<'_>, body: &Fields<'_>) -> Result<Spec, Refusal> {
    let name = body.need_text("name")?;
    if !is_made_of(name, 255, |c| c.is_ascii_alphanumeric() || "-._".contains(c)) {
        return Err(Refusal::invalid("name may hold letters, numbers, dots, dashes and underscores only"));
    }
    let kind = body.one_of("type", &["REGIONAL", "REGIONAL_NETWORK", "GLOBAL"])?.unwrap_or("REGIONAL");
    let is_global = kind == "GLOBAL";
    let region = match body.text("region")? {
        Some(slug) => Some(regions::find(slug).ok_or_else(|| Refusal::invalid("region is not valid"))?.slug),
        None if is_global => None,
        None => return Err(missing("region")),
    };
    let forwarding_rules =
        if is_global && !body.has("forwarding_rules") { Vec::new() } else { rules::read(call, body)? };
    let text = |value: Option<&str>, default: &str| value.unwrap_or(default).to_owned();
    let flag = |name| body.flag(name).map(|value| value.unwrap_or(false));
    let (size_unit, size) = size(body)?;
    Ok(Spec {
        name: name.to_owned(),
        region: region.map(str::to_owned),
        kind: kind.to_owned(),
        network: text(body.one_of("network", &["EXTERNAL", "INTERNAL"])?, "EXTERNAL"),
        network_stack: text(body.one_of("network_stack", &["IPV4", "DUALSTACK"])?, "IPV4"),
        forwarding_rules,
        members: members(call, body, region)?,
        size_unit,
        size,
        algorithm: text(body.one_of("algorithm", &["round_robin", "least_connections"])?, "round_robin"),
        health_check: health_check(body)?,
        sticky_sessions: sticky_sessions(body)?,
        redirect_http_to_https: flag("redirect_http_to_https")?,
        enable_proxy_protocol: flag("enable_proxy_protocol")?,
        enable_backend_keepalive: flag("enable_backend_keepalive")?,
        http_idle_timeout_seconds: body.whole("http_idle_timeout_seconds", 30..=600)?.unwrap_or(60),
        disable_lets_encrypt_dns_records: flag("disable_lets_encrypt_dns_records")?,
        firewall: firewall(body)?,
        tls_cipher_policy: text(body.one_of("tls_cipher_policy", &["DEFAULT", "STRONG"])?, "DEFAULT"),
        domains: body.list("domains")?.filter(|_| is_global).map(|list| Value::from(list.to_vec())),
        glb_settings: global(body)?.filter(|_| is_global),
        target_load_balancer_ids: body.texts("target_load_balancer_ids")?.into_iter().map(str::to_owned).collect(),
    })
}

/// Refuses droplets that are not there or elsewhere.
pub(super) fn check_droplets(call: &Call<'_>, ids: &[u64], region: Option<&str>) -> Result<(), Refusal> {
    for id in ids {
        let droplet = droplets::need(call, &id.to_string());
        let droplet = droplet.map_err(|_| Refusal::invalid(format!("droplet {id} could not be found")))?;
        if region.is_some_and(|region| region != droplet.region) {
            return Err(Refusal::invalid(format!("droplet {id} is not in the load balancer's region")));
        }
    }
    Ok(())
}

fn members(call: &mut Call<'_>, body: &Fields<'_>, region: Option<&str>) -> Result<Members, Refusal> {
    let tag = body.text("tag")?.filter(|tag| !tag.is_empty());
    let ids = body.numbers("droplet_ids")?;
    match tag {
        Some(_) if !ids.is_empty() => Err(Refusal::invalid("droplet_ids and tag can not be combined")),
        Some(tag) => Ok(Members::Tag(tags::ensure(call, &[tag])?.remove(0))),
        None => {
            check_droplets(call, &ids, region)?;
            let mut ids = ids;
            ids.sort_unstable();
            ids.dedup();
            Ok(Members::Droplets(ids))
        }
    }
}

/// A number of nodes, and the old name that comes closest.
fn size(body: &Fields<'_>) -> Result<(i64, String), Refusal> {
    let named = [("lb-small", 1), ("lb-medium", 3), ("lb-large", 6)];
    let size = body.one_of("size", &named.map(|(name, _)| name))?;
    let unit = body.whole("size_unit", 1..=200)?;
    let of_name = |name| named.iter().find(|(known, _)| *known == name).map(|(_, unit)| *unit);
    let size_unit = unit.or_else(|| size.and_then(of_name)).unwrap_or(1);
    let size = named.iter().rev().find(|(_, unit)| *unit <= size_unit).map_or("lb-small", |(name, _)| name);
    Ok((size_unit, size.to_owned()))
}

fn health_check(body: &Fields<'_>) -> Result<HealthCheck, Refusal> {
    let empty = Value::Object(serde_json::Map::new());
    let fields = match body.object("health_check")? {
        Some(fields) => fields,
        None => Fields::of(&empty, "health_check")?,
    };
    let protocol = fields.one_of("protocol", &["http", "https", "tcp"])?.unwrap_or("http");
    let path = fields.text("path")?.unwrap_or(if protocol == "tcp" { "" } else { "/" });
    if protocol != "tcp" && !path.starts_with('/') {
        return Err(Refusal::invalid("health_check path must begin with a slash"));
    }
    Ok(HealthCheck {
        protocol: protocol.to_owned(),
        port: fields.whole("port", 1..=65535)?.unwrap_or(80),
        path: path.to_owned(),
        check_interval_seconds: fields.whole("check_interval_seconds", 3..=300)?.unwrap_or(10),
        response_timeout_seconds: fields.whole("response_timeout_seconds", 3..=300)?.unwrap_or(5),
        unhealthy_threshold: fields.whole("unhealthy_threshold", 2..=10)?.unwrap_or(5),
        healthy_threshold: fields.whole("healthy_threshold", 2..=10)?.unwrap_or(3),
    })
}

fn sticky_sessions(body: &Fields<'_>) -> Result<StickySessions, Refusal> {
    let none = StickySessions { kind: "none".to_owned(), cookie_name: None, cookie_ttl_seconds: None };
    let Some(fields) = body.object("sticky_sessions")? else { return Ok(none) };
    let cookie_name = fields.text("cookie_name")?.filter(|name| !name.is_empty());
    let ttl = fields.whole("cookie_ttl_seconds", 1..=34650)?;
    match fields.one_of("type", &["cookies", "none"])?.unwrap_or("none") {
        "cookies" => {
            let cookie_name = cookie_name.ok_or_else(|| missing("cookie_name"))?;
            if !is_made_of(cookie_name, 40, |c| c.is_ascii_graphic()) || cookie_name.len() < 2 {
                return Err(Refusal::invalid("cookie_name must have from 2 to 40 characters"));
            }
            let cookie_name = Some(cookie_name.to_owned());
            let cookie_ttl_seconds = Some(ttl.ok_or_else(|| missing("cookie_ttl_seconds"))?);
            Ok(StickySessions { kind: "cookies".to_owned(), cookie_name, cookie_ttl_seconds })
        }
        _ if cookie_name.is_some() || ttl.is_some() => {
            Err(Refusal::invalid("cookie_name and cookie_ttl_seconds need sticky sessions of type cookies"))
        }
        _ => Ok(none),
    }
}

/// What only a global one has; looked at whatever the type is.
fn global(body: &Fields<'_>) -> Result<Option<Value>, Refusal> {
    let Some(fields) = body.object("glb_settings")? else { return Ok(None) };
    fields.one_of("target_protocol", &["http", "https", "http2"])?;
    fields.whole("target_port", 1..=65535)?;
    fields.whole("failover_threshold", 1..=99)?;
    fields.object("region_priorities")?;
    Ok(body.any("glb_settings").cloned())
}

fn firewall(body: &Fields<'_>) -> Result<Firewall, Refusal> {
    let Some(fields) = body.object("firewall")? else { return Ok(Firewall { deny: Vec::new(), allow: Vec::new() }) };
    let sources = |name| -> Result<Vec<String>, Refusal> {
        let sources = fields.texts(name)?;
        match sources.iter().find(|source| !is_source(source)) {
            Some(bad) => Err(Refusal::invalid(format!("{bad} must be written ip:ADDRESS or cidr:NETWORK"))),
            None => Ok(sources.into_iter().map(str::to_owned).collect()),
        }
    };
    Ok(Firewall { deny: sources("deny")?, allow: sources("allow")? })
}

fn is_source(text: &str) -> bool {
    match text.split_once(':') {
        Some(("ip", address)) => address.parse::<std::net::IpAddr>().is_ok(),
        Some(("cidr", network)) => network.parse::<ipnet::IpNet>().is_ok(),
        _ => false,
    }
}
