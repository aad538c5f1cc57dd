//! A firewall as the API tells it and takes it, and as an object.

use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::super::tagging;
use super::super::values::compact;
use super::super::values::int;
use super::super::values::ints;
use super::super::values::listed;
use super::super::values::strings;
use super::super::values::text;
use super::rules::Direction;
use super::rules::INBOUND;
use super::rules::Meaning;
use super::rules::OUTBOUND;
use super::schema::SCHEMA;
use super::schema::pending_type;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

#[derive(Clone, Deserialize)]
pub(in super::super) struct Wire {
    pub(in super::super) id: String,
    pub(super) name: String,
    pub(super) status: Option<String>,
    pub(super) created_at: Option<String>,
    pub(super) pending_changes: Option<Vec<Pending>>,
    droplet_ids: Option<Vec<i64>>,
    tags: Option<Vec<String>>,
    inbound_rules: Option<Vec<Rule>>,
    outbound_rules: Option<Vec<Rule>>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Pending {
    droplet_id: Option<i64>,
    removing: Option<bool>,
    status: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Rule {
    protocol: String,
    ports: Option<String>,
    #[serde(alias = "sources", alias = "destinations", default)]
    ends: Ends,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Ends {
    addresses: Option<Vec<String>>,
    droplet_ids: Option<Vec<i64>>,
    load_balancer_uids: Option<Vec<String>>,
    kubernetes_ids: Option<Vec<String>>,
    tags: Option<Vec<String>>,
}

impl Wire {
    pub(in super::super) fn object(&self, base: &Object) -> Object {
        SCHEMA.settle(base, self.attributes(base))
    }

    /// What the answer says, by attribute; what means the same as in `base` is as it is there.
    pub(in super::super) fn attributes(&self, base: &Object) -> Vec<(&'static str, Value)> {
        let pending = self.pending_changes.iter().flatten().map(Pending::value).collect();
        vec![
            ("id", Value::from(&*self.id)),
            ("name", Value::from(&*self.name)),
            ("droplet_ids", droplets(base, self.droplet_ids.as_deref().unwrap_or_default())),
            ("tags", tagging::shown(base, self.tags.as_deref().unwrap_or_default())),
            ("status", text(self.status.as_deref())),
            ("created_at", text(self.created_at.as_deref())),
            ("pending_changes", Value::list(pending_type(), pending)),
            (INBOUND.block, rules(&INBOUND, base, self.inbound_rules.as_deref())),
            (OUTBOUND.block, rules(&OUTBOUND, base, self.outbound_rules.as_deref())),
        ]
    }
}

impl Pending {
    fn value(&self) -> Value {
        Value::object([
            ("droplet_id".into(), int(self.droplet_id)),
            ("removing".into(), self.removing.map_or(Value::Null(Type::BOOL), Value::Bool)),
            ("status".into(), text(self.status.as_deref())),
        ])
    }
}

/// Droplets; null stays null where there are none.
fn droplets(base: &Object, ids: &[i64]) -> Value {
    match base.get("droplet_ids") {
        Some(known) if known.is_null() && ids.is_empty() => known.clone(),
        None if ids.is_empty() => Value::Null(Type::set(Type::NUMBER)),
        _ => ints(ids.iter().copied()),
    }
}

/// The rules of a direction. One that means the same as a known one is written as that one is.
fn rules(direction: &Direction, base: &Object, answered: Option<&[Rule]>) -> Value {
    let known = base.get(direction.block).and_then(Value::as_elements).unwrap_or_default();
    let known = known.iter().filter_map(Value::as_object).map(|rule| (Meaning::of(direction, rule), rule));
    let known: Vec<_> = known.collect();
    let rules = answered.unwrap_or_default().iter().map(|rule| {
        let object = rule.object(direction);
        let meaning = Meaning::of(direction, &object);
        let twin = known.iter().find(|(known, _)| *known == meaning);
        Value::Object(twin.map_or(object, |(_, twin)| (*twin).clone()).into())
    });
    let element = SCHEMA.root().blocks()[direction.block].block.implied_type();
    Value::set(element, rules.collect())
}

impl Rule {
    fn object(&self, direction: &Direction) -> Object {
        let set = |texts: &Option<Vec<String>>| match texts.as_deref() {
            None | Some([]) => Value::Null(Type::set(Type::STRING)),
            Some(texts) => strings(texts),
        };
        let droplets = match self.ends.droplet_ids.as_deref() {
            None | Some([]) => Value::Null(Type::set(Type::NUMBER)),
            Some(ids) => ints(ids.iter().copied()),
        };
        // The API says "0" for all ports, and for a protocol that has none.
        let ports = match (&*self.protocol, self.ports.as_deref()) {
            ("icmp", _) => None,
            (_, Some("0" | "")) => Some("all"),
            (_, ports) => ports,
        };
        Object::new([
            (Str::from("protocol"), Value::from(&*self.protocol)),
            (Str::from("port_range"), text(ports)),
            (Str::from(direction.addresses), set(&self.ends.addresses)),
            (Str::from(direction.droplet_ids), droplets),
            (Str::from(direction.load_balancer_uids), set(&self.ends.load_balancer_uids)),
            (Str::from(direction.kubernetes_ids), set(&self.ends.kubernetes_ids)),
            (Str::from(direction.tags), set(&self.ends.tags)),
        ])
    }
}

/// A firewall as it is written. The API replaces the whole: what is left out is taken away.
pub(super) fn body(planned: &Object) -> Json {
    let rules = |direction: &Direction, ends: &str| {
        let rules = planned.get(direction.block).and_then(Value::as_elements).unwrap_or_default();
        let rules = rules.iter().filter_map(Value::as_object);
        rules.map(|rule| rule_body(direction, ends, rule)).collect::<Vec<_>>()
    };
    json!({
        "name": planned.str("name"),
        "droplet_ids": numbers(planned, "droplet_ids").unwrap_or_default(),
        "tags": listed(planned, "tags").unwrap_or_default(),
        "inbound_rules": rules(&INBOUND, "sources"),
        "outbound_rules": rules(&OUTBOUND, "destinations"),
    })
}

fn rule_body(direction: &Direction, ends: &str, rule: &Object) -> Json {
    let texts = |name: &str| listed(rule, name).filter(|texts| !texts.is_empty());
    let ports = rule.str("port_range").filter(|ports| !ports.is_empty());
    compact(json!({
        "protocol": rule.str("protocol"),
        "ports": ports.filter(|_| rule.str("protocol") != Some("icmp")),
        ends: {
            "addresses": texts(direction.addresses),
            "droplet_ids": numbers(rule, direction.droplet_ids).filter(|ids| !ids.is_empty()),
            "load_balancer_uids": texts(direction.load_balancer_uids),
            "kubernetes_ids": texts(direction.kubernetes_ids),
            "tags": texts(direction.tags),
        },
    }))
}

fn numbers(object: &Object, name: &str) -> Option<Vec<i64>> {
    Some(object.get(name)?.as_elements()?.iter().filter_map(Value::as_i64).collect())
}
