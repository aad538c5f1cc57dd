//! What is drift, and what is the vendor's own doing.

use serde_json::json;

use super::Lab;
use super::lab::text;
use crate::plan::Options;
use crate::schema::ObjectExt;

const DROPLETS: &str = r#"
    variable "droplets" { default = 2 }
    resource "digitalocean_tag" "it" { name = "it" }
    resource "digitalocean_droplet" "it" {
      count  = var.droplets
      name   = "it-${count.index}"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
      tags   = [digitalocean_tag.it.name]
    }
    resource "digitalocean_loadbalancer" "it" {
      name        = "it"
      region      = "fra1"
      droplet_tag = digitalocean_tag.it.name
      forwarding_rule {
        entry_protocol  = "http"
        entry_port      = 80
        target_protocol = "http"
        target_port     = 80
      }
    }
"#;

#[tokio::test]
async fn what_the_configuration_leaves_to_the_vendor_is_no_drift() {
    let lab = Lab::new(DROPLETS);
    lab.apply().await;
    lab.write(&DROPLETS.replace("default = 2", "default = 3"));
    lab.apply().await;
    let planned = lab.plan().await;
    assert!(planned.made.plan.drift.is_empty(), "{:?}", planned.made.plan.drift);
    let recorded: Vec<_> = planned.made.plan.adoptions.iter().map(|it| it.addr.to_string()).collect();
    assert!(recorded.contains(&"digitalocean_loadbalancer.it".to_owned()), "{recorded:?}");
}

#[tokio::test]
async fn a_droplet_that_was_switched_off_is_drift() {
    let lab = Lab::new(DROPLETS);
    lab.apply().await;
    let id = lab.object("digitalocean_droplet.it[1]").id().to_owned();
    lab.asks("POST", format!("droplets/{id}/actions"), json!({"type": "power_off"})).await;
    let planned = lab.plan().await;
    let drift = planned.made.plan.drift.iter().map(|drift| drift.addr.to_string()).collect::<Vec<_>>();
    assert_eq!(drift, ["digitalocean_droplet.it[1]"]);
}

const DATABASE: &str = r#"
    resource "digitalocean_database_cluster" "it" {
      count      = 1
      name       = "its"
      engine     = "pg"
      version    = "16"
      size       = "db-s-1vcpu-1gb"
      region     = "fra1"
      node_count = 1
    }
    resource "digitalocean_database_firewall" "it" {
      count      = 1
      cluster_id = digitalocean_database_cluster.it[0].id
      rule {
        type  = "ip_addr"
        value = "192.0.2.1"
      }
    }
"#;

#[tokio::test]
async fn a_firewall_that_goes_with_its_database_leaves_nothing_open() {
    let lab = Lab::new(DATABASE);
    lab.apply().await;
    let warnings = async || text(&lab.plan_with(Options { refresh: true, ..Options::default() }).await.1);
    lab.write(&DATABASE.replace("count      = 1", "count      = 0"));
    assert_eq!(warnings().await, "");
    lab.write(&DATABASE.replacen("fra1", "ams3", 1));
    assert_eq!(warnings().await, "", "a cluster moves in place");
    lab.write(&DATABASE.replacen("name       = \"its\"", "name       = \"other\"", 1));
    assert_eq!(warnings().await, "");
    let (cluster, _) = DATABASE.split_once("resource \"digitalocean_database_firewall\"").unwrap();
    lab.write(cluster);
    assert!(warnings().await.contains("everyone"), "{}", warnings().await);
}
