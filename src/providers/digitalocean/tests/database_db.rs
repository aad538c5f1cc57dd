use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::provider::Read;
use crate::value::Path;

const DB: &str = "digitalocean_database_db";

fn config() -> Json {
    json!({"cluster_id": "c1", "name": "app"})
}

#[tokio::test]
async fn a_database_is_known_by_its_cluster_and_name() {
    let made = lab(DB, "create").create(config()).await.unwrap();
    assert_has(&made, json!({"id": "c1/database/app", "cluster_id": "c1", "name": "app"}));
    let imported = lab(DB, "one").import("c1,app").await.unwrap().unwrap();
    assert_eq!(imported, made);
    let bad = lab(DB, "one");
    let error = bad.ty.import(&bad.client, &bad.cx, "c1,").await.unwrap_err().to_string();
    assert!(error.contains("the name of the database"), "{error}");
}

#[tokio::test]
async fn a_lost_answer_is_looked_up() {
    assert!(lab(DB, "create lost").create(config()).await.unwrap_err().is_ambiguous());
    assert!(matches!(lab(DB, "one").find(config(), None, Json::Null).await.unwrap(), Found::One(_)));
    assert!(matches!(lab(DB, "none").find(config(), None, Json::Null).await.unwrap(), Found::Absent));
}

#[tokio::test]
async fn databases_are_read_by_cluster_and_what_may_not_be_seen_is_not_gone() {
    let many = lab(DB, "read many");
    let priors = ["a", "b/c", "gone"].map(|name| many.existing(json!({"cluster_id": "c1", "name": name})));
    assert_eq!(many.ty.read_key(&priors[0]), many.ty.read_key(&priors[2]));
    let reads = many.read(&priors).await;
    assert_has(present(&reads[1]), json!({"id": "c1/database/b/c"}));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
    let lab = lab(DB, "read without permission");
    let reads = lab.read(&[lab.existing(config())]).await;
    assert!(matches!(reads[0], Ok(Read::Stale(_))), "{:?}", reads[0]);
}

#[tokio::test]
async fn one_that_is_gone_already_is_deleted() {
    let lab = lab(DB, "delete");
    lab.delete(&lab.existing(config())).await.unwrap();
    let attributes = lab.ty.schema().root().attributes().iter();
    let replacing = attributes.filter(|(_, attribute)| attribute.replaces).map(|(name, _)| Path::of(name.clone()));
    assert_eq!(replacing.collect::<Vec<_>>(), [Path::of("cluster_id"), Path::of("name")]);
}
