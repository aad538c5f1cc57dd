use serde_json::Value;
use serde_json::json;

use crate::sim::digitalocean::tests::droplet;
use crate::sim::digitalocean::tests::rule;
use crate::sim::digitalocean::tests::with;
use crate::sim::testing::bench;
use crate::sim::testing::key;

/// Each change to a good body must be refused with 422, and the good body itself be taken.
async fn refuses(path: &str, good: Value, changes: &[Value]) {
    let bench = bench();
    bench.droplet("elsewhere", &[]).await;
    for change in changes {
        let body = with(good.clone(), change.clone());
        let (status, answer) = bench.call("POST", path, body).await;
        assert_eq!((status, answer["id"].as_str()), (422, Some("unprocessable_entity")), "{path} {change}: {answer}");
        assert!(!answer["message"].as_str().unwrap().is_empty());
    }
    let before = bench.get("/v2/tags").await.1["meta"]["total"].clone();
    assert_eq!(before, 0, "a refused request leaves no tag behind");
    bench.must("POST", path, good).await;
}

#[tokio::test]
async fn droplets() {
    let changes = [
        json!({ "name": null }),
        json!({ "name": "" }),
        json!({ "name": "a_b" }),
        json!({ "name": "a-" }),
        json!({ "name": "a".repeat(256) }),
        json!({ "name": 1 }),
        json!({ "names": ["b"] }),
        json!({ "name": null, "names": [] }),
        json!({ "name": null, "names": ["a", 1] }),
        json!({ "name": null, "names": vec!["a"; 11] }),
        json!({ "size": null }),
        json!({ "size": "huge" }),
        json!({ "size": "512mb" }),
        json!({ "size": "s-1vcpu-512mb-10gb", "region": "blr1" }),
        json!({ "size": "s-1vcpu-512mb-10gb", "image": "fedora-42-x64" }),
        json!({ "region": "moon1" }),
        json!({ "region": "n1" }),
        json!({ "image": null }),
        json!({ "image": "windows" }),
        json!({ "image": 1 }),
        json!({ "image": true }),
        json!({ "ssh_keys": [1] }),
        json!({ "ssh_keys": ["aa:bb"] }),
        json!({ "ssh_keys": [true] }),
        json!({ "ssh_keys": "all" }),
        json!({ "tags": ["ok", "not ok"] }),
        json!({ "tags": "web" }),
        json!({ "vpc_uuid": "nothing", "tags": ["t"] }),
        json!({ "user_data": "x".repeat(65537) }),
        json!({ "volumes": ["v"] }),
        json!({ "backups": "yes" }),
        json!({ "backup_policy": { "plan": "daily" } }),
        json!({ "backups": true, "backup_policy": { "plan": "weekly" } }),
        json!({ "backups": true, "backup_policy": { "plan": "hourly" } }),
        json!({ "backups": true, "backup_policy": { "hour": 5 } }),
        json!({ "public_networking": false, "ipv6": true }),
    ];
    refuses("/v2/droplets", droplet("a"), &changes).await;
    let bench = bench();
    for change in [
        json!({ "region": "NYC1", "size": "S-1VCPU-1GB" }),
        json!({ "region": "nyc" }),
        json!({ "region": null }),
        json!({ "user_data": "x".repeat(65536) }),
        json!({ "tags": [] }),
        json!({ "image": 185929832 }),
    ] {
        bench.must("POST", "/v2/droplets", with(droplet("a"), change)).await;
    }
    let key = bench.must("POST", "/v2/account/keys", key("k")).await["ssh_key"].clone();
    let keys = json!({ "ssh_keys": [key["id"], key["id"].to_string(), key["fingerprint"]] });
    bench.must("POST", "/v2/droplets", with(droplet("a"), keys)).await;
}

#[tokio::test]
async fn load_balancers() {
    let good = json!({ "name": "lb", "region": "fra1", "forwarding_rules": [rule()] });
    let rules = |changes: Value| json!({ "forwarding_rules": [with(rule(), changes)] });
    let tls = |changes: Value| rules(with(json!({ "entry_protocol": "https", "target_protocol": "https" }), changes));
    let changes = [
        json!({ "name": null }),
        json!({ "name": "a b" }),
        json!({ "region": null }),
        json!({ "region": "moon1" }),
        json!({ "forwarding_rules": null }),
        json!({ "forwarding_rules": [] }),
        json!({ "forwarding_rules": [rule(), rule()] }),
        rules(json!({ "entry_port": 0 })),
        rules(json!({ "entry_port": 65536 })),
        rules(json!({ "target_port": null })),
        rules(json!({ "entry_protocol": "ftp" })),
        rules(json!({ "target_protocol": "udp" })),
        rules(json!({ "certificate_id": "c" })),
        rules(json!({ "tls_passthrough": true })),
        tls(json!({})),
        tls(json!({ "certificate_id": "nothing" })),
        tls(json!({ "certificate_id": "nothing", "tls_passthrough": true })),
        tls(json!({ "tls_passthrough": true, "target_protocol": "http" })),
        json!({ "droplet_ids": [400000001], "tag": "web" }),
        json!({ "droplet_ids": [1] }),
        json!({ "droplet_ids": [400000001], "region": "nyc1" }),
        json!({ "droplet_ids": ["400000001"] }),
        json!({ "tag": "a b" }),
        json!({ "size_unit": 0 }),
        json!({ "size_unit": 201 }),
        json!({ "size": "lb-huge" }),
        json!({ "algorithm": "random" }),
        json!({ "type": "LOCAL" }),
        json!({ "http_idle_timeout_seconds": 29 }),
        json!({ "health_check": { "protocol": "icmp" } }),
        json!({ "health_check": { "path": "x" } }),
        json!({ "health_check": { "check_interval_seconds": 2 } }),
        json!({ "health_check": { "healthy_threshold": 11 } }),
        json!({ "sticky_sessions": { "type": "cookies" } }),
        json!({ "sticky_sessions": { "type": "cookies", "cookie_name": "abc" } }),
        json!({ "sticky_sessions": { "type": "none", "cookie_name": "abc" } }),
        json!({ "firewall": { "allow": ["192.0.2.1"] } }),
        json!({ "vpc_uuid": "nothing" }),
        json!({ "enable_proxy_protocol": 1 }),
        json!({ "tls_cipher_policy": "WEAK" }),
    ];
    refuses("/v2/load_balancers", good, &changes).await;
}

#[tokio::test]
async fn databases() {
    let good = json!({ "name": "db1", "engine": "pg", "size": "db-s-1vcpu-1gb", "num_nodes": 1, "region": "fra1" });
    let changes = [
        json!({ "name": null }),
        json!({ "name": "ab" }),
        json!({ "name": "Db1" }),
        json!({ "name": "1db" }),
        json!({ "engine": null }),
        json!({ "engine": "oracle" }),
        json!({ "engine": "redis" }),
        json!({ "version": "9" }),
        json!({ "size": null }),
        json!({ "size": "s-1vcpu-1gb" }),
        json!({ "num_nodes": null }),
        json!({ "num_nodes": 0 }),
        json!({ "num_nodes": 2 }),
        json!({ "num_nodes": 4, "size": "db-s-1vcpu-2gb" }),
        json!({ "num_nodes": 3, "size": "db-s-1vcpu-2gb", "engine": "valkey" }),
        json!({ "region": null }),
        json!({ "region": "moon1" }),
        json!({ "storage_size_mib": 100 }),
        json!({ "private_network_uuid": "nothing" }),
        json!({ "tags": ["a b"] }),
        json!({ "rules": [{ "type": "tag", "value": "none" }] }),
        json!({ "backup_restore": { "database_name": "x" } }),
    ];
    refuses("/v2/databases", good.clone(), &changes).await;
    let bench = bench();
    bench.must("POST", "/v2/databases", good.clone()).await;
    let (status, body) = bench.call("POST", "/v2/databases", good).await;
    assert_eq!((status, body["message"].as_str()), (422, Some("cluster name is not available")));
}

#[tokio::test]
async fn keys() {
    let good = key("a");
    let blob = |text: &str| json!({ "public_key": format!("ssh-ed25519 {text} a") });
    let changes = [
        json!({ "name": null }),
        json!({ "public_key": null }),
        json!({ "public_key": "ssh-ed25519" }),
        blob("!!!"),
        blob("AAAA"),
        blob("AAAAC3NzaC1lZDI1NTE5"),
        json!({ "public_key": good["public_key"].as_str().unwrap().replace("ssh-ed25519 ", "ssh-rsa ") }),
    ];
    refuses("/v2/account/keys", good, &changes).await;
}

#[tokio::test]
async fn certificates() {
    let good = json!({
        "name": "c", "type": "custom", "private_key": "-----BEGIN PRIVATE KEY-----", "leaf_certificate": "-----BEGIN CERTIFICATE-----",
    });
    let changes = [
        json!({ "name": null }),
        json!({ "type": "other" }),
        json!({ "type": "lets_encrypt" }),
        json!({ "private_key": null }),
        json!({ "private_key": "x" }),
        json!({ "leaf_certificate": "x" }),
    ];
    refuses("/v2/certificates", good, &changes).await;
}
