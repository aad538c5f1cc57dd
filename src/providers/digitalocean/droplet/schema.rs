//! The attributes of a droplet, and what is wrong with configured ones.

use std::sync::LazyLock;

use regex::Regex;
use sha1::Digest;
use sha1::Sha1;

use super::super::region;
use super::super::tagging;
use super::super::timeouts;
use super::super::values::only_block;
use crate::provider::Problem;
use crate::schema::Equality;
use crate::schema::NestedBlock;
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
    let private = string().optional_computed().replaces();
    Schema::new([
        ("id", string().computed()),
        ("name", string().required()),
        // A slug, or the number of an image or snapshot. The slug moves on to newer images; see `Note::image`.
        ("image", string().required().replaces()),
        ("size", string().required().equality(Equality::IgnoreCase)),
        ("region", string().optional_computed().replaces().equality(Equality::Semantic(same_region))),
        ("vpc_uuid", private),
        ("ssh_keys", set(Type::STRING).replaces().boot_only()),
        ("user_data", string().sealed().replaces().boot_only().equality(Equality::Semantic(same_user_data))),
        ("droplet_agent", boolean().replaces().boot_only()),
        ("gpu_partition_mode", string().replaces().boot_only()),
        ("monitoring", boolean().default(false).replaces()),
        ("public_networking", boolean().optional_computed().replaces()),
        ("private_networking", boolean().optional_computed().deprecated("Use `vpc_uuid`.")),
        ("ipv6", boolean().default(false)),
        ("ipv6_address", string().optional_computed().equality(Equality::IgnoreCase)),
        ("backups", boolean().default(false)),
        ("tags", tagging::attribute()),
        ("volume_ids", set(Type::STRING).optional_computed()),
        ("resize_disk", boolean().default(true).input()),
        ("graceful_shutdown", boolean().default(false).input()),
        ("created_at", string().computed()),
        ("disk", number().computed()),
        ("ipv4_address", string().computed()),
        ("ipv4_address_private", string().computed()),
        ("locked", boolean().computed()),
        ("memory", number().computed()),
        ("price_hourly", number().computed()),
        ("price_monthly", number().computed()),
        ("status", string().computed().watched().describe("`active`, or `off` when somebody has switched it off.")),
        ("urn", string().computed()),
        ("vcpus", number().computed()),
    ])
    .block("backup_policy", NestedBlock::list([("plan", string()), ("weekday", string()), ("hour", number())]).max(1))
    .block("timeouts", timeouts::block(&["create", "update", "delete"]))
});

static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[a-zA-Z0-9]?[a-z0-9A-Z.\-]*[a-z0-9A-Z]$").expect("the pattern is valid"));

/// Regions without regard to case; one without its number, as `nyc`, means any of that place.
fn same_region(a: &Value, b: &Value) -> bool {
    let (Some(a), Some(b)) = (a.as_str().map(str::to_lowercase), b.as_str().map(str::to_lowercase)) else {
        return false;
    };
    region::is_of(&a, &b) || region::is_of(&b, &a)
}

/// User data itself or its digest: states that come from Terraform hold the SHA-1.
fn same_user_data(a: &Value, b: &Value) -> bool {
    let (Some(a), Some(b)) = (a.as_str(), b.as_str()) else {
        return false;
    };
    let digest = |text: &str| hex::encode(Sha1::digest(text.as_bytes()));
    a == b || digest(a) == b || digest(b) == a
}

/// What the vendor would refuse.
pub(super) fn problems(config: &Object) -> Vec<Problem> {
    let mut problems = tagging::problems(config);
    problems.extend(timeouts::problems(config));
    let mut push = |path: Path, summary: &str, detail: String| {
        problems.push(Problem { path, summary: summary.to_owned(), detail });
    };
    if let Some(name) = config.str("name").filter(|name| name.len() > 255 || !NAME.is_match(name)) {
        let detail = "Droplet names have at most 255 letters, digits, dots and dashes, and end in a letter or digit.";
        push(Path::of("name"), "Invalid droplet name", format!("`{name}` cannot be a droplet's name. {detail}"));
    }
    if config.str("user_data").is_some_and(|text| text.len() > 64 * 1024) {
        let detail = "User data may have at most 64 KiB. Let it fetch the rest.".to_owned();
        push(Path::of("user_data"), "User data too long", detail);
    }
    let is_null = |name: &str| config.get(name).is_none_or(Value::is_null);
    if config.bool("public_networking") == Some(false) && config.bool("ipv6") == Some(true) {
        let detail = "A droplet without public networking cannot have IPv6.".to_owned();
        push(Path::of("ipv6"), "Conflicting arguments", detail);
    }
    if let Some(policy) = only_block(config, "backup_policy") {
        let path = || Path::of("backup_policy").index(0);
        if is_null("backups") || config.bool("backups") == Some(false) {
            let detail = "A backup policy can only be set when `backups` is true.".to_owned();
            push(path(), "Missing required argument", detail);
        }
        let plan = policy.str("plan");
        if let Some(plan) = plan.filter(|plan| !["daily", "weekly"].contains(plan)) {
            let detail = format!("`{plan}` is not a backup plan; there are \"daily\" and \"weekly\".");
            push(path().attr("plan"), "Invalid backup policy", detail);
        }
        let days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
        if let Some(day) = policy.str("weekday").filter(|day| !days.contains(day)) {
            let detail = format!("`{day}` is not a weekday; they are {}.", days.join(", "));
            push(path().attr("weekday"), "Invalid backup policy", detail);
        }
        if let Some(hour) = policy.int("hour").filter(|hour| !(0..=20).contains(hour) || hour % 4 != 0) {
            let detail = format!("Backups cannot begin at hour {hour}, only at 0, 4, 8, 12, 16 and 20.");
            push(path().attr("hour"), "Invalid backup policy", detail);
        }
    }
    problems
}
