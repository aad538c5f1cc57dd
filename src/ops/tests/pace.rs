//! Every command ends well at a vendor's limit, at the limit's pace, and says what it waits for.

use std::sync::Arc;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;

use super::Lab;
use crate::plan::Mode;
use crate::plan::Options;
use crate::provider::Http;
use crate::provider::HttpError;

/// Notes how each request ended.
struct Counted {
    inner: Arc<dyn Http>,
    statuses: Arc<Mutex<Vec<u16>>>,
}

#[async_trait]
impl Http for Counted {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let answer = self.inner.send(request).await;
        let status = answer.as_ref().map_or(0, |answer| answer.status().as_u16());
        self.statuses.lock().expect("no holder panics").push(status);
        answer
    }
}

/// A limit, and how long it takes at least to send so many requests under it.
#[derive(Clone, Copy)]
struct Limit {
    text: &'static str,
    calls: usize,
    seconds: f64,
}

const A_MINUTE: Limit = Limit { text: "250/m", calls: 250, seconds: 60.0 };
const A_SECOND: Limit = Limit { text: "50/s", calls: 50, seconds: 1.0 };

impl Limit {
    fn at_least(self, requests: usize) -> f64 {
        (requests.saturating_sub(1) / self.calls) as f64 * self.seconds
    }
}

/// A world with a limit on requests.
struct Limited {
    lab: Lab,
    statuses: Arc<Mutex<Vec<u16>>>,
}

/// What one command took.
#[derive(Debug)]
struct Took {
    seconds: f64,
    requests: usize,
    refused: usize,
    waits: Vec<String>,
}

/// As many domains: each is made, removed, read as data and imported by a request of its own.
const DOMAINS: usize = 400;

fn domains(provider: &str, more: &str) -> String {
    format!(
        "provider \"digitalocean\" {{\n{provider}\n}}\nresource \"digitalocean_domain\" \"it\" {{\ncount = {DOMAINS}\nname = \
         \"d${{count.index}}.example.com\"\n}}\ndata \"digitalocean_domain\" \"it\" {{\ncount = {DOMAINS}\nname = \
         digitalocean_domain.it[count.index].id\n}}\n{more}"
    )
}

impl Limited {
    fn new(limit: Limit, provider: &str, faults: &str) -> Self {
        Self::of(limit, &domains(provider, ""), faults)
    }

    fn of(limit: Limit, config: &str, faults: &str) -> Self {
        let mut lab = Lab::on(config, |options| {
            options.limit = Some(limit.text.parse().expect("a limit"));
            if !faults.is_empty() {
                options.faults = faults.parse().expect("faults");
            }
        });
        let statuses = Arc::default();
        let inner = Arc::clone(&lab.session.http);
        lab.session.http = Arc::new(Counted { inner, statuses: Arc::clone(&statuses) });
        Self { lab, statuses }
    }

    /// Runs a command once all that was sent before counts no more.
    async fn run<T>(&self, command: impl AsyncFnOnce(&Lab) -> T) -> (T, Took) {
        self.lab.session.clock.sleep(std::time::Duration::from_secs(120)).await;
        self.statuses.lock().expect("no holder panics").clear();
        self.lab.heard();
        let since = self.lab.session.clock.now();
        let came = command(&self.lab).await;
        let seconds = self.lab.session.clock.now().duration_since(since).as_secs_f64();
        let statuses = self.statuses.lock().expect("no holder panics");
        let refused = statuses.iter().filter(|status| **status == 429).count();
        let mut waits = self.lab.heard();
        waits.retain(|line| line.contains(" waits for "));
        (came, Took { seconds, requests: statuses.len() - refused, refused, waits })
    }
}

impl Took {
    /// The command went at the limit's pace: hardly slower than possible, and not by being refused.
    fn is_at_the_pace_of(&self, limit: Limit, what: &str) {
        let Took { seconds, requests, refused, .. } = self;
        let least = limit.at_least(*requests);
        assert!(*requests > limit.calls, "{what}: {requests} requests do not reach the limit");
        assert!(*seconds <= 1.25 * least + 2.0, "{what}: {seconds:.1}s, where {least:.1}s would do");
        assert!(*refused <= requests / 20, "{what}: {refused} of {requests} refused");
    }
}

/// Every command that asks the vendor, over more objects than the limit lets through at once.
async fn every_command_keeps(limit: Limit, provider: &str, faults: &str) -> Vec<(&'static str, Took)> {
    let limited = Limited::new(limit, provider, faults);
    let (applied, took) = limited.run(async |lab| lab.apply().await).await;
    assert_eq!(applied.outcome.counts.add, DOMAINS);
    let mut all = vec![("apply", took)];
    let (changes, took) = limited.run(async |lab| lab.planned().await).await;
    assert_eq!(changes, [""; 0]);
    all.push(("plan", took));
    let refresh = Options { mode: Mode::RefreshOnly, refresh: true, ..Options::default() };
    let (planned, took) = limited.run(async |lab| lab.plan_with(refresh).await).await;
    assert!(!planned.1.has_errors() && planned.0.expect("a plan").made.plan.drift.is_empty());
    all.push(("drift", took));
    // The same objects are taken over into a state that knows none of them.
    std::fs::remove_dir_all(limited.lab.root().join("state")).expect("the state goes");
    let imports: String = (0..DOMAINS)
        .map(|n| format!("import {{\nto = digitalocean_domain.it[{n}]\nid = \"d{n}.example.com\"\n}}\n"))
        .collect();
    limited.lab.write(&domains(provider, &imports));
    let (applied, took) = limited.run(async |lab| lab.apply().await).await;
    assert_eq!((applied.outcome.counts.import, applied.outcome.counts.add), (DOMAINS, 0));
    all.push(("import", took));
    let (destroyed, took) = limited.run(async |lab| lab.destroy().await).await;
    assert_eq!(destroyed.outcome.counts.destroy, DOMAINS);
    all.push(("destroy", took));
    all
}

#[tokio::test]
async fn every_command_ends_well_at_250_a_minute() {
    for (what, took) in every_command_keeps(A_MINUTE, "", "").await {
        took.is_at_the_pace_of(A_MINUTE, what);
        assert_eq!(took.refused, 0, "{what}: the vendor's limit is known");
        assert_eq!(
            took.waits.first().map(String::as_str),
            Some("DigitalOcean waits for its limit of 250 requests in 60s")
        );
    }
}

#[tokio::test]
async fn every_command_ends_well_at_50_a_second() {
    for (what, took) in every_command_keeps(A_SECOND, "requests_per_second = 50", "").await {
        took.is_at_the_pace_of(A_SECOND, what);
        let limit = "DigitalOcean waits for the limit of 50 requests a second that is configured";
        assert_eq!(took.waits.first().map(String::as_str), Some(limit), "{what}");
    }
}

/// Nobody said that this vendor takes 50 a second: the published limit is kept to over a minute, refusals within it.
#[tokio::test]
async fn a_limit_that_is_not_the_published_one_is_kept_to_by_few_refusals() {
    let lab = Limited::new(A_SECOND, "", "");
    let (_, took) = lab.run(async |lab| lab.apply().await).await;
    assert!(took.seconds <= A_MINUTE.at_least(took.requests) * 1.25 + 10.0, "{:.1}s", took.seconds);
    assert!(took.refused <= took.requests / 20, "{} of {} refused", took.refused, took.requests);
}

#[tokio::test]
async fn being_refused_for_the_rate_is_never_an_error() {
    for (what, took) in every_command_keeps(A_MINUTE, "", "429:20%").await {
        let share = took.refused as f64 / (took.requests + took.refused) as f64;
        assert!((0.1..0.3).contains(&share), "{what}: {share}");
    }
}

/// Neither the limit of each route nor, where it is not the published one, that of an account is told by any header.
#[tokio::test]
async fn a_limit_that_no_header_tells_is_kept_to_by_few_refusals() {
    const PUBLISHED: Limit = Limit { text: "700/m", calls: 700, seconds: 60.0 };
    let projects = "resource \"neon_project\" \"it\" {\ncount = 150\nname = \"p${count.index}\"\n}\n";
    let limited = Limited::of(A_SECOND, projects, "");
    let (applied, apply) = limited.run(async |lab| lab.apply().await).await;
    assert_eq!(applied.outcome.counts.add, 150);
    let (changes, plan) = limited.run(async |lab| lab.planned().await).await;
    assert_eq!(changes, [""; 0]);
    let (destroyed, destroy) = limited.run(async |lab| lab.destroy().await).await;
    assert_eq!(destroyed.outcome.counts.destroy, 150);
    for (what, took) in [("apply", apply), ("plan", plan), ("destroy", destroy)] {
        let least = PUBLISHED.at_least(took.requests + took.refused);
        assert!(took.seconds <= 1.25 * least + 10.0, "{what}: {:.1}s, where {least:.1}s would do", took.seconds);
        assert!(took.refused <= took.requests / 10, "{what}: {} of {} refused", took.refused, took.requests);
        assert!(
            took.waits.iter().any(|wait| wait.starts_with("Neon waits for the time that it asked for")),
            "{took:?}"
        );
    }
}
