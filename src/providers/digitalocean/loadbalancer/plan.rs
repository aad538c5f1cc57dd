//! What a change of a load balancer brings with it, decided without asking the vendor.

use std::collections::BTreeSet;

use super::super::values::differs;
use super::super::values::ints;
use super::super::values::is_change;
use super::super::values::unchanged;
use super::certificates::is_id;
use super::schema::SCHEMA;
use super::schema::units;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

pub(super) fn plan(prior: Option<&Object>, proposed: Object) -> Planned {
    let mut object = proposed;
    if let Some(prior) = prior {
        object = unchanged(&object, prior, &["id", "urn", "ipv6", "status"]);
        if prior.str("status") != Some("active") && is_change(&SCHEMA, prior, &object) {
            object = object.set("status", Value::unknown_not_null(Type::STRING));
        }
    }
    if let Some(units) = object.str("size").and_then(units) {
        object = object.set("size_unit", units);
    }
    let retags = prior.is_none_or(|prior| differs(&SCHEMA, prior, &object, "droplet_tag"));
    if retags && object.get("droplet_tag").is_some_and(|tag| !tag.is_null()) {
        // The vendor picks the droplets that carry the tag.
        object = object.set("droplet_ids", Value::unknown_not_null(Type::set(Type::NUMBER)));
    }
    let before = |name: &str| prior.and_then(|prior| prior.get(name)?.as_elements()).unwrap_or_default();
    object = settled(&object, "forwarding_rule", &|rule| forwarding_rule(rule, before("forwarding_rule")));
    object = settled(&object, "domains", &|domain| domain_of(domain, before("domains")));
    let replaced = prior.filter(|prior| {
        let changes = |(name, attribute): (&crate::value::Str, &crate::schema::Attribute)| {
            attribute.replaces && differs(&SCHEMA, prior, &object, name)
        };
        SCHEMA.root().attributes().iter().any(changes)
    });
    let warnings = replaced.and_then(|prior| prior.str("ip")).map(|ip| Problem {
        path: Path::root(),
        summary: "The load balancer's address changes".to_owned(),
        detail: format!("Replacing the load balancer gives up {ip}. Whatever points to it must point to the new one."),
    });
    Planned { object, replace: Vec::new(), warnings: warnings.into_iter().collect() }
}

/// The droplets that it can do without for a time.
///
/// A droplet that carries its tag leaves it with the tag, and that goes with the droplet: nothing is to be taken out.
pub(super) fn spares(object: &Object, ty: &str) -> Vec<String> {
    let is_of_tag = object.str("droplet_tag").is_some_and(|tag| !tag.is_empty());
    // A global one that is written without droplets keeps those that it has.
    let is_global = object.str("type").is_some_and(|kind| kind.eq_ignore_ascii_case("GLOBAL"));
    if ty != "digitalocean_droplet" || is_of_tag || is_global {
        return Vec::new();
    }
    members(object).into_iter().map(|id| id.to_string()).collect()
}

/// The load balancer without droplets that go, so that it sends nothing more to them while they do, and with those of its
/// new droplets that are there.
pub(super) fn without(object: &Object, planned: &Object, ty: &str, gone: &[&Object]) -> Option<Object> {
    if ty != "digitalocean_droplet" {
        return None;
    }
    let gone: BTreeSet<i64> = gone.iter().filter_map(|droplet| droplet.id().parse().ok()).collect();
    let before = members(object);
    let then: BTreeSet<i64> = before.union(&members(planned)).copied().filter(|id| !gone.contains(id)).collect();
    (then != before).then(|| object.set("droplet_ids", ints(then)))
}

/// Its droplets, as far as they are known.
fn members(object: &Object) -> BTreeSet<i64> {
    let ids = object.get("droplet_ids").map(Value::unmarked).and_then(Value::as_elements).unwrap_or_default();
    ids.iter().filter_map(Value::as_i64).collect()
}

/// The object with each block of a set settled.
fn settled(object: &Object, name: &str, settle: &dyn Fn(&Object) -> Object) -> Object {
    let Some(blocks) = object.get(name).filter(|blocks| matches!(blocks.unmarked(), Value::Set(_))) else {
        return object.clone();
    };
    let settled = blocks.clone().map_children(&mut |block| match block.as_object() {
        Some(block) => Value::Object(settle(block).into()),
        None => block.clone(),
    });
    object.set(name, settled)
}

/// A rule with as much of its certificate as is known: by name where there is one, and then the name stands for the id
/// too.
fn forwarding_rule(rule: &Object, before: &[Value]) -> Object {
    let known = |name: &str| rule.str(name).map(str::to_owned);
    let both = |name: Value, id: Value| rule.set("certificate_name", name).set("certificate_id", id);
    match (known("certificate_name"), known("certificate_id")) {
        (Some(_), Some(_)) => rule.clone(),
        (Some(name), None) => both(Value::from(&*name), Value::from(&*name)),
        (None, Some(id)) => {
            let keys = ["entry_protocol", "entry_port", "target_protocol", "target_port", "certificate_id"];
            let same = |prior: &&Object| keys.iter().all(|key| prior.get(key) == rule.get(key));
            let prior = before.iter().filter_map(Value::as_object).find(same);
            let name = prior
                .and_then(|prior| prior.get("certificate_name").cloned())
                .unwrap_or_else(|| if is_id(&id) { Value::unknown(Type::STRING) } else { Value::from(&*id) });
            rule.set("certificate_name", name)
        }
        (None, None) => {
            let is_encrypted = matches!(rule.str("entry_protocol"), Some("https" | "http2" | "http3") | None);
            if is_encrypted && rule.bool("tls_passthrough") != Some(true) {
                // The certificate is one that is yet to be made.
                return rule.clone();
            }
            both(Value::Null(Type::STRING), Value::Null(Type::STRING))
        }
    }
}

/// A domain as it was, unless something of it changes.
fn domain_of(domain: &Object, before: &[Value]) -> Object {
    let same = |prior: &&Object| {
        let certificate = domain.str("certificate_name");
        ["name", "is_managed"].iter().all(|key| prior.get(key) == domain.get(key))
            && certificate.is_none_or(|certificate| prior.str("certificate_name") == Some(certificate))
    };
    before.iter().filter_map(Value::as_object).find(same).unwrap_or(domain).clone()
}
