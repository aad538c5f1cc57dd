//! The attributes of a load balancer, and what is wrong with configured ones.

use std::sync::LazyLock;

use super::super::tagging;
use super::super::values::only_block;
use crate::provider::Problem;
use crate::schema::Block;
use crate::schema::Equality;
use crate::schema::NestedBlock;
use crate::schema::Nesting;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::list;
use crate::schema::map;
use crate::schema::number;
use crate::schema::set;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

pub(in super::super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let choice = || string().optional_computed().equality(Equality::IgnoreCase);
    let flag = || boolean().default(false);
    let forwarding_rule = NestedBlock::set([
        ("entry_protocol", string().required()),
        ("entry_port", number().required()),
        ("target_protocol", string().required()),
        ("target_port", number().required()),
        ("certificate_name", string().optional_computed()),
        // Certificates get a new id whenever they are renewed; their name stays, so it stands here too.
        ("certificate_id", string().optional_computed().deprecated("Use `certificate_name`.")),
        ("tls_passthrough", flag()),
    ]);
    let healthcheck = NestedBlock::list([
        ("protocol", string().required()),
        ("port", number().required()),
        ("path", string()),
        ("check_interval_seconds", number().default(10)),
        ("response_timeout_seconds", number().default(5)),
        ("unhealthy_threshold", number().default(3)),
        ("healthy_threshold", number().default(5)),
    ]);
    let sticky_sessions = NestedBlock::list([
        ("type", string().default("none")),
        ("cookie_name", string()),
        ("cookie_ttl_seconds", number()),
    ]);
    let rules = || list(Type::STRING).equality(Equality::AnyOrder);
    let firewall = NestedBlock::set([("allow", rules()), ("deny", rules())]);
    let domains = NestedBlock::set([
        ("name", string().required()),
        ("is_managed", flag()),
        ("certificate_name", string().optional_computed()),
        ("certificate_id", string().computed()),
        ("verification_error_reasons", list(Type::STRING).computed()),
        ("ssl_validation_error_reasons", list(Type::STRING).computed()),
    ]);
    let glb_settings = Block::new([
        ("target_protocol", string().required()),
        ("target_port", number().required()),
        ("region_priorities", map(Type::NUMBER)),
        ("failover_threshold", number()),
    ])
    .block("cdn", NestedBlock::list([("is_enabled", flag())]).max(1));
    Schema::new([
        ("id", string().computed()),
        ("name", string().required()),
        ("region", string().replaces().equality(Equality::IgnoreCase)),
        ("type", choice().replaces()),
        ("network", choice().replaces()),
        ("network_stack", choice().replaces()),
        ("vpc_uuid", string().optional_computed().replaces()),
        ("subnet_uuid", string().optional_computed().replaces()),
        ("ip", string().optional_computed().replaces()),
        ("ipv6", string().computed()),
        ("size", string()),
        ("size_unit", number().optional_computed()),
        ("algorithm", string().default("round_robin").input().deprecated("Load balancers no longer take one.")),
        ("droplet_ids", set(Type::NUMBER).optional_computed()),
        ("droplet_tag", string().equality(Equality::IgnoreCase)),
        ("redirect_http_to_https", flag()),
        ("enable_proxy_protocol", flag()),
        ("enable_backend_keepalive", flag()),
        ("disable_lets_encrypt_dns_records", flag()),
        ("http_idle_timeout_seconds", number().optional_computed()),
        ("project_id", string().optional_computed()),
        ("tls_cipher_policy", choice()),
        ("target_load_balancer_ids", set(Type::STRING).optional_computed()),
        ("status", string().computed()),
        ("urn", string().computed()),
    ])
    .block("forwarding_rule", forwarding_rule)
    .block("healthcheck", healthcheck.max(1).computed())
    .block("sticky_sessions", sticky_sessions.max(1).computed())
    .block("firewall", firewall.max(1).computed())
    .block("domains", domains.computed())
    .block("glb_settings", NestedBlock::new(Nesting::List, glb_settings).max(1).computed())
});

/// The nodes of the sizes that had names.
pub(super) fn units(size: &str) -> Option<i64> {
    match size {
        "lb-small" => Some(1),
        "lb-medium" => Some(3),
        "lb-large" => Some(6),
        _ => None,
    }
}

/// What the vendor would refuse.
pub(super) fn problems(config: &Object) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut push = |path: Path, summary: &str, detail: &str| {
        problems.push(Problem { path, summary: summary.to_owned(), detail: detail.to_owned() });
    };
    let is_set = |name: &str| config.get(name).is_some_and(|value| !value.is_null());
    let is_known = |name: &str| config.get(name).is_none_or(Value::is_known);
    let blocks = |name: &str| config.get(name).and_then(Value::as_elements).map_or(0, <[Value]>::len);
    let is_global = config.str("type").is_some_and(|kind| kind.eq_ignore_ascii_case("GLOBAL"));
    if is_global && is_set("region") {
        push(Path::of("region"), "Conflicting arguments", "A global load balancer has no region.");
    }
    if !is_global && !is_set("region") && is_known("type") {
        let detail = "A load balancer needs a `region`, unless its `type` is \"GLOBAL\".";
        push(Path::of("region"), "Missing required argument", detail);
    }
    for (a, b) in [("size", "size_unit"), ("droplet_ids", "droplet_tag")] {
        if is_set(a) && is_set(b) {
            push(Path::of(b), "Conflicting arguments", &format!("Only one of `{a}` and `{b}` can be set."));
        }
    }
    if let Some(size) = config.str("size").filter(|size| units(size).is_none()) {
        let detail = format!("`{size}` is not lb-small, lb-medium or lb-large. Other sizes are set by `size_unit`.");
        push(Path::of("size"), "Invalid size", &detail);
    }
    if config.int("size_unit").is_some_and(|units| !(1..=200).contains(&units)) {
        push(Path::of("size_unit"), "Invalid size", "A load balancer has from 1 to 200 nodes.");
    }
    if let Some(tag) = config.str("droplet_tag").filter(|tag| !tagging::is_name(tag)) {
        let problem = tagging::problem(Path::of("droplet_tag"), tag);
        push(problem.path, &problem.summary, &problem.detail);
    }
    if blocks("forwarding_rule") > 0 && blocks("glb_settings") > 0 {
        let detail = "A global load balancer has `glb_settings` instead of forwarding rules.";
        push(Path::of("glb_settings"), "Conflicting arguments", detail);
    }
    if blocks("forwarding_rule") == 0 && is_known("forwarding_rule") && is_known("type") && !is_global {
        let detail = "A load balancer needs at least one `forwarding_rule`.";
        push(Path::of("forwarding_rule"), "Missing required argument", detail);
    }
    let rules = config.get("forwarding_rule").and_then(Value::as_elements).unwrap_or_default();
    for rule in rules.iter().filter_map(Value::as_object) {
        let protocols = ["http", "https", "http2", "http3", "tcp", "udp"];
        for (name, allowed) in [("entry_protocol", &protocols[..]), ("target_protocol", &protocols)] {
            let bad =
                |protocol: &&str| !allowed.contains(protocol) || name == "target_protocol" && *protocol == "http3";
            if let Some(protocol) = rule.str(name).filter(bad) {
                let detail = format!("`{protocol}` cannot be the {}.", name.replace('_', " "));
                push(Path::of("forwarding_rule"), "Invalid forwarding rule", &detail);
            }
        }
        for port in ["entry_port", "target_port"].iter().filter_map(|name| rule.int(name)) {
            if !(1..=65535).contains(&port) {
                push(Path::of("forwarding_rule"), "Invalid forwarding rule", &format!("There is no port {port}."));
            }
        }
    }
    if let Some(check) = only_block(config, "healthcheck") {
        let path = Path::of("healthcheck").index(0).attr("path");
        let has_path = check.get("path").is_some_and(|path| !path.is_null());
        match (check.str("protocol"), has_path) {
            (Some("http" | "https"), false) => {
                push(path, "Invalid health check", "A check by HTTP needs the `path` to ask for.");
            }
            (Some("tcp"), true) => push(path, "Invalid health check", "A check by TCP has no `path`."),
            (Some("http" | "https" | "tcp") | None, _) => {}
            (Some(_), _) => {
                let path = Path::of("healthcheck").index(0).attr("protocol");
                push(path, "Invalid health check", "Checks go by \"http\", \"https\" or \"tcp\".");
            }
        }
    }
    if let Some(sessions) = only_block(config, "sticky_sessions") {
        for name in ["cookie_name", "cookie_ttl_seconds"] {
            let path = Path::of("sticky_sessions").index(0).attr(name);
            let has = sessions.get(name).is_some_and(|value| !value.is_null());
            match (sessions.str("type"), has) {
                (Some("cookies"), false) => {
                    push(path, "Invalid sticky sessions", &format!("Sessions by cookie need a `{name}`."));
                }
                (Some("none"), true) => {
                    push(path, "Invalid sticky sessions", &format!("Without sticky sessions there is no `{name}`."));
                }
                _ => {}
            }
        }
    }
    problems
}
