use serde_json::Value as Json;
use serde_json::json;

use super::lab::Lab;
use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

const LB: &str = "digitalocean_loadbalancer";

fn rule() -> Json {
    json!({"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 8080})
}

fn http(changes: Json) -> Json {
    let mut config = json!({
        "name": "lb", "region": "fra1", "droplet_ids": [7, 8], "forwarding_rule": [rule()],
        "healthcheck": [{"protocol": "http", "port": 8080, "path": "/up"}],
    });
    config.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    config
}

fn tcp() -> Json {
    let rule = json!({"entry_protocol": "tcp", "entry_port": 5432, "target_protocol": "tcp", "target_port": 5432});
    json!({"name": "lb", "region": "fra1", "droplet_ids": [], "forwarding_rule": [rule]})
}

fn https(changes: Json) -> Json {
    let mut rule = json!({
        "entry_protocol": "https", "entry_port": 443, "target_protocol": "http", "target_port": 80,
        "tls_passthrough": false,
    });
    rule.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    json!({"name": "lb", "region": "fra1", "droplet_tag": "Web", "forwarding_rule": [rule]})
}

fn existing(lab: &Lab, changes: Json) -> Object {
    let mut rule = rule();
    rule["tls_passthrough"] = json!(false);
    let mut known = json!({
        "id": "l1", "urn": "do:loadbalancer:l1", "status": "active", "ip": "203.0.113.9", "size_unit": 1,
        "type": "REGIONAL", "network": "EXTERNAL", "network_stack": "IPV4", "vpc_uuid": "n1", "project_id": "p1",
        "http_idle_timeout_seconds": 60, "forwarding_rule": [rule], "sticky_sessions": [{"type": "none"}],
        "target_load_balancer_ids": [],
        "healthcheck": [{
            "protocol": "http", "port": 8080, "path": "/up", "check_interval_seconds": 10,
            "response_timeout_seconds": 5, "unhealthy_threshold": 3, "healthy_threshold": 5,
        }],
    });
    known.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    lab.existing(http(known))
}

#[tokio::test]
async fn what_the_vendor_fills_in_is_known_in_the_end() {
    let lab = lab(LB, "create");
    let made = lab.create(http(json!({}))).await.unwrap();
    assert_has(
        &made,
        json!({
            "id": "l1", "urn": "do:loadbalancer:l1", "ip": "203.0.113.9", "size_unit": 1, "type": "REGIONAL",
            "http_idle_timeout_seconds": 60, "project_id": "p1", "droplet_ids": [7, 8], "droplet_tag": null,
            "sticky_sessions": [{"type": "none"}], "firewall": [], "glb_settings": [], "ipv6": null,
        }),
    );
    assert_eq!(lab.ear.records().remove(0).0.unwrap().id(), "l1");
}

#[tokio::test]
async fn certificates_are_named_and_written_by_id() {
    let named = lab(LB, "create with certificate");
    let mut config = https(json!({"certificate_name": "web"}));
    config["size"] = json!("lb-medium");
    config["redirect_http_to_https"] = json!(true);
    config["firewall"] = json!([{"allow": ["ip:192.0.2.1", "cidr:198.51.100.0/24"], "deny": []}]);
    let made = named.create(config).await.unwrap();
    assert_has(&made, json!({"droplet_ids": [7], "size_unit": 3, "size": "lb-medium", "droplet_tag": "Web"}));
    let check = made.get("healthcheck").unwrap().as_elements().unwrap()[0].as_object().unwrap();
    assert_eq!(check.str("path"), None);
    let error = lab(LB, "no certificate").create(https(json!({"certificate_name": "web"}))).await.unwrap_err();
    assert!(error.to_string().contains("no certificate named `web`"), "{error}");
}

#[tokio::test]
async fn a_renewed_certificate_is_no_drift() {
    let lab = lab(LB, "read renewed");
    let rule = json!({"certificate_name": "web", "certificate_id": "web"});
    let mut config = https(rule);
    config["id"] = json!("l1");
    let prior = lab.existing(config);
    let reads = lab.read(std::slice::from_ref(&prior)).await;
    assert_eq!(present(&reads[0]).get("forwarding_rule"), prior.get("forwarding_rule"));
}

#[tokio::test]
async fn one_that_comes_up_broken_or_is_lost_is_not_forgotten() {
    let errored = lab(LB, "errored");
    let error = errored.create(tcp()).await.unwrap_err();
    assert!(error.to_string().contains("errored"), "{error}");
    assert_eq!(errored.ear.records().len(), 1);
    assert!(lab(LB, "lost").create(tcp()).await.unwrap_err().is_ambiguous());
    let found = lab(LB, "find one").find(tcp(), None, Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(found) if found.str("ip") == Some("203.0.113.9")), "{found:?}");
    let found = lab(LB, "find none").find(tcp(), None, Json::Null).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
    let found = lab(LB, "find two").find(tcp(), None, Json::Null).await.unwrap();
    assert!(matches!(&found, Found::Ambiguous(two) if two.len() == 2), "{found:?}");
}

#[tokio::test]
async fn an_update_writes_the_whole() {
    let lab = lab(LB, "update");
    let change = json!({"droplet_ids": [7], "size_unit": 2, "http_idle_timeout_seconds": 90});
    let made = lab.update(&existing(&lab, json!({})), http(change)).await.unwrap();
    assert_has(&made, json!({"droplet_ids": [7], "size_unit": 2, "vpc_uuid": "n1", "ip": "203.0.113.9"}));
}

#[tokio::test]
async fn a_load_balancer_is_imported_and_deleted() {
    let imported = lab(LB, "read renewed").import("l1").await.unwrap().unwrap();
    assert_has(&imported, json!({"id": "l1", "name": "lb", "region": "fra1", "algorithm": "round_robin"}));
    let lab = lab(LB, "delete");
    lab.delete(&existing(&lab, json!({}))).await.unwrap();
}

#[test]
fn an_equal_configuration_plans_nothing() {
    let lab = lab(LB, "delete");
    let prior = existing(&lab, json!({}));
    assert_eq!(lab.plan(Some(&prior), http(json!({}))).object, prior);
    let named = lab.existing(https(json!({"certificate_name": "web", "certificate_id": "web"})));
    for given in [json!({"certificate_name": "web"}), json!({"certificate_id": "web"})] {
        let planned = lab.plan(Some(&named), https(given.clone())).object;
        assert_eq!(planned.get("forwarding_rule"), named.get("forwarding_rule"), "{given}");
    }
}

#[test]
fn a_plan_follows_sizes_tags_and_certificates() {
    let lab = lab(LB, "delete");
    let planned = |config: Json| lab.plan(Some(&existing(&lab, json!({}))), config);
    assert_eq!(planned(http(json!({"size": "lb-large"}))).object.int("size_unit"), Some(6));
    let tagged = planned(json!({"name": "lb", "region": "fra1", "droplet_tag": "web", "forwarding_rule": [rule()]}));
    assert!(!tagged.object.get("droplet_ids").unwrap().is_known());
    let rules = |config: Json| lab.plan(None, config).object.get("forwarding_rule").cloned().unwrap();
    assert!(rules(tcp()).is_wholly_known(), "without encryption there is no certificate");
    assert!(!rules(https(json!({"certificate_name": "(unknown)"}))).is_wholly_known());
    assert!(rules(https(json!({"tls_passthrough": true}))).is_wholly_known());
    let moved = planned(http(json!({"region": "nyc3"})));
    assert!(moved.warnings[0].detail.contains("203.0.113.9"), "{:?}", moved.warnings);
    let troubled = lab.plan(Some(&existing(&lab, json!({"status": "errored"}))), http(json!({"name": "new"}))).object;
    assert_eq!(troubled.get("status").map(Value::is_known), Some(false));
}

#[test]
fn what_the_vendor_would_refuse_is_a_problem_at_its_place() {
    let lab = lab(LB, "delete");
    let sticky = |sessions: Json| http(json!({"sticky_sessions": [sessions]}));
    let cases: [(Json, &[&str]); 11] = [
        (http(json!({})), &[]),
        (http(json!({"type": "global"})), &["region"]),
        (json!({"name": "lb"}), &["region", "forwarding_rule"]),
        (json!({"name": "lb", "type": "(unknown)"}), &[]),
        (http(json!({"size": "lb-huge", "size_unit": 201})), &["size_unit", "size", "size_unit"]),
        (http(json!({"droplet_tag": "a b"})), &["droplet_tag", "droplet_tag"]),
        (
            http(json!({"forwarding_rule": [
                {"entry_protocol": "ftp", "entry_port": 0, "target_protocol": "http3", "target_port": 1}
            ]})),
            &["forwarding_rule", "forwarding_rule", "forwarding_rule"],
        ),
        (http(json!({"healthcheck": [{"protocol": "http", "port": 1}]})), &["healthcheck[0].path"]),
        (http(json!({"healthcheck": [{"protocol": "tcp", "port": 1, "path": "/"}]})), &["healthcheck[0].path"]),
        (
            sticky(json!({"type": "cookies"})),
            &["sticky_sessions[0].cookie_name", "sticky_sessions[0].cookie_ttl_seconds"],
        ),
        (sticky(json!({"type": "none", "cookie_name": "c"})), &["sticky_sessions[0].cookie_name"]),
    ];
    for (config, expected) in cases {
        let problems = lab.ty.validate(&lab.config(config.clone()));
        let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, expected, "{config}");
    }
}
