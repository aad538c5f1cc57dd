//! What a token may do: `read`, `create`, `update` or `delete` something, as the vendor names it for each operation.
//!
//! A token without scopes may do everything. A simulated token has scopes where it says so after
//! an at sign: `any@droplet:read,vpc:read`; the word `read` alone stands for reading everything.

use http::Method;

use crate::sim::call::Call;
use crate::sim::refusal::Refusal;

/// Refuses a call that its token has no scope for.
pub(super) fn check(call: &Call<'_>, method: &Method, path: &[&str]) -> Result<(), Refusal> {
    match needed(method.as_str(), path) {
        Some(scope) if !call.may(&scope) => {
            Err(Refusal::forbidden(format!("You are missing the required permission {scope}.")))
        }
        _ => Ok(()),
    }
}

/// The scope that an operation needs above all; nothing for what does not exist.
pub(super) fn needed(method: &str, path: &[&str]) -> Option<String> {
    let inner = path.get(2).copied();
    let resource = match path {
        ["account", "keys", ..] => "ssh_key",
        ["account"] => "account",
        ["actions", ..] => "actions",
        ["certificates", ..] => "certificate",
        ["databases", ..] => "database",
        ["domains", ..] => "domain",
        ["droplets", _, "firewalls"] | ["firewalls", ..] => "firewall",
        ["droplets", ..] => "droplet",
        ["images", ..] => "image",
        ["load_balancers", ..] => "load_balancer",
        ["monitoring", ..] => "monitoring",
        ["projects", _, "resources"] if method == "POST" => return Some("project:assign_resource".to_owned()),
        ["projects", ..] => "project",
        ["regions"] => "regions",
        ["reserved_ips", ..] => "reserved_ip",
        ["sizes"] => "sizes",
        ["snapshots", ..] => "snapshot",
        ["tags", ..] => "tag",
        ["uptime", ..] => "uptime",
        ["volumes", "snapshots", _] | ["volumes", _, "snapshots"] => "block_storage_snapshot",
        ["volumes", "actions"] | ["volumes", _, "actions", ..] => "block_storage_action",
        ["volumes", ..] => "block_storage",
        ["vpcs", ..] => "vpc",
        _ => return None,
    };
    let is_part = match resource {
        "firewall" | "load_balancer" => path.len() > 2,
        "domain" => inner == Some("records"),
        "uptime" => path.get(3) == Some(&"alerts"),
        _ => false,
    };
    // Parts of an object are changed, not made; actions and new credentials are changes too.
    let is_action =
        matches!(inner, Some("actions")) || path.last() == Some(&"reset_auth") || *path == ["droplets", "actions"];
    let verb = match method {
        "GET" => "read",
        "POST" if resource == "block_storage_action" => "create",
        "POST" | "DELETE" if is_part => "update",
        "POST" if is_action => "update",
        "POST" => "create",
        "DELETE" => "delete",
        _ => "update",
    };
    Some(format!("{resource}:{verb}"))
}
