//! `data digitalocean_record` and `digitalocean_records`: the DNS records of a domain, one by its name or all.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::query::Query;
use super::super::record::Wire;
use super::super::record::records;
use super::super::record::same_name;
use super::super::values::int;
use super::super::values::text;
use super::element;
use super::none;
use crate::net::rest::Api;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::of;
use crate::schema::string;
use crate::value::Object;
use crate::value::ObjectAttr;
use crate::value::Type;
use crate::value::Value;

/// A record.
pub(in super::super) struct Record;

/// The records of a domain.
pub(in super::super) struct Records;

const KEYS: [&str; 10] = ["domain", "flags", "name", "port", "priority", "tag", "ttl", "type", "value", "weight"];

fn record_type() -> Type {
    Type::object(vec![
        ObjectAttr::new("id", Type::NUMBER),
        ObjectAttr::new("domain", Type::STRING),
        ObjectAttr::new("type", Type::STRING),
        ObjectAttr::new("name", Type::STRING),
        ObjectAttr::new("value", Type::STRING),
        ObjectAttr::new("priority", Type::NUMBER),
        ObjectAttr::new("port", Type::NUMBER),
        ObjectAttr::new("ttl", Type::NUMBER),
        ObjectAttr::new("weight", Type::NUMBER),
        ObjectAttr::new("flags", Type::NUMBER),
        ObjectAttr::new("tag", Type::STRING),
    ])
}

fn query() -> Query {
    Query { element: record_type(), filters: &KEYS, sorts: &KEYS }
}

static RECORD: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("domain", string().required()),
        ("name", string().required()),
        ("type", string().computed()),
        ("data", string().computed()),
        ("priority", number().computed()),
        ("port", number().computed()),
        ("ttl", number().computed()),
        ("weight", number().computed()),
        ("flags", number().computed()),
        ("tag", string().computed()),
    ])
});

static RECORDS: LazyLock<Schema> = LazyLock::new(|| {
    Query::blocks(Schema::new([
        ("id", string().computed()),
        ("domain", string().required()),
        ("records", of(Type::list(record_type())).computed()),
    ]))
});

async fn all_of(api: &Api<'_>, domain: &str) -> Result<Vec<Wire>> {
    match api.pages(&records(domain), "domain_records").await {
        Err(ProviderError::Refused { code: Some(404), .. }) => Err(none(api, &format!("domain named `{domain}`"))),
        all => all,
    }
}

/// What a record has beside its name and value.
fn rest(wire: &Wire) -> Vec<(&'static str, Value)> {
    vec![
        ("type", Value::from(&*wire.kind)),
        ("priority", int(wire.priority)),
        ("port", int(wire.port)),
        ("ttl", int(wire.ttl)),
        ("weight", int(wire.weight)),
        ("flags", int(wire.flags)),
        ("tag", text(wire.tag.as_deref())),
    ]
}

#[async_trait]
impl DataSource<Rest> for Record {
    fn name(&self) -> &'static str {
        "digitalocean_record"
    }

    fn schema(&self) -> Schema {
        RECORD.clone()
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let (domain, name) = (config.str("domain").unwrap_or_default(), config.str("name").unwrap_or_default());
        let api = client.on(cx, format!("reading the record {name} of {domain}"));
        let all = all_of(&api, domain).await?;
        // Several records may have a name; the first counts.
        let found = all.iter().find(|wire| same_name(&wire.name, name, domain));
        let wire = found.ok_or_else(|| none(&api, &format!("record `{name}` of the domain `{domain}`")))?;
        let mut known = rest(wire);
        known.extend([("id", Value::from(wire.id.to_string())), ("data", Value::from(&*wire.data))]);
        Ok(RECORD.settle(config, known))
    }
}

#[async_trait]
impl DataSource<Rest> for Records {
    fn name(&self) -> &'static str {
        "digitalocean_records"
    }

    fn schema(&self) -> Schema {
        RECORDS.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        query().problems(config)
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let domain = config.str("domain").unwrap_or_default();
        let api = client.on(cx, format!("reading the records of {domain}"));
        let all = all_of(&api, domain).await?;
        let all = all.iter().map(|wire| {
            let mut known = rest(wire);
            known.extend([
                ("id", int(i64::try_from(wire.id).ok())),
                ("domain", Value::from(domain)),
                ("name", Value::from(&*wire.name)),
                ("value", Value::from(&*wire.data)),
            ]);
            element(known)
        });
        let records = query().select(&api, config, all.collect())?;
        Ok(RECORDS.settle(config, [("id", Value::from(domain)), ("records", records)]))
    }
}
