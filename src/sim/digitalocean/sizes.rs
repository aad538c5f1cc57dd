//! The vendor's droplet sizes with their list prices: a table.

use std::sync::LazyLock;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::Error;
use serde_json::json;
use serde_json::value::RawValue;
use serde_json::value::to_raw_value;

use crate::sim::call::Call;
use crate::sim::digitalocean::regions;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// What a droplet can be made of.
pub(super) struct Size {
    pub(super) slug: &'static str,
    /// Megabytes.
    pub(super) memory: u64,
    pub(super) vcpus: u64,
    /// Gigabytes.
    pub(super) disk: u64,
    transfer: f64,
    monthly: f64,
    description: &'static str,
    /// Where it is not on offer.
    missing: &'static [&'static str],
    /// Too old to be chosen for anything new.
    retired: bool,
    shown: Box<RawValue>,
}

type Line = (&'static str, u64, u64, u64, f64, f64, &'static str, &'static [&'static str]);

/// Slug, memory, processors, disk, transfer, dollars a month, description, where it is missing.
const TABLE: [Line; 27] = [
    ("s-1vcpu-512mb-10gb", 512, 1, 10, 0.5, 4.0, "Basic", &["blr1", "tor1", "lon1"]),
    ("s-1vcpu-1gb", 1024, 1, 25, 1.0, 6.0, "Basic", &[]),
    ("s-1vcpu-1gb-amd", 1024, 1, 25, 1.0, 7.0, "Basic AMD", &[]),
    ("s-1vcpu-1gb-intel", 1024, 1, 25, 1.0, 7.0, "Basic Intel", &[]),
    ("s-1vcpu-2gb", 2048, 1, 50, 2.0, 12.0, "Basic", &[]),
    ("s-1vcpu-2gb-amd", 2048, 1, 50, 2.0, 14.0, "Basic AMD", &[]),
    ("s-1vcpu-2gb-intel", 2048, 1, 50, 2.0, 14.0, "Basic Intel", &[]),
    ("s-2vcpu-2gb", 2048, 2, 60, 3.0, 18.0, "Basic", &[]),
    ("s-2vcpu-2gb-amd", 2048, 2, 60, 3.0, 21.0, "Basic AMD", &[]),
    ("s-2vcpu-2gb-intel", 2048, 2, 60, 3.0, 21.0, "Basic Intel", &[]),
    ("s-2vcpu-4gb", 4096, 2, 80, 4.0, 24.0, "Basic", &[]),
    ("s-2vcpu-4gb-amd", 4096, 2, 80, 4.0, 28.0, "Basic AMD", &[]),
    ("s-2vcpu-4gb-intel", 4096, 2, 80, 4.0, 28.0, "Basic Intel", &[]),
    ("s-4vcpu-8gb", 8192, 4, 160, 5.0, 48.0, "Basic", &[]),
    ("s-4vcpu-8gb-amd", 8192, 4, 160, 5.0, 56.0, "Basic AMD", &[]),
    ("s-4vcpu-8gb-intel", 8192, 4, 160, 5.0, 56.0, "Basic Intel", &[]),
    ("s-8vcpu-16gb", 16384, 8, 320, 6.0, 96.0, "Basic", &[]),
    ("c-2", 4096, 2, 25, 4.0, 42.0, "CPU-Optimized", &[]),
    ("c-4", 8192, 4, 50, 5.0, 84.0, "CPU-Optimized", &[]),
    ("c-8", 16384, 8, 100, 6.0, 168.0, "CPU-Optimized", &["blr1"]),
    ("g-2vcpu-8gb", 8192, 2, 25, 4.0, 63.0, "General Purpose", &[]),
    ("g-4vcpu-16gb", 16384, 4, 50, 5.0, 126.0, "General Purpose", &[]),
    ("g-8vcpu-32gb", 32768, 8, 100, 6.0, 252.0, "General Purpose", &["blr1", "syd1"]),
    ("m-2vcpu-16gb", 16384, 2, 50, 4.0, 84.0, "Memory-Optimized", &[]),
    ("m-4vcpu-32gb", 32768, 4, 100, 6.0, 168.0, "Memory-Optimized", &[]),
    ("so-2vcpu-16gb", 16384, 2, 300, 4.0, 131.0, "Storage-Optimized", &["blr1", "syd1", "tor1"]),
    ("512mb", 512, 1, 20, 1.0, 5.0, "Legacy Basic", &[]),
];

/// A month is never billed for more hours than this.
const HOURS: f64 = 672.0;

static SIZES: LazyLock<Vec<Size>> = LazyLock::new(|| TABLE.iter().map(size).collect());

impl Size {
    /// Dollars an hour.
    fn hourly(&self) -> f64 {
        (self.monthly / HOURS * 100_000.0).round() / 100_000.0
    }

    /// Whether it is on offer in that region.
    pub(super) fn is_in(&self, region: &str) -> bool {
        self.is_available() && regions::is_open(region) && !self.missing.contains(&region)
    }

    /// Whether it can be chosen at all.
    pub(super) fn is_available(&self) -> bool {
        !self.retired
    }

    /// The size as the API shows it, made once.
    pub(super) fn shown(&self) -> &RawValue {
        &self.shown
    }
}

/// Every size.
pub(super) fn all() -> &'static [Size] {
    &SIZES
}

/// The size of that slug.
pub(super) fn find(slug: &str) -> Option<&'static Size> {
    all().iter().find(|size| size.slug.eq_ignore_ascii_case(slug))
}

/// A stored slug's size.
pub(super) fn known(slug: &str) -> &'static Size {
    find(slug).expect("stored sizes exist")
}

/// `GET /v2/sizes`.
pub(super) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    page::list(call, "sizes", all(), Size::shown)
}

fn size(line: &Line) -> Size {
    let (slug, memory, vcpus, disk, transfer, monthly, description, missing) = *line;
    let retired = description.starts_with("Legacy");
    let shown = RawValue::NULL.to_owned();
    let mut size = Size { slug, memory, vcpus, disk, transfer, monthly, description, missing, retired, shown };
    let document = json!({
        "slug": slug,
        "memory": memory,
        "vcpus": vcpus,
        "disk": disk,
        "transfer": size.transfer,
        "price_monthly": size.monthly,
        "price_hourly": size.hourly(),
        "regions": regions::slugs().filter(|region| size.is_in(region)).collect::<Vec<_>>(),
        "available": size.is_available(),
        "description": size.description,
        "disk_info": [{ "type": "local", "size": { "amount": disk, "unit": "gib" } }],
    });
    size.shown = to_raw_value(&document).expect("a size is plain data");
    size
}

/// Reads a stored size; a world that names another one is damaged.
pub(super) fn stored<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let slug = String::deserialize(from)?;
    match find(&slug) {
        Some(_) => Ok(slug),
        None => Err(D::Error::custom(format!("no size is called {slug}"))),
    }
}
