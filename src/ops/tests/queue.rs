//! A droplet does one thing at a time: what is asked of it queues, and nothing has to be refused.

use super::Lab;
use super::witness::Seen;

const NOTHING: [&str; 0] = [];

/// Two droplets with volumes, and addresses that are on one of them.
fn config(name: &str, volumes: u8, on: &str, size: &str) -> String {
    format!(
        r#"
        resource "digitalocean_droplet" "it" {{
          for_each = toset(["a", "b"])
          name     = "{name}-${{each.key}}"
          image    = "debian-12-x64"
          size     = "{size}"
          region   = "fra1"
          backups  = {name:?} != "it"
        }}
        resource "digitalocean_volume" "it" {{
          count  = 4
          name   = "it-${{count.index}}"
          region = "fra1"
          size   = 10
        }}
        resource "digitalocean_volume_attachment" "it" {{
          count      = {volumes}
          volume_id  = digitalocean_volume.it[count.index].id
          droplet_id = digitalocean_droplet.it["a"].id
        }}
        resource "digitalocean_reserved_ip" "it" {{
          region     = "fra1"
          droplet_id = digitalocean_droplet.it["{on}"].id
        }}
        resource "digitalocean_reserved_ip" "free" {{ region = "fra1" }}
        resource "digitalocean_reserved_ip_assignment" "it" {{
          count      = {on:?} == "a" ? 1 : 0
          ip_address = digitalocean_reserved_ip.free.ip_address
          droplet_id = digitalocean_droplet.it["b"].id
        }}
        "#
    )
}

/// The requests that were refused because something else was under way.
fn refused(seen: Vec<Seen>) -> Vec<String> {
    let is_refused = |seen: &Seen| matches!(seen.status, 412 | 422) && seen.answer.contains("pending event");
    seen.into_iter().filter(is_refused).map(|seen| format!("{} {}", seen.request, seen.body)).collect()
}

#[tokio::test]
async fn nothing_is_asked_of_a_droplet_while_it_does_something_else() {
    let mut lab = Lab::new(&config("it", 4, "a", "s-1vcpu-1gb"));
    let witness = lab.witness(&[]);
    lab.apply().await;
    assert_eq!(refused(witness.seen()), NOTHING);
    // Both are renamed, made larger and backed up, while one loses volumes and its address, and the other gets that.
    lab.write(&config("other", 1, "b", "s-2vcpu-2gb"));
    lab.apply().await;
    assert_eq!(refused(witness.seen()), NOTHING);
    assert_eq!(lab.planned().await, NOTHING);
    lab.destroy().await;
    assert_eq!(refused(witness.seen()), NOTHING);
}
