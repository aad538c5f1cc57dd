use serde_json::Value as Json;
use serde_json::json;

use super::super::provider;
use super::lab::Environment;
use super::lab::assert_has;
use super::lab::block_value;
use super::lab::configure;
use crate::net::replay::Replay;
use crate::net::replay::surroundings;
use crate::provider::Result;
use crate::value::Object;
use crate::value::Value;

async fn read(ty: &str, scene: &str, config: Json) -> Result<Object> {
    let replay = Replay::of("digitalocean/database_data.http", scene);
    let (cx, _) = surroundings(Json::Null);
    let block = provider().schema().object([("token", Value::from("dop_v1_0123456789"))]);
    let client = configure(&replay, &cx, &block, Environment(Vec::new())).unwrap();
    let data = provider().data(&format!("digitalocean_database_{ty}")).unwrap();
    let config = block_value(data.schema().root(), &config).as_object().unwrap().clone();
    let found = data.read(&client, &cx, &config).await;
    replay.finish();
    if let Ok(found) = &found {
        assert_eq!(Value::Object(found.clone().into()).ty(), data.schema().ty(), "{ty}");
    }
    found
}

#[tokio::test]
async fn a_cluster_is_found_by_its_name() {
    let found = read("cluster", "cluster", json!({"name": "db"})).await.unwrap();
    assert_has(
        &found,
        json!({
            "id": "d1", "urn": "do:dbaas:d1", "engine": "pg", "node_count": 2, "storage_size_mib": "61440",
            "tags": ["prod"], "password": "s3cret", "host": "h", "private_host": null, "project_id": "p1",
            "maintenance_window": [{"day": "sunday", "hour": "13:00:00"}],
            "storage_autoscale": [{"enabled": true, "threshold_percent": 80, "increment_gib": 10}],
        }),
    );
    let error = read("cluster", "cluster", json!({"name": "none"})).await.unwrap_err().to_string();
    assert_eq!(error, "reading the database cluster none: there is no database cluster of this name");
    assert!(read("cluster", "no cluster", json!({"name": "db"})).await.is_err());
}

#[tokio::test]
async fn what_a_cluster_holds_is_found_by_cluster_and_name() {
    let found = read("replica", "replica", json!({"cluster_id": "c1", "name": "read"})).await.unwrap();
    assert_has(&found, json!({"id": "u1", "uuid": "u1", "host": "r", "password": "s3cret", "user": "doadmin"}));
    let found = read("user", "user", json!({"cluster_id": "c1", "name": "app"})).await.unwrap();
    let plugin = "mysql_native_password";
    assert_has(&found, json!({"role": "normal", "password": "jge5lfxtzhx42iff", "mysql_auth_plugin": plugin}));
    let error = read("user", "no user", json!({"cluster_id": "c1", "name": "app"})).await.unwrap_err().to_string();
    assert!(error.contains("the database cluster c1 has no database user of this name"), "{error}");
    let found = read("connection_pool", "pool", json!({"cluster_id": "c1", "name": "web"})).await.unwrap();
    assert_has(&found, json!({"id": "c1/pool/web", "db_name": "defaultdb", "size": 10, "port": 25061}));
}
