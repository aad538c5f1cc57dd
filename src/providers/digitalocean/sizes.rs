//! `digitalocean_sizes`: the droplet sizes that there are, filtered and sorted.

use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;

use super::query::Query;
use super::values::int;
use super::values::number;
use super::values::strings;
use super::values::text;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
use crate::provider::Result;
use crate::schema::Schema;
use crate::schema::of;
use crate::schema::string;
use crate::value::Object;
use crate::value::ObjectAttr;
use crate::value::Type;
use crate::value::Value;

/// The sizes.
pub(super) struct Sizes;

const FILTERS: [&str; 9] =
    ["slug", "regions", "memory", "vcpus", "disk", "transfer", "price_monthly", "price_hourly", "available"];
const SORTS: [&str; 7] = ["slug", "memory", "vcpus", "disk", "transfer", "price_monthly", "price_hourly"];

fn vram_type() -> Type {
    Type::object(vec![ObjectAttr::new("amount", Type::NUMBER), ObjectAttr::new("unit", Type::STRING)])
}

fn gpu_type() -> Type {
    Type::object(vec![
        ObjectAttr::new("count", Type::NUMBER),
        ObjectAttr::new("model", Type::STRING),
        ObjectAttr::new("vram", Type::list(vram_type())),
        ObjectAttr::new("supported_partition_modes", Type::list(Type::STRING)),
    ])
}

fn size_type() -> Type {
    Type::object(vec![
        ObjectAttr::new("slug", Type::STRING),
        ObjectAttr::new("available", Type::BOOL),
        ObjectAttr::new("transfer", Type::NUMBER),
        ObjectAttr::new("price_monthly", Type::NUMBER),
        ObjectAttr::new("price_hourly", Type::NUMBER),
        ObjectAttr::new("memory", Type::NUMBER),
        ObjectAttr::new("vcpus", Type::NUMBER),
        ObjectAttr::new("disk", Type::NUMBER),
        ObjectAttr::new("regions", Type::set(Type::STRING)),
        ObjectAttr::new("gpu_info", Type::list(gpu_type())),
    ])
}

fn query() -> Query {
    Query { element: size_type(), filters: &FILTERS, sorts: &SORTS }
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Query::blocks(Schema::new([("id", string().computed()), ("sizes", of(Type::list(size_type())).computed())]))
});

#[derive(Deserialize)]
struct Wire {
    slug: String,
    available: bool,
    transfer: Option<serde_json::Number>,
    price_monthly: Option<serde_json::Number>,
    price_hourly: Option<serde_json::Number>,
    memory: Option<i64>,
    vcpus: Option<i64>,
    disk: Option<i64>,
    #[serde(default)]
    regions: Vec<String>,
    gpu_info: Option<Gpu>,
}

#[derive(Deserialize)]
struct Gpu {
    count: Option<i64>,
    model: Option<String>,
    vram: Option<Vram>,
    #[serde(default)]
    supported_partition_modes: Vec<String>,
}

#[derive(Deserialize)]
struct Vram {
    amount: Option<i64>,
    unit: Option<String>,
}

impl Wire {
    fn object(&self) -> Object {
        Object::new([
            ("slug".into(), Value::from(&*self.slug)),
            ("available".into(), Value::from(self.available)),
            ("transfer".into(), number(self.transfer.as_ref())),
            ("price_monthly".into(), number(self.price_monthly.as_ref())),
            ("price_hourly".into(), number(self.price_hourly.as_ref())),
            ("memory".into(), int(self.memory)),
            ("vcpus".into(), int(self.vcpus)),
            ("disk".into(), int(self.disk)),
            ("regions".into(), strings(&self.regions)),
            ("gpu_info".into(), Value::list(gpu_type(), self.gpu_info.iter().map(Gpu::value).collect())),
        ])
    }
}

impl Gpu {
    fn value(&self) -> Value {
        let vram = self.vram.iter().map(|vram| {
            Value::object([("amount".into(), int(vram.amount)), ("unit".into(), text(vram.unit.as_deref()))])
        });
        let modes = self.supported_partition_modes.iter().map(|mode| Value::from(&**mode));
        Value::object([
            ("count".into(), int(self.count)),
            ("model".into(), text(self.model.as_deref())),
            ("vram".into(), Value::list(vram_type(), vram.collect())),
            ("supported_partition_modes".into(), Value::list(Type::STRING, modes.collect())),
        ])
    }
}

#[async_trait]
impl DataSource<Rest> for Sizes {
    fn name(&self) -> &'static str {
        "digitalocean_sizes"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        query().problems(config)
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let api = client.on(cx, "reading the droplet sizes");
        let sizes: Vec<Wire> = api.pages("/v2/sizes", "sizes").await?;
        let sizes = query().select(&api, config, sizes.iter().map(Wire::object).collect())?;
        Ok(SCHEMA.settle(config, [("id", Value::from("sizes")), ("sizes", sizes)]))
    }
}
