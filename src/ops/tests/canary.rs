//! A secret in what an interrupted run leaves behind, in what a vendor says back, and in what is printed for debugging.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::Lab;
use super::leak::Leaks;
use super::outsider::files;
use super::tap::Mishap;
use crate::ops;
use crate::plan::Options;
use crate::provider::Http;
use crate::provider::HttpError;

const SECRET: &str = "canary \"7f3a\"\\ä/+?=&9c1d with more";

/// The secret without standing in the configuration as it is.
const CONFIG: &str = r#"
    locals { secret = sensitive(join("", ["cana", "ry \"7f", "3a\"\\ä/", "+?=&9c1", "d with", " more"])) }
    resource "digitalocean_droplet" "it" {
      name      = "it"
      image     = "debian-12-x64"
      size      = "s-1vcpu-1gb"
      region    = "fra1"
      user_data = local.secret
    }
    resource "host_machine" "it" {
      connection {
        address     = digitalocean_droplet.it.ipv4_address
        private_key = local.secret
      }
    }
    resource "host_file" "it" {
      host    = host_machine.it
      path    = "/etc/it"
      content = local.secret
    }
"#;

/// Refuses new droplets, and repeats all that was sent.
struct Echo(Arc<dyn Http>);

#[async_trait]
impl Http for Echo {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        if request.method() != http::Method::POST {
            return self.0.send(request).await;
        }
        let sent: serde_json::Value = serde_json::from_slice(request.body()).expect("JSON");
        let message = format!("{:?} sent {sent}: user_data {} is no good", request.headers(), sent["user_data"]);
        let body = serde_json::json!({"id": "unprocessable_entity", "message": message}).to_string();
        Ok(http::Response::builder().status(422).body(Bytes::from(body)).expect("an answer"))
    }
}

fn leaks() -> Leaks {
    let secrets = [("the secret", SECRET), ("the token", "dop_v1_test")];
    Leaks::of(&secrets.map(|(name, secret)| (name.to_owned(), secret.to_owned())))
}

fn written(lab: &Lab) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    files(lab.root(), &[], &mut |path| {
        found.push((path.display().to_string(), std::fs::read(path).expect("a file")));
    });
    found
}

#[tokio::test]
async fn an_interrupted_run_leaves_no_secret() {
    let mut lab = Lab::new(CONFIG);
    lab.apply_with("/v2/droplets", Mishap::DieAfter).await;
    let open = ops::snapshot(&lab.session, false).unwrap().open.len();
    assert_eq!(open, 1, "an intent with the secret is in the journal");
    let files = written(&lab);
    assert!(files.iter().any(|(name, _)| name.contains("journal")), "{:?}", lab.census().await);
    for (name, text) in files {
        assert_eq!(leaks().find(&text), None, "{name}");
    }
}

#[tokio::test]
async fn what_a_vendor_says_back_is_not_repeated() {
    let mut lab = Lab::new(CONFIG);
    lab.session.http = Arc::new(Echo(Arc::clone(&lab.session.http)));
    let planned = lab.plan().await;
    let applied = lab.perform(planned).await;
    assert!(applied.outcome.diags.has_errors());
    let said = format!("{:?}\n{}\n{:?}", applied.outcome.diags, super::lab::text(&applied.outcome.diags), lab.heard());
    assert!(said.contains("is no good"), "{said}");
    assert_eq!(leaks().find(said.as_bytes()), None, "{said}");
    for (name, text) in written(&lab) {
        assert_eq!(leaks().find(&text), None, "{name}");
    }
}

#[tokio::test]
async fn debugging_shows_no_secret() {
    let lab = Lab::new(CONFIG);
    let (planned, diags) = lab.plan_with(Options::default()).await;
    let planned = planned.unwrap();
    let mut shown = format!("{:?} {diags:?}", planned.made.plan);
    let applied = lab.perform(planned).await;
    shown += &format!("{applied:?} {:?}", lab.plan().await.made.plan);
    assert!(shown.contains("digitalocean_droplet.it"));
    assert_eq!(leaks().find(shown.as_bytes()), None);
}

#[tokio::test]
async fn what_is_complained_of_is_not_quoted() {
    let secret = CONFIG.lines().find(|line| line.contains("locals")).expect("the secret is a local");
    let lab = Lab::new(&format!(
        "{secret}\nresource \"digitalocean_vpc\" \"it\" {{\nname = \"it\"\nregion = \"fra1\"\nip_range = local.secret\n}}\n"
    ));
    let (_, diags) = lab.plan_with(Options::default()).await;
    let said = super::lab::text(&diags);
    assert!(said.contains("cannot be a VPC's range"), "{said}");
    assert_eq!(leaks().find(said.as_bytes()), None, "{said}");
}
