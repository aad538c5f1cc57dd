use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::provider::Read;
use crate::schema::ObjectExt;

const RECORD: &str = "digitalocean_record";

fn alias() -> Json {
    json!({"domain": "example.com", "type": "CNAME", "name": "www.example.com.", "value": "Web.example.com."})
}

fn existing(changes: Json) -> Json {
    let mut known = json!({"id": "4", "domain": "example.com", "type": "CNAME", "name": "www",
        "value": "web.example.com.", "ttl": 1800, "fqdn": "www.example.com"});
    known.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    known
}

#[tokio::test]
async fn a_record_keeps_the_names_as_they_are_written() {
    let made = lab(RECORD, "create").create(alias()).await.unwrap();
    let expected = json!({"id": "4", "name": "www.example.com.", "value": "Web.example.com.", "ttl": 1800,
        "fqdn": "www.example.com", "priority": null});
    assert_has(&made, expected);
    let service = json!({"domain": "example.com", "type": "SRV", "name": "_sip._tcp", "value": "sip.example.com.",
        "priority": 0, "port": 5060, "weight": 5, "ttl": 60});
    let made = lab(RECORD, "create srv").create(service).await.unwrap();
    assert_has(&made, json!({"id": "5", "priority": 0, "fqdn": "_sip._tcp.example.com"}));
}

#[tokio::test]
async fn a_lost_record_is_a_new_one_that_is_equal() {
    let noting = lab(RECORD, "before");
    let planned = noting.plan(None, alias()).object;
    let before = noting.ty.before_create(&noting.client, &noting.cx, &planned).await.unwrap();
    assert_eq!(before, json!([3]));
    assert!(lab(RECORD, "create lost").create(alias()).await.unwrap_err().is_ambiguous());
    let found = lab(RECORD, "find").find(alias(), None, before).await.unwrap();
    assert!(matches!(&found, Found::One(record) if record.id() == "7"), "{found:?}");
    let found = lab(RECORD, "find in a new domain").find(alias(), None, Json::Null).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
}

#[tokio::test]
async fn a_record_changes_in_place() {
    let lab = lab(RECORD, "update");
    let change = json!({"domain": "example.com", "type": "CNAME", "name": "@", "value": "app.example.com", "ttl": 60});
    let changed = lab.update(&lab.existing(existing(json!({}))), change).await.unwrap();
    assert_has(&changed, json!({"id": "4", "name": "@", "value": "app.example.com", "fqdn": "example.com"}));
}

#[tokio::test]
async fn the_records_of_a_domain_take_one_request() {
    let many = lab(RECORD, "read many");
    let prior = |id: &str, kind: &str, value: &str| {
        many.existing(json!({"id": id, "domain": "example.com", "type": kind, "name": "@", "value": value}))
    };
    let priors = [prior("1", "A", "192.0.2.1"), prior("2", "MX", "mail.example.com."), prior("3", "TXT", "a")];
    let reads = many.read(&priors).await;
    assert_has(present(&reads[0]), json!({"value": "192.0.2.1", "flags": null, "ttl": 1800}));
    assert_has(present(&reads[1]), json!({"value": "mail.example.com.", "priority": 20}));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
    let gone = lab(RECORD, "domain gone");
    let reads = gone.read(&priors).await;
    assert!(reads.iter().all(|read| matches!(read, Ok(Read::Absent))), "{reads:?}");
    let other = many.existing(json!({"id": "1", "domain": "example.org", "type": "A", "name": "@", "value": "v"}));
    assert_ne!(many.ty.read_key(&priors[0]), many.ty.read_key(&other));
}

#[tokio::test]
async fn a_record_is_imported_by_its_domain_and_number() {
    let imported = lab(RECORD, "one").import("example.com,2").await.unwrap().unwrap();
    assert_has(&imported, json!({"domain": "example.com", "type": "MX", "value": "mail.example.com.", "priority": 20}));
    let bad = lab(RECORD, "one");
    for id in ["2", "example.com,", "example.com,www", ",2"] {
        assert!(bad.ty.import(&bad.client, &bad.cx, id).await.is_err(), "{id}");
    }
    let lab = lab(RECORD, "delete");
    lab.delete(&lab.existing(existing(json!({})))).await.unwrap();
}

#[test]
fn another_spelling_is_no_change() {
    let lab = lab(RECORD, "one");
    let prior = lab.existing(existing(json!({})));
    for (name, value, is_same) in [
        ("www.example.com.", "WEB.example.com", true),
        ("WWW", "web.example.com.", true),
        ("www", "web.example.org.", false),
        ("www2", "web.example.com.", false),
    ] {
        let config = json!({"domain": "example.com", "type": "CNAME", "name": name, "value": value});
        assert_eq!(lab.plan(Some(&prior), config).object == prior, is_same, "{name} {value}");
    }
    let planned = lab.plan(
        Some(&prior),
        json!({"domain": "example.com", "type": "CNAME", "name": "(unknown)",
        "value": "v"}),
    );
    assert!(!planned.object.get("fqdn").unwrap().is_known());
}

#[test]
fn what_the_vendor_would_refuse_is_a_problem_at_its_place() {
    let lab = lab(RECORD, "one");
    let record = |kind: &str, value: &str, more: Json| {
        let mut config = json!({"domain": "example.com", "type": kind, "name": "@", "value": value});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let cases: [(Json, &[&str]); 11] = [
        (record("A", "192.0.2.1", json!({"ttl": 30})), &[]),
        (record("A", "::1", json!({})), &["value"]),
        (record("AAAA", "192.0.2.1", json!({})), &["value"]),
        (record("MX", "mail.example.com.", json!({})), &["priority"]),
        (record("SRV", "s.example.com.", json!({"priority": 1, "port": 0})), &["port", "weight"]),
        (record("CAA", "ca.test.", json!({"flags": 256, "tag": "no"})), &["flags", "tag"]),
        (record("CAA", "ca.test.", json!({})), &["flags", "tag"]),
        (record("SPF", "v", json!({})), &["type"]),
        (record("TXT", "", json!({"ttl": -1, "name": ""})), &["ttl", "name", "value"]),
        (record("(unknown)", "v", json!({})), &[]),
        (record("MX", "(unknown)", json!({"priority": "(unknown)"})), &[]),
    ];
    for (config, expected) in cases {
        let problems = lab.ty.validate(&lab.config(config.clone()));
        let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, expected, "{config}");
    }
}
