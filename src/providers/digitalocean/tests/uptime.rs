use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::net::replay::START;
use crate::provider::Found;
use crate::provider::Read;
use crate::schema::ObjectExt;

const CHECK: &str = "digitalocean_uptime_check";
const ALERT: &str = "digitalocean_uptime_alert";

fn down() -> Json {
    json!({"check_id": "c1", "name": "down", "type": "down", "period": "2m", "notifications": [{"email": ["a@x.test"]}]})
}

#[tokio::test]
async fn the_vendor_chooses_a_checks_regions() {
    let made = lab(CHECK, "create").create(json!({"name": "web", "target": "https://www.example.com"})).await.unwrap();
    assert_has(&made, json!({"id": "c9", "type": "https", "regions": ["us_east", "eu_west"], "enabled": true}));
}

#[tokio::test]
async fn lost_ones_are_told_by_those_that_were_there() {
    let ping = || json!({"name": "web", "target": "192.0.2.1", "type": "ping", "regions": ["eu_west"]});
    for (ty, config, before, first) in [(CHECK, ping(), json!(["c1"]), "c8"), (ALERT, down(), json!(["a1"]), "a9")] {
        assert!(lab(ty, "create lost").create(config.clone()).await.unwrap_err().is_ambiguous());
        let noting = lab(ty, "before");
        let planned = noting.plan(None, config.clone()).object;
        assert_eq!(noting.ty.before_create(&noting.client, &noting.cx, &planned).await.unwrap(), before);
        let found = lab(ty, "find").find(config.clone(), None, before.clone()).await.unwrap();
        assert!(matches!(&found, Found::One(found) if found.id() == first), "{found:?}");
        let claimed = lab(ty, "find");
        let mut intent = claimed.intent(config, None, before, START);
        intent.claimed = vec![first.to_owned()];
        let found = claimed.ty.find(&claimed.client, &claimed.cx, &intent).await.unwrap();
        assert!(!matches!(&found, Found::One(found) if found.id() == first), "{found:?}");
    }
    let found = lab(ALERT, "no check").find(down(), None, json!([])).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
}

#[tokio::test]
async fn a_check_is_read_changed_imported_and_deleted() {
    let many = lab(CHECK, "read many");
    let priors = ["c1", "c2", "c3"].map(|id| many.existing(json!({"id": id, "name": "was"})));
    let reads = many.read(&priors).await;
    assert_has(present(&reads[1]), json!({"name": "b"}));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
    let imported = lab(CHECK, "one").import("c9").await.unwrap().unwrap();
    assert_has(&imported, json!({"name": "web", "regions": ["eu_west"], "enabled": false}));
    assert_eq!(lab(CHECK, "none").import("c9").await.unwrap(), None);
    let changing = lab(CHECK, "update");
    let prior =
        changing.existing(json!({"id": "c9", "name": "web", "target": "https://x.test", "regions": ["us_east"]}));
    let other = json!({
        "name": "api", "target": "http://api.example.com", "type": "http", "regions": ["se_asia"], "enabled": false,
    });
    assert_has(&changing.update(&prior, other).await.unwrap(), json!({"id": "c9", "regions": ["se_asia"]}));
    let lab = lab(CHECK, "delete");
    lab.delete(&lab.existing(json!({"id": "c9"}))).await.unwrap();
}

#[tokio::test]
async fn an_alert_may_leave_its_limit_to_the_vendor() {
    let slow = json!({
        "check_id": "c1", "name": "slow", "type": "latency", "threshold": 300, "comparison": "greater_than",
        "period": "2m",
        "notifications": [{"email": ["a@x.test"], "slack": [{"channel": "one", "url": "https://hooks.test/1"}]}],
    });
    assert_has(&lab(ALERT, "create").create(slow).await.unwrap(), json!({"id": "a9", "threshold": 300}));
    let made = lab(ALERT, "create down").create(down()).await.unwrap();
    assert_has(&made, json!({"id": "a9", "check_id": "c1", "threshold": 1, "comparison": "less_than"}));
}

#[tokio::test]
async fn an_alert_is_read_changed_imported_and_deleted() {
    let prior = |id: &str| json!({"id": id, "check_id": "c1", "name": "was"});
    let many = lab(ALERT, "read many");
    let reads = many.read(&["a1", "a2", "a3"].map(|id| many.existing(prior(id)))).await;
    assert_has(present(&reads[1]), json!({"name": "b", "check_id": "c1"}));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
    let orphans = lab(ALERT, "no check");
    let reads = orphans.read(&["a1", "a2", "a3"].map(|id| orphans.existing(prior(id)))).await;
    assert!(reads.iter().all(|read| matches!(read, Ok(Read::Absent))), "{reads:?}");
    let imported = lab(ALERT, "one").import("c1,a9").await.unwrap().unwrap();
    assert_has(&imported, json!({"id": "a9", "check_id": "c1", "threshold": 300, "period": "2m"}));
    assert_eq!(lab(ALERT, "none").import("c1,a9").await.unwrap(), None);
    let bad = lab(ALERT, "none");
    assert!(bad.ty.import(&bad.client, &bad.cx, "a9").await.unwrap_err().to_string().contains("is not an id"));
    let changing = lab(ALERT, "update");
    let other = json!({
        "check_id": "c1", "name": "expires", "type": "ssl_expiry", "threshold": 14, "comparison": "less_than",
        "period": "1h", "notifications": [{"email": ["c@x.test"]}],
    });
    assert_has(&changing.update(&changing.existing(prior("a9")), other).await.unwrap(), json!({"type": "ssl_expiry"}));
    let lab = lab(ALERT, "delete");
    lab.delete(&lab.existing(prior("a9"))).await.unwrap();
}

#[test]
fn words_that_the_vendor_does_not_know_are_problems() {
    let cases: [(&str, Json, &[&str]); 4] = [
        (CHECK, json!({"type": "ping", "regions": ["eu_west"]}), &[]),
        (CHECK, json!({"type": "tcp", "regions": ["eu_west", "eu_east"]}), &["type", "regions"]),
        (ALERT, down(), &[]),
        (ALERT, json!({"type": "up", "comparison": ">", "period": "1m"}), &["type", "comparison", "period"]),
    ];
    for (ty, config, expected) in cases {
        let lab = lab(ty, "none");
        let problems = lab.ty.validate(&lab.config(config.clone()));
        assert_eq!(problems.iter().map(|p| p.path.to_string()).collect::<Vec<_>>(), expected, "{config}");
    }
}
