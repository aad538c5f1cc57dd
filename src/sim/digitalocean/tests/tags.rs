use serde_json::Value;
use serde_json::json;

use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

#[tokio::test]
async fn a_tag_is_one_whatever_its_case_and_keeps_its_first() {
    let bench = bench();
    bench.must("POST", "/v2/tags", json!({ "name": "Web" })).await;
    let again = bench.must("POST", "/v2/tags", json!({ "name": "wEB" })).await;
    assert_eq!(again["tag"]["name"], "Web");
    let id = bench.droplet("a", &["WEB", "web", "env:prod"]).await;
    let droplet = bench.get(&format!("/v2/droplets/{id}")).await.1;
    assert_eq!(droplet["droplet"]["tags"], json!(["Web", "env:prod"]));
    assert_eq!(bench.get("/v2/tags").await.1["meta"]["total"], 2);
    assert_eq!(bench.get("/v2/tags/env%3Aprod").await.1["tag"]["name"], "env:prod");
    for name in ["", "a b", "a/b", &"x".repeat(256)] {
        assert_eq!(bench.call("POST", "/v2/tags", json!({ "name": name })).await.0, 422, "{name}");
    }
}

#[tokio::test]
async fn counters_follow_what_carries_the_tag() {
    let bench = bench();
    let (a, b) = (bench.droplet("a", &["web"]).await, bench.droplet("b", &[]).await);
    let cluster = bench.cluster("db1").await;
    let resources = |list: &[(&str, String)]| {
        let list: Vec<Value> =
            list.iter().map(|(kind, id)| json!({ "resource_id": id, "resource_type": kind })).collect();
        json!({ "resources": list })
    };
    let both = resources(&[("droplet", b.to_string()), ("database", cluster.clone())]);
    assert_eq!(bench.call("POST", "/v2/tags/WEB/resources", both).await, (204, Value::Null));
    let tag = bench.get("/v2/tags/web").await.1["tag"]["resources"].clone();
    assert_has(
        &tag,
        &json!({ "count": 3, "droplets": { "count": 2 }, "databases": { "count": 1 }, "volumes": { "count": 0 } }),
    );
    assert!(tag["droplets"]["last_tagged_uri"].as_str().unwrap().ends_with(&format!("/v2/droplets/{b}")));
    assert_eq!(bench.get("/v2/databases?tag_name=web").await.1["databases"][0]["id"], json!(cluster));
    bench.must("DELETE", "/v2/tags/web/resources", resources(&[("droplet", a.to_string())])).await;
    assert_eq!(bench.get("/v2/tags/web").await.1["tag"]["resources"]["droplets"]["count"], 1);
    let table = [
        ("/v2/tags/none/resources", resources(&[("droplet", a.to_string())]), 404),
        ("/v2/tags/web/resources", resources(&[("droplet", "1".to_owned())]), 404),
        ("/v2/tags/web/resources", resources(&[("volume", a.to_string())]), 404),
        ("/v2/tags/web/resources", resources(&[("vpc", a.to_string())]), 422),
        ("/v2/tags/web/resources", json!({}), 422),
        ("/v2/tags/web/resources", json!({ "resources": [{ "resource_id": a, "resource_type": "droplet" }] }), 422),
    ];
    for (path, body, expected) in table {
        assert_eq!(bench.call("POST", path, body.clone()).await.0, expected, "{body}");
    }
    // A refusal in the middle takes back what came before it.
    let half = resources(&[("droplet", a.to_string()), ("droplet", "1".to_owned())]);
    assert_eq!(bench.call("POST", "/v2/tags/web/resources", half).await.0, 404);
    assert_eq!(bench.get("/v2/tags/web").await.1["tag"]["resources"]["droplets"]["count"], 1);
    bench.must("DELETE", "/v2/tags/web", Value::Null).await;
    assert_eq!(bench.get("/v2/tags/web").await.0, 404);
    assert_eq!(bench.get(&format!("/v2/droplets/{b}")).await.1["droplet"]["tags"], json!([]));
    assert_eq!(bench.get(&format!("/v2/databases/{cluster}")).await.1["database"]["tags"], json!([]));
}
