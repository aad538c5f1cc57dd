use serde_json::Value as Json;
use serde_json::json;

use super::lab::Lab;
use super::lab::assert_has;
use super::lab::lab;
use super::lab::lab_with;
use super::lab::present;
use crate::provider::Found;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

const DROPLET: &str = "digitalocean_droplet";

fn config() -> Json {
    json!({"name": "web", "size": "s-1vcpu-1gb", "image": "1000"})
}

/// A droplet as it is in the state, with some attributes as given.
fn existing(lab: &Lab, changes: Json) -> Object {
    let mut attributes = json!({
        "id": "7", "urn": "do:droplet:7", "name": "web", "size": "s-1vcpu-1gb", "image": "debian-12-x64",
        "region": "fra1", "status": "active", "locked": false, "backups": false, "ipv6": false, "monitoring": false,
        "memory": 1024, "vcpus": 1, "disk": 25, "price_monthly": 6, "price_hourly": 0.00893, "volume_ids": [],
        "ipv4_address": null, "public_networking": true, "private_networking": true, "created_at": "then",
    });
    attributes.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    lab.existing(attributes)
}

fn like(changes: Json) -> Json {
    let mut config = json!({"name": "web", "size": "s-1vcpu-1gb", "image": "debian-12-x64", "region": "fra1"});
    config.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    config
}

#[tokio::test]
async fn a_droplet_is_noted_before_it_is_waited_for_and_its_marks_are_hidden() {
    let lab = lab(DROPLET, "create");
    let made = lab
        .create(json!({
            "name": "web", "region": "FRA1", "size": "S-1vcpu-1gb", "image": "debian-12-x64", "ipv6": true,
            "ssh_keys": ["42", "aa:bb"], "user_data": "#!/bin/sh", "tags": ["Env:Prod"],
        }))
        .await
        .unwrap();
    assert_has(
        &made,
        json!({
            "id": "7", "urn": "do:droplet:7", "region": "FRA1", "ipv4_address": "203.0.113.7", "tags": ["Env:Prod"],
            "ipv4_address_private": "10.0.0.2", "ipv6_address": "2001:db8::7", "price_hourly": 0.00893,
            "price_monthly": 6, "memory": 1024, "private_networking": true, "public_networking": true,
        }),
    );
    let (partial, _) = &lab.ear.records()[0];
    assert_eq!(partial.as_ref().map(ObjectExt::id), Some("7"));
    assert_eq!(lab.cx.private(), json!({"image": 1000}));
}

#[tokio::test]
async fn a_lost_creation_is_not_repeated_and_a_failed_one_keeps_its_id() {
    let lost = lab(DROPLET, "create lost").create(config()).await.unwrap_err();
    assert!(lost.is_ambiguous(), "{lost:?}");
    let lab = lab(DROPLET, "create errored");
    let failed = lab.create(config()).await.unwrap_err();
    assert_eq!(failed.to_string(), "creating the droplet web: DigitalOcean reports that event 90 went wrong");
    assert_eq!(lab.ear.records().len(), 1);
}

#[tokio::test]
async fn a_refusal_names_the_argument() {
    let error = lab(DROPLET, "create refused").create(config()).await.unwrap_err();
    let ProviderError::Refused { argument, code, .. } = &error else { panic!("{error:?}") };
    assert_eq!((argument.as_ref().map(ToString::to_string), *code), (Some("size".to_owned()), Some(422)));
}

#[tokio::test]
async fn a_droplet_is_found_by_its_mark_or_its_id() {
    let lab = |scene| lab(DROPLET, scene);
    let none = lab("find none").find(config(), None, Json::Null).await.unwrap();
    assert!(matches!(none, Found::Absent), "{none:?}");
    let one = lab("find one").find(config(), None, Json::Null).await.unwrap();
    assert!(matches!(&one, Found::One(found) if found.str("ipv4_address") == Some("203.0.113.7")), "{one:?}");
    let Found::Ambiguous(two) = lab("find two").find(config(), None, Json::Null).await.unwrap() else { panic!() };
    assert_eq!(two, [("7".to_owned(), "web".to_owned()), ("8".to_owned(), "web".to_owned())]);
    let by_id = lab("by id");
    let partial = by_id.existing(json!({"id": "7"}));
    let found = by_id.find(config(), Some(partial), Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(found) if found.id() == "7"), "{found:?}");
}

#[tokio::test]
async fn an_import_takes_the_number_and_the_slug() {
    let imported = lab(DROPLET, "by id").import("7").await.unwrap().unwrap();
    assert_has(
        &imported,
        json!({
            "name": "web", "image": "debian-12-x64", "monitoring": true, "backups": false, "tags": ["a"],
            "volume_ids": ["v1"], "ssh_keys": null, "user_data": null, "resize_disk": true,
        }),
    );
    let other = lab(DROPLET, "by id");
    let error = other.ty.import(&other.client, &other.cx, "web").await.unwrap_err();
    assert!(error.to_string().contains("`web` is not a droplet's id"), "{error}");
}

#[tokio::test]
async fn a_slug_that_moved_on_is_no_drift_but_another_image_is() {
    // (scene, noted image) → image
    for (scene, noted, image) in [
        ("read few", json!({"image": 1000}), "debian-12-x64"),
        ("read few", Json::Null, "debian-12-x64"),
        ("read rebuilt", json!({"image": 1000}), "ubuntu-24-04-x64"),
    ] {
        let lab = lab(DROPLET, scene);
        let prior = existing(&lab, json!({"image": "debian-12-x64"}));
        let reads = lab.read_noted(vec![(prior, noted.clone())]).await;
        assert_eq!(present(&reads[0]).str("image"), Some(image), "{scene} {noted}");
    }
}

#[tokio::test]
async fn many_droplets_are_listed_as_far_as_it_pays() {
    let lab = lab(DROPLET, "read many");
    let priors: Vec<_> = (1..=5).map(|id| existing(&lab, json!({"id": id.to_string()}))).collect();
    let reads = lab.read(&priors).await;
    let names: Vec<_> = reads[..4].iter().map(|read| present(read).str("name").unwrap().to_owned()).collect();
    assert_eq!(names, ["a", "b", "c", "d"]);
    assert_eq!(present(&reads[0]).str("region"), Some("fra1"), "what a list omits stays");
    assert!(matches!(reads[4], Ok(Read::Absent)), "{:?}", reads[4]);
}

#[tokio::test]
async fn backup_policies_are_read_together_and_only_what_is_configured() {
    let lab = lab(DROPLET, "read policies");
    let policies = [json!([{"plan": "daily"}]), json!([{"plan": "daily", "hour": 8}]), json!([{"plan": "weekly"}])];
    let priors: Vec<_> = (1..)
        .zip(policies)
        .map(|(id, policy)| existing(&lab, json!({"id": id.to_string(), "backup_policy": policy})))
        .collect();
    let reads = lab.read(&priors).await;
    assert_has(present(&reads[0]), json!({"backup_policy": [{"plan": "daily"}]}));
    assert_has(present(&reads[1]), json!({"backup_policy": [{"plan": "weekly", "hour": 4}]}));
    assert_has(present(&reads[2]), json!({"backup_policy": [{"plan": "weekly"}]}));
}

#[tokio::test]
async fn a_light_change_takes_an_event_each_and_waits_its_turn() {
    let lab = lab(DROPLET, "update lightly");
    let prior = existing(&lab, json!({"tags": ["old", "keep"], "volume_ids": ["v1"]}));
    let changes = json!({
        "name": "api", "ipv6": true, "backups": true, "tags": ["Keep", "new"], "volume_ids": ["v2"],
        "backup_policy": [{"plan": "weekly", "weekday": "SUN", "hour": 4}],
    });
    let made = lab.update(&prior, like(changes)).await.unwrap();
    assert_has(&made, json!({"name": "api", "ipv6_address": "2001:db8::7", "backups": true, "tags": ["Keep", "new"]}));
    assert!(lab.ear.heard()[0].contains("pending event"), "{:?}", lab.ear.heard());
}

#[tokio::test]
async fn a_resize_owes_its_power_on_from_before_it_goes_down() {
    let owing = json!({"owes_power_on": true});
    let resized = lab(DROPLET, "resize");
    // The guest that does not shut down within two minutes is switched off.
    let made = resized.update(&existing(&resized, json!({})), like(json!({"size": "s-2vcpu-2gb"}))).await.unwrap();
    assert_has(
        &made,
        json!({"size": "s-2vcpu-2gb", "memory": 2048, "disk": 60, "price_monthly": 18, "status": "active"}),
    );
    let notes: Vec<_> = resized.ear.records().into_iter().map(|(_, note)| note).collect();
    assert_eq!(notes, [owing.clone(), json!({})]);

    let refused = lab(DROPLET, "resize refused");
    let error = refused.update(&existing(&refused, json!({})), like(json!({"size": "s-2vcpu-2gb"}))).await.unwrap_err();
    assert!(error.to_string().contains("smaller disk"), "{error}");
    assert_eq!(refused.cx.private(), json!({}), "it runs again, so nothing is owed");

    let lost = lab(DROPLET, "resize lost");
    let error = lost.update(&existing(&lost, json!({})), like(json!({"size": "s-2vcpu-2gb"}))).await.unwrap_err();
    assert!(error.is_ambiguous(), "{error}");
    assert_eq!(lost.cx.private(), owing);
    assert_eq!(lost.ty.owed(&owing).as_deref(), Some("being powered on again"));

    let resumed = lab_with(DROPLET, "power on owed", owing);
    resumed.update(&existing(&resumed, json!({})), like(json!({}))).await.unwrap();
    assert_eq!(resumed.cx.private(), json!({}));
    assert_eq!(resumed.ty.owed(&resumed.cx.private()), None);
}

#[tokio::test]
async fn an_owed_power_on_does_not_wait_for_what_may_fail() {
    let lab = lab_with(DROPLET, "power on owed first", json!({"owes_power_on": true}));
    let error = lab.update(&existing(&lab, json!({})), like(json!({"name": "api"}))).await.unwrap_err();
    assert!(error.to_string().contains("this name is taken"), "{error}");
    assert_eq!(lab.cx.private(), json!({}), "it runs, so nothing is owed");
}

#[tokio::test]
async fn a_deletion_waits_for_the_lock_detaches_and_sees_it_gone() {
    let full = lab(DROPLET, "delete");
    full.delete(&existing(&full, json!({"graceful_shutdown": true}))).await.unwrap();
    let under_way = lab(DROPLET, "delete under way");
    under_way.delete(&existing(&under_way, json!({}))).await.unwrap();
    let gone = lab(DROPLET, "delete gone");
    gone.delete(&existing(&gone, json!({}))).await.unwrap();
}

#[test]
fn a_plan_knows_what_a_change_brings_with_it() {
    let lab = lab(DROPLET, "find none");
    let all: [&str; 7] = ["memory", "vcpus", "price_monthly", "price_hourly", "disk", "ipv6_address", "urn"];
    // (change) → what is no longer known
    let cases: [(Json, &[&str]); 5] = [
        (json!({}), &[]),
        (json!({"name": "api"}), &[]),
        (json!({"size": "s-2vcpu-2gb"}), &["memory", "vcpus", "price_monthly", "price_hourly", "disk"]),
        (json!({"size": "s-2vcpu-2gb", "resize_disk": false}), &["memory", "vcpus", "price_monthly", "price_hourly"]),
        (json!({"ipv6": true}), &["ipv6_address"]),
    ];
    for (change, expected) in cases {
        let planned = lab.plan(Some(&existing(&lab, json!({}))), like(change.clone())).object;
        let unknown: Vec<_> = all.iter().filter(|name| !planned.get(name).is_some_and(Value::is_known)).collect();
        assert_eq!(unknown, expected.iter().collect::<Vec<_>>(), "{change}");
    }
    let without = lab.plan(Some(&existing(&lab, json!({"ipv6": true}))), like(json!({"ipv6": false})));
    assert_eq!(without.replace.iter().map(ToString::to_string).collect::<Vec<_>>(), ["ipv6"]);
    assert!(lab.plan(None, config()).object.get("ipv6_address").unwrap().is_null());
}

#[test]
fn a_droplets_events_queue_with_those_of_its_volumes_and_addresses() {
    let droplet = lab(DROPLET, "find none");
    let key = droplet.ty.serial_key(&existing(&droplet, json!({}))).unwrap();
    assert_eq!(droplet.ty.serial_key(&droplet.plan(None, config()).object), None, "one that is not there does nothing");
    let others = [
        ("digitalocean_volume_attachment", json!({"volume_id": "v1", "droplet_id": 7})),
        ("digitalocean_reserved_ip", json!({"region": "fra1", "droplet_id": 7})),
        ("digitalocean_reserved_ip_assignment", json!({"ip_address": "192.0.2.9", "droplet_id": 7})),
    ];
    for (ty, config) in others {
        let scene = if ty == "digitalocean_reserved_ip" { "read many" } else { "gone" };
        let other = lab(ty, scene);
        assert_eq!(other.ty.serial_key(&other.config(config)).as_deref(), Some(&*key), "{ty}");
    }
}

#[test]
fn only_a_resize_interrupts() {
    let lab = lab(DROPLET, "find none");
    let prior = existing(&lab, json!({}));
    assert!(lab.ty.interrupts(&prior, &existing(&lab, json!({"size": "s-2vcpu-2gb"}))));
    assert!(!lab.ty.interrupts(&prior, &existing(&lab, json!({"size": "S-1vcpu-1GB", "name": "api"}))));
}

#[test]
fn what_the_vendor_would_refuse_is_a_problem_at_its_place() {
    let lab = lab(DROPLET, "find none");
    let cases: [(Json, &[&str]); 7] = [
        (json!({"name": "web-1.example.com"}), &[]),
        (json!({"name": "web_1"}), &["name"]),
        (json!({"tags": ["ok", "not ok", "infra:mine"]}), &["tags", "tags"]),
        (json!({"backup_policy": [{"plan": "daily"}]}), &["backup_policy[0]"]),
        (
            json!({"backups": true, "backup_policy": [{"plan": "hourly", "weekday": "sun", "hour": 5}]}),
            &["backup_policy[0].plan", "backup_policy[0].weekday", "backup_policy[0].hour"],
        ),
        (json!({"public_networking": false, "ipv6": true}), &["ipv6"]),
        (json!({"timeouts": {"create": "1h30m", "delete": "soon"}}), &["timeouts.delete"]),
    ];
    for (config, expected) in cases {
        let problems = lab.ty.validate(&lab.config(config.clone()));
        let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, expected, "{config}");
    }
}

#[test]
fn regions_and_user_data_have_several_spellings() {
    let lab = lab(DROPLET, "find none");
    let same =
        |name: &str, a: &str, b: &str| lab.ty.schema().root().attributes()[name].same(&Value::from(a), &Value::from(b));
    assert!(same("region", "NYC3", "nyc3") && same("region", "nyc", "nyc3"));
    assert!(!same("region", "nyc1", "nyc13") && !same("region", "nyc", "fra1") && !same("region", "", "nyc3"));
    assert!(same("user_data", "hello", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"));
    assert!(!same("user_data", "hello", "hullo"));
}
