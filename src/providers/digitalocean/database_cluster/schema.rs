//! The attributes of a database cluster, and what is wrong with configured ones.

use std::sync::LazyLock;

use super::super::database_member::connection;
use super::super::database_trust;
use super::super::tagging;
use super::super::timeouts;
use super::super::values::only_block;
use crate::provider::Problem;
use crate::schema::Attribute;
use crate::schema::Equality;
use crate::schema::NestedBlock;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::list;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

const POLICIES: [&str; 6] =
    ["noeviction", "allkeys_lru", "allkeys_random", "volatile_lru", "volatile_random", "volatile_ttl"];
const WEEK: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let maintenance_window = NestedBlock::list([
        ("day", string().required().equality(Equality::IgnoreCase)),
        ("hour", string().required().equality(Equality::Semantic(same_hour))),
    ]);
    let storage_autoscale = NestedBlock::list([
        ("enabled", boolean().required()),
        ("threshold_percent", number()),
        ("increment_gib", number()),
    ]);
    let backup_restore =
        NestedBlock::list([("database_name", string().required().input()), ("backup_created_at", string().input())]);
    let own = [
        ("id", string().computed()),
        ("name", string().required().replaces()),
        ("engine", string().required().replaces().equality(Equality::Semantic(same_engine))),
        ("version", string().required()),
        ("size", string().required().equality(Equality::IgnoreCase)),
        ("region", string().required().equality(Equality::IgnoreCase)),
        ("node_count", number().required()),
        ("storage_size_mib", string().optional_computed()),
        ("private_network_uuid", string().optional_computed().replaces()),
        ("project_id", string().optional_computed()),
        ("eviction_policy", string()),
        ("sql_mode", string()),
        ("tags", tagging::attribute()),
    ];
    Schema::new(own.into_iter().chain(told()))
        .block("maintenance_window", maintenance_window)
        .block("storage_autoscale", storage_autoscale.max(1))
        .block("backup_restore", backup_restore.max(1))
        // Trusted sources from the first moment on; without any, a new cluster is open to everyone until it has a firewall.
        .block("rule", database_trust::block())
        .block("timeouts", timeouts::block(&["create"]))
});

/// What the vendor says of a cluster that it has made.
pub(super) fn told() -> impl Iterator<Item = (&'static str, Attribute)> {
    let secret = || string().computed().sensitive();
    let own = [
        ("urn", string().computed()),
        ("ui_host", string().computed()),
        ("ui_port", number().computed()),
        ("ui_uri", secret()),
        ("ui_database", string().computed()),
        ("ui_user", string().computed()),
        ("ui_password", secret()),
        ("metrics_endpoints", list(Type::STRING).computed()),
    ];
    own.into_iter().chain(connection())
}

/// Whether an engine is the cache, under its old name or the new.
pub(super) fn is_cache(engine: &str) -> bool {
    matches!(engine, "redis" | "valkey")
}

/// The vendor turns Redis clusters into Valkey ones by itself.
fn same_engine(a: &Value, b: &Value) -> bool {
    matches!((a.as_str(), b.as_str()), (Some(a), Some(b)) if a == b || is_cache(a) && is_cache(b))
}

/// `13:00` and `13:00:00` are one hour.
fn same_hour(a: &Value, b: &Value) -> bool {
    let minutes = |value: &Value| value.as_str().map(|hour| hour.splitn(3, ':').take(2).collect::<Vec<_>>().join(":"));
    minutes(a) == minutes(b)
}

/// What the vendor would refuse.
pub(super) fn problems(config: &Object) -> Vec<Problem> {
    let mut problems = tagging::problems(config);
    problems.extend(database_trust::problems(config));
    problems.extend(timeouts::problems(config));
    let mut push = |path: Path, summary: &str, detail: String| {
        problems.push(Problem { path, summary: summary.to_owned(), detail });
    };
    if let Some(engine) = config.str("engine") {
        if config.str("sql_mode").is_some() && engine != "mysql" {
            let detail = format!("`sql_mode` is for MySQL clusters; this one's engine is `{engine}`.");
            push(Path::of("sql_mode"), "Unsupported argument", detail);
        }
        if config.str("eviction_policy").is_some() && !is_cache(engine) {
            let detail = format!("`eviction_policy` is for Valkey clusters; this one's engine is `{engine}`.");
            push(Path::of("eviction_policy"), "Unsupported argument", detail);
        }
    }
    if let Some(detail) = wrong_layout(config) {
        push(Path::of("node_count"), "Invalid node count", detail);
    }
    if let Some(policy) = config.str("eviction_policy").filter(|policy| !POLICIES.contains(policy)) {
        let detail = format!("`{policy}` is not a policy; they are {}.", POLICIES.join(", "));
        push(Path::of("eviction_policy"), "Invalid eviction policy", detail);
    }
    if let Some(size) = config.str("storage_size_mib").filter(|size| size.parse::<u64>().is_err()) {
        let detail = format!("`{size}` is not a whole number of MiB.");
        push(Path::of("storage_size_mib"), "Invalid storage size", detail);
    }
    if let Some(window) = only_block(config, "maintenance_window") {
        let path = || Path::of("maintenance_window").index(0);
        if let Some(day) = window.str("day").filter(|day| !WEEK.contains(&&*day.to_lowercase())) {
            let detail = format!("`{day}` is not a day of the week; they are {}.", WEEK.join(", "));
            push(path().attr("day"), "Invalid maintenance window", detail);
        }
        if let Some(hour) = window.str("hour").filter(|hour| !is_hour(hour)) {
            let detail = format!("`{hour}` is not a time of day. Write it as in \"04:00\".");
            push(path().attr("hour"), "Invalid maintenance window", detail);
        }
    }
    if let Some(autoscale) = only_block(config, "storage_autoscale") {
        let path = || Path::of("storage_autoscale").index(0);
        if let Some(percent) = autoscale.int("threshold_percent").filter(|percent| !(15..=95).contains(percent)) {
            let detail = format!("The threshold must be between 15 and 95 percent, not {percent}.");
            push(path().attr("threshold_percent"), "Invalid autoscaling", detail);
        }
        if let Some(step) = autoscale.int("increment_gib").filter(|step| *step < 10) {
            let detail = format!("Storage grows by at least 10 GiB at a time, not by {step}.");
            push(path().attr("increment_gib"), "Invalid autoscaling", detail);
        }
    }
    problems
}

/// What is wrong with the number of nodes, as far as it hangs on engine and size.
fn wrong_layout(config: &Object) -> Option<String> {
    let count = config.int("node_count")?;
    let most = match config.str("engine") {
        Some(engine) if is_cache(engine) => 2,
        Some("pg" | "mysql") => 3,
        _ => i64::MAX,
    };
    let is_small = config.str("size").is_some_and(|size| size.to_lowercase().ends_with("-1gb"));
    match count {
        ..=0 => Some("A cluster has at least one node.".to_owned()),
        _ if count > most => Some(format!("A cluster of this engine has at most {most} nodes, not {count}.")),
        2.. if is_small => {
            Some("Nodes of 1 GB stand alone: a cluster with standby nodes has a larger size.".to_owned())
        }
        _ => None,
    }
}

/// `4:00`, `04:00` or `04:00:00`.
fn is_hour(text: &str) -> bool {
    let mut parts = text.split(':').map(|part| part.parse::<u8>().ok().filter(|_| part.len() <= 2));
    let has_hour = matches!(parts.next(), Some(Some(..24)));
    has_hour && parts.clone().count() <= 2 && parts.all(|part| part.is_some_and(|part| part < 60))
}
