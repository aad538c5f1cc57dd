use serde_json::Value;
use serde_json::json;

use crate::sim::digitalocean::tests::rule;
use crate::sim::digitalocean::tests::with;
use crate::sim::testing::Bench;
use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

fn balancer(changes: Value) -> Value {
    with(json!({ "name": "lb", "region": "fra1", "forwarding_rules": [rule()] }), changes)
}

async fn make(bench: &Bench, changes: Value) -> (String, Value) {
    let made = bench.must("POST", "/v2/load_balancers", balancer(changes)).await["load_balancer"].clone();
    (format!("/v2/load_balancers/{}", made["id"].as_str().unwrap()), made)
}

#[tokio::test]
async fn defaults_are_filled_in_and_come_back_with_every_replacement() {
    let bench = bench();
    let changed = json!({
        "size_unit": 3, "enable_proxy_protocol": true, "http_idle_timeout_seconds": 120, "health_check": { "protocol": "tcp", "port": 22 },
        "sticky_sessions": { "type": "cookies", "cookie_name": "sid", "cookie_ttl_seconds": 300 },
        "firewall": { "allow": ["ip:192.0.2.1"], "deny": ["cidr:198.51.100.0/24"] },
    });
    let (path, made) = make(&bench, changed.clone()).await;
    assert_has(&made, &changed_shape());
    assert_has(&made, &json!({ "status": "new", "ip": "", "size": "lb-medium", "droplet_ids": [], "tag": "" }));
    assert!(made.get("members").is_none());
    bench.wait(76.0);
    let active = bench.get(&path).await.1["load_balancer"].clone();
    assert_eq!(active["status"], "active");
    assert!(active["ip"].as_str().unwrap().starts_with("198.18."));
    let plain = json!({
        "size_unit": 1, "size": "lb-small", "algorithm": "round_robin", "type": "REGIONAL", "network": "EXTERNAL",
        "health_check": {
            "protocol": "http", "port": 80, "path": "/", "check_interval_seconds": 10, "response_timeout_seconds": 5,
            "healthy_threshold": 3, "unhealthy_threshold": 5,
        },
        "sticky_sessions": { "type": "none" }, "enable_proxy_protocol": false, "http_idle_timeout_seconds": 60,
        "firewall": { "allow": [], "deny": [] }, "tls_cipher_policy": "DEFAULT", "ip": active["ip"], "id": made["id"],
    });
    let replaced = bench.must("PUT", &path, balancer(json!({ "name": "renamed" }))).await["load_balancer"].clone();
    assert_has(&replaced, &plain);
    assert_eq!(replaced["name"], "renamed");
    for changes in
        [json!({ "region": "nyc1" }), json!({ "type": "REGIONAL_NETWORK" }), json!({ "network": "INTERNAL" })]
    {
        assert_eq!(bench.call("PUT", &path, balancer(changes.clone())).await.0, 422, "{changes}");
    }
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!((bench.get(&path).await.0, bench.call("DELETE", &path, Value::Null).await.0), (404, 404));
}

fn changed_shape() -> Value {
    json!({
        "size_unit": 3, "enable_proxy_protocol": true, "http_idle_timeout_seconds": 120,
        "health_check": { "protocol": "tcp", "port": 22, "path": "" },
        "sticky_sessions": { "type": "cookies", "cookie_name": "sid", "cookie_ttl_seconds": 300 },
        "firewall": { "allow": ["ip:192.0.2.1"], "deny": ["cidr:198.51.100.0/24"] },
    })
}

#[tokio::test]
async fn members_are_named_or_selected_never_both() {
    let bench = bench();
    let (a, b) = (bench.droplet("a", &["web"]).await, bench.droplet("b", &[]).await);
    let (by_tag, made) = make(&bench, json!({ "tag": "WEB" })).await;
    assert_has(&made, &json!({ "tag": "web", "droplet_ids": [a] }));
    let b_resource = json!({ "resources": [{ "resource_id": b.to_string(), "resource_type": "droplet" }] });
    bench.must("POST", "/v2/tags/web/resources", b_resource).await;
    assert_eq!(bench.get(&by_tag).await.1["load_balancer"]["droplet_ids"], json!([a, b]));
    let ids = |ids: &[u64]| json!({ "droplet_ids": ids });
    assert_eq!(bench.call("POST", &format!("{by_tag}/droplets"), ids(&[b])).await.0, 422);
    let (by_id, _) = make(&bench, json!({ "name": "other", "droplet_ids": [b] })).await;
    let droplets = format!("{by_id}/droplets");
    for _ in 0..2 {
        assert_eq!(bench.call("POST", &droplets, ids(&[a])).await.0, 204, "adding twice is adding once");
    }
    assert_eq!(bench.get(&by_id).await.1["load_balancer"]["droplet_ids"], json!([a, b]));
    bench.must("DELETE", &droplets, ids(&[b])).await;
    for (method, body) in [("DELETE", ids(&[b])), ("POST", ids(&[1])), ("POST", json!({}))] {
        assert_eq!(bench.call(method, &droplets, body.clone()).await.0, 422, "{method} {body}");
    }
    bench.must("DELETE", &format!("/v2/droplets/{a}"), Value::Null).await;
    bench.wait(9.0);
    assert_eq!(bench.get(&by_id).await.1["load_balancer"]["droplet_ids"], json!([]));
    assert_eq!(bench.get(&by_tag).await.1["load_balancer"]["droplet_ids"], json!([b]));
}

#[tokio::test]
async fn rules_come_and_go_but_one_stays() {
    let bench = bench();
    let (path, _) = make(&bench, json!({})).await;
    let rules = format!("{path}/forwarding_rules");
    let more = json!({ "entry_protocol": "tcp", "entry_port": 22, "target_protocol": "tcp", "target_port": 22 });
    let list = |rule: &Value| json!({ "forwarding_rules": [rule] });
    bench.must("POST", &rules, list(&more)).await;
    assert_eq!(bench.call("POST", &rules, list(&more)).await.0, 422, "the port is taken");
    assert_eq!(bench.get(&path).await.1["load_balancer"]["forwarding_rules"].as_array().unwrap().len(), 2);
    bench.must("DELETE", &rules, list(&more)).await;
    assert_eq!(bench.call("DELETE", &rules, list(&more)).await.0, 404);
    assert_eq!(bench.call("DELETE", &rules, list(&rule())).await.0, 422);
}

#[tokio::test]
async fn a_certificate_in_use_stays() {
    let bench = bench();
    let certificate = json!({
        "name": "c", "private_key": "-----BEGIN PRIVATE KEY-----", "leaf_certificate": "-----BEGIN CERTIFICATE-----",
    });
    let made = bench.must("POST", "/v2/certificates", certificate.clone()).await["certificate"].clone();
    assert_eq!(bench.call("POST", "/v2/certificates", certificate).await.0, 422, "its name is taken");
    let path = format!("/v2/certificates/{}", made["id"].as_str().unwrap());
    bench.wait(2.1);
    assert_eq!(bench.get(&path).await.1["certificate"]["state"], "verified");
    assert_eq!(bench.get("/v2/certificates?name=c").await.1["meta"]["total"], 1);
    let tls = json!({
        "entry_protocol": "https", "entry_port": 443, "target_protocol": "http", "target_port": 80, "certificate_id": made["id"],
    });
    let (balancer, _) = make(&bench, json!({ "forwarding_rules": [tls] })).await;
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 403);
    bench.must("DELETE", &balancer, Value::Null).await;
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 403, "held a little longer");
    bench.wait(26.0);
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 204);
}
