use serde_json::Value;
use serde_json::json;

use crate::sim::digitalocean::tests::stage::cluster;
use crate::sim::digitalocean::tests::with;
use crate::sim::testing::Bench;
use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

async fn online(bench: &Bench, path: &str) {
    bench.wait(301.0);
    let shown = bench.get(path).await.1;
    let status = shown.pointer("/replica/status").or_else(|| shown.pointer("/database/status"));
    assert_eq!(status, Some(&json!("online")), "{shown}");
}

#[tokio::test]
async fn a_replica_is_denied_then_forks_and_then_follows() {
    let bench = bench();
    let made = bench.must("POST", "/v2/databases", cluster("db1", "pg")).await["database"].clone();
    let path = format!("/v2/databases/{}", made["id"].as_str().unwrap());
    let replicas = format!("{path}/replicas");
    bench.wait(271.0);
    let body = json!({ "name": "replica", "size": "db-s-1vcpu-2gb" });
    let early = bench.call("POST", &replicas, body.clone()).await;
    assert_eq!((early.0, early.1["id"].as_str()), (412, Some("precondition_failed")), "the first backup is being made");
    bench.wait(121.0);
    let (status, made) = bench.call("POST", &replicas, body.clone()).await;
    assert_eq!(status, 201, "{made}");
    let expected = json!({ "name": "replica", "status": "forking", "region": "nyc3", "storage_size_mib": 30720 });
    assert_has(&made["replica"], &expected);
    assert_eq!(
        made["replica"]["connection"]["password"],
        bench.get(&path).await.1["database"]["connection"]["password"]
    );
    let one = format!("{replicas}/replica");
    assert_eq!(bench.get(&one).await.0, 404, "denied at first");
    assert_eq!(bench.get(&replicas).await.1["meta"]["total"], 0);
    assert_eq!(bench.call("POST", &replicas, body.clone()).await.0, 422, "but its name is taken");
    bench.wait(91.0);
    assert_eq!(bench.get(&one).await.1["replica"]["status"], "forking");
    online(&bench, &one).await;
    let id = made["replica"]["id"].as_str().unwrap();
    assert_eq!(bench.get(&format!("/v2/databases/{id}")).await.0, 404, "it is no cluster");
    assert_eq!(bench.get("/v2/databases").await.1["databases"].as_array().unwrap().len(), 1);
    // A few calls take its id all the same.
    let rules = json!({ "rules": [{ "type": "ip_addr", "value": "192.0.2.1" }] });
    bench.must("PUT", &format!("/v2/databases/{id}/firewall"), rules).await;
    assert_eq!(bench.get(&format!("{path}/firewall")).await.1["rules"], json!([]), "it has sources of its own");
    let resize = format!("/v2/databases/{id}/resize");
    let two = bench.call("PUT", &resize, json!({ "size": "db-s-2vcpu-4gb", "num_nodes": 2 })).await;
    assert_eq!(two.0, 422, "{}", two.1);
    bench.must("PUT", &resize, json!({ "size": "db-s-2vcpu-4gb", "num_nodes": 1 })).await;
    assert_eq!(bench.get(&one).await.1["replica"]["status"], "resizing");
    online(&bench, &one).await;
    assert_has(&bench.get(&one).await.1["replica"], &json!({ "size": "db-s-2vcpu-4gb", "storage_size_mib": 61440 }));
    assert_eq!(bench.call("DELETE", &one, Value::Null).await.0, 204);
    assert_eq!(bench.get(&one).await.0, 404);
    let small = with(body, json!({ "name": "small", "size": "db-s-1vcpu-1gb" }));
    assert_eq!(bench.call("POST", &replicas, small).await.0, 422, "smaller than the primary");
}

#[tokio::test]
async fn a_promoted_replica_is_a_cluster_with_its_old_id() {
    let bench = bench();
    let id = bench.cluster("db1").await;
    let path = format!("/v2/databases/{id}");
    bench.must("POST", &format!("{path}/users"), json!({ "name": "app" })).await;
    let made = bench.must("POST", &format!("{path}/replicas"), json!({ "name": "replica" })).await["replica"].clone();
    let promote = format!("{path}/replicas/replica/promote");
    assert_eq!(bench.call("PUT", &promote, Value::Null).await.0, 404);
    bench.wait(91.0);
    assert_eq!(bench.call("PUT", &promote, Value::Null).await.0, 412);
    bench.wait(301.0);
    assert_eq!(bench.call("PUT", &promote, Value::Null).await, (204, Value::Null));
    assert_eq!(bench.get(&format!("{path}/replicas/replica")).await.0, 404);
    let promoted = format!("/v2/databases/{}", made["id"].as_str().unwrap());
    let shown = bench.get(&promoted).await.1["database"].clone();
    assert_has(&shown, &json!({ "name": "replica", "status": "online", "num_nodes": 1, "db_names": ["defaultdb"] }));
    assert_eq!(bench.get(&format!("{promoted}/users/app")).await.0, 200, "the users came with it");
    let events = bench.get(&format!("{promoted}/events")).await.1["events"].clone();
    assert_eq!(events[0]["event_type"], "cluster_master_promotion");
    assert_eq!(bench.get("/v2/databases").await.1["databases"].as_array().unwrap().len(), 2);
    bench.must("DELETE", &path, Value::Null).await;
    bench.wait(61.0);
    assert_eq!(bench.get(&promoted).await.0, 200, "it does not hang on its old primary");
}

#[tokio::test]
async fn replicas_go_with_their_primary_and_hold_its_network() {
    let bench = bench();
    let id = bench.cluster("db1").await;
    let made = bench.must("POST", &format!("/v2/databases/{id}/replicas"), json!({ "name": "replica" })).await;
    let network = made["replica"]["private_network_uuid"].as_str().unwrap();
    let members = format!("/v2/vpcs/{network}/members");
    assert_eq!(bench.get(&members).await.1["meta"]["total"], 2);
    bench.must("DELETE", &format!("/v2/databases/{id}"), Value::Null).await;
    bench.wait(61.0);
    assert_eq!(bench.get(&members).await.1["meta"]["total"], 0);
    let valkey = bench.must("POST", "/v2/databases", cluster("cache", "valkey")).await["database"].clone();
    bench.wait(391.0);
    let path = format!("/v2/databases/{}/replicas", valkey["id"].as_str().unwrap());
    assert_eq!(bench.call("POST", &path, json!({ "name": "replica" })).await.0, 422);
}

#[tokio::test]
async fn a_pool_is_changed_in_place_within_the_connections_there_are() {
    let bench = bench();
    let id = bench.cluster("db1").await;
    let pools = format!("/v2/databases/{id}/pools");
    let good = json!({ "name": "pool", "mode": "transaction", "size": 10, "db": "defaultdb", "user": "doadmin" });
    let made = bench.must("POST", &pools, good.clone()).await["pool"].clone();
    assert_has(
        &made,
        &json!({ "user": "doadmin", "connection": { "port": 25061, "database": "pool", "user": "doadmin" } }),
    );
    let table = [
        (json!({}), "not available"),
        (json!({ "name": "ab" }), "name"),
        (json!({ "name": "b-1", "mode": "none" }), "mode"),
        (json!({ "name": "b-1", "db": "none" }), "database none"),
        (json!({ "name": "b-1", "user": "none" }), "user none"),
        (json!({ "name": "b-1", "size": 13 }), "only 12"),
    ];
    for (changes, part) in table {
        let (status, answer) = bench.call("POST", &pools, with(good.clone(), changes.clone())).await;
        assert!(status == 422 && answer["message"].as_str().unwrap().contains(part), "{changes} {answer}");
    }
    let one = format!("{pools}/pool");
    let change = json!({ "mode": "session", "size": 22, "db": "defaultdb" });
    assert_eq!(bench.call("PUT", &one, change).await, (204, Value::Null));
    let shown = bench.get(&one).await.1["pool"].clone();
    assert_has(&shown, &json!({ "mode": "session", "size": 22, "connection": { "user": "", "password": "" } }));
    assert!(shown.get("user").is_none(), "what was not sent is cleared");
    assert_eq!(bench.call("DELETE", &one, Value::Null).await.0, 204);
    assert_eq!(bench.get(&one).await.0, 404);
    let mysql = bench.must("POST", "/v2/databases", cluster("my1", "mysql")).await["database"].clone();
    bench.wait(271.0);
    let path = format!("/v2/databases/{}/pools", mysql["id"].as_str().unwrap());
    assert_eq!(bench.call("POST", &path, good).await.0, 422);
}
