//! The vendor's regions: a table.

use std::sync::LazyLock;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::Error;
use serde_json::Value;
use serde_json::json;
use serde_json::value::RawValue;
use serde_json::value::to_raw_value;

use crate::sim::call::Call;
use crate::sim::digitalocean::sizes;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// A place where objects can be made.
pub(super) struct Region {
    pub(super) slug: &'static str,
    shown: Box<RawValue>,
}

const TABLE: [(&str, &str); 11] = [
    ("nyc1", "New York 1"),
    ("sfo1", "San Francisco 1"),
    ("nyc3", "New York 3"),
    ("sfo3", "San Francisco 3"),
    ("ams3", "Amsterdam 3"),
    ("fra1", "Frankfurt 1"),
    ("lon1", "London 1"),
    ("sgp1", "Singapore 1"),
    ("tor1", "Toronto 1"),
    ("blr1", "Bangalore 1"),
    ("syd1", "Sydney 1"),
];

/// Takes no new droplets any more; what is there stays, and it is still listed.
const CLOSED: [&str; 1] = ["sfo1"];

static REGIONS: LazyLock<Vec<Region>> =
    LazyLock::new(|| TABLE.iter().map(|(slug, name)| Region { slug, shown: show(slug, name) }).collect());

const FEATURES: [&str; 6] = ["backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"];

impl Region {
    /// The region as the API shows it, made once.
    pub(super) fn shown(&self) -> &RawValue {
        &self.shown
    }
}

/// Every region's slug.
pub(super) fn slugs() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(slug, _)| *slug)
}

/// Whether new droplets and databases can be made there.
pub(super) fn is_open(slug: &str) -> bool {
    !CLOSED.contains(&slug)
}

/// The region of that slug; the vendor does not mind capitals.
pub(super) fn find(slug: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.slug.eq_ignore_ascii_case(slug))
}

/// The region of that slug, or the first open one whose name begins so (`nyc`); nothing given is any open region.
pub(super) fn choose(asked: Option<&str>) -> Option<&'static Region> {
    let asked = asked.unwrap_or_default().to_ascii_lowercase();
    let is_place = asked.chars().all(|c| c.is_ascii_alphabetic());
    find(&asked)
        .or_else(|| REGIONS.iter().find(|region| is_place && region.slug.starts_with(&asked) && is_open(region.slug)))
}

/// A stored slug's region as the API shows it.
pub(super) fn shown(slug: &str) -> &'static RawValue {
    find(slug).expect("stored regions exist").shown()
}

/// `GET /v2/regions`.
pub(super) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    page::list(call, "regions", &REGIONS, |region| region.shown())
}

fn show(slug: &str, name: &str) -> Box<RawValue> {
    let sizes: Vec<&str> = sizes::all().iter().filter(|size| size.is_in(slug)).map(|size| size.slug).collect();
    let region: Value = json!({
        "name": name, "slug": slug, "features": FEATURES, "available": is_open(slug), "sizes": sizes,
    });
    to_raw_value(&region).expect("a region is plain data")
}

/// Reads a stored region; a world that names another one is damaged.
pub(super) fn stored<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let slug = String::deserialize(from)?;
    match find(&slug) {
        Some(_) => Ok(slug),
        None => Err(D::Error::custom(format!("no region is called {slug}"))),
    }
}

/// Reads a stored region that may be absent.
pub(super) fn stored_option<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    match Option::<String>::deserialize(from)? {
        Some(slug) if find(&slug).is_none() => Err(D::Error::custom(format!("no region is called {slug}"))),
        slug => Ok(slug),
    }
}
