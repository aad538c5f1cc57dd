use serde_json::Value;
use serde_json::json;

use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

#[tokio::test]
async fn a_zone_begins_with_the_vendors_servers_and_takes_its_records_with_it() {
    let bench = bench();
    let body = json!({ "name": "Example.com", "ip_address": "192.0.2.1" });
    let made = bench.must("POST", "/v2/domains", body).await;
    assert_eq!(made, json!({ "domain": { "name": "example.com", "ttl": 1800, "zone_file": null } }));
    let zone = bench.get("/v2/domains/example.com").await.1["domain"]["zone_file"].as_str().unwrap().to_owned();
    assert!(zone.contains("example.com. 1800 IN A 192.0.2.1\n"), "{zone}");
    let records = bench.get("/v2/domains/example.com/records").await.1["domain_records"].clone();
    let kinds: Vec<&str> = records.as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["SOA", "NS", "NS", "NS", "A"]);
    assert_has(&records[1], &json!({ "name": "@", "data": "ns1.digitalocean.com", "ttl": 1800, "priority": null }));
    let soa = format!("/v2/domains/example.com/records/{}", records[0]["id"]);
    assert_eq!(bench.call("DELETE", &soa, Value::Null).await.0, 422);
    let again = bench.call("POST", "/v2/domains", json!({ "name": "example.com" })).await;
    assert_eq!(again.0, 422);
    for name in ["com", "a b.com", "-a.com", "example..com"] {
        assert_eq!(bench.call("POST", "/v2/domains", json!({ "name": name })).await.0, 422, "{name}");
    }
    assert_eq!(bench.call("DELETE", "/v2/domains/example.com", Value::Null).await.0, 204);
    assert_eq!(bench.get("/v2/domains/example.com/records").await.0, 404);
    bench.must("POST", "/v2/domains", json!({ "name": "example.com" })).await;
    assert_eq!(bench.get("/v2/domains/example.com/records").await.1["meta"]["total"], 4);
}

#[tokio::test]
async fn records_are_checked_by_their_type_and_found_by_their_whole_name() {
    let bench = bench();
    bench.must("POST", "/v2/domains", json!({ "name": "example.com" })).await;
    let path = "/v2/domains/example.com/records";
    let table = [
        (json!({ "type": "A", "name": "www", "data": "192.0.2.1" }), Ok(json!({ "name": "www", "ttl": 1800 }))),
        (
            json!({ "type": "A", "name": "www.example.com.", "data": "192.0.2.2", "ttl": 60 }),
            Ok(json!({ "name": "www" })),
        ),
        (json!({ "type": "AAAA", "name": "@", "data": "2001:db8::1" }), Ok(json!({ "name": "@" }))),
        (json!({ "type": "CNAME", "name": "m", "data": "example.net." }), Ok(json!({ "data": "example.net" }))),
        (json!({ "type": "CNAME", "name": "n", "data": "@" }), Ok(json!({ "data": "@" }))),
        (
            json!({ "type": "MX", "data": "mail.example.com.", "priority": 0 }),
            Ok(json!({ "name": "@", "priority": 0 })),
        ),
        (
            json!({ "type": "SRV", "name": "_s._tcp", "data": "a.example.com.", "priority": 1, "weight": 2, "port": 3 }),
            Ok(json!({ "weight": 2, "port": 3, "flags": null })),
        ),
        (
            json!({ "type": "CAA", "name": "@", "data": "mailto:a@example.com", "flags": 0, "tag": "iodef" }),
            Ok(json!({ "data": "mailto:a@example.com", "tag": "iodef" })),
        ),
        (json!({ "type": "TXT", "name": "*", "data": "v=spf1 -all" }), Ok(json!({ "name": "*" }))),
        (json!({ "type": "A", "name": "x", "data": "2001:db8::1" }), Err("IPv4")),
        (json!({ "type": "AAAA", "name": "x", "data": "192.0.2.1" }), Err("IPv6")),
        (json!({ "type": "CNAME", "name": "x", "data": "example.net" }), Err("end with a dot")),
        (json!({ "type": "CNAME", "name": "www", "data": "example.net." }), Err("cannot share")),
        (json!({ "type": "A", "name": "m", "data": "192.0.2.1" }), Err("cannot share")),
        (json!({ "type": "MX", "name": "@", "data": "mail.example.com." }), Err("Priority")),
        (json!({ "type": "SRV", "name": "x", "data": "a.example.com.", "priority": 1, "port": 3 }), Err("Weight")),
        (json!({ "type": "CAA", "name": "@", "data": "a.", "flags": 0, "tag": "x" }), Err("Tag")),
        (json!({ "type": "SOA", "name": "@", "data": "1800" }), Err("SOA")),
        (json!({ "type": "A", "name": "w.example.net.", "data": "192.0.2.1" }), Err("within")),
        (json!({ "type": "A", "name": "x", "data": "192.0.2.1", "ttl": 5 }), Err("ttl")),
        (json!({ "type": "PTR", "name": "x", "data": "192.0.2.1" }), Err("type")),
    ];
    for (body, expected) in table {
        let (status, answer) = bench.call("POST", path, body.clone()).await;
        match expected {
            Ok(part) => {
                assert_eq!(status, 201, "{body} {answer}");
                assert_has(&answer["domain_record"], &part);
            }
            Err(part) => {
                assert!(status == 422 && answer["message"].as_str().unwrap().contains(part), "{body} {answer}")
            }
        }
    }
    let named = bench.get(&format!("{path}?name=www.example.com&type=A")).await.1["domain_records"].clone();
    assert_eq!(named.as_array().unwrap().len(), 2);
    assert_eq!((&named[0]["ttl"], &named[1]["ttl"]), (&json!(60), &json!(60)), "one name has one time to live");
    assert_eq!(bench.get(&format!("{path}?name=example.com&type=MX")).await.1["meta"]["total"], 1);
    let one = format!("{path}/{}", named[0]["id"]);
    let changed = bench.must("PATCH", &one, json!({ "data": "192.0.2.9", "priority": 0, "port": 0 })).await;
    assert_has(&changed["domain_record"], &json!({ "data": "192.0.2.9", "name": "www", "priority": null }));
    assert_eq!(bench.call("PUT", &one, json!({ "type": "TXT" })).await.0, 422);
    assert_eq!(bench.call("DELETE", &one, Value::Null).await.0, 204);
    assert_eq!(bench.get(&one).await.0, 404);
}
