use serde_json::Value as Json;
use serde_json::json;

use super::lab::Lab;
use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::net::replay::START;
use crate::provider::Found;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

const REPLICA: &str = "digitalocean_database_replica";

fn config(changes: Json) -> Json {
    let mut config = json!({"cluster_id": "c1", "name": "read", "region": "fra1", "size": "db-s-1vcpu-2gb"});
    config.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    config
}

fn existing(lab: &Lab) -> Object {
    lab.existing(config(json!({
        "id": "u1", "uuid": "u1", "host": "r", "private_host": "private-r", "port": 25060, "user": "doadmin",
        "database": "defaultdb", "password": "s3cret", "uri": "postgres://doadmin:s3cret@r:25060/defaultdb",
        "private_uri": "postgres://doadmin:s3cret@private-r:25060/defaultdb", "private_network_uuid": "n1",
        "storage_size_mib": "30720",
    })))
}

#[tokio::test]
async fn a_replica_waits_for_the_first_backup_and_for_minutes_of_not_being_seen() {
    let lab = lab(REPLICA, "create");
    let made = lab.create(config(json!({"region": "FRA1", "tags": ["prod"]}))).await.unwrap();
    assert_has(
        &made,
        json!({
            "id": "u1", "uuid": "u1", "region": "FRA1", "storage_size_mib": "30720", "tags": ["prod"],
            "private_uri": "postgres://doadmin:s3cret@private-r:25060/defaultdb", "password": "s3cret",
        }),
    );
    let (partial, _) = lab.ear.records().remove(0);
    assert_eq!(partial.unwrap().id(), "u1");
    let heard = lab.ear.heard().join("\n");
    assert!(heard.contains("first backup") && heard.contains("not yet visible"), "{heard}");
}

#[tokio::test]
async fn a_lost_replica_is_looked_for_as_long_as_it_may_stay_hidden() {
    assert!(lab(REPLICA, "create lost").create(config(json!({}))).await.unwrap_err().is_ambiguous());
    let taken = lab(REPLICA, "create taken").create(config(json!({}))).await.unwrap_err();
    assert!(matches!(taken, ProviderError::Taken { .. }), "{taken:?}");
    let none = lab(REPLICA, "none");
    let intent = none.intent(config(json!({})), None, Json::Null, START);
    assert!(matches!(none.ty.find(&none.client, &none.cx, &intent).await.unwrap(), Found::Absent));
    assert!(none.cx.clock.now().duration_since(START).as_secs() >= 600);
    let lab = lab(REPLICA, "find and wait");
    let found = lab.find(config(json!({})), None, Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(replica) if replica.str("uuid") == Some("u1")), "{found:?}");
}

#[tokio::test]
async fn replicas_are_read_by_cluster_and_secrets_that_are_not_shown_stay() {
    let many = lab(REPLICA, "read many");
    let priors = ["a", "b", "gone"].map(|name| many.existing(config(json!({"name": name}))));
    let reads = many.read(&priors).await;
    assert_eq!(present(&reads[1]).id(), "ub");
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
    let lab = lab(REPLICA, "one");
    let prior = existing(&lab);
    assert_eq!(present(&lab.read(std::slice::from_ref(&prior)).await[0]), &prior);
    let imported = self::lab(REPLICA, "one").import("c1,read").await.unwrap().unwrap();
    assert_has(&imported, json!({"id": "u1", "uuid": "u1", "cluster_id": "c1", "name": "read", "uri": null}));
}

#[tokio::test]
async fn a_replica_is_resized_in_place_by_its_uuid() {
    let lab = lab(REPLICA, "resize");
    let prior = existing(&lab);
    let planned = lab.plan(Some(&prior), config(json!({"size": "db-s-2vcpu-4gb"}))).object;
    assert!(!planned.get("storage_size_mib").is_some_and(Value::is_known) && lab.ty.interrupts(&prior, &planned));
    let made = lab.update(&prior, config(json!({"size": "db-s-2vcpu-4gb"}))).await.unwrap();
    assert_has(&made, json!({"size": "db-s-2vcpu-4gb", "storage_size_mib": "61440", "host": "r"}));
    let lab = self::lab(REPLICA, "resize again");
    let made = lab.update(&existing(&lab), config(json!({"storage_size_mib": "40960"}))).await.unwrap();
    assert_eq!(made.str("storage_size_mib"), Some("40960"));
}

#[tokio::test]
async fn a_deletion_sees_it_gone() {
    let lab = lab(REPLICA, "delete");
    lab.delete(&existing(&lab)).await.unwrap();
    let replacing = ["cluster_id", "name", "region", "private_network_uuid", "tags"];
    let attributes = lab.ty.schema().root().attributes();
    assert!(replacing.iter().all(|name| attributes[*name].replaces) && !attributes["size"].replaces);
}
