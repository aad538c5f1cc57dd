//! Tags of objects that exist already: put on and taken off one by one.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::json;

use super::marks;
use super::values;
use crate::net::rest::Api;
use crate::net::rest::segment;
use crate::provider::Problem;
use crate::provider::Result;
use crate::schema::Attribute;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::set;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

static NAME: LazyLock<Regex> = LazyLock::new(|| Regex::new("^[a-zA-Z0-9:_-]{1,255}$").expect("the pattern is valid"));

/// The `tags` attribute. The vendor ignores case and keeps the spelling of whoever came first.
pub(super) fn attribute() -> Attribute {
    set(Type::STRING).equality(Equality::SetIgnoreCase)
}

/// The user's tags on an object; null stays null where there are none.
pub(super) fn shown(base: &Object, tags: &[String]) -> Value {
    let shown: Vec<_> = tags.iter().filter(|tag| marks::is_shown(tag)).collect();
    match base.get("tags") {
        Some(known) if known.is_null() && shown.is_empty() => known.clone(),
        _ => values::strings(shown),
    }
}

/// What is wrong with configured tags.
pub(super) fn problems(config: &Object) -> Vec<Problem> {
    let tags = config.get("tags").and_then(|tags| tags.as_elements()).unwrap_or_default();
    let bad = tags.iter().filter_map(|tag| tag.as_str()).filter(|tag| !is_name(tag) || !marks::is_shown(tag));
    bad.map(|tag| problem(Path::of("tags"), tag)).collect()
}

pub(super) fn is_name(text: &str) -> bool {
    NAME.is_match(text)
}

pub(super) fn problem(path: Path, tag: &str) -> Problem {
    let detail = if is_name(tag) {
        format!("The tag `{tag}` is one that marks objects as ours. Use another name.")
    } else {
        format!("`{tag}` cannot be a tag: tags have 1 to 255 letters, digits, colons, dashes and underscores.")
    };
    Problem { path, summary: "Invalid tag".to_owned(), detail }
}

/// Makes an object's tags be as planned.
pub(super) async fn update(api: &Api<'_>, kind: &str, id: &str, prior: &Object, planned: &Object) -> Result<()> {
    let had = prior.strings("tags").unwrap_or_default();
    let wants = planned.strings("tags").unwrap_or_default();
    let body = json!({"resources": [{"resource_id": id, "resource_type": kind}]});
    for tag in wants.iter().filter(|tag| !had.iter().any(|known| known.eq_ignore_ascii_case(tag))) {
        // Only an existing tag can be put on; making one that exists does nothing.
        api.post("/v2/tags", &json!({"name": &**tag})).idempotent().done().await?;
        api.post(&format!("/v2/tags/{}/resources", segment(tag)), &body).idempotent().done().await?;
    }
    for tag in had.iter().filter(|tag| !wants.iter().any(|wanted| wanted.eq_ignore_ascii_case(tag))) {
        api.delete_from(&format!("/v2/tags/{}/resources", segment(tag)), &body).gone().await?;
    }
    Ok(())
}
