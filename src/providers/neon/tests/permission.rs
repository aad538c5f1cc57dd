use serde_json::Value as Json;
use serde_json::json;

use super::lab;
use crate::provider::Found;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::providers::lab::assert_has;
use crate::providers::lab::present;
use crate::schema::ObjectExt;

const PERMISSION: &str = "neon_project_permission";

fn config() -> Json {
    json!({"project_id": "p-1", "grantee": "Me@acme.test"})
}

fn existing(id: &str) -> Json {
    json!({"id": format!("p-1/{id}"), "project_id": "p-1", "grantee": "Me@acme.test"})
}

fn permission(scene: &str) -> crate::providers::lab::Lab {
    lab(PERMISSION, scene)
}

#[tokio::test]
async fn a_permission_is_given_and_found_again_whatever_the_case_of_its_address() {
    assert_has(&permission("create").make(config()).await.unwrap(), existing("x-1"));
    assert!(permission("create lost").make(config()).await.unwrap_err().is_ambiguous());
    let taken = permission("list").make(config()).await.unwrap_err();
    assert!(matches!(&taken, ProviderError::Taken { id: Some(id), .. } if id == "p-1/x-1"), "{taken:?}");
    let found = permission("list").find_noted(config(), Json::Null, Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(it) if it.id() == "p-1/x-1"), "{found:?}");
    let found = permission("none").find_noted(config(), Json::Null, Json::Null).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
}

#[tokio::test]
async fn a_permission_that_was_taken_back_is_gone() {
    let lab = permission("list");
    let (here, revoked) = (lab.existing(existing("x-1")), lab.existing(existing("x-2")));
    let reads = lab.read_across(&[(PERMISSION, &here), (PERMISSION, &revoked)]).await;
    assert_eq!(present(&reads[0]), &here);
    assert!(matches!(reads[1], Ok(Read::Absent)), "{:?}", reads[1]);
}

#[tokio::test]
async fn permissions_are_imported_by_project_and_id_and_taken_back() {
    let imported = permission("list").import("p-1/x-1").await.unwrap().unwrap();
    assert_has(&imported, json!({"id": "p-1/x-1", "project_id": "p-1", "grantee": "me@acme.test"}));
    permission("delete").delete(&imported).await.unwrap();
    let bad =
        permission("delete").ty.validate(&permission("delete").config(json!({"project_id": "p", "grantee": "me"})));
    assert_eq!(bad.len(), 1);
}
