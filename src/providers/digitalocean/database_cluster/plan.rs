//! What a change of a database cluster brings with it, decided without asking the vendor.

use super::super::database_trust::configured;
use super::super::values::differs;
use super::super::values::only_block;
use super::super::values::unchanged;
use super::super::values::unsettled;
use super::schema::SCHEMA;
use super::schema::is_cache;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

/// What no change in place alters.
const FIXED: [&str; 5] = ["id", "urn", "user", "password", "database"];
/// Where the cluster is reached: another region means other addresses.
const ADDRESSES: [&str; 5] = ["host", "private_host", "uri", "private_uri", "port"];
const DASHBOARD: [&str; 6] = ["ui_host", "ui_port", "ui_uri", "ui_database", "ui_user", "ui_password"];

pub(super) fn plan(prior: Option<&Object>, proposed: Object) -> Planned {
    let warnings = warnings(prior, &proposed);
    let object = match prior {
        None if proposed.str("engine").is_some_and(|engine| engine != "opensearch") => {
            // Only OpenSearch has a dashboard.
            let absent = |name: &&str| Value::Null(SCHEMA.root().attributes()[*name].ty);
            proposed.with(DASHBOARD.iter().map(|name| ((*name).into(), absent(name))).collect::<Vec<_>>())
        }
        None => proposed,
        Some(prior) => change(prior, proposed),
    };
    Planned { object, replace: Vec::new(), warnings }
}

/// What the user should know of what is going to happen.
fn warnings(prior: Option<&Object>, proposed: &Object) -> Vec<Problem> {
    let has_rules = |object: &Object| !configured(object).is_empty();
    let (path, summary, detail) = match prior {
        None if proposed.str("engine") == Some("redis") => (
            Path::of("engine"),
            "Redis is no longer offered",
            "The vendor makes no new Redis clusters since 2025. Write `engine = \"valkey\"`, which does the same.",
        ),
        Some(prior) if has_rules(prior) && !has_rules(proposed) => (
            Path::root(),
            "Database may be open to everyone",
            "The trusted sources of this cluster go. Unless a firewall names others, it then takes connections from \
             everywhere, whoever has its password.",
        ),
        _ => return Vec::new(),
    };
    vec![Problem { path, summary: summary.to_owned(), detail: detail.to_owned() }]
}

fn change(prior: &Object, proposed: Object) -> Object {
    let moves = differs(&SCHEMA, prior, &proposed, "region");
    let grows = differs(&SCHEMA, prior, &proposed, "size") || differs(&SCHEMA, prior, &proposed, "node_count");
    let mut object = unchanged(&proposed, prior, &FIXED);
    object = unchanged(&object, prior, &DASHBOARD);
    if is_older(prior, &object) {
        // The vendor upgrades caches by itself, and there is no way back.
        object = unchanged(&object, prior, &["version"]);
    }
    object = if moves {
        let object = unsettled(&SCHEMA, &object, &ADDRESSES);
        // A network is of one region: unless the user names another, the vendor picks one.
        match differs(&SCHEMA, prior, &object, "private_network_uuid") {
            true => object,
            false => object.set("private_network_uuid", Value::unknown_not_null(Type::STRING)),
        }
    } else {
        unchanged(&object, prior, &ADDRESSES)
    };
    if has_grown(prior, &object) {
        // It grew by itself, as it was told to, and does not shrink.
        object = unchanged(&object, prior, &["storage_size_mib"]);
    }
    let keeps_storage = !differs(&SCHEMA, prior, &object, "storage_size_mib");
    if grows && keeps_storage {
        // A larger plan comes with more storage.
        object = object.set("storage_size_mib", Value::unknown(Type::STRING));
    }
    if prior.get("metrics_endpoints").is_some_and(Value::is_null) {
        return promoted(&object);
    }
    if moves || grows {
        object.set("metrics_endpoints", Value::unknown(Type::list(Type::STRING)))
    } else {
        unchanged(&object, prior, &["metrics_endpoints"])
    }
}

/// What no change in place brings about: storage only grows, unless another size comes with less.
pub(super) fn refuses(prior: &Object, planned: &Object) -> Vec<Problem> {
    let storage = |object: &Object| object.str("storage_size_mib")?.parse::<u64>().ok();
    let (Some(is), Some(wanted)) = (storage(prior), storage(planned)) else { return Vec::new() };
    if wanted >= is || differs(&SCHEMA, prior, planned, "size") {
        return Vec::new();
    }
    let detail = format!(
        "The cluster has {is} MiB of storage and cannot have {wanted}: storage only grows. Write at least {is}, or leave \
         `storage_size_mib` out."
    );
    vec![Problem { path: Path::of("storage_size_mib"), summary: "Storage cannot shrink".to_owned(), detail }]
}

/// What was a replica until now gets, with its promotion, what only clusters have.
fn promoted(object: &Object) -> Object {
    let attributes = SCHEMA.root().attributes().iter().filter(|(_, attribute)| attribute.is_computed());
    let absent = attributes.filter(|(name, _)| object.get(name).is_some_and(Value::is_null));
    object.with(absent.map(|(name, attribute)| (name.clone(), Value::unknown(attribute.ty))).collect::<Vec<_>>())
}

/// Whether the configured version of a cache lies behind the one that runs.
fn is_older(prior: &Object, proposed: &Object) -> bool {
    let number = |object: &Object| object.str("version")?.split('.').next()?.parse::<u32>().ok();
    proposed.str("engine").is_some_and(is_cache) && number(proposed) < number(prior)
}

/// Whether a cluster that grows by itself has more storage than is configured.
fn has_grown(prior: &Object, proposed: &Object) -> bool {
    let storage = |object: &Object| object.str("storage_size_mib")?.parse::<u64>().ok();
    let grows = only_block(proposed, "storage_autoscale").and_then(|autoscale| autoscale.bool("enabled"));
    grows == Some(true) && storage(proposed).is_some() && storage(proposed) < storage(prior)
}
