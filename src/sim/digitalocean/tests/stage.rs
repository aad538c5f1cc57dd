//! A world with one of everything, and paths and bodies that name what is in it.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::json;

use crate::sim::digitalocean::tests::droplet;
use crate::sim::digitalocean::tests::rule;
use crate::sim::digitalocean::tests::with;
use crate::sim::testing::Bench;
use crate::sim::testing::bench;
use crate::sim::testing::key;

pub(super) struct Stage {
    pub(super) bench: Bench,
    /// By the names that the interface gives to parts of paths, and a few more.
    pub(super) ids: BTreeMap<&'static str, String>,
}

/// A certificate's create body; nothing here is secret.
pub(super) fn certificate(name: &str) -> Value {
    let key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n";
    let leaf = include_str!("../certificates/sample.pem");
    json!({ "name": name, "type": "custom", "private_key": key, "leaf_certificate": leaf })
}

/// A cluster's create body.
pub(super) fn cluster(name: &str, engine: &str) -> Value {
    json!({ "name": name, "engine": engine, "size": "db-s-1vcpu-2gb", "num_nodes": 1, "region": "nyc3" })
}

/// An alert policy's body.
pub(super) fn policy() -> Value {
    json!({
        "type": "v1/insights/droplet/cpu", "description": "CPU", "compare": "GreaterThan", "value": 80, "window": "5m",
        "entities": ["1"], "tags": ["web"], "enabled": true,
        "alerts": { "email": ["a@example.com"], "slack": [{ "channel": "ops", "url": "https://hooks.example.com/x" }] },
    })
}

impl Stage {
    pub(super) async fn set() -> Stage {
        let mut stage = Stage { bench: bench(), ids: BTreeMap::new() };
        stage.keep("tag_id", "POST", "/v2/tags", json!({ "name": "frontend" }), "/tag/name").await;
        stage.bench.must("POST", "/v2/tags", json!({ "name": "gateway" })).await;
        stage.bench.must("POST", "/v2/tags", json!({ "name": "test" })).await;
        stage.bench.must("POST", "/v2/tags", json!({ "name": "backend" })).await;
        stage.keep("ssh_key_identifier", "POST", "/v2/account/keys", key("k"), "/ssh_key/id").await;
        stage.find("fingerprint", "/v2/account/keys", "/ssh_keys/0/fingerprint").await;
        let nyc3 = with(droplet("a"), json!({ "region": "nyc3" }));
        stage.keep("droplet_id", "POST", "/v2/droplets", nyc3.clone(), "/droplet/id").await;
        stage
            .keep(
                "other_droplet",
                "POST",
                "/v2/droplets",
                with(nyc3, json!({ "name": "b", "tags": ["test"] })),
                "/droplet/id",
            )
            .await;
        stage.bench.wait(41.0);
        stage.act("/v2/droplets/{droplet_id}/actions", json!({ "type": "snapshot", "name": "s" })).await;
        stage.find("image_id", "/v2/images?private=true", "/images/0/id").await;
        let volume = json!({ "name": "data", "size_gigabytes": 10, "region": "nyc3" });
        stage.keep("volume_id", "POST", "/v2/volumes", volume.clone(), "/volume/id").await;
        stage.keep("attached", "POST", "/v2/volumes", with(volume, json!({ "name": "held" })), "/volume/id").await;
        stage.find("droplet_action", "/v2/actions", "/actions/0/id").await;
        let droplet = stage.number("droplet_id");
        stage.act("/v2/volumes/{attached}/actions", json!({ "type": "attach", "droplet_id": droplet })).await;
        stage.find("volume_action", "/v2/actions", "/actions/0/id").await;
        let snapshots = stage.path("/v2/volumes/{volume_id}/snapshots");
        stage.keep("snapshot_id", "POST", &snapshots, json!({ "name": "s" }), "/snapshot/id").await;
        stage.keep("reserved_ip", "POST", "/v2/reserved_ips", json!({ "region": "nyc3" }), "/reserved_ip/ip").await;
        let other = stage.number("other_droplet");
        stage.act("/v2/reserved_ips/{reserved_ip}/actions", json!({ "type": "assign", "droplet_id": other })).await;
        stage.find("address_action", "/v2/actions", "/actions/0/id").await;
        stage.keep("vpc_id", "POST", "/v2/vpcs", json!({ "name": "own", "region": "nyc3" }), "/vpc/id").await;
        stage.keep("domain_name", "POST", "/v2/domains", json!({ "name": "example.org" }), "/domain/name").await;
        let record = json!({ "type": "A", "name": "www", "data": "192.0.2.1" });
        let records = "/v2/domains/example.org/records";
        stage.keep("domain_record_id", "POST", records, record, "/domain_record/id").await;
        stage.keep("certificate_id", "POST", "/v2/certificates", certificate("c"), "/certificate/id").await;
        let balancer = json!({ "name": "lb", "region": "nyc3", "forwarding_rules": [rule()] });
        stage.keep("lb_id", "POST", "/v2/load_balancers", balancer, "/load_balancer/id").await;
        let balancer = stage.path("/v2/load_balancers/{lb_id}");
        stage.find("lb_vpc", &balancer, "/load_balancer/vpc_uuid").await;
        stage.ids.extend([("volume_name", "data".to_owned()), ("held_name", "held".to_owned())]);
        stage.keep("firewall_id", "POST", "/v2/firewalls", stage.firewall("fw"), "/firewall/id").await;
        let project = json!({ "name": "p", "purpose": "Service or API" });
        stage.keep("project_id", "POST", "/v2/projects", project, "/project/id").await;
        stage.keep("alert_uuid", "POST", "/v2/monitoring/alerts", policy(), "/policy/uuid").await;
        let check = json!({ "name": "c", "target": "https://example.com" });
        stage.keep("check_id", "POST", "/v2/uptime/checks", check, "/check/id").await;
        let alerts = stage.path("/v2/uptime/checks/{check_id}/alerts");
        stage.keep("alert_id", "POST", &alerts, Stage::alert(), "/alert/id").await;
        stage.clusters().await;
        stage
    }

    async fn clusters(&mut self) {
        for engine in ["pg", "mysql", "valkey", "mongodb"] {
            let body = with(cluster(engine, engine), json!({ "version": (engine == "pg").then_some("14") }));
            self.keep(
                engine,
                "POST",
                "/v2/databases",
                with(body, json!({ "name": format!("{engine}-1") })),
                "/database/id",
            )
            .await;
        }
        self.ids.insert("database_cluster_uuid", self.ids["pg"].clone());
        self.bench.wait(400.0);
        let of = |tail: &str| format!("/v2/databases/{{pg}}/{tail}");
        for (name, tail, body) in [
            ("username", "users", json!({ "name": "reader" })),
            ("database_name", "dbs", json!({ "name": "orders" })),
            ("pool_name", "pools", json!({ "name": "pool", "mode": "session", "size": 3, "db": "defaultdb" })),
            ("replica_name", "replicas", json!({ "name": "replica", "size": "db-s-1vcpu-2gb" })),
        ] {
            self.bench.must("POST", &self.path(&of(tail)), body.clone()).await;
            self.ids.insert(name, body["name"].as_str().unwrap().to_owned());
            self.bench.wait(1.0);
        }
        let users = self.path("/v2/databases/{mysql}/users");
        self.bench.must("POST", &users, json!({ "name": "reader" })).await;
        self.bench.wait(301.0);
    }

    /// A firewall that names droplets, tags and a load balancer.
    pub(super) fn firewall(&self, name: &str) -> Value {
        let sources = json!({ "addresses": ["192.0.2.0/24"], "tags": ["gateway"] });
        json!({
            "name": name,
            "inbound_rules": [{ "protocol": "tcp", "ports": "22", "sources": sources }],
            "outbound_rules": [{ "protocol": "udp", "ports": "53", "destinations": { "addresses": ["0.0.0.0/0"] } }],
            "droplet_ids": [self.number("droplet_id")],
            "tags": ["frontend"],
        })
    }

    /// An uptime alert's body.
    pub(super) fn alert() -> Value {
        json!({
            "name": "slow", "type": "latency", "threshold": 300, "comparison": "greater_than", "period": "2m",
            "notifications": { "email": ["a@example.com"], "slack": [{ "channel": "ops", "url": "https://example.com" }] },
        })
    }

    /// Makes something, and remembers a part of the answer.
    async fn keep(&mut self, name: &'static str, method: &str, path: &str, body: Value, part: &str) {
        let made = self.bench.must(method, path, body).await;
        self.remember(name, &made, part);
    }

    async fn find(&mut self, name: &'static str, path: &str, part: &str) {
        let found = self.bench.must("GET", path, Value::Null).await;
        self.remember(name, &found, part);
    }

    fn remember(&mut self, name: &'static str, answer: &Value, part: &str) {
        let id = match answer.pointer(part).unwrap() {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        self.ids.insert(name, id);
        self.bench.wait(1.0);
    }

    /// Starts an action and waits until it is over.
    async fn act(&mut self, path: &str, body: Value) {
        self.bench.must("POST", &self.path(path), body).await;
        self.bench.wait(61.0);
    }

    /// A path whose parts in braces are filled in.
    pub(super) fn path(&self, template: &str) -> String {
        let mut path = template.to_owned();
        while let (Some(open), Some(close)) = (path.find('{'), path.find('}')) {
            let name = &path[open + 1..close];
            let id = self.ids.get(name).unwrap_or_else(|| panic!("nothing is called {name}"));
            path.replace_range(open..=close, &id.clone());
        }
        path
    }

    /// An id that is a number.
    pub(super) fn number(&self, name: &str) -> u64 {
        self.ids[name].parse().unwrap()
    }
}
