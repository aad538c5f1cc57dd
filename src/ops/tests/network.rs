//! What the types around droplets do together: zones, look-ups, names that are taken.

use serde_json::json;

use super::Lab;
use super::lab::text;
use crate::apply::Ended;
use crate::schema::ObjectExt;

const NOTHING: [&str; 0] = [];

#[tokio::test]
async fn a_zone_is_as_it_was_written() {
    let lab = Lab::new(
        r#"
        resource "digitalocean_domain" "it" { name = "example.com" }
        locals {
          records = {
            apex  = { type = "A", name = "@", value = "192.0.2.1" }
            whole = { type = "AAAA", name = "example.com.", value = "2001:DB8:0:0::1" }
            www   = { type = "CNAME", name = "WWW", value = "@" }
            blog  = { type = "CNAME", name = "blog.example.com.", value = "Pages.Example.net." }
            any   = { type = "A", name = "*.apps", value = "192.0.2.2" }
            mail  = { type = "MX", name = "@", value = "mail.example.com", priority = 10 }
            spf   = { type = "TXT", name = "@", value = "v=spf1 include:_spf.example.net ~all" }
            ca    = { type = "CAA", name = "@", value = "letsencrypt.org.", flags = 0, tag = "issue" }
            sip   = { type = "SRV", name = "_sip._tcp", value = "sip.example.com.", priority = 0, weight = 5, port = 5060 }
            zone  = { type = "NS", name = "sub", value = "ns1.example.net" }
          }
        }
        resource "digitalocean_record" "it" {
          for_each = local.records
          domain   = digitalocean_domain.it.id
          type     = each.value.type
          name     = each.value.name
          value    = each.value.value
          priority = try(each.value.priority, null)
          port     = try(each.value.port, null)
          weight   = try(each.value.weight, null)
          flags    = try(each.value.flags, null)
          tag      = try(each.value.tag, null)
        }
        "#,
    );
    lab.apply().await;
    assert_eq!(lab.planned().await, NOTHING);
    let fqdn = |key: &str| lab.object(&format!("digitalocean_record.it[\"{key}\"]")).str("fqdn").unwrap().to_owned();
    assert_eq!([fqdn("whole"), fqdn("www"), fqdn("any")], ["example.com", "www.example.com", "*.apps.example.com"]);
    lab.destroy().await;
    assert_eq!(lab.census().await.len(), 1, "{:?}", lab.census().await);
}

#[tokio::test]
async fn networks_that_are_made_together_do_not_overlap() {
    let lab = Lab::new(
        "resource \"digitalocean_vpc\" \"it\" {\ncount = 5\nname = \"it-${count.index}\"\nregion = \"fra1\"\n}\n",
    );
    lab.apply().await;
    let range = |at: u8| lab.object(&format!("digitalocean_vpc.it[{at}]")).str("ip_range").unwrap().to_owned();
    let ranges: std::collections::BTreeSet<String> = (0..5).map(range).collect();
    assert_eq!(ranges.len(), 5);
    assert_eq!(lab.planned().await, NOTHING);
}

#[tokio::test]
async fn what_is_taken_says_who_has_it() {
    let lab = Lab::new(
        r#"
        resource "digitalocean_ssh_key" "it" {
          name       = "mine"
          public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
        }
        resource "digitalocean_domain" "it" { name = "example.com" }
        "#,
    );
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f other";
    lab.send("POST", "account/keys", json!({"name": "theirs", "public_key": key})).await;
    lab.send("POST", "domains", json!({"name": "example.com"})).await;
    lab.wait(60).await;
    let applied = lab.perform(lab.plan().await).await;
    assert_ne!(applied.outcome.ended, Ended::Complete);
    let summaries: Vec<_> = applied.outcome.diags.iter().map(|diagnostic| &*diagnostic.summary).collect();
    assert_eq!(summaries, ["Name already taken"; 2], "{}", text(&applied.outcome.diags));
    assert!(text(&applied.outcome.diags).contains("import"), "{}", text(&applied.outcome.diags));
}

#[tokio::test]
async fn what_exists_is_looked_up() {
    let lab = Lab::new(
        r#"
        resource "digitalocean_droplet" "it" {
          name   = "it"
          image  = "debian-12-x64"
          size   = "s-1vcpu-1gb"
          region = "fra1"
          tags   = ["web"]
        }
        resource "digitalocean_ssh_key" "it" {
          name       = "it"
          public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
        }
        resource "digitalocean_domain" "it" { name = "example.com" }
        resource "digitalocean_record" "it" {
          domain   = digitalocean_domain.it.id
          type     = "MX"
          name     = "mx"
          value    = "mail.example.com."
          priority = 5
        }
        resource "digitalocean_certificate" "it" {
          name    = "it"
          type    = "lets_encrypt"
          domains = [digitalocean_domain.it.name]
        }
        resource "digitalocean_firewall" "it" {
          name        = "it"
          droplet_ids = [digitalocean_droplet.it.id]
          inbound_rule {
            protocol         = "udp"
            port_range       = "all"
            source_addresses = ["10.0.0.0/8"]
          }
        }
        resource "digitalocean_project" "it" {
          name      = "it"
          resources = [digitalocean_droplet.it.urn]
        }
        data "digitalocean_account" "it" {}
        data "digitalocean_certificate" "it" { name = digitalocean_certificate.it.id }
        data "digitalocean_domain" "it" { name = digitalocean_domain.it.id }
        data "digitalocean_domains" "it" { depends_on = [digitalocean_domain.it] }
        data "digitalocean_firewall" "it" { firewall_id = digitalocean_firewall.it.id }
        data "digitalocean_image" "it" { slug = "debian-12-x64" }
        data "digitalocean_images" "it" {
          filter {
            key    = "distribution"
            values = ["Debian"]
          }
        }
        data "digitalocean_project" "default" { depends_on = [digitalocean_project.it] }
        data "digitalocean_project" "it" {
          name       = "it"
          depends_on = [digitalocean_project.it]
        }
        data "digitalocean_record" "it" {
          domain     = digitalocean_domain.it.name
          name       = "mx"
          depends_on = [digitalocean_record.it]
        }
        data "digitalocean_records" "it" {
          domain     = digitalocean_domain.it.name
          depends_on = [digitalocean_record.it]
          filter {
            key    = "type"
            values = ["MX"]
          }
        }
        data "digitalocean_region" "it" { slug = "fra1" }
        data "digitalocean_regions" "it" {
          filter {
            key    = "slug"
            values = ["^fra"]
            match_by = "re"
          }
        }
        data "digitalocean_ssh_key" "it" {
          name       = "it"
          depends_on = [digitalocean_ssh_key.it]
        }
        data "digitalocean_ssh_keys" "it" { depends_on = [digitalocean_ssh_key.it] }
        data "digitalocean_tag" "it" {
          name       = "web"
          depends_on = [digitalocean_droplet.it]
        }
        data "digitalocean_tags" "it" { depends_on = [digitalocean_droplet.it] }
        data "digitalocean_vpc" "it" {
          region     = "fra1"
          depends_on = [digitalocean_droplet.it]
        }
        output "found" {
          value = {
            account     = data.digitalocean_account.it.status
            certificate = data.digitalocean_certificate.it.domains
            domain      = strcontains(data.digitalocean_domain.it.zone_file, "example.com")
            domains     = data.digitalocean_domains.it.domains[*].name
            firewall    = [for rule in data.digitalocean_firewall.it.inbound_rule : "${rule.protocol} ${rule.port_range}"]
            image       = data.digitalocean_image.it.distribution
            images      = length(data.digitalocean_images.it.images) > 0
            first       = data.digitalocean_project.default.is_default
            project     = data.digitalocean_project.it.resources == toset([digitalocean_droplet.it.urn])
            record      = data.digitalocean_record.it.priority
            records     = data.digitalocean_records.it.records[*].name
            region      = contains(data.digitalocean_region.it.sizes, "s-1vcpu-1gb")
            regions     = data.digitalocean_regions.it.regions[*].slug
            key         = data.digitalocean_ssh_key.it.fingerprint == digitalocean_ssh_key.it.fingerprint
            keys        = data.digitalocean_ssh_keys.it.ssh_keys[*].name
            tag         = data.digitalocean_tag.it.droplets_count
            tags        = data.digitalocean_tags.it.tags[*].name
            vpc         = data.digitalocean_vpc.it.id == digitalocean_droplet.it.vpc_uuid
          }
        }
        "#,
    );
    let applied = lab.apply().await;
    let found = applied.snapshot.outputs["found"].value.clone().unmark_deep().0;
    let shown = |name: &str| format!("{:?}", found.get(name).expect(name));
    let expected = [
        ("account", r#""active""#),
        ("certificate", r#"["example.com"]"#),
        ("domain", "true"),
        ("domains", r#"["example.com"]"#),
        ("firewall", r#"["udp all"]"#),
        ("image", r#""Debian""#),
        ("images", "true"),
        ("first", "true"),
        ("project", "true"),
        ("record", "5"),
        ("records", r#"["mx"]"#),
        ("region", "true"),
        ("regions", r#"["fra1"]"#),
        ("key", "true"),
        ("keys", r#"["it"]"#),
        ("tag", "1"),
        ("tags", r#"["web"]"#),
        ("vpc", "true"),
    ];
    for (name, expected) in expected {
        assert_eq!(shown(name), expected, "{name}");
    }
    assert_eq!(lab.planned().await, NOTHING);
}
