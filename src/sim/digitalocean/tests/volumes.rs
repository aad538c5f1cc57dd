use serde_json::Value;
use serde_json::json;

use crate::sim::digitalocean::tests::droplet;
use crate::sim::digitalocean::tests::with;
use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

fn volume(name: &str) -> Value {
    json!({ "name": name, "size_gigabytes": 10, "region": "fra1", "filesystem_type": "ext4" })
}

#[tokio::test]
async fn a_volume_is_attached_detached_and_grows() {
    let bench = bench();
    let (a, b) = (bench.droplet("a", &[]).await, bench.droplet("b", &[]).await);
    let made = bench.must("POST", "/v2/volumes", volume("data")).await["volume"].clone();
    assert_has(&made, &json!({ "droplet_ids": [], "size_gigabytes": 10, "region": { "slug": "fra1" } }));
    let path = format!("/v2/volumes/{}", made["id"].as_str().unwrap());
    let actions = format!("{path}/actions");
    let again = bench.call("POST", "/v2/volumes", volume("data")).await;
    assert_eq!((again.0, again.1["message"].as_str()), (409, Some("already exists")));
    let attach = |droplet: u64| json!({ "type": "attach", "droplet_id": droplet, "region": "fra1" });
    let (status, begun) = bench.call("POST", &actions, attach(a)).await;
    assert_eq!(status, 202);
    let expected =
        json!({ "type": "attach_volume", "status": "in-progress", "resource_type": "volume", "resource_id": null });
    assert_has(&begun["action"], &expected);
    assert_eq!(bench.call("POST", &actions, attach(b)).await.1["message"], "Volume already has a pending event.");
    let busy = bench.call("POST", &format!("/v2/droplets/{a}/actions"), json!({ "type": "reboot" })).await;
    assert_eq!((busy.0, busy.1["message"].as_str()), (422, Some("Droplet already has a pending event.")));
    bench.wait(6.1);
    let action = format!("{actions}/{}", begun["action"]["id"]);
    assert_eq!(bench.get(&action).await.1["action"]["status"], "completed");
    assert_eq!(bench.get(&path).await.1["volume"]["droplet_ids"], json!([a]));
    assert_eq!(bench.get(&format!("/v2/droplets/{a}")).await.1["droplet"]["volume_ids"], json!([made["id"]]));
    assert_eq!(bench.call("POST", &actions, attach(b)).await.1["message"], "This volume is already attached");
    let (status, refused) = bench.call("DELETE", &path, Value::Null).await;
    assert_eq!((status, refused["message"].as_str()), (409, Some("attached volume cannot be deleted")));
    let detach = |droplet: u64| json!({ "type": "detach", "droplet_id": droplet });
    assert_eq!(bench.call("POST", &actions, detach(b)).await.1["message"], "Attachment not found");
    bench.must("POST", &actions, json!({ "type": "resize", "size_gigabytes": 20 })).await;
    bench.wait(6.1);
    assert_eq!(bench.call("POST", &actions, json!({ "type": "resize", "size_gigabytes": 20 })).await.0, 422);
    let named = with(detach(a), json!({ "volume_name": "data", "region": "fra1" }));
    bench.must("POST", "/v2/volumes/actions", named).await;
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 409, "still on its way");
    bench.wait(6.1);
    assert_has(&bench.get(&path).await.1["volume"], &json!({ "droplet_ids": [], "size_gigabytes": 20 }));
    assert_eq!(bench.get(&format!("/v2/droplets/{a}")).await.1["droplet"]["volume_ids"], json!([]));
    assert_eq!(bench.call("DELETE", "/v2/volumes?name=data&region=fra1", Value::Null).await.0, 204);
    assert_eq!(bench.get(&path).await.0, 404);
}

#[tokio::test]
async fn a_droplet_is_born_with_volumes_and_leaves_them_behind() {
    let bench = bench();
    let made = bench.must("POST", "/v2/volumes", volume("data")).await["volume"]["id"].clone();
    let body = with(droplet("a"), json!({ "volumes": [made] }));
    let two = with(body.clone(), json!({ "name": null, "names": ["a", "b"] }));
    assert_eq!(bench.call("POST", "/v2/droplets", two).await.0, 422);
    assert_eq!(bench.call("POST", "/v2/droplets", with(body.clone(), json!({ "region": "nyc1" }))).await.0, 422);
    // The vendor's own client names them in objects.
    let objects = with(body.clone(), json!({ "volumes": [{ "id": made }] }));
    assert_eq!(bench.call("POST", "/v2/droplets", with(body.clone(), json!({ "volumes": [1] }))).await.0, 422);
    let id = bench.must("POST", "/v2/droplets", objects).await["droplet"]["id"].as_u64().unwrap();
    bench.wait(41.0);
    assert_eq!(bench.call("POST", "/v2/droplets", body).await.0, 422, "it has an owner");
    let path = format!("/v2/volumes/{}", made.as_str().unwrap());
    assert_eq!(bench.get(&path).await.1["volume"]["droplet_ids"], json!([id]));
    bench.must("DELETE", &format!("/v2/droplets/{id}"), Value::Null).await;
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 409);
    bench.wait(9.0);
    assert_eq!(bench.get(&path).await.1["volume"]["droplet_ids"], json!([]));
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 204);
}

#[tokio::test]
async fn volumes_are_checked_and_filtered() {
    let bench = bench();
    let table = [
        json!({ "name": null }),
        json!({ "name": "Data" }),
        json!({ "name": "1data" }),
        json!({ "name": "a_b" }),
        json!({ "size_gigabytes": 0 }),
        json!({ "size_gigabytes": 16385 }),
        json!({ "region": null }),
        json!({ "region": "moon1" }),
        json!({ "filesystem_type": "zfs" }),
        json!({ "filesystem_label": "seventeen-letters" }),
        json!({ "filesystem_type": "xfs", "filesystem_label": "thirteen-let." }),
    ];
    for changes in table {
        let (status, answer) = bench.call("POST", "/v2/volumes", with(volume("data"), changes.clone())).await;
        assert_eq!(status, 422, "{changes} {answer}");
    }
    bench.must("POST", "/v2/volumes", with(volume("data"), json!({ "tags": ["web"] }))).await;
    bench.must("POST", "/v2/volumes", with(volume("data"), json!({ "region": "nyc1" }))).await;
    for (query, count) in [("name=data", 2), ("name=data&region=nyc1", 1), ("region=sfo3", 0), ("name=x", 0)] {
        assert_eq!(bench.get(&format!("/v2/volumes?{query}")).await.1["meta"]["total"], count, "{query}");
    }
    assert_eq!(bench.get("/v2/tags/web").await.1["tag"]["resources"]["volumes"]["count"], 1);
}

#[tokio::test]
async fn snapshots_outlive_what_they_were_made_of() {
    let bench = bench();
    let droplet_id = bench.droplet("a", &[]).await;
    let actions = format!("/v2/droplets/{droplet_id}/actions");
    bench.must("POST", &actions, json!({ "type": "snapshot", "name": "golden" })).await;
    assert_eq!(bench.get("/v2/images?private=true").await.1["meta"]["total"], 0, "it is not there yet");
    bench.wait(61.0);
    let image = bench.get("/v2/images?private=true").await.1["images"][0].clone();
    assert_has(&image, &json!({ "name": "golden", "type": "snapshot", "slug": null, "distribution": "Debian" }));
    let shown = bench.get(&format!("/v2/droplets/{droplet_id}")).await.1["droplet"].clone();
    assert_eq!(shown["snapshot_ids"], json!([image["id"]]));
    let resource = json!({ "resources": [{ "resource_id": image["id"].to_string(), "resource_type": "image" }] });
    bench.must("POST", "/v2/tags", json!({ "name": "base" })).await;
    bench.must("POST", "/v2/tags/base/resources", resource).await;
    assert_eq!(bench.get("/v2/images?tag_name=base").await.1["meta"]["total"], 1);
    assert_eq!(bench.get("/v2/images?type=application").await.1["meta"]["total"], 2);
    assert_eq!(bench.get("/v2/snapshots?resource_type=droplet").await.1["snapshots"][0]["id"], image["id"].to_string());
    bench.must("DELETE", &format!("/v2/droplets/{droplet_id}"), Value::Null).await;
    bench.wait(9.0);
    let body = with(droplet("b"), json!({ "image": image["id"] }));
    assert_eq!(bench.call("POST", "/v2/droplets", with(body.clone(), json!({ "region": "nyc1" }))).await.0, 422);
    let made = bench.must("POST", "/v2/droplets", body.clone()).await["droplet"].clone();
    assert_eq!(made["image"]["name"], "golden");
    let path = format!("/v2/images/{}", image["id"]);
    bench.must("PUT", &path, json!({ "name": "old" })).await;
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!((bench.get(&path).await.0, bench.call("POST", "/v2/droplets", body).await.0), (404, 422));
    bench.wait(1.3);
    let kept = bench.get(&format!("/v2/droplets/{}", made["id"])).await.1["droplet"]["image"].clone();
    assert_has(&kept, &json!({ "name": "old", "status": "deleted" }));
}
