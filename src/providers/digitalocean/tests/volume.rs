use serde_json::Value as Json;
use serde_json::json;

use super::super::prices;
use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::net::replay::START;
use crate::provider::Found;
use crate::provider::Price;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::schema::ObjectExt;

const VOLUME: &str = "digitalocean_volume";

fn prior() -> Json {
    json!({
        "id": "v1", "urn": "do:volume:v1", "name": "data", "region": "fra1", "size": 10, "description": "rows",
        "droplet_ids": [], "filesystem_type": "ext4", "initial_filesystem_type": "ext4", "tags": ["a"],
    })
}

fn like(changes: Json) -> Json {
    let mut config = json!({"name": "data", "region": "fra1", "size": 10, "description": "rows", "tags": ["A"]});
    config.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    config
}

#[tokio::test]
async fn a_volume_carries_its_states_tag_unseen() {
    let formatted = lab(VOLUME, "create");
    let config = json!({
        "name": "data", "region": "FRA1", "size": 10, "description": "rows", "initial_filesystem_type": "ext4",
        "initial_filesystem_label": "rows", "tags": ["Env:Prod"],
    });
    assert_has(
        &formatted.create(config).await.unwrap(),
        json!({
            "id": "v1", "urn": "do:volume:v1", "region": "FRA1", "tags": ["Env:Prod"], "droplet_ids": [],
            "filesystem_type": "ext4", "filesystem_label": "rows", "snapshot_id": null,
        }),
    );
    let copied = lab(VOLUME, "create from snapshot");
    let config = json!({"name": "data", "region": "fra1", "size": 10, "description": "", "snapshot_id": "s1"});
    assert_has(
        &copied.create(config).await.unwrap(),
        json!({
            "snapshot_id": "s1", "description": "", "initial_filesystem_type": "xfs", "initial_filesystem_label": null,
            "tags": null,
        }),
    );
}

#[tokio::test]
async fn a_lost_volume_is_found_by_its_name_its_tag_and_its_age() {
    let config = || json!({"name": "data", "region": "fra1", "size": 10});
    assert!(lab(VOLUME, "create lost").create(config()).await.unwrap_err().is_ambiguous());
    let taken = lab(VOLUME, "create taken").create(config()).await.unwrap_err();
    assert!(matches!(&taken, ProviderError::Taken { id: Some(id), .. } if id == "v7"), "{taken:?}");
    for (scene, is_found) in [("find", true), ("find another's", false), ("find older", false)] {
        let found = lab(VOLUME, scene).find(config(), None, Json::Null).await.unwrap();
        assert_eq!(matches!(&found, Found::One(volume) if volume.id() == "v1"), is_found, "{scene}: {found:?}");
    }
    let claimed = lab(VOLUME, "find");
    let mut intent = claimed.intent(config(), None, Json::Null, START);
    intent.claimed.push("v1".to_owned());
    let found = claimed.ty.find(&claimed.client, &claimed.cx, &intent).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
}

#[tokio::test]
async fn a_refusal_names_the_argument() {
    let config = json!({"name": "data", "region": "fra1", "size": 10});
    let error = lab(VOLUME, "create refused").create(config).await.unwrap_err();
    let ProviderError::Refused { argument, .. } = &error else { panic!("{error:?}") };
    assert_eq!(argument.as_ref().map(ToString::to_string).as_deref(), Some("size"));
}

#[tokio::test]
async fn volumes_are_read_together_and_what_they_came_with_stays() {
    let many = lab(VOLUME, "read many");
    let mut first = prior();
    first["name"] = json!("a");
    let priors = [
        many.existing(first),
        many.existing(json!({"id": "v2", "name": "b", "region": "fra1", "size": 10})),
        many.existing(json!({"id": "v3", "name": "c", "region": "fra1", "size": 10})),
    ];
    let reads = many.read(&priors).await;
    // Formatted anew by hand, which is no reason to replace it.
    assert_has(present(&reads[0]), json!({"filesystem_type": "xfs", "initial_filesystem_type": "ext4"}));
    assert_has(present(&reads[1]), json!({"size": 20, "droplet_ids": [7]}));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
    let hidden = lab(VOLUME, "forbidden");
    let reads = hidden.read(&[hidden.existing(prior())]).await;
    assert!(matches!(&reads[0], Ok(Read::Stale(why)) if why.contains("block_storage:read")), "{:?}", reads[0]);
}

#[tokio::test]
async fn a_volume_grows_and_changes_its_tags_in_place() {
    let growing = lab(VOLUME, "update");
    let grown = growing.update(&growing.existing(prior()), like(json!({"size": 20, "tags": ["new"]}))).await.unwrap();
    assert_has(&grown, json!({"size": 20, "tags": ["new"], "id": "v1"}));
    let again = lab(VOLUME, "resized already");
    assert_has(
        &again.update(&again.existing(prior()), like(json!({"size": 20}))).await.unwrap(),
        json!({"size": 20, "tags": ["a"]}),
    );
}

#[tokio::test]
async fn what_would_need_another_volume_is_refused() {
    let lab = lab(VOLUME, "none");
    let prior = lab.existing(prior());
    // (change) → what is refused
    let cases: [(Json, &[&str]); 6] = [
        (json!({}), &[]),
        (json!({"size": 20}), &[]),
        (json!({"size": "(unknown)", "description": "(unknown)"}), &[]),
        (json!({"size": 9}), &["size"]),
        (json!({"description": "columns"}), &["description"]),
        (json!({"size": 1, "description": null}), &["size", "description"]),
    ];
    for (change, expected) in cases {
        let planned = lab.plan(Some(&prior), like(change.clone())).object;
        let problems = lab.ty.refuses(&prior, &planned);
        assert_eq!(problems.iter().map(|p| p.path.to_string()).collect::<Vec<_>>(), expected, "{change}");
    }
    let smaller = lab.plan(Some(&prior), like(json!({"size": 9}))).object;
    let error = lab.ty.update(&lab.client, &lab.cx, &prior, &smaller).await.unwrap_err();
    assert!(error.to_string().contains("cannot be made smaller"), "{error}");
}

#[tokio::test]
async fn an_attached_volume_is_let_go_before_it_is_deleted() {
    let going = lab(VOLUME, "delete");
    going.delete(&going.existing(prior())).await.unwrap();
    let gone = lab(VOLUME, "none");
    gone.delete(&gone.existing(prior())).await.unwrap();
    let held = lab(VOLUME, "delete attached");
    let error = held.ty.delete(&held.client, &held.cx, &held.existing(prior())).await.unwrap_err();
    assert!(error.to_string().contains("still attached to the droplet 7"), "{error}");
}

#[tokio::test]
async fn a_volume_is_imported_with_what_it_came_with() {
    let imported = lab(VOLUME, "one").import("v1").await.unwrap().unwrap();
    assert_has(
        &imported,
        json!({"name": "data", "size": 10, "initial_filesystem_type": "ext4", "tags": ["a"], "droplet_ids": [7]}),
    );
    assert_eq!(lab(VOLUME, "none").import("v1").await.unwrap(), None);
}

#[test]
fn what_the_vendor_would_refuse_is_a_problem_at_its_place() {
    let lab = lab(VOLUME, "none");
    let cases: [(Json, &[&str]); 9] = [
        (json!({"name": "data-1", "size": 16384}), &[]),
        (json!({"name": "Data"}), &["name"]),
        (json!({"name": "1data"}), &["name"]),
        (json!({"size": 0}), &["size"]),
        (json!({"size": 1.5}), &["size"]),
        (json!({"size": "(unknown)"}), &[]),
        (json!({"size": 16385, "tags": ["not ok"]}), &["tags", "size"]),
        (
            json!({"description": "x".repeat(1025), "initial_filesystem_type": "zfs"}),
            &["description", "initial_filesystem_type"],
        ),
        (
            json!({"initial_filesystem_type": "xfs", "initial_filesystem_label": "1234567890123"}),
            &["initial_filesystem_label"],
        ),
    ];
    for (config, expected) in cases {
        let problems = lab.ty.validate(&lab.config(config.clone()));
        assert_eq!(problems.iter().map(|p| p.path.to_string()).collect::<Vec<_>>(), expected, "{config}");
    }
}

#[test]
fn a_volume_costs_by_its_size_and_its_data_is_guarded() {
    let lab = lab(VOLUME, "none");
    let list = prices::list();
    let cost = |size: Json| lab.ty.price(&lab.config(json!({"size": size})), &list);
    assert_eq!(cost(json!(10)), Price::Monthly(1.0));
    assert!(matches!(cost(json!("(unknown)")), Price::Unknown(_)));
    assert_eq!(lab.ty.guards(), Some("its data"));
}
