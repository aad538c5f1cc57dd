//! Somebody else who works on the same world, and the list of all that is in it.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::Value as Json;

use super::Lab;

/// The users and groups that a simulated host begins with.
const ACCOUNTS: [(&str, &str); 3] = [
    ("etc/passwd", include_str!("../../sim/hosts/accounts/passwd")),
    ("etc/group", include_str!("../../sim/hosts/accounts/group")),
    ("etc/shadow", include_str!("../../sim/hosts/accounts/shadow")),
];

/// Collections of the simulated vendor, and what tells their members apart.
const COLLECTIONS: [(&str, &str, &str); 14] = [
    ("tags", "tags", "name"),
    ("droplets", "droplets", "id"),
    ("load_balancers", "load_balancers", "id"),
    ("databases", "databases", "id"),
    ("reserved_ips", "reserved_ips", "ip"),
    ("account/keys", "ssh_keys", "id"),
    ("vpcs", "vpcs", "id"),
    ("firewalls", "firewalls", "id"),
    ("certificates", "certificates", "id"),
    ("domains", "domains", "name"),
    ("projects", "projects", "id"),
    ("volumes", "volumes", "id"),
    ("monitoring/alerts", "policies", "uuid"),
    ("uptime/checks", "checks", "id"),
];

/// What database clusters hold, and what tells it apart.
const PARTS: [(&str, &str); 5] =
    [("users", "name"), ("dbs", "name"), ("pools", "name"), ("replicas", "name"), ("firewall", "value")];

impl Lab {
    /// Sends a request to DigitalOcean as another client would.
    pub(super) async fn send(&self, method: &str, path: &str, body: Json) -> Json {
        self.ask(method, &format!("https://api.digitalocean.com/v2/{path}"), "dop_v1_test", body).await
    }

    /// Sends a request to Neon as another client would.
    pub(super) async fn neon(&self, method: &str, path: &str, body: Json) -> Json {
        self.ask(method, &format!("https://console.neon.tech/api/v2/{path}"), "napi_test", body).await
    }

    async fn ask(&self, method: &str, address: &str, secret: &str, body: Json) -> Json {
        let bytes = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = || {
            http::Request::builder()
                .method(method)
                .uri(address)
                .header("authorization", format!("Bearer {secret}"))
                .header("content-type", "application/json")
                .body(bytes.clone())
                .expect("a request")
        };
        let mut answer = self.session.http.send(request()).await;
        // A simulator that drops connections drops those of others too; a look can be taken again.
        for _ in 0..20 {
            if method == "GET" && answer.is_err() {
                answer = self.session.http.send(request()).await;
            }
        }
        let answer = answer.expect("the simulator answers");
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(answer.status().is_success(), "{method} {address}: {} {text}", answer.status());
        serde_json::from_str(&text).unwrap_or(Json::Null)
    }

    /// Sends a request to DigitalOcean as another client would, and waits until what it asks for has come about.
    pub(super) fn asks<'l>(&'l self, method: &'l str, path: String, body: Json) -> BoxFuture<'l, ()> {
        async move {
            self.send(method, &path, body).await;
            self.wait(120).await;
        }
        .boxed()
    }

    /// Lets time pass.
    pub(super) async fn wait(&self, seconds: u64) {
        self.session.clock.sleep(Duration::from_secs(seconds)).await;
    }

    /// Everything that exists at the vendor, on the hosts and in the folder beside the state; what belongs to the run
    /// itself is left out: the state, and the tag that all objects of one state carry.
    pub(super) async fn census(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (path, key, id) in COLLECTIONS {
            let page = self.send("GET", &format!("{path}?per_page=200"), Json::Null).await;
            for one in page[key].as_array().unwrap_or_else(|| panic!("{path} lists {key}")) {
                let name = one[id].to_string();
                if path == "tags" && name.starts_with("\"infra:") {
                    continue;
                }
                // What the vendor makes by itself stays: a region's first network, the project that takes the rest.
                if one["is_default"] == true || path == "vpcs" && is_given(&one["name"]) {
                    continue;
                }
                found.insert(format!("{path} {name}"));
                self.inside(path, one, &mut found).await;
            }
        }
        self.neon_census(&mut found).await;
        for root in self.hosts() {
            let own = ["run", "tmp", "var", "usr"];
            files(&root, &own, &mut |path| {
                // Written when the host is first looked at.
                if path.ends_with("etc/hostname") {
                    return;
                }
                let Some((_, base)) = ACCOUNTS.iter().find(|(file, _)| path.ends_with(file)) else {
                    found.insert(format!("host {}", path.display()));
                    return;
                };
                let text = std::fs::read_to_string(path).expect("it is there");
                for name in text.lines().filter_map(|line| line.split(':').next()) {
                    if !base.lines().any(|line| line.split(':').next() == Some(name)) {
                        found.insert(format!("host {} {name}", path.display()));
                    }
                }
            });
        }
        files(self.root(), &["state"], &mut |path| {
            found.insert(format!("folder {}", path.display()));
        });
        found
    }

    /// What a database cluster holds of a kind, where its engine has such a thing.
    async fn part(&self, cluster: &str, engine: &str, part: &str, id: &str, found: &mut BTreeSet<String>) {
        let has = match part {
            "pools" => engine == "pg",
            "replicas" => matches!(engine, "pg" | "mysql"),
            "users" | "dbs" => !matches!(engine, "valkey" | "redis"),
            _ => true,
        };
        if !has {
            return;
        }
        let page = self.send("GET", &format!("databases/{cluster}/{part}"), Json::Null).await;
        let key = if part == "firewall" { "rules" } else { part };
        for one in page[key].as_array().into_iter().flatten() {
            found.insert(format!("{cluster} {part} {}", one[id]));
        }
    }

    /// What is inside an object and no object of a collection: users, records, what a project holds, which droplet has
    /// a volume or an address.
    async fn inside(&self, path: &str, one: &Json, found: &mut BTreeSet<String>) {
        if path == "databases" {
            let cluster = one["id"].as_str().expect("a cluster's id");
            for (part, what) in PARTS {
                self.part(cluster, one["engine"].as_str().unwrap_or(""), part, what, found).await;
            }
            return;
        }
        match path {
            "volumes" => {
                let droplets = one["droplet_ids"].as_array().into_iter().flatten();
                found.extend(droplets.map(|droplet| format!("{} on {droplet}", one["id"])));
            }
            "reserved_ips" if !one["droplet"].is_null() => {
                found.insert(format!("{} on {}", one["ip"], one["droplet"]["id"]));
            }
            _ => {}
        }
        let (within, key) = match path {
            "domains" => ("records", "domain_records"),
            "projects" => ("resources", "resources"),
            "uptime/checks" => ("alerts", "alerts"),
            _ => return,
        };
        let id = ["id", "name"].iter().find_map(|name| one[*name].as_str()).expect("an id");
        let page = self.send("GET", &format!("{path}/{id}/{within}?per_page=200"), Json::Null).await;
        for part in page[key].as_array().into_iter().flatten() {
            let name = ["id", "urn", "name"].iter().map(|name| &part[*name]).find(|name| !name.is_null());
            found.insert(format!("{id} {within} {}", name.expect("a name")));
        }
    }

    /// All that there is at Neon.
    async fn neon_census(&self, found: &mut BTreeSet<String>) {
        let list = async |path: String, key: &str| {
            let page = self.neon("GET", &path, Json::Null).await;
            page[key].as_array().cloned().unwrap_or_else(|| panic!("{path} lists {key}"))
        };
        for project in list("projects?limit=400".to_owned(), "projects").await {
            let project = format!("projects/{}", project["id"].as_str().expect("an id"));
            found.insert(format!("neon {project}"));
            for (path, key) in [("endpoints", "endpoints"), ("permissions", "project_permissions")] {
                for one in list(format!("{project}/{path}"), key).await {
                    found.insert(format!("neon {project}/{path} {}", one["id"]));
                }
            }
            for branch in list(format!("{project}/branches"), "branches").await {
                let branch = format!("{project}/branches/{}", branch["id"].as_str().expect("an id"));
                found.insert(format!("neon {branch}"));
                for key in ["roles", "databases"] {
                    for one in list(format!("{branch}/{key}"), key).await {
                        found.insert(format!("neon {branch}/{key} {}", one["name"]));
                    }
                }
            }
        }
    }

    /// The root folders of the simulated hosts.
    pub(super) fn hosts(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.world().join("hosts")).expect("the world has hosts");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }

    /// The root folder of the only simulated host.
    pub(super) fn host(&self) -> PathBuf {
        let hosts = self.hosts();
        assert_eq!(hosts.len(), 1, "one host is up");
        hosts.into_iter().next().expect("one")
    }

    /// A string attribute of the instance `it` of a type.
    pub(super) fn of_it(&self, ty: &str, name: &str) -> String {
        let value = self.attribute(&format!("{ty}.it"), name);
        value.unmarked().as_str().unwrap_or_else(|| panic!("{ty}.it.{name} is a string")).to_owned()
    }
}

/// Whether a network's name is one that the vendor gives.
fn is_given(name: &Json) -> bool {
    name.as_str().is_some_and(|name| name.starts_with("default-"))
}

/// Visits the files below a folder, except those in some of its own folders.
pub(super) fn files(folder: &Path, except: &[&str], visit: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let path = entry.path();
        if except.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type().expect("a type").is_dir() {
            files(&path, &[], visit);
        } else {
            visit(&path);
        }
    }
}
