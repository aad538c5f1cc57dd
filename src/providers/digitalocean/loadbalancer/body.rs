//! A load balancer as it is written. The API replaces the whole: what is left out falls back to its default.

use serde_json::Value as Json;
use serde_json::json;

use super::super::values::compact;
use super::super::values::listed;
use super::super::values::only_block;
use super::certificates::Certificates;
use crate::net::rest::Api;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

/// Whether the body needs the id of a certificate that is given by name.
pub(super) fn names_certificates(planned: &Object) -> bool {
    let blocks = ["forwarding_rule", "domains"].into_iter().flat_map(|name| blocks(planned, name));
    blocks.filter_map(certificate).any(|given| !super::certificates::is_id(given))
}

pub(super) fn body(api: &Api<'_>, planned: &Object, certificates: &Certificates) -> Result<Json> {
    let tag = planned.str("droplet_tag");
    let droplets = planned.get("droplet_ids").and_then(Value::as_elements).unwrap_or_default();
    let droplets: Vec<_> = droplets.iter().filter_map(Value::as_i64).collect();
    let is_global = planned.str("type").is_some_and(|kind| kind.eq_ignore_ascii_case("GLOBAL"));
    let upper = |name: &str| planned.str(name).map(str::to_uppercase);
    Ok(compact(json!({
        "name": planned.str("name"),
        "region": planned.str("region").map(str::to_lowercase),
        "type": upper("type"),
        "network": upper("network"),
        "network_stack": upper("network_stack"),
        "vpc_uuid": planned.str("vpc_uuid"),
        "subnet_uuid": planned.str("subnet_uuid"),
        "size_unit": planned.int("size_unit"),
        "project_id": planned.str("project_id"),
        "tls_cipher_policy": upper("tls_cipher_policy"),
        "http_idle_timeout_seconds": planned.int("http_idle_timeout_seconds"),
        "redirect_http_to_https": planned.bool("redirect_http_to_https"),
        "enable_proxy_protocol": planned.bool("enable_proxy_protocol"),
        "enable_backend_keepalive": planned.bool("enable_backend_keepalive"),
        "disable_lets_encrypt_dns_records": planned.bool("disable_lets_encrypt_dns_records"),
        "tag": tag,
        "droplet_ids": (tag.is_none() && !(is_global && droplets.is_empty())).then_some(droplets),
        "target_load_balancer_ids": listed(planned, "target_load_balancer_ids").filter(|ids| !ids.is_empty()),
        "forwarding_rules": forwarding_rules(api, planned, certificates)?,
        "health_check": only_block(planned, "healthcheck").map(health_check),
        "sticky_sessions": only_block(planned, "sticky_sessions").map(sticky_sessions),
        "firewall": only_block(planned, "firewall").map(firewall),
        "domains": domains(api, planned, certificates)?,
        "glb_settings": only_block(planned, "glb_settings").map(glb_settings),
    })))
}

/// The address that was brought along; taken only when the load balancer is made.
pub(super) fn with_ip(mut body: Json, planned: &Object) -> Json {
    if let Some(ip) = planned.str("ip") {
        body["ip"] = Json::from(ip);
    }
    body
}

fn blocks<'a>(planned: &'a Object, name: &str) -> impl Iterator<Item = &'a Object> {
    let blocks = planned.get(name).and_then(Value::as_elements).unwrap_or_default();
    blocks.iter().filter_map(Value::as_object)
}

/// How a block gives its certificate: by name, else by id.
fn certificate(block: &Object) -> Option<&str> {
    block.str("certificate_name").or_else(|| block.str("certificate_id")).filter(|given| !given.is_empty())
}

fn certificate_id(api: &Api<'_>, block: &Object, certificates: &Certificates) -> Result<Option<String>> {
    certificate(block).map(|given| certificates.id(api, given)).transpose()
}

fn forwarding_rules(api: &Api<'_>, planned: &Object, certificates: &Certificates) -> Result<Option<Vec<Json>>> {
    let rules = blocks(planned, "forwarding_rule").map(|rule| {
        Ok(json!({
            "entry_protocol": rule.str("entry_protocol"),
            "entry_port": rule.int("entry_port"),
            "target_protocol": rule.str("target_protocol"),
            "target_port": rule.int("target_port"),
            "certificate_id": certificate_id(api, rule, certificates)?,
            "tls_passthrough": rule.bool("tls_passthrough"),
        }))
    });
    let rules = rules.collect::<Result<Vec<_>>>()?;
    Ok((!rules.is_empty()).then_some(rules))
}

fn domains(api: &Api<'_>, planned: &Object, certificates: &Certificates) -> Result<Option<Vec<Json>>> {
    let domains = blocks(planned, "domains").map(|domain| {
        Ok(json!({
            "name": domain.str("name"),
            "is_managed": domain.bool("is_managed"),
            "certificate_id": certificate_id(api, domain, certificates)?,
        }))
    });
    let domains = domains.collect::<Result<Vec<_>>>()?;
    Ok((!domains.is_empty()).then_some(domains))
}

fn health_check(check: &Object) -> Json {
    json!({
        "protocol": check.str("protocol"),
        "port": check.int("port"),
        "path": check.str("path"),
        "check_interval_seconds": check.int("check_interval_seconds"),
        "response_timeout_seconds": check.int("response_timeout_seconds"),
        "unhealthy_threshold": check.int("unhealthy_threshold"),
        "healthy_threshold": check.int("healthy_threshold"),
    })
}

fn sticky_sessions(sessions: &Object) -> Json {
    json!({
        "type": sessions.str("type"),
        "cookie_name": sessions.str("cookie_name"),
        "cookie_ttl_seconds": sessions.int("cookie_ttl_seconds"),
    })
}

fn firewall(firewall: &Object) -> Json {
    let side = |name: &str| listed(firewall, name).unwrap_or_default();
    json!({"allow": side("allow"), "deny": side("deny")})
}

fn glb_settings(settings: &Object) -> Json {
    let priorities = settings.get("region_priorities").and_then(Value::as_entries).map(|entries| {
        let ranks = entries.into_iter().map(|(region, rank)| (region.to_string(), Json::from(rank.as_i64())));
        Json::Object(ranks.collect())
    });
    json!({
        "target_protocol": settings.str("target_protocol"),
        "target_port": settings.int("target_port"),
        "region_priorities": priorities,
        "failover_threshold": settings.int("failover_threshold"),
        "cdn": only_block(settings, "cdn").map(|cdn| json!({"is_enabled": cdn.bool("is_enabled")})),
    })
}
