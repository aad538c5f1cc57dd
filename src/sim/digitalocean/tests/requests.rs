//! A good body for every operation that takes one.

use serde_json::Value;
use serde_json::json;

use crate::sim::digitalocean::tests::droplet;
use crate::sim::digitalocean::tests::rule;
use crate::sim::digitalocean::tests::stage::Stage;
use crate::sim::digitalocean::tests::stage::certificate;
use crate::sim::digitalocean::tests::stage::cluster;
use crate::sim::digitalocean::tests::stage::policy;
use crate::sim::digitalocean::tests::with;
use crate::sim::testing::key;

/// A body that the operation takes in a world that was just set; several where they take different forms. The path
/// may name things of its own in the place of those that the operation's names stand for.
pub(super) fn good(stage: &Stage, operation: &str) -> Vec<(String, Value)> {
    let path = operation.split_once(' ').unwrap().1.to_owned();
    let at = |body: Value| vec![(path.clone(), body)];
    let of = |engine: &str| path.replace("{database_cluster_uuid}", &format!("{{{engine}}}"));
    let droplet_id = stage.number("droplet_id");
    let other = stage.number("other_droplet");
    match operation.split_once("/v2/").map(|(method, path)| (method.trim(), path)).unwrap() {
        (_, path) if path.starts_with("databases/") => database(&path["databases/".len()..], operation, &of),
        ("POST", "databases") => at(full_cluster()),
        ("POST", "account/keys") => at(key("new")),
        ("PUT", "account/keys/{ssh_key_identifier}") => at(json!({ "name": "renamed" })),
        ("POST", "certificates") => {
            let names = json!({ "name": "le", "type": "lets_encrypt", "dns_names": ["www.example.org"] });
            vec![(path.clone(), certificate("new")), (path, names)]
        }
        ("POST", "domains") => at(json!({ "name": "new.example.com", "ip_address": "192.0.2.1" })),
        ("POST", "domains/{domain_name}/records") => {
            let record = |kind: &str, data: &str| json!({ "type": kind, "name": kind.to_lowercase(), "data": data });
            let caa = with(record("CAA", "letsencrypt.org."), json!({ "flags": 0, "tag": "issue" }));
            vec![(path.clone(), with(record("A", "192.0.2.1"), json!({ "ttl": 60 }))), (path, caa)]
        }
        ("PUT" | "PATCH", "domains/{domain_name}/records/{domain_record_id}") => {
            at(json!({ "type": "A", "name": "blog", "data": "192.0.2.2" }))
        }
        ("POST", "droplets") => {
            let full = json!({
                "region": "nyc3", "ssh_keys": [stage.number("ssh_key_identifier")], "backups": true, "ipv6": true,
                "monitoring": true, "tags": ["web"], "user_data": "#!/bin/sh", "volumes": [stage.ids["volume_id"]],
                "vpc_uuid": stage.ids["vpc_id"], "with_droplet_agent": true,
                "backup_policy": { "plan": "weekly", "weekday": "SUN", "hour": 4 },
            });
            let several = with(droplet("x"), json!({ "name": null, "names": ["one", "two"] }));
            vec![(path.clone(), with(droplet("one"), full)), (path, several)]
        }
        ("POST", "droplets/{droplet_id}/actions") => vec![
            (path.clone(), json!({ "type": "rename", "name": "renamed" })),
            (path.replace("{droplet_id}", "{other_droplet}"), json!({ "type": "enable_backups" })),
        ],
        ("POST", "droplets/actions") => {
            vec![("/v2/droplets/actions?tag_name=test".to_owned(), json!({ "type": "reboot" }))]
        }
        ("POST", "firewalls") => at(stage.firewall("new")),
        ("PUT", "firewalls/{firewall_id}") => at(with(stage.firewall("fw"), json!({ "tags": null }))),
        ("POST", "firewalls/{firewall_id}/droplets") => at(json!({ "droplet_ids": [other] })),
        ("DELETE", "firewalls/{firewall_id}/droplets") => at(json!({ "droplet_ids": [droplet_id] })),
        ("POST", "firewalls/{firewall_id}/tags") => at(json!({ "tags": ["test"] })),
        ("DELETE", "firewalls/{firewall_id}/tags") => at(json!({ "tags": ["frontend"] })),
        ("POST", "firewalls/{firewall_id}/rules") => {
            let peers = json!({ "droplet_ids": [droplet_id] });
            at(json!({
                "inbound_rules": [{ "protocol": "tcp", "ports": "3306", "sources": peers }],
                "outbound_rules": [{ "protocol": "icmp", "ports": "0", "destinations": peers }],
            }))
        }
        ("DELETE", "firewalls/{firewall_id}/rules") => {
            let firewall = stage.firewall("fw");
            at(json!({ "inbound_rules": firewall["inbound_rules"] }))
        }
        ("PUT", "images/{image_id}") => at(json!({ "name": "renamed", "distribution": "Debian", "description": "d" })),
        ("POST", "load_balancers") => at(stage.balancer("new")),
        ("PUT", "load_balancers/{lb_id}") => at(stage.balancer("lb")),
        ("POST", "load_balancers/{lb_id}/droplets") => at(json!({ "droplet_ids": [droplet_id] })),
        // Nothing is behind it yet, and an empty list takes nothing away.
        ("DELETE", "load_balancers/{lb_id}/droplets") => at(json!({ "droplet_ids": [] })),
        ("POST", "load_balancers/{lb_id}/forwarding_rules") => {
            at(json!({ "forwarding_rules": [with(rule(), json!({ "entry_port": 81 }))] }))
        }
        // The last rule must stay.
        ("DELETE", "load_balancers/{lb_id}/forwarding_rules") => Vec::new(),
        ("POST" | "PUT", path) if path.starts_with("monitoring/") => at(policy()),
        ("POST", "projects") => at(json!({
            "name": "new", "purpose": "Service or API", "description": "d", "environment": "Production",
        })),
        ("PUT" | "PATCH", path) if path.starts_with("projects/") => at(json!({
            "name": "renamed", "purpose": "IoT", "description": "d", "environment": "Staging",
            "is_default": path.contains("default"),
        })),
        ("POST", path) if path.starts_with("projects/") => {
            at(json!({ "resources": [format!("do:droplet:{droplet_id}"), "do:domain:example.org"] }))
        }
        ("POST", "reserved_ips") => {
            let region = json!({ "region": "nyc3", "project_id": stage.ids["project_id"] });
            vec![(path.clone(), region), (path, json!({ "droplet_id": droplet_id }))]
        }
        ("POST", "reserved_ips/{reserved_ip}/actions") => at(json!({ "type": "assign", "droplet_id": droplet_id })),
        ("POST", "tags") => at(json!({ "name": "new" })),
        (_, "tags/{tag_id}/resources") => {
            at(json!({ "resources": [{ "resource_id": droplet_id.to_string(), "resource_type": "droplet" }] }))
        }
        ("POST", "uptime/checks") => at(json!({
            "name": "new", "type": "https", "target": "https://example.com", "regions": ["us_east"], "enabled": true,
        })),
        ("PUT", "uptime/checks/{check_id}") => at(json!({ "name": "renamed", "regions": ["eu_west"] })),
        (_, path) if path.starts_with("uptime/") => at(Stage::alert()),
        ("POST", "volumes") => at(json!({
            "name": "new", "size_gigabytes": 10, "region": "nyc3", "filesystem_type": "ext4", "filesystem_label": "l",
            "tags": ["web"], "description": "d",
        })),
        ("POST", "volumes/actions") => at(json!({
            "type": "detach", "volume_name": "held", "droplet_id": droplet_id, "region": "nyc3",
        })),
        ("POST", "volumes/{volume_id}/actions") => {
            let attach = json!({ "type": "attach", "droplet_id": other, "region": "nyc3" });
            let held = path.replace("{volume_id}", "{attached}");
            vec![(path, attach), (held, json!({ "type": "resize", "size_gigabytes": 20, "region": "nyc3" }))]
        }
        ("POST", "volumes/{volume_id}/snapshots") => at(json!({ "name": "new", "tags": ["web"] })),
        ("POST", "vpcs") => at(json!({
            "name": "new", "region": "nyc3", "ip_range": "10.30.0.0/20", "description": "d",
        })),
        ("PUT" | "PATCH", "vpcs/{vpc_id}") => at(json!({ "name": "renamed", "description": "d", "default": true })),
        _ => panic!("no body is written down for {operation}"),
    }
}

fn full_cluster() -> Value {
    let more = json!({
        "name": "new", "version": "16", "storage_size_mib": 30720, "tags": ["web"], "private_network_uuid": "",
        "rules": [{ "type": "ip_addr", "value": "192.0.2.1", "description": "d" }],
        "autoscale": { "storage": { "enabled": true, "threshold_percent": 80, "increment_gib": 10 } },
        "do_settings": { "service_cnames": ["db.example.com"] },
    });
    with(cluster("new", "pg"), more)
}

fn database(path: &str, operation: &str, of: &dyn Fn(&str) -> String) -> Vec<(String, Value)> {
    let tail = path.split_once('/').unwrap().1;
    let pg = |body: Value| vec![(of("pg"), body)];
    let pool = json!({ "mode": "transaction", "size": 10, "db": "defaultdb", "user": "doadmin" });
    match (operation.split(' ').next().unwrap(), tail) {
        (_, "config") => vec![
            (of("pg"), json!({ "config": { "work_mem": 8, "pgbouncer": { "min_pool_size": 2 } } })),
            (of("mysql"), json!({ "config": { "sql_require_primary_key": true } })),
            (of("valkey"), json!({ "config": { "valkey_timeout": 60 } })),
        ],
        (_, "migrate") => pg(json!({ "region": "lon1" })),
        (_, "resize") => pg(json!({ "size": "db-s-2vcpu-4gb", "num_nodes": 2, "storage_size_mib": 61440 })),
        (_, "firewall") => pg(json!({ "rules": [{ "type": "tag", "value": "test", "description": "d" }] })),
        (_, "do_settings") => pg(json!({ "do_settings": { "service_cnames": ["db.example.com"] } })),
        (_, "maintenance") => pg(json!({ "day": "tuesday", "hour": "14:00" })),
        (_, "replicas") => pg(json!({
            "name": "new", "size": "db-s-2vcpu-4gb", "region": "fra1", "storage_size_mib": 61440, "tags": ["web"],
        })),
        ("POST", "users") => vec![
            (of("pg"), json!({ "name": "new", "settings": { "pg_allow_replication": true } })),
            (of("mysql"), json!({ "name": "new", "mysql_settings": { "auth_plugin": "mysql_native_password" } })),
            (of("mongodb"), json!({ "name": "new", "readonly": true })),
        ],
        ("PUT", "users/{username}") => pg(json!({ "settings": { "pg_allow_replication": false } })),
        (_, "users/{username}/reset_auth") => {
            vec![(of("mysql"), json!({ "mysql_settings": { "auth_plugin": "caching_sha2_password" } }))]
        }
        (_, "dbs") => pg(json!({ "name": "new" })),
        ("POST", "pools") => pg(with(pool, json!({ "name": "new" }))),
        ("PUT", "pools/{pool_name}") => pg(pool),
        (_, "eviction_policy") => vec![(of("valkey"), json!({ "eviction_policy": "allkeys_lru" }))],
        (_, "sql_mode") => vec![(of("mysql"), json!({ "sql_mode": "ANSI,TRADITIONAL" }))],
        (_, "upgrade") => pg(json!({ "version": "15" })),
        (_, "autoscale") => pg(json!({ "storage": { "enabled": true, "threshold_percent": 80, "increment_gib": 10 } })),
        _ => panic!("no body is written down for {operation}"),
    }
}

impl Stage {
    fn balancer(&self, name: &str) -> Value {
        json!({
            "name": name, "region": "nyc3", "size_unit": 2, "droplet_ids": [self.number("droplet_id")],
            "forwarding_rules": [rule()], "redirect_http_to_https": false, "enable_proxy_protocol": true,
            "health_check": { "protocol": "http", "port": 80, "path": "/", "check_interval_seconds": 10 },
            "sticky_sessions": { "type": "cookies", "cookie_name": "DO-LB", "cookie_ttl_seconds": 300 },
            "firewall": { "deny": ["cidr:192.0.2.0/24"], "allow": ["ip:198.51.100.1"] },
            "http_idle_timeout_seconds": 60, "tls_cipher_policy": "STRONG", "project_id": self.ids["project_id"],
        })
    }
}
