use serde_json::Value;
use serde_json::json;

use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

#[tokio::test]
async fn everything_is_in_one_project_and_only_an_empty_one_goes() {
    let bench = bench();
    let first = bench.get("/v2/projects/default").await.1["project"].clone();
    assert_has(&first, &json!({ "name": "first-project", "is_default": true }));
    let body = json!({ "name": "p", "purpose": "A thing", "environment": "production" });
    let made = bench.must("POST", "/v2/projects", body).await["project"].clone();
    assert_has(&made, &json!({ "purpose": "Other: A thing", "environment": "Production", "is_default": false }));
    let path = format!("/v2/projects/{}", made["id"].as_str().unwrap());
    let droplet = bench.droplet("a", &[]).await;
    let ip = bench.must("POST", "/v2/reserved_ips", json!({ "region": "fra1", "project_id": made["id"] })).await;
    let ip = ip["reserved_ip"]["ip"].as_str().unwrap().to_owned();
    let default = bench.get("/v2/projects/default/resources").await.1["resources"].clone();
    assert_has(&default[0], &json!({ "urn": format!("do:droplet:{droplet}"), "status": "ok" }));
    let urns =
        json!({ "resources": [format!("do:droplet:{droplet}"), format!("do:reservedip:{ip}"), "do:volume:none"] });
    let moved = bench.must("POST", &format!("{path}/resources"), urns).await["resources"].clone();
    let statuses: Vec<&Value> = moved.as_array().unwrap().iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, ["assigned", "already_assigned", "not_found"]);
    assert_eq!(bench.get(&format!("{path}/resources")).await.1["meta"]["total"], 2);
    assert_eq!(bench.get("/v2/projects/default/resources").await.1["meta"]["total"], 0);
    let (status, refused) = bench.call("DELETE", &path, Value::Null).await;
    assert_eq!((status, refused["id"].as_str()), (412, Some("precondition_failed")));
    bench.must("DELETE", &format!("/v2/reserved_ips/{ip}"), Value::Null).await;
    let urn = json!({ "resources": [format!("do:droplet:{droplet}")] });
    bench.must("POST", "/v2/projects/default/resources", urn).await;
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 412, "still on its way");
    bench.wait(5.1);
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(bench.get("/v2/projects").await.1["meta"]["total"], 1);
}

#[tokio::test]
async fn another_project_may_become_the_default() {
    let bench = bench();
    let first = bench.get("/v2/projects/default").await.1["project"]["id"].as_str().unwrap().to_owned();
    let made = bench.must("POST", "/v2/projects", json!({ "name": "p", "purpose": "IoT" })).await["project"].clone();
    let path = format!("/v2/projects/{}", made["id"].as_str().unwrap());
    let whole =
        json!({ "name": "q", "description": "", "purpose": "IoT", "environment": "Staging", "is_default": true });
    assert_eq!(bench.call("PUT", &path, json!({ "name": "q" })).await.0, 422);
    bench.must("PUT", &path, whole).await;
    assert_eq!(bench.call("PATCH", &path, json!({ "is_default": false })).await.0, 422);
    assert_eq!(bench.get("/v2/projects/default").await.1["project"]["id"], made["id"]);
    assert_eq!(bench.get("/v2/projects").await.1["meta"]["total"], 2);
    bench.must("POST", "/v2/domains", json!({ "name": "example.com" })).await;
    assert_eq!(bench.get(&format!("{path}/resources")).await.1["resources"][0]["urn"], "do:domain:example.com");
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 412, "the default stays");
    assert_eq!(bench.call("DELETE", &format!("/v2/projects/{first}"), Value::Null).await.0, 204);
    assert_eq!(bench.get(&format!("/v2/projects/{first}")).await.0, 404);
    assert_eq!(bench.get("/v2/projects").await.1["meta"]["total"], 1);
}
