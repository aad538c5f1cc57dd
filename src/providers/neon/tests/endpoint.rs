use serde_json::Value as Json;
use serde_json::json;

use super::adopted;
use super::lab;
use super::noted;
use crate::provider::Found;
use crate::provider::ProviderError;
use crate::providers::lab::assert_has;
use crate::providers::lab::present;
use crate::schema::ObjectExt;

const ENDPOINT: &str = "neon_endpoint";

fn config() -> Json {
    json!({
        "project_id": "p-1", "branch_id": "br-2", "type": "read_only", "autoscaling_limit_min_cu": 0.25,
        "autoscaling_limit_max_cu": 2, "suspend_timeout_seconds": 0, "pg_settings": {"max_connections": "200"},
    })
}

fn existing(changes: Json) -> Json {
    let mut endpoint = config();
    let more = json!({
        "id": "ep-b-2", "region_id": "aws-eu-central-1", "disabled": false, "compute_provisioner": "k8s-neonvm",
        "host": "ep-b-2.eu-central-1.aws.neon.tech", "host_pooler": "ep-b-2-pooler.eu-central-1.aws.neon.tech",
        "proxy_host": "eu-central-1.aws.neon.tech",
    });
    endpoint.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    endpoint.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    endpoint
}

#[tokio::test]
async fn a_replica_is_made_with_its_size() {
    let lab = lab(ENDPOINT, "create");
    // The vendor writes its default of 300 seconds out.
    assert_has(&lab.make(config()).await.unwrap(), existing(json!({})));
    assert_eq!(lab.ear.records()[0].0.as_ref().unwrap().id(), "ep-b-2");
}

#[tokio::test]
async fn the_compute_of_the_default_branch_is_taken_over_and_that_of_another_is_not() {
    let writes = json!({"project_id": "p-1", "branch_id": "br-1", "autoscaling_limit_max_cu": 4});
    let lab = lab(ENDPOINT, "adopt");
    let made = lab.make(writes).await.unwrap();
    assert_has(&made, json!({"id": "ep-a-1", "type": "read_write", "autoscaling_limit_max_cu": 4}));
    assert_eq!(lab.cx.private(), adopted("ep-a-1"));
    let other = json!({"project_id": "p-1", "branch_id": "br-2"});
    let taken = super::lab(ENDPOINT, "taken").make(other).await.unwrap_err();
    assert!(matches!(&taken, ProviderError::Taken { id: Some(id), .. } if id == "p-1/ep-w-3"), "{taken:?}");
    let kept = noted(ENDPOINT, "nothing", adopted("ep-a-1"));
    kept.delete(&kept.existing(existing(json!({})))).await.unwrap();
}

#[tokio::test]
async fn a_size_changes_in_place_and_settings_are_taken_away_by_an_empty_list() {
    let lab = lab(ENDPOINT, "update");
    let prior = lab.existing(existing(json!({})));
    let wanted = json!({
        "project_id": "p-1", "branch_id": "br-2", "type": "read_only", "autoscaling_limit_min_cu": 1,
        "autoscaling_limit_max_cu": 2, "suspend_timeout_seconds": 300, "disabled": true, "name": "replica",
    });
    let made = lab.update(&prior, wanted).await.unwrap();
    let changes = json!({"autoscaling_limit_min_cu": 1, "disabled": true, "name": "replica", "pg_settings": null});
    assert_has(&made, existing(changes));
}

#[tokio::test]
async fn that_a_compute_sleeps_is_no_drift() {
    let lab = lab(ENDPOINT, "read");
    let prior = lab.existing(existing(json!({})));
    let reads = lab.read_across(&[(ENDPOINT, &prior)]).await;
    assert_eq!(present(&reads[0]), &prior);
}

#[tokio::test]
async fn a_lost_compute_is_the_new_one_of_its_branch_and_type() {
    let found = lab(ENDPOINT, "find").find_noted(config(), json!(["ep-w-3"]), Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(endpoint) if endpoint.id() == "ep-b-2"), "{found:?}");
    let found = lab(ENDPOINT, "find none").find_noted(config(), json!(["ep-w-3", "ep-b-2"]), Json::Null).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
}

#[tokio::test]
async fn computes_are_imported_by_project_and_id_and_deleted_to_the_end() {
    let imported = lab(ENDPOINT, "read").import("p-1/ep-b-2").await.unwrap().unwrap();
    assert_has(&imported, existing(json!({"suspend_timeout_seconds": 300})));
    let lab = lab(ENDPOINT, "delete");
    lab.delete(&imported).await.unwrap();
}

#[test]
fn sizes_that_cannot_be_are_said_at_once() {
    let lab = lab(ENDPOINT, "nothing");
    let config = json!({
        "project_id": "p", "branch_id": "b", "type": "write_only", "autoscaling_limit_min_cu": 4,
        "autoscaling_limit_max_cu": 0.1, "suspend_timeout_seconds": 999999, "compute_provisioner": "abacus",
    });
    let problems = lab.ty.validate(&lab.config(config));
    let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
    assert_eq!(
        paths,
        [
            "autoscaling_limit_max_cu",
            "autoscaling_limit_max_cu",
            "suspend_timeout_seconds",
            "compute_provisioner",
            "type"
        ]
    );
}
