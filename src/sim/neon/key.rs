//! Who calls: which account a key belongs to, and what kind of key it is.
//!
//! | key | what it is |
//! |---|---|
//! | `sim_NAME` | a personal key of an account that has no organization |
//! | `sim_NAME.member` | a personal key of a member of the account's organization |
//! | `sim_NAME.org` | a key of the organization itself |
//! | `sim_NAME.project.ID` | a key of the organization, for one project alone |
//! | any other | a personal key of the account `default` |

use http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::draw::digest;
use crate::sim::draw::uuid_of;
use crate::sim::neon::body::is_id;
use crate::sim::neon::ids;
use crate::sim::neon::plan;
use crate::sim::neon::plan::Plan;
use crate::sim::neon::projects::Project;
use crate::sim::neon::refuse;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// The key of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// The account, whose part of the world the request is about.
    pub(super) account: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Personal,
    Member,
    Organization,
    Project(String),
}

/// What an account without a name of its own is called.
const DEFAULT: &str = "default";

impl Key {
    /// Reads a token.
    pub(super) fn of(token: &str) -> Key {
        let name = token.strip_prefix("sim_").filter(|name| !name.is_empty()).unwrap_or(DEFAULT);
        let (account, kind) = name.split_once('.').unwrap_or((name, ""));
        let kind = match kind.split_once('.') {
            Some(("project", id)) => Kind::Project(id.to_owned()),
            _ if kind == "member" => Kind::Member,
            _ if kind == "org" => Kind::Organization,
            _ => Kind::Personal,
        };
        Key { account: account.to_owned(), kind }
    }

    /// What the account's plan has.
    pub(super) fn plan(&self) -> &'static Plan {
        plan::of(&self.account)
    }

    /// 404 for what an organization's key may not ask.
    pub(super) fn refuse_organization(&self) -> Result<(), Refusal> {
        match self.kind {
            Kind::Personal | Kind::Member => Ok(()),
            Kind::Organization | Kind::Project(_) => Err(refuse::absent("not allowed for organization API keys")),
        }
    }

    /// 404 for what a key of one project may not do.
    pub(super) fn refuse_project(&self) -> Result<(), Refusal> {
        match self.kind {
            Kind::Project(_) => Err(outside()),
            Kind::Personal | Kind::Member | Kind::Organization => Ok(()),
        }
    }

    /// Whether a project can be seen with it.
    pub(super) fn check(&self, call: &Call<'_>, project: &Project) -> Result<(), Refusal> {
        match &self.kind {
            Kind::Personal | Kind::Member => Ok(()),
            Kind::Organization if project.org == Some(organization(call)) => Ok(()),
            Kind::Organization => Err(refuse::absent("project not found")),
            Kind::Project(id) if *id == project.id => Ok(()),
            Kind::Project(_) => Err(outside()),
        }
    }

    /// The organization in which projects are listed and made: the one that is named, or the key's own.
    pub(super) fn scope(&self, call: &Call<'_>, named: Option<&str>) -> Result<Option<String>, Refusal> {
        let own = organization(call);
        if named.is_some_and(|id| !id.is_empty() && !is_id(id)) {
            return Err(refuse::bad("org_id: string doesn't match ^[a-z0-9-]{1,60}$"));
        }
        match (&self.kind, named.filter(|id| !id.is_empty())) {
            (Kind::Member, None) => {
                Err(refuse::bad("org_id is required, you can find it on your organization settings page"))
            }
            (Kind::Personal, None) => Ok(None),
            // Configurations name organizations of the real world; as any token has an account, so has any of these.
            (Kind::Personal | Kind::Member, Some(id)) if id.starts_with("org-") => Ok(Some(id.to_owned())),
            (Kind::Organization | Kind::Project(_), None) => Ok(Some(own)),
            (Kind::Organization | Kind::Project(_), Some(id)) if id == own => Ok(Some(own)),
            (_, Some(_)) => Err(refuse::absent("organization not found")),
        }
    }
}

fn outside() -> Refusal {
    refuse::absent("not allowed to perform actions outside the project this key is scoped to")
}

/// The id of the account's organization.
pub(super) fn organization(call: &Call<'_>) -> String {
    ids::of(identity(call, "organization"), "org-")
}

/// The id of the account's user.
pub(super) fn user(call: &Call<'_>) -> String {
    uuid_of(identity(call, "user"))
}

/// The address of the account's user.
pub(super) fn email(call: &Call<'_>) -> String {
    format!("{}@example.com", call.team)
}

/// The same for ever, different in each world: what belongs to an account is told apart by it.
fn identity(call: &Call<'_>, what: &str) -> [u8; 32] {
    digest([call.world.id().as_bytes(), b"neon ", what.as_bytes(), b"/", call.team.as_bytes()])
}

/// `GET /users/me`.
pub(super) fn me(call: &Call<'_>, key: &Key) -> Result<Reply, Refusal> {
    key.refuse_organization()?;
    let (plan, email) = (key.plan(), email(call));
    let limit = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let user = json!({
        "active_seconds_limit": 0,
        "auth_accounts": [{ "email": email, "image": "", "login": key.account, "name": key.account, "provider": "github" }],
        "email": email,
        "id": user(call),
        "image": "",
        "login": key.account,
        "name": key.account,
        "last_name": "",
        "projects_limit": limit(plan.projects),
        "branches_limit": limit(plan.branches),
        "max_autoscaling_limit": plan.autoscaling_cu,
        "plan": plan.name,
    });
    Ok(Reply::body(StatusCode::OK, &user))
}

/// `GET /users/me/organizations`.
pub(super) fn organizations(call: &Call<'_>, key: &Key) -> Result<Reply, Refusal> {
    let since = stamp(Timestamp::UNIX_EPOCH);
    let organization = json!({
        "id": organization(call),
        "name": key.account,
        "handle": format!("{}-{}", key.account, organization(call)),
        "plan": key.plan().name,
        "created_at": since,
        "managed_by": "console",
        "updated_at": since,
        "allow_hipaa_projects": false,
        "require_mfa": false,
    });
    let organizations: Vec<Value> = if key.kind == Kind::Personal { vec![] } else { vec![organization] };
    Ok(Reply::body(StatusCode::OK, &json!({ "organizations": organizations })))
}

/// `GET /auth`.
pub(super) fn details(call: &Call<'_>, key: &Key) -> Result<Reply, Refusal> {
    let (account, method) = match key.kind {
        Kind::Personal | Kind::Member => (user(call), "api_key_user"),
        Kind::Organization | Kind::Project(_) => (organization(call), "api_key_org"),
    };
    Ok(Reply::body(StatusCode::OK, &json!({ "account_id": account, "auth_method": method })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_whose_it_is() {
        let key = |account: &str, kind| Key { account: account.to_owned(), kind };
        let table = [
            ("napi_whatever", key("default", Kind::Personal)),
            ("sim_", key("default", Kind::Personal)),
            ("sim_blue", key("blue", Kind::Personal)),
            ("sim_blue.member", key("blue", Kind::Member)),
            ("sim_blue.org", key("blue", Kind::Organization)),
            ("sim_blue.project.cold-dew-12345678", key("blue", Kind::Project("cold-dew-12345678".to_owned()))),
            ("sim_blue.other", key("blue", Kind::Personal)),
        ];
        for (token, expected) in table {
            assert_eq!(Key::of(token), expected, "{token}");
        }
    }
}
