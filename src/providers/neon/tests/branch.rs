use serde_json::Value as Json;
use serde_json::json;

use super::adopted;
use super::lab;
use super::noted;
use crate::provider::Found;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::providers::lab::assert_has;
use crate::providers::lab::present;
use crate::schema::ObjectExt;

const BRANCH: &str = "neon_branch";

fn config() -> Json {
    json!({"project_id": "p-1", "name": "dev"})
}

fn existing(changes: Json) -> Json {
    let mut branch = json!({
        "id": "br-dev-2", "project_id": "p-1", "name": "dev", "parent_id": "br-main-1", "parent_lsn": "0/1",
        "parent_timestamp": 1790000000, "protected": "no", "default": false, "init_source": "parent-data",
    });
    branch.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    branch
}

#[tokio::test]
async fn a_branch_is_ready_when_its_operations_are_over() {
    let lab = lab(BRANCH, "create");
    let made = lab.make(config()).await.unwrap();
    assert_has(
        &made,
        json!({
            "id": "br-dev-2", "parent_id": "br-main-1", "parent_lsn": "0/1E88", "parent_timestamp": 1790000000,
            "protected": "no", "default": false, "expires_at": null,
        }),
    );
    // The id is safe before anything is waited for.
    let records = lab.ear.records();
    assert_eq!(records[0].0.as_ref().unwrap().id(), "br-dev-2");
    assert!(lab.ear.heard().iter().any(|said| said.contains("create_timeline: running")), "{:?}", lab.ear.heard());
}

#[tokio::test]
async fn an_operation_that_fails_is_an_error() {
    let failed = lab(BRANCH, "create failed").make(config()).await.unwrap_err();
    assert!(matches!(&failed, ProviderError::Failed { message, .. } if message.contains("out of luck")), "{failed:?}");
}

#[tokio::test]
async fn an_operation_is_not_waited_for_without_end() {
    let lab = lab(BRANCH, "create without end");
    let planned = lab.plan(None, config()).object;
    lab.ty.before_create(&lab.client, &lab.cx, &planned).await.unwrap();
    let late = lab.ty.create(&lab.client, &lab.cx, &planned).await.unwrap_err();
    assert!(matches!(&late, ProviderError::TimedOut { .. }), "{late:?}");
    assert_eq!(late.to_string().lines().next().unwrap().split(':').next(), Some("creating the branch dev"));
}

#[tokio::test]
async fn the_default_branch_is_taken_over_and_any_other_of_the_name_is_not() {
    let lab = lab(BRANCH, "adopt");
    let made = lab.make(json!({"project_id": "p-1", "name": "main", "protected": "yes"})).await.unwrap();
    assert_has(&made, json!({"id": "br-main-1", "default": true, "protected": "yes", "parent_id": null}));
    assert_eq!(lab.cx.private(), adopted("br-main-1"));
    assert!(lab.ty.keeps(&made, &lab.cx.private()).is_some());
    assert_eq!(lab.ty.keeps(&made, &Json::Null), None);
    let taken = super::lab(BRANCH, "taken").make(config()).await.unwrap_err();
    let id = |error: &ProviderError| match error {
        ProviderError::Taken { id, .. } => id.clone(),
        _ => None,
    };
    assert_eq!(id(&taken).as_deref(), Some("p-1/br-dev-2"), "{taken:?}");
    let elsewhere = json!({"project_id": "p-1", "name": "main", "parent_id": "br-dev-2"});
    let taken = super::lab(BRANCH, "taken").make(elsewhere).await.unwrap_err();
    assert_eq!(id(&taken).as_deref(), Some("p-1/br-main-1"), "{taken:?}");
}

#[tokio::test]
async fn what_was_taken_over_is_never_deleted() {
    let lab = noted(BRANCH, "nothing", adopted("br-main-1"));
    lab.delete(&lab.existing(existing(json!({"id": "br-main-1", "default": true})))).await.unwrap();
}

#[tokio::test]
async fn a_name_a_protection_and_an_end_change_in_place() {
    let lab = lab(BRANCH, "update");
    let prior = lab.existing(existing(json!({"expires_at": "2030-01-01T00:00:00Z"})));
    let wanted = json!({"project_id": "p-1", "name": "test", "protected": "true", "expires_at": null});
    let made = lab.update(&prior, wanted).await.unwrap();
    assert_has(&made, json!({"name": "test", "protected": "true", "expires_at": null, "parent_lsn": "0/1"}));
    let same = json!({"project_id": "p-1", "protected": "false", "expires_at": "2030-01-01T01:00:00+01:00"});
    assert_eq!(lab.plan(Some(&prior), same).object, prior, "other spellings of the same");
}

#[tokio::test]
async fn what_runs_is_no_drift_and_absence_is_confirmed() {
    let lab = lab(BRANCH, "read");
    let (prior, gone) = (lab.existing(existing(json!({}))), lab.existing(existing(json!({"id": "br-gone-3"}))));
    let reads = lab.read_across(&[(BRANCH, &prior), (BRANCH, &gone)]).await;
    // Its size and its state went on, and it was reset to another point of its parent.
    assert_eq!(present(&reads[0]), &prior);
    assert!(matches!(reads[1], Ok(Read::Absent)), "{:?}", reads[1]);
    let reads = super::lab(BRANCH, "read without project").read_across(&[(BRANCH, &prior)]).await;
    assert!(matches!(reads[0], Ok(Read::Absent)), "{reads:?}");
    let reads = super::lab(BRANCH, "read forbidden").read_across(&[(BRANCH, &prior)]).await;
    assert!(matches!(reads[0], Ok(Read::Stale(_))), "{reads:?}");
}

#[tokio::test]
async fn a_busy_project_is_waited_for_and_a_deleted_branch_is_gone() {
    let lab = lab(BRANCH, "delete");
    lab.delete(&lab.existing(existing(json!({})))).await.unwrap();
    assert!(lab.ear.heard().iter().any(|said| said.contains("Neon is busy with it")), "{:?}", lab.ear.heard());
    let protected = super::lab(BRANCH, "delete protected");
    let refused = protected.delete(&protected.existing(existing(json!({})))).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Refused { code: Some(422), .. }), "{refused:?}");
}

#[tokio::test]
async fn a_lost_branch_is_found_by_its_name_and_only_when_it_is_new() {
    let lost = lab(BRANCH, "create lost").make(config()).await.unwrap_err();
    assert!(lost.is_ambiguous(), "{lost:?}");
    let found = lab(BRANCH, "find").find_noted(config(), json!(["br-main-1"]), Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(branch) if branch.id() == "br-dev-2"), "{found:?}");
    let before = json!(["br-main-1", "br-dev-2"]);
    let found = lab(BRANCH, "find old").find_noted(config(), before, Json::Null).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
}

#[tokio::test]
async fn a_branch_is_imported_by_its_project_and_its_id() {
    let imported = lab(BRANCH, "import").import("p-1/br-dev-2").await.unwrap().unwrap();
    assert_has(&imported, json!({"id": "br-dev-2", "project_id": "p-1", "name": "dev", "logical_size": 31}));
    let bad = lab(BRANCH, "nothing");
    assert!(bad.ty.import(&bad.client, &bad.cx, "br-dev-2").await.is_err());
    assert_eq!(bad.ty.serial_key(&imported).as_deref(), Some("neon_project/p-1"));
}

#[test]
fn what_the_vendor_would_refuse_is_said_at_once() {
    let lab = lab(BRANCH, "nothing");
    let config = json!({
        "project_id": "p", "protected": "maybe", "parent_lsn": "0/1", "parent_timestamp": 1, "expires_at": "soon",
        "init_source": "air",
    });
    let problems = lab.ty.validate(&lab.config(config));
    let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
    assert_eq!(paths, ["protected", "parent_timestamp", "expires_at", "init_source"]);
}
