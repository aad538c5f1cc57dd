//! `digitalocean_region` and `digitalocean_regions`: where there are data centres, and what each offers.

use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;

use super::super::query::Query;
use super::super::values::strings;
use super::element;
use super::none;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::of;
use crate::schema::set;
use crate::schema::string;
use crate::value::Object;
use crate::value::ObjectAttr;
use crate::value::Type;
use crate::value::Value;

/// A region.
pub(in super::super) struct Region;

/// The regions.
pub(in super::super) struct Regions;

fn query() -> Query {
    let element = Type::object(vec![
        ObjectAttr::new("slug", Type::STRING),
        ObjectAttr::new("name", Type::STRING),
        ObjectAttr::new("available", Type::BOOL),
        ObjectAttr::new("sizes", Type::set(Type::STRING)),
        ObjectAttr::new("features", Type::set(Type::STRING)),
    ]);
    Query {
        element,
        filters: &["slug", "name", "available", "features", "sizes"],
        sorts: &["slug", "name", "available"],
    }
}

static REGION: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("slug", string().required()),
        ("name", string().computed()),
        ("available", boolean().computed()),
        ("sizes", set(Type::STRING).computed()),
        ("features", set(Type::STRING).computed()),
    ])
});

static REGIONS: LazyLock<Schema> = LazyLock::new(|| {
    Query::blocks(Schema::new([("id", string().computed()), ("regions", of(Type::list(query().element)).computed())]))
});

#[derive(Deserialize)]
struct Wire {
    slug: String,
    name: String,
    #[serde(default)]
    available: bool,
    sizes: Option<Vec<String>>,
    features: Option<Vec<String>>,
}

impl Wire {
    fn attributes(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("slug", Value::from(&*self.slug)),
            ("name", Value::from(&*self.name)),
            ("available", Value::from(self.available)),
            ("sizes", strings(self.sizes.iter().flatten())),
            ("features", strings(self.features.iter().flatten())),
        ]
    }
}

#[async_trait]
impl DataSource<Rest> for Region {
    fn name(&self) -> &'static str {
        "digitalocean_region"
    }

    fn schema(&self) -> Schema {
        REGION.clone()
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let slug = config.str("slug").unwrap_or_default();
        let api = client.on(cx, format!("reading the region {slug}"));
        let all: Vec<Wire> = api.pages("/v2/regions", "regions").await?;
        let found = all.iter().find(|wire| wire.slug.eq_ignore_ascii_case(slug));
        let wire = found.ok_or_else(|| {
            let slugs = all.iter().map(|wire| &*wire.slug).collect::<Vec<_>>().join(", ");
            none(&api, &format!("region `{slug}` among {slugs}"))
        })?;
        let mut known = wire.attributes();
        known.extend([("slug", Value::from(slug)), ("id", Value::from(&*wire.slug))]);
        Ok(REGION.settle(config, known))
    }
}

#[async_trait]
impl DataSource<Rest> for Regions {
    fn name(&self) -> &'static str {
        "digitalocean_regions"
    }

    fn schema(&self) -> Schema {
        REGIONS.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        query().problems(config)
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let api = client.on(cx, "reading the regions");
        let all: Vec<Wire> = api.pages("/v2/regions", "regions").await?;
        let regions = query().select(&api, config, all.iter().map(|wire| element(wire.attributes())).collect())?;
        Ok(REGIONS.settle(config, [("id", Value::from("regions")), ("regions", regions)]))
    }
}
