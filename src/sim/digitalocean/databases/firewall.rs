//! A cluster's trusted sources: one list, replaced as a whole; empty means everybody.

use std::net::Ipv4Addr;

use http::Method;
use http::StatusCode;
use ipnet::Ipv4Net;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::databases::need_any;
use crate::sim::digitalocean::databases::need_any_up;
use crate::sim::digitalocean::droplets;
use crate::sim::digitalocean::tags;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::validate::Fields;
use crate::sim::validate::missing;

/// One trusted source, stored as it is shown.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Rule {
    uuid: String,
    cluster_uuid: String,
    #[serde(rename = "type")]
    kind: String,
    value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    created_at: String,
}

const MAX: usize = 100;

/// `GET` and `PUT /v2/databases/{id}/firewall`; a replica has a list of its own.
pub(super) fn route(call: &mut Call<'_>, method: &Method, id: &str) -> Result<Reply, Refusal> {
    match method.as_str() {
        "GET" => Ok(Reply::body(StatusCode::OK, &json!({ "rules": need_any(call, id)?.rules }))),
        "PUT" => {
            let cluster = need_any_up(call, id)?;
            let body = call.json()?;
            let asked = Fields::of(&body, "the request body")?.list("rules")?.ok_or_else(|| missing("rules"))?;
            let rules = rules(call, id, asked, &cluster.rules)?;
            call.put(Cluster { rules, ..cluster });
            Ok(Reply::done())
        }
        _ => Err(Refusal::wrong_method()),
    }
}

/// The rules of a request; one that was there before keeps its identity.
pub(super) fn rules(
    call: &mut Call<'_>,
    cluster: &str,
    asked: &[Value],
    before: &[Rule],
) -> Result<Vec<Rule>, Refusal> {
    if asked.len() > MAX {
        return Err(Refusal::invalid(format!("a cluster can have at most {MAX} rules")));
    }
    let mut rules: Vec<Rule> = Vec::new();
    for rule in asked {
        let fields = Fields::of(rule, "a rule")?;
        let kind = fields.need_one_of("type", &["droplet", "k8s", "ip_addr", "tag", "app"])?;
        let value = fields.need_text("value")?;
        check(call, kind, value)?;
        let description = fields.text("description")?.filter(|text| !text.is_empty()).map(str::to_owned);
        let is_same = |rule: &&Rule| rule.kind == kind && rule.value == value;
        if rules.iter().any(|rule| is_same(&rule)) {
            continue;
        }
        let rule = match before.iter().find(is_same) {
            Some(rule) => Rule { description, ..rule.clone() },
            None => Rule {
                uuid: call.world.uuid(),
                cluster_uuid: cluster.to_owned(),
                kind: kind.to_owned(),
                value: value.to_owned(),
                description,
                created_at: stamp(call.now),
            },
        };
        rules.push(rule);
    }
    Ok(rules)
}

fn check(call: &mut Call<'_>, kind: &str, value: &str) -> Result<(), Refusal> {
    let is_good = match kind {
        "droplet" => droplets::need(call, value).is_ok(),
        "tag" => tags::exists(call, value),
        // The vendor takes no IPv6 here.
        "ip_addr" => value.parse::<Ipv4Addr>().is_ok() || value.parse::<Ipv4Net>().is_ok(),
        _ => uuid::Uuid::try_parse(value).is_ok(),
    };
    if is_good { Ok(()) } else { Err(Refusal::invalid(format!("invalid rule: {value} is not a known {kind}"))) }
}
