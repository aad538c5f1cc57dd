//! `data digitalocean_domain` and `digitalocean_domains`: domains, by name or listed.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::domain::Wire;
use super::super::domain::path;
use super::super::query::Query;
use super::super::values::int;
use super::super::values::text;
use super::element;
use super::none;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
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

/// A domain.
pub(in super::super) struct Domain;

/// The domains.
pub(in super::super) struct Domains;

static DOMAIN: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("name", string().required()),
        ("ttl", number().computed()),
        ("urn", string().computed()),
        ("zone_file", string().computed()),
    ])
});

static DOMAINS: LazyLock<Schema> = LazyLock::new(|| {
    Query::blocks(Schema::new([("id", string().computed()), ("domains", of(Type::list(query().element)).computed())]))
});

fn query() -> Query {
    let element = Type::object(vec![
        ObjectAttr::new("name", Type::STRING),
        ObjectAttr::new("ttl", Type::NUMBER),
        ObjectAttr::new("urn", Type::STRING),
    ]);
    Query { element, filters: &["name", "urn", "ttl"], sorts: &["name", "urn", "ttl"] }
}

#[async_trait]
impl DataSource<Rest> for Domain {
    fn name(&self) -> &'static str {
        "digitalocean_domain"
    }

    fn schema(&self) -> Schema {
        DOMAIN.clone()
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let name = config.str("name").unwrap_or_default();
        let api = client.on(cx, format!("reading the domain {name}"));
        let found: Option<Wire> = api.get(&path(name)).optional("domain").await?;
        let wire = found.ok_or_else(|| none(&api, &format!("domain named `{name}`")))?;
        let known = [
            ("id", Value::from(&*wire.name)),
            ("ttl", int(wire.ttl)),
            ("urn", wire.urn()),
            ("zone_file", text(wire.zone_file.as_deref())),
        ];
        Ok(DOMAIN.settle(config, known))
    }
}

#[async_trait]
impl DataSource<Rest> for Domains {
    fn name(&self) -> &'static str {
        "digitalocean_domains"
    }

    fn schema(&self) -> Schema {
        DOMAINS.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        query().problems(config)
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let api = client.on(cx, "reading the domains");
        let all: Vec<Wire> = api.pages("/v2/domains", "domains").await?;
        let all = all
            .iter()
            .map(|wire| element(vec![("name", Value::from(&*wire.name)), ("ttl", int(wire.ttl)), ("urn", wire.urn())]));
        let domains = query().select(&api, config, all.collect())?;
        Ok(DOMAINS.settle(config, [("id", Value::from("domains")), ("domains", domains)]))
    }
}
