//! The vendor's distribution images: a table.

use std::sync::LazyLock;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::Error;
use serde_json::Value;
use serde_json::json;
use serde_json::value::RawValue;
use serde_json::value::to_raw_value;

use crate::sim::call::Call;
use crate::sim::digitalocean::regions;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// What a droplet boots from.
pub(super) struct Image {
    pub(super) id: u64,
    pub(super) slug: &'static str,
    /// Gigabytes.
    pub(super) min_disk: u64,
    shown: Box<RawValue>,
}

/// Number, slug, name, distribution, smallest disk in gigabytes.
const TABLE: [(u64, &str, &str, &str, u64); 9] = [
    (129211873, "ubuntu-20-04-x64", "20.04 (LTS) x64", "Ubuntu", 7),
    (155133621, "ubuntu-22-04-x64", "22.04 (LTS) x64", "Ubuntu", 7),
    (195932981, "ubuntu-24-04-x64", "24.04 (LTS) x64", "Ubuntu", 7),
    (185929832, "debian-12-x64", "12 x64", "Debian", 7),
    (201276338, "debian-13-x64", "13 x64", "Debian", 7),
    (189410542, "fedora-42-x64", "42 x64", "Fedora", 15),
    (183419744, "centos-stream-9-x64", "9 Stream x64", "CentOS", 10),
    (192468510, "centos-stream-10-x64", "10 Stream x64", "CentOS", 10),
    (193742011, "rockylinux-9-x64", "9 x64", "Rocky Linux", 10),
];

static IMAGES: LazyLock<Vec<Image>> = LazyLock::new(|| {
    let image = |(id, slug, name, distribution, min_disk)| {
        let shown = show(id, slug, name, distribution, min_disk);
        Image { id, slug, min_disk, shown }
    };
    TABLE.into_iter().map(image).collect()
});

impl Image {
    /// The image as the API shows it, made once.
    pub(super) fn shown(&self) -> &RawValue {
        &self.shown
    }
}

/// The image that a request names by slug or number.
pub(super) fn named(value: &Value) -> Option<&'static Image> {
    match value {
        Value::String(text) => find(text),
        Value::Number(number) => number.as_u64().and_then(by_id),
        _ => None,
    }
}

/// The image of a stored number.
pub(super) fn known(id: u64) -> &'static Image {
    by_id(id).expect("stored images exist")
}

/// `GET /v2/images`.
pub(super) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    // Only distributions are kept here; nobody has private or tagged images.
    let is_empty = call.query("private") == Some("true")
        || call.query("type").is_some_and(|kind| kind != "distribution")
        || call.query("tag_name").is_some();
    page::list(call, "images", if is_empty { &[] } else { &IMAGES[..] }, Image::shown)
}

/// `GET /v2/images/{id or slug}`.
pub(super) fn get(id: &str) -> Result<Reply, Refusal> {
    Ok(Reply::ok("image", &find(id).ok_or_else(Refusal::not_found)?.shown()))
}

fn show(id: u64, slug: &str, name: &str, distribution: &str, min_disk: u64) -> Box<RawValue> {
    let image = json!({
        "id": id,
        "name": name,
        "type": "base",
        "distribution": distribution,
        "slug": slug,
        "public": true,
        "regions": regions::slugs().collect::<Vec<_>>(),
        "created_at": "2025-01-15T10:00:00Z",
        "min_disk_size": min_disk,
        "size_gigabytes": 2.36,
        "description": format!("{distribution} {name}"),
        "tags": [],
        "status": "available",
    });
    to_raw_value(&image).expect("an image is plain data")
}

fn find(text: &str) -> Option<&'static Image> {
    let number = text.parse().ok();
    IMAGES.iter().find(|image| image.slug == text || Some(image.id) == number)
}

fn by_id(id: u64) -> Option<&'static Image> {
    IMAGES.iter().find(|image| image.id == id)
}

/// Reads a stored image; a world that names another one is damaged.
pub(super) fn stored<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let id = u64::deserialize(from)?;
    match by_id(id) {
        Some(_) => Ok(id),
        None => Err(D::Error::custom(format!("no image is called {id}"))),
    }
}
