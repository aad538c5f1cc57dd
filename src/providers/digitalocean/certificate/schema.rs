//! The attributes of a certificate, and what is wrong with configured ones.

use std::sync::LazyLock;

use sha1::Digest;
use sha1::Sha1;

use super::super::timeouts;
use super::name;
use crate::provider::Problem;
use crate::schema::Attribute;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::set;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("uuid", string().computed()),
        ("name", string().required().replaces().equality(Equality::Semantic(name::same))),
        ("type", string().default("custom").replaces()),
        ("private_key", pem().sensitive()),
        ("leaf_certificate", pem()),
        ("certificate_chain", pem()),
        // Those of a certificate that was brought along are read from it.
        ("domains", set(Type::STRING).optional_computed().replaces().equality(Equality::SetIgnoreCase)),
        ("state", string().computed()),
        ("not_after", string().computed()),
        ("sha1_fingerprint", string().computed()),
    ])
    .block("timeouts", timeouts::block(&["create", "delete"]))
});

/// What is handed in once and never given back.
pub(super) const HANDED_IN: [&str; 3] = ["private_key", "leaf_certificate", "certificate_chain"];

fn pem() -> Attribute {
    string().replaces().boot_only().equality(Equality::Semantic(same_pem))
}

/// The text itself but for white space around it, or its digest: states that come from Terraform hold the SHA-1.
fn same_pem(a: &Value, b: &Value) -> bool {
    let (Some(a), Some(b)) = (a.as_str(), b.as_str()) else {
        return false;
    };
    let digest = |text: &str| hex::encode(Sha1::digest(text.as_bytes()));
    a.trim() == b.trim() || digest(a) == b || digest(b) == a
}

/// What the vendor would refuse.
pub(super) fn problems(config: &Object) -> Vec<Problem> {
    let mut problems = timeouts::problems(config);
    let mut push = |name: &str, summary: &str, detail: String| {
        problems.push(Problem { path: Path::of(name), summary: summary.to_owned(), detail });
    };
    if config.str("name").is_some_and(|name| name.trim().is_empty()) {
        push("name", "Invalid certificate name", "A certificate needs a name.".to_owned());
    }
    let is_unset = |name: &str| {
        let value = config.get(name).map(Value::unmarked);
        value.is_none_or(|value| value.is_null() || value.as_str().is_some_and(str::is_empty))
    };
    let is_set = |name: &str| !is_unset(name);
    // The default stands where nothing is said.
    let kind = if is_unset("type") { Some("custom") } else { config.str("type") };
    match kind {
        Some("custom") => {
            for name in ["private_key", "leaf_certificate"].into_iter().filter(|name| is_unset(name)) {
                let detail = format!("A certificate of the type \"custom\" needs `{name}`.");
                push(name, "Missing required argument", detail);
            }
        }
        Some("lets_encrypt") => {
            let none = config.get("domains").map(Value::unmarked);
            if none.is_none_or(|domains| domains.is_null() || domains.as_elements().is_some_and(<[Value]>::is_empty)) {
                let detail = "A certificate of the type \"lets_encrypt\" needs `domains`.".to_owned();
                push("domains", "Missing required argument", detail);
            }
            for name in HANDED_IN.into_iter().filter(|name| is_set(name)) {
                let detail = format!("`{name}` is for certificates of the type \"custom\" only.");
                push(name, "Conflicting arguments", detail);
            }
        }
        Some(other) => {
            let detail = format!("`{other}` is not a type; there are \"custom\" and \"lets_encrypt\".");
            push("type", "Invalid certificate type", detail);
        }
        None => {}
    }
    problems
}
