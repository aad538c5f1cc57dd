//! `digitalocean_domain`: a domain whose records the vendor serves.
//!
//! Deleting it deletes all its records, also those that somebody else made.

use std::net::Ipv4Addr;
use std::sync::LazyLock;

use async_trait::async_trait;
use regex::Regex;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::listing;
use super::listing::Listing;
use super::record;
use super::taken;
use super::values::compact;
use super::values::int;
use super::values::unchanged;
use crate::net::rest::Api;
use crate::net::rest::Habits;
use crate::net::rest::Poll;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// A domain; its name is its id.
pub(super) struct Domain;

const VISIBLE: Habits = Habits::new(5, 120);

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("name", string().required().replaces().equality(Equality::IgnoreCase)),
        // Makes a record for the domain itself, once.
        ("ip_address", string().replaces().boot_only()),
        ("ttl", number().computed()),
        ("urn", string().computed()),
    ])
});

static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let label = r"[a-zA-Z0-9_]([a-zA-Z0-9_\-]{0,61}[a-zA-Z0-9_])?";
    Regex::new(&format!(r"^{label}(\.{label})+$")).expect("the pattern is valid")
});

#[derive(Clone, Deserialize)]
pub(super) struct Wire {
    pub(super) name: String,
    pub(super) ttl: Option<i64>,
    pub(super) zone_file: Option<String>,
}

impl Wire {
    pub(super) fn urn(&self) -> Value {
        Value::from(format!("do:domain:{}", self.name))
    }

    fn object(&self, base: &Object) -> Object {
        let name = || Value::from(&*self.name);
        let mut given = vec![("id", name()), ("name", name()), ("urn", self.urn())];
        // A new domain's may be missing from the answer.
        given.extend(self.ttl.map(|ttl| ("ttl", int(Some(ttl)))));
        SCHEMA.settle(base, given)
    }
}

#[async_trait]
impl ResourceType<Rest> for Domain {
    fn name(&self) -> &'static str {
        "digitalocean_domain"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(name) = config.str("name").filter(|name| name.len() > 253 || !NAME.is_match(name)) {
            let detail =
                format!("`{name}` is not a domain's name. Write it as in \"example.com\", without a dot at its end.");
            problems.push(Problem { path: Path::of("name"), summary: "Invalid domain name".to_owned(), detail });
        }
        if let Some(ip) = config.str("ip_address").filter(|ip| ip.parse::<Ipv4Addr>().is_err()) {
            let detail = format!("`{ip}` is not an IPv4 address, which a record of the type A needs.");
            problems.push(Problem { path: Path::of("ip_address"), summary: "Invalid IP address".to_owned(), detail });
        }
        problems
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let object = match prior {
            Some(prior) => unchanged(&proposed, prior, &["id", "ttl", "urn"]),
            None => proposed,
        };
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("domains".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the domain {}", prior.id()));
        Ok(get(&api, prior.id()).await?.map(|wire| wire.object(prior)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let api = client.on(cx, "reading domains").sharing();
        if let [item] = items
            && api.shares()
        {
            return vec![listing::seen(served(&api, &item.prior).await.map(|domain| domain.map(Read::Present)))];
        }
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let listing = Listing {
            path: "/v2/domains",
            key: "domains",
            one: &path,
            one_key: "domain",
            id: |wire: &Wire| wire.name.clone(),
        };
        let found = listing.read(&api, &ids).await;
        let reads = found.into_iter().zip(items);
        reads
            .map(|(found, item)| listing::seen(found.map(|wire| Some(Read::Present(wire?.object(&item.prior))))))
            .collect()
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let name = planned.str("name").unwrap_or_default();
        let api = client.on(cx, format!("creating the domain {name}"));
        let body = compact(json!({"name": name, "ip_address": planned.str("ip_address")}));
        let made = api.post("/v2/domains", &body).one("domain").await;
        // A domain of another account cannot be seen.
        let holder = async { Ok(get(&api, name).await?.map(|wire| wire.name)) };
        let wire: Wire = taken::named(made, holder).await?;
        cx.record(&wire.object(planned)).await?;
        if wire.ttl.is_some() {
            return Ok(wire.object(planned));
        }
        let (api, name) = (&api, &*wire.name);
        let wire = api.until(api.doing(), VISIBLE, || async {
            let seen = get(api, name).await?;
            Ok(seen.map_or_else(|| Poll::Pending("not yet visible".to_owned()), Poll::Ready))
        });
        Ok(wire.await?.object(planned))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        client.on(cx, format!("deleting the domain {}", prior.id())).delete(&path(prior.id())).gone().await
    }

    fn guards(&self) -> Option<&'static str> {
        Some("its records")
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let name = intent.planned.str("name").unwrap_or_default();
        let api = client.on(cx, format!("looking for the domain {name}"));
        let found = get(&api, name).await?.filter(|wire| !intent.claimed.contains(&wire.name));
        Ok(found.map_or(Found::Absent, |wire| Found::One(wire.object(&intent.planned))))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let api = client.on(cx, format!("importing the domain {id}"));
        Ok(get(&api, id).await?.map(|wire| wire.object(&SCHEMA.empty())))
    }
}

pub(super) fn path(name: &str) -> String {
    format!("/v2/domains/{}", segment(name))
}

/// The domain, as the first of its records show that there is one: they are read anyway where a record is ours.
async fn served(api: &Api<'_>, prior: &Object) -> Result<Option<Object>> {
    let records = api.first_page(&record::records(prior.id()));
    match api.page::<Vec<IgnoredAny>>(&records, "domain_records").await {
        Ok(_) => Ok(Some(prior.clone())),
        Err(ProviderError::Refused { code: Some(404), .. }) => {
            Ok(get(api, prior.id()).await?.map(|wire| wire.object(prior)))
        }
        Err(error) => Err(error),
    }
}

async fn get(api: &Api<'_>, name: &str) -> Result<Option<Wire>> {
    api.get(&path(name)).optional("domain").await
}
