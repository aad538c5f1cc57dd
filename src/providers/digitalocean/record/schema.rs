//! The attributes of a record, and what is wrong with configured ones.

use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use crate::provider::Problem;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("domain", string().required().replaces()),
        ("type", string().required().replaces()),
        // How these two may be spelled depends on the domain and the type; see `name`.
        ("name", string().required()),
        ("value", string().required()),
        ("ttl", number().optional_computed()),
        ("priority", number()),
        ("port", number()),
        ("weight", number()),
        ("flags", number()),
        ("tag", string()),
        ("fqdn", string().computed()),
    ])
});

const TYPES: [&str; 9] = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"];
/// Numbers of a record: the types that have it and must have it, and what it may be.
const NUMBERS: [(&str, &[&str], RangeInclusive<i64>); 4] = [
    ("priority", &["MX", "SRV"], 0..=65535),
    ("port", &["SRV"], 1..=65535),
    ("weight", &["SRV"], 0..=65535),
    ("flags", &["CAA"], 0..=255),
];

/// Whether records of a type have an attribute.
pub(super) fn has(kind: &str, name: &str) -> bool {
    match name {
        "tag" => kind == "CAA",
        name => NUMBERS.iter().any(|(number, types, _)| *number == name && types.contains(&kind)),
    }
}

/// What the vendor would refuse.
pub(super) fn problems(config: &Object) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut push = |name: &str, summary: &str, detail: String| {
        problems.push(Problem { path: Path::of(name), summary: summary.to_owned(), detail });
    };
    let Some(kind) = config.str("type") else {
        return problems;
    };
    if !TYPES.contains(&kind) {
        push("type", "Invalid record type", format!("`{kind}` is not one of {}.", TYPES.join(", ")));
        return problems;
    }
    let is_unset = |name: &str| config.get(name).map(Value::unmarked).is_none_or(Value::is_null);
    for (name, types, range) in NUMBERS {
        let needs = types.contains(&kind);
        if needs && is_unset(name) {
            push(name, "Missing required argument", format!("A record of the type {kind} needs `{name}`."));
        }
        if let Some(number) = config.int(name).filter(|number| !range.contains(number)) {
            let detail = format!("`{name}` is {number}; it may be {} to {}.", range.start(), range.end());
            push(name, "Invalid record", detail);
        }
    }
    let tags = ["issue", "issuewild", "iodef"];
    if kind == "CAA" && is_unset("tag") {
        push("tag", "Missing required argument", "A record of the type CAA needs `tag`.".to_owned());
    }
    if let Some(tag) = config.str("tag").filter(|tag| !tags.contains(tag)) {
        push("tag", "Invalid record", format!("`{tag}` is not one of {}.", tags.join(", ")));
    }
    if config.int("ttl").is_some_and(|ttl| ttl < 0) {
        push("ttl", "Invalid record", "`ttl` cannot be negative.".to_owned());
    }
    if config.str("name").is_some_and(str::is_empty) {
        let detail = "A record needs a name; \"@\" is the domain itself.".to_owned();
        push("name", "Invalid record", detail);
    }
    let value = config.str("value");
    match (kind, value) {
        ("A", Some(value)) if value.parse::<Ipv4Addr>().is_err() => {
            push(
                "value",
                "Invalid record",
                format!("A record of the type A holds an IPv4 address, and `{value}` is none."),
            );
        }
        ("AAAA", Some(value)) if value.parse::<Ipv6Addr>().is_err() => {
            let detail = format!("A record of the type AAAA holds an IPv6 address, and `{value}` is none.");
            push("value", "Invalid record", detail);
        }
        (_, Some("")) => push("value", "Invalid record", "A record needs a value.".to_owned()),
        _ => {}
    }
    problems
}
