//! A certificate is replaced while a load balancer uses it.

use serde_json::Value as Json;
use serde_json::json;

use super::Lab;
use super::lab::handovers;
use super::lab::lines;
use super::lab::text;
use super::tap::Mishap;
use super::witness::Seen;
use crate::plan::Options;
use crate::schema::ObjectExt;

const NOTHING: [&str; 0] = [];

fn encrypted(certificate: &str, lifecycle: &str) -> String {
    format!(
        r#"
        resource "digitalocean_domain" "it" {{ name = "example.com" }}
        resource "digitalocean_certificate" "it" {{
          name = "web"
          {certificate}
          lifecycle {{
            {lifecycle}
          }}
          depends_on = [digitalocean_domain.it]
        }}
        resource "digitalocean_loadbalancer" "it" {{
          name        = "it"
          region      = "fra1"
          droplet_tag = "web"
          forwarding_rule {{
            entry_protocol   = "https"
            entry_port       = 443
            target_protocol  = "http"
            target_port      = 8000
            certificate_name = digitalocean_certificate.it.name
          }}
        }}
        "#
    )
}

fn pem(what: &str, content: &str) -> String {
    format!("-----BEGIN {what}-----\\n{content}\\n-----END {what}-----\\n")
}

/// A certificate that was brought along.
fn custom(content: &str) -> String {
    let (key, leaf) = (pem("PRIVATE KEY", content), pem("CERTIFICATE", content));
    format!("private_key = \"{key}\"\nleaf_certificate = \"{leaf}\"")
}

fn of_domains(domains: &str) -> String {
    format!("type = \"lets_encrypt\"\ndomains = {domains}")
}

/// Whether the load balancer has a certificate that can be used, at every moment that was looked at.
fn is_never_without(seen: &[Seen]) -> bool {
    seen.iter().all(|seen| {
        let used = &seen.world[0]["load_balancers"][0]["forwarding_rules"][0]["certificate_id"];
        let all = seen.world[1]["certificates"].as_array().unwrap();
        all.iter().any(|one| one["id"] == *used && one["state"] == "verified")
    })
}

#[tokio::test]
async fn a_certificate_is_rotated_without_a_gap() {
    let (one, two) = ("[\"example.com\"]", "[\"example.com\", \"www.example.com\"]");
    for [before, after, last] in [[custom("1"), custom("2"), custom("3")], [one, two, one].map(of_domains)] {
        let mut lab = Lab::new(&encrypted(&before, ""));
        let witness = lab.witness(&["load_balancers", "certificates"]);
        lab.apply().await;
        let balancer = lab.of_it("digitalocean_loadbalancer", "id");
        for (turn, certificate) in [("web-r2-", &after), ("web-r3-", &last)] {
            lab.begun();
            witness.seen();
            lab.write(&encrypted(certificate, ""));
            let (planned, diags) = lab.plan_with(Options { refresh: true, ..Options::default() }).await;
            let planned = planned.unwrap();
            assert_eq!(diags.len(), 0, "{}", text(&diags));
            let told = ["digitalocean_loadbalancer.it precedes digitalocean_certificate.it"];
            assert_eq!(handovers(&planned), told);
            let change = planned.made.plan.changes.iter().find(|change| change.deposes.is_some()).unwrap();
            let name = change.planned.as_ref().unwrap().str("name").unwrap().to_owned();
            assert!(name.starts_with(turn), "the plan tells the name: {name}");
            lab.perform(planned).await;
            let expected = [
                "Create digitalocean_certificate.it",
                "Update digitalocean_loadbalancer.it",
                "DeleteDeposed digitalocean_certificate.it",
            ];
            assert_eq!(lab.begun(), expected);
            let seen = witness.seen();
            assert!(seen.len() > 3 && is_never_without(&seen));
            assert!(seen.iter().all(|seen| seen.status < 400), "nothing is asked before its time");
            assert_eq!(lab.of_it("digitalocean_certificate", "name"), name);
            assert_eq!(lab.of_it("digitalocean_loadbalancer", "id"), balancer);
            let certificates = lab.send("GET", "certificates", Json::Null).await;
            assert_eq!(certificates["certificates"].as_array().unwrap().len(), 1);
            assert_eq!(lab.planned().await, NOTHING);
        }
    }
}

/// Whatever happens while a certificate is made or given to its load balancer, the next run ends the rotation.
#[tokio::test]
async fn a_rotation_that_was_cut_short_is_gone_on_with() {
    for mishap in [Mishap::LoseAnswer, Mishap::DieBefore, Mishap::DieAfter] {
        for is_made in [false, true] {
            let mut lab = Lab::new(&encrypted(&custom("1"), ""));
            lab.apply().await;
            let id = lab.of_it("digitalocean_loadbalancer", "id");
            lab.write(&encrypted(&custom("2"), ""));
            let path = if is_made { format!("load_balancers/{id}") } else { "/v2/certificates".to_owned() };
            lab.apply_with(&path, mishap).await;
            let witness = lab.witness(&["load_balancers", "certificates"]);
            lab.apply().await;
            assert!(is_never_without(&witness.seen()), "{mishap:?} {is_made}");
            assert_eq!(lab.planned().await, NOTHING, "{mishap:?} {is_made}");
            let name = lab.of_it("digitalocean_certificate", "name");
            assert!(name.starts_with("web-r2-"), "{mishap:?} {is_made}: {name}");
            // It can be rotated once more, whatever came between.
            lab.write(&encrypted(&custom("3"), ""));
            lab.apply().await;
            assert_eq!(lab.planned().await, NOTHING, "{mishap:?} {is_made}");
            let name = lab.of_it("digitalocean_certificate", "name");
            assert!(name.starts_with("web-r3-"), "{mishap:?} {is_made}: {name}");
            let certificates = lab.send("GET", "certificates", Json::Null).await;
            assert_eq!(certificates["certificates"].as_array().unwrap().len(), 1, "{mishap:?} {is_made}");
        }
    }
}

/// Others of the account may have any name that is not ours, as the counter by itself.
#[tokio::test]
async fn no_name_of_others_stands_in_the_way_of_a_rotation() {
    let mut config = encrypted(&custom("1"), "");
    let other = format!("resource \"digitalocean_certificate\" \"other\" {{\nname = \"web-r2\"\n{}\n}}\n", custom("9"));
    config.push_str(&other);
    let lab = Lab::new(&config);
    lab.apply().await;
    lab.write(&config.replace(&custom("1"), &custom("2")));
    lab.apply().await;
    assert_eq!(lab.planned().await, NOTHING);
    assert_eq!(lab.attribute("digitalocean_certificate.other", "name"), crate::value::Value::from("web-r2"));
    assert!(lab.of_it("digitalocean_certificate", "name").starts_with("web-r2-"));
}

#[tokio::test]
async fn a_name_that_we_chose_is_never_offered_to_be_taken_over() {
    let lab = Lab::new(&encrypted(&custom("1"), ""));
    lab.apply().await;
    lab.write(&encrypted(&custom("2"), ""));
    let planned = lab.plan().await;
    let change = planned.made.plan.changes.iter().find(|change| change.deposes.is_some()).unwrap();
    let name = change.planned.as_ref().unwrap().str("name").unwrap().to_owned();
    let certificate = json!({
        "name": name, "private_key": "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n",
        "leaf_certificate": "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n",
    });
    lab.send("POST", "certificates", certificate).await;
    let applied = lab.perform(planned).await;
    let told = text(&applied.outcome.diags);
    assert!(told.contains("Successor's name already taken") && told.contains(&name), "{told}");
    assert!(!told.contains("import"), "{told}");
    // The one that was there is still used.
    assert_eq!(lab.of_it("digitalocean_certificate", "name"), "web");
}

#[tokio::test]
async fn a_certificate_that_leaves_a_gap_is_warned_of() {
    let summaries = async |lab: &Lab| {
        let (planned, diags) = lab.plan_with(Options { refresh: true, ..Options::default() }).await;
        let summaries: Vec<_> = diags.iter().map(|diagnostic| diagnostic.summary.to_string()).collect();
        (lines(&planned.unwrap()), summaries)
    };
    let first = "create_before_destroy = false";
    let lab = Lab::new(&encrypted(&custom("1"), first));
    lab.apply().await;
    lab.write(&encrypted(&custom("2"), first));
    let (planned, warnings) = summaries(&lab).await;
    assert_eq!(planned, ["DeleteThenCreate digitalocean_certificate.it"]);
    assert_eq!(warnings, ["Certificate goes before its successor"]);
    // What it rests on goes before it comes anew.
    let stubborn = "\"example.org\"\nlifecycle {\ncreate_before_destroy = false\n}\n";
    lab.write(&encrypted(&custom("2"), "").replace("{ name = \"example.com\" }", &format!("{{\nname = {stubborn}}}")));
    let (planned, warnings) = summaries(&lab).await;
    assert!(planned.contains(&"DeleteThenCreate digitalocean_domain.it".to_owned()), "{planned:?}");
    assert!(planned.contains(&"DeleteThenCreate digitalocean_certificate.it".to_owned()), "{planned:?}");
    assert!(warnings.contains(&"Certificate goes before its successor".to_owned()), "{warnings:?}");
}

/// A certificate must not wait for the domain that it is of, which cannot go before it.
#[tokio::test]
async fn a_certificate_of_another_domain_comes_with_it_before_both_go() {
    let config =
        |domain: &str| encrypted(&of_domains("[digitalocean_domain.it.name]"), "").replace("example.com", domain);
    let lab = Lab::new(&config("example.com"));
    lab.apply().await;
    lab.write(&config("example.net"));
    let planned = lab.planned().await;
    assert!(planned.contains(&"CreateThenDelete digitalocean_domain.it".to_owned()), "{planned:?}");
    assert!(planned.contains(&"CreateThenDelete digitalocean_certificate.it".to_owned()), "{planned:?}");
    lab.apply().await;
    assert_eq!(lab.planned().await, NOTHING);
    let domains = lab.census().await.into_iter().filter(|object| object.starts_with("domains")).count();
    assert_eq!(domains, 1, "{:?}", lab.census().await);
}
