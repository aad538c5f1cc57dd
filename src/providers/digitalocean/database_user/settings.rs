//! The settings of a database user: replication rights, and what it may do with topics and indexes.

use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::super::values::compact;
use super::super::values::only_block;
use crate::provider::Problem;
use crate::schema::Block;
use crate::schema::NestedBlock;
use crate::schema::Nesting;
use crate::schema::ObjectExt;
use crate::schema::boolean;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

const TOPIC_PERMISSIONS: [&str; 4] = ["admin", "consume", "produce", "produceconsume"];
const INDEX_PERMISSIONS: [&str; 5] = ["deny", "admin", "read", "readwrite", "write"];

#[derive(Clone, Deserialize)]
pub(super) struct Settings {
    pg_allow_replication: Option<bool>,
    #[serde(default)]
    acl: Vec<Acl>,
}

#[derive(Clone, Deserialize)]
struct Acl {
    id: Option<String>,
    topic: String,
    permission: String,
}

pub(super) fn block() -> NestedBlock {
    let acl = NestedBlock::list([
        ("id", string().computed()),
        ("topic", string().required()),
        ("permission", string().required()),
    ]);
    let opensearch_acl = NestedBlock::list([("index", string().required()), ("permission", string().required())]);
    let settings = Block::new([("pg_allow_replication", boolean())]);
    let settings = settings.block("acl", acl).block("opensearch_acl", opensearch_acl);
    NestedBlock::new(Nesting::List, settings)
}

/// What the vendor would refuse.
pub(super) fn problems(config: &Object) -> Vec<Problem> {
    let mut problems = Vec::new();
    let Some(settings) = only_block(config, "settings") else {
        return problems;
    };
    for (block, known) in [("acl", &TOPIC_PERMISSIONS[..]), ("opensearch_acl", &INDEX_PERMISSIONS[..])] {
        let rules = settings.get(block).and_then(Value::as_elements).unwrap_or_default();
        for (at, rule) in (0..).zip(rules.iter().map(Value::as_object)) {
            let permission = rule.and_then(|rule| rule.str("permission"));
            if let Some(permission) = permission.filter(|permission| !known.contains(permission)) {
                let path = Path::of("settings").index(0).attr(block).index(at).attr("permission");
                let detail = format!("`{permission}` is not a permission; they are {}.", known.join(", "));
                problems.push(Problem { path, summary: "Invalid permission".to_owned(), detail });
            }
        }
    }
    problems
}

/// The settings as configured, with what an answer tells of them. Only writes tell all, so reads leave the rules alone.
pub(super) fn shown(base: &Object, answered: Option<&Settings>) -> Value {
    let known = base.get("settings").cloned().unwrap_or(Value::NULL);
    let rules = answered.iter().flat_map(|settings| &settings.acl);
    let with_ids = with_acl_ids(known, &|topic, permission, id| {
        let found = rules.clone().find(|acl| acl.topic == topic && acl.permission == permission);
        match found.and_then(|acl| acl.id.as_deref()) {
            Some(id) => Value::from(id),
            None if id.is_known() => id.clone(),
            None => Value::Null(Type::STRING),
        }
    });
    let Some(replicates) = answered.and_then(|settings| settings.pg_allow_replication) else {
        return with_ids;
    };
    with_ids.map_children(&mut |block| match block.as_object() {
        // Unsaid is the same as not allowed.
        Some(object) if object.bool("pg_allow_replication").unwrap_or(false) != replicates => {
            Value::Object(object.set("pg_allow_replication", replicates).into())
        }
        _ => block.clone(),
    })
}

/// The settings to be: rules that stay as they are keep their ids, others get new ones.
pub(super) fn planned(prior: &Object, proposed: &Object) -> Value {
    let of = |object: &Object| object.get("settings").cloned().unwrap_or(Value::NULL);
    let without_ids = |object: &Object| with_acl_ids(of(object), &|_, _, _| Value::Null(Type::STRING));
    match without_ids(prior) == without_ids(proposed) {
        true => of(prior),
        false => with_acl_ids(of(proposed), &|_, _, _| Value::unknown(Type::STRING)),
    }
}

/// The settings with the id of each Kafka rule chosen anew, from its topic, permission and present id.
fn with_acl_ids(settings: Value, choose: &dyn Fn(&str, &str, &Value) -> Value) -> Value {
    let rule = |acl: &Value| match acl.as_object() {
        Some(rule) => {
            let (topic, permission) = (rule.str("topic").unwrap_or(""), rule.str("permission").unwrap_or(""));
            let id = choose(topic, permission, rule.get("id").unwrap_or(&Value::NULL));
            Value::Object(rule.set("id", id).into())
        }
        None => acl.clone(),
    };
    settings.map_children(&mut |block| match block.as_object() {
        Some(object) => {
            let acl = object.get("acl").cloned().unwrap_or(Value::NULL).map_children(&mut |acl| rule(acl));
            Value::Object(object.set("acl", acl).into())
        }
        None => block.clone(),
    })
}

/// The settings block as a body has it.
pub(super) fn body(planned: &Object) -> Option<Json> {
    let settings = only_block(planned, "settings")?;
    let rules = |block: &str, key: &str| {
        let rules = settings.get(block)?.as_elements()?.iter().filter_map(Value::as_object);
        let rules: Vec<_> =
            rules.map(|rule| json!({key: rule.str(key), "permission": rule.str("permission")})).collect();
        (!rules.is_empty()).then_some(rules)
    };
    Some(compact(json!({
        "pg_allow_replication": settings.bool("pg_allow_replication"),
        "acl": rules("acl", "topic"), "opensearch_acl": rules("opensearch_acl", "index")})))
}
