use serde_json::Value;
use serde_json::json;

use crate::sim::digitalocean::tests::with;
use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

fn cluster(changes: Value) -> Value {
    let plain = json!({ "name": "db1", "engine": "pg", "size": "db-s-1vcpu-2gb", "num_nodes": 2, "region": "fra1" });
    with(plain, changes)
}

#[tokio::test]
async fn a_cluster_takes_minutes_and_most_things_wait_for_it() {
    let bench = bench();
    let body =
        cluster(json!({ "version": "16", "tags": ["data"], "rules": [{ "type": "ip_addr", "value": "192.0.2.1" }] }));
    let (status, made) = bench.call("POST", "/v2/databases", body).await;
    assert_eq!(status, 201);
    let made = made["database"].clone();
    assert_has(
        &made,
        &json!({
            "status": "creating", "version": "16", "num_nodes": 2, "storage_size_mib": 30720, "tags": ["data"],
            "db_names": ["defaultdb"],
        }),
    );
    assert_has(&made["rules"][0], &json!({ "type": "ip_addr", "value": "192.0.2.1", "cluster_uuid": made["id"] }));
    let connection = &made["connection"];
    assert_has(connection, &json!({ "port": 25060, "user": "doadmin", "database": "defaultdb", "ssl": true }));
    let (password, uri) = (connection["password"].as_str().unwrap(), connection["uri"].as_str().unwrap());
    assert!(uri.starts_with("postgresql://doadmin:AVNS_") && uri.contains(password), "{uri}");
    assert!(made["private_connection"]["host"].as_str().unwrap().starts_with("private-db1-"));
    assert!(made["standby_connection"].is_object(), "it has a standby node");
    let path = format!("/v2/databases/{}", made["id"].as_str().unwrap());
    let table = [
        ("POST", "users", json!({ "name": "u" })),
        ("POST", "dbs", json!({ "name": "d" })),
        ("PUT", "resize", json!({ "size": "db-s-2vcpu-4gb", "num_nodes": 1 })),
        ("PUT", "migrate", json!({ "region": "nyc1" })),
        ("PUT", "maintenance", json!({ "day": "monday", "hour": "13:00" })),
        ("PUT", "firewall", json!({ "rules": [] })),
    ];
    assert_eq!(bench.get(&path).await.0, 404, "not visible at once");
    bench.wait(1.0);
    for (method, tail, body) in &table {
        let (status, refused) = bench.call(method, &format!("{path}/{tail}"), body.clone()).await;
        assert_eq!((status, refused["id"].as_str()), (412, Some("precondition_failed")), "{tail}");
    }
    bench.wait(271.0);
    assert_eq!(bench.get(&path).await.1["database"]["status"], "online");
    let listed = bench.get("/v2/databases").await.1["databases"][0].clone();
    assert_eq!((listed["status"].as_str(), listed.get("standby_connection")), (Some("online"), None), "no details");
    let (status, refused) = bench.call("PUT", &format!("{path}/resize"), table[2].2.clone()).await;
    let message = refused["message"].as_str().unwrap();
    assert!(status == 412 && message.contains("first backup"), "{status} {message}");
    bench.wait(121.0);
    let done = [("POST", "users", 201), ("POST", "dbs", 201), ("PUT", "resize", 202), ("PUT", "migrate", 412)];
    for ((method, tail, body), (_, _, expected)) in table.iter().zip(done) {
        assert_eq!(bench.call(method, &format!("{path}/{tail}"), body.clone()).await.0, expected, "{tail}");
    }
    assert_eq!(bench.get(&path).await.1["database"]["status"], "resizing");
    bench.wait(301.0);
    let resized = bench.get(&path).await.1["database"].clone();
    assert_has(
        &resized,
        &json!({ "status": "online", "size": "db-s-2vcpu-4gb", "num_nodes": 1, "storage_size_mib": 61440 }),
    );
    assert!(resized.get("standby_connection").is_none());
    let same = bench.call("PUT", &format!("{path}/resize"), table[2].2.clone()).await;
    assert_eq!((same.0, same.1["message"].as_str()), (422, Some("cannot scale to same configuration")));
    bench.must("PUT", &format!("{path}/migrate"), json!({ "region": "nyc1" })).await;
    bench.wait(901.0);
    assert_has(&bench.get(&path).await.1["database"], &json!({ "region": "nyc1", "status": "online" }));
    for (hour, expected) in [("13:00", 204), ("07:05:09", 204), ("25:00", 422), ("noon", 422)] {
        let body = json!({ "day": "Sunday", "hour": hour });
        assert_eq!(bench.call("PUT", &format!("{path}/maintenance"), body).await.0, expected, "{hour}");
    }
    assert_has(
        &bench.get(&path).await.1["database"]["maintenance_window"],
        &json!({ "day": "sunday", "hour": "07:05:09" }),
    );
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(bench.get(&path).await.0, 200, "gone only after a while");
    bench.wait(61.0);
    assert_eq!(bench.get(&path).await.0, 404);
    assert_eq!(bench.get("/v2/databases").await.1, json!({ "databases": [] }));
    bench.must("POST", "/v2/databases", cluster(json!({}))).await;
}

#[tokio::test]
async fn users_are_unique_and_their_passwords_change_by_reset() {
    let bench = bench();
    let id = bench.cluster("db1").await;
    let users = format!("/v2/databases/{id}/users");
    let admin = bench.get(&format!("{users}/doadmin")).await.1["user"].clone();
    assert_eq!(admin["role"], "primary");
    let made = bench.must("POST", &users, json!({ "name": "app" })).await["user"].clone();
    assert_has(&made, &json!({ "name": "app", "role": "normal" }));
    assert_eq!(bench.call("POST", &users, json!({ "name": "app" })).await.0, 422);
    assert_eq!(bench.get(&format!("{users}/app")).await.1["user"], made);
    let updated =
        bench.call("PUT", &format!("{users}/app"), json!({ "settings": { "pg_allow_replication": true } })).await;
    assert_eq!((updated.0, &updated.1["user"]["settings"]["pg_allow_replication"]), (201, &json!(true)));
    let reset = bench.call("POST", &format!("{users}/app/reset_auth"), Value::Null).await;
    assert_eq!(reset.0, 200);
    assert_ne!(reset.1["user"]["password"], made["password"]);
    bench.must("POST", &format!("{users}/doadmin/reset_auth"), Value::Null).await;
    let connection = bench.get(&format!("/v2/databases/{id}")).await.1["database"]["connection"].clone();
    assert_eq!(connection["password"], bench.get(&format!("{users}/doadmin")).await.1["user"]["password"]);
    assert_ne!(connection["password"], admin["password"]);
    assert_eq!(bench.get(&users).await.1["meta"]["total"], 2);
    assert_eq!(bench.call("DELETE", &format!("{users}/doadmin"), Value::Null).await.0, 422);
    assert_eq!(bench.call("DELETE", &format!("{users}/app"), Value::Null).await.0, 204);
    assert_eq!(bench.call("DELETE", &format!("{users}/app"), Value::Null).await.0, 404);
}

#[tokio::test]
async fn two_writes_of_users_at_once_race_and_one_after_the_other_do_not() {
    let bench = bench();
    let (one, other) = (bench.cluster("db1").await, bench.cluster("db2").await);
    let make = async |cluster: &str, name: &str| {
        bench.call("POST", &format!("/v2/databases/{cluster}/users"), json!({ "name": name })).await
    };
    for n in 0..3 {
        assert_eq!(make(&one, &format!("u{n}")).await.0, 201);
    }
    let (a, b, c) = tokio::join!(make(&one, "a"), make(&one, "b"), make(&other, "c"));
    assert_eq!((a.0, b.0, b.1["id"].as_str(), c.0), (201, 409, Some("conflict"), 201));
    assert_eq!(make(&one, "b").await.0, 201, "a retry succeeds");
}

#[tokio::test]
async fn trusted_sources_are_one_list_and_keep_their_identity() {
    let bench = bench();
    let id = bench.cluster("db1").await;
    let droplet = bench.droplet("a", &["web"]).await.to_string();
    let path = format!("/v2/databases/{id}/firewall");
    let rules = |list: &[(&str, &str)]| {
        let list: Vec<Value> = list.iter().map(|(kind, value)| json!({ "type": kind, "value": value })).collect();
        json!({ "rules": list })
    };
    assert_eq!(bench.get(&path).await.1, json!({ "rules": [] }));
    let first = [("droplet", droplet.as_str()), ("tag", "web"), ("ip_addr", "10.0.0.0/8"), ("ip_addr", "10.0.0.0/8")];
    bench.must("PUT", &path, rules(&first)).await;
    let before = bench.get(&path).await.1["rules"].clone();
    assert_eq!(before.as_array().unwrap().len(), 3);
    bench.must("PUT", &path, rules(&[("ip_addr", "192.0.2.1"), ("tag", "web")])).await;
    let after = bench.get(&path).await.1["rules"].clone();
    assert_eq!((&after[1]["uuid"], after.as_array().unwrap().len()), (&before[1]["uuid"], 2));
    let many: Vec<String> = (0..101).map(|n| format!("192.0.2.{n}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|ip| ("ip_addr", ip.as_str())).collect();
    for list in
        [&[("tag", "none")][..], &[("droplet", "1")], &[("ip_addr", "::1")], &[("k8s", "x")], &[("dns", "x")], &many]
    {
        assert_eq!(bench.call("PUT", &path, rules(list)).await.0, 422, "{list:?}");
    }
    assert_eq!(bench.get(&path).await.1["rules"], after);
}

#[tokio::test]
async fn valkey_evicts_and_has_no_databases() {
    let bench = bench();
    let body = cluster(json!({ "engine": "valkey", "num_nodes": 1 }));
    let made = bench.must("POST", "/v2/databases", body).await["database"].clone();
    assert_has(&made, &json!({ "db_names": null, "connection": { "protocol": "rediss", "user": "default" } }));
    bench.wait(271.0);
    let path = format!("/v2/databases/{}", made["id"].as_str().unwrap());
    let policy = format!("{path}/eviction_policy");
    assert_eq!(bench.get(&policy).await.1["eviction_policy"], "noeviction");
    bench.must("PUT", &policy, json!({ "eviction_policy": "allkeys_lru" })).await;
    assert_eq!(bench.get(&policy).await.1["eviction_policy"], "allkeys_lru");
    assert_eq!(bench.call("PUT", &policy, json!({ "eviction_policy": "random" })).await.0, 422);
    assert_eq!(bench.get(&format!("{path}/dbs")).await.0, 422);
    let pg = bench.cluster("pg1").await;
    assert_eq!(bench.get(&format!("/v2/databases/{pg}/eviction_policy")).await.0, 422);
    let dbs = format!("/v2/databases/{pg}/dbs");
    bench.must("POST", &dbs, json!({ "name": "app" })).await;
    assert_eq!(bench.call("POST", &dbs, json!({ "name": "app" })).await.0, 422);
    assert_eq!(bench.get(&dbs).await.1["dbs"], json!([{ "name": "defaultdb" }, { "name": "app" }]));
    bench.must("DELETE", &format!("{dbs}/app"), Value::Null).await;
    assert_eq!(bench.get(&format!("{dbs}/app")).await.0, 404);
}
