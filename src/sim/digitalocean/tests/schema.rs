//! Every answer of a walk through all endpoints, checked against the vendor's published schemas.

use serde_json::Value;
use serde_json::json;

use crate::sim::digitalocean::scopes;
use crate::sim::digitalocean::tests::droplet;
use crate::sim::digitalocean::tests::requests;
use crate::sim::digitalocean::tests::rule;
use crate::sim::digitalocean::tests::spec::Spec;
use crate::sim::digitalocean::tests::stage::Stage;
use crate::sim::digitalocean::tests::with;
use crate::sim::testing::Bench;
use crate::sim::testing::bench;
use crate::sim::testing::key;

/// The specification, what was held against it, and what it has against that.
struct Checker {
    spec: Spec,
    checked: Vec<String>,
    faults: Vec<String>,
}

impl Checker {
    fn load() -> Option<Checker> {
        Some(Checker { spec: Spec::load("openapi responses")?, checked: Vec::new(), faults: Vec::new() })
    }

    fn check(&mut self, method: &str, template: &str, status: u16, body: &Value) {
        let template = template.split('?').next().unwrap();
        let operation = format!("{method} {template} {status}");
        let pointer =
            format!("/paths/{}/{}/responses/{status}", template.replace('/', "~1"), method.to_ascii_lowercase());
        let Some(response) = self.spec.document.pointer(&pointer) else {
            self.faults.push(format!("{operation}: the specification has no such answer"));
            return;
        };
        match self.spec.resolved(response).pointer("/content/application~1json/schema") {
            None if body.is_null() => {}
            None => self.faults.push(format!("{operation}: there should be no body")),
            Some(schema) => {
                let faults = self.spec.faults(schema, body);
                self.faults.extend(faults.into_iter().map(|fault| format!("{operation}: {fault}")));
            }
        }
        self.checked.push(operation);
    }

    /// Sends a request whose path is a template filled in, and checks the answer.
    async fn send(&mut self, bench: &Bench, method: &str, template: &str, parts: &[&str], body: Value) -> Value {
        let mut path = template.to_owned();
        for part in parts {
            let (open, close) = (path.find('{').unwrap(), path.find('}').unwrap());
            path.replace_range(open..=close, part);
        }
        let (status, answer) = bench.call(method, &path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        self.check(method, template, status, &answer);
        bench.wait(1.0);
        answer
    }
}

#[tokio::test]
async fn answers_are_what_the_specification_says() {
    let Some(mut spec) = Checker::load() else { return };
    let (bench, spec) = (&bench(), &mut spec);
    let none = || Value::Null;
    for path in ["account", "regions", "sizes", "images", "databases/options"] {
        spec.send(bench, "GET", &format!("/v2/{path}"), &[], none()).await;
    }
    spec.send(bench, "GET", "/v2/images/{image_id}", &["debian-12-x64"], none()).await;

    let made = spec.send(bench, "POST", "/v2/account/keys", &[], key("a")).await;
    let id = made["ssh_key"]["id"].to_string();
    let one = "/v2/account/keys/{ssh_key_identifier}";
    spec.send(bench, "GET", "/v2/account/keys", &[], none()).await;
    spec.send(bench, "GET", one, &[&id], none()).await;
    spec.send(bench, "PUT", one, &[&id], json!({ "name": "b" })).await;
    spec.send(bench, "DELETE", one, &[&id], none()).await;

    spec.send(bench, "POST", "/v2/tags", &[], json!({ "name": "web" })).await;
    let several = with(droplet("x"), json!({ "name": null, "names": ["a", "b"], "tags": ["web"] }));
    spec.send(bench, "POST", "/v2/droplets", &[], several).await;
    let full = json!({ "ipv6": true, "backups": true, "monitoring": true });
    let made = spec.send(bench, "POST", "/v2/droplets", &[], with(droplet("c"), full)).await;
    let id = made["droplet"]["id"].to_string();
    let one = "/v2/droplets/{droplet_id}";
    spec.send(bench, "GET", one, &[&id], none()).await;
    bench.wait(41.0);
    spec.send(bench, "GET", one, &[&id], none()).await;
    spec.send(bench, "GET", "/v2/droplets", &[], none()).await;
    spec.send(bench, "GET", "/v2/droplets/{droplet_id}/backups/policy", &[&id], none()).await;
    let actions = "/v2/droplets/{droplet_id}/actions";
    let begun = spec.send(bench, "POST", actions, &[&id], json!({ "type": "reboot" })).await;
    let action = begun["action"]["id"].to_string();
    spec.send(bench, "GET", actions, &[&id], none()).await;
    spec.send(bench, "GET", &format!("{actions}/{{action_id}}"), &[&id, &action], none()).await;
    spec.send(bench, "GET", "/v2/actions", &[], none()).await;
    bench.wait(11.0);
    spec.send(bench, "GET", "/v2/actions/{action_id}", &[&action], none()).await;
    spec.send(bench, "POST", "/v2/droplets/actions?tag_name=web", &[], json!({ "type": "reboot" })).await;
    bench.wait(11.0);

    spec.send(bench, "GET", "/v2/tags", &[], none()).await;
    let resources = json!({ "resources": [{ "resource_id": id, "resource_type": "droplet" }] });
    spec.send(bench, "POST", "/v2/tags/{tag_id}/resources", &["web"], resources.clone()).await;
    spec.send(bench, "GET", "/v2/tags/{tag_id}", &["web"], none()).await;
    spec.send(bench, "DELETE", "/v2/tags/{tag_id}/resources", &["web"], resources).await;

    let made = spec.send(bench, "POST", "/v2/reserved_ips", &[], json!({ "region": "fra1" })).await;
    let ip = made["reserved_ip"]["ip"].as_str().unwrap();
    let one = "/v2/reserved_ips/{reserved_ip}";
    let actions = "/v2/reserved_ips/{reserved_ip}/actions";
    let assign = json!({ "type": "assign", "droplet_id": id.parse::<u64>().unwrap() });
    let begun = spec.send(bench, "POST", actions, &[ip], assign.clone()).await;
    spec.send(bench, "GET", actions, &[ip], none()).await;
    spec.send(bench, "GET", &format!("{actions}/{{action_id}}"), &[ip, &begun["action"]["id"].to_string()], none())
        .await;
    bench.wait(7.0);
    spec.send(bench, "GET", one, &[ip], none()).await;
    spec.send(bench, "GET", "/v2/reserved_ips", &[], none()).await;
    spec.send(bench, "POST", actions, &[ip], json!({ "type": "unassign" })).await;
    bench.wait(7.0);
    spec.send(bench, "DELETE", one, &[ip], none()).await;
    spec.send(bench, "POST", "/v2/reserved_ips", &[], json!({ "droplet_id": assign["droplet_id"] })).await;
    bench.wait(7.0);

    let made = spec.send(bench, "POST", "/v2/vpcs", &[], json!({ "name": "v", "region": "fra1" })).await;
    let vpc = made["vpc"]["id"].as_str().unwrap();
    let one = "/v2/vpcs/{vpc_id}";
    spec.send(bench, "GET", "/v2/vpcs", &[], none()).await;
    spec.send(bench, "GET", one, &[vpc], none()).await;
    spec.send(bench, "PUT", one, &[vpc], json!({ "name": "w" })).await;
    spec.send(bench, "PATCH", one, &[vpc], json!({ "description": "d" })).await;
    spec.send(bench, "DELETE", one, &[vpc], none()).await;
    let default = bench.get("/v2/vpcs").await.1["vpcs"][0]["id"].as_str().unwrap().to_owned();
    spec.send(bench, "GET", "/v2/vpcs/{vpc_id}/members", &[&default], none()).await;

    let pem = json!({
        "name": "c", "private_key": "-----BEGIN PRIVATE KEY-----", "leaf_certificate": "-----BEGIN CERTIFICATE-----",
    });
    let made = spec.send(bench, "POST", "/v2/certificates", &[], pem).await;
    let certificate = made["certificate"]["id"].as_str().unwrap();
    spec.send(bench, "GET", "/v2/certificates", &[], none()).await;
    spec.send(bench, "GET", "/v2/certificates/{certificate_id}", &[certificate], none()).await;
    spec.send(bench, "DELETE", "/v2/certificates/{certificate_id}", &[certificate], none()).await;

    let balancer = json!({ "name": "lb", "region": "fra1", "droplet_ids": [], "forwarding_rules": [rule()] });
    let made = spec.send(bench, "POST", "/v2/load_balancers", &[], balancer.clone()).await;
    let lb = made["load_balancer"]["id"].as_str().unwrap();
    let one = "/v2/load_balancers/{lb_id}";
    spec.send(bench, "GET", one, &[lb], none()).await;
    bench.wait(76.0);
    let ids = json!({ "droplet_ids": [assign["droplet_id"]] });
    spec.send(bench, "POST", "/v2/load_balancers/{lb_id}/droplets", &[lb], ids.clone()).await;
    spec.send(bench, "GET", "/v2/load_balancers", &[], none()).await;
    spec.send(bench, "DELETE", "/v2/load_balancers/{lb_id}/droplets", &[lb], ids).await;
    let more = json!({ "forwarding_rules": [with(rule(), json!({ "entry_port": 81 }))] });
    spec.send(bench, "POST", "/v2/load_balancers/{lb_id}/forwarding_rules", &[lb], more.clone()).await;
    spec.send(bench, "DELETE", "/v2/load_balancers/{lb_id}/forwarding_rules", &[lb], more).await;
    spec.send(bench, "PUT", one, &[lb], with(balancer, json!({ "droplet_ids": null, "tag": "web" }))).await;
    spec.send(bench, "DELETE", one, &[lb], none()).await;

    let cluster =
        json!({ "name": "db1", "engine": "valkey", "size": "db-s-1vcpu-1gb", "num_nodes": 1, "region": "fra1" });
    let made = spec.send(bench, "POST", "/v2/databases", &[], cluster.clone()).await;
    let valkey = made["database"]["id"].as_str().unwrap();
    let cluster = with(
        cluster,
        json!({ "name": "db2", "engine": "pg", "size": "db-s-1vcpu-2gb", "num_nodes": 2, "tags": ["web"] }),
    );
    let made = spec.send(bench, "POST", "/v2/databases", &[], cluster).await;
    let pg = made["database"]["id"].as_str().unwrap();
    bench.wait(391.0);
    let policy = "/v2/databases/{database_cluster_uuid}/eviction_policy";
    spec.send(bench, "PUT", policy, &[valkey], json!({ "eviction_policy": "allkeys_lru" })).await;
    spec.send(bench, "GET", policy, &[valkey], none()).await;
    let of = |tail: &str| format!("/v2/databases/{{database_cluster_uuid}}{tail}");
    spec.send(bench, "POST", &of("/users"), &[pg], json!({ "name": "u" })).await;
    spec.send(bench, "GET", &of("/users"), &[pg], none()).await;
    spec.send(bench, "GET", &of("/users/{username}"), &[pg, "u"], none()).await;
    spec.send(bench, "PUT", &of("/users/{username}"), &[pg, "u"], json!({ "settings": {} })).await;
    spec.send(bench, "POST", &of("/users/{username}/reset_auth"), &[pg, "u"], json!({})).await;
    spec.send(bench, "DELETE", &of("/users/{username}"), &[pg, "u"], none()).await;
    spec.send(bench, "POST", &of("/dbs"), &[pg], json!({ "name": "d" })).await;
    spec.send(bench, "GET", &of("/dbs"), &[pg], none()).await;
    spec.send(bench, "GET", &of("/dbs/{database_name}"), &[pg, "d"], none()).await;
    spec.send(bench, "DELETE", &of("/dbs/{database_name}"), &[pg, "d"], none()).await;
    let rules = json!({ "rules": [{ "type": "tag", "value": "web" }] });
    spec.send(bench, "PUT", &of("/firewall"), &[pg], rules).await;
    spec.send(bench, "GET", &of("/firewall"), &[pg], none()).await;
    spec.send(bench, "PUT", &of("/maintenance"), &[pg], json!({ "day": "monday", "hour": "01:00" })).await;
    spec.send(bench, "PUT", &of("/resize"), &[pg], json!({ "size": "db-s-2vcpu-4gb", "num_nodes": 2 })).await;
    bench.wait(301.0);
    spec.send(bench, "PUT", &of("/migrate"), &[pg], json!({ "region": "nyc1" })).await;
    spec.send(bench, "GET", &of(""), &[pg], none()).await;
    spec.send(bench, "GET", "/v2/databases", &[], none()).await;
    spec.send(bench, "DELETE", &of(""), &[pg], none()).await;

    spec.send(bench, "DELETE", "/v2/droplets/{droplet_id}", &[&id], none()).await;
    spec.send(bench, "DELETE", "/v2/tags/{tag_id}", &["web"], none()).await;
    assert_eq!(spec.faults, Vec::<String>::new());
    assert!(spec.checked.len() > 70, "{}", spec.checked.len());
}

/// Operations whose paths do not simply name what is on the stage.
const PATHS: [(&str, &str); 9] = [
    ("GET /v2/droplets/{droplet_id}/actions/{action_id}", "/v2/droplets/{droplet_id}/actions/{droplet_action}"),
    ("GET /v2/volumes/{volume_id}/actions/{action_id}", "/v2/volumes/{attached}/actions/{volume_action}"),
    (
        "GET /v2/reserved_ips/{reserved_ip}/actions/{action_id}",
        "/v2/reserved_ips/{reserved_ip}/actions/{address_action}",
    ),
    ("GET /v2/actions/{action_id}", "/v2/actions/{droplet_action}"),
    ("GET /v2/databases/{database_cluster_uuid}/sql_mode", "/v2/databases/{mysql}/sql_mode"),
    ("GET /v2/databases/{database_cluster_uuid}/eviction_policy", "/v2/databases/{valkey}/eviction_policy"),
    ("DELETE /v2/droplets", "/v2/droplets?tag_name=test"),
    ("DELETE /v2/volumes", "/v2/volumes?name=data&region=nyc3"),
    ("GET /v2/projects/{project_id}/resources", "/v2/projects/default/resources"),
];

#[tokio::test]
async fn every_operation_answers_as_the_specification_says() {
    let Some(mut checker) = Checker::load() else { return };
    let operations: Vec<(String, bool)> = {
        let all = checker.spec.operations();
        all.into_iter().map(|(name, of)| (name, checker.spec.request(of).is_some())).collect()
    };
    for (operation, takes_body) in &operations {
        let (method, template) = operation.split_once(' ').unwrap();
        let forms = match takes_body {
            true => requests::good(&Stage::set().await, operation).len(),
            false => 1,
        };
        for form in 0..forms {
            let stage = Stage::set().await;
            let path = PATHS.iter().find(|(of, _)| of == operation).map_or(template, |(_, path)| path);
            let (path, body) = match takes_body {
                true => requests::good(&stage, operation).swap_remove(form),
                false => (path.to_owned(), Value::Null),
            };
            let (status, answer) = stage.bench.call(method, &stage.path(&path), body).await;
            checker.check(method, template, status, &answer);
            if !(200..300).contains(&status) {
                checker.faults.push(format!("{operation}: {status} {answer}"));
            }
        }
    }
    assert!(checker.faults.is_empty(), "{}", checker.faults.join("\n"));
    assert!(checker.checked.len() > 150, "{}", checker.checked.len());
}

/// Operations whose published scopes are odd: operation, what is asked for here.
const SCOPES: [(&str, &str); 0] = [];

#[test]
fn scopes_are_the_published_ones() {
    let Some(spec) = Spec::load("openapi scopes") else { return };
    let mut faults = Vec::new();
    for (operation, of) in spec.operations() {
        let (method, path) = operation.split_once(" /v2/").unwrap();
        let needed = scopes::needed(method, &path.split('/').collect::<Vec<_>>()).unwrap();
        let schemes = of["security"].as_array().into_iter().flatten().filter_map(Value::as_object);
        let published: Vec<&str> = schemes
            .flat_map(|scheme| scheme.values())
            .filter_map(Value::as_array)
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let stated = SCOPES.iter().any(|(known, scope)| *known == operation && *scope == needed);
        if !published.contains(&needed.as_str()) && !stated {
            faults.push(format!("{operation} needs {needed}, published are {published:?}"));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}
