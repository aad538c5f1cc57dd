//! How many requests it takes to read what is there.

use std::sync::Arc;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;

use super::Lab;
use crate::provider::Http;
use crate::provider::HttpError;

/// Notes the requests that pass.
struct Noted {
    inner: Arc<dyn Http>,
    requests: Mutex<Vec<String>>,
}

#[async_trait]
impl Http for Noted {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        self.requests.lock().expect("no holder panics").push(format!("{} {}", request.method(), request.uri()));
        self.inner.send(request).await
    }
}

/// The requests that are sent meanwhile.
pub(super) async fn noted(lab: &mut Lab, deed: impl AsyncFnOnce(&mut Lab)) -> Vec<String> {
    let inner = Arc::clone(&lab.session.http);
    let noted = Arc::new(Noted { inner: Arc::clone(&inner), requests: Mutex::default() });
    lab.session.http = Arc::clone(&noted) as Arc<dyn Http>;
    deed(lab).await;
    lab.session.http = inner;
    std::mem::take(&mut noted.requests.lock().expect("no holder panics"))
}

/// The requests of a plan that finds nothing to do.
pub(super) async fn requests_of_a_plan(lab: &mut Lab) -> Vec<String> {
    noted(lab, async |lab| {
        let planned = lab.plan().await;
        let cost = crate::ops::cost(&lab.session, &planned, &crate::provider::PriceList::default()).await;
        assert!(cost.lines.is_empty(), "{:?}", cost.lines);
        assert_eq!(super::lab::lines(&planned), [""; 0]);
    })
    .await
}

#[tokio::test]
async fn a_thousand_droplets_are_read_in_six_requests() {
    let mut lab = Lab::new(
        "resource \"digitalocean_droplet\" \"it\" {\ncount = 1000\nname = \"it-${count.index}\"\nimage = \"debian-12-x64\"\n\
         size = \"s-1vcpu-1gb\"\nregion = \"fra1\"\n}\n",
    );
    lab.apply().await;
    let requests = requests_of_a_plan(&mut lab).await;
    assert!(requests.len() <= 6, "{requests:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cloud_example_is_read_in_15_requests() {
    let mut lab = Lab::of_example("ha-cloud");
    // As in the real world, where accounts are told apart.
    lab.session.simulated = None;
    lab.apply().await;
    let requests = requests_of_a_plan(&mut lab).await;
    assert!(requests.len() <= 15, "{requests:#?}");
}
