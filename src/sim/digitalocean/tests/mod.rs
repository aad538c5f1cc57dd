//! Whole lives of objects, driven through requests on a clock that stands still.

mod databases;
mod domains;
mod droplets;
mod examples;
mod firewalls;
mod load_balancers;
mod mutations;
mod negatives;
mod networks;
mod projects;
mod replicas;
mod requests;
mod schema;
mod settings;
mod spec;
mod stage;
mod strictness;
mod tags;
mod uptime;
mod volumes;

use serde_json::Value;
use serde_json::json;

use crate::sim::Sim;
use crate::sim::testing::Bench;
use crate::sim::testing::assert_has;
use crate::sim::testing::bench;
use crate::sim::testing::key;
use crate::sim::testing::options;

fn droplet(name: &str) -> Value {
    json!({ "name": name, "size": "s-1vcpu-1gb", "image": "debian-12-x64", "region": "fra1" })
}

fn rule() -> Value {
    json!({ "entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 8080 })
}

/// The document with some fields set otherwise; null takes a field away.
fn with(mut document: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(document.as_object_mut().unwrap().remove(name)),
            value => document[name] = value.clone(),
        }
    }
    document
}

#[tokio::test]
async fn a_reopened_world_shows_what_it_showed() {
    let bench = bench();
    let id = bench.droplet("a", &["web"]).await;
    bench.must("POST", "/v2/account/keys", key("k")).await;
    bench.must("POST", "/v2/reserved_ips", json!({ "droplet_id": id })).await;
    let pem = "-----BEGIN CERTIFICATE-----";
    let certificate = json!({ "name": "c", "private_key": "-----BEGIN PRIVATE KEY-----", "leaf_certificate": pem });
    bench.must("POST", "/v2/certificates", certificate).await;
    let balancer = json!({
        "name": "lb", "region": "fra1", "droplet_ids": [id], "size_unit": 2, "forwarding_rules": [rule()],
        "sticky_sessions": { "type": "cookies", "cookie_name": "c1", "cookie_ttl_seconds": 5 },
    });
    bench.must("POST", "/v2/load_balancers", balancer).await;
    let cluster = bench.cluster("db1").await;
    let users = format!("/v2/databases/{cluster}/users");
    bench.must("POST", &users, json!({ "name": "u", "settings": { "pg_allow_replication": true } })).await;
    let rules = json!({ "rules": [{ "type": "ip_addr", "value": "192.0.2.1" }] });
    bench.must("PUT", &format!("/v2/databases/{cluster}/firewall"), rules).await;
    let resize = json!({ "size": "db-s-1vcpu-2gb", "num_nodes": 2 });
    bench.must("PUT", &format!("/v2/databases/{cluster}/resize"), resize).await;
    bench.must("POST", &format!("/v2/droplets/{id}/actions"), json!({ "type": "enable_ipv6" })).await;
    bench.must("POST", "/v2/droplets", with(droplet("b"), json!({ "backups": true }))).await;
    bench.wait(2.0);
    let paths = [
        "account/keys",
        "actions",
        "certificates",
        "databases",
        "droplets",
        "load_balancers",
        "reserved_ips",
        "tags",
        "vpcs",
    ];
    let everything = async |bench: &Bench| {
        let mut shown = Vec::new();
        for path in paths {
            shown.push(bench.get(&format!("/v2/{path}")).await);
        }
        shown.push(bench.get(&users).await);
        shown
    };
    let before = everything(&bench).await;
    assert!(before.iter().all(|(status, _)| *status == 200));
    let Bench { sim, clock, dir, token } = bench;
    drop(sim);
    let sim = Sim::open(options(dir.path().to_owned(), &clock)).unwrap();
    let bench = Bench { sim, clock, dir, token };
    assert_eq!(everything(&bench).await, before);
}

#[tokio::test]
async fn catalogues_agree_with_each_other() {
    let bench = bench();
    let sizes = bench.get("/v2/sizes?per_page=200").await.1["sizes"].as_array().unwrap().clone();
    let regions = bench.get("/v2/regions?per_page=200").await.1["regions"].as_array().unwrap().clone();
    assert_eq!((sizes.len(), regions.len()), (27, 11));
    let closed: Vec<_> = regions.iter().filter(|region| region["available"] == false).collect();
    assert_eq!(closed.iter().map(|region| &region["slug"]).collect::<Vec<_>>(), ["sfo1"]);
    assert_eq!(closed[0]["sizes"], json!([]));
    for size in &sizes {
        let hourly = size["price_monthly"].as_f64().unwrap() / 672.0;
        assert!((hourly - size["price_hourly"].as_f64().unwrap()).abs() < 1e-4, "{size}");
        for region in &regions {
            let (size_slug, region_slug) = (&size["slug"], &region["slug"]);
            let there = size["regions"].as_array().unwrap().contains(region_slug);
            assert_eq!(there, region["sizes"].as_array().unwrap().contains(size_slug), "{size_slug} {region_slug}");
        }
    }
    let by_slug = bench.get("/v2/images/debian-12-x64").await;
    assert_eq!(by_slug, bench.get(&format!("/v2/images/{}", by_slug.1["image"]["id"])).await);
    assert_eq!(bench.get("/v2/images/windows").await.0, 404);
    assert_eq!(bench.get("/v2/images?private=true").await.1["images"], json!([]));
}

#[tokio::test]
async fn a_key_is_unique_and_found_by_number_and_fingerprint() {
    let bench = bench();
    let made = bench.must("POST", "/v2/account/keys", key("a")).await["ssh_key"].clone();
    let again = bench.call("POST", "/v2/account/keys", with(key("a"), json!({ "name": "b" }))).await;
    assert_eq!((again.0, again.1["message"].as_str()), (422, Some("SSH Key is already in use on your account")));
    for name in [made["id"].to_string(), made["fingerprint"].as_str().unwrap().to_owned()] {
        assert_eq!(bench.get(&format!("/v2/account/keys/{name}")).await.1["ssh_key"], made);
    }
    let path = format!("/v2/account/keys/{}", made["fingerprint"].as_str().unwrap());
    let renamed = bench.must("PUT", &path, json!({ "name": "c" })).await;
    assert_has(&renamed, &json!({ "ssh_key": { "name": "c", "id": made["id"] } }));
    assert_eq!(bench.call("DELETE", &path, Value::Null).await, (204, Value::Null));
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_world_that_names_what_is_not_there_is_damaged() {
    let bench = bench();
    bench.droplet("a", &[]).await;
    bench.must("POST", "/v2/reserved_ips", json!({ "region": "fra1" })).await;
    bench.cluster("db1").await;
    let Bench { sim, clock, dir, .. } = bench;
    drop(sim);
    let path = dir.path().join("world.jsonl");
    let good = std::fs::read_to_string(&path).unwrap();
    for (name, other) in
        [("fra1", "moon1"), ("s-1vcpu-1gb", "huge"), ("185929832", "7"), ("\"pg\"", "\"oracle\""), ("198.18.0.11", "x")]
    {
        std::fs::write(&path, good.replace(name, other)).unwrap();
        let opened = Sim::open(options(dir.path().to_owned(), &clock));
        assert!(matches!(opened, Err(crate::sim::SimError::Damaged { .. })), "{name}");
    }
    std::fs::write(&path, good).unwrap();
    assert!(Sim::open(options(dir.path().to_owned(), &clock)).is_ok());
}
