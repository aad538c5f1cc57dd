use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::net::replay::START;
use crate::provider::Found;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::schema::ObjectExt;

const VPC: &str = "digitalocean_vpc";

fn prior(changes: Json) -> Json {
    let mut known = json!({
        "id": "v1", "urn": "do:vpc:v1", "name": "web", "region": "fra1", "ip_range": "10.10.10.0/24",
        "default": false, "created_at": "2026-09-21T12:53:20Z",
    });
    known.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    known
}

#[tokio::test]
async fn a_network_is_noted_and_then_waited_for() {
    let lab = lab(VPC, "create");
    // The range in another spelling of the same.
    let made = lab.create(json!({"name": "web", "region": "FRA1", "ip_range": "10.10.10.0/24"})).await.unwrap();
    assert_has(&made, json!({"id": "v1", "urn": "do:vpc:v1", "region": "FRA1", "description": null, "default": false}));
    assert_eq!(lab.ear.records()[0].0.as_ref().unwrap().id(), "v1");
}

#[tokio::test]
async fn a_lost_network_is_found_by_its_name_unless_it_is_older() {
    let config = |name: &str| json!({"name": name, "region": "fra1"});
    assert!(lab(VPC, "create lost").create(config("web")).await.unwrap_err().is_ambiguous());
    let taken = lab(VPC, "create taken").create(config("web")).await.unwrap_err();
    assert!(matches!(&taken, ProviderError::Taken { id: Some(id), .. } if id == "v7"), "{taken:?}");
    for (name, is_found) in [("web", true), ("old", false), ("none", false)] {
        let found = lab(VPC, "find").find(config(name), None, Json::Null).await.unwrap();
        assert_eq!(matches!(&found, Found::One(vpc) if vpc.id() == "v1"), is_found, "{name}: {found:?}");
    }
    let claimed = lab(VPC, "find");
    let mut intent = claimed.intent(config("web"), None, Json::Null, START);
    intent.claimed.push("v1".to_owned());
    let found = claimed.ty.find(&claimed.client, &claimed.cx, &intent).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
}

#[tokio::test]
async fn a_default_network_stays_the_default_when_it_is_renamed() {
    let lab = lab(VPC, "update");
    let prior = lab.existing(prior(json!({"default": true, "description": "was"})));
    let changed = lab.update(&prior, json!({"name": "default", "region": "fra1", "description": ""})).await.unwrap();
    assert_has(&changed, json!({"name": "default", "description": "", "default": true}));
}

#[tokio::test]
async fn many_networks_take_one_request() {
    let many = lab(VPC, "read many");
    let priors = ["v1", "v2", "v3"].map(|id| many.existing(prior(json!({"id": id, "description": ""}))));
    let reads = many.read(&priors).await;
    assert_has(present(&reads[0]), json!({"name": "one", "description": ""}));
    assert_has(present(&reads[1]), json!({"name": "two", "description": "second"}));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
    assert_has(&lab(VPC, "one").import("v1").await.unwrap().unwrap(), prior(json!({"description": null})));
}

#[tokio::test]
async fn a_deletion_waits_for_members_names_those_that_stay_and_leaves_a_default_behind() {
    let leaving = lab(VPC, "delete");
    leaving.delete(&leaving.existing(prior(json!({})))).await.unwrap();
    let stuck = lab(VPC, "delete with members");
    let error = stuck.delete(&stuck.existing(prior(json!({"timeouts": {"delete": "10s"}})))).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("web-1 (do:droplet:7), do:dbaas:d1"), "{text}");
    let default = lab(VPC, "delete default");
    default.delete(&default.existing(prior(json!({"default": true})))).await.unwrap();
}

#[test]
fn networks_of_a_region_are_made_one_after_another_unless_they_name_their_range() {
    let lab = lab(VPC, "one");
    let key = |config: Json| lab.ty.serial_key(&lab.plan(None, config).object);
    assert_eq!(key(json!({"name": "a", "region": "FRA1"})), key(json!({"name": "b", "region": "fra1"})));
    assert_ne!(key(json!({"name": "a", "region": "ams3"})), key(json!({"name": "b", "region": "fra1"})));
    assert_eq!(key(json!({"name": "a", "region": "fra1", "ip_range": "10.0.0.0/24"})), None);
}

#[test]
fn what_the_vendor_would_refuse_is_a_problem_at_its_place() {
    let lab = lab(VPC, "one");
    let cases: [(Json, &[&str]); 8] = [
        (json!({"name": "env.prod-1", "region": "fra1", "ip_range": "172.16.0.0/16"}), &[]),
        (json!({"name": "a b", "region": "fra1", "ip_range": "(unknown)"}), &["name"]),
        (json!({"name": "a", "region": "fra1", "ip_range": "10.0.0.0"}), &["ip_range"]),
        (json!({"name": "a", "region": "fra1", "ip_range": "192.0.2.0/24"}), &["ip_range"]),
        (json!({"name": "a", "region": "fra1", "ip_range": "10.0.0.0/8"}), &["ip_range"]),
        (json!({"name": "a", "region": "fra1", "ip_range": "10.0.0.0/29"}), &["ip_range"]),
        (json!({"name": "a", "region": "fra1", "description": "x".repeat(256)}), &["description"]),
        (json!({"name": "a", "region": "fra1", "timeouts": {"delete": "soon"}}), &["timeouts.delete"]),
    ];
    for (config, expected) in cases {
        let problems = lab.ty.validate(&lab.config(config.clone()));
        let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, expected, "{config}");
    }
}
