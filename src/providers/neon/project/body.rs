//! A project as bodies have it.

use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;

use super::super::switch;
use super::super::values::compact;
use super::super::values::differs;
use super::super::values::number_body;
use super::super::values::only_block;
use super::schema::QUOTAS;
use super::schema::SCHEMA;
use super::schema::SWITCHES;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

/// What a project is made with.
pub(super) fn create(planned: &Object, org: Option<&str>) -> Json {
    let branch = only_block(planned, "branch").map(|branch| {
        json!({
            "name": branch.str("name"),
            "role_name": branch.str("role_name"),
            "database_name": branch.str("database_name"),
        })
    });
    let settings = settings(planned, &|name| planned.get(name).is_some_and(|value| !value.is_null()));
    json!({"project": compact(json!({
        "name": planned.str("name"),
        "org_id": planned.str("org_id").or(org),
        "region_id": planned.str("region_id"),
        "pg_version": planned.int("pg_version"),
        "provisioner": planned.str("compute_provisioner"),
        "store_passwords": switch::of(planned, "store_password"),
        "history_retention_seconds": planned.int("history_retention_seconds"),
        "default_endpoint_settings": defaults(planned),
        "settings": settings,
        "branch": branch.map(compact).filter(|branch| branch.as_object().is_some_and(|keys| !keys.is_empty())),
    }))})
}

/// What is changed of the project itself; `None` when nothing is.
pub(super) fn update(prior: &Object, planned: &Object) -> Option<Json> {
    let changes = |name: &str| differs(&SCHEMA, prior, planned, name);
    let mut body = Map::new();
    let mut put = |key: &str, value: Option<Json>| {
        body.extend(value.filter(|value| !value.is_null()).map(|value| (key.to_owned(), compact(value))));
    };
    if changes("name") {
        put("name", planned.str("name").map(Json::from));
    }
    if changes("history_retention_seconds") {
        put("history_retention_seconds", planned.int("history_retention_seconds").map(Json::from));
    }
    if changes("default_endpoint_settings") {
        put("default_endpoint_settings", defaults(planned));
    }
    put("settings", settings(planned, &changes));
    (!body.is_empty()).then(|| json!({"project": body}))
}

fn defaults(planned: &Object) -> Option<Json> {
    let defaults = only_block(planned, "default_endpoint_settings")?;
    let body = compact(json!({
        "autoscaling_limit_min_cu": number_body(defaults, "autoscaling_limit_min_cu"),
        "autoscaling_limit_max_cu": number_body(defaults, "autoscaling_limit_max_cu"),
        "suspend_timeout_seconds": defaults.int("suspend_timeout_seconds"),
    }));
    body.as_object().is_some_and(|keys| !keys.is_empty()).then_some(body)
}

/// Those settings that are to be sent; `None` when none is.
fn settings(planned: &Object, sends: &dyn Fn(&str) -> bool) -> Option<Json> {
    let mut body = Map::new();
    for (name, key) in SWITCHES.iter().filter(|(name, _)| sends(name)) {
        body.extend(switch::of(planned, name).map(|is_on| ((*key).to_owned(), is_on.into())));
    }
    if sends("allowed_ips") || sends("allowed_ips_protected_branches_only") {
        // Both in one: the vendor takes what is left out for empty.
        let ips: Vec<_> = planned.strings("allowed_ips").unwrap_or_default().iter().map(ToString::to_string).collect();
        let only = switch::of(planned, "allowed_ips_protected_branches_only");
        let is_known = planned.get("allowed_ips").is_some_and(Value::is_known);
        if is_known && (!ips.is_empty() || sends("allowed_ips") || only.is_some()) {
            body.insert("allowed_ips".to_owned(), compact(json!({"ips": ips, "protected_branches_only": only})));
        }
    }
    if sends("audit_log_level") {
        body.extend(planned.str("audit_log_level").map(|level| ("audit_log_level".to_owned(), level.into())));
    }
    if let Some(window) = only_block(planned, "maintenance_window").filter(|_| sends("maintenance_window")) {
        let days = window.get("weekdays").and_then(Value::as_elements).unwrap_or_default();
        let window = json!({
            "weekdays": days.iter().filter_map(Value::as_i64).collect::<Vec<_>>(),
            "start_time": window.str("start_time"),
            "end_time": window.str("end_time"),
        });
        body.insert("maintenance_window".to_owned(), window);
    }
    if let Some(quota) = only_block(planned, "quota").filter(|_| sends("quota")) {
        let figures = QUOTAS.iter().filter_map(|name| Some(((*name).to_owned(), quota.int(name)?.into())));
        body.insert("quota".to_owned(), Json::Object(figures.collect()));
    }
    (!body.is_empty()).then_some(Json::Object(body))
}
