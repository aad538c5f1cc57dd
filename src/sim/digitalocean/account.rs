//! The account behind a token: one user in one team.

use serde_json::json;

use crate::sim::call::Call;
use crate::sim::draw::digest;
use crate::sim::draw::uuid_of;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// Far above what tests build, and still a number a client can compare with.
const DROPLET_LIMIT: u64 = 100_000;

/// `GET /v2/account`.
pub(super) fn get(call: &Call<'_>) -> Result<Reply, Refusal> {
    let account = json!({
        "droplet_limit": DROPLET_LIMIT,
        "floating_ip_limit": 1000,
        "reserved_ip_limit": 1000,
        "volume_limit": 1000,
        "email": format!("{}@example.com", call.team),
        "name": call.team,
        "uuid": identity(call, "user"),
        "email_verified": true,
        "status": "active",
        "status_message": "",
        "team": { "uuid": identity(call, "team"), "name": call.team },
    });
    Ok(Reply::ok("account", &account))
}

/// `GET /v1/oauth/token/info`, which the vendor's own command-line client asks and no reference tells of.
pub(super) fn token(call: &Call<'_>) -> Reply {
    let scopes = call.scopes().unwrap_or_else(|| vec!["read", "write"]);
    let about = json!({
        "resource_owner_id": number(call),
        "scopes": scopes,
        "expires_in_seconds": null,
        "application": { "uid": null },
        "created_at": call.now.as_second(),
    });
    Reply::body(http::StatusCode::OK, &about)
}

/// The team's number.
pub(super) fn number(call: &Call<'_>) -> u64 {
    let bytes = digest([call.world.id().as_bytes(), b"number/", call.team.as_bytes()]);
    1_000_000 + u64::from(u16::from_be_bytes([bytes[0], bytes[1]]))
}

/// The same for ever, different in each world: what belongs to a team is told apart by it.
pub(super) fn identity(call: &Call<'_>, what: &str) -> String {
    uuid_of(digest([call.world.id().as_bytes(), what.as_bytes(), b"/", call.team.as_bytes()]))
}
