//! What is handed over without a gap: traffic and addresses.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value as Json;

use super::Lab;
use super::lab::handovers;
use super::lab::lines;
use super::lab::text;
use super::tap::Mishap;
use super::witness::Seen;
use crate::apply::Ended;
use crate::provider::Cancel;
use crate::provider::Http;
use crate::provider::HttpError;

const NOTHING: [&str; 0] = [];

/// Droplets behind a load balancer.
pub(super) fn balanced(count: u8, image: &str, lifecycle: &str) -> String {
    format!(
        r#"
        resource "digitalocean_droplet" "web" {{
          count  = {count}
          name   = "web-${{count.index}}"
          image  = "{image}"
          size   = "s-1vcpu-1gb"
          region = "fra1"
          {lifecycle}
        }}
        resource "digitalocean_loadbalancer" "it" {{
          name        = "it"
          region      = "fra1"
          droplet_ids = digitalocean_droplet.web[*].id
          forwarding_rule {{
            entry_protocol  = "http"
            entry_port      = 80
            target_protocol = "http"
            target_port     = 8000
          }}
        }}
        "#
    )
}

/// The droplets that were deleted, and for each whether the load balancer's last body still named it.
fn deleted(seen: &[Seen]) -> Vec<(i64, bool)> {
    let mut members: Vec<i64> = Vec::new();
    let mut deleted = Vec::new();
    for one in seen {
        if one.request.contains(" load_balancers")
            && let Some(ids) = one.body["droplet_ids"].as_array()
        {
            members = ids.iter().filter_map(Json::as_i64).collect();
        }
        let id = one.request.strip_prefix("DELETE droplets/").and_then(|id| id.parse().ok());
        deleted.extend(id.map(|id: i64| (id, members.contains(&id))));
    }
    deleted
}

#[tokio::test]
async fn a_load_balancer_is_updated_before_a_droplet_leaves_it() {
    let mut lab = Lab::new(&balanced(3, "debian-12-x64", ""));
    let witness = lab.witness(&[]);
    lab.apply().await;
    lab.begun();
    lab.write(&balanced(2, "debian-12-x64", ""));
    let planned = lab.plan().await;
    assert_eq!(handovers(&planned), ["digitalocean_loadbalancer.it precedes digitalocean_droplet.web[2]"]);
    lab.perform(planned).await;
    assert_eq!(lab.begun(), ["Update digitalocean_loadbalancer.it", "Delete digitalocean_droplet.web[2]"]);
    let deleted = deleted(&witness.seen());
    assert!(matches!(*deleted, [(_, false)]), "{deleted:?}");
    assert_eq!(lab.planned().await, NOTHING);
}

#[tokio::test]
async fn a_load_balancer_has_the_new_droplets_before_the_old_ones_go() {
    let lifecycle = "lifecycle { create_before_destroy = true }";
    let mut lab = Lab::new(&balanced(2, "debian-12-x64", lifecycle));
    let witness = lab.witness(&["load_balancers"]);
    lab.apply().await;
    witness.seen();
    lab.write(&balanced(2, "ubuntu-24-04-x64", lifecycle));
    let planned = lab.plan().await;
    let told = ["digitalocean_loadbalancer.it precedes digitalocean_droplet.web[0], digitalocean_droplet.web[1]"];
    assert_eq!(handovers(&planned), told);
    lab.heard();
    lab.perform(planned).await;
    let heard = lab.heard();
    let place = |line: &str| heard.iter().position(|heard| heard == line).unwrap();
    let updated = place("Update digitalocean_loadbalancer.it done");
    assert!((0..2).all(|at| updated < place(&format!("DeleteDeposed digitalocean_droplet.web[{at}]"))), "{heard:#?}");
    let seen = witness.seen();
    assert!(matches!(*deleted(&seen), [(_, false), (_, false)]), "{:?}", deleted(&seen));
    let members = |seen: &Seen| seen.world[0]["load_balancers"][0]["droplet_ids"].as_array().unwrap().len();
    assert!(seen.iter().all(|seen| members(seen) == 2), "it is never short of one");
    assert_eq!(lab.planned().await, NOTHING);
}

#[tokio::test]
async fn a_droplet_that_goes_before_its_successor_comes_is_let_go_of_first() {
    let mut lab = Lab::new(&balanced(2, "debian-12-x64", ""));
    let witness = lab.witness(&[]);
    lab.apply().await;
    lab.begun();
    witness.seen();
    lab.write(&balanced(2, "ubuntu-24-04-x64", ""));
    let planned = lab.plan().await;
    let told = ["digitalocean_loadbalancer.it lets go of digitalocean_droplet.web[0], digitalocean_droplet.web[1]"];
    assert_eq!(handovers(&planned), told);
    let applied = lab.perform(planned).await;
    assert_eq!(applied.outcome.ended, Ended::Complete, "{}", text(&applied.outcome.diags));
    let (add, change, destroy) =
        (applied.outcome.counts.add, applied.outcome.counts.change, applied.outcome.counts.destroy);
    assert_eq!((add, change, destroy), (2, 1, 2), "a release is a part of its update");
    let begun = lab.begun();
    assert_eq!(begun.first().map(String::as_str), Some("Release digitalocean_loadbalancer.it"), "{begun:?}");
    assert_eq!(begun.last().map(String::as_str), Some("Update digitalocean_loadbalancer.it"), "{begun:?}");
    assert!(matches!(*deleted(&witness.seen()), [(_, false), (_, false)]));
    assert_eq!(lab.planned().await, NOTHING);
}

#[tokio::test]
async fn droplets_that_are_replaced_in_waves_leave_one_by_one() {
    let lifecycle = "lifecycle { max_unavailable = 1 }";
    let mut lab = Lab::new(&balanced(2, "debian-12-x64", lifecycle));
    let witness = lab.witness(&["load_balancers"]);
    lab.apply().await;
    lab.begun();
    witness.seen();
    lab.write(&balanced(2, "ubuntu-24-04-x64", lifecycle));
    lab.apply().await;
    let one = |at: u8| {
        [
            "Release digitalocean_loadbalancer.it".to_owned(),
            format!("Delete digitalocean_droplet.web[{at}]"),
            format!("Create digitalocean_droplet.web[{at}]"),
        ]
    };
    let mut expected: Vec<String> = [one(0), one(1)].concat();
    expected.push("Update digitalocean_loadbalancer.it".to_owned());
    assert_eq!(lab.begun(), expected);
    let seen = witness.seen();
    assert!(matches!(*deleted(&seen), [(_, false), (_, false)]));
    let members = |seen: &Seen| seen.world[0]["load_balancers"][0]["droplet_ids"].as_array().unwrap().len();
    assert!(seen.iter().all(|seen| members(seen) > 0), "one of two is in it at every moment");
    assert_eq!(lab.planned().await, NOTHING);
}

#[tokio::test]
async fn a_tag_takes_droplets_out_by_itself() {
    let config = |image: &str| {
        balanced(1, image, "tags = [\"web\"]").replace(
            "droplet_ids = digitalocean_droplet.web[*].id",
            "droplet_tag = one(digitalocean_droplet.web[0].tags)",
        )
    };
    let lab = Lab::new(&config("debian-12-x64"));
    lab.apply().await;
    lab.begun();
    lab.write(&config("ubuntu-24-04-x64"));
    lab.apply().await;
    assert_eq!(lab.begun(), ["Delete digitalocean_droplet.web[0]", "Create digitalocean_droplet.web[0]"]);
    assert_eq!(lab.planned().await, NOTHING);
}

/// Whatever happens at the first write to the load balancer, the next run brings about what was planned.
#[tokio::test]
async fn a_release_that_was_cut_short_is_gone_on_with() {
    for mishap in [Mishap::LoseAnswer, Mishap::DieBefore, Mishap::DieAfter] {
        let mut lab = Lab::new(&balanced(2, "debian-12-x64", ""));
        lab.apply().await;
        let id = lab.of_it("digitalocean_loadbalancer", "id");
        lab.write(&balanced(2, "ubuntu-24-04-x64", ""));
        lab.apply_with(&format!("load_balancers/{id}"), mishap).await;
        lab.apply().await;
        assert_eq!(lab.planned().await, NOTHING, "{mishap:?}");
        let balancer = lab.send("GET", &format!("load_balancers/{id}"), Json::Null).await;
        assert_eq!(balancer["load_balancer"]["droplet_ids"].as_array().unwrap().len(), 2, "{mishap:?}");
        let droplets = lab.census().await.into_iter().filter(|object| object.starts_with("droplets")).count();
        assert_eq!(droplets, 2, "{mishap:?}");
    }
}

/// What the load balancer has, of droplets that are there.
async fn members(lab: &Lab) -> usize {
    let droplets = lab.send("GET", "droplets", Json::Null).await;
    let droplets: Vec<Json> = droplets["droplets"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    let id = lab.of_it("digitalocean_loadbalancer", "id");
    let balancer = lab.send("GET", &format!("load_balancers/{id}"), Json::Null).await;
    let ids = balancer["load_balancer"]["droplet_ids"].as_array().unwrap().clone();
    assert!(ids.iter().all(|id| droplets.contains(id)), "{ids:?} of {droplets:?}");
    ids.len()
}

/// Refuses every deletion of a droplet, or asks for an end at the first.
struct Guard {
    inner: Arc<dyn Http>,
    stop: Option<Cancel>,
}

#[async_trait]
impl Http for Guard {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let path = request.uri().path().to_owned();
        if let Some(stop) = self.stop.as_ref().filter(|_| path.contains("/v2/load_balancers/")) {
            // The load balancer's write is what runs then: nothing else is begun.
            if request.method() == http::Method::PUT {
                stop.cancel();
            }
        } else if request.method() == http::Method::DELETE && path.contains("/v2/droplets/") {
            let body = r#"{"id":"forbidden","message":"You are not authorized to perform this operation"}"#;
            let answer = http::Response::builder().status(403).header("content-type", "application/json");
            return Ok(answer.body(Bytes::from_static(body.as_bytes())).unwrap());
        }
        self.inner.send(request).await
    }
}

#[tokio::test]
async fn what_was_let_go_of_and_stays_is_taken_back() {
    for is_stopped in [false, true] {
        let mut lab = Lab::new(&balanced(2, "debian-12-x64", ""));
        lab.apply().await;
        let (whole, stop) = (Arc::clone(&lab.session.http), lab.session.stop.clone());
        let guard = Guard { inner: Arc::clone(&whole), stop: is_stopped.then(|| stop.clone()) };
        lab.write(&balanced(2, "ubuntu-24-04-x64", ""));
        lab.session.http = Arc::new(guard);
        let planned = lab.plan().await;
        lab.begun();
        let applied = lab.perform(planned).await;
        let told = text(&applied.outcome.diags);
        let expected = if is_stopped { Ended::Interrupted } else { Ended::Failed };
        assert_eq!(applied.outcome.ended, expected, "{told}");
        let begun = lab.begun();
        assert_eq!(begun.first().map(String::as_str), Some("Release digitalocean_loadbalancer.it"), "{begun:?}");
        assert_eq!(begun.last().map(String::as_str), Some("Retake digitalocean_loadbalancer.it"), "{begun:?}");
        assert_eq!(members(&lab).await, 2, "both stand, and both are in it: {told}");
        assert!(!told.contains("left without"), "{told}");
        lab.session.http = whole;
        lab.session.stop = Cancel::new();
        lab.apply().await;
        assert_eq!(lab.planned().await, NOTHING);
        assert_eq!(members(&lab).await, 2);
    }
}

/// A write to the load balancer that is lost when all else is done; the first one is the release.
#[tokio::test]
async fn an_update_after_a_release_that_was_cut_short_is_gone_on_with() {
    for mishap in [Mishap::LoseAnswer, Mishap::DieBefore, Mishap::DieAfter] {
        let mut lab = Lab::new(&balanced(2, "debian-12-x64", ""));
        lab.apply().await;
        let id = lab.of_it("digitalocean_loadbalancer", "id");
        lab.write(&balanced(2, "ubuntu-24-04-x64", ""));
        lab.apply_with_later(&format!("load_balancers/{id}"), 1, mishap).await;
        lab.apply().await;
        assert_eq!(lab.planned().await, NOTHING, "{mishap:?}");
        assert_eq!(members(&lab).await, 2, "{mishap:?}");
    }
}

/// A run that dies between leaves it without them: with the configuration as it was, the next puts them back.
#[tokio::test]
async fn what_a_dead_run_let_go_of_is_put_back() {
    let mut lab = Lab::new(&balanced(2, "debian-12-x64", ""));
    lab.apply().await;
    let id = lab.of_it("digitalocean_loadbalancer", "id");
    lab.write(&balanced(2, "ubuntu-24-04-x64", ""));
    lab.apply_with(&format!("load_balancers/{id}"), Mishap::DieAfter).await;
    assert_eq!(members(&lab).await, 0);
    lab.write(&balanced(2, "debian-12-x64", ""));
    assert_eq!(lab.planned().await, ["Update digitalocean_loadbalancer.it"]);
    lab.apply().await;
    assert_eq!(members(&lab).await, 2);
    assert_eq!(lab.planned().await, NOTHING);
}

#[tokio::test]
async fn whatever_drops_an_object_does_so_before_that_goes() {
    let droplet = |name: &str| {
        format!(
            "resource \"digitalocean_droplet\" \"{name}\" {{\nname = \"{name}\"\nimage = \"debian-12-x64\"\n\
             size = \"s-1vcpu-1gb\"\nregion = \"fra1\"\n}}\n"
        )
    };
    let users = |of: &str| {
        format!(
            r#"
            resource "digitalocean_firewall" "it" {{
              name        = "it"
              droplet_ids = [{of}.id]
              inbound_rule {{
                protocol         = "tcp"
                port_range       = "22"
                source_addresses = ["10.0.0.0/8"]
              }}
            }}
            resource "digitalocean_project" "it" {{
              name      = "it"
              resources = [{of}.urn]
            }}
            resource "digitalocean_domain" "it" {{ name = "example.com" }}
            resource "digitalocean_record" "it" {{
              domain = digitalocean_domain.it.id
              type   = "A"
              name   = "www"
              value  = {of}.ipv4_address
            }}
            resource "digitalocean_reserved_ip" "it" {{
              region     = "fra1"
              droplet_id = {of}.id
            }}
            "#
        )
    };
    let (a, b) = ("digitalocean_droplet.a", "digitalocean_droplet.b");
    let lab = Lab::new(&format!("{}{}{}", droplet("a"), droplet("b"), users(a)));
    lab.apply().await;
    lab.heard();
    lab.write(&format!("{}{}", droplet("b"), users(b)));
    let planned = lab.plan().await;
    let mut expected = lines(&planned);
    expected.retain(|line| line.starts_with("Update"));
    assert_eq!(expected.len(), 4, "{expected:?}");
    let told = |ty: &str| format!("digitalocean_{ty}.it precedes digitalocean_droplet.a");
    assert_eq!(handovers(&planned), ["firewall", "project", "record", "reserved_ip"].map(told));
    lab.perform(planned).await;
    let heard = lab.heard();
    let gone = heard.iter().position(|line| line == "Delete digitalocean_droplet.a").unwrap();
    for update in expected {
        let done = heard.iter().position(|line| *line == format!("{update} done")).unwrap();
        assert!(done < gone, "{update}: {heard:#?}");
    }
    assert_eq!(lab.planned().await, NOTHING);
}

/// An address, and which of two droplets it is on.
fn addressed(droplets: &[&str], address: &str) -> String {
    let droplet = |name: &&str| {
        format!(
            "resource \"digitalocean_droplet\" \"{name}\" {{\nname = \"{name}\"\nimage = \"debian-12-x64\"\n\
             size = \"s-1vcpu-1gb\"\nregion = \"fra1\"\n}}\n"
        )
    };
    let droplets: String = droplets.iter().map(droplet).collect();
    format!("{droplets}{address}")
}

fn reserved(on: &str) -> String {
    format!(
        "resource \"digitalocean_reserved_ip\" \"it\" {{\nregion = \"fra1\"\ndroplet_id = digitalocean_droplet.{on}.id\n}}\n"
    )
}

fn assigned(on: &str) -> String {
    format!(
        "resource \"digitalocean_reserved_ip\" \"it\" {{ region = \"fra1\" }}\n\
         resource \"digitalocean_reserved_ip_assignment\" \"it\" {{\n\
         ip_address = digitalocean_reserved_ip.it.ip_address\ndroplet_id = digitalocean_droplet.{on}.id\n}}\n"
    )
}

#[tokio::test]
async fn an_address_moves_in_one_go() {
    for address in [reserved, assigned] {
        // The droplet that it leaves stays, or goes in the same run.
        for left in [&["a", "b"][..], &["b"]] {
            let mut lab = Lab::new(&addressed(&["a", "b"], &address("a")));
            let witness = lab.witness(&["reserved_ips"]);
            lab.apply().await;
            witness.seen();
            lab.write(&addressed(left, &address("b")));
            lab.apply().await;
            let seen = witness.seen();
            let actions = seen.iter().filter(|seen| seen.request.starts_with("POST reserved_ips"));
            let actions: Vec<&str> = actions.filter_map(|seen| seen.body["type"].as_str()).collect();
            assert_eq!(actions, ["assign"]);
            let has_one = |seen: &Seen| !seen.world[0]["reserved_ips"][0]["droplet"].is_null();
            assert!(seen.iter().all(has_one), "some droplet has it at every moment");
            assert_eq!(lab.planned().await, NOTHING);
        }
    }
}
