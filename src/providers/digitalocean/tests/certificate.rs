use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::schema::ObjectExt;

const CERTIFICATE: &str = "digitalocean_certificate";

fn encrypted(domains: &[&str]) -> Json {
    json!({"name": "web", "type": "lets_encrypt", "domains": domains})
}

fn custom() -> Json {
    json!({"name": "own", "private_key": "key", "leaf_certificate": "leaf", "certificate_chain": "chain"})
}

fn existing(changes: Json) -> Json {
    let mut known = custom();
    known.as_object_mut().unwrap().extend(
        json!({"id": "own", "uuid": "u2", "domains": ["example.org"], "state": "verified"})
            .as_object()
            .unwrap()
            .clone(),
    );
    known.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    known
}

#[tokio::test]
async fn a_certificate_is_waited_for_until_it_is_verified() {
    let waiting = lab(CERTIFICATE, "create");
    let made = waiting.create(encrypted(&["example.com", "www.example.com"])).await.unwrap();
    assert_has(&made, json!({"id": "web", "uuid": "u1", "state": "verified", "not_after": "2026-12-20T12:53:20Z"}));
    assert_eq!(waiting.ear.records()[0].0.as_ref().unwrap().str("uuid"), Some("u1"));
    let made = lab(CERTIFICATE, "create custom").create(custom()).await.unwrap();
    assert_has(&made, json!({"id": "own", "domains": ["example.org"], "private_key": "key"}));
}

#[tokio::test]
async fn an_error_a_taken_name_and_a_lost_answer_are_told_apart() {
    let config = || encrypted(&["example.com"]);
    let failed = lab(CERTIFICATE, "create error").create(config()).await.unwrap_err();
    assert!(matches!(failed, ProviderError::Failed { .. }), "{failed:?}");
    let taken = lab(CERTIFICATE, "create taken").create(config()).await.unwrap_err();
    assert!(matches!(&taken, ProviderError::Taken { id: Some(id), .. } if id == "web"), "{taken:?}");
    assert!(lab(CERTIFICATE, "create lost").create(config()).await.unwrap_err().is_ambiguous());
    let found = lab(CERTIFICATE, "find").find(config(), None, Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(it) if it.str("state") == Some("verified")), "{found:?}");
    let found = lab(CERTIFICATE, "find old").find(config(), None, Json::Null).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
}

#[tokio::test]
async fn a_renewed_certificate_is_the_same_under_its_name() {
    let lab = lab(CERTIFICATE, "read many");
    let prior = |name: &str, uuid: &str| lab.existing(existing(json!({"id": name, "name": name, "uuid": uuid})));
    let reads = lab.read(&[prior("a", "u1"), prior("b", "u2"), prior("c", "u3")]).await;
    assert_has(present(&reads[0]), json!({"id": "a", "uuid": "u8"}));
    assert_has(present(&reads[1]), json!({"id": "b", "uuid": "u2", "private_key": "key"}));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
}

#[tokio::test]
async fn a_certificate_is_imported_by_its_name_and_what_cannot_be_read_is_no_difference() {
    let lab = lab(CERTIFICATE, "one");
    let imported = lab.import("own").await.unwrap().unwrap();
    assert_has(&imported, json!({"id": "own", "uuid": "u2", "type": "custom", "private_key": null}));
    let attributes = &lab.ty.schema().root().attributes().clone();
    for name in ["private_key", "leaf_certificate", "certificate_chain"] {
        assert_eq!(attributes[name].readability, crate::schema::Readability::BootOnly, "{name}");
    }
    assert!(attributes["private_key"].is_sensitive());
}

#[tokio::test]
async fn a_deletion_waits_until_nothing_uses_it_and_says_what_to_do() {
    let waiting = lab(CERTIFICATE, "delete");
    waiting.delete(&waiting.existing(existing(json!({})))).await.unwrap();
    assert!(waiting.ear.heard().iter().any(|line| line.contains("in use")), "{:?}", waiting.ear.heard());
    let stuck = lab(CERTIFICATE, "delete in use");
    let prior = stuck.existing(existing(json!({"timeouts": {"delete": "10s"}})));
    let error = stuck.delete(&prior).await.unwrap_err();
    assert!(error.to_string().contains("Give that another one first"), "{error}");
}

#[test]
fn a_successor_has_a_name_of_its_own_or_leaves_a_gap_that_is_warned_of() {
    let lab = lab(CERTIFICATE, "one");
    let succeed_of = |whose: &str, before: &str, changes: Json, comes_first: bool| {
        let mut config = custom();
        config.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let prior = lab.existing(existing(json!({"name": before})));
        let planned = lab.ty.succeed(&prior, lab.plan(None, config).object, comes_first, whose);
        let warned = planned.warnings.iter().map(|warning| warning.path.to_string()).collect::<Vec<_>>();
        (planned.object.str("name").map(str::to_owned), warned)
    };
    let succeed = |before: &str, changes, comes_first| succeed_of("prod a.b", before, changes, comes_first);
    let named = |name: &str| Some(name.to_owned());
    let newer = || json!({"leaf_certificate": "newer"});
    for (before, then) in [("own", "own-r2-"), ("own-r2-0123abcd", "own-r3-")] {
        let (name, warned) = succeed(before, newer(), true);
        assert!(name.as_ref().is_some_and(|name| name.starts_with(then)), "{name:?}");
        assert_eq!(warned, [""; 0]);
        assert_eq!(succeed(before, newer(), true).0, name, "it is always the same");
        assert_ne!(succeed_of("stage a.b", before, newer(), true).0, name, "and that of no other state");
    }
    // A name in the configuration that only looks as if it were a successor's is another one, and free.
    assert_eq!(succeed("own-r2", newer(), true), (named("own"), vec![]));
    assert_eq!(succeed("own", newer(), false), (named("own"), vec!["leaf_certificate".to_owned()]));
    let other = json!({"leaf_certificate": "newer", "name": "other"});
    assert_eq!(succeed("own", other.clone(), true), (named("other"), vec![]), "another name is free");
    assert_eq!(succeed("own", other, false), (named("other"), vec![]));
    assert_eq!(succeed("own", json!({"name": "(unknown)"}), true), (None, vec![]));
}

#[test]
fn what_means_the_same_is_no_change() {
    let lab = lab(CERTIFICATE, "one");
    let planned = |prior: Json, config: Json| {
        let prior = lab.existing(existing(prior));
        lab.plan(Some(&prior), config).object == prior
    };
    assert!(planned(json!({}), custom()));
    assert!(planned(json!({"id": "own-r2-0123abcd", "name": "own-r2-0123abcd"}), custom()), "a successor's name");
    assert!(!planned(json!({"id": "own-r2", "name": "own-r2"}), custom()), "another's name");
    // What a state of Terraform holds in place of the text.
    assert!(planned(json!({"leaf_certificate": "98798241748efaccb230386437b7873a478f5bd4"}), custom()));
    let mut config = custom();
    config["leaf_certificate"] = json!("leaf\n");
    assert!(planned(json!({}), config.clone()), "white space is no change");
    config["leaf_certificate"] = json!("newer");
    assert!(!planned(json!({}), config));
}

#[test]
fn what_the_vendor_would_refuse_is_a_problem_at_its_place() {
    let lab = lab(CERTIFICATE, "one");
    let cases: [(Json, &[&str]); 7] = [
        (custom(), &[]),
        (encrypted(&["example.com"]), &[]),
        (encrypted(&[]), &["domains"]),
        (json!({"name": "own"}), &["private_key", "leaf_certificate"]),
        (json!({"name": "own", "private_key": "(unknown)", "leaf_certificate": "(unknown)"}), &[]),
        (json!({"name": "web", "type": "lets_encrypt", "domains": ["a.test"], "private_key": "k"}), &["private_key"]),
        (json!({"name": "", "type": "signed"}), &["name", "type"]),
    ];
    for (config, expected) in cases {
        let problems = lab.ty.validate(&lab.config(config.clone()));
        let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, expected, "{config}");
    }
}
