//! A read replica becomes a database of its own: a `moved` block across two types.

use super::Lab;
use super::lab::lines;
use super::lab::text;
use super::tap::Mishap;
use crate::plan::Options;

const NOTHING: [&str; 0] = [];

const PRIMARY: &str = r#"
    resource "digitalocean_database_cluster" "primary" {
      name       = "primary"
      engine     = "pg"
      version    = "16"
      size       = "db-s-1vcpu-2gb"
      region     = "fra1"
      node_count = 1
    }
"#;

const REPLICA: &str = r#"
    resource "digitalocean_database_replica" "copy" {
      cluster_id = digitalocean_database_cluster.primary.id
      name       = "its-copy"
      size       = "db-s-1vcpu-2gb"
      region     = "fra1"
    }
"#;

const PROMOTED: &str = r#"
    resource "digitalocean_database_cluster" "copy" {
      name       = "its-copy"
      engine     = "pg"
      version    = "16"
      size       = "db-s-1vcpu-2gb"
      region     = "fra1"
      node_count = 1
    }
    moved {
      from = digitalocean_database_replica.copy
      to   = digitalocean_database_cluster.copy
    }
"#;

async fn with_replica() -> Lab {
    let lab = Lab::new(&format!("{PRIMARY}{REPLICA}"));
    lab.apply().await;
    lab.write(&format!("{PRIMARY}{PROMOTED}"));
    lab
}

#[tokio::test]
async fn a_replica_is_promoted_by_moving_it() {
    let lab = with_replica().await;
    let uuid = lab.attribute("digitalocean_database_replica.copy", "uuid");
    let (planned, diags) = lab.plan_with(Options { refresh: true, ..Options::default() }).await;
    let planned = planned.unwrap();
    assert_eq!(lines(&planned), ["Update digitalocean_database_cluster.copy"], "{}", text(&diags));
    assert!(text(&diags).contains("Object becomes one of another type"), "{}", text(&diags));
    lab.perform(planned).await;
    assert_eq!(lab.addresses(), ["digitalocean_database_cluster.copy", "digitalocean_database_cluster.primary"]);
    assert_eq!(lab.attribute("digitalocean_database_cluster.copy", "id"), uuid);
    assert_eq!(lab.planned().await, NOTHING);
    let census = lab.census().await;
    assert_eq!(census.iter().filter(|object| object.starts_with("databases ")).count(), 2, "{census:#?}");
    assert!(!census.iter().any(|object| object.contains(" replicas ")), "{census:#?}");
}

#[tokio::test]
async fn a_promotion_that_was_cut_short_goes_on() {
    for mishap in [Mishap::LoseAnswer, Mishap::DieBefore, Mishap::DieAfter] {
        let mut lab = with_replica().await;
        let uuid = lab.attribute("digitalocean_database_replica.copy", "uuid");
        lab.apply_with("/promote", mishap).await;
        let planned = lab.plan().await;
        lab.perform(planned).await;
        assert_eq!(lab.planned().await, NOTHING, "{mishap:?}");
        assert_eq!(lab.attribute("digitalocean_database_cluster.copy", "id"), uuid, "{mishap:?}");
        let databases = lab.send("GET", "databases", serde_json::Value::Null).await;
        assert_eq!(databases["databases"].as_array().unwrap().len(), 2, "{mishap:?}");
    }
}

#[tokio::test]
async fn what_cannot_become_another_type_is_not_moved() {
    let lab = Lab::new("resource \"digitalocean_tag\" \"it\" { name = \"it\" }\n");
    lab.apply().await;
    lab.write(
        "resource \"digitalocean_reserved_ip\" \"it\" { region = \"fra1\" }\n\
         moved {\n  from = digitalocean_tag.it\n  to = digitalocean_reserved_ip.it\n}\n",
    );
    let (_, diags) = lab.plan_with(Options { refresh: true, ..Options::default() }).await;
    assert!(text(&diags).contains("Move Resource State Not Supported"), "{}", text(&diags));
}
