//! Projects as the API shows them: with everything when alone, with less in a list.

use http::StatusCode;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::neon::key;
use crate::sim::neon::key::Key;
use crate::sim::neon::page;
use crate::sim::neon::plan;
use crate::sim::neon::projects::Project;
use crate::sim::neon::regions;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// A month's worth, at the start of which counters of what was used begin anew.
const PERIOD: i64 = 30 * 86_400;

/// A counter of what was used since that moment: it is another one whenever it is looked at.
pub(in crate::sim::neon) fn used(call: &Call<'_>, since: Timestamp) -> i64 {
    call.now.duration_since(since).as_secs().max(0)
}

/// What a list shows of a project.
fn essence(call: &Call<'_>, project: &Project) -> Value {
    let used = used(call, project.created_at);
    let mut shown = json!({
        "id": project.id,
        "platform_id": "aws",
        "region_id": project.region,
        "name": project.name,
        "provisioner": project.defaults.provisioner,
        "default_endpoint_settings": project.defaults.show_defaults(),
        "settings": project.settings.show(),
        "pg_version": project.pg_version,
        "proxy_host": regions::proxy_host(&project.region),
        "branch_logical_size_limit": 512,
        "branch_logical_size_limit_bytes": 512 << 20,
        "store_passwords": project.stores_passwords,
        "active_time": used,
        "cpu_used_sec": used / 4,
        "creation_source": "console",
        "created_at": stamp(project.created_at),
        "updated_at": stamp(project.updated_at),
        "synthetic_storage_size": 31_000_000 + used,
        "owner_id": project.org.clone().unwrap_or_else(|| key::user(call)),
        "history_retention_seconds": project.history,
    });
    if let Some(org) = &project.org {
        shown["org_id"] = json!(org);
    }
    shown
}

/// A project alone.
pub(super) fn project(call: &Call<'_>, project: &Project) -> Value {
    let mut shown = essence(call, project);
    let plan = plan::of(&call.team);
    let now = call.now.as_second();
    let begun = call.now - SignedDuration::from_secs(now.rem_euclid(PERIOD));
    let used = used(call, project.created_at);
    let used = json!({
        "data_storage_bytes_hour": used * 9000,
        "data_transfer_bytes": used * 10,
        "written_data_bytes": used * 100,
        "compute_time_seconds": used / 4,
        "active_time_seconds": used,
        "consumption_period_start": stamp(begun),
        "consumption_period_end": stamp(begun + SignedDuration::from_secs(PERIOD)),
        "owner": {
            "email": key::email(call), "name": call.team, "branches_limit": plan.branches,
            "subscription_type": plan.subscription,
        },
    });
    if let (Value::Object(shown), Value::Object(used)) = (&mut shown, used) {
        shown.remove("active_time");
        shown.extend(used);
    }
    shown
}

/// `GET /projects`.
pub(super) fn list(call: &Call<'_>, key: &Key) -> Result<Reply, Refusal> {
    let org = key.scope(call, call.query("org_id"))?;
    if let Some(timeout) = call.query("timeout") {
        page::whole("timeout", timeout, 100..=30_000)?;
    }
    let (is_recoverable, search) = (page::flag(call, "recoverable")?, call.query("search").unwrap_or_default());
    let all = call.list::<Project>().filter(|project| project.org == org && key.check(call, project).is_ok());
    let all = all.filter(|project| match project.deleted_at {
        None => !is_recoverable,
        Some(_) => is_recoverable && project.recoverable_until(call).is_some(),
    });
    let all = all.filter(|project| project.name.contains(search) || project.id.contains(search));
    let rank = |project: &Project| (format!("{:030}", project.created_at.as_nanosecond()), project.id.clone());
    let page = page::page(call, all.map(|project| (rank(project), project)).collect(), true, 10, 1..=400)?;
    let shown = page.rows.iter().map(|project| {
        let mut shown = essence(call, project);
        if let (Some(deleted_at), Some(until)) = (project.deleted_at, project.recoverable_until(call)) {
            shown["deleted_at"] = json!(stamp(deleted_at));
            shown["recoverable_until"] = json!(stamp(until));
        }
        shown
    });
    let mut document = json!({ "projects": shown.collect::<Vec<_>>(), "applications": {}, "integrations": {} });
    // Every page that holds anything has a cursor, the last one as well: the page after it is empty.
    if let Some(cursor) = page.cursor {
        document["pagination"] = json!({ "cursor": cursor });
    }
    Ok(Reply::body(StatusCode::OK, &document))
}
