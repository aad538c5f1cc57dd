//! DigitalOcean's ways of refusing, limiting and paging.

use std::time::Duration;

use ::http::HeaderMap;
use jiff::Timestamp;
use serde_json::Value as Json;

use crate::net::rest;
use crate::net::rest::Dialect;
use crate::net::rest::Limits;
use crate::net::rest::Paging;
use crate::net::rest::Refusal;
use crate::net::rest::RefusalKind;

pub(super) struct DigitalOceanDialect;

/// Words of a 409 or 422 that mean "later": another event runs on the object.
const BUSY: [&str; 6] = ["pending event", "locked", "in progress", "being processed", "not ready", "try again"];
/// Words of a 403 or 409 that mean "something holds it still".
const HELD: [&str; 2] = ["in use", "members"];
/// Words of a 409 or 422 that mean "somebody has it".
const TAKEN: [&str; 6] =
    ["duplicate name", "already in use", "already exists", "name is not available", "been taken", "must be unique"];

impl Dialect for DigitalOceanDialect {
    fn vendor(&self) -> &'static str {
        "DigitalOcean"
    }

    fn refusal(&self, status: u16, body: &Json) -> Refusal {
        let message = rest::message(body);
        // Whole words: an account that is blocked is not one that is locked.
        let words =
            format!(" {} ", message.to_lowercase().split(|c: char| !c.is_alphanumeric()).collect::<Vec<_>>().join(" "));
        let says = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(&format!(" {phrase} ")));
        let kind = match status {
            // A database under maintenance or in its first backup.
            412 => RefusalKind::Busy,
            409 | 422 if says(&BUSY) => RefusalKind::Busy,
            409 | 422 if says(&TAKEN) => RefusalKind::Taken(None),
            // 403 is also said of what cannot be removed because something uses it. A load balancer lets go of its
            // certificate, and what was deleted leaves its network, some time after it is told to.
            403 | 409 if says(&HELD) => RefusalKind::Busy,
            403 if says(&["default vpc", "default vpcs"]) => RefusalKind::Refused,
            _ => return Refusal::by_status(status, message),
        };
        Refusal { kind, message }
    }

    fn limits(&self, headers: &HeaderMap, now: Timestamp) -> Limits {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
        Limits {
            remaining: number("ratelimit-remaining").and_then(|left| u64::try_from(left).ok()),
            reset: number("ratelimit-reset").and_then(|second| Timestamp::from_second(second).ok()),
            retry_after: rest::retry_after(headers, now),
        }
    }

    fn burst(&self) -> Option<(usize, Duration)> {
        Some((250, Duration::from_secs(60)))
    }

    fn first_page(&self, path: &str) -> String {
        format!("{path}{}per_page=200", if path.contains('?') { '&' } else { '?' })
    }

    fn paging(&self, body: &Json) -> Paging {
        Paging {
            next: body["links"]["pages"]["next"].as_str().filter(|next| !next.is_empty()).map(str::to_owned),
            total: body["meta"]["total"].as_u64().and_then(|total| usize::try_from(total).ok()),
        }
    }

    fn argument<'a>(&self, key: &'a str) -> &'a str {
        match key {
            "num_nodes" => "node_count",
            "volumes" => "volume_ids",
            "with_droplet_agent" => "droplet_agent",
            "forwarding_rules" => "forwarding_rule",
            "health_check" => "healthcheck",
            "tag" => "droplet_tag",
            "autoscale" => "storage_autoscale",
            "rules" => "rule",
            "db" => "db_name",
            "mysql_settings" => "mysql_auth_plugin",
            "inbound_rules" => "inbound_rule",
            "outbound_rules" => "outbound_rule",
            "dns_names" => "domains",
            "data" => "value",
            "size_gigabytes" => "size",
            "filesystem_type" => "initial_filesystem_type",
            "filesystem_label" => "initial_filesystem_label",
            key => key,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_means_later_is_told_by_its_words() {
        let kind = |status, message: &str| DigitalOceanDialect.refusal(status, &json!({ "message": message })).kind;
        for message in [
            "Droplet already has a pending event.",
            "Another operation on the users of this database cluster is in progress.",
            "The resource is locked.",
        ] {
            assert!(matches!(kind(409, message), RefusalKind::Busy), "{message}");
        }
        assert!(!matches!(kind(409, "The account is blocked."), RefusalKind::Busy));
    }
}
