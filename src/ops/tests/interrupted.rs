//! What an interrupted run leaves behind, and what others may do before the next.

use std::time::Duration;

use serde_json::json;

use super::Lab;
use super::lab::lines;
use super::lab::text;
use super::tap::Mishap;
use crate::diag::Diagnostics;
use crate::ops;
use crate::ops::ApplyOptions;
use crate::plan::Options;
use crate::schema::ObjectExt;
use crate::state::ObjectKey;

const DROPLET: &str = r#"
    resource "digitalocean_droplet" "it" {
      name   = "it"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
      COUNT
    }
"#;

const BALANCER: &str = r#"
    resource "digitalocean_droplet" "need" {
      name   = "need"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
    }
    resource "digitalocean_loadbalancer" "it" {
      name        = "it"
      region      = "fra1"
      droplet_ids = [digitalocean_droplet.need.id]
      forwarding_rule {
        entry_protocol  = "http"
        entry_port      = 80
        target_protocol = "http"
        target_port     = 8000
      }
    }
"#;

const NOTHING: [&str; 0] = [];

fn droplet(count: &str) -> String {
    DROPLET.replace("COUNT", count)
}

#[tokio::test]
async fn what_has_changed_outside_moves_once() {
    let lab = Lab::new(&droplet(""));
    lab.apply().await;
    let id = lab.of_it("digitalocean_droplet", "id");
    lab.send("POST", &format!("droplets/{id}/actions"), json!({"type": "rename", "name": "renamed"})).await;
    lab.wait(60).await;
    lab.write(&droplet("count = 1"));
    assert_eq!(lab.planned().await, ["Update digitalocean_droplet.it[0]"]);
    lab.apply().await;
    assert_eq!(lab.addresses(), ["digitalocean_droplet.it[0]"]);
    assert_eq!(lab.planned().await, NOTHING);
}

#[tokio::test]
async fn what_was_refreshed_under_a_move_that_is_not_applied_stays_where_it_is() {
    let lab = Lab::new(&droplet(""));
    lab.apply().await;
    let id = lab.of_it("digitalocean_droplet", "id");
    lab.send("POST", &format!("droplets/{id}/actions"), json!({"type": "rename", "name": "renamed"})).await;
    lab.wait(60).await;
    lab.write(&droplet("count = 1"));
    let options = Options { mode: crate::plan::Mode::RefreshOnly, refresh: true, ..Options::default() };
    let (planned, diags) = lab.plan_with(options).await;
    assert!(!diags.has_errors(), "{}", text(&diags));
    lab.perform(planned.unwrap()).await;
    assert_eq!(lab.addresses(), ["digitalocean_droplet.it"]);
    assert_eq!(lab.object("digitalocean_droplet.it").get("name").and_then(|name| name.as_str()), Some("renamed"));
    assert_eq!(lab.planned().await, ["Update digitalocean_droplet.it[0]"]);
}

#[tokio::test]
async fn a_saved_plan_knows_nothing_of_what_another_run_began() {
    let mut lab = Lab::new(&droplet(""));
    let saved = lab.plan().await;
    lab.apply_with("/v2/droplets", Mishap::DieAfter).await;
    let lock = ops::lock(&lab.session, "test", Duration::ZERO).unwrap();
    let mut diags = Diagnostics::new();
    let applied = ops::apply(&lab.session, saved, &lock, ApplyOptions::default(), &mut diags).await.unwrap();
    assert!(applied.is_none());
    assert!(diags.iter().any(|d| d.summary.starts_with("Saved plan")), "{}", text(&diags));
    drop(lock);
    // The next plan finds what was made.
    lab.apply().await;
    let droplets = lab.census().await.into_iter().filter(|object| object.starts_with("droplets")).count();
    assert_eq!(droplets, 1);
}

#[tokio::test]
async fn no_other_problem_stands_in_the_way_of_recovery() {
    let tag = "resource \"digitalocean_tag\" \"keep\" {\nname = \"keep\"\nlifecycle { prevent_destroy = true }\n}\n";
    let mut lab = Lab::new(tag);
    lab.apply().await;
    lab.write(&format!("{tag}{}", droplet("")));
    lab.apply_with("/v2/droplets", Mishap::DieAfter).await;
    assert_eq!(lab.planned().await, NOTHING);
    lab.apply().await;
    assert_eq!(lab.addresses(), ["digitalocean_droplet.it", "digitalocean_tag.keep"]);
}

/// A load balancer of which it is not known which of two it is.
async fn ambiguous() -> (Lab, String) {
    let mut lab = Lab::new(BALANCER);
    lab.apply_with("/v2/load_balancers", Mishap::DieAfter).await;
    let rule = json!({"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 8000});
    let droplets = lab.send("GET", "droplets", json!(null)).await;
    let body = json!({
        "name": "it", "region": "fra1", "forwarding_rules": [rule], "droplet_ids": [droplets["droplets"][0]["id"]],
    });
    let made = lab.send("POST", "load_balancers", body).await;
    let id = made["load_balancer"]["id"].as_str().unwrap().to_owned();
    lab.wait(300).await;
    let (planned, diags) = lab.plan_with(Options { refresh: true, ..Options::default() }).await;
    assert!(planned.is_none());
    let said = text(&diags);
    assert!(said.contains("Interrupted operation is ambiguous") && said.contains(&id), "{said}");
    (lab, id)
}

#[tokio::test]
async fn an_ambiguous_object_can_be_named() {
    let (lab, id) = ambiguous().await;
    let addr = "digitalocean_loadbalancer.it".parse().unwrap();
    let (done, diags) = lab.import(&addr, &id).await;
    assert!(done, "{}", text(&diags));
    assert_eq!(lab.of_it("digitalocean_loadbalancer", "id"), id);
    assert!(ops::snapshot(&lab.session, false).unwrap().open.is_empty());
    assert_eq!(lab.planned().await, NOTHING);
}

#[tokio::test]
async fn an_ambiguous_object_can_be_let_go_of() {
    let (lab, _) = ambiguous().await;
    let target = "digitalocean_loadbalancer.it".parse().unwrap();
    let gone = ops::edit_state(&lab.session, "test", Duration::ZERO, |snapshot| snapshot.rm(&target)).unwrap().unwrap();
    assert_eq!(gone.0.len(), 1);
    assert_eq!(lab.planned().await, ["Create digitalocean_loadbalancer.it"]);
}

#[tokio::test]
async fn the_object_that_made_room_comes_back_and_no_other() {
    let config = |image: &str| droplet("lifecycle { create_before_destroy = true }").replace("debian-12-x64", image);
    let mut lab = Lab::new(&config("debian-12-x64"));
    lab.apply().await;
    let id = lab.of_it("digitalocean_droplet", "id");
    // An older deposed object is still there, with a key that sorts first.
    let plant = |snapshot: &mut crate::state::Snapshot| {
        let instance = snapshot.instances.get_mut(&"digitalocean_droplet.it".parse().unwrap()).unwrap();
        let mut other = instance.current.clone().unwrap();
        other.attributes = std::sync::Arc::new(other.attributes.set("id", "1"));
        instance.deposed.insert("00000000".parse().unwrap(), other);
        snapshot.seq += 1;
        Ok::<(), ()>(())
    };
    ops::edit_state(&lab.session, "test", Duration::ZERO, plant).unwrap().unwrap();
    lab.write(&config("ubuntu-24-04-x64"));
    lab.apply_with("/v2/droplets", Mishap::DieBefore).await;
    let open = ops::snapshot(&lab.session, false).unwrap().open.clone();
    assert_eq!((open.len(), &open[0].object), (1, &ObjectKey::Current));
    let planned = lab.plan().await;
    let prior = planned.input.prior.current(&"digitalocean_droplet.it".parse().unwrap()).unwrap();
    assert_eq!(prior.attributes.get("id").and_then(|id| id.as_str()), Some(&*id), "{:?}", lines(&planned));
}
