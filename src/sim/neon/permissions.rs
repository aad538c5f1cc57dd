//! Who else may use a project.

use http::Method;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::neon::body;
use crate::sim::neon::body::Body;
use crate::sim::neon::projects::Project;
use crate::sim::neon::refuse;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;

/// A permission to use one project.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Permission {
    id: String,
    project: String,
    email: String,
    granted_at: Timestamp,
}

impl Stored for Permission {
    const KIND: &'static str = "neon_permission";

    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Permission {
    fn show(&self) -> Value {
        json!({ "id": self.id, "granted_to_email": self.email, "granted_at": stamp(self.granted_at) })
    }
}

/// Everything under `/projects/{id}/permissions`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, project: &Project, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => {
            let shown: Vec<Value> = of(call, &project.id).map(Permission::show).collect();
            Ok(Reply::body(StatusCode::OK, &json!({ "project_permissions": shown })))
        }
        ("POST", []) => grant(call, project),
        ("DELETE", [id]) => revoke(call, project, id),
        (_, [] | [_]) => Err(refuse::wrong_method()),
        _ => Err(refuse::no_page()),
    }
}

/// The permissions to use a project, in the order in which they were given.
pub(super) fn of<'a>(call: &'a Call<'_>, project: &str) -> impl Iterator<Item = &'a Permission> {
    call.list::<Permission>().filter(move |permission| permission.project == project)
}

fn grant(call: &mut Call<'_>, project: &Project) -> Result<Reply, Refusal> {
    let document = body::read(call, false)?;
    let asked = Body::of(&document)?;
    let email = asked.sized("email", 1..=256)?.ok_or_else(|| asked.missing("email"))?;
    let is_address = email.split_once('@').is_some_and(|(who, at)| !who.is_empty() && at.contains('.'));
    if !is_address || email.contains(char::is_whitespace) {
        return Err(asked.wrong("email", "string doesn't match the format \"email\""));
    }
    if of(call, &project.id).any(|permission| permission.email.eq_ignore_ascii_case(email)) {
        return Err(refuse::taken("", "the project is already shared with this user"));
    }
    let (id, project, email) = (call.world.uuid(), project.id.clone(), email.to_owned());
    let permission = Permission { id, project, email, granted_at: call.now };
    call.put(permission.clone());
    Ok(Reply::body(StatusCode::OK, &permission.show()))
}

fn revoke(call: &mut Call<'_>, project: &Project, id: &str) -> Result<Reply, Refusal> {
    let found = of(call, &project.id).find(|permission| permission.id == id);
    let permission = found.ok_or_else(|| refuse::absent("permission not found"))?.clone();
    call.remove::<Permission>(id);
    let mut shown = permission.show();
    shown["revoked_at"] = json!(stamp(call.now));
    Ok(Reply::body(StatusCode::OK, &shown))
}
