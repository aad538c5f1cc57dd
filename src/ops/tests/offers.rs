//! What is chosen of a vendor's offers, held against them while planning.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::Lab;
use super::lab::text;
use crate::plan::Options;
use crate::provider::Http;
use crate::provider::HttpError;

/// Takes away the token from what is sent, so that the vendor knows nobody.
struct Revoked(Arc<dyn Http>);

#[async_trait]
impl Http for Revoked {
    async fn send(&self, mut request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        request.headers_mut().remove(http::header::AUTHORIZATION);
        self.0.send(request).await
    }
}

fn droplet(region: &str) -> String {
    format!(
        "resource \"digitalocean_droplet\" \"it\" {{\nname = \"it\"\nimage = \"debian-12-x64\"\nsize = \
         \"s-1vcpu-1gb\"\nregion = \"{region}\"\n}}\n"
    )
}

const CLUSTER: &str = "resource \"digitalocean_database_cluster\" \"it\" {\nname = \"its-data\"\nengine = \"pg\"\nversion = \
                       \"16\"\nsize = \"db-s-1vcpu-1gb\"\nregion = \"fra1\"\nnode_count = 1\n}\n";

async fn trouble(lab: &Lab) -> String {
    text(&lab.plan_with(Options { refresh: true, ..Options::default() }).await.1)
}

#[tokio::test]
async fn a_revoked_token_is_an_error_of_the_plan() {
    for config in [&*droplet("fra1"), CLUSTER] {
        let mut lab = Lab::new(config);
        assert_eq!(trouble(&lab).await, "");
        lab.session.http = Arc::new(Revoked(Arc::clone(&lab.session.http)));
        let trouble = trouble(&lab).await;
        assert!(trouble.starts_with("Credential not accepted: "), "{trouble}");
        assert_eq!(trouble.matches("Credential not accepted").count(), 1, "{trouble}");
    }
}

#[tokio::test]
async fn a_place_means_a_region_that_takes_droplets() {
    let lab = Lab::new(&droplet("sfo"));
    lab.apply().await;
    let id = lab.of_it("digitalocean_droplet", "id");
    let droplet = lab.send("GET", &format!("droplets/{id}"), serde_json::Value::Null).await;
    assert_eq!(droplet["droplet"]["region"]["slug"], "sfo3");
    assert_eq!(lab.planned().await, [""; 0]);
}

#[tokio::test]
async fn a_region_that_takes_no_droplets_any_more_is_an_error_of_the_plan() {
    let trouble = trouble(&Lab::new(&droplet("sfo1"))).await;
    assert!(trouble.contains("No new droplets can be made in the region `sfo1` now."), "{trouble}");
    assert!(trouble.contains(", sfo3, ") && !trouble.contains("sfo1,"), "{trouble}");
}
