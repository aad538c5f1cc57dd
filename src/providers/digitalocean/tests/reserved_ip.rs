use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::net::replay::START;
use crate::provider::Found;
use crate::provider::Read;
use crate::schema::ObjectExt;

const IP: &str = "digitalocean_reserved_ip";

fn prior() -> Json {
    json!({
        "id": "192.0.2.9", "ip_address": "192.0.2.9", "region": "fra1", "droplet_id": 7,
        "urn": "do:reservedip:192.0.2.9",
    })
}

#[tokio::test]
async fn an_address_is_noted_before_it_is_assigned() {
    let lab = lab(IP, "create assigned");
    let made = lab.create(json!({"region": "FRA1", "droplet_id": 7})).await.unwrap();
    assert_has(&made, prior_with_region("FRA1"));
    let (partial, _) = lab.ear.records().remove(0);
    assert_eq!(partial.unwrap().id(), "192.0.2.9");
}

fn prior_with_region(region: &str) -> Json {
    let mut object = prior();
    object["region"] = json!(region);
    object
}

#[tokio::test]
async fn a_lost_address_is_told_by_those_that_were_there() {
    let lost = lab(IP, "create lost").create(json!({"region": "fra1"})).await.unwrap_err();
    assert!(lost.is_ambiguous(), "{lost:?}");
    let noting = lab(IP, "before");
    let planned = noting.plan(None, json!({"region": "fra1"})).object;
    let before = noting.ty.before_create(&noting.client, &noting.cx, &planned).await.unwrap();
    assert_eq!(before, json!(["192.0.2.1"]));
    // (accounted for elsewhere) → found: not the old one, nor that of another region or of another's droplet
    for (claimed, expected) in
        [(vec![], Some("192.0.2.8")), (vec!["192.0.2.8"], Some("192.0.2.9")), (vec!["192.0.2.8", "192.0.2.9"], None)]
    {
        let lab = lab(IP, "find");
        let mut intent = lab.intent(json!({"region": "fra1"}), None, before.clone(), START);
        intent.claimed = claimed.into_iter().map(str::to_owned).collect();
        match (lab.ty.find(&lab.client, &lab.cx, &intent).await.unwrap(), expected) {
            (Found::One(found), Some(expected)) => assert_eq!(found.id(), expected),
            (Found::Absent, None) => {}
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }
    let partial = lab(IP, "one").existing(prior());
    let config = json!({"region": "fra1", "droplet_id": 8});
    let found = lab(IP, "one").find(config, Some(partial), before).await.unwrap();
    assert!(matches!(&found, Found::One(found) if found.int("droplet_id") == Some(7)), "{found:?}");
}

#[tokio::test]
async fn a_droplet_that_is_not_said_here_is_an_assignments() {
    let lab = lab(IP, "one");
    let prior = lab.existing(json!({"id": "192.0.2.9", "region": "fra1"}));
    let reads = lab.read(std::slice::from_ref(&prior)).await;
    assert_eq!(present(&reads[0]).int("droplet_id"), None);
}

#[tokio::test]
async fn an_address_moves_in_one_go_and_lets_go() {
    let moving = lab(IP, "move");
    let moved = moving.update(&moving.existing(prior()), json!({"region": "fra1", "droplet_id": 8})).await.unwrap();
    assert_eq!(moved.int("droplet_id"), Some(8));
    let leaving = lab(IP, "unassign");
    let left = leaving.update(&leaving.existing(prior()), json!({"region": "fra1"})).await.unwrap();
    assert_eq!(left.int("droplet_id"), None);
}

#[tokio::test]
async fn an_address_is_read_imported_and_deleted() {
    let many = lab(IP, "read many");
    let prior_of = |ip: &str| many.existing(json!({"id": ip, "region": "fra1", "droplet_id": 8}));
    let reads = many.read(&["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(prior_of)).await;
    assert_eq!((present(&reads[0]).int("droplet_id"), present(&reads[1]).int("droplet_id")), (None, Some(7)));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
    let mut unsaid = prior();
    unsaid["droplet_id"] = Json::Null;
    assert_has(&lab(IP, "one").import("192.0.2.9").await.unwrap().unwrap(), unsaid);
    let bad = lab(IP, "one");
    assert!(bad.ty.import(&bad.client, &bad.cx, "web").await.is_err());
    let lab = lab(IP, "delete");
    lab.delete(&lab.existing(prior())).await.unwrap();
}
