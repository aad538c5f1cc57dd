//! The attributes of a firewall, and what is wrong with configured ones.

use std::sync::LazyLock;

use regex::Regex;

use super::super::tagging;
use super::rules;
use crate::provider::Problem;
use crate::schema::Equality;
use crate::schema::NestedBlock;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::of;
use crate::schema::set;
use crate::schema::string;
use crate::value::Object;
use crate::value::ObjectAttr;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

pub(in super::super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("name", string().required()),
        ("droplet_ids", set(Type::NUMBER)),
        ("tags", tagging::attribute()),
        ("status", string().computed()),
        ("created_at", string().computed()),
        ("pending_changes", of(Type::list(pending_type())).computed()),
    ])
    .block("inbound_rule", rule(&rules::INBOUND))
    .block("outbound_rule", rule(&rules::OUTBOUND))
});

static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[a-zA-Z0-9][a-zA-Z0-9.\-]+$").expect("the pattern is valid"));

/// A droplet that does not yet have the rules.
pub(in super::super) fn pending_type() -> Type {
    Type::object(vec![
        ObjectAttr::new("droplet_id", Type::NUMBER),
        ObjectAttr::new("removing", Type::BOOL),
        ObjectAttr::new("status", Type::STRING),
    ])
}

fn rule(names: &rules::Direction) -> NestedBlock {
    NestedBlock::set([
        ("protocol", string().required()),
        // The vendor says "0" for all ports.
        ("port_range", string().equality(Equality::Semantic(rules::same_ports))),
        (names.addresses, set(Type::STRING).equality(Equality::Semantic(rules::same_addresses))),
        (names.droplet_ids, set(Type::NUMBER)),
        (names.load_balancer_uids, set(Type::STRING)),
        (names.kubernetes_ids, set(Type::STRING)),
        (names.tags, tagging::attribute()),
    ])
}

/// What the vendor would refuse.
pub(super) fn problems(config: &Object) -> Vec<Problem> {
    let mut problems = tagging::problems(config);
    let mut push = |path: Path, summary: &str, detail: String| {
        problems.push(Problem { path, summary: summary.to_owned(), detail });
    };
    if let Some(name) = config.str("name").filter(|name| !NAME.is_match(name)) {
        let detail = format!(
            "`{name}` cannot be a firewall's name, which has two or more letters, digits, dots and dashes, and begins \
             with a letter or digit."
        );
        push(Path::of("name"), "Invalid firewall name", detail);
    }
    let blocks = |name: &str| config.get(name).map(Value::unmarked);
    let is_without =
        |name: &str| blocks(name).is_none_or(|blocks| blocks.as_elements().is_some_and(<[Value]>::is_empty));
    if is_without("inbound_rule") && is_without("outbound_rule") {
        let detail = "A firewall needs at least one `inbound_rule` or `outbound_rule`.".to_owned();
        push(Path::root(), "Missing rule", detail);
    }
    for direction in [&rules::INBOUND, &rules::OUTBOUND] {
        let all = blocks(direction.block).and_then(Value::as_elements).unwrap_or_default();
        for rule in all {
            let Some(object) = rule.as_object() else { continue };
            for (attribute, detail) in rules::problems(direction, object) {
                let path = Path::of(direction.block).index(rule.clone()).attr(attribute);
                push(path, "Invalid firewall rule", detail);
            }
        }
    }
    problems
}
