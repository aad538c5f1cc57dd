//! `digitalocean_record`: a DNS record of a domain.
//!
//! [`schema`] has the attributes, [`name`] the spellings of names. The same record may be made twice, so the ones that
//! are there are noted before one is made.

mod name;
mod schema;

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::domain;
use super::listing;
use super::listing::Listing;
use super::values::compact;
use super::values::int;
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
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Value;

pub(super) use name::same_name;
use schema::SCHEMA;

/// A record, found again by its domain and numeric id.
pub(super) struct Record;

const NUMBERS: [&str; 4] = ["priority", "port", "weight", "flags"];

#[derive(Clone, Deserialize)]
pub(super) struct Wire {
    pub(super) id: u64,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) data: String,
    pub(super) ttl: Option<i64>,
    pub(super) priority: Option<i64>,
    pub(super) port: Option<i64>,
    pub(super) weight: Option<i64>,
    pub(super) flags: Option<i64>,
    pub(super) tag: Option<String>,
}

impl Wire {
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        match name {
            "priority" => self.priority,
            "port" => self.port,
            "weight" => self.weight,
            "flags" => self.flags,
            _ => None,
        }
    }

    /// The value as configurations have it.
    pub(super) fn value(&self) -> String {
        name::shown(&self.kind, &self.data)
    }

    fn object(&self, base: &Object, domain: &str) -> Object {
        let kept = |attribute: &str, is_same: &dyn Fn(&str) -> bool| {
            base.str(attribute).filter(|known| is_same(known)).map(Value::from)
        };
        let known_name = kept("name", &|known| name::same_name(known, &self.name, domain));
        let known_value = kept("value", &|known| name::same_value(&self.kind, known, &self.data, domain));
        let mut given = vec![
            ("id", Value::from(self.id.to_string())),
            ("domain", Value::from(domain)),
            ("type", Value::from(&*self.kind)),
            ("name", known_name.unwrap_or_else(|| Value::from(&*self.name))),
            ("value", known_value.unwrap_or_else(|| Value::from(self.value()))),
            ("fqdn", Value::from(name::fqdn(&self.name, domain))),
            ("ttl", int(self.ttl)),
        ];
        // Of the others, what a type has no use for means nothing.
        let numbers = NUMBERS.iter().filter(|name| schema::has(&self.kind, name));
        given.extend(numbers.map(|name| (*name, int(self.number(name)))));
        given.extend(schema::has(&self.kind, "tag").then(|| ("tag", text(self.tag.as_deref()))));
        SCHEMA.settle(base, given)
    }

    /// Whether it is what a planned record would be.
    fn is(&self, planned: &Object, domain: &str) -> bool {
        let name = planned.str("name").unwrap_or_default();
        let value = planned.str("value").unwrap_or_default();
        let numbers = NUMBERS.iter().filter(|name| schema::has(&self.kind, name));
        Some(&*self.kind) == planned.str("type")
            && name::same_name(&self.name, name, domain)
            && name::same_value(&self.kind, &self.data, value, domain)
            && numbers.into_iter().all(|name| planned.int(name).is_none_or(|wanted| self.number(name) == Some(wanted)))
            && planned.str("tag").is_none_or(|tag| !schema::has(&self.kind, "tag") || self.tag.as_deref() == Some(tag))
    }
}

#[async_trait]
impl ResourceType<Rest> for Record {
    fn name(&self) -> &'static str {
        "digitalocean_record"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        schema::problems(config)
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let mut object = proposed;
        let domain = object.str("domain").map(str::to_owned);
        if let Some(prior) = prior {
            object = unchanged(&object, prior, &["id"]);
            // Another spelling of the same is no change.
            if let (Some(before), Some(now), Some(domain)) = (prior.str("name"), object.str("name"), &domain)
                && name::same_name(before, now, domain)
            {
                object = unchanged(&object, prior, &["name"]);
            }
            if let (Some(before), Some(now), Some(domain)) = (prior.str("value"), object.str("value"), &domain)
                && name::same_value(object.str("type").unwrap_or_default(), before, now, domain)
            {
                object = unchanged(&object, prior, &["value"]);
            }
        }
        let fqdn = match (object.str("name"), &domain) {
            (Some(name), Some(domain)) => Value::from(name::fqdn(name, domain)),
            _ => Value::unknown_not_null(crate::value::Type::STRING),
        };
        Planned { object: object.set("fqdn", fqdn), replace: Vec::new(), warnings: Vec::new() }
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        Some(BatchKey(format!("domain_records/{}", prior.str("domain")?)))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let domain = prior.str("domain").unwrap_or_default();
        let api = client.on(cx, format!("reading the record {} of {domain}", prior.id()));
        let record: Option<Wire> = api.get(&path(domain, prior.id())).optional("domain_record").await?;
        Ok(record.map(|record| record.object(prior, domain)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let Some(domain) = items.first().map(|item| item.prior.str("domain").unwrap_or_default()) else {
            return Vec::new();
        };
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let listing = Listing {
            path: &records(domain),
            key: "domain_records",
            one: &|id| path(domain, id),
            one_key: "domain_record",
            id: |record: &Wire| record.id.to_string(),
        };
        let api = client.on(cx, format!("reading the records of {domain}")).sharing();
        let found = listing.read(&api, &ids).await;
        let reads = found.into_iter().zip(items).map(|(found, item)| match found {
            Ok(record) => Ok(record.map(|record| Read::Present(record.object(&item.prior, domain)))),
            // The list of a domain that is gone.
            Err(ProviderError::Refused { code: Some(404), .. }) => Ok(None),
            Err(error) => Err(error),
        });
        reads.map(listing::seen).collect()
    }

    async fn before_create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Json> {
        let domain = planned.str("domain").unwrap_or_default();
        let api = client.on(cx, format!("noting the records of {domain} that exist"));
        Ok(alike(&api, domain, planned).await?.into_iter().map(|record| record.id).collect())
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let domain = planned.str("domain").unwrap_or_default();
        let fqdn = name::fqdn(planned.str("name").unwrap_or_default(), domain);
        let kind = planned.str("type").unwrap_or_default();
        let api = client.on(cx, format!("creating the {kind} record {fqdn}"));
        let record: Wire = api.post(&records(domain), &body(planned)).one("domain_record").await?;
        Ok(record.object(planned, domain))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let domain = planned.str("domain").unwrap_or_default();
        let fqdn = prior.str("fqdn").unwrap_or_default();
        let api = client.on(cx, format!("changing the record {fqdn}"));
        let record: Wire = api.put(&path(domain, prior.id()), &body(planned)).one("domain_record").await?;
        Ok(record.object(planned, domain))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let domain = prior.str("domain").unwrap_or_default();
        let api = client.on(cx, format!("deleting the record {}", prior.str("fqdn").unwrap_or_default()));
        api.delete(&path(domain, prior.id())).gone().await
    }

    fn marker(&self) -> Marker {
        Marker::None
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let domain = intent.planned.str("domain").unwrap_or_default();
        let api = client.on(cx, format!("looking for the record of {domain}"));
        let accounted: BTreeSet<u64> =
            intent.before.as_array().into_iter().flatten().filter_map(Json::as_u64).collect();
        let new = alike(&api, domain, &intent.planned).await?.into_iter().filter(|record| {
            !accounted.contains(&record.id)
                && !intent.claimed.contains(&record.id.to_string())
                && record.is(&intent.planned, domain)
        });
        // New ones that are equal are interchangeable.
        let first = new.min_by_key(|record| record.id);
        Ok(first.map_or(Found::Absent, |record| Found::One(record.object(&intent.planned, domain))))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let parts = id.split_once(',').map(|(domain, record)| (domain.trim(), record.trim()));
        let Some((domain, record)) = parts.filter(|(domain, id)| !domain.is_empty() && id.parse::<u64>().is_ok())
        else {
            let message =
                format!("`{id}` is not an id. Write the domain and the record's number, as in `example.com,123`");
            return Err(ProviderError::refused("importing a record", message));
        };
        let known = SCHEMA.object([("domain", Value::from(domain)), ("id", Value::from(record))]);
        self.read(client, cx, &known).await
    }
}

pub(super) fn records(domain: &str) -> String {
    format!("{}/records", domain::path(domain))
}

fn path(domain: &str, id: &str) -> String {
    format!("{}/{}", records(domain), segment(id))
}

/// The records of the planned one's name and type.
async fn alike(api: &Api<'_>, domain: &str, planned: &Object) -> Result<Vec<Wire>> {
    let fqdn = name::fqdn(planned.str("name").unwrap_or_default(), domain);
    let kind = planned.str("type").unwrap_or_default();
    let path = format!("{}?name={}&type={}", records(domain), segment(&fqdn), segment(kind));
    match api.pages(&path, "domain_records").await {
        // A new domain may not be visible everywhere at once.
        Err(ProviderError::Refused { code: Some(404), .. }) => Ok(Vec::new()),
        alike => alike,
    }
}

fn body(planned: &Object) -> Json {
    let domain = planned.str("domain").unwrap_or_default();
    let kind = planned.str("type").unwrap_or_default();
    let number = |name: &str| planned.int(name).filter(|_| schema::has(kind, name));
    compact(json!({
        "type": kind,
        "name": planned.str("name").map(|name| name::relative(name, domain)),
        "data": planned.str("value").map(|value| name::written(kind, value)),
        "ttl": planned.int("ttl"),
        "priority": number("priority"),
        "port": number("port"),
        "weight": number("weight"),
        "flags": number("flags"),
        "tag": planned.str("tag").filter(|_| schema::has(kind, "tag")),
    }))
}
