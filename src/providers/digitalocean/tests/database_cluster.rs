use serde_json::Value as Json;
use serde_json::json;

use super::lab::Lab;
use super::lab::assert_has;
use super::lab::lab;
use super::lab::lab_with;
use super::lab::present;
use crate::net::replay::START;
use crate::provider::Found;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

const CLUSTER: &str = "digitalocean_database_cluster";

fn cache(changes: Json) -> Json {
    let mut config = json!({
        "name": "cache", "engine": "valkey", "version": "8", "size": "db-s-1vcpu-1gb", "region": "fra1",
        "node_count": 1,
    });
    config.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    config
}

fn postgres(changes: Json) -> Json {
    let mut config = json!({"name": "db", "engine": "pg", "version": "16"});
    config.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    cache(config)
}

/// A cluster as it is in the state, with some attributes as given.
fn existing(lab: &Lab, changes: Json) -> Object {
    let mut known = json!({
        "id": "d1", "urn": "do:dbaas:d1", "host": "h", "private_host": "private-h", "port": 25060, "user": "doadmin",
        "database": "defaultdb", "password": "s3cret", "uri": "postgres://doadmin:s3cret@h:25060/defaultdb",
        "private_uri": "postgres://doadmin:s3cret@private-h:25060/defaultdb", "private_network_uuid": "n1",
        "project_id": "p1", "storage_size_mib": "10240", "metrics_endpoints": [],
    });
    known.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    lab.existing(postgres(known))
}

#[tokio::test]
async fn a_cluster_is_noted_waited_for_and_then_set_up() {
    let lab = lab(CLUSTER, "create");
    let made = lab
        .create(postgres(json!({
            "region": "FRA1", "tags": ["prod"], "storage_size_mib": "10240",
            "maintenance_window": [{"day": "Sunday", "hour": "13:00"}],
            "storage_autoscale": [{"enabled": true, "threshold_percent": 80}],
        })))
        .await
        .unwrap();
    assert_has(
        &made,
        json!({
            "id": "d1", "urn": "do:dbaas:d1", "host": "h", "private_host": "private-h", "port": 25060,
            "password": "s3cret", "uri": "postgres://doadmin:s3cret@h:25060/defaultdb", "ui_host": null,
            "metrics_endpoints": ["https://m:9273/metrics"], "project_id": "p1", "tags": ["prod"],
        }),
    );
    let (partial, _) = lab.ear.records().remove(0);
    assert_eq!(partial.unwrap().id(), "d1");
    assert!(lab.ear.heard().iter().any(|line| line.contains("first backup")), "{:?}", lab.ear.heard());
    let cache_lab = self::lab(CLUSTER, "create cache");
    let made = cache_lab.create(cache(json!({"eviction_policy": "allkeys_lru"}))).await.unwrap();
    assert_has(&made, json!({"id": "d2", "eviction_policy": "allkeys_lru", "host": null}));
}

#[tokio::test]
async fn a_lost_cluster_is_found_by_its_name_unless_it_is_older() {
    assert!(lab(CLUSTER, "create lost").create(cache(json!({}))).await.unwrap_err().is_ambiguous());
    let taken = lab(CLUSTER, "create taken").create(cache(json!({}))).await.unwrap_err();
    assert!(matches!(&taken, ProviderError::Taken { id: Some(id), .. } if id == "d7"), "{taken:?}");
    // Nobody has the name any more, so the vendor is asked again; once the answer is lost, no more.
    assert!(lab(CLUSTER, "create held").create(cache(json!({}))).await.unwrap_err().is_ambiguous());
    for (name, minutes, is_found) in [("cache", 0, true), ("old", 0, false), ("none", 0, false), ("cache", 10, false)] {
        let lab = lab(CLUSTER, "find");
        let since = START + jiff::SignedDuration::from_mins(minutes);
        let intent = lab.intent(cache(json!({"name": name})), None, Json::Null, since);
        let found = lab.ty.find(&lab.client, &lab.cx, &intent).await.unwrap();
        assert_eq!(matches!(&found, Found::One(found) if found.id() == "d2"), is_found, "{name} {minutes}: {found:?}");
    }
}

#[tokio::test]
async fn a_cluster_that_is_found_is_known_whole_and_as_it_is() {
    let config = cache(json!({"eviction_policy": "allkeys_lru"}));
    let found = lab(CLUSTER, "find and wait").find(config, None, Json::Null).await.unwrap();
    let Found::One(found) = found else { panic!("{found:?}") };
    assert_eq!(found.str("eviction_policy"), Some("noeviction"), "it was not told yet");
}

#[tokio::test]
async fn a_read_without_credentials_forgets_none() {
    let lab = lab(CLUSTER, "read without credentials");
    let prior = existing(&lab, json!({}));
    let reads = lab.read(std::slice::from_ref(&prior)).await;
    let read = present(&reads[0]);
    for name in ["password", "uri", "private_uri", "user", "database"] {
        assert_eq!(read.get(name), prior.get(name), "{name}");
    }
    assert_eq!(read.str("host"), Some("h2"));
    assert_has(read, json!({"maintenance_window": []}));
}

#[tokio::test]
async fn many_clusters_are_listed_and_policies_asked_for_only_where_set() {
    let many = lab(CLUSTER, "read many");
    let priors = ["a", "b", "c"].map(|id| existing(&many, json!({"id": id})));
    let reads = many.read(&priors).await;
    assert_eq!(present(&reads[1]).int("node_count"), Some(2));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
    let lab = lab(CLUSTER, "read cache");
    let prior = lab.existing(cache(json!({"id": "d2", "eviction_policy": "allkeys_lru"})));
    assert_eq!(present(&lab.read(&[prior]).await[0]).str("eviction_policy"), Some("noeviction"));
    let imported = self::lab(CLUSTER, "read cache").import("d2").await.unwrap().unwrap();
    assert_has(&imported, json!({"id": "d2", "engine": "valkey", "eviction_policy": null, "version": "8"}));
}

#[tokio::test]
async fn a_resize_is_over_when_the_new_size_is_online() {
    let lab = lab(CLUSTER, "resize");
    let change = json!({"size": "db-s-2vcpu-4gb", "node_count": 2});
    let made = lab.update(&existing(&lab, json!({})), postgres(change)).await.unwrap();
    assert_has(&made, json!({"size": "db-s-2vcpu-4gb", "node_count": 2, "storage_size_mib": "61440", "host": "h"}));
}

#[tokio::test]
async fn a_cluster_moves_is_upgraded_and_set_up_in_place() {
    let lab = lab(CLUSTER, "move and upgrade");
    let prior = existing(&lab, json!({"storage_autoscale": [{"enabled": true}]}));
    let change = json!({
        "region": "nyc3", "version": "17", "tags": ["new"],
        "maintenance_window": [{"day": "friday", "hour": "04:00"}],
    });
    let made = lab.update(&prior, postgres(change)).await.unwrap();
    assert_has(&made, json!({"region": "nyc3", "version": "17", "host": "h9", "private_network_uuid": "n2"}));
    let lab = self::lab(CLUSTER, "no policy");
    let prior = existing(&lab, cache(json!({"id": "d2", "urn": "do:dbaas:d2", "eviction_policy": "allkeys_lru"})));
    let made = lab.update(&prior, cache(json!({}))).await.unwrap();
    assert_eq!(made.str("eviction_policy"), None);
}

#[tokio::test]
async fn a_deletion_sees_it_gone() {
    let lab = lab(CLUSTER, "delete");
    lab.delete(&existing(&lab, json!({}))).await.unwrap();
}

#[test]
fn a_plan_knows_what_a_change_brings_with_it() {
    let lab = lab(CLUSTER, "delete");
    let names = ["host", "uri", "port", "password", "storage_size_mib", "private_network_uuid", "metrics_endpoints"];
    let cases: [(Json, &[&str]); 5] = [
        (json!({}), &[]),
        (json!({"region": "FRA1", "version": "17"}), &[]),
        (json!({"size": "db-s-2vcpu-4gb"}), &["storage_size_mib", "metrics_endpoints"]),
        (json!({"size": "db-s-2vcpu-4gb", "storage_size_mib": "61440"}), &["metrics_endpoints"]),
        (json!({"region": "nyc3"}), &["host", "uri", "port", "private_network_uuid", "metrics_endpoints"]),
    ];
    for (change, expected) in cases {
        let planned = lab.plan(Some(&existing(&lab, json!({}))), postgres(change.clone())).object;
        let unknown: Vec<_> = names.iter().filter(|name| !planned.get(name).is_some_and(Value::is_known)).collect();
        assert_eq!(unknown, expected.iter().collect::<Vec<_>>(), "{change}");
    }
}

#[test]
fn a_cache_that_the_vendor_upgraded_is_left_alone() {
    let lab = lab(CLUSTER, "delete");
    let running = lab.existing(cache(json!({"id": "d2", "version": "8"})));
    let redis = json!({"engine": "redis", "version": "7"});
    let planned = lab.plan(Some(&running), cache(redis)).object;
    assert_eq!((planned.str("engine"), planned.str("version")), (Some("valkey"), Some("8")));
    let newer = lab.plan(Some(&running), cache(json!({"version": "9"}))).object;
    assert_eq!(newer.str("version"), Some("9"));
}

#[test]
fn what_the_vendor_would_refuse_is_a_problem_at_its_place() {
    let lab = lab(CLUSTER, "delete");
    let cases: [(Json, &[&str]); 8] = [
        (cache(json!({"eviction_policy": "allkeys_lru"})), &[]),
        (cache(json!({"eviction_policy": "random"})), &["eviction_policy"]),
        (
            postgres(json!({"maintenance_window": [{"day": "friday", "hour": "25:00"}]})),
            &["maintenance_window[0].hour"],
        ),
        (postgres(json!({"eviction_policy": "allkeys_lru", "sql_mode": "ANSI"})), &["sql_mode", "eviction_policy"]),
        (postgres(json!({"node_count": 0, "storage_size_mib": "10G"})), &["node_count", "storage_size_mib"]),
        (postgres(json!({"maintenance_window": [{"day": "Funday", "hour": "1:00"}]})), &["maintenance_window[0].day"]),
        (
            postgres(json!({"storage_autoscale": [{"enabled": true, "threshold_percent": 5, "increment_gib": 1}]})),
            &["storage_autoscale[0].threshold_percent", "storage_autoscale[0].increment_gib"],
        ),
        (postgres(json!({"timeouts": {"create": "45m"}, "tags": ["a b"]})), &["tags"]),
    ];
    for (config, expected) in cases {
        let problems = lab.ty.validate(&lab.config(config.clone()));
        let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, expected, "{config}");
    }
}

#[tokio::test]
async fn a_cluster_is_trusted_from_the_first_moment_and_what_was_left_out_is_added() {
    let rules = json!([{"type": "ip_addr", "value": "192.0.2.1"}, {"type": "tag", "value": "web"}]);
    let made = lab(CLUSTER, "create trusted").create(postgres(json!({"rule": rules}))).await.unwrap();
    assert_eq!(uuids(&made), ["r1", "r2"]);
}

/// The uuids of a cluster's rules.
fn uuids(cluster: &Object) -> Vec<String> {
    let rules = cluster.get("rule").and_then(Value::as_elements).unwrap();
    rules.iter().map(|rule| rule.as_object().unwrap().str("uuid").unwrap_or("-").to_owned()).collect()
}

#[tokio::test]
async fn rules_are_all_that_there_are_whoever_adds_some() {
    let own = |value: &str| json!([{"type": "ip_addr", "value": value, "uuid": "r1", "created_at": "t"}]);
    let lab = lab(CLUSTER, "trust others");
    let prior = existing(&lab, json!({"rule": own("192.0.2.1")}));
    let change = postgres(json!({"rule": [{"type": "tag", "value": "web"}]}));
    assert_eq!(uuids(&lab.update(&prior, change).await.unwrap()), ["r2"]);
    let lab = self::lab(CLUSTER, "read trusted");
    let reads = lab.read(&[existing(&lab, json!({"rule": own("192.0.2.1")}))]).await;
    assert_eq!(uuids(present(&reads[0])), ["r9", "r1"], "one that lets a stranger in is seen");
    let warnings = lab.plan(Some(&prior), postgres(json!({}))).warnings;
    assert_eq!(warnings[0].summary, "Database may be open to everyone");
}

#[tokio::test]
async fn a_cluster_moves_to_another_project_in_place() {
    let lab = lab(CLUSTER, "move to a project");
    let made = lab.update(&existing(&lab, json!({})), postgres(json!({"project_id": "p2"}))).await.unwrap();
    assert_eq!(made.str("project_id"), Some("p2"));
}

#[test]
fn storage_that_grew_by_itself_does_not_shrink() {
    let lab = lab(CLUSTER, "delete");
    for (enabled, planned) in [(true, "40960"), (false, "10240")] {
        let autoscale = json!({"storage_autoscale": [{"enabled": enabled}], "storage_size_mib": "40960"});
        let prior = existing(&lab, autoscale);
        let config = json!({"storage_autoscale": [{"enabled": enabled}], "storage_size_mib": "10240"});
        let object = lab.plan(Some(&prior), postgres(config)).object;
        assert_eq!(object.str("storage_size_mib"), Some(planned), "{enabled}");
    }
}

#[test]
fn no_layout_is_planned_that_there_is_not() {
    let lab = lab(CLUSTER, "delete");
    for (config, is_good) in [
        (cache(json!({"node_count": 2, "size": "db-s-1vcpu-2gb"})), true),
        (cache(json!({"node_count": 3, "size": "db-s-1vcpu-2gb"})), false),
        (postgres(json!({"node_count": 3, "size": "db-s-2vcpu-4gb"})), true),
        (postgres(json!({"node_count": 4, "size": "db-s-2vcpu-4gb"})), false),
        (postgres(json!({"node_count": 2, "size": "db-s-1vcpu-1gb"})), false),
        (cache(json!({"engine": "kafka", "node_count": 3, "size": "db-s-2vcpu-2gb"})), true),
    ] {
        let problems = lab.ty.validate(&lab.config(config.clone()));
        let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths.is_empty(), is_good, "{config}: {paths:?}");
    }
    let old = lab.plan(None, cache(json!({"engine": "redis", "version": "7"})));
    assert_eq!(old.warnings[0].summary, "Redis is no longer offered");
}

/// A replica as it is in the state, and the cluster that it becomes, with the note of what is owed to it.
fn taken_over(lab: &Lab) -> (Object, Json) {
    let replica = json!({
        "id": "d1", "uuid": "d1", "cluster_id": "c1", "name": "db", "region": "fra1", "size": "db-s-1vcpu-1gb",
        "host": "h", "port": 25060, "password": "s3cret", "uri": "postgres://doadmin:s3cret@h:25060/defaultdb",
    });
    let replica = self::lab("digitalocean_database_replica", "none").existing(replica);
    lab.ty.take_over("digitalocean_database_replica", &replica).unwrap()
}

#[tokio::test]
async fn a_replica_becomes_the_cluster_that_it_is_promoted_to() {
    let lab = lab(CLUSTER, "read a replica");
    let (cluster, note) = taken_over(&lab);
    assert_has(&cluster, json!({"id": "d1", "engine": "pg", "node_count": 1, "password": "s3cret"}));
    assert!(lab.ty.owed(&note).unwrap().contains("no way back"));
    assert_eq!(lab.ty.take_over("digitalocean_droplet", &cluster), None);
    let reads = lab.read_noted(vec![(cluster.clone(), note.clone())]).await;
    assert_has(present(&reads[0]), json!({"id": "d1", "engine": "pg", "version": "16"}));
    let lab = self::lab(CLUSTER, "read what was promoted");
    let reads = lab.read_noted(vec![(cluster.clone(), note.clone())]).await;
    assert!(matches!(&reads[0], Ok(Read::Noted(_, Json::Null))), "{:?}", reads[0]);
    let lab = lab_with(CLUSTER, "promote", note);
    let made = lab.update(&cluster, postgres(json!({"version": "17"}))).await.unwrap();
    assert_has(&made, json!({"id": "d1", "version": "17", "password": "s3cret"}));
    assert_eq!(lab.cx.private(), Json::Null);
}
