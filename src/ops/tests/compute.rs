//! What droplets, their volumes and their addresses do together, and what a volume cannot.

use serde_json::json;

use super::Lab;
use super::lab::lines;
use super::lab::text;
use super::tap::Mishap;
use super::witness::Seen;
use crate::plan::Options;
use crate::schema::ObjectExt;

const NOTHING: [&str; 0] = [];

fn volume(arguments: &str) -> String {
    format!("resource \"digitalocean_volume\" \"it\" {{\nname = \"it\"\nregion = \"fra1\"\n{arguments}\n}}\n")
}

#[tokio::test]
async fn a_volume_grows_in_place_and_does_not_shrink() {
    let lab = Lab::new(&volume("size = 10\ndescription = \"rows\""));
    lab.apply().await;
    let id = lab.of_it("digitalocean_volume", "id");
    lab.write(&volume("size = 20\ndescription = \"rows\""));
    lab.apply().await;
    assert_eq!(lab.of_it("digitalocean_volume", "id"), id);
    assert_eq!(lab.object("digitalocean_volume.it").int("size"), Some(20));
    assert_eq!(lab.planned().await, NOTHING);
    // (arguments) → the mistake
    for (arguments, summary) in [
        ("size = 15\ndescription = \"rows\"", "Volume cannot shrink"),
        ("size = 20\ndescription = \"columns\"", "Description cannot change"),
        ("size = 20", "Description cannot change"),
    ] {
        lab.write(&volume(arguments));
        let (_, diags) = lab.plan_with(Options { refresh: true, ..Options::default() }).await;
        assert_eq!(diags.iter().map(|d| &*d.summary).collect::<Vec<_>>(), [summary], "{}", text(&diags));
    }
    // One that is made anew may be as small and be called as one likes.
    let replace = [String::from("digitalocean_volume.it").parse().unwrap()].into_iter().collect();
    let (planned, diags) = lab.plan_with(Options { refresh: true, replace, ..Options::default() }).await;
    assert!(!diags.has_errors(), "{}", text(&diags));
    assert_eq!(lines(&planned.unwrap()), ["DeleteThenCreate digitalocean_volume.it"]);
    lab.write(&volume("size = 20\nlifecycle { ignore_changes = [description] }"));
    assert_eq!(lab.planned().await, NOTHING);
}

fn droplets(image: &str, lifecycle: &str) -> String {
    format!(
        r#"
        resource "digitalocean_droplet" "it" {{
          name   = "it"
          image  = "{image}"
          size   = "s-1vcpu-1gb"
          region = "fra1"
          {lifecycle}
        }}
        resource "digitalocean_volume" "it" {{
          count  = 3
          name   = "it-${{count.index}}"
          region = "fra1"
          size   = 10
        }}
        resource "digitalocean_volume_attachment" "it" {{
          count      = 3
          volume_id  = digitalocean_volume.it[count.index].id
          droplet_id = digitalocean_droplet.it.id
        }}
        resource "digitalocean_reserved_ip" "it" {{ region = "fra1" }}
        resource "digitalocean_reserved_ip_assignment" "it" {{
          ip_address = digitalocean_reserved_ip.it.ip_address
          droplet_id = digitalocean_droplet.it.id
        }}
        "#
    )
}

#[tokio::test]
async fn a_droplet_that_is_replaced_keeps_its_volumes_and_its_address() {
    let lab = Lab::new(&droplets("debian-12-x64", ""));
    lab.apply().await;
    assert_eq!(lab.planned().await, NOTHING);
    let kept = |lab: &Lab| {
        let mut kept = vec![lab.of_it("digitalocean_reserved_ip", "ip_address")];
        kept.extend((0..3).map(|at| format!("{:?}", lab.attribute(&format!("digitalocean_volume.it[{at}]"), "id"))));
        kept
    };
    let (before, old) = (kept(&lab), lab.of_it("digitalocean_droplet", "id"));
    lab.write(&droplets("ubuntu-24-04-x64", ""));
    lab.apply().await;
    assert_eq!(kept(&lab), before);
    assert_ne!(lab.of_it("digitalocean_droplet", "id"), old);
    assert_eq!(lab.planned().await, NOTHING);
    lab.destroy().await;
    lab.wait(120).await;
    assert_eq!(lab.census().await.len(), 1, "{:?}", lab.census().await);
}

#[tokio::test]
async fn an_address_moves_to_the_new_droplet_before_the_old_one_goes() {
    let config = |image: &str| {
        format!(
            r#"
            resource "digitalocean_droplet" "it" {{
              name   = "it"
              image  = "{image}"
              size   = "s-1vcpu-1gb"
              region = "fra1"
              lifecycle {{ create_before_destroy = true }}
            }}
            resource "digitalocean_reserved_ip" "it" {{ region = "fra1" }}
            resource "digitalocean_reserved_ip_assignment" "it" {{
              ip_address = digitalocean_reserved_ip.it.ip_address
              droplet_id = digitalocean_droplet.it.id
            }}
            "#
        )
    };
    let lab = Lab::new(&config("debian-12-x64"));
    lab.apply().await;
    lab.heard();
    lab.write(&config("ubuntu-24-04-x64"));
    lab.apply().await;
    let heard: Vec<String> = lab.heard().into_iter().filter(|line| !line.ends_with("done")).collect();
    let expected = [
        "Create digitalocean_droplet.it",
        "Update digitalocean_reserved_ip_assignment.it",
        "DeleteDeposed digitalocean_droplet.it",
    ];
    assert_eq!(heard, expected);
    assert_eq!(lab.planned().await, NOTHING);
}

#[tokio::test]
async fn an_address_whose_droplet_is_said_is_brought_back_to_it() {
    let lab = Lab::new(
        r#"
        resource "digitalocean_droplet" "it" {
          name   = "it"
          image  = "debian-12-x64"
          size   = "s-1vcpu-1gb"
          region = "fra1"
        }
        resource "digitalocean_reserved_ip" "it" {
          region     = "fra1"
          droplet_id = digitalocean_droplet.it.id
        }
        "#,
    );
    lab.apply().await;
    let ip = lab.of_it("digitalocean_reserved_ip", "id");
    lab.send("POST", &format!("reserved_ips/{ip}/actions"), json!({"type": "unassign"})).await;
    lab.wait(60).await;
    assert_eq!(lab.planned().await, ["Update digitalocean_reserved_ip.it"]);
    lab.apply().await;
    assert!(lab.object("digitalocean_reserved_ip.it").int("droplet_id").is_some());
    assert_eq!(lab.planned().await, NOTHING);
}

fn sized(size: &str) -> String {
    format!(
        r#"
        resource "digitalocean_droplet" "it" {{
          name   = "it"
          image  = "debian-12-x64"
          size   = "{size}"
          region = "fra1"
        }}
        "#
    )
}

#[tokio::test]
async fn a_droplet_is_shut_down_before_it_is_resized() {
    let mut lab = Lab::new(&sized("s-1vcpu-1gb"));
    lab.apply().await;
    let id = lab.of_it("digitalocean_droplet", "id");
    let witness = lab.witness(&[&format!("droplets/{id}")]);
    lab.write(&sized("s-2vcpu-2gb"));
    lab.apply().await;
    let seen = witness.seen();
    let is_event = |seen: &&Seen| seen.request == format!("POST droplets/{id}/actions");
    let events: Vec<_> = seen.iter().filter(is_event).collect();
    let kinds: Vec<_> = events.iter().filter_map(|seen| seen.body["type"].as_str()).collect();
    assert_eq!(kinds, ["shutdown", "resize", "power_on"]);
    // While the events run it is as it was before: on, off, off.
    let status: Vec<_> = events.iter().filter_map(|seen| seen.world[0]["droplet"]["status"].as_str()).collect();
    assert_eq!(status, ["active", "off", "off"]);
    assert!(events.iter().all(|seen| seen.status == 201), "each event waits for the one before");
    assert_eq!(seen.last().unwrap().world[0]["droplet"]["status"], "active");
    assert_eq!(lab.planned().await, NOTHING);
}

/// Whichever of the three events a run dies at, the next one leads to a droplet of the new size that runs.
#[tokio::test]
async fn a_droplet_whose_resize_was_cut_short_runs_again() {
    for mishap in [Mishap::LoseAnswer, Mishap::DieBefore, Mishap::DieAfter] {
        for well in 0..3 {
            let mut lab = Lab::new(&sized("s-1vcpu-1gb"));
            lab.apply().await;
            let id = lab.of_it("digitalocean_droplet", "id");
            lab.write(&sized("s-2vcpu-2gb"));
            lab.apply_with_later(&format!("droplets/{id}/actions"), well, mishap).await;
            lab.apply().await;
            let droplet = lab.send("GET", &format!("droplets/{id}"), serde_json::Value::Null).await;
            let (status, size) = (&droplet["droplet"]["status"], &droplet["droplet"]["size_slug"]);
            assert_eq!((status, size), (&json!("active"), &json!("s-2vcpu-2gb")), "{mishap:?} {well}");
            assert_eq!(lab.planned().await, NOTHING, "{mishap:?} {well}");
        }
    }
}

#[tokio::test]
async fn what_runs_is_looked_up() {
    let lab = Lab::new(
        r#"
        resource "digitalocean_droplet" "it" {
          name   = "it"
          image  = "debian-12-x64"
          size   = "s-1vcpu-1gb"
          region = "fra1"
          tags   = ["web"]
        }
        resource "digitalocean_volume" "it" {
          name                    = "it"
          region                  = "fra1"
          size                    = 10
          initial_filesystem_type = "ext4"
        }
        resource "digitalocean_volume_attachment" "it" {
          volume_id  = digitalocean_volume.it.id
          droplet_id = digitalocean_droplet.it.id
        }
        resource "digitalocean_reserved_ip" "it" {
          region     = "fra1"
          droplet_id = digitalocean_droplet.it.id
        }
        resource "digitalocean_loadbalancer" "it" {
          name        = "it"
          region      = "fra1"
          droplet_ids = [digitalocean_droplet.it.id]
          forwarding_rule {
            entry_protocol  = "http"
            entry_port      = 80
            target_protocol = "http"
            target_port     = 8000
          }
        }
        data "digitalocean_droplet" "id" {
          id         = digitalocean_droplet.it.id
          depends_on = [digitalocean_volume_attachment.it]
        }
        data "digitalocean_droplet" "name" {
          name       = digitalocean_droplet.it.name
          depends_on = [digitalocean_droplet.it]
        }
        data "digitalocean_droplet" "tag" {
          tag        = "web"
          depends_on = [digitalocean_droplet.it]
        }
        data "digitalocean_droplets" "it" {
          depends_on = [digitalocean_droplet.it]
          filter {
            key    = "size"
            values = ["s-1vcpu-1gb"]
          }
        }
        data "digitalocean_loadbalancer" "it" {
          name       = "it"
          depends_on = [digitalocean_loadbalancer.it]
        }
        data "digitalocean_reserved_ip" "it" { ip_address = digitalocean_reserved_ip.it.id }
        data "digitalocean_volume" "it" {
          name       = "it"
          region     = "fra1"
          depends_on = [digitalocean_volume_attachment.it]
        }
        locals {
          id = tonumber(digitalocean_droplet.it.id)
        }
        output "found" {
          value = {
            volumes  = data.digitalocean_droplet.id.volume_ids == toset([digitalocean_volume.it.id])
            name     = data.digitalocean_droplet.name.id == local.id
            tag      = data.digitalocean_droplet.tag.ipv4_address == digitalocean_droplet.it.ipv4_address
            droplets = data.digitalocean_droplets.it.droplets[*].name
            balancer = data.digitalocean_loadbalancer.it.id == digitalocean_loadbalancer.it.id
            rule     = one(data.digitalocean_loadbalancer.it.forwarding_rule).target_port
            address  = data.digitalocean_reserved_ip.it.droplet_id == local.id
            volume   = data.digitalocean_volume.it.droplet_ids == toset([local.id])
            type     = data.digitalocean_volume.it.filesystem_type
          }
        }
        "#,
    );
    let applied = lab.apply().await;
    let found = applied.snapshot.outputs["found"].value.clone().unmark_deep().0;
    let shown = |name: &str| format!("{:?}", found.get(name).expect(name));
    for name in ["volumes", "name", "tag", "balancer", "address", "volume"] {
        assert_eq!(shown(name), "true", "{name}");
    }
    let expected = [("droplets", r#"["it"]"#), ("rule", "8000"), ("type", r#""ext4""#)];
    for (name, expected) in expected {
        assert_eq!(shown(name), expected, "{name}");
    }
    assert_eq!(lab.planned().await, NOTHING);
}
