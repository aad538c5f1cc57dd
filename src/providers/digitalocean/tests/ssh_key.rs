use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::schema::ObjectExt;

const KEY: &str = "digitalocean_ssh_key";
const TEXT: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me@home";

fn config() -> Json {
    // As a file holds it.
    json!({"name": "me", "public_key": format!("{TEXT}\n")})
}

fn prior() -> Json {
    json!({"id": "512", "name": "me", "public_key": TEXT, "fingerprint": "f"})
}

#[tokio::test]
async fn a_key_is_waited_for_until_it_can_be_seen() {
    let lab = lab(KEY, "create");
    let made = lab.create(config()).await.unwrap();
    assert_has(&made, json!({"id": "512", "name": "me", "public_key": format!("{TEXT}\n")}));
    assert_eq!(lab.ear.records()[0].0.as_ref().unwrap().id(), "512");
}

#[tokio::test]
async fn a_key_that_the_account_has_is_named_so_that_it_can_be_taken_over() {
    let taken = lab(KEY, "create taken").create(config()).await.unwrap_err();
    assert!(matches!(&taken, ProviderError::Taken { id: Some(id), .. } if id == "99"), "{taken:?}");
}

#[tokio::test]
async fn a_lost_key_is_found_by_its_fingerprint() {
    assert!(lab(KEY, "create lost").create(config()).await.unwrap_err().is_ambiguous());
    let found = lab(KEY, "find").find(config(), None, Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(key) if key.id() == "512"), "{found:?}");
    let found = lab(KEY, "find none").find(config(), None, Json::Null).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
}

#[tokio::test]
async fn some_keys_are_read_one_by_one_and_many_by_the_list() {
    let existing = |lab: &super::lab::Lab, count: u32| -> Vec<_> {
        let key = |id: u32| lab.existing(json!({"id": id.to_string(), "name": "k", "public_key": "k"}));
        (1..=count).map(key).collect()
    };
    let three = lab(KEY, "read three");
    let reads = three.read(&existing(&three, 3)).await;
    assert_has(present(&reads[0]), json!({"name": "one", "public_key": "k1"}));
    assert!(matches!(reads[1], Ok(Read::Absent)), "{:?}", reads[1]);
    let many = lab(KEY, "read many");
    let reads = many.read(&existing(&many, 11)).await;
    assert_eq!(present(&reads[9]).id(), "10");
    assert!(matches!(reads[10], Ok(Read::Absent)), "{:?}", reads[10]);
}

#[tokio::test]
async fn a_key_is_renamed_imported_and_deleted() {
    let renaming = lab(KEY, "update");
    let changed =
        renaming.update(&renaming.existing(prior()), json!({"name": "you", "public_key": TEXT})).await.unwrap();
    assert_has(&changed, json!({"id": "512", "name": "you", "fingerprint": "f"}));
    assert_has(&lab(KEY, "one").import("512").await.unwrap().unwrap(), json!({"id": "512", "public_key": TEXT}));
    let lab = lab(KEY, "delete");
    lab.delete(&lab.existing(prior())).await.unwrap();
}

#[test]
fn another_key_is_another_object_and_white_space_is_not() {
    let lab = lab(KEY, "one");
    let planned = lab.plan(Some(&lab.existing(prior())), config()).object;
    assert_eq!(planned.str("public_key"), Some(TEXT));
    assert!(lab.ty.schema().root().attributes()["public_key"].replaces);
}

#[test]
fn what_is_no_public_key_is_a_problem() {
    let lab = lab(KEY, "one");
    let cases = [
        (TEXT, true),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", false),
        ("ssh-ed25519", false),
        ("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f", false),
        ("ssh-ed25519 %%%%", false),
        ("ssh-ed25519 AAAA", false),
        ("", false),
    ];
    for (key, is_good) in cases {
        let problems = lab.ty.validate(&lab.config(json!({"name": "me", "public_key": key})));
        assert_eq!(problems.is_empty(), is_good, "{key}: {problems:?}");
        assert_eq!(problems.iter().any(|p| p.detail.contains("private key")), key.contains("PRIVATE"), "{key}");
    }
}
