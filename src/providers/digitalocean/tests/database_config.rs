use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::provider::Read;
use crate::schema::ObjectExt;

const POSTGRESQL: &str = "digitalocean_database_postgresql_config";
const MYSQL: &str = "digitalocean_database_mysql_config";
const VALKEY: &str = "digitalocean_database_valkey_config";
const REDIS: &str = "digitalocean_database_redis_config";

fn existing() -> Json {
    json!({
        "id": "c1/postgresql-config", "cluster_id": "c1", "jit": false, "autovacuum_naptime": 0,
        "pgbouncer": [{"min_pool_size": 0, "server_lifetime": 3600}],
    })
}

#[tokio::test]
async fn zero_and_false_are_sent_and_what_is_not_configured_is_the_vendors() {
    let config = json!({
        "cluster_id": "c1", "jit": false, "autovacuum_naptime": 0, "autovacuum_vacuum_scale_factor": 0.25,
        "timezone": "Europe/Berlin", "pg_stat_statements_track": "none",
        "pgbouncer": [{"min_pool_size": 0, "ignore_startup_parameters": ["search_path"]}],
    });
    let made = lab(POSTGRESQL, "create").create(config).await.unwrap();
    assert_has(
        &made,
        json!({
            "id": "c1/postgresql-config", "jit": false, "autovacuum_naptime": 0, "work_mem": 4,
            "autovacuum_vacuum_scale_factor": 0.25, "pg_stat_statements_track": "none", "max_connections": null,
        }),
    );
    let group = made.get("timescaledb").unwrap().as_elements().unwrap()[0].as_object().unwrap().clone();
    assert_eq!(group.int("max_background_workers"), Some(8));
    let config = json!({
        "cluster_id": "c1", "slow_query_log": false, "long_query_time": 0.5, "innodb_flush_neighbors": 0,
        "sql_mode": "ANSI",
    });
    let made = lab(MYSQL, "create").create(config).await.unwrap();
    assert_has(&made, json!({"id": "c1/mysql-config", "innodb_flush_neighbors": 0, "wait_timeout": 28800}));
}

#[tokio::test]
async fn only_what_changes_is_sent() {
    let lab = lab(POSTGRESQL, "change");
    let prior = lab.existing(existing());
    let change = json!({
        "cluster_id": "c1", "autovacuum_naptime": 60, "pgbouncer": [{"min_pool_size": 5, "server_lifetime": 3600}],
    });
    let made = lab.update(&prior, change).await.unwrap();
    assert_has(&made, json!({"jit": false, "autovacuum_naptime": 60}));
    assert!(!lab.ty.interrupts(&prior, &made));
    assert!(lab.ty.interrupts(&prior, &prior.set("max_worker_processes", 16)));
}

#[tokio::test]
async fn a_configuration_is_read_found_imported_and_only_forgotten() {
    let lab_of = |scene| lab(POSTGRESQL, scene);
    let lab = lab_of("one");
    assert_has(present(&lab.read(&[lab.existing(existing())]).await[0]), json!({"autovacuum_naptime": 60}));
    let lab = lab_of("gone");
    assert!(matches!(lab.read(&[lab.existing(existing())]).await[0], Ok(Read::Absent)));
    for (scene, naptime, is_found) in [("one", 60, true), ("one", 0, false), ("gone", 60, false)] {
        let config = json!({"cluster_id": "c1", "jit": false, "autovacuum_naptime": naptime});
        let found = lab_of(scene).find(config, None, Json::Null).await.unwrap();
        assert_eq!(matches!(found, Found::One(_)), is_found, "{scene} {naptime}: {found:?}");
    }
    let imported = lab_of("one").import("c1").await.unwrap().unwrap();
    assert_has(&imported, json!({"id": "c1/postgresql-config", "cluster_id": "c1", "autovacuum_naptime": 60}));
    let lab = lab_of("delete");
    lab.delete(&lab.existing(existing())).await.unwrap();
    let warnings = lab.ty.end_warnings(&lab.existing(existing()));
    assert!(warnings[0].detail.contains("keeps the settings"), "{warnings:?}");
}

#[tokio::test]
async fn a_cache_is_set_under_the_names_of_the_engine_that_runs() {
    let policy = json!({
        "cluster_id": "c1", "valkey_maxmemory_policy": "allkeys-random", "timeout": 0, "frequent_snapshots": false,
    });
    let made = lab(VALKEY, "create").create(policy.clone()).await.unwrap();
    assert_has(
        &made,
        json!({"id": "c1/valkey-config", "valkey_maxmemory_policy": "allkeys-random", "timeout": 0, "ssl": true}),
    );
    let again = lab(VALKEY, "one");
    assert_eq!(again.plan(Some(&made), policy).object, made);
    assert_eq!(present(&again.read(std::slice::from_ref(&made)).await[0]), &made);
    let policy = json!({"cluster_id": "c1", "maxmemory_policy": "allkeys-lru", "timeout": 90});
    let made = lab(REDIS, "create").create(policy).await.unwrap();
    assert_has(&made, json!({"id": "c1/redis-config", "maxmemory_policy": "allkeys-lru", "timeout": 90}));
    let change = json!({"cluster_id": "c1", "maxmemory_policy": "volatile-ttl", "timeout": 90});
    let made = lab(REDIS, "change of what became valkey").update(&made, change).await.unwrap();
    assert_eq!(made.str("maxmemory_policy"), Some("volatile-ttl"));
}

#[test]
fn a_value_out_of_bounds_is_a_problem_at_its_place() {
    let lab = lab(POSTGRESQL, "delete");
    let config = |changes: Json| {
        let mut config = json!({"cluster_id": "c1"});
        config.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        lab.config(config)
    };
    let cases: [(Json, &[&str]); 7] = [
        (json!({"work_mem": 0}), &["`work_mem` must be between 1 and 1024, not 0."]),
        (json!({"work_mem": 1.5}), &["`work_mem` is a whole number, not 1.5."]),
        (json!({"max_connections": 3}), &["`max_connections` must be at least 25, not 3."]),
        (
            json!({"shared_buffers_percentage": 60.5}),
            &["`shared_buffers_percentage` must be between 20 and 60, not 60.5."],
        ),
        (
            json!({"track_functions": "some"}),
            &["`some` is not a value of `track_functions`; they are `all`, `pl`, `none`."],
        ),
        (json!({"pgbouncer": [{"server_lifetime": 1}]}), &["`server_lifetime` must be between 60 and 86400, not 1."]),
        (json!({"autovacuum_vacuum_cost_limit": -1, "shared_buffers_percentage": 41.5, "work_mem": "(unknown)"}), &[]),
    ];
    for (changes, expected) in cases {
        let problems = lab.ty.validate(&config(changes.clone()));
        let details: Vec<_> = problems.iter().map(|problem| &*problem.detail).collect();
        assert_eq!(details, expected, "{changes}");
    }
}
