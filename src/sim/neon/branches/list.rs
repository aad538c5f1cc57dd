//! Lists of branches: sorted, searched, counted, with what can be had back if that is asked for.

use http::StatusCode;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::neon::branches::Branch;
use crate::sim::neon::branches::of;
use crate::sim::neon::branches::show;
use crate::sim::neon::page;
use crate::sim::neon::projects::Project;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// `GET /projects/{id}/branches`.
pub(super) fn list(call: &Call<'_>, project: &Project) -> Result<Reply, Refusal> {
    let by = page::word(call, "sort_by", &["updated_at", "name", "created_at"])?;
    let order = page::word(call, "sort_order", &["desc", "asc"])?;
    let with_deleted = page::flag(call, "include_deleted")?;
    let search = call.query("search").unwrap_or_default();
    let all = call.list::<Branch>().filter(|branch| branch.project == project.id);
    let all = all.filter(|branch| branch.is_live(call.now) || with_deleted && branch.recoverable_until(call).is_some());
    let all = all.filter(|branch| branch.name.contains(search) || branch.id.contains(search));
    let rank = |branch: &Branch| {
        let key = match by {
            "name" => branch.name.clone(),
            "created_at" => format!("{:030}", branch.created_at.as_nanosecond()),
            _ => format!("{:030}", branch.updated_at.as_nanosecond()),
        };
        (key, branch.id.clone())
    };
    let rows = all.map(|branch| (rank(branch), branch)).collect();
    let page = page::page(call, rows, order == "desc", 10_000, 1..=10_000)?;
    let annotated = page.rows.iter().filter(|branch| branch.annotation.as_object().is_some_and(|map| !map.is_empty()));
    let annotations: Map<String, Value> = annotated
        .map(|branch| {
            let object = json!({ "type": "console/branch", "id": branch.id });
            let (created_at, updated_at) = (stamp(branch.created_at), stamp(branch.updated_at));
            let annotation = json!({
                "object": object, "value": branch.annotation, "created_at": created_at, "updated_at": updated_at,
            });
            (branch.id.clone(), annotation)
        })
        .collect();
    let mut pagination = json!({ "sort_by": by, "sort_order": order });
    if let Some(cursor) = page.cursor.filter(|_| page.has_more) {
        pagination["next"] = json!(cursor);
    }
    let branches: Vec<Value> = page.rows.iter().map(|branch| show(call, project, branch)).collect();
    let document = json!({ "branches": branches, "annotations": annotations, "pagination": pagination });
    Ok(Reply::body(StatusCode::OK, &document))
}

/// `GET /projects/{id}/branches/count`.
pub(super) fn count(call: &Call<'_>, project: &Project) -> Result<Reply, Refusal> {
    let search = call.query("search").unwrap_or_default();
    let count = of(call, &project.id).filter(|branch| branch.name.contains(search)).count();
    Ok(Reply::body(StatusCode::OK, &json!({ "count": count })))
}
