use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::provider::Read;
use crate::schema::ObjectExt;

const ASSIGNMENT: &str = "digitalocean_reserved_ip_assignment";

fn config() -> Json {
    json!({"ip_address": "192.0.2.9", "droplet_id": 7})
}

fn prior() -> Json {
    json!({"id": "192.0.2.9", "ip_address": "192.0.2.9", "droplet_id": 7})
}

#[tokio::test]
async fn an_address_is_assigned_once_the_droplet_is_free() {
    assert_has(&lab(ASSIGNMENT, "assign").create(config()).await.unwrap(), prior());
    assert_has(&lab(ASSIGNMENT, "on 7").create(config()).await.unwrap(), prior());
    assert!(lab(ASSIGNMENT, "gone").create(config()).await.is_err());
}

#[tokio::test]
async fn an_address_moves_without_being_unassigned() {
    let moving = lab(ASSIGNMENT, "move");
    let moved =
        moving.update(&moving.existing(prior()), json!({"ip_address": "192.0.2.9", "droplet_id": 8})).await.unwrap();
    assert_has(&moved, json!({"id": "192.0.2.9", "droplet_id": 8}));
}

#[tokio::test]
async fn a_lost_assignment_is_waited_for_to_its_end() {
    assert!(lab(ASSIGNMENT, "assign lost").create(config()).await.unwrap_err().is_ambiguous());
    let cases = [("on 7", true), ("find on its way", true), ("find another's", false), ("gone", false)];
    for (scene, is_found) in cases {
        let found = lab(ASSIGNMENT, scene).find(config(), None, Json::Null).await.unwrap();
        assert_eq!(matches!(&found, Found::One(found) if found.id() == "192.0.2.9"), is_found, "{scene}: {found:?}");
    }
}

#[tokio::test]
async fn assignments_are_read_from_their_addresses() {
    let many = lab(ASSIGNMENT, "read many");
    let prior = |ip: &str| many.existing(json!({"id": "7-of-terraform", "ip_address": ip, "droplet_id": 7}));
    let reads = many.read(&["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(prior)).await;
    assert!(matches!(reads[0], Ok(Read::Absent)), "no droplet has it: {:?}", reads[0]);
    assert_has(present(&reads[1]), json!({"id": "7-of-terraform", "droplet_id": 8}));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
}

#[tokio::test]
async fn only_what_is_still_ours_is_unassigned() {
    for scene in ["unassign", "unassigned meanwhile", "on 8", "gone"] {
        let lab = lab(ASSIGNMENT, scene);
        lab.delete(&lab.existing(prior())).await.unwrap();
    }
}

#[tokio::test]
async fn an_assignment_is_imported_by_address_and_droplet() {
    assert_has(&lab(ASSIGNMENT, "on 7").import("192.0.2.9,7").await.unwrap().unwrap(), prior());
    assert_eq!(lab(ASSIGNMENT, "on 8").import("192.0.2.9,7").await.unwrap(), None);
    let lab = lab(ASSIGNMENT, "gone");
    for bad in ["192.0.2.9", "192.0.2.9,web", "web,7"] {
        assert!(lab.ty.import(&lab.client, &lab.cx, bad).await.unwrap_err().to_string().contains("is not an id"));
    }
}

#[test]
fn what_is_no_address_is_a_problem() {
    let lab = lab(ASSIGNMENT, "gone");
    for (ip, is_good) in [("192.0.2.1", true), ("(unknown)", true), ("2001:db8::1", false), ("web", false)] {
        assert_eq!(lab.ty.validate(&lab.config(json!({"ip_address": ip}))).is_empty(), is_good, "{ip}");
    }
}
