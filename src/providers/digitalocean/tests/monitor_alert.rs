use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::net::replay::START;
use crate::provider::Found;
use crate::provider::Read;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

const ALERT: &str = "digitalocean_monitor_alert";

fn config() -> Json {
    json!({
        "type": "v1/insights/droplet/cpu", "description": "CPU", "compare": "GreaterThan", "value": 80, "window": "5m",
        "tags": ["web"], "alerts": [{"email": ["a@x.test"]}],
    })
}

fn slack(object: &Object) -> Vec<(String, String)> {
    let alerts = object.get("alerts").unwrap().as_elements().unwrap();
    let slack = alerts[0].as_object().unwrap().get("slack").unwrap().as_elements().unwrap();
    let slack = slack.iter().filter_map(Value::as_object);
    slack.map(|it| (it.str("channel").unwrap().to_owned(), it.str("url").unwrap().to_owned())).collect()
}

#[tokio::test]
async fn the_vendors_order_and_precision_are_no_difference() {
    let alerts = json!([{
        "email": ["b@x.test", "a@x.test"],
        "slack": [{"channel": "one", "url": "https://hooks.test/1"}, {"channel": "two", "url": "https://hooks.test/2"}],
    }]);
    let made = lab(ALERT, "create")
        .create(json!({
            "type": "v1/insights/droplet/cpu", "description": "CPU", "compare": "GreaterThan", "value": 80.1,
            "window": "5m", "entities": ["7"], "alerts": alerts,
        }))
        .await
        .unwrap();
    assert_has(
        &made,
        json!({"id": "a9", "uuid": "a9", "value": 80.1, "enabled": true, "entities": ["7"], "tags": null}),
    );
    assert_eq!(slack(&made)[0], ("one".to_owned(), "https://hooks.test/1".to_owned()));
}

#[tokio::test]
async fn a_lost_alert_is_told_by_those_that_were_there_and_by_all_it_says() {
    assert!(lab(ALERT, "create lost").create(config()).await.unwrap_err().is_ambiguous());
    let noting = lab(ALERT, "before");
    let planned = noting.plan(None, config()).object;
    let before = noting.ty.before_create(&noting.client, &noting.cx, &planned).await.unwrap();
    assert_eq!(before, json!(["a1"]));
    for (claimed, is_found) in [(vec![], true), (vec!["a8".to_owned()], false)] {
        let lab = lab(ALERT, "find");
        let mut intent = lab.intent(config(), None, before.clone(), START);
        intent.claimed = claimed;
        let found = lab.ty.find(&lab.client, &lab.cx, &intent).await.unwrap();
        assert_eq!(matches!(&found, Found::One(alert) if alert.id() == "a8"), is_found, "{found:?}");
    }
}

#[tokio::test]
async fn a_blanked_address_is_not_forgotten() {
    let lab = lab(ALERT, "blanked");
    let mut known = config();
    known["alerts"] = json!([{"slack": [{"channel": "one", "url": "https://hooks.test/1"}]}]);
    known["id"] = json!("a9");
    known["uuid"] = json!("a9");
    known["tags"] = json!([]);
    let prior = lab.existing(known);
    let reads = lab.read(std::slice::from_ref(&prior)).await;
    assert_eq!(*present(&reads[0]), prior);
}

#[tokio::test]
async fn an_alert_is_read_changed_imported_and_deleted() {
    let many = lab(ALERT, "read many");
    let priors = ["a1", "a2", "a3"].map(|id| many.existing(json!({"id": id, "value": 1})));
    let reads = many.read(&priors).await;
    assert_has(present(&reads[1]), json!({"value": 2}));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
    let imported = lab(ALERT, "one").import("a9").await.unwrap().unwrap();
    assert_has(
        &imported,
        json!({"compare": "LessThan", "enabled": false, "tags": ["Web"], "entities": null, "value": 5}),
    );
    assert_eq!(slack(&imported), [("one".to_owned(), "https://hooks.test/1".to_owned())]);
    assert_eq!(lab(ALERT, "none").import("a9").await.unwrap(), None);
    let changing = lab(ALERT, "update");
    let mut known = config();
    known["id"] = json!("a9");
    known["uuid"] = json!("a9");
    let other = json!({
        "type": "v1/dbaas/alerts/cpu_alerts", "description": "databases", "compare": "LessThan", "value": 5,
        "window": "1h", "enabled": false, "alerts": [{"email": ["c@x.test"]}],
    });
    assert_has(&changing.update(&changing.existing(known), other).await.unwrap(), json!({"id": "a9", "tags": null}));
    let lab = lab(ALERT, "delete");
    lab.delete(&lab.existing(json!({"id": "a9"}))).await.unwrap();
}

#[test]
fn words_that_the_vendor_does_not_know_are_problems() {
    let lab = lab(ALERT, "none");
    let cases: [(Json, &[&str]); 3] = [
        (config(), &[]),
        (json!({"type": "v1/insights/droplet/cpus", "compare": ">", "window": "2m"}), &["type", "compare", "window"]),
        (json!({"type": "(unknown)"}), &[]),
    ];
    for (config, expected) in cases {
        let problems = lab.ty.validate(&lab.config(config.clone()));
        assert_eq!(problems.iter().map(|p| p.path.to_string()).collect::<Vec<_>>(), expected, "{config}");
    }
}
