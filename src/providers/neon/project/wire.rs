//! A project as the API tells it, with what it comes with, and as an object.

use serde::Deserialize;
use serde_json::Number;

use super::super::switch;
use super::super::uri;
use super::super::values::block;
use super::super::values::int;
use super::super::values::is_set;
use super::super::values::number;
use super::super::values::only_block;
use super::super::values::text;
use super::super::wire::Branch;
use super::super::wire::Database;
use super::super::wire::Endpoint;
use super::schema::QUOTAS;
use super::schema::SCHEMA;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;

/// A project.
#[derive(Debug, Clone, Deserialize)]
pub(in super::super) struct Wire {
    pub(in super::super) id: String,
    pub(in super::super) name: String,
    pub(in super::super) region_id: String,
    pub(in super::super) org_id: Option<String>,
    pub(in super::super) pg_version: i64,
    provisioner: Option<String>,
    store_passwords: Option<bool>,
    history_retention_seconds: Option<i64>,
    default_endpoint_settings: Option<Defaults>,
    settings: Option<Settings>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Defaults {
    autoscaling_limit_min_cu: Option<Number>,
    autoscaling_limit_max_cu: Option<Number>,
    suspend_timeout_seconds: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Settings {
    quota: Option<Quota>,
    allowed_ips: Option<AllowedIps>,
    maintenance_window: Option<Window>,
    enable_logical_replication: Option<bool>,
    hipaa: Option<bool>,
    block_public_connections: Option<bool>,
    block_vpc_connections: Option<bool>,
    audit_log_level: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
struct Quota {
    active_time_seconds: Option<i64>,
    compute_time_seconds: Option<i64>,
    written_data_bytes: Option<i64>,
    data_transfer_bytes: Option<i64>,
    logical_size_bytes: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct AllowedIps {
    ips: Option<Vec<String>>,
    protected_branches_only: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
struct Window {
    weekdays: Vec<i64>,
    start_time: String,
    end_time: String,
}

/// What a project comes with.
#[derive(Clone)]
pub(in super::super) struct Children {
    /// The branch that was made with it, which the `branch` block is about.
    pub(super) home: Branch,
    /// The database that was made with it.
    pub(super) home_database: Option<Database>,
    /// The branch that is used where none is named: most often the same.
    pub(super) branch: Branch,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) database: Option<String>,
    pub(super) role: Option<String>,
    /// Absent where it cannot be seen.
    pub(super) password: Option<String>,
}

impl Wire {
    /// The project as an object; `base` is what was known or planned.
    pub(in super::super) fn object(&self, base: &Object, children: &Children) -> Object {
        let settings = self.settings.clone().unwrap_or_default();
        let ips = settings.allowed_ips.clone().unwrap_or_default();
        let is_on = |given: Option<bool>| switch::value(given.unwrap_or(false));
        let mut given = vec![
            ("id", Value::from(&*self.id)),
            ("name", Value::from(&*self.name)),
            ("org_id", text(self.org_id.as_deref())),
            ("region_id", Value::from(&*self.region_id)),
            ("pg_version", Value::from(self.pg_version)),
            ("store_password", switch::value(self.store_passwords.unwrap_or(true))),
            ("compute_provisioner", text(self.provisioner.as_deref())),
            ("history_retention_seconds", int(self.history_retention_seconds)),
            ("allowed_ips", allowed(base, ips.ips.as_deref().unwrap_or_default())),
            ("allowed_ips_protected_branches_only", is_on(ips.protected_branches_only)),
            ("block_public_connections", is_on(settings.block_public_connections)),
            ("block_vpc_connections", is_on(settings.block_vpc_connections)),
            ("enable_logical_replication", is_on(settings.enable_logical_replication)),
            ("hipaa", is_on(settings.hipaa)),
            ("audit_log_level", text(settings.audit_log_level.as_deref())),
            ("maintenance_window", window(settings.maintenance_window.as_ref())),
            ("quota", quota(base, settings.quota.unwrap_or_default())),
            ("default_endpoint_settings", self.defaults(base, children)),
        ];
        given.extend(children.attributes(base));
        SCHEMA.settle(base, given)
    }

    fn defaults(&self, base: &Object, children: &Children) -> Value {
        let known = only_block(base, "default_endpoint_settings");
        let said = self.default_endpoint_settings.clone().unwrap_or_default();
        let or_known = |name: &str, said: Value| match known.and_then(|known| known.get(name)) {
            Some(known) if said.is_null() && known.is_wholly_known() => known.clone(),
            _ => said,
        };
        let min = or_known("autoscaling_limit_min_cu", number(said.autoscaling_limit_min_cu.as_ref()));
        let max = or_known("autoscaling_limit_max_cu", number(said.autoscaling_limit_max_cu.as_ref()));
        let suspend = or_known("suspend_timeout_seconds", int(said.suspend_timeout_seconds));
        let is_said = known.is_some() || [&min, &max, &suspend].iter().any(|value| !value.is_null());
        let attributes = is_said.then(|| {
            vec![
                ("id", text(children.endpoint.as_ref().map(|endpoint| &*endpoint.id))),
                ("autoscaling_limit_min_cu", min),
                ("autoscaling_limit_max_cu", max),
                ("suspend_timeout_seconds", suspend),
            ]
        });
        block(&SCHEMA.root().blocks()["default_endpoint_settings"], attributes)
    }
}

impl Children {
    fn attributes(&self, base: &Object) -> Vec<(&'static str, Value)> {
        let endpoint = self.endpoint.as_ref();
        let host = endpoint.map(|endpoint| &*endpoint.host);
        // A pooler that the vendor named is better than one that is worked out.
        let same_host = is_set(base, "database_host") && base.str("database_host") == host;
        let pooler = match base.str("database_host_pooler").filter(|_| same_host) {
            Some(known) => Some(known.to_owned()),
            None => host.map(uri::pooler),
        };
        let (database, role) = (self.database.as_deref(), self.role.as_deref());
        let password = self.password.as_deref().or_else(|| base.str("database_password").filter(|_| role.is_some()));
        let uri = |host| uri::compose(host, role, password, database);
        let block_of = only_block(base, "branch");
        let known = |name| block_of.and_then(|block: &Object| block.str(name));
        let home = vec![
            ("id", Value::from(&*self.home.id)),
            ("name", Value::from(&*self.home.name)),
            ("database_name", text(self.home_database.as_ref().map(|database| &*database.name))),
            // Whom the project was made with does not change; whether the role is still there is seen elsewhere.
            ("role_name", text(known("role_name").or(role))),
        ];
        vec![
            ("default_branch_id", Value::from(&*self.branch.id)),
            ("default_branch_protected", Value::from(self.branch.protected)),
            ("default_endpoint_id", text(endpoint.map(|endpoint| &*endpoint.id))),
            ("database_host", text(host)),
            ("database_host_pooler", text(pooler.as_deref())),
            ("database_name", text(database)),
            ("database_user", text(role)),
            ("database_password", text(password)),
            ("connection_uri", uri(host)),
            ("connection_uri_pooler", uri(pooler.as_deref())),
            ("branch", block(&SCHEMA.root().blocks()["branch"], Some(home))),
        ]
    }
}

/// The addresses that may connect. That there are none is the same as that nothing is said.
fn allowed(base: &Object, ips: &[String]) -> Value {
    match base.get("allowed_ips") {
        Some(known) if ips.is_empty() && known.is_wholly_known() && known.is_null() => known.clone(),
        None if ips.is_empty() => Value::Null(Type::list(Type::STRING)),
        _ => Value::list(Type::STRING, ips.iter().map(|ip| Value::from(&**ip)).collect()),
    }
}

fn window(window: Option<&Window>) -> Value {
    let attributes = window.map(|window| {
        let days = window.weekdays.iter().map(|day| Value::from(*day)).collect();
        vec![
            ("weekdays", Value::list(Type::NUMBER, days)),
            ("start_time", Value::from(&*window.start_time)),
            ("end_time", Value::from(&*window.end_time)),
        ]
    });
    block(&SCHEMA.root().blocks()["maintenance_window"], attributes)
}

/// The quota. No limit is 0 or nothing, with the vendor as with us.
fn quota(base: &Object, quota: Quota) -> Value {
    let known = only_block(base, "quota");
    let said = [
        quota.active_time_seconds,
        quota.compute_time_seconds,
        quota.written_data_bytes,
        quota.data_transfer_bytes,
        quota.logical_size_bytes,
    ];
    let is_limit = |figure: &Option<i64>| figure.is_some_and(|figure| figure != 0);
    let figures = QUOTAS.iter().zip(said).map(|(name, figure)| {
        let known = known.and_then(|known| known.get(name)).filter(|known| known.is_wholly_known());
        let value = match known {
            Some(known) if !is_limit(&figure) && matches!(known.as_i64(), None | Some(0)) => known.clone(),
            _ => int(figure),
        };
        (*name, value)
    });
    let is_said = known.is_some() || said.iter().any(is_limit);
    block(&SCHEMA.root().blocks()["quota"], is_said.then(|| figures.collect()))
}
