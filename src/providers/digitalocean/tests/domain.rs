use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::schema::ObjectExt;

const DOMAIN: &str = "digitalocean_domain";

#[tokio::test]
async fn a_domain_is_made_with_its_address_and_waited_for() {
    let lab = lab(DOMAIN, "create");
    let made = lab.create(json!({"name": "Example.com", "ip_address": "192.0.2.1"})).await.unwrap();
    let expected = json!({"id": "example.com", "name": "Example.com", "ip_address": "192.0.2.1", "ttl": 1800,
        "urn": "do:domain:example.com"});
    assert_has(&made, expected);
    assert_eq!(lab.ear.records()[0].0.as_ref().unwrap().id(), "example.com");
}

#[tokio::test]
async fn a_lost_domain_is_found_by_its_name() {
    let config = || json!({"name": "example.com"});
    let taken = lab(DOMAIN, "create taken").create(config()).await.unwrap_err();
    assert!(matches!(taken, ProviderError::Taken { id: None, .. }), "{taken:?}");
    assert!(lab(DOMAIN, "create lost").create(config()).await.unwrap_err().is_ambiguous());
    let found = lab(DOMAIN, "one").find(config(), None, Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(it) if it.id() == "example.com"), "{found:?}");
    let found = lab(DOMAIN, "none").find(config(), None, Json::Null).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
}

#[tokio::test]
async fn a_domain_is_read_imported_and_deleted() {
    let many = lab(DOMAIN, "read many");
    let priors = ["a.test", "b.test", "c.test"].map(|name| many.existing(json!({"id": name, "name": name})));
    let reads = many.read(&priors).await;
    assert_has(present(&reads[1]), json!({"id": "b.test", "ttl": 300}));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
    let imported = lab(DOMAIN, "one").import("example.com").await.unwrap().unwrap();
    assert_has(&imported, json!({"name": "example.com", "ip_address": null, "ttl": 1800}));
    let lab = lab(DOMAIN, "delete");
    lab.delete(&lab.existing(json!({"id": "example.com", "name": "example.com"}))).await.unwrap();
}

#[test]
fn what_the_vendor_would_refuse_is_a_problem_at_its_place() {
    let lab = lab(DOMAIN, "none");
    let cases: [(Json, &[&str]); 6] = [
        (json!({"name": "a-b.example.co.uk"}), &[]),
        (json!({"name": "example"}), &["name"]),
        (json!({"name": "example.com."}), &["name"]),
        (json!({"name": "-a.com"}), &["name"]),
        (json!({"name": "example.com", "ip_address": "2001:db8::1"}), &["ip_address"]),
        (json!({"name": "(unknown)", "ip_address": "(unknown)"}), &[]),
    ];
    for (config, expected) in cases {
        let problems = lab.ty.validate(&lab.config(config.clone()));
        let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, expected, "{config}");
    }
}
