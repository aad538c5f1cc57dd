use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::provider::Read;
use crate::schema::ObjectExt;
use crate::value::Value;

const POOL: &str = "digitalocean_database_connection_pool";

fn config(changes: Json) -> Json {
    let mut config = json!({
        "cluster_id": "c1", "name": "web", "mode": "transaction", "size": 10, "db_name": "defaultdb", "user": "doadmin",
    });
    config.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    config
}

fn existing() -> Json {
    config(json!({
        "id": "c1/pool/web", "host": "h", "private_host": "private-h", "port": 25061, "password": "s3cret",
        "uri": "postgres://doadmin:s3cret@h:25061/web", "private_uri": "postgres://doadmin:s3cret@private-h:25061/web",
    }))
}

#[tokio::test]
async fn a_pool_has_an_address_of_its_own() {
    let made = lab(POOL, "create").create(config(json!({}))).await.unwrap();
    assert_has(&made, existing());
    let shared = json!({"user": null, "mode": "session", "size": 5});
    let made = lab(POOL, "create for anybody").create(config(shared)).await.unwrap();
    assert_has(&made, json!({"user": null, "host": "h", "uri": null, "password": null}));
}

#[tokio::test]
async fn a_pool_changes_in_place_with_all_four_and_keeps_its_secrets() {
    let lab = lab(POOL, "change");
    let prior = lab.existing(existing());
    let made = lab.update(&prior, config(json!({"mode": "session", "size": 20}))).await.unwrap();
    assert_has(&made, json!({"mode": "session", "size": 20, "uri": "postgres://doadmin:s3cret@h:25061/web"}));
    assert!(lab.ty.interrupts(&prior, &made));
}

#[tokio::test]
async fn another_user_means_another_address() {
    let lab = lab(POOL, "change user");
    let prior = lab.existing(existing());
    let planned = lab.plan(Some(&prior), config(json!({"user": "app"}))).object;
    assert!(!planned.get("uri").unwrap().is_known() && planned.get("host").unwrap().is_known());
    let made = lab.update(&prior, config(json!({"user": "app"}))).await.unwrap();
    assert_has(&made, json!({"uri": "postgres://app:other@h:25061/web", "password": "other"}));
}

#[tokio::test]
async fn pools_are_read_by_cluster_and_secrets_that_are_not_shown_stay() {
    let many = lab(POOL, "read many");
    let priors = ["a", "b", "gone"].map(|name| many.existing(config(json!({"name": name}))));
    let reads = many.read(&priors).await;
    assert_has(present(&reads[1]), json!({"size": 2, "user": null}));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
    let lab = lab(POOL, "read without credentials");
    let reads = lab.read(&[lab.existing(existing())]).await;
    let expected = json!({"size": 12, "password": "s3cret", "uri": "postgres://doadmin:s3cret@h:25061/web"});
    assert_has(present(&reads[0]), expected);
}

#[tokio::test]
async fn a_pool_is_found_imported_and_deleted_by_name() {
    let found = lab(POOL, "one").find(config(json!({})), None, Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(pool) if pool.str("host") == Some("h")), "{found:?}");
    let found = lab(POOL, "none").find(config(json!({})), None, Json::Null).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
    let imported = lab(POOL, "one").import("c1,web").await.unwrap().unwrap();
    assert_has(&imported, json!({"id": "c1/pool/web", "db_name": "defaultdb", "mode": "transaction"}));
    let lab = lab(POOL, "delete");
    lab.delete(&lab.existing(existing())).await.unwrap();
    for name in ["uri", "private_uri", "password"] {
        assert!(lab.ty.schema().root().attributes()[name].is_sensitive(), "{name}");
    }
}

#[test]
fn what_the_vendor_would_refuse_is_a_problem_at_its_place() {
    let lab = lab(POOL, "delete");
    let config = config(json!({"name": "no", "mode": "lazy", "size": 0}));
    let problems = lab.ty.validate(&lab.config(config));
    let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
    assert_eq!(paths, ["name", "mode", "size"]);
    let open = lab.config(json!({"cluster_id": "(unknown)", "name": "(unknown)", "mode": "session", "size": 1}));
    assert!(!open.get("name").is_some_and(Value::is_known) && lab.ty.validate(&open).is_empty());
}
