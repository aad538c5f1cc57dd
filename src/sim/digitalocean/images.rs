//! The vendor's distribution images: a table.

use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::regions;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// What a droplet boots from.
pub(super) struct Image {
    pub(super) id: u64,
    pub(super) slug: &'static str,
    name: &'static str,
    distribution: &'static str,
    /// Gigabytes.
    pub(super) min_disk: u64,
}

const fn image(id: u64, slug: &'static str, name: &'static str, distribution: &'static str, min_disk: u64) -> Image {
    Image { id, slug, name, distribution, min_disk }
}

const IMAGES: [Image; 9] = [
    image(129211873, "ubuntu-20-04-x64", "20.04 (LTS) x64", "Ubuntu", 7),
    image(155133621, "ubuntu-22-04-x64", "22.04 (LTS) x64", "Ubuntu", 7),
    image(195932981, "ubuntu-24-04-x64", "24.04 (LTS) x64", "Ubuntu", 7),
    image(185929832, "debian-12-x64", "12 x64", "Debian", 7),
    image(201276338, "debian-13-x64", "13 x64", "Debian", 7),
    image(189410542, "fedora-42-x64", "42 x64", "Fedora", 15),
    image(183419744, "centos-stream-9-x64", "9 Stream x64", "CentOS", 10),
    image(192468510, "centos-stream-10-x64", "10 Stream x64", "CentOS", 10),
    image(193742011, "rockylinux-9-x64", "9 x64", "Rocky Linux", 10),
];

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
    page::list(call, "images", if is_empty { &[] } else { &IMAGES[..] }, show)
}

/// `GET /v2/images/{id or slug}`.
pub(super) fn get(id: &str) -> Result<Reply, Refusal> {
    Ok(Reply::ok("image", &show(find(id).ok_or_else(Refusal::not_found)?)))
}

/// The image as the API shows it.
pub(super) fn show(image: &Image) -> Value {
    json!({
        "id": image.id,
        "name": image.name,
        "type": "base",
        "distribution": image.distribution,
        "slug": image.slug,
        "public": true,
        "regions": regions::slugs().collect::<Vec<_>>(),
        "created_at": "2025-01-15T10:00:00Z",
        "min_disk_size": image.min_disk,
        "size_gigabytes": 2.36,
        "description": format!("{} {}", image.distribution, image.name),
        "tags": [],
        "status": "available",
    })
}

fn find(text: &str) -> Option<&'static Image> {
    let number = text.parse().ok();
    IMAGES.iter().find(|image| image.slug == text || Some(image.id) == number)
}

fn by_id(id: u64) -> Option<&'static Image> {
    IMAGES.iter().find(|image| image.id == id)
}
