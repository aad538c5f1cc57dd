//! Small settings with calls of their own: what is evicted, the SQL mode, storage that grows by itself, names.

use http::Method;
use http::StatusCode;
use serde::Deserialize;
use serde::Serialize;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::databases::need;
use crate::sim::digitalocean::databases::need_up;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::validate::Fields;
use crate::sim::validate::is_made_of;
use crate::sim::validate::missing;

/// Storage that grows by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Autoscale {
    enabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    threshold_percent: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    increment_gib: Option<i64>,
}

/// What a MySQL cluster begins with.
pub(super) const SQL_MODE: &str =
    "ANSI,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE,STRICT_ALL_TABLES";

const SQL_MODES: [&str; 20] = [
    "ALLOW_INVALID_DATES",
    "ANSI",
    "ANSI_QUOTES",
    "ERROR_FOR_DIVISION_BY_ZERO",
    "HIGH_NOT_PRECEDENCE",
    "IGNORE_SPACE",
    "NO_AUTO_VALUE_ON_ZERO",
    "NO_BACKSLASH_ESCAPES",
    "NO_DIR_IN_CREATE",
    "NO_ENGINE_SUBSTITUTION",
    "NO_UNSIGNED_SUBTRACTION",
    "NO_ZERO_DATE",
    "NO_ZERO_IN_DATE",
    "ONLY_FULL_GROUP_BY",
    "PAD_CHAR_TO_FULL_LENGTH",
    "PIPES_AS_CONCAT",
    "REAL_AS_FLOAT",
    "STRICT_ALL_TABLES",
    "STRICT_TRANS_TABLES",
    "TRADITIONAL",
];

/// `GET` and `PUT /v2/databases/{id}/eviction_policy`.
pub(super) fn eviction(call: &mut Call<'_>, method: &Method, id: &str) -> Result<Reply, Refusal> {
    let none = || Refusal::invalid("eviction policies are not supported for this engine");
    let policy = need(call, id)?.eviction_policy.clone().ok_or_else(none)?;
    match method.as_str() {
        "GET" => Ok(Reply::body(StatusCode::OK, &json!({ "eviction_policy": policy }))),
        "PUT" => {
            let cluster = need_up(call, id)?;
            let body = call.json()?;
            let policies =
                ["noeviction", "allkeys_lru", "allkeys_random", "volatile_lru", "volatile_random", "volatile_ttl"];
            let policy = Fields::of(&body, "the request body")?.need_one_of("eviction_policy", &policies)?;
            call.put(Cluster { eviction_policy: Some(policy.to_owned()), ..cluster });
            Ok(Reply::done())
        }
        _ => Err(Refusal::wrong_method()),
    }
}

/// `GET` and `PUT /v2/databases/{id}/sql_mode`.
pub(super) fn sql_mode(call: &mut Call<'_>, method: &Method, id: &str) -> Result<Reply, Refusal> {
    let none = || Refusal::invalid("SQL modes are not supported for this engine");
    let mode = need(call, id)?.sql_mode.clone().ok_or_else(none)?;
    match method.as_str() {
        "GET" => Ok(Reply::body(StatusCode::OK, &json!({ "sql_mode": mode }))),
        "PUT" => {
            let cluster = need_up(call, id)?;
            let body = call.json()?;
            let body = Fields::of(&body, "the request body")?;
            let mode = body.text("sql_mode")?.ok_or_else(|| missing("sql_mode"))?;
            check_sql_mode(mode)?;
            call.put(Cluster { sql_mode: Some(mode.to_owned()), ..cluster });
            Ok(Reply::done())
        }
        _ => Err(Refusal::wrong_method()),
    }
}

/// Refuses a list of modes with one that is none.
pub(super) fn check_sql_mode(modes: &str) -> Result<(), Refusal> {
    match modes.split(',').find(|part| !modes.is_empty() && !SQL_MODES.contains(part)) {
        Some(bad) => Err(Refusal::invalid(format!("invalid sql_mode: {bad}"))),
        None => Ok(()),
    }
}

/// `GET` and `PUT /v2/databases/{id}/autoscale`.
pub(super) fn autoscale(call: &mut Call<'_>, method: &Method, id: &str) -> Result<Reply, Refusal> {
    match method.as_str() {
        "GET" => {
            let storage = need(call, id)?.autoscale.clone();
            let off = Autoscale { enabled: false, threshold_percent: None, increment_gib: None };
            let storage = json!({ "storage": storage.unwrap_or(off) });
            // As published, and once more where the vendor's own client looks for it.
            let document = json!({ "autoscale": storage, "storage": storage["storage"] });
            Ok(Reply::body(StatusCode::OK, &document))
        }
        "PUT" => {
            let cluster = need_up(call, id)?;
            let body = call.json()?;
            let autoscale = scaling(&Fields::of(&body, "the request body")?)?.ok_or_else(|| missing("storage"))?;
            call.put(Cluster { autoscale: Some(autoscale), ..cluster });
            Ok(Reply::done())
        }
        _ => Err(Refusal::wrong_method()),
    }
}

/// How storage is to grow, as a body says it.
pub(super) fn scaling(body: &Fields<'_>) -> Result<Option<Autoscale>, Refusal> {
    body.object("storage")?.map(|storage| growth(&storage)).transpose()
}

/// How storage is to grow, as a create request says it: as published, or as the vendor's own client does.
pub(super) fn scaling_at_birth(body: &Fields<'_>) -> Result<Option<Autoscale>, Refusal> {
    match (body.object("autoscale")?, body.object("storage_autoscale")?) {
        (Some(published), _) => scaling(&published),
        (None, Some(storage)) => growth(&storage).map(Some),
        (None, None) => Ok(None),
    }
}

fn growth(storage: &Fields<'_>) -> Result<Autoscale, Refusal> {
    let enabled = storage.need_flag("enabled")?;
    // Clients that switch it off send zeroes beside.
    let number = |name: &str, low: i64, high: i64| {
        let number = storage.whole(name, if enabled { low } else { 0 }..=high)?;
        Ok::<_, Refusal>(number.filter(|number| *number != 0))
    };
    let (threshold_percent, increment_gib) = (number("threshold_percent", 15, 95)?, number("increment_gib", 10, 500)?);
    let (threshold_percent, increment_gib) = match enabled {
        true => (Some(threshold_percent.unwrap_or(80)), Some(increment_gib.unwrap_or(10))),
        false => (threshold_percent, increment_gib),
    };
    Ok(Autoscale { enabled, threshold_percent, increment_gib })
}

/// `GET` and `PUT /v2/databases/{id}/do_settings`.
pub(super) fn settings(call: &mut Call<'_>, method: &Method, id: &str) -> Result<Reply, Refusal> {
    match method.as_str() {
        "GET" => {
            let names = json!({ "service_cnames": need(call, id)?.cnames });
            Ok(Reply::body(StatusCode::OK, &json!({ "do_settings": names })))
        }
        "PUT" => {
            let cluster = need_up(call, id)?;
            let body = call.json()?;
            let body = Fields::of(&body, "the request body")?;
            body.need_object("do_settings")?;
            let cnames = cnames(&body)?;
            call.put(Cluster { cnames, ..cluster });
            Ok(Reply::done())
        }
        _ => Err(Refusal::wrong_method()),
    }
}

/// The further names of a cluster that a body gives.
pub(super) fn cnames(body: &Fields<'_>) -> Result<Vec<String>, Refusal> {
    let Some(settings) = body.object("do_settings")? else { return Ok(Vec::new()) };
    let names = settings.texts("service_cnames")?;
    let is_label = |label: &str| {
        let is_plain = is_made_of(label, 63, |c| c.is_ascii_alphanumeric() || c == '-');
        is_plain && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_name = |name: &&str| name.len() <= 253 && name.contains('.') && name.split('.').all(is_label);
    if names.len() > 16 {
        return Err(Refusal::invalid("service_cnames must hold at most 16 names"));
    }
    match names.iter().find(|name| !is_name(name)) {
        Some(bad) => Err(Refusal::invalid(format!("service_cnames: {bad} is not a valid name"))),
        None => Ok(names.into_iter().map(str::to_owned).collect()),
    }
}
