//! Trusted sources: who may connect to a database cluster. One list a cluster; an empty one lets everybody in.

use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::values::compact;
use super::values::text;
use crate::net::rest::Api;
use crate::net::rest::segment;
use crate::provider::Problem;
use crate::provider::Result;
use crate::schema::Equality;
use crate::schema::NestedBlock;
use crate::schema::ObjectExt;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

const TYPES: [&str; 5] = ["droplet", "k8s", "ip_addr", "tag", "app"];
/// The vendor takes no more.
const MOST: usize = 100;

/// A trusted source as the API tells it.
#[derive(Clone, Deserialize)]
pub(super) struct Rule {
    uuid: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    value: String,
    created_at: Option<String>,
    description: Option<String>,
}

/// The `rule` blocks.
pub(super) fn block() -> NestedBlock {
    NestedBlock::set([
        ("type", string().required()),
        ("value", string().required().equality(Equality::Semantic(same_source))),
        ("description", string().optional_computed()),
        ("uuid", string().computed()),
        ("created_at", string().computed()),
    ])
}

/// What the vendor would refuse.
pub(super) fn problems(config: &Object) -> Vec<Problem> {
    let mut problems = Vec::new();
    let rules = config.get("rule").and_then(Value::as_elements).unwrap_or_default();
    let mut push = |detail: String| {
        problems.push(Problem { path: Path::of("rule"), summary: "Invalid trusted source".to_owned(), detail });
    };
    if rules.len() > MOST {
        push(format!("A cluster has at most {MOST} trusted sources, not {}.", rules.len()));
    }
    for rule in rules.iter().filter_map(Value::as_object) {
        match (rule.str("type"), rule.str("value")) {
            (Some(kind), _) if !TYPES.contains(&kind) => {
                push(format!("`{kind}` is not a type of source; they are {}.", TYPES.join(", ")));
            }
            (Some("ip_addr"), Some(value)) if !is_ipv4(value) => {
                push(format!("`{value}` is not an IPv4 address or range; the vendor takes no others."));
            }
            _ => {}
        }
    }
    problems
}

/// The rules of a cluster; `None` when the cluster is gone.
pub(super) async fn read(api: &Api<'_>, cluster: &str) -> Result<Option<Vec<Rule>>> {
    api.get(&path(cluster)).optional("rules").await
}

/// Makes these the rules of a cluster, in place of all that there are.
pub(super) async fn replace(api: &Api<'_>, cluster: &str, rules: &[Json]) -> Result<()> {
    api.put(&path(cluster), &json!({"rules": rules})).done().await
}

fn path(cluster: &str) -> String {
    format!("/v2/databases/{}/firewall", segment(cluster))
}

/// The configured rules of an object, by type and value.
pub(super) fn configured(object: &Object) -> Vec<&Object> {
    let rules = object.get("rule").and_then(Value::as_elements).unwrap_or_default();
    let mut rules: Vec<_> = rules.iter().filter_map(Value::as_object).collect();
    rules.sort_by_key(|rule| (rule.str("type"), rule.str("value")));
    rules
}

/// A rule as a body has it. A rule that exists is named by its uuid, so that it stays the same one.
pub(super) fn body(rule: &Object) -> Json {
    let told = ["uuid", "type", "value", "description"].map(|name| (name.to_owned(), Json::from(rule.str(name))));
    compact(Json::Object(told.into_iter().collect()))
}

impl Rule {
    /// Whether a block of the configuration means this rule.
    pub(super) fn is_meant_by(&self, rule: &Object) -> bool {
        rule.str("type") == Some(&*self.kind)
            && rule.get("value").is_some_and(|value| same_source(value, &Value::from(&*self.value)))
    }

    /// The rule as a block, spelled as it is known.
    pub(super) fn object(&self, known: &[&Object]) -> Value {
        let known = known.iter().find(|rule| self.is_meant_by(rule));
        let value = known.and_then(|rule| rule.str("value")).unwrap_or(&self.value);
        Value::object([
            ("type".into(), Value::from(&*self.kind)),
            ("value".into(), Value::from(value)),
            ("description".into(), text(self.description.as_deref())),
            ("uuid".into(), text(self.uuid.as_deref())),
            ("created_at".into(), text(self.created_at.as_deref())),
        ])
    }

    /// The rule as a body has it.
    pub(super) fn body(&self) -> Json {
        compact(json!({
            "uuid": self.uuid,
            "type": self.kind,
            "value": self.value,
            "description": self.description.as_deref().filter(|text| !text.is_empty()),
        }))
    }
}

/// Rules as the value of the blocks.
pub(super) fn value(rules: impl IntoIterator<Item = Value>) -> Value {
    Value::set(block().block.implied_type(), rules.into_iter().collect())
}

/// A single address is also a range of one; tags and ids are the same in either case.
fn same_source(a: &Value, b: &Value) -> bool {
    let plain = |value: &Value| Some(value.as_str()?.trim_end_matches("/32").to_lowercase());
    plain(a).is_some_and(|a| Some(a) == plain(b))
}

/// An IPv4 address, with or without the length of a prefix.
fn is_ipv4(text: &str) -> bool {
    let (address, length) = text.split_once('/').unwrap_or((text, "32"));
    address.parse::<std::net::Ipv4Addr>().is_ok() && length.parse::<u8>().is_ok_and(|length| length <= 32)
}
