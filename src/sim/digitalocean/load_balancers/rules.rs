//! Forwarding rules: which port and protocol goes to which.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use crate::sim::call::Call;
use crate::sim::digitalocean::certificates::Certificate;
use crate::sim::refusal::Refusal;
use crate::sim::validate::Fields;
use crate::sim::validate::missing;

/// One rule, stored as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::sim::digitalocean) struct Rule {
    entry_protocol: String,
    entry_port: i64,
    target_protocol: String,
    target_port: i64,
    pub(super) certificate_id: String,
    tls_passthrough: bool,
}

/// Which protocols a rule may forward to, by the one it takes in.
const PAIRS: [(&str, &[&str]); 6] = [
    ("http", &["http", "https", "http2"]),
    ("https", &["http", "https", "http2"]),
    ("http2", &["http", "https", "http2"]),
    ("http3", &["http", "https", "http2"]),
    ("tcp", &["tcp"]),
    ("udp", &["udp"]),
];

/// The rules of a request body.
pub(super) fn read(call: &Call<'_>, body: &Fields<'_>) -> Result<Vec<Rule>, Refusal> {
    let rules = body.list("forwarding_rules")?.ok_or_else(|| missing("forwarding_rules"))?;
    if rules.is_empty() {
        return Err(Refusal::invalid("forwarding_rules must hold at least one rule"));
    }
    let rules = rules.iter().map(|rule| rule_of(call, rule)).collect::<Result<Vec<_>, _>>()?;
    check_together(&rules)?;
    Ok(rules)
}

/// Refuses two rules for one port; UDP has ports of its own.
pub(super) fn check_together(rules: &[Rule]) -> Result<(), Refusal> {
    let entry = |rule: &Rule| (rule.entry_port, matches!(rule.entry_protocol.as_str(), "udp" | "http3"));
    let repeated =
        rules.iter().enumerate().find(|(n, rule)| rules[..*n].iter().any(|other| entry(other) == entry(rule)));
    match repeated {
        Some((_, rule)) => {
            Err(Refusal::invalid(format!("forwarding_rules: port {} is used more than once", rule.entry_port)))
        }
        None => Ok(()),
    }
}

fn rule_of(call: &Call<'_>, rule: &Value) -> Result<Rule, Refusal> {
    let fields = Fields::of(rule, "a forwarding rule")?;
    let entries = PAIRS.map(|(entry, _)| entry);
    let entry_protocol = fields.need_one_of("entry_protocol", &entries)?;
    let entry_port = fields.need_whole("entry_port", 1..=65535)?;
    let targets = PAIRS.iter().find(|(entry, _)| *entry == entry_protocol).map_or(&[][..], |(_, targets)| targets);
    let target_protocol = fields.need_one_of("target_protocol", targets)?;
    let target_port = fields.need_whole("target_port", 1..=65535)?;
    let certificate_id = fields.text("certificate_id")?.unwrap_or_default();
    let tls_passthrough = fields.flag("tls_passthrough")?.unwrap_or(false);
    let is_tls = matches!(entry_protocol, "https" | "http2" | "http3");
    if tls_passthrough && !(is_tls && matches!(target_protocol, "https" | "http2")) {
        return Err(Refusal::invalid("tls_passthrough needs https or http2 on both sides"));
    }
    if tls_passthrough && !certificate_id.is_empty() {
        return Err(Refusal::invalid("certificate_id and tls_passthrough can not be combined"));
    }
    if is_tls && !tls_passthrough && certificate_id.is_empty() {
        return Err(Refusal::invalid(format!("certificate_id is required to terminate {entry_protocol}")));
    }
    if !certificate_id.is_empty() && !is_tls {
        return Err(Refusal::invalid(format!("certificate_id can not be used with {entry_protocol}")));
    }
    if !certificate_id.is_empty() && call.get::<Certificate>(certificate_id).is_none() {
        return Err(Refusal::invalid("certificate not found"));
    }
    Ok(Rule {
        entry_protocol: entry_protocol.to_owned(),
        entry_port,
        target_protocol: target_protocol.to_owned(),
        target_port,
        certificate_id: certificate_id.to_owned(),
        tls_passthrough,
    })
}
