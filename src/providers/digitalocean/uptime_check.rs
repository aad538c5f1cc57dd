//! `digitalocean_uptime_check`: an address that is asked for from around the world.
//!
//! The vendor offers no mark and two may be alike, so those that exist are noted before one is made.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::enumerated;
use super::listing;
use super::listing::Listing;
use super::values::listed;
use super::values::strings;
use super::values::text;
use super::values::unchanged;
use crate::net::rest::Api;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Marker;
use crate::provider::Planned;
use crate::provider::Price;
use crate::provider::PriceList;
use crate::provider::Problem;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::set;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

/// A check, found again by its uuid.
pub(super) struct UptimeCheck;

const CHECKS: &str = "/v2/uptime/checks";
const TYPES: [&str; 3] = ["ping", "http", "https"];
const REGIONS: [&str; 4] = ["us_east", "us_west", "eu_west", "se_asia"];

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("name", string().required()),
        ("target", string().required()),
        ("type", string().default("https")),
        ("regions", set(Type::STRING).optional_computed()),
        ("enabled", boolean().default(true)),
    ])
});

#[derive(Clone, Deserialize)]
struct Wire {
    id: String,
    name: Option<String>,
    target: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    regions: Option<Vec<String>>,
    enabled: Option<bool>,
}

impl Wire {
    fn object(&self, base: &Object) -> Object {
        let mut given = vec![
            ("id", Value::from(&*self.id)),
            ("name", text(self.name.as_deref())),
            ("target", text(self.target.as_deref())),
            ("type", text(self.kind.as_deref())),
            ("regions", strings(self.regions.iter().flatten())),
        ];
        given.extend(self.enabled.map(|enabled| ("enabled", Value::from(enabled))));
        SCHEMA.settle(base, given)
    }

    /// Whether it could be the planned one.
    fn is_like(&self, planned: &Object) -> bool {
        let same = |name: &str, answered: &Option<String>| answered.as_deref() == planned.str(name);
        same("name", &self.name) && same("target", &self.target) && same("type", &self.kind)
    }
}

#[async_trait]
impl ResourceType<Rest> for UptimeCheck {
    fn name(&self) -> &'static str {
        "digitalocean_uptime_check"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems: Vec<_> = enumerated::problem(config, "type", &TYPES).into_iter().collect();
        let regions = config.get("regions").and_then(Value::as_elements).unwrap_or_default();
        let bad = regions.iter().filter_map(Value::as_str).filter(|region| !REGIONS.contains(region));
        problems.extend(bad.map(|region| Problem {
            path: Path::of("regions"),
            summary: "Invalid region".to_owned(),
            detail: format!("Checks are not made from `{region}`, but from {}.", REGIONS.join(", ")),
        }));
        problems
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let object = match prior {
            Some(prior) => unchanged(&proposed, prior, &["id"]),
            None => proposed,
        };
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("uptime_checks".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the uptime check {}", prior.id()));
        Ok(get(&api, prior.id()).await?.map(|wire| wire.object(prior)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let listing =
            Listing { path: CHECKS, key: "checks", one: &path, one_key: "check", id: |it: &Wire| it.id.clone() };
        let found = listing.read(&client.on(cx, "reading uptime checks"), &ids).await;
        let reads = found.into_iter().zip(items);
        reads.map(|(found, item)| listing::seen(found.map(|it| Some(Read::Present(it?.object(&item.prior)))))).collect()
    }

    async fn before_create(&self, client: &Rest, cx: &Cx, _: &Object) -> Result<Json> {
        let api = client.on(cx, "noting the uptime checks that exist");
        let existing: Vec<Wire> = api.pages(CHECKS, "checks").await?;
        Ok(existing.into_iter().map(|wire| wire.id).collect())
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("creating the uptime check {}", planned.str("name").unwrap_or_default()));
        let wire: Wire = api.post(CHECKS, &body(planned)).one("check").await?;
        Ok(wire.object(planned))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("changing the uptime check {}", prior.str("name").unwrap_or_default()));
        let wire: Wire = api.put(&path(prior.id()), &body(planned)).one("check").await?;
        Ok(wire.object(planned))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let name = prior.str("name").unwrap_or_default();
        client.on(cx, format!("deleting the uptime check {name}")).delete(&path(prior.id())).gone().await
    }

    fn price(&self, _: &Object, _: &PriceList) -> Price {
        Price::Unknown("checks beyond an account's first are charged for".to_owned())
    }

    fn marker(&self) -> Marker {
        Marker::None
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let planned = &intent.planned;
        let api = client.on(cx, format!("looking for the uptime check {}", planned.str("name").unwrap_or_default()));
        let before: BTreeSet<_> = intent.before.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        let all: Vec<Wire> = api.pages(CHECKS, "checks").await?;
        let new = all
            .into_iter()
            .filter(|wire| !before.contains(&*wire.id) && !intent.claimed.contains(&wire.id) && wire.is_like(planned));
        let first = new.min_by(|a, b| a.id.cmp(&b.id));
        Ok(first.map_or(Found::Absent, |wire| Found::One(wire.object(planned))))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let api = client.on(cx, format!("importing the uptime check {id}"));
        Ok(get(&api, id).await?.map(|wire| wire.object(&SCHEMA.empty())))
    }
}

pub(super) fn path(id: &str) -> String {
    format!("{CHECKS}/{}", segment(id))
}

async fn get(api: &Api<'_>, id: &str) -> Result<Option<Wire>> {
    api.get(&path(id)).optional("check").await
}

/// All of it; without regions the vendor chooses.
fn body(planned: &Object) -> Json {
    json!({
        "name": planned.str("name"),
        "target": planned.str("target"),
        "type": planned.str("type"),
        "regions": listed(planned, "regions").unwrap_or_default(),
        "enabled": planned.bool("enabled"),
    })
}
