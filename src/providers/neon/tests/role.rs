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

const ROLE: &str = "neon_role";

fn config() -> Json {
    json!({"project_id": "p-1", "branch_id": "br-1", "name": "app"})
}

fn existing(changes: Json) -> Json {
    let mut role = json!({
        "id": "p-1/br-1/app", "project_id": "p-1", "branch_id": "br-1", "name": "app", "no_login": false,
        "password": "known", "protected": false,
    });
    role.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    role
}

#[tokio::test]
async fn a_role_comes_with_its_password_which_is_safe_before_anything_is_waited_for() {
    let lab = lab(ROLE, "create");
    let made = lab.make(config()).await.unwrap();
    assert_has(&made, json!({"id": "p-1/br-1/app", "password": "Onf1AjayKwe0", "no_login": false}));
    assert_eq!(lab.ear.records()[0].0.as_ref().unwrap().str("password"), Some("Onf1AjayKwe0"));
    assert!(lab.ty.schema().root().attributes()["password"].is_sensitive());
    let mut without = config();
    without["no_login"] = true.into();
    let made = super::lab(ROLE, "create without login").make(without).await.unwrap();
    assert_has(&made, json!({"no_login": true, "password": null}));
}

#[tokio::test]
async fn a_role_that_came_with_its_branch_is_taken_over_and_any_other_is_not() {
    let lab = lab(ROLE, "adopt");
    let made = lab.make(config()).await.unwrap();
    assert_has(&made, json!({"id": "p-1/br-1/app", "password": "revealed"}));
    assert_eq!(lab.cx.private(), adopted("app"));
    assert!(lab.ty.keeps(&made, &lab.cx.private()).is_some());
    let taken = super::lab(ROLE, "taken").make(config()).await.unwrap_err();
    assert!(matches!(&taken, ProviderError::Taken { id: Some(id), .. } if id == "p-1/br-1/app"), "{taken:?}");
    let kept = noted(ROLE, "nothing", adopted("app"));
    kept.delete(&kept.existing(existing(json!({})))).await.unwrap();
}

#[tokio::test]
async fn a_password_that_cannot_be_seen_is_not_forgotten() {
    let many = lab(ROLE, "read");
    let [a, b, gone] = ["app", "b/c", "gone"]
        .map(|name| many.existing(existing(json!({"id": format!("p-1/br-1/{name}"), "name": name}))));
    let reads = many.read_across(&[(ROLE, &a), (ROLE, &b), (ROLE, &gone)]).await;
    assert_eq!(present(&reads[0]), &a, "the project keeps no passwords");
    assert_eq!(present(&reads[1]).str("password"), Some("other"));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
}

#[tokio::test]
async fn replacing_a_role_is_warned_of() {
    let lab = lab(ROLE, "nothing");
    let prior = lab.existing(existing(json!({})));
    let mut other = config();
    assert!(lab.plan(Some(&prior), other.clone()).warnings.is_empty());
    other["name"] = "other".into();
    let warnings = lab.plan(Some(&prior), other).warnings;
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].detail.contains("disconnected"), "{warnings:?}");
    let long = lab.ty.validate(&lab.config(json!({"project_id": "p", "branch_id": "b", "name": "ä".repeat(32)})));
    assert_eq!(long.len(), 1, "64 bytes");
}

#[tokio::test]
async fn a_lost_role_is_found_unless_it_was_there_before() {
    assert!(lab(ROLE, "create lost").make(config()).await.unwrap_err().is_ambiguous());
    let found = lab(ROLE, "find").find_noted(config(), json!(["neondb_owner"]), Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(role) if role.str("password") == Some("revealed")), "{found:?}");
    let found = lab(ROLE, "nothing").find_noted(config(), json!(["app"]), Json::Null).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
    let found = lab(ROLE, "find").find_noted(config(), json!(["app"]), adopted("app")).await.unwrap();
    assert!(matches!(found, Found::One(_)), "{found:?}");
}

#[tokio::test]
async fn roles_are_imported_by_project_branch_and_name_and_deleted_once() {
    let imported = lab(ROLE, "import").import("p-1/br-1/app").await.unwrap().unwrap();
    assert_has(&imported, existing(json!({"password": "revealed"})));
    let bad = lab(ROLE, "nothing");
    assert!(bad.ty.import(&bad.client, &bad.cx, "p-1/app").await.is_err());
    let lab = lab(ROLE, "delete");
    lab.delete(&lab.existing(existing(json!({})))).await.unwrap();
}
