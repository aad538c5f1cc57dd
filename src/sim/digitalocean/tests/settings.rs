use serde_json::Value;
use serde_json::json;

use crate::sim::digitalocean::tests::stage::cluster;
use crate::sim::digitalocean::tests::with;
use crate::sim::testing::Bench;
use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

async fn made(bench: &Bench, engine: &str) -> String {
    let made = bench.must("POST", "/v2/databases", cluster(&format!("{engine}-1"), engine)).await;
    bench.wait(391.0);
    format!("/v2/databases/{}", made["database"]["id"].as_str().unwrap())
}

#[tokio::test]
async fn settings_are_merged_and_unknown_ones_refused() {
    let bench = bench();
    let (pg, mysql, valkey) = (made(&bench, "pg").await, made(&bench, "mysql").await, made(&bench, "valkey").await);
    let config = async |path: &str| bench.get(&format!("{path}/config")).await.1["config"].clone();
    let patch = async |path: &str, config: Value| {
        bench.call("PATCH", &format!("{path}/config"), json!({ "config": config })).await
    };
    assert_has(&config(&pg).await, &json!({ "work_mem": 4, "pgbouncer": { "server_lifetime": 3600 } }));
    assert_eq!(patch(&pg, json!({ "work_mem": 8, "pgbouncer": { "min_pool_size": 0 } })).await, (200, Value::Null));
    assert_eq!(patch(&pg, json!({ "jit": false, "pgbouncer": { "server_lifetime": 60 } })).await.0, 200);
    let expected = json!({ "work_mem": 8, "jit": false, "pgbouncer": { "min_pool_size": 0, "server_lifetime": 60 } });
    assert_has(&config(&pg).await, &expected);
    assert_eq!(patch(&pg, json!({ "work_mem": null })).await.0, 200);
    assert_eq!(config(&pg).await["work_mem"], 4);
    let table = [
        (&pg, json!({ "valkey_timeout": 1 }), 400),
        (&pg, json!({ "pgbouncer": { "nothing": 1 } }), 400),
        (&pg, json!({ "work_mem": 2000 }), 422),
        (&pg, json!({ "work_mem": "much" }), 422),
        (&pg, json!({ "log_error_verbosity": "LOUD" }), 422),
        (&pg, json!({ "max_connections": 100 }), 200),
        (&pg, json!({ "max_connections": 50 }), 422),
        (&valkey, json!({ "redis_timeout": 60 }), 400),
        (&valkey, json!({ "valkey_io_threads": 33 }), 422),
        (&valkey, json!({ "valkey_maxmemory_policy": "allkeys_lru" }), 200),
        (&mysql, json!({ "sql_mode": "ANSI", "sql_require_primary_key": false }), 200),
    ];
    for (path, config, expected) in table {
        let (status, answer) = patch(path, config.clone()).await;
        assert_eq!(status, expected, "{config} {answer}");
    }
    assert_eq!(bench.get(&format!("{valkey}/eviction_policy")).await.1["eviction_policy"], "allkeys_lru");
    assert_eq!(bench.get(&format!("{mysql}/sql_mode")).await.1["sql_mode"], "ANSI");
}

#[tokio::test]
async fn small_settings_have_calls_of_their_own() {
    let bench = bench();
    let (pg, mysql) = (made(&bench, "pg").await, made(&bench, "mysql").await);
    assert_eq!(bench.call("PUT", &format!("{mysql}/sql_mode"), json!({ "sql_mode": "ANSI,STRICT" })).await.0, 422);
    bench.must("PUT", &format!("{mysql}/sql_mode"), json!({ "sql_mode": "ANSI,TRADITIONAL" })).await;
    assert_eq!(bench.get(&format!("{mysql}/config")).await.1["config"]["sql_mode"], "ANSI,TRADITIONAL");
    assert_eq!(bench.get(&format!("{pg}/sql_mode")).await.0, 422);
    let scaling = format!("{pg}/autoscale");
    assert_eq!(bench.get(&scaling).await.1["autoscale"], json!({ "storage": { "enabled": false } }));
    for (storage, expected) in [
        (json!({ "enabled": true, "threshold_percent": 14 }), 422),
        (json!({ "enabled": true, "increment_gib": 9 }), 422),
        (json!({ "threshold_percent": 80 }), 422),
        (json!({ "enabled": true, "threshold_percent": 95, "increment_gib": 500 }), 204),
    ] {
        assert_eq!(bench.call("PUT", &scaling, json!({ "storage": storage })).await.0, expected, "{storage}");
    }
    assert_has(&bench.get(&pg).await.1["database"]["autoscale"], &json!({ "storage": { "increment_gib": 500 } }));
    let upgrade =
        async |version: &str| bench.call("PUT", &format!("{mysql}/upgrade"), json!({ "version": version })).await.0;
    assert_eq!((upgrade("8").await, upgrade("9").await, upgrade("8.4").await), (422, 422, 204));
    assert_eq!(bench.get(&mysql).await.1["database"]["version"], "8", "answered before it is done");
    assert_eq!(upgrade("8.4").await, 412);
    bench.wait(421.0);
    assert_has(&bench.get(&mysql).await.1["database"], &json!({ "version": "8.4", "status": "online" }));
    let events = bench.get(&format!("{mysql}/events")).await.1["events"].clone();
    assert_has(&events[0], &json!({ "event_type": "cluster_update", "cluster_name": "mysql-1" }));
}

#[tokio::test]
async fn a_backup_is_restored_into_another_cluster() {
    let bench = bench();
    let first = cluster("db1", "pg");
    let made = bench.must("POST", "/v2/databases", first.clone()).await["database"].clone();
    let path = format!("/v2/databases/{}", made["id"].as_str().unwrap());
    bench.wait(271.0);
    let backups = bench.get(&format!("{path}/backups")).await.1;
    assert_has(&backups, &json!({ "backups": [], "backup_progress": "36" }));
    bench.must("POST", &format!("{path}/dbs"), json!({ "name": "app" })).await;
    let restore = with(first, json!({ "name": "db2", "backup_restore": { "database_name": "db1" } }));
    assert_eq!(bench.call("POST", "/v2/databases", restore.clone()).await.0, 422, "there is no backup yet");
    bench.wait(121.0);
    let backups = bench.get(&format!("{path}/backups")).await.1["backups"].clone();
    assert_eq!(backups.as_array().unwrap().len(), 1);
    let at = |at: &Value| json!({ "backup_restore": { "database_name": "db1", "backup_created_at": at } });
    let other = with(restore.clone(), at(&json!("2020-01-01T00:00:00Z")));
    assert_eq!(bench.call("POST", "/v2/databases", other).await.0, 422);
    let made = bench.must("POST", "/v2/databases", with(restore, at(&backups[0]["created_at"]))).await;
    assert_has(&made["database"], &json!({ "status": "forking", "db_names": ["defaultdb", "app"] }));
    bench.wait(3.0 * 86_400.0);
    let backups = bench.get(&format!("{path}/backups")).await.1["backups"].clone();
    assert_eq!(backups.as_array().unwrap().len(), 4, "one a day");
}

#[tokio::test]
async fn a_token_may_have_scopes_and_without_credentials_sees_no_passwords() {
    let bench = bench();
    let id = bench.cluster("db1").await;
    let path = format!("/v2/databases/{id}");
    bench.must("POST", &format!("{path}/users"), json!({ "name": "app" })).await;
    let bench = Bench { token: "t@read", ..bench };
    let shown = bench.get(&path).await.1["database"]["connection"].clone();
    assert_eq!(shown["password"], "");
    assert!(shown["uri"].as_str().unwrap().starts_with("postgresql://db1-"), "{shown}");
    assert!(bench.get(&format!("{path}/users/app")).await.1["user"].get("password").is_none());
    let (status, refused) = bench.call("DELETE", &path, Value::Null).await;
    let message = "You are missing the required permission database:delete.";
    assert_eq!((status, refused["message"].as_str()), (403, Some(message)));
    let bench = Bench { token: "t@database:read,database:view_credentials", ..bench };
    assert_ne!(bench.get(&path).await.1["database"]["connection"]["password"], "");
    assert_eq!(bench.get("/v2/droplets").await.0, 403);
    assert_eq!(bench.get("/v2/nothing").await.0, 404);
}

#[tokio::test]
async fn each_engine_has_user_settings_of_its_own() {
    let bench = bench();
    let (pg, mongodb) = (made(&bench, "pg").await, made(&bench, "mongodb").await);
    let acl = json!({ "acl": [{ "permission": "produce", "topic": "t" }] });
    let mongo = |role: &str| json!({ "mongo_user_settings": { "databases": ["d"], "role": role } });
    let table = [
        (&pg, json!({ "settings": { "pg_allow_replication": true } }), 201),
        (&pg, json!({ "settings": { "pg_allow_replication": 1 } }), 422),
        (&pg, json!({ "settings": acl }), 422),
        (&pg, json!({ "readonly": true }), 422),
        (&pg, json!({ "mysql_settings": { "auth_plugin": "caching_sha2_password" } }), 422),
        (&mongodb, json!({ "readonly": true }), 201),
        (&mongodb, json!({ "settings": mongo("readWrite") }), 201),
        (&mongodb, json!({ "settings": mongo("owner") }), 422),
    ];
    for (n, (path, body, expected)) in table.into_iter().enumerate() {
        bench.wait(1.0);
        let users = format!("{path}/users");
        let body = with(body, json!({ "name": format!("u{n}") }));
        let (status, answer) = bench.call("POST", &users, body.clone()).await;
        assert_eq!(status, expected, "{body} {answer}");
        if expected == 201 {
            assert_eq!(answer["user"].get("settings"), body.get("settings"));
            let read = bench.get(&format!("{users}/u{n}")).await.1;
            assert_eq!(read["user"].get("settings"), None, "a read does not say");
        }
    }
}
