use serde_json::Value as Json;
use serde_json::json;

use super::lab::Lab;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::provider::Read;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

const FIREWALL: &str = "digitalocean_database_firewall";

fn config(rules: Json) -> Json {
    json!({"cluster_id": "c1", "rule": rules})
}

fn existing(lab: &Lab) -> Object {
    let rule = json!({"type": "ip_addr", "value": "192.0.2.1", "uuid": "r1", "created_at": "t"});
    lab.existing(json!({"id": "c1", "cluster_id": "c1", "rule": [rule]}))
}

/// Value, uuid and description of each rule.
fn rules(object: &Object) -> Vec<String> {
    let rules = object.get("rule").and_then(Value::as_elements).unwrap();
    let told = rules.iter().filter_map(Value::as_object).map(|rule| {
        let part = |name| rule.str(name).unwrap_or("-");
        format!("{} {} {}", part("value"), part("uuid"), part("description"))
    });
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}

#[tokio::test]
async fn a_firewall_is_the_whole_list_spelled_as_configured() {
    let sources = json!([
        {"type": "tag", "value": "Web", "description": "all"}, {"type": "ip_addr", "value": "192.0.2.1/32"},
    ]);
    let lab = lab(FIREWALL, "create");
    let made = lab.create(config(sources)).await.unwrap();
    assert_eq!(rules(&made), ["192.0.2.1/32 r1 -", "Web r2 all"]);
    assert_eq!(lab.ty.serial_key(&made).as_deref(), Some("digitalocean_database_cluster/c1/firewall"));
}

#[tokio::test]
async fn a_rule_that_stays_keeps_its_uuid() {
    let lab = lab(FIREWALL, "change");
    let prior = existing(&lab);
    let planned = lab.existing(config(json!([
        {"type": "ip_addr", "value": "192.0.2.1", "uuid": "r1", "created_at": "t"}, {"type": "droplet", "value": "7"},
    ])));
    let made = lab.ty.update(&lab.client, &lab.cx, &prior, &planned).await.unwrap();
    assert_eq!(rules(&made), ["192.0.2.1 r1 -", "7 r3 -"]);
}

#[tokio::test]
async fn an_empty_list_is_no_firewall_and_to_delete_one_opens_the_cluster() {
    for (scene, is_there) in [("one", true), ("empty", false), ("gone", false)] {
        let lab = lab(FIREWALL, scene);
        let reads = lab.read(&[existing(&lab)]).await;
        match is_there {
            true => assert_eq!(present(&reads[0]), &existing(&lab)),
            false => assert!(matches!(reads[0], Ok(Read::Absent)), "{:?}", reads[0]),
        }
    }
    for scene in ["delete", "delete without cluster"] {
        let lab = lab(FIREWALL, scene);
        lab.delete(&existing(&lab)).await.unwrap();
        let warnings = lab.ty.end_warnings(&existing(&lab));
        assert!(warnings[0].detail.contains("c1 takes connections from everywhere"), "{warnings:?}");
    }
}

#[tokio::test]
async fn a_firewall_counts_as_made_when_the_list_is_as_planned() {
    let wanted = config(json!([{"type": "ip_addr", "value": "192.0.2.1/32"}]));
    let found = lab(FIREWALL, "one").find(wanted.clone(), None, Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(it) if rules(it) == ["192.0.2.1/32 r1 -"]), "{found:?}");
    let other = config(json!([{"type": "ip_addr", "value": "192.0.2.2"}]));
    for (scene, config) in [("one", other), ("empty", wanted.clone()), ("gone", wanted)] {
        let found = lab(FIREWALL, scene).find(config, None, Json::Null).await.unwrap();
        assert!(matches!(found, Found::Absent), "{scene}: {found:?}");
    }
    let imported = lab(FIREWALL, "one").import("c1").await.unwrap().unwrap();
    assert_eq!((imported.id(), rules(&imported)), ("c1", vec!["192.0.2.1 r1 -".to_owned()]));
}

#[test]
fn a_source_that_the_vendor_would_refuse_is_a_problem() {
    let lab = lab(FIREWALL, "delete");
    let many: Vec<_> = (0..101).map(|n| json!({"type": "ip_addr", "value": format!("192.0.2.{n}")})).collect();
    for (rules, expected) in [
        (json!([{"type": "ip_addr", "value": "2001:db8::1"}]), Some("not an IPv4 address")),
        (json!([{"type": "ip_addr", "value": "192.0.2.0/33"}]), Some("not an IPv4 address")),
        (json!([{"type": "host", "value": "h"}]), Some("not a type of source")),
        (Json::Array(many), Some("at most 100")),
        (json!([{"type": "ip_addr", "value": "192.0.2.0/24"}, {"type": "tag", "value": "(unknown)"}]), None),
    ] {
        let problems = lab.ty.validate(&lab.config(config(rules.clone())));
        let detail = problems.first().map(|problem| problem.detail.clone());
        match expected {
            Some(expected) => assert!(detail.as_ref().is_some_and(|it| it.contains(expected)), "{rules}: {detail:?}"),
            None => assert_eq!(detail, None, "{rules}"),
        }
    }
}
