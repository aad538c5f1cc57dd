use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

const FIREWALL: &str = "digitalocean_firewall";

fn ssh() -> Json {
    json!({"name": "web", "inbound_rule": [
        {"protocol": "tcp", "port_range": "22", "source_addresses": ["10.0.0.0/8"]},
    ]})
}

fn with(mut config: Json, more: Json) -> Json {
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}

fn known() -> Json {
    json!({"id": "f1", "status": "succeeded", "created_at": "c", "pending_changes": []})
}

/// The rules of a direction, as `protocol ports` each.
fn rules(firewall: &Object, block: &str) -> Vec<String> {
    let rules = firewall.get(block).unwrap().as_elements().unwrap().iter().filter_map(Value::as_object);
    let word = |rule: &Object, name: &str| rule.str(name).unwrap_or("-").to_owned();
    rules.map(|rule| format!("{} {}", word(rule, "protocol"), word(rule, "port_range"))).collect()
}

#[tokio::test]
async fn a_firewall_is_made_when_its_droplets_have_the_rules_which_stay_as_they_are_written() {
    let lab = lab(FIREWALL, "create");
    let made = lab
        .create(json!({
            "name": "web", "droplet_ids": [7],
            "inbound_rule": [
                {"protocol": "tcp", "port_range": "22", "source_addresses": ["192.0.2.7"], "source_tags": ["Bastion"]},
                {"protocol": "icmp", "source_addresses": ["0.0.0.0/0", "::/0"]},
                {"protocol": "tcp", "port_range": "8000-9000", "source_droplet_ids": [7, 8],
                 "source_load_balancer_uids": ["lb1"], "source_tags": []},
            ],
            "outbound_rule": [{"protocol": "udp", "port_range": "all", "destination_addresses": ["0.0.0.0/0"]}],
        }))
        .await
        .unwrap();
    // That nothing of it differs from the plan is what `create` checks.
    assert_has(&made, json!({"id": "f1", "status": "succeeded", "tags": null, "pending_changes": []}));
    assert_eq!(rules(&made, "outbound_rule"), ["udp all"]);
    assert_eq!(lab.ear.records()[0].0.as_ref().unwrap().id(), "f1");
}

#[tokio::test]
async fn rules_that_do_not_arrive_a_name_that_is_taken_and_a_lost_answer_are_told_apart() {
    let failed = lab(FIREWALL, "create fails").create(ssh()).await.unwrap_err();
    assert!(matches!(failed, ProviderError::Failed { .. }), "{failed:?}");
    let taken = lab(FIREWALL, "create refused").create(ssh()).await.unwrap_err();
    assert!(matches!(&taken, ProviderError::Taken { id: Some(id), .. } if id == "f7"), "{taken:?}");
    assert!(lab(FIREWALL, "create lost").create(ssh()).await.unwrap_err().is_ambiguous());
    let found = lab(FIREWALL, "find").find(ssh(), None, Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(it) if it.id() == "f1" && it.str("status") == Some("succeeded")), "{found:?}");
}

#[tokio::test]
async fn a_change_writes_the_whole() {
    let lab = lab(FIREWALL, "update");
    let prior = lab.existing(with(with(ssh(), known()), json!({"droplet_ids": [7]})));
    let change = json!({"name": "web", "tags": ["prod"], "outbound_rule": [
        {"protocol": "tcp", "port_range": "1-65535", "destination_addresses": ["0.0.0.0/0"]},
    ]});
    let changed = lab.update(&prior, change).await.unwrap();
    assert_has(&changed, json!({"droplet_ids": null, "tags": ["prod"], "inbound_rule": [], "status": "succeeded"}));
    assert_eq!(rules(&changed, "outbound_rule"), ["tcp 1-65535"]);
}

#[tokio::test]
async fn what_others_changed_shows_and_what_is_spelled_otherwise_does_not() {
    let many = lab(FIREWALL, "read many");
    let all = json!({"name": "one", "inbound_rule": [
        {"protocol": "tcp", "port_range": "1-65535", "source_addresses": ["10.0.0.0/8"]},
    ]});
    let one = many.existing(with(all, known()));
    let others = ["f2", "f3"].map(|id| many.existing(with(with(ssh(), known()), json!({"id": id}))));
    let reads = many.read(&[one.clone(), others[0].clone(), others[1].clone()]).await;
    assert_eq!(present(&reads[0]).get("inbound_rule"), one.get("inbound_rule"));
    assert_has(present(&reads[1]), json!({"status": "waiting", "droplet_ids": [9], "tags": ["x"]}));
    assert_eq!(rules(present(&reads[1]), "inbound_rule"), ["tcp 23"]);
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
}

#[tokio::test]
async fn an_import_reads_all_ports_as_all_and_none_for_icmp() {
    let imported = lab(FIREWALL, "one").import("f1").await.unwrap().unwrap();
    assert_has(&imported, json!({"id": "f1", "name": "web", "droplet_ids": null, "tags": null}));
    let mut found = rules(&imported, "inbound_rule");
    found.sort();
    assert_eq!(found, ["icmp -", "tcp all"]);
    let lab = lab(FIREWALL, "delete");
    lab.delete(&lab.existing(with(ssh(), known()))).await.unwrap();
}

#[test]
fn a_plan_does_not_promise_a_status_that_will_not_last() {
    let lab = lab(FIREWALL, "one");
    let is_known = |status: &str, config: Json| {
        let prior = lab.existing(with(with(ssh(), known()), json!({"status": status})));
        lab.plan(Some(&prior), config).object.get("status").unwrap().is_known()
    };
    assert!(is_known("succeeded", with(ssh(), json!({"name": "other"}))));
    assert!(is_known("waiting", ssh()));
    assert!(!is_known("waiting", with(ssh(), json!({"name": "other"}))));
}

#[test]
fn what_the_vendor_would_refuse_is_a_problem_at_its_place() {
    let lab = lab(FIREWALL, "one");
    let rule = |changes: Json| {
        let rule = with(json!({"protocol": "tcp", "port_range": "22"}), changes);
        json!({"name": "web", "outbound_rule": [rule]})
    };
    let cases: [(Json, &[&str]); 10] = [
        (ssh(), &[]),
        (json!({"name": "web"}), &[""]),
        (with(ssh(), json!({"name": "-web", "tags": ["a b"]})), &["tags", "name"]),
        (rule(json!({"protocol": "TCP"})), &["protocol"]),
        (rule(json!({"port_range": null})), &["port_range"]),
        (rule(json!({"protocol": "icmp", "port_range": null})), &[]),
        (rule(json!({"port_range": "9000-8000"})), &["port_range"]),
        (rule(json!({"port_range": "70000"})), &["port_range"]),
        (rule(json!({"destination_addresses": ["10.0.0.0/40", "::1"]})), &["destination_addresses"]),
        (rule(json!({"port_range": "(unknown)"})), &[]),
    ];
    for (config, expected) in cases {
        let problems = lab.ty.validate(&lab.config(config.clone()));
        let last = |path: String| path.rsplit('.').next().unwrap_or_default().to_owned();
        let paths: Vec<_> = problems.iter().map(|problem| last(problem.path.to_string())).collect();
        assert_eq!(paths, expected, "{config}");
    }
}
