//! What a plan says of deletions that do something else than one expects.

use super::Lab;
use super::lab::lines;
use crate::plan::Mode;
use crate::plan::Options;

const CLUSTERS: &str = r#"
    resource "digitalocean_database_cluster" "it" {
      count      = 2
      name       = "its-data-${count.index}"
      engine     = "pg"
      version    = "16"
      size       = "db-s-1vcpu-1gb"
      region     = "fra1"
      node_count = 1
    }
"#;

fn parts(cluster: u8) -> String {
    format!(
        r#"
        resource "digitalocean_database_firewall" "it" {{
          cluster_id = digitalocean_database_cluster.it[{cluster}].id
          rule {{
            type  = "ip_addr"
            value = "192.0.2.1"
          }}
        }}
        resource "digitalocean_database_postgresql_config" "it" {{
          cluster_id = digitalocean_database_cluster.it[{cluster}].id
          work_mem   = 8
        }}
        "#
    )
}

/// The warnings of a plan, and how many changes it has.
async fn warnings(lab: &Lab, options: Options) -> (Vec<String>, usize) {
    let (planned, diags) = lab.plan_with(options).await;
    (diags.iter().map(|d| d.summary.to_string()).collect(), lines(&planned.unwrap()).len())
}

#[tokio::test]
async fn a_deletion_that_opens_or_changes_nothing_is_announced_unless_all_goes() {
    let lab = Lab::new(&format!("{CLUSTERS}{}", parts(0)));
    lab.apply().await;
    let normal = || Options { refresh: true, ..Options::default() };
    assert_eq!(warnings(&lab, normal()).await, (Vec::new(), 0));
    let both = vec!["Database open to everyone".to_owned(), "Configuration stays in force".to_owned()];
    lab.write(CLUSTERS);
    assert_eq!(warnings(&lab, normal()).await, (both.clone(), 2));
    lab.write(&format!("{CLUSTERS}{}", parts(1)));
    assert_eq!(warnings(&lab, normal()).await, (both, 2), "a replacement leaves the first cluster behind");
    let everything = Options { mode: Mode::Destroy, ..normal() };
    assert_eq!(warnings(&lab, everything).await, (Vec::new(), 4));
}
