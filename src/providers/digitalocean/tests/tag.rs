use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::provider::Read;

const TAG: &str = "digitalocean_tag";

#[tokio::test]
async fn a_tag_keeps_the_configured_spelling_and_counts() {
    let lab = lab(TAG, "create");
    let tag = lab.create(json!({"name": "Web"})).await.unwrap();
    assert_has(&tag, json!({"id": "web", "name": "Web", "total_resource_count": 3, "droplets_count": 2}));
}

#[tokio::test]
async fn many_tags_take_one_request_and_a_missing_one_is_asked_for() {
    let lab = lab(TAG, "read many");
    let priors = ["a", "b", "c"].map(|name| lab.existing(json!({"id": name, "name": name})));
    let reads = lab.read(&priors).await;
    assert_has(present(&reads[0]), json!({"name": "a", "total_resource_count": 1}));
    assert_has(present(&reads[1]), json!({"name": "b"}));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
}

#[tokio::test]
async fn a_tag_out_of_sight_is_not_gone() {
    let lab = lab(TAG, "forbidden");
    let reads = lab.read(&[lab.existing(json!({"id": "a", "name": "a"}))]).await;
    assert!(matches!(&reads[0], Ok(Read::Stale(why)) if why.contains("tag:read")), "{:?}", reads[0]);
}

#[tokio::test]
async fn a_tag_is_found_imported_and_deleted_by_its_name() {
    let config = || json!({"name": "web"});
    let found = lab(TAG, "one").find(config(), None, Json::Null).await.unwrap();
    assert!(matches!(found, Found::One(_)), "{found:?}");
    let found = lab(TAG, "none").find(config(), None, Json::Null).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
    let imported = lab(TAG, "one").import("web").await.unwrap().unwrap();
    assert_has(&imported, json!({"id": "web", "name": "web"}));
    assert_eq!(lab(TAG, "none").import("web").await.unwrap(), None);
    let lab = lab(TAG, "delete");
    lab.delete(&lab.existing(json!({"id": "web", "name": "web"}))).await.unwrap();
}

#[test]
fn names_that_the_vendor_refuses_are_problems() {
    let lab = lab(TAG, "none");
    for (name, is_good) in [("env:prod", true), ("a b", false), ("", false), ("ü", false)] {
        assert_eq!(lab.ty.validate(&lab.config(json!({"name": name}))).is_empty(), is_good, "{name}");
    }
}
