//! A load balancer as the API tells it, and as an object.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::values::int;
use super::super::values::ints;
use super::super::values::strings;
use super::super::values::text;
use super::certificates::Certificates;
use super::schema::SCHEMA;
use super::schema::units;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

#[derive(Clone, Deserialize)]
pub(in super::super) struct Wire {
    pub(in super::super) id: String,
    pub(in super::super) name: String,
    pub(super) status: String,
    pub(super) created_at: Option<String>,
    pub(super) region: Option<Region>,
    ip: Option<String>,
    ipv6: Option<String>,
    size_unit: Option<i64>,
    size: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    network: Option<String>,
    network_stack: Option<String>,
    vpc_uuid: Option<String>,
    subnet_uuid: Option<String>,
    project_id: Option<String>,
    tls_cipher_policy: Option<String>,
    http_idle_timeout_seconds: Option<i64>,
    #[serde(default)]
    redirect_http_to_https: bool,
    #[serde(default)]
    enable_proxy_protocol: bool,
    #[serde(default)]
    enable_backend_keepalive: bool,
    #[serde(default)]
    disable_lets_encrypt_dns_records: bool,
    tag: Option<String>,
    droplet_ids: Option<Vec<i64>>,
    target_load_balancer_ids: Option<Vec<String>>,
    forwarding_rules: Option<Vec<ForwardingRule>>,
    health_check: Option<HealthCheck>,
    sticky_sessions: Option<StickySessions>,
    firewall: Option<Firewall>,
    domains: Option<Vec<Domain>>,
    glb_settings: Option<GlbSettings>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Region {
    pub(super) slug: String,
}

#[derive(Clone, Deserialize)]
struct ForwardingRule {
    entry_protocol: String,
    entry_port: i64,
    target_protocol: String,
    target_port: i64,
    certificate_id: Option<String>,
    #[serde(default)]
    tls_passthrough: bool,
}

#[derive(Clone, Deserialize)]
struct HealthCheck {
    protocol: String,
    port: i64,
    path: Option<String>,
    check_interval_seconds: Option<i64>,
    response_timeout_seconds: Option<i64>,
    unhealthy_threshold: Option<i64>,
    healthy_threshold: Option<i64>,
}

#[derive(Clone, Deserialize)]
struct StickySessions {
    #[serde(rename = "type")]
    kind: Option<String>,
    cookie_name: Option<String>,
    cookie_ttl_seconds: Option<i64>,
}

#[derive(Clone, Deserialize)]
struct Firewall {
    allow: Option<Vec<String>>,
    deny: Option<Vec<String>>,
}

#[derive(Clone, Deserialize)]
struct Domain {
    name: String,
    #[serde(default)]
    is_managed: bool,
    certificate_id: Option<String>,
    verification_error_reasons: Option<Vec<String>>,
    ssl_validation_error_reasons: Option<Vec<String>>,
}

#[derive(Clone, Deserialize)]
struct GlbSettings {
    target_protocol: Option<String>,
    target_port: Option<i64>,
    region_priorities: Option<BTreeMap<String, i64>>,
    failover_threshold: Option<i64>,
    cdn: Option<Cdn>,
}

#[derive(Clone, Deserialize)]
struct Cdn {
    #[serde(default)]
    is_enabled: bool,
}

impl Wire {
    /// Whether anything is encrypted with a certificate.
    pub(super) fn has_certificates(&self) -> bool {
        let rules = self.forwarding_rules.iter().flatten().map(|rule| &rule.certificate_id);
        let domains = self.domains.iter().flatten().map(|domain| &domain.certificate_id);
        rules.chain(domains).flatten().any(|id| !id.is_empty())
    }

    /// The id alone: what is made durable before waiting.
    pub(super) fn partial(&self, planned: &Object) -> Object {
        SCHEMA.settle(planned, self.identity())
    }

    fn identity(&self) -> [(&'static str, Value); 2] {
        [("id", Value::from(&*self.id)), ("urn", format!("do:loadbalancer:{}", self.id).into())]
    }

    /// The load balancer as an object; `base` is what was known or planned, which stays where the answer says nothing.
    pub(super) fn object(&self, base: &Object, certificates: &Certificates) -> Object {
        let mut given = Vec::from(self.identity());
        given.extend([
            ("name", Value::from(&*self.name)),
            ("status", Value::from(&*self.status)),
            ("region", text(self.region.as_ref().map(|region| &*region.slug))),
            ("redirect_http_to_https", Value::from(self.redirect_http_to_https)),
            ("enable_proxy_protocol", Value::from(self.enable_proxy_protocol)),
            ("enable_backend_keepalive", Value::from(self.enable_backend_keepalive)),
            ("disable_lets_encrypt_dns_records", Value::from(self.disable_lets_encrypt_dns_records)),
            ("droplet_tag", text(self.tag.as_deref())),
            ("algorithm", Value::from(base.str("algorithm").unwrap_or("round_robin"))),
        ]);
        let mut when = |name, value: Option<Value>| {
            given.extend(value.filter(|value| !value.is_null()).map(|value| (name, value)));
        };
        for (name, answered) in [
            ("type", &self.kind),
            ("network", &self.network),
            ("network_stack", &self.network_stack),
            ("vpc_uuid", &self.vpc_uuid),
            ("subnet_uuid", &self.subnet_uuid),
            ("project_id", &self.project_id),
            ("tls_cipher_policy", &self.tls_cipher_policy),
            ("ip", &self.ip),
            ("ipv6", &self.ipv6),
        ] {
            when(name, Some(text(answered.as_deref())));
        }
        let size_unit = self.size_unit.filter(|units| *units > 0).or_else(|| units(self.size.as_deref()?));
        when("size_unit", size_unit.map(Value::from));
        when("http_idle_timeout_seconds", self.http_idle_timeout_seconds.map(Value::from));
        when("droplet_ids", Some(ints(self.droplet_ids.iter().flatten().copied())));
        when("target_load_balancer_ids", Some(strings(self.target_load_balancer_ids.iter().flatten())));
        when(
            "forwarding_rule",
            self.forwarding_rules.as_ref().map(|rules| {
                let known = base.get("forwarding_rule").and_then(Value::as_elements).unwrap_or_default();
                set_of("forwarding_rule", rules.iter().map(|rule| rule.object(known, certificates)))
            }),
        );
        when("healthcheck", self.health_check.as_ref().map(|check| list_of("healthcheck", [check.object()])));
        let sessions = self.sticky_sessions.as_ref();
        when("sticky_sessions", sessions.map(|sessions| list_of("sticky_sessions", [sessions.object()])));
        when("firewall", self.firewall.as_ref().map(|firewall| set_of("firewall", firewall.object(base))));
        when(
            "domains",
            self.domains
                .as_ref()
                .map(|domains| set_of("domains", domains.iter().map(|domain| domain.object(certificates)))),
        );
        when("glb_settings", self.glb_settings.as_ref().map(|settings| list_of("glb_settings", settings.object())));
        if let (Some(size), Some(is)) = (base.str("size"), size_unit) {
            // The named size is ours to keep; it no longer holds when somebody has changed the nodes.
            given.extend((units(size) != Some(is)).then_some(("size", Value::Null(Type::STRING))));
        }
        SCHEMA.settle(base, given)
    }
}

impl ForwardingRule {
    /// The rule, its certificate by name; by id where it is known so.
    fn object(&self, known: &[Value], certificates: &Certificates) -> Object {
        let id = self.certificate_id.as_deref().filter(|id| !id.is_empty());
        let before = known.iter().filter_map(Value::as_object).find(|rule| {
            rule.str("entry_protocol") == Some(&self.entry_protocol) && rule.int("entry_port") == Some(self.entry_port)
        });
        let before = |name: &str| before.and_then(|rule| rule.str(name));
        let name = id.and_then(|id| certificates.name(id));
        let shown_id = match (id, name) {
            (Some(id), _) if before("certificate_id") == Some(id) => Some(id),
            (Some(id), name) => name.or(before("certificate_id")).or(Some(id)),
            (None, _) => None,
        };
        let shown_name = id.and_then(|_| name.or(before("certificate_name")));
        object([
            ("entry_protocol", Value::from(&*self.entry_protocol)),
            ("entry_port", Value::from(self.entry_port)),
            ("target_protocol", Value::from(&*self.target_protocol)),
            ("target_port", Value::from(self.target_port)),
            ("certificate_name", text(shown_name)),
            ("certificate_id", text(shown_id)),
            ("tls_passthrough", Value::from(self.tls_passthrough)),
        ])
    }
}

impl HealthCheck {
    fn object(&self) -> Object {
        // The vendor answers a path for TCP too, where it means nothing.
        let path = self.path.as_deref().filter(|_| self.protocol != "tcp");
        object([
            ("protocol", Value::from(&*self.protocol)),
            ("port", Value::from(self.port)),
            ("path", text(path)),
            ("check_interval_seconds", int(self.check_interval_seconds)),
            ("response_timeout_seconds", int(self.response_timeout_seconds)),
            ("unhealthy_threshold", int(self.unhealthy_threshold)),
            ("healthy_threshold", int(self.healthy_threshold)),
        ])
    }
}

impl StickySessions {
    fn object(&self) -> Object {
        object([
            ("type", Value::from(self.kind.as_deref().unwrap_or("none"))),
            ("cookie_name", text(self.cookie_name.as_deref())),
            ("cookie_ttl_seconds", int(self.cookie_ttl_seconds.filter(|seconds| *seconds > 0))),
        ])
    }
}

impl Firewall {
    /// The rules; none at all is no block. Rules have no order, so those that are known keep theirs.
    fn object(&self, base: &Object) -> Option<Object> {
        let configured = base.get("firewall").and_then(Value::as_elements).unwrap_or_default();
        let configured = configured.first().and_then(Value::as_object);
        let side = |name: &str, rules: &Option<Vec<String>>| {
            let rules = rules.iter().flatten();
            let answered = Value::list(Type::STRING, rules.map(|rule| Value::from(&**rule)).collect());
            let known = configured.and_then(|block| block.get(name)).filter(|known| known.is_wholly_known());
            let is_same = |known: &&Value| {
                let mut known = known.as_elements().unwrap_or_default().to_vec();
                let mut answered = answered.as_elements().unwrap_or_default().to_vec();
                known.sort_by(Value::compare);
                answered.sort_by(Value::compare);
                known == answered
            };
            known.filter(is_same).cloned().unwrap_or(answered)
        };
        let is_empty = self.allow.iter().chain(&self.deny).all(Vec::is_empty);
        (!is_empty || configured.is_some())
            .then(|| object([("allow", side("allow", &self.allow)), ("deny", side("deny", &self.deny))]))
    }
}

impl Domain {
    fn object(&self, certificates: &Certificates) -> Object {
        let id = self.certificate_id.as_deref().filter(|id| !id.is_empty());
        let reasons = |reasons: &Option<Vec<String>>| {
            Value::list(Type::STRING, reasons.iter().flatten().map(|reason| Value::from(&**reason)).collect())
        };
        let name = id.and_then(|id| certificates.name(id));
        object([
            ("name", Value::from(&*self.name)),
            ("is_managed", Value::from(self.is_managed)),
            ("certificate_name", text(name)),
            ("certificate_id", text(name.or(id))),
            ("verification_error_reasons", reasons(&self.verification_error_reasons)),
            ("ssl_validation_error_reasons", reasons(&self.ssl_validation_error_reasons)),
        ])
    }
}

impl GlbSettings {
    /// The settings; regional load balancers answer empty ones.
    fn object(&self) -> Option<Object> {
        let protocol = self.target_protocol.as_deref().filter(|protocol| !protocol.is_empty())?;
        let cdn = self.cdn.iter().map(|cdn| object([("is_enabled", Value::from(cdn.is_enabled))]));
        let cdn_type = Type::object(vec![crate::value::ObjectAttr::new("is_enabled", Type::BOOL)]);
        let priorities = self.region_priorities.as_ref().filter(|priorities| !priorities.is_empty());
        let priorities = priorities.map_or(Value::Null(Type::map(Type::NUMBER)), |priorities| {
            let entries = priorities.iter().map(|(region, rank)| (Str::from(&**region), Value::from(*rank)));
            Value::map(Type::NUMBER, entries)
        });
        Some(object([
            ("target_protocol", Value::from(protocol)),
            ("target_port", int(self.target_port)),
            ("region_priorities", priorities),
            ("failover_threshold", int(self.failover_threshold.filter(|percent| *percent > 0))),
            ("cdn", Value::list(cdn_type, cdn.map(|cdn| Value::Object(cdn.into())).collect())),
        ]))
    }
}

fn object<const N: usize>(attributes: [(&str, Value); N]) -> Object {
    Object::new(attributes.map(|(name, value)| (Str::from(name), value)))
}

fn list_of(name: &str, blocks: impl IntoIterator<Item = Object>) -> Value {
    Value::list(element(name), blocks.into_iter().map(|block| Value::Object(block.into())).collect())
}

fn set_of(name: &str, blocks: impl IntoIterator<Item = Object>) -> Value {
    Value::set(element(name), blocks.into_iter().map(|block| Value::Object(block.into())).collect())
}

fn element(name: &str) -> Type {
    SCHEMA.root().blocks()[name].block.implied_type()
}
