use serde_json::Value;
use serde_json::json;

use crate::sim::digitalocean::tests::stage::Stage;
use crate::sim::digitalocean::tests::stage::policy;
use crate::sim::digitalocean::tests::with;
use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

#[tokio::test]
async fn an_alert_policy_is_whole_or_refused() {
    let bench = bench();
    let (status, made) = bench.call("POST", "/v2/monitoring/alerts", policy()).await;
    assert_eq!(status, 200, "{made}");
    assert_has(&made["policy"], &with(policy(), json!({ "value": 80.0 })));
    let path = format!("/v2/monitoring/alerts/{}", made["policy"]["uuid"].as_str().unwrap());
    for name in ["type", "description", "compare", "value", "window", "entities", "tags", "enabled", "alerts"] {
        let (status, answer) = bench.call("PUT", &path, with(policy(), json!({ name: null }))).await;
        assert!(status == 422 && answer["message"].as_str().unwrap().contains(name), "{name} {answer}");
    }
    let changes = json!({ "value": 12.5, "entities": [], "tags": [], "enabled": false });
    assert_has(&bench.must("PUT", &path, with(policy(), changes.clone())).await["policy"], &changes);
    assert_eq!(bench.get("/v2/monitoring/alerts").await.1["policies"][0]["value"], 12.5);
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(bench.get(&path).await.0, 404);
}

#[tokio::test]
async fn a_check_is_looked_at_and_takes_its_alerts_with_it() {
    let bench = bench();
    let body = json!({ "name": "c", "target": "https://example.com", "enabled": true });
    let (status, made) = bench.call("POST", "/v2/uptime/checks", body.clone()).await;
    assert_eq!(status, 201, "{made}");
    assert_has(&made["check"], &json!({ "type": "https", "regions": ["us_east", "eu_west"] }));
    let path = format!("/v2/uptime/checks/{}", made["check"]["id"].as_str().unwrap());
    let status = async || bench.get(&format!("{path}/state")).await.1["state"]["regions"]["us_east"]["status"].clone();
    assert_eq!(status().await, "CHECKING");
    bench.wait(61.0);
    assert_eq!(status().await, "UP");
    for changes in [json!({ "target": "example.com" }), json!({ "regions": ["moon"] }), json!({ "type": "smtp" })] {
        assert_eq!(bench.call("PUT", &path, changes.clone()).await.0, 422, "{changes}");
    }
    let ping = json!({ "target": "192.0.2.1", "type": "ping", "regions": ["se_asia"] });
    assert_has(&bench.must("PUT", &path, ping.clone()).await["check"], &ping);
    let alerts = format!("{path}/alerts");
    let made = bench.must("POST", &alerts, Stage::alert()).await["alert"].clone();
    assert_has(&made, &Stage::alert());
    let one = format!("{alerts}/{}", made["id"].as_str().unwrap());
    assert_eq!(bench.call("PUT", &one, with(Stage::alert(), json!({ "period": "4m" }))).await.0, 422);
    let down = json!({ "type": "down", "threshold": null, "comparison": null });
    let changed = bench.must("PUT", &one, with(Stage::alert(), down)).await["alert"].clone();
    assert_eq!((changed["type"].as_str(), changed.get("threshold")), (Some("down"), None));
    assert_eq!(bench.get(&alerts).await.1["meta"]["total"], 1);
    bench.must("DELETE", &path, Value::Null).await;
    assert_eq!(bench.get(&one).await.0, 404);
}
