use serde_json::Value;
use serde_json::json;

use crate::sim::Host;
use crate::sim::digitalocean::tests::droplet;
use crate::sim::digitalocean::tests::with;
use crate::sim::testing::Bench;
use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

async fn act(bench: &Bench, id: u64, action: Value) -> (u16, Value) {
    bench.call("POST", &format!("/v2/droplets/{id}/actions"), action).await
}

async fn show(bench: &Bench, id: u64) -> Value {
    bench.get(&format!("/v2/droplets/{id}")).await.1["droplet"].clone()
}

fn public_ip(droplet: &Value) -> String {
    let v4 = droplet["networks"]["v4"].as_array().unwrap();
    let public = v4.iter().find(|address| address["type"] == "public").unwrap();
    public["ip_address"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_droplet_is_denied_then_new_then_active_and_after_deletion_denied_again() {
    let bench = bench();
    let body = with(droplet("web-1"), json!({ "tags": ["web"], "ipv6": true, "monitoring": true, "unheard_of": 1 }));
    let (status, made) = bench.call("POST", "/v2/droplets", body).await;
    assert_eq!(status, 202);
    assert_has(&made["droplet"], &json!({ "status": "new", "locked": true, "name": "web-1", "tags": ["web"] }));
    assert_has(&made["droplet"]["networks"], &json!({ "v4": [], "v6": [] }));
    let path = format!("/v2/droplets/{}", made["droplet"]["id"]);
    let link = &made["links"]["actions"][0];
    assert_has(link, &json!({ "rel": "create" }));
    let action = format!("/v2/actions/{}", link["id"]);
    assert!(link["href"].as_str().unwrap().ends_with(&action));
    assert_eq!(bench.get(&path).await.0, 404, "not visible yet");
    assert_eq!(bench.get("/v2/droplets").await.1["meta"]["total"], 0);
    bench.wait(1.3);
    assert_eq!(bench.get(&path).await.1["droplet"]["status"], "new");
    assert_has(&bench.get(&action).await.1["action"], &json!({ "status": "in-progress", "completed_at": null }));
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 422, "it is locked");
    bench.wait(40.0);
    let shown = bench.get(&path).await.1["droplet"].clone();
    let features = json!(["monitoring", "ipv6", "droplet_agent", "private_networking"]);
    assert_has(
        &shown,
        &json!({ "status": "active", "locked": false, "features": features, "size_slug": "s-1vcpu-1gb" }),
    );
    assert_eq!(shown["networks"]["v4"].as_array().unwrap().len(), 2);
    assert_eq!(shown["networks"]["v6"].as_array().unwrap().len(), 1);
    assert_eq!(bench.get(&action).await.1["action"]["status"], "completed");
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(bench.get(&path).await.1["droplet"]["locked"], true, "on its way out");
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 422);
    bench.wait(8.1);
    assert_eq!(bench.get(&path).await.0, 404);
    assert_eq!(bench.get("/v2/droplets").await.1["meta"]["total"], 0);
}

#[tokio::test]
async fn several_at_once_and_each_with_addresses_of_its_own() {
    let bench = bench();
    let body = with(droplet("x"), json!({ "name": null, "names": ["a", "b", "c"] }));
    let made = bench.must("POST", "/v2/droplets", body).await;
    assert_eq!(made["links"]["actions"].as_array().unwrap().len(), 3);
    bench.droplet("a", &[]).await;
    let all = bench.get("/v2/droplets").await.1["droplets"].as_array().unwrap().clone();
    let names: Vec<&str> = all.iter().map(|droplet| droplet["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["a", "b", "c", "a"], "in order of creation, and names repeat");
    let addresses = all.iter().flat_map(|droplet| droplet["networks"]["v4"].as_array().unwrap());
    let addresses: std::collections::BTreeSet<&str> = addresses.map(|v4| v4["ip_address"].as_str().unwrap()).collect();
    assert_eq!(addresses.len(), 8);
    let named = bench.get("/v2/droplets?name=A").await.1;
    assert_eq!(named["meta"]["total"], 2);
    assert_eq!(bench.get("/v2/droplets?name=a&tag_name=t").await.0, 400);
}

#[tokio::test]
async fn one_event_at_a_time_each_done_after_a_while() {
    let bench = bench();
    let id = bench.droplet("a", &[]).await;
    let table = [
        (json!({ "type": "rename", "name": "b.example.com" }), json!({ "name": "b.example.com" })),
        (
            json!({ "type": "enable_backups" }),
            json!({ "features": ["backups", "droplet_agent", "private_networking"] }),
        ),
        (
            json!({ "type": "change_backup_policy", "backup_policy": { "plan": "weekly", "weekday": "MON", "hour": 8 } }),
            json!({}),
        ),
        (json!({ "type": "disable_backups" }), json!({ "features": ["droplet_agent", "private_networking"] })),
        (json!({ "type": "enable_ipv6" }), json!({ "features": ["ipv6", "droplet_agent", "private_networking"] })),
        (json!({ "type": "reboot" }), json!({ "status": "active" })),
        (json!({ "type": "shutdown" }), json!({ "status": "off" })),
        (
            json!({ "type": "resize", "size": "s-1vcpu-2gb" }),
            json!({ "size_slug": "s-1vcpu-2gb", "memory": 2048, "disk": 25 }),
        ),
        (
            json!({ "type": "resize", "size": "s-2vcpu-2gb", "disk": true }),
            json!({ "size_slug": "s-2vcpu-2gb", "disk": 60 }),
        ),
        (json!({ "type": "power_on" }), json!({ "status": "active" })),
        (json!({ "type": "power_cycle" }), json!({ "status": "active" })),
        (json!({ "type": "power_off" }), json!({ "status": "off" })),
        (json!({ "type": "rebuild", "image": "ubuntu-24-04-x64" }), json!({ "status": "active", "id": id })),
    ];
    for (action, after) in table {
        let (status, begun) = act(&bench, id, action.clone()).await;
        assert_eq!(status, 201, "{action}: {begun}");
        assert_has(&begun["action"], &json!({ "status": "in-progress", "resource_id": id, "type": action["type"] }));
        let (status, refused) = act(&bench, id, json!({ "type": "rename", "name": "c" })).await;
        assert_eq!((status, refused["message"].as_str()), (422, Some("Droplet already has a pending event.")));
        assert_eq!(show(&bench, id).await["locked"], true);
        bench.wait(60.1);
        let shown = show(&bench, id).await;
        assert_eq!(shown["locked"], false);
        assert_has(&shown, &after);
        let path = format!("/v2/droplets/{id}/actions/{}", begun["action"]["id"]);
        assert_eq!(bench.get(&path).await.1["action"]["status"], "completed");
    }
    assert_eq!(show(&bench, id).await["image"]["slug"], "ubuntu-24-04-x64");
    let actions = bench.get(&format!("/v2/droplets/{id}/actions")).await.1;
    assert_eq!((&actions["meta"]["total"], &actions["actions"][0]["type"]), (&json!(14), &json!("rebuild")));
    assert_eq!(bench.get(&format!("/v2/droplets/{id}/actions/1")).await.0, 404);
}

#[tokio::test]
async fn an_event_has_conditions() {
    let bench = bench();
    let on = bench.droplet("on", &[]).await;
    let off = bench.droplet("off", &[]).await;
    act(&bench, off, json!({ "type": "power_off" })).await;
    bench.wait(5.0);
    act(&bench, off, json!({ "type": "resize", "size": "s-1vcpu-2gb", "disk": true })).await;
    bench.wait(61.0);
    let table = [
        (on, json!({})),
        (on, json!({ "type": "dance" })),
        (on, json!({ "type": "power_on" })),
        (off, json!({ "type": "power_off" })),
        (off, json!({ "type": "shutdown" })),
        (off, json!({ "type": "reboot" })),
        (on, json!({ "type": "rename" })),
        (on, json!({ "type": "rename", "name": "a_b" })),
        (on, json!({ "type": "resize", "size": "s-2vcpu-2gb" })),
        (off, json!({ "type": "resize" })),
        (off, json!({ "type": "resize", "size": "s-1vcpu-2gb" })),
        (off, json!({ "type": "resize", "size": "s-1vcpu-1gb" })),
        (off, json!({ "type": "resize", "size": "nothing" })),
        (on, json!({ "type": "disable_backups" })),
        (on, json!({ "type": "change_backup_policy", "backup_policy": { "plan": "daily" } })),
        (on, json!({ "type": "rebuild", "image": "windows" })),
        (on, json!({ "type": "restore", "image": 1 })),
    ];
    for (id, action) in table {
        let (status, body) = act(&bench, id, action.clone()).await;
        assert_eq!((status, body["id"].as_str()), (422, Some("unprocessable_entity")), "{action}: {body}");
    }
    assert_eq!(show(&bench, on).await["locked"], false);
    assert_eq!(act(&bench, 1, json!({ "type": "power_on" })).await.0, 404);
}

#[tokio::test]
async fn a_tag_selects_what_is_deleted_or_acted_on() {
    let bench = bench();
    let kept = bench.droplet("a", &["db"]).await;
    for name in ["b", "c"] {
        bench.droplet(name, &["Web", "db"]).await;
    }
    let acted = bench.must("POST", "/v2/droplets/actions?tag_name=web", json!({ "type": "reboot" })).await;
    assert_eq!(acted["actions"].as_array().unwrap().len(), 2);
    assert_eq!(bench.call("DELETE", "/v2/droplets?tag_name=web", Value::Null).await.0, 422, "they are busy");
    bench.wait(11.0);
    assert_eq!(bench.get("/v2/droplets?tag_name=WEB").await.1["meta"]["total"], 2);
    assert_eq!(bench.call("DELETE", "/v2/droplets?tag_name=web", Value::Null).await.0, 204);
    bench.wait(9.0);
    let left = bench.get("/v2/droplets").await.1;
    assert_eq!((&left["meta"]["total"], &left["droplets"][0]["id"]), (&json!(1), &json!(kept)));
    assert_eq!(bench.call("DELETE", "/v2/droplets", Value::Null).await.0, 400);
}

#[tokio::test]
async fn a_machine_has_files_while_it_runs() {
    let bench = bench();
    let id = bench.must("POST", "/v2/droplets", droplet(&"web".repeat(85))).await["droplet"]["id"].as_u64().unwrap();
    bench.wait(41.0);
    let ip = public_ip(&show(&bench, id).await);
    let up = |address: &str| match bench.sim.host(address).unwrap() {
        Host::Up(root) => root,
        other => panic!("{address} is {other:?}"),
    };
    let root = up(&ip);
    assert!(root.root.join("etc/systemd/system").is_dir() && root.bin.join("systemctl").is_file());
    let private = show(&bench, id).await["networks"]["v4"][1]["ip_address"].as_str().unwrap().to_owned();
    assert_eq!(up(&private), root);
    let about = bench.get(&format!("/_sim/hosts/{ip}")).await;
    assert_eq!(about, (200, json!({ "state": "up", "root": root.root, "bin": root.bin })));
    std::fs::write(root.root.join("etc/motd"), "hello").unwrap();
    std::fs::write(root.root.join("run/lock"), "").unwrap();
    let settle = async |action: &str| {
        assert_eq!(act(&bench, id, json!({ "type": action, "image": "debian-13-x64" })).await.0, 201, "{action}");
        assert_eq!(bench.sim.host(&ip).unwrap(), Host::Down, "{action} is under way");
        bench.wait(41.0);
        bench.sim.host(&ip).unwrap()
    };
    assert_eq!(settle("power_off").await, Host::Down);
    let down = bench.get(&format!("/_sim/hosts/{ip}")).await;
    assert_eq!(down, (200, json!({ "state": "down" })), "its files are not gone");
    assert_eq!(settle("power_on").await, Host::Up(root.clone()));
    assert!(root.root.join("etc/motd").is_file(), "its disk stays");
    assert!(!root.root.join("run/lock").exists(), "and run begins afresh");
    settle("rebuild").await;
    let rebuilt = up(&ip);
    assert!(!rebuilt.root.join("etc/motd").exists() && !root.root.exists());
    bench.must("DELETE", &format!("/v2/droplets/{id}"), Value::Null).await;
    assert_eq!((bench.sim.host(&ip).unwrap(), rebuilt.root.exists()), (Host::Down, false));
    bench.wait(600.0);
    assert_eq!(bench.sim.host(&ip).unwrap(), Host::Gone);
    assert_eq!(bench.get("/_sim/hosts/203.0.113.77").await, (200, json!({ "state": "gone" })));
}
