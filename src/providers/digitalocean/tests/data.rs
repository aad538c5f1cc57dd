use serde_json::Value as Json;
use serde_json::json;

use super::super::provider;
use super::lab::Environment;
use super::lab::assert_has;
use super::lab::block_value;
use super::lab::configure;
use crate::net::replay::Replay;
use crate::net::replay::surroundings;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

fn config(ty: &str, json: &Json) -> Object {
    let data = provider().data(ty).unwrap();
    block_value(data.schema().root(), json).as_object().unwrap().clone()
}

async fn read(ty: &str, scene: &str, json: Json) -> Result<Object> {
    let replay = Replay::of("digitalocean/data.http", scene);
    let (cx, _) = surroundings(Json::Null);
    let block = provider().schema().object([("token", Value::from("dop_v1_0123456789"))]);
    let client = configure(&replay, &cx, &block, Environment(Vec::new())).unwrap();
    let data = provider().data(ty).unwrap();
    let found = data.read(&client, &cx, &config(ty, &json)).await;
    replay.finish();
    let found = found?;
    assert_eq!(Value::Object(found.clone().into()).ty(), data.schema().ty(), "{ty}");
    Ok(found)
}

/// One attribute of each object of a list.
async fn listed(ty: &str, scene: &str, list: &str, attribute: &str, json: Json) -> Vec<String> {
    let found = read(ty, scene, json).await.unwrap();
    let objects = found.get(list).unwrap().as_elements().unwrap().iter().filter_map(Value::as_object);
    objects.map(|object| object.str(attribute).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_account_says_whose_it_is() {
    let found = read("digitalocean_account", "account", json!({})).await.unwrap();
    assert_has(&found, json!({"id": "u", "email": "a@b.test", "droplet_limit": 25, "status": "active"}));
}

#[tokio::test]
async fn certificates_and_domains_are_found_by_name() {
    let found = read("digitalocean_certificate", "certificate", json!({"name": "web"})).await.unwrap();
    assert_has(&found, json!({"id": "web", "uuid": "u1", "domains": ["b.test", "a.test"], "type": "custom"}));
    let error = read("digitalocean_certificate", "no certificate", json!({"name": "web"})).await.unwrap_err();
    assert!(error.to_string().contains("no certificate named `web`"), "{error}");
    let name = json!({"name": "example.com"});
    let found = read("digitalocean_domain", "domain", name.clone()).await.unwrap();
    assert_has(&found, json!({"urn": "do:domain:example.com", "ttl": 1800, "zone_file": "$ORIGIN example.com."}));
    assert!(read("digitalocean_domain", "no domain", name).await.is_err());
    let filter = json!({"filter": [{"key": "name", "values": ["example\\.com$"], "match_by": "re"}],
        "sort": [{"key": "name"}]});
    let names = listed("digitalocean_domains", "domains", "domains", "name", filter).await;
    assert_eq!(names, ["a.example.com", "b.example.com"]);
}

#[tokio::test]
async fn a_firewall_is_found_by_its_id() {
    let found = read("digitalocean_firewall", "firewall", json!({"firewall_id": "f1"})).await.unwrap();
    assert_has(&found, json!({"id": "f1", "name": "web", "droplet_ids": [7], "status": "succeeded"}));
    let rules = found.get("inbound_rule").unwrap().as_elements().unwrap();
    assert_eq!(rules[0].as_object().unwrap().str("port_range"), Some("all"));
}

#[tokio::test]
async fn an_image_is_found_by_slug_or_by_a_name_that_one_alone_has() {
    let image = |scene: &'static str, json: Json| read("digitalocean_image", scene, json);
    let found = image("image by slug", json!({"slug": "debian-12-x64"})).await.unwrap();
    let expected = json!({"id": 12, "image": "12", "private": false, "size_gigabytes": 0.54, "regions": ["fra1"]});
    assert_has(&found, expected);
    assert_has(&image("image by name", json!({"name": "mine"})).await.unwrap(), json!({"id": 1, "private": true}));
    let several = image("images by name", json!({"name": "mine", "source": "applications"})).await.unwrap_err();
    assert!(several.to_string().contains("2 of image named `mine`"), "{several}");
    let filters = json!({"filter": [{"key": "distribution", "values": ["Ubuntu"]}, {"key": "regions", "values": ["nyc3"]},
        {"key": "private", "values": ["false"]}], "sort": [{"key": "created", "direction": "desc"}]});
    assert_eq!(listed("digitalocean_images", "images", "images", "name", filters).await, ["two", "one"]);
}

#[tokio::test]
async fn a_project_is_the_default_one_or_the_only_one_of_its_name() {
    let project = |scene: &'static str, json: Json| read("digitalocean_project", scene, json);
    let found = project("default project", json!({})).await.unwrap();
    assert_has(&found, json!({"id": "p0", "purpose": "Plants", "resources": ["do:droplet:7"], "is_default": true}));
    let several = project("project by name", json!({"name": "play"})).await.unwrap_err();
    assert!(several.to_string().contains("2 of project named `play`"), "{several}");
}

#[tokio::test]
async fn records_are_found_by_name_and_filtered() {
    let domain = |more: Json| {
        let mut config = json!({"domain": "example.com"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let found = read("digitalocean_record", "records", domain(json!({"name": "www"}))).await.unwrap();
    assert_has(&found, json!({"id": "4", "type": "A", "data": "192.0.2.1", "ttl": 60}));
    assert!(read("digitalocean_record", "records", domain(json!({"name": "ftp"}))).await.is_err());
    let filter = json!({"filter": [{"key": "type", "values": ["MX"]}], "sort": [{"key": "priority"}]});
    let values = listed("digitalocean_records", "records", "records", "value", domain(filter)).await;
    assert_eq!(values, ["mail2.example.com", "mail.example.com"]);
}

#[tokio::test]
async fn regions_are_found_and_an_unknown_one_is_answered_with_those_there_are() {
    let found = read("digitalocean_region", "regions", json!({"slug": "fra1"})).await.unwrap();
    assert_has(&found, json!({"name": "Frankfurt 1", "available": true, "features": ["backups", "ipv6"]}));
    let error = read("digitalocean_region", "regions", json!({"slug": "fra9"})).await.unwrap_err();
    assert!(error.to_string().contains("fra1, ams3, nyc2"), "{error}");
    let filter = json!({"filter": [{"key": "available", "values": ["true"]}], "sort": [{"key": "name"}]});
    assert_eq!(listed("digitalocean_regions", "regions", "regions", "slug", filter).await, ["ams3", "fra1"]);
}

#[tokio::test]
async fn keys_and_tags_are_found_by_name_and_listed() {
    let key = |name: &str| read("digitalocean_ssh_key", "ssh keys", json!({"name": name}));
    assert_has(&key("desktop").await.unwrap(), json!({"id": "2", "fingerprint": "a", "public_key": "k2"}));
    assert!(key("twice").await.is_err() && key("none").await.is_err());
    let sort = json!({"sort": [{"key": "fingerprint"}]});
    let names = listed("digitalocean_ssh_keys", "ssh keys", "ssh_keys", "name", sort).await;
    assert_eq!(names, ["desktop", "laptop", "twice", "twice"]);
    let found = read("digitalocean_tag", "tag", json!({"name": "web"})).await.unwrap();
    assert_has(&found, json!({"id": "web", "total_resource_count": 3, "droplets_count": 2, "images_count": 0}));
    let sort = json!({"sort": [{"key": "total_resource_count", "direction": "desc"}]});
    assert_eq!(listed("digitalocean_tags", "tags", "tags", "name", sort).await, ["many", "few"], "ours is not shown");
}

#[tokio::test]
async fn a_network_is_found_by_name_or_as_its_regions_default() {
    let vpc = |json: Json| read("digitalocean_vpc", "vpcs", json);
    assert_has(&vpc(json!({"name": "web"})).await.unwrap(), json!({"id": "v1", "region": "fra1", "default": false}));
    assert_has(&vpc(json!({"region": "FRA1"})).await.unwrap(), json!({"id": "v0", "region": "FRA1", "default": true}));
    let error = vpc(json!({"region": "ams3"})).await.unwrap_err();
    assert!(error.to_string().contains("no default VPC in the region `ams3`"), "{error}");
}

#[test]
fn arguments_that_do_not_go_together_are_problems() {
    let cases: [(&str, Json, usize); 9] = [
        ("digitalocean_vpc", json!({"name": "a"}), 0),
        ("digitalocean_vpc", json!({}), 1),
        ("digitalocean_vpc", json!({"name": "a", "region": "(unknown)"}), 1),
        ("digitalocean_project", json!({}), 0),
        ("digitalocean_project", json!({"id": "a", "name": "b"}), 1),
        ("digitalocean_image", json!({"slug": "a", "source": "user"}), 1),
        ("digitalocean_image", json!({"name": "a", "source": "mine"}), 1),
        ("digitalocean_images", json!({"filter": [{"key": "id", "values": ["one"]}]}), 1),
        ("digitalocean_records", json!({"domain": "a.test", "sort": [{"key": "id"}]}), 1),
    ];
    for (ty, json, expected) in cases {
        let data = provider().data(ty).unwrap();
        let problems = data.validate(&config(ty, &json));
        assert_eq!(problems.len(), expected, "{ty} {json}: {problems:?}");
    }
}

#[tokio::test]
async fn a_droplet_is_found_by_id_name_or_a_tag_that_it_alone_has() {
    let droplet = |scene: &'static str, json: Json| read("digitalocean_droplet", scene, json);
    let found = droplet("droplet by id", json!({"id": 7})).await.unwrap();
    assert_has(
        &found,
        json!({
            "id": 7, "name": "web", "urn": "do:droplet:7", "image": "debian-12-x64", "size": "s-1vcpu-1gb",
            "ipv4_address": "203.0.113.7", "ipv4_address_private": "10.0.0.2", "ipv6_address": null, "monitoring": true,
            "backups": false, "price_monthly": 6, "tags": ["a"], "volume_ids": ["v1"], "vpc_uuid": "n1", "gpu": null,
        }),
    );
    let found = droplet("droplet by name", json!({"name": "web", "gpu": true})).await.unwrap();
    assert_has(&found, json!({"id": 7, "image": "1000", "gpu": true}));
    let several = droplet("droplets by tag", json!({"tag": "env:prod"})).await.unwrap_err();
    assert!(several.to_string().contains("2 of droplet with the tag `env:prod`"), "{several}");
}

#[tokio::test]
async fn droplets_are_filtered_and_sorted() {
    let droplets = |scene: &'static str, json: Json| listed("digitalocean_droplets", scene, "droplets", "name", json);
    let config = json!({
        "filter": [{"key": "size", "values": ["s-1vcpu-1gb"]}, {"key": "backups", "values": ["true"]}],
        "sort": [{"key": "created_at", "direction": "desc"}],
    });
    assert_eq!(droplets("droplets", config).await, ["c", "a"]);
    assert_eq!(droplets("droplets", json!({"filter": [{"key": "tags", "values": ["x"]}]})).await, ["a", "b"]);
    assert!(droplets("gpu droplets", json!({"gpus": true})).await.is_empty());
}

#[tokio::test]
async fn a_load_balancer_is_found_by_name_with_its_certificates() {
    let balancer = |scene: &'static str, json: Json| read("digitalocean_loadbalancer", scene, json);
    let found = balancer("load balancer by name", json!({"name": "app"})).await.unwrap();
    assert_has(
        &found,
        json!({"id": "l2", "ip": "203.0.113.9", "urn": "do:loadbalancer:l2", "droplet_ids": [7], "size_unit": 2}),
    );
    let rules = found.get("forwarding_rule").unwrap().as_elements().unwrap();
    assert_eq!(rules[0].as_object().unwrap().str("certificate_name"), Some("web"));
    let none = balancer("load balancer by id", json!({"id": "l2"})).await.unwrap_err();
    assert!(none.to_string().contains("no load balancer with the id `l2`"), "{none}");
}

#[tokio::test]
async fn addresses_and_volumes_are_found() {
    let ip = json!({"ip_address": "192.0.2.9"});
    let found = read("digitalocean_reserved_ip", "reserved ip", ip.clone()).await.unwrap();
    assert_has(&found, json!({"id": "192.0.2.9", "region": "fra1", "droplet_id": 7, "urn": "do:reservedip:192.0.2.9"}));
    assert!(read("digitalocean_reserved_ip", "no reserved ip", ip).await.is_err());
    let volume = json!({"name": "data", "region": "FRA1"});
    let found = read("digitalocean_volume", "volume", volume).await.unwrap();
    assert_has(
        &found,
        json!({"id": "v1", "region": "FRA1", "size": 10, "droplet_ids": [7], "tags": [], "filesystem_label": null}),
    );
    let several = read("digitalocean_volume", "volumes", json!({"name": "data"})).await.unwrap_err();
    assert!(several.to_string().contains("2 of volume named `data`"), "{several}");
}
