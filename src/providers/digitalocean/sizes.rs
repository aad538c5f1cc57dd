//! `digitalocean_sizes`: the droplet sizes that there are, filtered and sorted.

use std::cmp::Ordering;
use std::sync::LazyLock;

use async_trait::async_trait;
use regex::Regex;
use serde::Deserialize;

use super::values::int;
use super::values::number;
use super::values::strings;
use super::values::text;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::NestedBlock;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::list;
use crate::schema::of;
use crate::schema::string;
use crate::value::Number;
use crate::value::Object;
use crate::value::ObjectAttr;
use crate::value::Path;
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

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let filter = NestedBlock::set([
        ("key", string().required()),
        ("values", list(Type::STRING).required()),
        ("match_by", string().default("exact")),
        ("all", boolean().default(false)),
    ]);
    let sort = NestedBlock::list([("key", string().required()), ("direction", string().default("asc"))]);
    Schema::new([("id", string().computed()), ("sizes", of(Type::list(size_type())).computed())])
        .block("filter", filter)
        .block("sort", sort)
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
        let mut problems = Vec::new();
        for (at, filter) in blocks(config, "filter").enumerate() {
            problems.extend(wrong(filter, "filter", at, "key", &FILTERS));
            problems.extend(wrong(filter, "filter", at, "match_by", &["exact", "re", "substring"]));
            if let Err(detail) = Filter::new(filter) {
                problems.push(problem("filter", at, "values", detail));
            }
        }
        for (at, sort) in blocks(config, "sort").enumerate() {
            problems.extend(wrong(sort, "sort", at, "key", &SORTS));
            problems.extend(wrong(sort, "sort", at, "direction", &["asc", "desc"]));
        }
        problems
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let api = client.on(cx, "reading the droplet sizes");
        let filters = blocks(config, "filter").map(Filter::new).collect::<std::result::Result<Vec<_>, _>>();
        let filters = filters.map_err(|problem| ProviderError::refused(api.doing(), problem))?;
        let sizes: Vec<Wire> = api.pages("/v2/sizes", "sizes").await?;
        let mut sizes: Vec<_> = sizes.iter().map(Wire::object).collect();
        sizes.retain(|size| filters.iter().all(|filter| filter.lets(size)));
        sizes.sort_by(|a, b| order(config, a, b));
        let sizes = sizes.into_iter().map(|size| Value::Object(size.into())).collect();
        let known = [("id", Value::from("sizes")), ("sizes", Value::list(size_type(), sizes))];
        Ok(SCHEMA.settle(config, known))
    }
}

/// Those blocks of which everything is known.
fn blocks<'a>(config: &'a Object, name: &str) -> impl Iterator<Item = &'a Object> {
    let blocks = config.get(name).and_then(Value::as_elements).unwrap_or_default();
    blocks.iter().filter(|block| block.is_wholly_known()).filter_map(Value::as_object)
}

/// One `filter` block, understood.
struct Filter<'a> {
    key: &'a str,
    tests: Vec<Test>,
    /// Every value must match, not only one.
    all: bool,
}

enum Test {
    Exact(Value),
    Pattern(Regex),
    Part(String),
}

impl<'a> Filter<'a> {
    fn new(block: &'a Object) -> std::result::Result<Self, String> {
        let key = block.str("key").unwrap_or_default();
        let match_by = block.str("match_by").unwrap_or("exact");
        let values = block.strings("values").unwrap_or_default();
        let tests = values.iter().map(|value| match (key, match_by) {
            ("slug" | "regions", "re") => {
                Regex::new(value).map(Test::Pattern).map_err(|_| format!("`{value}` is not a regular expression."))
            }
            ("slug" | "regions", "substring") => Ok(Test::Part(value.to_string())),
            ("slug" | "regions", _) => Ok(Test::Exact(Value::from(&**value))),
            (_, "re" | "substring") => Err(format!("`{key}` is not text, so it can only be matched exactly.")),
            ("available", _) => {
                let flag = value.parse().map_err(|_| format!("`{value}` is neither \"true\" nor \"false\"."))?;
                Ok(Test::Exact(Value::Bool(flag)))
            }
            _ => {
                let number: Number = value.parse().map_err(|_| format!("`{value}` is not a number."))?;
                Ok(Test::Exact(Value::from(number)))
            }
        });
        Ok(Self { key, tests: tests.collect::<std::result::Result<_, _>>()?, all: block.bool("all") == Some(true) })
    }

    /// Whether a size passes. Of a set, any element may match a value.
    fn lets(&self, size: &Object) -> bool {
        let Some(value) = size.get(self.key) else {
            return false;
        };
        let candidates = value.as_elements().unwrap_or(std::slice::from_ref(value));
        let matches = |test: &Test| candidates.iter().any(|candidate| test.matches(candidate));
        if self.all { self.tests.iter().all(matches) } else { self.tests.iter().any(matches) }
    }
}

impl Test {
    fn matches(&self, value: &Value) -> bool {
        match self {
            Test::Exact(wanted) => wanted == value,
            Test::Pattern(pattern) => value.as_str().is_some_and(|text| pattern.is_match(text)),
            Test::Part(part) => value.as_str().is_some_and(|text| text.contains(&**part)),
        }
    }
}

/// The order that the `sort` blocks ask for; the first that tells two sizes apart decides.
fn order(config: &Object, a: &Object, b: &Object) -> Ordering {
    let orders = blocks(config, "sort").map(|sort| {
        let value = |size: &Object| size.get(sort.str("key").unwrap_or_default()).cloned().unwrap_or(Value::NULL);
        let order = value(a).compare(&value(b));
        if sort.str("direction") == Some("desc") { order.reverse() } else { order }
    });
    orders.fold(Ordering::Equal, Ordering::then)
}

fn wrong(block: &Object, name: &str, at: usize, attribute: &str, allowed: &[&str]) -> Option<Problem> {
    let value = block.str(attribute).filter(|value| !allowed.contains(value))?;
    Some(problem(name, at, attribute, format!("`{value}` is not one of {}.", allowed.join(", "))))
}

fn problem(block: &str, at: usize, attribute: &str, detail: String) -> Problem {
    let path = Path::of(block).index(at as i64).attr(attribute);
    Problem { path, summary: format!("Invalid {block}"), detail }
}
