//! The attributes of a project, and what is wrong with configured ones.

use std::sync::LazyLock;

use super::super::timeouts;
use super::super::urns;
use crate::provider::Problem;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::number;
use crate::schema::set;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("name", string().required()),
        ("description", string()),
        ("purpose", string().default("Web Application").equality(Equality::Semantic(same_purpose))),
        // What was set can be changed but not taken away.
        ("environment", string().optional_computed().equality(Equality::IgnoreCase)),
        ("is_default", boolean().optional_computed()),
        ("resources", set(Type::STRING).optional_computed().equality(Equality::Semantic(urns::same))),
        ("owner_uuid", string().computed()),
        ("owner_id", number().computed()),
        ("created_at", string().computed()),
        ("updated_at", string().computed()),
    ])
    .block("timeouts", timeouts::block(&["delete"]))
});

/// The vendor writes this before purposes that are not on its list.
const OTHER: &str = "Other: ";

/// A purpose as the user wrote it.
pub(super) fn purpose(answered: &str) -> &str {
    answered.strip_prefix(OTHER).unwrap_or(answered)
}

fn same_purpose(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => purpose(a) == purpose(b),
        _ => false,
    }
}

/// An environment as the vendor writes it.
pub(super) fn environment(text: &str) -> Option<&'static str> {
    ["Development", "Staging", "Production"].into_iter().find(|known| known.eq_ignore_ascii_case(text))
}

/// What the vendor would refuse.
pub(super) fn problems(config: &Object) -> Vec<Problem> {
    let mut problems = timeouts::problems(config);
    let mut push = |name: &str, summary: &str, detail: String| {
        problems.push(Problem { path: Path::of(name), summary: summary.to_owned(), detail });
    };
    for (name, longest) in [("name", 175), ("purpose", 255), ("description", 255)] {
        let Some(text) = config.str(name) else { continue };
        if text.chars().count() > longest {
            push(name, "Text too long", format!("A project's `{name}` has at most {longest} characters."));
        }
        if name != "description" && text.trim().is_empty() {
            push(name, "Invalid project", format!("A project's `{name}` cannot be empty."));
        }
    }
    if let Some(text) = config.str("environment").filter(|text| environment(text).is_none()) {
        let detail = format!("`{text}` is not an environment; they are Development, Staging and Production.");
        push("environment", "Invalid project", detail);
    }
    let resources = config.get("resources").and_then(Value::as_elements).unwrap_or_default();
    problems.extend(urn_problems("resources", resources));
    problems
}

/// What is wrong with the names of objects.
pub(in super::super) fn urn_problems(attribute: &str, urns: &[Value]) -> Vec<Problem> {
    let is_urn = |urn: &str| {
        let mut parts = urn.splitn(3, ':');
        parts.next() == Some("do") && parts.all(|part| !part.is_empty()) && urn.matches(':').count() >= 2
    };
    let bad = urns.iter().filter_map(Value::as_str).filter(|urn| !is_urn(urn));
    bad.map(|urn| Problem {
        path: Path::of(attribute),
        summary: "Invalid resource name".to_owned(),
        detail: format!("`{urn}` is not a uniform resource name; use an object's `urn`, as in \"do:droplet:123\"."),
    })
    .collect()
}
