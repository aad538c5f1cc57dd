//! Branches, computes, roles, databases and permissions as the API tells them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Number;

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Branch {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) parent_id: Option<String>,
    pub(super) parent_lsn: Option<String>,
    pub(super) parent_timestamp: Option<String>,
    pub(super) init_source: Option<String>,
    pub(super) expires_at: Option<String>,
    pub(super) created_at: String,
    pub(super) current_state: String,
    pub(super) logical_size: Option<i64>,
    #[serde(default)]
    pub(super) default: bool,
    #[serde(default)]
    pub(super) protected: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Endpoint {
    pub(super) id: String,
    pub(super) branch_id: String,
    pub(super) host: String,
    pub(super) proxy_host: Option<String>,
    pub(super) name: Option<String>,
    pub(super) region_id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) autoscaling_limit_min_cu: Option<Number>,
    pub(super) autoscaling_limit_max_cu: Option<Number>,
    pub(super) suspend_timeout_seconds: Option<i64>,
    pub(super) provisioner: Option<String>,
    pub(super) settings: Option<EndpointSettings>,
    #[serde(default)]
    pub(super) disabled: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct EndpointSettings {
    pub(super) pg_settings: Option<BTreeMap<String, String>>,
}

/// Cannot be printed: it may hold a password.
#[derive(Clone, Deserialize)]
pub(super) struct Role {
    pub(super) name: String,
    pub(super) password: Option<String>,
    pub(super) protected: Option<bool>,
    pub(super) authentication_method: Option<String>,
    pub(super) created_at: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Database {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) owner_name: String,
    pub(super) created_at: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Permission {
    pub(super) id: String,
    pub(super) granted_to_email: String,
    pub(super) granted_at: String,
    pub(super) revoked_at: Option<String>,
}

/// The compute type that a branch has at most one of.
pub(super) const READ_WRITE: &str = "read_write";

impl Branch {
    /// Whether it can be used.
    pub(super) fn is_up(&self) -> bool {
        matches!(&*self.current_state, "ready" | "archived")
    }
}

impl Role {
    /// Whether nobody can log in as it: then it has no password.
    pub(super) fn is_without_login(&self) -> bool {
        self.authentication_method.as_deref() == Some("no_login")
    }
}
