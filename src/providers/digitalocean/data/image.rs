//! `digitalocean_image` and `digitalocean_images`: what droplets can be made from.

use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;

use super::super::query::Query;
use super::super::values::int;
use super::super::values::number as figure;
use super::super::values::strings;
use super::super::values::text;
use super::element;
use super::none;
use super::one_of;
use super::only;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::number;
use crate::schema::of;
use crate::schema::set;
use crate::schema::string;
use crate::value::Object;
use crate::value::ObjectAttr;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

/// An image.
pub(in super::super) struct Image;

/// The images.
pub(in super::super) struct Images;

const FILTERS: [&str; 13] = [
    "distribution",
    "error_message",
    "id",
    "image",
    "min_disk_size",
    "name",
    "private",
    "regions",
    "size_gigabytes",
    "slug",
    "status",
    "tags",
    "type",
];
const SORTS: [&str; 12] = [
    "created",
    "distribution",
    "error_message",
    "id",
    "image",
    "min_disk_size",
    "name",
    "private",
    "size_gigabytes",
    "slug",
    "status",
    "type",
];
const SOURCES: [&str; 4] = ["all", "applications", "distributions", "user"];

fn image_type() -> Type {
    Type::object(vec![
        ObjectAttr::new("id", Type::NUMBER),
        ObjectAttr::new("image", Type::STRING),
        ObjectAttr::new("name", Type::STRING),
        ObjectAttr::new("slug", Type::STRING),
        ObjectAttr::new("type", Type::STRING),
        ObjectAttr::new("distribution", Type::STRING),
        ObjectAttr::new("description", Type::STRING),
        ObjectAttr::new("min_disk_size", Type::NUMBER),
        ObjectAttr::new("size_gigabytes", Type::NUMBER),
        ObjectAttr::new("private", Type::BOOL),
        ObjectAttr::new("regions", Type::set(Type::STRING)),
        ObjectAttr::new("tags", Type::set(Type::STRING)),
        ObjectAttr::new("created", Type::STRING),
        ObjectAttr::new("status", Type::STRING),
        ObjectAttr::new("error_message", Type::STRING),
    ])
}

static IMAGE: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", number().optional_computed()),
        ("name", string().optional_computed()),
        ("slug", string().optional_computed()),
        ("source", string()),
        ("image", string().computed()),
        ("type", string().computed()),
        ("distribution", string().computed()),
        ("description", string().computed()),
        ("min_disk_size", number().computed()),
        ("size_gigabytes", number().computed()),
        ("private", boolean().computed()),
        ("regions", set(Type::STRING).computed()),
        ("tags", set(Type::STRING).computed()),
        ("created", string().computed()),
        ("status", string().computed()),
        ("error_message", string().computed()),
    ])
});

static IMAGES: LazyLock<Schema> = LazyLock::new(|| {
    Query::blocks(Schema::new([("id", string().computed()), ("images", of(Type::list(image_type())).computed())]))
});

#[derive(Deserialize)]
struct Wire {
    id: i64,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    distribution: Option<String>,
    slug: Option<String>,
    description: Option<String>,
    #[serde(default)]
    public: bool,
    regions: Option<Vec<String>>,
    created_at: Option<String>,
    min_disk_size: Option<i64>,
    size_gigabytes: Option<serde_json::Number>,
    tags: Option<Vec<String>>,
    status: Option<String>,
    error_message: Option<String>,
}

impl Wire {
    fn attributes(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("id", int(Some(self.id))),
            ("image", Value::from(self.id.to_string())),
            ("name", text(self.name.as_deref())),
            ("slug", text(self.slug.as_deref())),
            ("type", text(self.kind.as_deref())),
            ("distribution", text(self.distribution.as_deref())),
            ("description", text(self.description.as_deref())),
            ("min_disk_size", int(self.min_disk_size)),
            ("size_gigabytes", figure(self.size_gigabytes.as_ref())),
            ("private", Value::from(!self.public)),
            ("regions", strings(self.regions.iter().flatten())),
            ("tags", strings(self.tags.iter().flatten())),
            ("created", text(self.created_at.as_deref())),
            ("status", text(self.status.as_deref())),
            ("error_message", text(self.error_message.as_deref())),
        ]
    }
}

#[async_trait]
impl DataSource<Rest> for Image {
    fn name(&self) -> &'static str {
        "digitalocean_image"
    }

    fn schema(&self) -> Schema {
        IMAGE.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = one_of(config, &["id", "name", "slug"], false);
        let mut push = |summary: &str, detail: String| {
            problems.push(Problem { path: Path::of("source"), summary: summary.to_owned(), detail });
        };
        if let Some(source) = config.str("source") {
            if !SOURCES.contains(&source) {
                push("Invalid source", format!("`{source}` is not one of {}.", SOURCES.join(", ")));
            }
            if config.get("name").is_none_or(Value::is_null) {
                push("Conflicting arguments", "`source` goes with `name` only.".to_owned());
            }
        }
        problems
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let api = client.on(cx, "reading an image");
        let by_key = config.int("id").map(|id| id.to_string()).or_else(|| config.str("slug").map(str::to_owned));
        let wire = match (by_key, config.str("name")) {
            (Some(key), _) => {
                let found: Option<Wire> = api.get(&format!("/v2/images/{}", segment(&key))).optional("image").await?;
                found.ok_or_else(|| none(&api, &format!("image `{key}`")))?
            }
            (None, name) => {
                let path = match config.str("source").unwrap_or("user") {
                    "applications" => "/v2/images?type=application",
                    "distributions" => "/v2/images?type=distribution",
                    "all" => "/v2/images",
                    _ => "/v2/images?private=true",
                };
                let mut all: Vec<Wire> = api.pages(path, "images").await?;
                all.retain(|wire| wire.name.as_deref() == name);
                only(&api, all, &format!("image named `{}`", name.unwrap_or_default()))?
            }
        };
        Ok(IMAGE.settle(config, wire.attributes()))
    }
}

fn query() -> Query {
    Query { element: image_type(), filters: &FILTERS, sorts: &SORTS }
}

#[async_trait]
impl DataSource<Rest> for Images {
    fn name(&self) -> &'static str {
        "digitalocean_images"
    }

    fn schema(&self) -> Schema {
        IMAGES.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        query().problems(config)
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let api = client.on(cx, "reading the images");
        let all: Vec<Wire> = api.pages("/v2/images", "images").await?;
        let images = query().select(&api, config, all.iter().map(|wire| element(wire.attributes())).collect())?;
        Ok(IMAGES.settle(config, [("id", Value::from("images")), ("images", images)]))
    }
}
