use serde_json::Value as Json;
use serde_json::json;

use super::super::provider;
use super::lab::Environment;
use super::lab::block_value;
use super::lab::configure;
use crate::net::replay::Replay;
use crate::net::replay::surroundings;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

fn config(json: Json) -> Object {
    let data = provider().data("digitalocean_sizes").unwrap();
    block_value(data.schema().root(), &json).as_object().unwrap().clone()
}

async fn read(json: Json) -> Vec<Object> {
    let replay = Replay::of("digitalocean/sizes.http", "all");
    let (cx, _) = surroundings(Json::Null);
    let block = provider().schema().object([("token", Value::from("dop_v1_0123456789"))]);
    let client = configure(&replay, &cx, &block, Environment(Vec::new())).unwrap();
    let data = provider().data("digitalocean_sizes").unwrap();
    let found = data.read(&client, &cx, &config(json)).await.unwrap();
    replay.finish();
    let sizes = found.get("sizes").unwrap().as_elements().unwrap();
    sizes.iter().map(|size| size.as_object().unwrap().clone()).collect()
}

#[tokio::test]
async fn sizes_are_filtered_and_sorted() {
    let filter = |key: &str, values: Json| json!({"key": key, "values": values});
    let (one, two, three, gpu) = ("s-1vcpu-1gb", "s-2vcpu-2gb", "s-1vcpu-2gb", "gpu-h100x1-80gb");
    let cases: [(Json, &[&str]); 10] = [
        (json!({}), &[one, two, three, gpu]),
        (json!({"filter": [filter("vcpus", json!(["1", "2"])), filter("regions", json!(["fra1"]))]}), &[one, two]),
        (json!({"filter": [{"key": "regions", "values": ["fra1", "sgp1"], "all": true}]}), &[one]),
        (json!({"filter": [{"key": "slug", "values": ["^s-1"], "match_by": "re"}]}), &[one, three]),
        (json!({"filter": [{"key": "slug", "values": ["2gb"], "match_by": "substring"}]}), &[two, three]),
        (json!({"filter": [filter("available", json!(["false"]))]}), &[three]),
        (json!({"filter": [filter("price_hourly", json!(["0.02679"])), filter("disk", json!(["60.0"]))]}), &[two]),
        (json!({"filter": [filter("slug", json!([]))]}), &[]),
        (json!({"sort": [{"key": "price_monthly", "direction": "desc"}]}), &[gpu, two, three, one]),
        (json!({"sort": [{"key": "memory"}, {"key": "disk", "direction": "desc"}]}), &[one, two, three, gpu]),
    ];
    for (blocks, expected) in cases {
        let slugs: Vec<_> =
            read(blocks.clone()).await.iter().map(|size| size.str("slug").unwrap().to_owned()).collect();
        assert_eq!(slugs, expected, "{blocks}");
    }
}

#[tokio::test]
async fn a_size_has_every_attribute_of_its_type() {
    let sizes = read(json!({})).await;
    let ty = provider().data("digitalocean_sizes").unwrap().schema().ty().attribute("sizes").unwrap().ty;
    for size in sizes {
        assert_eq!(Some(Value::Object(size.into()).ty()), ty.element());
    }
}

#[test]
fn keys_and_values_that_cannot_match_are_problems() {
    let data = provider().data("digitalocean_sizes").unwrap();
    let cases: [(Json, &[&str]); 5] = [
        (json!({"filter": [{"key": "vcpus", "values": ["1"]}], "sort": [{"key": "disk"}]}), &[]),
        (json!({"filter": [{"key": "colour", "values": []}]}), &["filter[0].key"]),
        (json!({"filter": [{"key": "vcpus", "values": ["one"]}]}), &["filter[0].values"]),
        (json!({"filter": [{"key": "slug", "values": ["("], "match_by": "re"}]}), &["filter[0].values"]),
        (json!({"sort": [{"key": "regions", "direction": "up"}]}), &["sort[0].key", "sort[0].direction"]),
    ];
    for (blocks, expected) in cases {
        let problems = data.validate(&config(blocks.clone()));
        assert_eq!(problems.iter().map(|problem| problem.path.to_string()).collect::<Vec<_>>(), expected, "{blocks}");
    }
}
