use serde_json::Value;
use serde_json::json;

use crate::sim::Host;
use crate::sim::digitalocean::tests::droplet;
use crate::sim::digitalocean::tests::rule;
use crate::sim::digitalocean::tests::with;
use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

#[tokio::test]
async fn the_first_network_of_a_region_is_its_default_and_stays() {
    let bench = bench();
    assert_eq!(bench.get("/v2/vpcs").await.1["meta"]["total"], 0);
    let id = bench.droplet("a", &[]).await;
    let vpcs = bench.get("/v2/vpcs").await.1["vpcs"].clone();
    assert_has(&vpcs[0], &json!({ "name": "default-fra1", "region": "fra1", "default": true }));
    let default = format!("/v2/vpcs/{}", vpcs[0]["id"].as_str().unwrap());
    assert_eq!(bench.call("DELETE", &default, Value::Null).await.0, 403);
    let made = bench.must("POST", "/v2/vpcs", json!({ "name": "own", "region": "fra1" })).await["vpc"].clone();
    assert_has(&made, &json!({ "default": false, "description": "" }));
    assert!(made["ip_range"].as_str().unwrap().ends_with("/20"));
    let own = format!("/v2/vpcs/{}", made["id"].as_str().unwrap());
    let table = [
        ("PUT", &default, json!({ "name": "x" }), 403),
        ("PUT", &default, json!({ "name": "x", "default": true }), 200),
        ("PATCH", &default, json!({ "description": "d" }), 200),
        ("PUT", &default, json!({ "description": "d" }), 422),
        ("PATCH", &own, json!({ "name": "x" }), 422),
        ("PATCH", &own, json!({ "default": true }), 200),
        ("DELETE", &own, Value::Null, 403),
        ("DELETE", &default, Value::Null, 409),
    ];
    for (method, path, body, expected) in table {
        assert_eq!(bench.call(method, path, body.clone()).await.0, expected, "{method} {body}");
    }
    assert_has(&bench.get(&default).await.1, &json!({ "vpc": { "name": "x", "description": "d", "default": false } }));
    let members = bench.get(&format!("{default}/members")).await.1;
    assert_has(&members["members"][0], &json!({ "name": "a", "urn": format!("do:droplet:{id}") }));
    bench.must("DELETE", &format!("/v2/droplets/{id}"), Value::Null).await;
    assert_eq!(bench.call("DELETE", &default, Value::Null).await.0, 409, "its member is not gone yet");
    bench.wait(9.0);
    assert_eq!(bench.call("DELETE", &default, Value::Null).await.0, 204);
}

#[tokio::test]
async fn everything_in_a_network_holds_it() {
    let bench = bench();
    bench.must("POST", "/v2/vpcs", json!({ "name": "default", "region": "fra1" })).await;
    let own = json!({ "name": "own", "region": "fra1", "ip_range": "10.9.0.0/28" });
    let vpc = bench.must("POST", "/v2/vpcs", own).await["vpc"]["id"].as_str().unwrap().to_owned();
    let members = format!("/v2/vpcs/{vpc}/members");
    let balancer =
        json!({ "name": "lb", "region": "fra1", "vpc_uuid": vpc, "droplet_ids": [], "forwarding_rules": [rule()] });
    let made = bench.must("POST", "/v2/load_balancers", balancer).await;
    let db = json!({ "name": "db1", "engine": "valkey", "size": "db-s-1vcpu-1gb", "num_nodes": 1, "region": "fra1", "private_network_uuid": vpc });
    let db = bench.must("POST", "/v2/databases", db).await;
    bench.wait(1.0);
    assert_eq!(bench.get(&members).await.1["meta"]["total"], 2);
    assert_eq!(bench.get(&format!("{members}?resource_type=database")).await.1["meta"]["total"], 1);
    bench
        .must("DELETE", &format!("/v2/load_balancers/{}", made["load_balancer"]["id"].as_str().unwrap()), Value::Null)
        .await;
    let db = format!("/v2/databases/{}", db["database"]["id"].as_str().unwrap());
    bench.must("DELETE", &db, Value::Null).await;
    assert_eq!(bench.get(&members).await.1["meta"]["total"], 2, "both linger");
    bench.wait(26.0);
    assert_eq!(bench.get(&format!("{members}?resource_type=load_balancer")).await.1["meta"]["total"], 0);
    bench.wait(35.0);
    assert_eq!((bench.get(&db).await.0, bench.get(&members).await.1["meta"]["total"].as_u64()), (404, Some(0)));
    // Thirteen machines fit besides the gateway; one that has gone makes room.
    let inside = |name: &str| with(droplet(name), json!({ "vpc_uuid": vpc }));
    for n in 0..13 {
        bench.must("POST", "/v2/droplets", inside(&format!("d{n}"))).await;
    }
    assert_eq!(bench.call("POST", "/v2/droplets", inside("d13")).await.0, 422);
    bench.wait(41.0);
    let first = bench.get("/v2/droplets?name=d0").await.1["droplets"][0].clone();
    bench.must("DELETE", &format!("/v2/droplets/{}", first["id"]), Value::Null).await;
    bench.wait(9.0);
    let second = bench.get("/v2/droplets?name=d1").await.1["droplets"][0]["id"].clone();
    bench.must("DELETE", &format!("/v2/droplets/{second}"), Value::Null).await;
    let again = bench.must("POST", "/v2/droplets", inside("d13")).await["droplet"]["id"].clone();
    bench.wait(41.0);
    let again = bench.get(&format!("/v2/droplets/{again}")).await.1["droplet"].clone();
    assert_eq!(again["networks"]["v4"][1]["ip_address"], first["networks"]["v4"][1]["ip_address"]);
}

#[tokio::test]
async fn a_network_is_checked() {
    let bench = bench();
    let good = json!({ "name": "a", "region": "fra1", "ip_range": "10.20.0.0/20" });
    bench.must("POST", "/v2/vpcs", good.clone()).await;
    let table = [
        json!({}),
        json!({ "name": "b b" }),
        json!({ "name": null }),
        json!({ "region": null }),
        json!({ "region": "moon1" }),
        json!({ "ip_range": "10.20.8.0/24" }),
        json!({ "ip_range": "10.30.0.0/15" }),
        json!({ "ip_range": "10.30.0.0/29" }),
        json!({ "ip_range": "10.30.0.1/24" }),
        json!({ "ip_range": "8.8.0.0/16" }),
        json!({ "ip_range": "ten" }),
        json!({ "description": "d".repeat(256) }),
    ];
    for changes in table {
        let fresh = with(good.clone(), json!({ "name": "b", "ip_range": "10.40.0.0/24" }));
        let body = if changes == json!({}) { good.clone() } else { with(fresh, changes) };
        assert_eq!(bench.call("POST", "/v2/vpcs", body.clone()).await.0, 422, "{body}");
    }
}

#[tokio::test]
async fn a_reserved_address_moves_between_droplets() {
    let bench = bench();
    let (a, b) = (bench.droplet("a", &[]).await, bench.droplet("b", &[]).await);
    let (status, made) = bench.call("POST", "/v2/reserved_ips", json!({ "droplet_id": a })).await;
    assert_eq!(status, 202);
    assert_has(&made, &json!({ "reserved_ip": { "droplet": null, "locked": true } }));
    assert_eq!(made["links"]["droplets"][0]["id"], a);
    let ip = made["reserved_ip"]["ip"].as_str().unwrap().to_owned();
    let path = format!("/v2/reserved_ips/{ip}");
    let actions = format!("{path}/actions");
    let busy = bench.call("POST", &format!("/v2/droplets/{a}/actions"), json!({ "type": "reboot" })).await;
    assert_eq!((busy.0, busy.1["message"].as_str()), (422, Some("Droplet already has a pending event.")));
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 422);
    bench.wait(6.1);
    assert_eq!(bench.get(&path).await.1["reserved_ip"]["droplet"]["id"], a);
    let Host::Up(host) = bench.sim.host(&ip).unwrap() else { panic!("{ip} leads nowhere") };
    assert!(host.root.ends_with(format!("a-{a}")), "{host:?}");
    assert_eq!(bench.call("POST", &actions, json!({ "type": "assign", "droplet_id": a })).await.0, 422);
    let (status, begun) = bench.call("POST", &actions, json!({ "type": "assign", "droplet_id": b })).await;
    assert_eq!((status, &begun["action"]["type"]), (201, &json!("assign_ip")));
    assert_eq!(bench.get(&path).await.1["reserved_ip"]["droplet"]["id"], a, "until it is done");
    bench.wait(6.1);
    assert_eq!(bench.get(&path).await.1["reserved_ip"]["droplet"]["id"], b);
    let action = format!("{actions}/{}", begun["action"]["id"]);
    assert_eq!(bench.get(&action).await.1["action"]["status"], "completed");
    assert_eq!(bench.get(&actions).await.1["meta"]["total"], 2);
    let of_b = bench.get(&format!("/v2/droplets/{b}/actions")).await.1;
    assert_eq!(of_b["actions"][0]["type"], "assign_ip");
    bench.must("DELETE", &format!("/v2/droplets/{b}"), Value::Null).await;
    bench.wait(9.0);
    assert_eq!(bench.get(&path).await.1["reserved_ip"]["droplet"], Value::Null, "its droplet is gone");
    assert_eq!(bench.call("POST", &actions, json!({ "type": "unassign" })).await.0, 422);
    bench.must("POST", &actions, json!({ "type": "assign", "droplet_id": a })).await;
    bench.wait(6.1);
    bench.must("POST", &actions, json!({ "type": "unassign" })).await;
    bench.wait(6.1);
    assert_eq!(bench.get(&path).await.1["reserved_ip"]["droplet"], Value::Null);
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(bench.get(&path).await.0, 404);
    for body in [
        json!({}),
        json!({ "region": "fra1", "droplet_id": a }),
        json!({ "region": "moon1" }),
        json!({ "droplet_id": 1 }),
        json!({ "droplet_id": "a" }),
    ] {
        assert_eq!(bench.call("POST", "/v2/reserved_ips", body.clone()).await.0, 422, "{body}");
    }
}
