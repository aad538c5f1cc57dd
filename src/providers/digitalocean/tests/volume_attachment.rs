use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::provider::Read;
use crate::schema::ObjectExt;

const ATTACHMENT: &str = "digitalocean_volume_attachment";

fn config() -> Json {
    json!({"volume_id": "v1", "droplet_id": 7})
}

fn prior() -> Json {
    json!({"id": "v1,7", "volume_id": "v1", "droplet_id": 7})
}

#[tokio::test]
async fn a_busy_droplet_is_waited_for() {
    let made = lab(ATTACHMENT, "attach").create(config()).await.unwrap();
    assert_has(&made, prior());
}

#[tokio::test]
async fn a_volume_that_is_there_already_is_taken_and_one_elsewhere_is_not() {
    assert_has(&lab(ATTACHMENT, "on it already").create(config()).await.unwrap(), prior());
    let error = lab(ATTACHMENT, "on another").create(config()).await.unwrap_err();
    assert!(error.to_string().contains("the droplet 8 has it"), "{error}");
    assert!(lab(ATTACHMENT, "gone").create(config()).await.is_err());
}

#[tokio::test]
async fn a_lost_attachment_is_waited_for_to_its_end() {
    assert!(lab(ATTACHMENT, "lost").create(config()).await.unwrap_err().is_ambiguous());
    let cases = [("on it already", true), ("find on its way", true), ("find nothing", false), ("gone", false)];
    for (scene, is_found) in cases {
        let found = lab(ATTACHMENT, scene).find(config(), None, Json::Null).await.unwrap();
        assert_eq!(matches!(&found, Found::One(found) if found.id() == "v1,7"), is_found, "{scene}: {found:?}");
    }
}

#[tokio::test]
async fn attachments_are_read_from_their_volumes() {
    let many = lab(ATTACHMENT, "read many");
    let prior = |volume: &str| many.existing(json!({"id": "7-of-terraform", "volume_id": volume, "droplet_id": 7}));
    let reads = many.read(&["v1", "v2", "v3"].map(prior)).await;
    assert_eq!(present(&reads[0]).id(), "7-of-terraform");
    assert!(matches!(reads[1], Ok(Read::Absent)), "another droplet has it: {:?}", reads[1]);
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
}

#[tokio::test]
async fn a_detachment_that_happened_meanwhile_is_one() {
    for scene in ["detach", "detached meanwhile", "on another", "gone"] {
        let lab = lab(ATTACHMENT, scene);
        lab.delete(&lab.existing(prior())).await.unwrap();
    }
    let refused = lab(ATTACHMENT, "detach refused");
    let error = refused.ty.delete(&refused.client, &refused.cx, &refused.existing(prior())).await.unwrap_err();
    assert!(error.to_string().contains("cannot be detached"), "{error}");
}

#[tokio::test]
async fn an_attachment_is_imported_by_volume_and_droplet() {
    assert_has(&lab(ATTACHMENT, "on it already").import("v1,7").await.unwrap().unwrap(), prior());
    assert_eq!(lab(ATTACHMENT, "on another").import("v1,7").await.unwrap(), None);
    let lab = lab(ATTACHMENT, "gone");
    for bad in ["v1", "v1,web", ",7"] {
        assert!(lab.ty.import(&lab.client, &lab.cx, bad).await.unwrap_err().to_string().contains("is not an id"));
    }
}

#[test]
fn a_droplets_attachments_come_one_after_another() {
    let lab = lab(ATTACHMENT, "gone");
    let key = |config: Json| lab.ty.serial_key(&lab.config(config));
    let other = json!({"volume_id": "v2", "droplet_id": 7});
    assert!(key(config()).is_some() && key(config()) == key(other));
    assert_ne!(key(config()), key(json!({"volume_id": "v1", "droplet_id": 8})));
    assert_eq!(key(json!({"volume_id": "v1", "droplet_id": "(unknown)"})), None);
}
