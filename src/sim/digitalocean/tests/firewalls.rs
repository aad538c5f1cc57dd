use serde_json::Value;
use serde_json::json;

use crate::sim::digitalocean::tests::with;
use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

fn ssh() -> Value {
    json!({ "protocol": "tcp", "ports": "22", "sources": { "addresses": ["0.0.0.0/0", "::/0"] } })
}

#[tokio::test]
async fn a_firewall_reaches_its_droplets_after_a_while() {
    let bench = bench();
    let (a, b) = (bench.droplet("a", &[]).await, bench.droplet("b", &["web"]).await);
    let body =
        json!({ "name": "fw", "inbound_rules": [ssh()], "outbound_rules": null, "tags": ["WEB"], "droplet_ids": [a] });
    let (status, made) = bench.call("POST", "/v2/firewalls", body.clone()).await;
    assert_eq!(status, 202, "{made}");
    let pending = json!([
        { "droplet_id": a, "removing": false, "status": "waiting" },
        { "droplet_id": b, "removing": false, "status": "waiting" },
    ]);
    let expected = json!({ "status": "waiting", "pending_changes": pending, "tags": ["web"], "outbound_rules": [] });
    assert_has(&made["firewall"], &expected);
    let path = format!("/v2/firewalls/{}", made["firewall"]["id"].as_str().unwrap());
    bench.wait(5.1);
    assert_has(&bench.get(&path).await.1["firewall"], &json!({ "status": "succeeded", "pending_changes": [] }));
    for droplet in [a, b] {
        assert_eq!(bench.get(&format!("/v2/droplets/{droplet}/firewalls")).await.1["meta"]["total"], 1);
    }
    let again = bench.call("POST", "/v2/firewalls", body.clone()).await;
    assert_eq!((again.0, again.1["message"].as_str()), (409, Some("duplicate name")));
    let replaced = bench.must("PUT", &path, with(body, json!({ "tags": null }))).await["firewall"].clone();
    assert_has(&replaced, &json!({ "tags": [], "droplet_ids": [a] }));
    assert_eq!(replaced["pending_changes"][1], json!({ "droplet_id": b, "removing": true, "status": "waiting" }));
    assert_eq!(
        bench.call("POST", &format!("{path}/droplets"), json!({ "droplet_ids": [b] })).await,
        (204, Value::Null)
    );
    bench.must("DELETE", &format!("{path}/droplets"), json!({ "droplet_ids": [a] })).await;
    bench.must("POST", &format!("{path}/tags"), json!({ "tags": ["web"] })).await;
    let icmp = json!({ "protocol": "icmp", "destinations": { "tags": ["web"] } });
    bench.must("POST", &format!("{path}/rules"), json!({ "outbound_rules": [icmp] })).await;
    let shown = bench.get(&path).await.1["firewall"].clone();
    let rule = json!([{ "protocol": "icmp", "ports": "0", "destinations": { "tags": ["web"] } }]);
    assert_has(&shown, &json!({ "droplet_ids": [b], "tags": ["web"], "outbound_rules": rule }));
    assert_eq!(bench.call("DELETE", &format!("{path}/rules"), json!({ "inbound_rules": [ssh(), ssh()] })).await.0, 409);
    bench.must("DELETE", &format!("{path}/rules"), json!({ "inbound_rules": [ssh()] })).await;
    bench.must("DELETE", "/v2/tags/web", Value::Null).await;
    assert_has(&bench.get(&path).await.1["firewall"], &json!({ "tags": [], "inbound_rules": [] }));
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(bench.get(&path).await.0, 404);
}

#[tokio::test]
async fn a_firewall_is_checked() {
    let bench = bench();
    let good = json!({ "name": "fw", "inbound_rules": [ssh()] });
    let rule = |changes: Value| json!({ "inbound_rules": [with(ssh(), changes)] });
    let table = [
        json!({ "name": null }),
        json!({ "name": "a_b" }),
        json!({ "name": "a b" }),
        json!({ "inbound_rules": [] }),
        json!({ "droplet_ids": [1] }),
        json!({ "tags": ["none"] }),
        rule(json!({ "protocol": "gre" })),
        rule(json!({ "ports": null })),
        rule(json!({ "ports": "0-70000" })),
        rule(json!({ "ports": "90-80" })),
        rule(json!({ "ports": "ssh" })),
        rule(json!({ "protocol": "icmp", "ports": "8" })),
        rule(json!({ "sources": null })),
        rule(json!({ "sources": {} })),
        rule(json!({ "sources": { "addresses": ["everybody"] } })),
        rule(json!({ "sources": { "load_balancer_uids": ["none"] } })),
        rule(json!({ "sources": { "droplet_ids": [1] } })),
    ];
    for changes in table {
        let (status, answer) = bench.call("POST", "/v2/firewalls", with(good.clone(), changes.clone())).await;
        assert_eq!(status, 422, "{changes} {answer}");
    }
    for (asked, shown) in [("all", "0"), ("0", "0"), ("80", "80"), ("8000-9000", "8000-9000")] {
        let body = with(good.clone(), json!({ "name": format!("fw-{asked}") }));
        let made = bench.must("POST", "/v2/firewalls", with(body, rule(json!({ "ports": asked })))).await;
        assert_eq!(made["firewall"]["inbound_rules"][0]["ports"], shown);
        assert_eq!(made["firewall"]["status"], "succeeded", "it stands before nothing");
    }
}
