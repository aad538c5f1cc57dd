//! What a change of a droplet brings with it, decided without asking the vendor.

use super::super::values::differs;
use super::super::values::is_change;
use super::super::values::unchanged;
use super::super::values::unsettled;
use super::schema::SCHEMA;
use crate::provider::Planned;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

/// What no change in place alters.
const FIXED: [&str; 8] =
    ["id", "urn", "created_at", "ipv4_address", "ipv4_address_private", "private_networking", "status", "locked"];
/// What comes with the size.
const SIZED: [&str; 4] = ["memory", "vcpus", "price_hourly", "price_monthly"];

pub(super) fn plan(prior: Option<&Object>, proposed: Object) -> Planned {
    let mut replace = Vec::new();
    let object = match prior {
        None if proposed.bool("ipv6") == Some(false) => proposed.set("ipv6_address", Value::Null(Type::STRING)),
        None => proposed,
        Some(prior) => {
            let changes = |name| differs(&SCHEMA, prior, &proposed, name);
            // The vendor can give a droplet IPv6 but not take it away.
            if changes("ipv6") && proposed.bool("ipv6") == Some(false) {
                replace.push(Path::of("ipv6"));
            }
            let (is_resized, gets_ipv6) = (changes("size"), changes("ipv6"));
            let keeps_disk = proposed.bool("resize_disk") == Some(false);
            let mut object = unchanged(&proposed, prior, &FIXED);
            // Neither being made nor an event under way lasts.
            if is_change(&SCHEMA, prior, &object) {
                let is_passing = !matches!(prior.str("status"), Some("active" | "off"));
                object = if is_passing { unsettled(&SCHEMA, &object, &["status"]) } else { object };
                let is_locked = prior.bool("locked") != Some(false);
                object = if is_locked { unsettled(&SCHEMA, &object, &["locked"]) } else { object };
            }
            let object = match is_resized {
                true => unsettled(&SCHEMA, &object, &SIZED),
                false => unchanged(&object, prior, &SIZED),
            };
            let object = match is_resized && !keeps_disk {
                true => unsettled(&SCHEMA, &object, &["disk"]),
                false => unchanged(&object, prior, &["disk"]),
            };
            match gets_ipv6 {
                true => unsettled(&SCHEMA, &object, &["ipv6_address"]),
                false => unchanged(&object, prior, &["ipv6_address"]),
            }
        }
    };
    Planned { object, replace, warnings: Vec::new() }
}
