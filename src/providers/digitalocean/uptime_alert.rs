//! `digitalocean_uptime_alert`: a mail or message when a check finds its target slow, down or soon without a certificate.
//!
//! The vendor offers no mark and two of a check may be alike, so those that exist are noted before one is made.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::enumerated;
use super::listing;
use super::listing::Listing;
use super::notices;
use super::notices::Notices;
use super::uptime_check;
use super::values::compact;
use super::values::int;
use super::values::text;
use super::values::unchanged;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Marker;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Value;

/// An alert of a check, found again by its uuid.
pub(super) struct UptimeAlert;

const TYPES: [&str; 4] = ["latency", "down", "down_global", "ssl_expiry"];
const COMPARISONS: [&str; 2] = ["greater_than", "less_than"];
const PERIODS: [&str; 7] = ["2m", "3m", "5m", "10m", "15m", "30m", "1h"];

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        // An alert is within its check and cannot leave it.
        ("check_id", string().required().replaces()),
        ("name", string().required()),
        ("type", string().required()),
        ("threshold", number().optional_computed()),
        ("comparison", string().optional_computed()),
        ("period", string().optional_computed()),
    ])
    .block("notifications", notices::block())
});

#[derive(Clone, Deserialize)]
struct Wire {
    id: String,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    threshold: Option<i64>,
    comparison: Option<String>,
    period: Option<String>,
    notifications: Option<Notices>,
}

impl Wire {
    fn object(&self, base: &Object) -> Object {
        let mut given = vec![
            ("id", Value::from(&*self.id)),
            ("name", text(self.name.as_deref())),
            ("type", text(self.kind.as_deref())),
            ("threshold", int(self.threshold)),
            ("comparison", text(self.comparison.as_deref())),
            ("period", text(self.period.as_deref())),
        ];
        let notices = self.notifications.as_ref();
        given.extend(notices.map(|notices| ("notifications", notices.value(base, "notifications"))));
        SCHEMA.settle(base, given)
    }

    /// Whether it could be the planned one.
    fn is_like(&self, planned: &Object) -> bool {
        self.name.as_deref() == planned.str("name") && self.kind.as_deref() == planned.str("type")
    }
}

#[async_trait]
impl ResourceType<Rest> for UptimeAlert {
    fn name(&self) -> &'static str {
        "digitalocean_uptime_alert"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let lists: [(_, &[_]); 3] = [("type", &TYPES), ("comparison", &COMPARISONS), ("period", &PERIODS)];
        lists.iter().filter_map(|(name, values)| enumerated::problem(config, name, values)).collect()
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let object = match prior {
            Some(prior) => unchanged(&proposed, prior, &["id"]),
            None => proposed,
        };
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        Some(BatchKey(format!("uptime_alerts/{}", prior.str("check_id")?)))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the uptime alert {}", prior.id()));
        let found: Option<Wire> = api.get(&path(check(prior), prior.id())).optional("alert").await?;
        Ok(found.map(|wire| wire.object(prior)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let Some(check) = items.first().map(|item| check(&item.prior)) else {
            return Vec::new();
        };
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let listing = Listing {
            path: &alerts(check),
            key: "alerts",
            one: &|id| path(check, id),
            one_key: "alert",
            id: |wire: &Wire| wire.id.clone(),
        };
        let found = listing.read(&client.on(cx, format!("reading the alerts of the uptime check {check}")), &ids).await;
        let reads = found.into_iter().zip(items).map(|(found, item)| match found {
            Ok(wire) => Ok(wire.map(|wire| Read::Present(wire.object(&item.prior)))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        });
        reads.map(listing::seen).collect()
    }

    async fn before_create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Json> {
        let api = client.on(cx, format!("noting the alerts of the uptime check {}", check(planned)));
        let existing: Vec<Wire> = api.pages(&alerts(check(planned)), "alerts").await?;
        Ok(existing.into_iter().map(|wire| wire.id).collect())
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("creating the uptime alert {}", planned.str("name").unwrap_or_default()));
        let wire: Wire = api.post(&alerts(check(planned)), &body(planned)).one("alert").await?;
        Ok(wire.object(planned))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("changing the uptime alert {}", prior.str("name").unwrap_or_default()));
        let wire: Wire = api.put(&path(check(prior), prior.id()), &body(planned)).one("alert").await?;
        Ok(wire.object(planned))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let api = client.on(cx, format!("deleting the uptime alert {}", prior.str("name").unwrap_or_default()));
        api.delete(&path(check(prior), prior.id())).gone().await
    }

    fn marker(&self) -> Marker {
        Marker::None
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let planned = &intent.planned;
        let api = client.on(cx, format!("looking for the uptime alert {}", planned.str("name").unwrap_or_default()));
        let before: BTreeSet<_> = intent.before.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        let all = match api.pages::<Vec<Wire>>(&alerts(check(planned)), "alerts").await {
            Err(error) if is_missing(&error) => return Ok(Found::Absent),
            all => all?,
        };
        let new = all
            .into_iter()
            .filter(|wire| !before.contains(&*wire.id) && !intent.claimed.contains(&wire.id) && wire.is_like(planned));
        let first = new.min_by(|a, b| a.id.cmp(&b.id));
        Ok(first.map_or(Found::Absent, |wire| Found::One(wire.object(planned))))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let parts = id.split_once(',').filter(|(check, alert)| !check.is_empty() && !alert.is_empty());
        let Some((check, alert)) = parts else {
            let message = format!("`{id}` is not an id. Write the check's id and the alert's, as in `5a49…,94a7…`");
            return Err(ProviderError::refused("importing an uptime alert", message));
        };
        let known = SCHEMA.object([("check_id", Value::from(check)), ("id", Value::from(alert))]);
        self.read(client, cx, &known).await
    }
}

fn check(object: &Object) -> &str {
    object.str("check_id").unwrap_or_default()
}

fn alerts(check: &str) -> String {
    format!("{}/alerts", uptime_check::path(check))
}

fn path(check: &str, id: &str) -> String {
    format!("{}/{}", alerts(check), segment(id))
}

/// The list of a check that is gone.
fn is_missing(error: &ProviderError) -> bool {
    matches!(error, ProviderError::Refused { code: Some(404), .. })
}

fn body(planned: &Object) -> Json {
    compact(json!({
        "name": planned.str("name"),
        "type": planned.str("type"),
        "threshold": planned.int("threshold"),
        "comparison": planned.str("comparison"),
        "period": planned.str("period"),
        "notifications": notices::body(planned, "notifications"),
    }))
}
