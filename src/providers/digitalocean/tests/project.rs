use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::schema::ObjectExt;

const PROJECT: &str = "digitalocean_project";
const RESOURCES: &str = "digitalocean_project_resources";

fn existing(changes: Json) -> Json {
    let mut known = json!({"id": "p1", "name": "play", "description": "for fun", "environment": "Development",
        "is_default": false, "resources": ["do:droplet:7"], "owner_uuid": "o", "owner_id": 258992, "created_at": "c",
        "updated_at": "u"});
    known.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    known
}

#[tokio::test]
async fn a_project_is_noted_and_then_filled() {
    let filling = lab(PROJECT, "create");
    let made = filling
        .create(json!({"name": "play", "description": "for fun", "purpose": "Growing plants",
            "environment": "development", "resources": ["do:droplet:7", "do:floatingip:192.0.2.1"]}))
        .await
        .unwrap();
    let expected = json!({"id": "p1", "purpose": "Growing plants", "environment": "development", "owner_id": 258992,
        "resources": ["do:droplet:7", "do:floatingip:192.0.2.1"], "is_default": false});
    assert_has(&made, expected);
    assert_eq!(filling.ear.records()[0].0.as_ref().unwrap().id(), "p1");
    let made = lab(PROJECT, "create default").create(json!({"name": "play", "is_default": true})).await.unwrap();
    assert_has(&made, json!({"is_default": true, "environment": null, "resources": [], "updated_at": "u2"}));
    let config = json!({"name": "play", "resources": ["do:droplet:7"]});
    let error = lab(PROJECT, "create unknown resource").create(config).await.unwrap_err();
    assert!(error.to_string().contains("do:droplet:7"), "{error}");
}

#[tokio::test]
async fn a_lost_project_is_a_new_one_that_is_equal() {
    let config = || json!({"name": "play"});
    assert!(lab(PROJECT, "create lost").create(config()).await.unwrap_err().is_ambiguous());
    let found = lab(PROJECT, "find").find(config(), None, Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(project) if project.id() == "p1"), "{found:?}");
}

#[tokio::test]
async fn what_leaves_a_project_goes_to_the_default_one() {
    let changing = lab(PROJECT, "update");
    let config = json!({"name": "play", "purpose": "Service or API", "resources": ["do:domain:example.com"]});
    let changed = changing.update(&changing.existing(existing(json!({}))), config).await.unwrap();
    let expected = json!({"description": null, "purpose": "Service or API", "resources": ["do:domain:example.com"],
        "updated_at": "u2", "environment": "Development"});
    assert_has(&changed, expected);
    let moving = lab(PROJECT, "move only");
    let config = json!({"name": "play", "description": "for fun", "resources": []});
    let changed = moving.update(&moving.existing(existing(json!({}))), config).await.unwrap();
    assert_has(&changed, json!({"resources": []}));
}

#[tokio::test]
async fn projects_are_read_with_what_is_in_them() {
    let many = lab(PROJECT, "read many");
    let priors = ["p1", "p2", "p3"].map(|id| many.existing(existing(json!({"id": id}))));
    let reads = many.read(&priors).await;
    let expected = json!({"name": "one", "purpose": "Growing plants", "environment": "Production",
        "resources": ["do:droplet:7"]});
    assert_has(present(&reads[0]), expected);
    assert_has(present(&reads[1]), json!({"resources": [], "is_default": true}));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
    let imported = lab(PROJECT, "one").import("p1").await.unwrap().unwrap();
    assert_has(&imported, json!({"purpose": "IoT", "environment": "Staging", "description": null}));
    // The two names of a reserved IP are one.
    let planned = many.plan(
        Some(&imported),
        json!({"name": "play", "purpose": "IoT", "environment": "staging",
        "resources": ["do:floatingip:192.0.2.1"]}),
    );
    assert_eq!(planned.object, imported);
}

#[tokio::test]
async fn a_project_is_emptied_before_it_is_deleted_and_the_default_one_is_not() {
    let emptying = lab(PROJECT, "delete");
    emptying.delete(&emptying.existing(existing(json!({})))).await.unwrap();
    let default = lab(PROJECT, "delete default");
    let error = default.delete(&default.existing(existing(json!({})))).await.unwrap_err();
    assert!(error.to_string().contains("`play` is the default project"), "{error}");
}

#[test]
fn the_default_project_cannot_stop_being_it() {
    let lab = lab(PROJECT, "one");
    let prior = lab.existing(existing(json!({"is_default": true})));
    let warned = |config: Json| lab.plan(Some(&prior), config).warnings.len();
    assert_eq!(warned(json!({"name": "play", "is_default": false})), 1);
    assert_eq!(warned(json!({"name": "play"})), 0);
}

#[test]
fn what_the_vendor_would_refuse_is_a_problem_at_its_place() {
    let lab = lab(PROJECT, "one");
    let cases: [(Json, &[&str]); 5] = [
        (json!({"name": "play", "environment": "PRODUCTION", "resources": ["do:space:a:b"]}), &[]),
        (json!({"name": "x".repeat(176), "purpose": " "}), &["name", "purpose"]),
        (json!({"name": "play", "description": "x".repeat(256)}), &["description"]),
        (json!({"name": "play", "environment": "Test"}), &["environment"]),
        (json!({"name": "play", "resources": ["droplet:7", "do:droplet:"]}), &["resources", "resources"]),
    ];
    for (config, expected) in cases {
        let problems = lab.ty.validate(&lab.config(config.clone()));
        let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, expected, "{config}");
    }
}

#[tokio::test]
async fn resources_are_moved_in_and_out_of_a_project() {
    let config = |urns: &[&str]| json!({"project": "p1", "resources": urns});
    let made = lab(RESOURCES, "create").create(config(&["do:droplet:7", "do:domain:example.com"])).await.unwrap();
    assert_has(&made, json!({"id": "p1", "project": "p1"}));
    let known = |urns: &[&str]| json!({"id": "p1", "project": "p1", "resources": urns});
    let changing = lab(RESOURCES, "update");
    let prior = changing.existing(known(&["do:droplet:7", "do:domain:example.com"]));
    let changed = changing.update(&prior, config(&["do:droplet:7", "do:droplet:8"])).await.unwrap();
    assert_has(&changed, json!({"resources": ["do:droplet:7", "do:droplet:8"]}));
    let leaving = lab(RESOURCES, "delete");
    leaving.delete(&leaving.existing(known(&["do:droplet:7", "do:droplet:8"]))).await.unwrap();
}

#[tokio::test]
async fn only_the_named_resources_of_a_project_count() {
    let lab_of = |scene: &str| lab(RESOURCES, scene);
    let known = |urns: &[&str]| json!({"id": "p1", "project": "p1", "resources": urns});
    let reading = lab_of("listed");
    let priors = [&["do:droplet:7", "do:droplet:8"][..], &["do:droplet:8"], &["do:reservedip:192.0.2.1"]];
    let reads = reading.read(&priors.map(|urns| reading.existing(known(urns)))).await;
    assert_has(present(&reads[0]), json!({"resources": ["do:droplet:7"]}));
    assert!(matches!(reads[1], Ok(Read::Absent)), "{:?}", reads[1]);
    assert_has(present(&reads[2]), json!({"resources": ["do:reservedip:192.0.2.1"]}));
    let gone = lab_of("gone");
    assert!(matches!(gone.read(&[gone.existing(known(&["do:droplet:7"]))]).await[0], Ok(Read::Absent)));
    for (urns, is_found) in [(vec!["do:droplet:7"], true), (vec!["do:droplet:7", "do:droplet:8"], false)] {
        let config = json!({"project": "p1", "resources": urns});
        let found = lab_of("listed").find(config, None, Json::Null).await.unwrap();
        assert_eq!(matches!(found, Found::One(_)), is_found, "{urns:?}");
    }
    let refused = reading.ty.import(&reading.client, &reading.cx, "p1").await.unwrap_err();
    assert!(matches!(refused, ProviderError::Refused { .. }), "{refused:?}");
}
