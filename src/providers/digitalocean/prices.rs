//! What DigitalOcean charges: droplets as it says itself, the rest by a list that comes with the program.
//!
//! Databases, load balancers and volumes have no price in the API, so `prices.json` is dated, and a user's own list goes
//! before it.

use std::sync::LazyLock;

use serde::Deserialize;

use super::values::only_block;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::Price;
use crate::provider::PriceList;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

/// What backups cost, as a share of the droplet's price.
const WEEKLY_BACKUPS: f64 = 0.2;
const DAILY_BACKUPS: f64 = 0.3;

static LIST: LazyLock<PriceList> =
    LazyLock::new(|| serde_json::from_str(include_str!("prices.json")).expect("the list that we ship is one"));

#[derive(Deserialize)]
struct Size {
    slug: String,
    price_monthly: f64,
}

/// The list that comes with the program.
pub(super) fn list() -> PriceList {
    LIST.clone()
}

/// Droplets' prices as the vendor says them now.
pub(super) async fn live(client: &Rest, cx: &Cx) -> Result<PriceList> {
    let sizes: Vec<Size> = client.on(cx, "reading the prices of droplets").pages("/v2/sizes", "sizes").await?;
    let monthly = sizes.into_iter().map(|size| (droplet(&size.slug), size.price_monthly)).collect();
    Ok(PriceList { monthly, ..PriceList::default() })
}

/// What a droplet costs, with its backups. The vendor says the price with the object, unless the size is going to change.
pub(super) fn of_droplet(object: &Object, list: &PriceList) -> Price {
    let base = match (object.get("price_monthly").and_then(Value::as_number), object.str("size")) {
        (Some(price), _) => Price::Monthly(price.to_f64()),
        (None, Some(size)) => list.price(&droplet(size), 1.0),
        (None, None) => Price::Unknown("its size is not known yet".to_owned()),
    };
    match (base, object.bool("backups")) {
        (Price::Monthly(price), Some(true)) => {
            let plan = only_block(object, "backup_policy").and_then(|policy| policy.str("plan"));
            let share = if plan == Some("daily") { DAILY_BACKUPS } else { WEEKLY_BACKUPS };
            Price::Monthly(price * (1.0 + share))
        }
        (base, _) => base,
    }
}

/// What the nodes of a database cluster cost, each with the storage that is beyond what belongs to its size.
pub(super) fn of_database(object: &Object, list: &PriceList, nodes: Option<i64>) -> Price {
    let (Some(size), Some(nodes)) = (object.str("size"), nodes) else {
        return Price::Unknown("its size is not known yet".to_owned());
    };
    let nodes = nodes as f64;
    let is_cache = matches!(object.str("engine"), Some("redis" | "valkey"));
    let name = if is_cache { format!("valkey {size}") } else { database(size) };
    let storage = object.str("storage_size_mib").and_then(|mib| mib.parse::<f64>().ok()).map(|mib| mib / 1024.0);
    let included = INCLUDED.iter().find(|(known, _)| *known == size && !is_cache).map(|(_, gib)| *gib);
    let beyond = match (storage, included) {
        (Some(storage), Some(included)) if storage > included => {
            list.price("database storage GiB", nodes * (storage - included))
        }
        _ => Price::Free,
    };
    list.price(&name, nodes).plus(beyond)
}

/// The GiB of storage that belong to a node of a database, by its size.
const INCLUDED: [(&str, f64); 5] = [
    ("db-s-1vcpu-1gb", 10.0),
    ("db-s-1vcpu-2gb", 30.0),
    ("db-s-2vcpu-4gb", 60.0),
    ("db-s-4vcpu-8gb", 140.0),
    ("db-s-6vcpu-16gb", 290.0),
];

/// What a load balancer costs: nodes of one kind or another, or one for all regions.
pub(super) fn of_loadbalancer(object: &Object, list: &PriceList) -> Price {
    let nodes = object.int("size_unit").unwrap_or(1) as f64;
    match object.str("type").map(str::to_uppercase).as_deref() {
        Some("GLOBAL") => list.price("global load balancer", 1.0),
        Some("REGIONAL_NETWORK") => list.price("network load balancer node", nodes),
        _ => list.price("load balancer node", nodes),
    }
}

/// What an address costs: nothing while a droplet has it, which an assignment elsewhere may give it.
pub(super) fn of_reserved_ip(object: &Object, list: &PriceList) -> Price {
    match (object.get("droplet_id"), list.get("reserved IP without a droplet")) {
        (Some(droplet), Some(price)) if droplet.is_null() => {
            Price::Unknown(format!("${price:.2} a month while no droplet has it"))
        }
        (Some(droplet), None) if droplet.is_null() => {
            Price::Unknown("an address is charged for while no droplet has it".to_owned())
        }
        _ => Price::Free,
    }
}

/// Whether the vendor says a price itself: those of droplets.
pub(super) fn is_live(name: &str) -> bool {
    name.starts_with("droplet ")
}

/// What a volume's GiB cost.
pub(super) fn of_volume(object: &Object, list: &PriceList) -> Price {
    match object.int("size") {
        Some(size) => list.price("volume GiB", size as f64),
        None => Price::Unknown("its size is not known yet".to_owned()),
    }
}

/// The name of a droplet size in the list.
pub(super) fn droplet(size: &str) -> String {
    format!("droplet {size}")
}

/// The name of a database size in the list: a node of it.
pub(super) fn database(size: &str) -> String {
    format!("database {size}")
}
