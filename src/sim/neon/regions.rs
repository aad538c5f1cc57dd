//! The regions in which projects can be made.

use http::StatusCode;
use serde::Deserialize;
use serde::Deserializer;
use serde_json::Value;
use serde_json::json;

use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

/// One region: its id, its description and where it lies.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) id: &'static str,
    name: &'static str,
    latitude: &'static str,
    longitude: &'static str,
}

/// The region of a project that names none.
pub(super) const DEFAULT: &str = "aws-us-east-2";

static REGIONS: [Region; 8] = [
    region("aws-us-east-1", "AWS US East 1 (N. Virginia)", "38.9519", "-77.4480"),
    region("aws-us-east-2", "AWS US East 2 (Ohio)", "39.9612", "-82.9988"),
    region("aws-us-west-2", "AWS US West 2 (Oregon)", "46.15", "-123.88"),
    region("aws-eu-central-1", "AWS Europe Central 1 (Frankfurt)", "50", "8"),
    region("aws-eu-west-2", "AWS Europe West 2 (London)", "51.5074", "-0.1278"),
    region("aws-ap-southeast-1", "AWS Asia Pacific 1 (Singapore)", "1.37", "103.8"),
    region("aws-ap-southeast-2", "AWS Asia Pacific 2 (Sydney)", "-33.8688", "151.2093"),
    region("aws-sa-east-1", "AWS South America East 1 (São Paulo)", "-23.5475", "-46.6361"),
];

const fn region(id: &'static str, name: &'static str, latitude: &'static str, longitude: &'static str) -> Region {
    Region { id, name, latitude, longitude }
}

/// The region of that id.
pub(super) fn find(id: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.id == id)
}

/// Reads a region's id out of a stored row; one that is not known is damage.
pub(super) fn stored<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let id = String::deserialize(from)?;
    find(&id).ok_or_else(|| serde::de::Error::custom(format!("no region is called {id:?}")))?;
    Ok(id)
}

/// The name that all computes of a region are below.
pub(super) fn proxy_host(id: &str) -> String {
    format!("{}.aws.neon.tech", id.trim_start_matches("aws-"))
}

/// `GET /regions`.
pub(super) fn list() -> Result<Reply, Refusal> {
    let shown = |region: &Region| {
        json!({
            "region_id": region.id,
            "name": region.name,
            "default": region.id == DEFAULT,
            "geo_lat": region.latitude,
            "geo_long": region.longitude,
        })
    };
    let regions: Vec<Value> = REGIONS.iter().map(shown).collect();
    Ok(Reply::body(StatusCode::OK, &json!({ "regions": regions })))
}
