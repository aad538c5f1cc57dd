use serde_json::Value as Json;
use serde_json::json;

use super::lab;
use super::noted;
use crate::provider::Found;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::providers::lab::assert_has;
use crate::providers::lab::present;
use crate::schema::ObjectExt;
use crate::value::Path;

const PROJECT: &str = "neon_project";

fn config() -> Json {
    json!({"name": "shop", "region_id": "aws-eu-central-1"})
}

/// As the vendor has it after a create of `config`.
fn existing(changes: Json) -> Json {
    let mut project = json!({
        "id": "p-1", "name": "shop", "org_id": "org-a-1", "region_id": "aws-eu-central-1", "pg_version": 17,
        "store_password": "yes", "compute_provisioner": "k8s-neonvm", "history_retention_seconds": 86400,
        "allowed_ips_protected_branches_only": "no", "block_public_connections": "no", "block_vpc_connections": "no",
        "enable_logical_replication": "no", "hipaa": "no", "default_branch_protected": false,
        "default_branch_id": "br-1", "default_endpoint_id": "ep-1", "database_name": "neondb",
        "database_host": "ep-1.eu-central-1.aws.neon.tech", "database_user": "neondb_owner", "database_password": "s3/cret",
        "database_host_pooler": "ep-1-pooler.eu-central-1.aws.neon.tech",
        "connection_uri": "postgresql://neondb_owner:s3%2Fcret@ep-1.eu-central-1.aws.neon.tech/neondb?sslmode=require",
        "connection_uri_pooler":
            "postgresql://neondb_owner:s3%2Fcret@ep-1-pooler.eu-central-1.aws.neon.tech/neondb?sslmode=require",
        "branch": [{"id": "br-1", "name": "main", "database_name": "neondb", "role_name": "neondb_owner"}],
        "maintenance_window": [{"weekdays": [3], "start_time": "01:00", "end_time": "02:00"}],
    });
    project.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    project
}

#[tokio::test]
async fn a_project_comes_with_its_branch_compute_role_and_database() {
    let lab = lab(PROJECT, "create");
    let made = lab.make(config()).await.unwrap();
    assert_has(&made, existing(json!({"allowed_ips": null, "quota": [], "default_endpoint_settings": []})));
    assert_eq!(lab.cx.private(), json!({"database": 7}));
    let noted = lab.ear.records()[0].0.clone().unwrap();
    assert_eq!((noted.id(), noted.str("database_password")), ("p-1", Some("s3/cret")));
    assert!(
        ["database_password", "connection_uri", "connection_uri_pooler"].iter().all(|name| lab
            .ty
            .schema()
            .root()
            .attributes()[*name]
            .is_sensitive())
    );
}

#[tokio::test]
async fn everything_that_can_be_set_is_sent_and_a_password_that_is_told_once_is_kept() {
    let wanted = json!({
        "name": "shop", "org_id": "org-a-1", "region_id": "aws-eu-central-1", "pg_version": 16, "store_password": "no",
        "compute_provisioner": "k8s-neonvm", "history_retention_seconds": 0, "allowed_ips": ["10.0.0.0/8"],
        "allowed_ips_protected_branches_only": "true", "block_public_connections": "no", "hipaa": "yes",
        "enable_logical_replication": "yes", "default_branch_protected": true, "audit_log_level": "full",
        "branch": [{"name": "prod", "role_name": "boss", "database_name": "shop"}],
        "default_endpoint_settings": [{"autoscaling_limit_min_cu": 0.5, "autoscaling_limit_max_cu": 2}],
        "maintenance_window": [{"weekdays": [7, 6], "start_time": "07:00", "end_time": "08:00"}],
        "quota": [{"active_time_seconds": 3600, "logical_size_bytes": 0}],
    });
    let made = lab(PROJECT, "create whole").make(wanted).await.unwrap();
    assert_has(
        &made,
        json!({
            "default_branch_protected": true, "allowed_ips_protected_branches_only": "true", "database_user": "boss",
            "database_password": "once", "database_host_pooler": "ep-1-pool.eu-central-1.aws.neon.tech",
            "connection_uri_pooler": "postgresql://boss:once@ep-1-pool.eu-central-1.aws.neon.tech/shop?sslmode=require",
            "branch": [{"id": "br-1", "name": "prod", "role_name": "boss", "database_name": "shop"}],
            "default_endpoint_settings": [{
                "id": "ep-1", "autoscaling_limit_min_cu": 0.5, "autoscaling_limit_max_cu": 2,
                "suspend_timeout_seconds": null,
            }],
            "maintenance_window": [{"weekdays": [7, 6], "start_time": "07:00", "end_time": "08:00"}],
            "quota": [{
                "active_time_seconds": 3600, "compute_time_seconds": null, "written_data_bytes": null,
                "data_transfer_bytes": null, "logical_size_bytes": 0,
            }],
        }),
    );
}

#[tokio::test]
async fn names_settings_and_protection_change_in_place() {
    let lab = noted(PROJECT, "update", json!({"database": 7}));
    let prior = lab.existing(existing(json!({})));
    let wanted = json!({
        "name": "store", "history_retention_seconds": 3600, "allowed_ips": ["1.2.3.4"], "block_vpc_connections": "yes",
        "default_branch_protected": true, "branch": [{"name": "prod", "database_name": "store"}],
        "quota": [{"compute_time_seconds": 60}],
    });
    let planned = lab.plan(Some(&prior), wanted.clone());
    assert!(!planned.object.get("connection_uri").unwrap().is_known(), "another name is another address");
    let made = lab.update(&prior, wanted).await.unwrap();
    assert_has(
        &made,
        json!({
            "name": "store", "database_name": "store", "default_branch_protected": true, "block_vpc_connections": "yes",
            "connection_uri": "postgresql://neondb_owner:s3%2Fcret@ep-1.eu-central-1.aws.neon.tech/store?sslmode=require",
            "branch": [{"id": "br-1", "name": "prod", "database_name": "store", "role_name": "neondb_owner"}],
        }),
    );
}

#[tokio::test]
async fn addresses_are_taken_off_the_list_by_leaving_them_out() {
    let lab = noted(PROJECT, "update open", json!({"database": 7}));
    let prior = lab.existing(existing(json!({"allowed_ips": ["1.2.3.4"]})));
    let made = lab.update(&prior, config()).await.unwrap();
    assert_has(&made, json!({"allowed_ips": null}));
}

#[test]
fn what_cannot_be_turned_off_again_stays_on_and_is_said() {
    let lab = lab(PROJECT, "nothing");
    let prior = lab.existing(existing(json!({"enable_logical_replication": "yes"})));
    let planned = lab.plan(Some(&prior), json!({"enable_logical_replication": "no"}));
    assert_eq!(planned.object, prior);
    assert_eq!(planned.warnings[0].path, Path::of("enable_logical_replication"));
}

#[tokio::test]
async fn what_is_used_and_what_runs_is_no_drift_and_children_are_read_with_their_project() {
    let lab = noted(PROJECT, "read", json!({"database": 7}));
    let prior = lab.existing(existing(json!({})));
    let role = super::lab("neon_role", "nothing").existing(json!({
        "id": "p-1/br-1/neondb_owner", "project_id": "p-1", "branch_id": "br-1", "name": "neondb_owner",
        "password": "s3/cret", "protected": false, "no_login": false,
    }));
    let reads = lab.read_across(&[(PROJECT, &prior), ("neon_role", &role)]).await;
    assert_eq!(present(&reads[0]), &prior);
    assert_eq!(present(&reads[1]), &role);
    let reads = super::lab(PROJECT, "read gone").read_across(&[(PROJECT, &prior)]).await;
    assert!(matches!(reads[0], Ok(Read::Absent)), "{reads:?}");
}

#[tokio::test]
async fn another_default_branch_is_seen_and_the_projects_own_branch_stays_its_own() {
    let lab = noted(PROJECT, "read moved", json!({"database": 7}));
    let prior = lab.existing(existing(json!({})));
    let reads = lab.read_across(&[(PROJECT, &prior)]).await;
    assert_has(
        present(&reads[0]),
        json!({
            "default_branch_id": "br-2", "default_endpoint_id": "ep-2", "database_name": "neondb",
            "branch": [{"id": "br-1", "name": "main", "database_name": "neondb", "role_name": "neondb_owner"}],
        }),
    );
}

#[tokio::test]
async fn a_database_that_was_removed_is_not_mistaken_for_another() {
    let lab = noted(PROJECT, "read without database", json!({"database": 7}));
    let prior = lab.existing(existing(json!({})));
    let reads = lab.read_across(&[(PROJECT, &prior)]).await;
    assert_has(
        present(&reads[0]),
        json!({
            "database_name": null, "connection_uri": null,
            "branch": [{"id": "br-1", "name": "main", "database_name": null, "role_name": "neondb_owner"}],
        }),
    );
}

#[tokio::test]
async fn a_project_that_is_protected_is_never_taken_for_deleted() {
    let lab = lab(PROJECT, "delete protected");
    let project = lab.existing(existing(json!({})));
    let refused = lab.delete(&project).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Refused { code: Some(422), .. }), "{refused:?}");
    assert!(refused.to_string().contains("default_branch_protected"), "{refused}");
    super::lab(PROJECT, "delete").delete(&project).await.unwrap();
}

#[tokio::test]
async fn a_lost_project_is_the_new_one_of_its_name() {
    let lost = lab(PROJECT, "create lost").make(config()).await.unwrap_err();
    assert!(lost.is_ambiguous(), "{lost:?}");
    let lab = lab(PROJECT, "find");
    let found = lab.find_noted(config(), json!(["p-old"]), Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(project) if project.id() == "p-1"), "{found:?}");
    assert_eq!(lab.cx.private(), json!({"database": 7}));
    let found = super::lab(PROJECT, "find none").find_noted(config(), json!(["p-old"]), Json::Null).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
}

#[tokio::test]
async fn a_project_is_imported_by_its_id() {
    let lab = lab(PROJECT, "import");
    let imported = lab.import("p-1").await.unwrap().unwrap();
    assert_has(&imported, existing(json!({"allowed_ips": null})));
    assert_eq!(lab.ty.serial_key(&imported).as_deref(), Some("neon_project/p-1"));
}

#[test]
fn what_the_vendor_would_refuse_is_said_at_once() {
    let lab = lab(PROJECT, "nothing");
    let config = json!({
        "name": "", "pg_version": 12, "history_retention_seconds": -1, "hipaa": "perhaps", "audit_log_level": "loud",
        "default_endpoint_settings": [{"autoscaling_limit_min_cu": 0}], "quota": [{"written_data_bytes": -1}],
        "maintenance_window": [{"weekdays": [0], "start_time": "24:00", "end_time": "1:00"}],
    });
    let problems = lab.ty.validate(&lab.config(config));
    let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
    assert_eq!(
        paths,
        [
            "hipaa",
            "default_endpoint_settings[0].autoscaling_limit_min_cu",
            "pg_version",
            "history_retention_seconds",
            "name",
            "audit_log_level",
            "quota[0].written_data_bytes",
            "maintenance_window[0].weekdays",
            "maintenance_window[0].start_time",
            "maintenance_window[0].end_time",
        ]
    );
}
