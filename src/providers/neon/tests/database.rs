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

const DATABASE: &str = "neon_database";

fn config() -> Json {
    json!({"project_id": "p-1", "branch_id": "br-1", "name": "shop", "owner_name": "app"})
}

fn existing(changes: Json) -> Json {
    let mut database =
        json!({"id": "7", "project_id": "p-1", "branch_id": "br-1", "name": "shop", "owner_name": "app"});
    database.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    database
}

#[tokio::test]
async fn a_database_is_made_and_known_by_its_number() {
    let lab = lab(DATABASE, "create");
    assert_has(&lab.make(config()).await.unwrap(), existing(json!({})));
    assert_eq!(lab.ear.records()[0].0.as_ref().unwrap().id(), "7");
}

#[tokio::test]
async fn a_database_that_came_with_its_branch_is_taken_over_and_given_its_owner() {
    let lab = lab(DATABASE, "adopt");
    assert_has(&lab.make(config()).await.unwrap(), existing(json!({})));
    assert_eq!(lab.cx.private(), adopted("7"));
    let taken = super::lab(DATABASE, "taken").make(config()).await.unwrap_err();
    assert!(matches!(&taken, ProviderError::Taken { id: Some(id), .. } if id == "p-1/br-1/shop"), "{taken:?}");
    let kept = noted(DATABASE, "nothing", adopted("7"));
    kept.delete(&kept.existing(existing(json!({})))).await.unwrap();
}

#[tokio::test]
async fn a_name_and_an_owner_change_in_place_also_when_the_first_answer_is_lost() {
    let wanted = json!({"project_id": "p-1", "branch_id": "br-1", "name": "store", "owner_name": "boss"});
    for scene in ["update", "update lost"] {
        let lab = lab(DATABASE, scene);
        let prior = lab.existing(existing(json!({})));
        let made = lab.update(&prior, wanted.clone()).await.unwrap();
        assert_has(&made, existing(json!({"name": "store", "owner_name": "boss"})));
    }
    let lab = lab(DATABASE, "update gone");
    let gone = lab.update(&lab.existing(existing(json!({}))), wanted).await.unwrap_err();
    assert!(matches!(gone, ProviderError::Refused { code: Some(404), .. }), "{gone:?}");
}

#[tokio::test]
async fn a_database_that_was_renamed_is_the_same_one() {
    let lab = lab(DATABASE, "read");
    let (renamed, gone) = (lab.existing(existing(json!({}))), lab.existing(existing(json!({"id": "9", "name": "x"}))));
    let reads = lab.read_across(&[(DATABASE, &renamed), (DATABASE, &gone)]).await;
    assert_has(present(&reads[0]), existing(json!({"name": "other"})));
    assert!(matches!(reads[1], Ok(Read::Absent)), "{:?}", reads[1]);
}

#[tokio::test]
async fn a_lost_database_is_found_unless_it_was_there_before() {
    assert!(lab(DATABASE, "create lost").make(config()).await.unwrap_err().is_ambiguous());
    let found = lab(DATABASE, "find").find_noted(config(), json!(["1"]), Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(database) if database.id() == "7"), "{found:?}");
    let found = lab(DATABASE, "find old").find_noted(config(), json!(["1", "7"]), Json::Null).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
}

#[tokio::test]
async fn databases_are_imported_by_project_branch_and_name_and_deleted() {
    let imported = lab(DATABASE, "find old").import("p-1/br-1/shop").await.unwrap().unwrap();
    assert_has(&imported, existing(json!({})));
    let lab = lab(DATABASE, "delete");
    lab.delete(&imported).await.unwrap();
}
