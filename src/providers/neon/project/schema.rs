//! The attributes of a project, and what is wrong with configured ones.

use std::sync::LazyLock;

use super::super::endpoint;
use super::super::switch;
use super::super::values::only_block;
use crate::provider::Problem;
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

/// The figures of a quota.
pub(super) const QUOTAS: [&str; 5] =
    ["active_time_seconds", "compute_time_seconds", "written_data_bytes", "data_transfer_bytes", "logical_size_bytes"];
/// The switches among the settings, by the keys that bodies have for them.
pub(super) const SWITCHES: [(&str, &str); 4] = [
    ("enable_logical_replication", "enable_logical_replication"),
    ("hipaa", "hipaa"),
    ("block_public_connections", "block_public_connections"),
    ("block_vpc_connections", "block_vpc_connections"),
];
/// Switches that cannot be turned off again.
pub(super) const ONE_WAY: [&str; 2] = ["enable_logical_replication", "hipaa"];
const MONTH: i64 = 2_592_000;

pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let branch = NestedBlock::list([
        ("id", string().computed()),
        ("name", string().optional_computed()),
        ("database_name", string().optional_computed()),
        // A role cannot be renamed, and what it owns cannot be without it.
        ("role_name", string().optional_computed().replaces()),
    ]);
    let defaults = NestedBlock::list([
        ("id", string().computed()),
        ("autoscaling_limit_min_cu", number().optional_computed()),
        ("autoscaling_limit_max_cu", number().optional_computed()),
        ("suspend_timeout_seconds", endpoint::suspend_timeout()),
    ]);
    let window = NestedBlock::list([
        ("weekdays", list(Type::NUMBER).required().equality(Equality::AnyOrder).describe("1 is Monday, 7 Sunday.")),
        ("start_time", string().required().describe("As 01:00, in UTC.")),
        ("end_time", string().required().describe("As 02:00, in UTC.")),
    ]);
    let secret = string().computed().sensitive();
    Schema::new([
        ("id", string().computed()),
        ("name", string().optional_computed()),
        ("org_id", string().optional_computed().replaces()),
        ("region_id", string().optional_computed().replaces()),
        ("pg_version", number().optional_computed().replaces()),
        ("store_password", switch::attribute().replaces()),
        ("compute_provisioner", string().optional_computed().replaces()),
        ("history_retention_seconds", number().optional_computed()),
        ("allowed_ips", list(Type::STRING).equality(Equality::AnyOrder)),
        ("allowed_ips_protected_branches_only", switch::attribute()),
        ("block_public_connections", switch::attribute()),
        ("block_vpc_connections", switch::attribute()),
        ("enable_logical_replication", switch::attribute()),
        ("hipaa", switch::attribute()),
        ("audit_log_level", string().optional_computed()),
        ("default_branch_protected", boolean().optional_computed()),
        ("default_branch_id", string().computed()),
        ("default_endpoint_id", string().computed()),
        ("database_host", string().computed()),
        ("database_host_pooler", string().computed()),
        ("database_name", string().computed()),
        ("database_user", string().computed()),
        ("database_password", secret.clone()),
        ("connection_uri", secret.clone()),
        ("connection_uri_pooler", secret),
    ])
    .block("branch", branch.max(1).computed())
    .block("default_endpoint_settings", defaults.max(1).computed())
    .block("maintenance_window", window.max(1).computed())
    .block("quota", NestedBlock::list(QUOTAS.map(|name| (name, number().optional_computed()))).max(1).computed())
});

/// What the vendor would refuse.
pub(super) fn problems(config: &Object) -> Vec<Problem> {
    let switches = ["store_password", "allowed_ips_protected_branches_only"];
    let names: Vec<_> = SWITCHES.iter().map(|(name, _)| *name).chain(switches).collect();
    let mut problems = switch::problems(config, &names);
    problems.extend(endpoint::provisioner_problem(config));
    if let Some(defaults) = only_block(config, "default_endpoint_settings") {
        problems.extend(endpoint::size_problems(defaults, &Path::of("default_endpoint_settings").index(0)));
    }
    let mut push = |path: Path, summary: &str, detail: String| {
        problems.push(Problem { path, summary: summary.to_owned(), detail });
    };
    if let Some(version) = config.int("pg_version").filter(|version| !(14..=18).contains(version)) {
        let detail = format!("Neon has PostgreSQL 14 to 18, not {version}.");
        push(Path::of("pg_version"), "Invalid version", detail);
    }
    if let Some(seconds) = config.int("history_retention_seconds").filter(|seconds| !(0..=MONTH).contains(seconds)) {
        let detail = format!("The history is kept for 0 to {MONTH} seconds (30 days), not for {seconds}.");
        push(Path::of("history_retention_seconds"), "Invalid history retention", detail);
    }
    if let Some(name) = config.str("name").filter(|name| !(1..=256).contains(&name.chars().count())) {
        let detail = format!("The name of a project has 1 to 256 characters, and this one {}.", name.chars().count());
        push(Path::of("name"), "Invalid name", detail);
    }
    let levels = ["base", "extended", "full"];
    if let Some(level) = config.str("audit_log_level").filter(|level| !levels.contains(level)) {
        let detail = format!("`{level}` is not one of {}.", levels.join(", "));
        push(Path::of("audit_log_level"), "Invalid audit log level", detail);
    }
    if let Some(quota) = only_block(config, "quota") {
        for name in QUOTAS {
            if let Some(figure) = quota.int(name).filter(|figure| *figure < 0) {
                let detail = format!("A quota is not negative, as {figure} is; 0 is no limit.");
                push(Path::of("quota").index(0).attr(name), "Invalid quota", detail);
            }
        }
    }
    if let Some(window) = only_block(config, "maintenance_window") {
        let path = || Path::of("maintenance_window").index(0);
        let days = window.get("weekdays").and_then(Value::as_elements).unwrap_or_default();
        if let Some(day) = days.iter().filter_map(Value::as_i64).find(|day| !(1..=7).contains(day)) {
            let detail = format!("A weekday is a number from 1, Monday, to 7, Sunday, not {day}.");
            push(path().attr("weekdays"), "Invalid maintenance window", detail);
        }
        for name in ["start_time", "end_time"] {
            if let Some(time) = window.str(name).filter(|time| !is_time(time)) {
                let detail = format!("`{time}` is not a time. Write it as in \"07:00\", in UTC.");
                push(path().attr(name), "Invalid maintenance window", detail);
            }
        }
    }
    problems
}

fn is_time(text: &str) -> bool {
    let digits = |text: &str, end| text.len() == 2 && text.parse::<u8>().is_ok_and(|number| number < end);
    text.split_once(':').is_some_and(|(hour, minute)| digits(hour, 24) && digits(minute, 60))
}
