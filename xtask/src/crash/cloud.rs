//! What there is in the simulated cloud, asked over HTTP as anybody would.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;

use serde_json::Value;

/// The objects of the cloud: by the type that stands for them, their ids, each with its name.
pub(super) type Objects = BTreeMap<&'static str, BTreeMap<String, String>>;

/// Types of objects that stand in a list of their own: where, under which key, and what names one.
const COLLECTIONS: [(&str, &str, &str, &str); 5] = [
    ("digitalocean_droplet", "droplets", "droplets", "id"),
    ("digitalocean_loadbalancer", "load_balancers", "load_balancers", "id"),
    ("digitalocean_database_cluster", "databases", "databases", "id"),
    ("digitalocean_reserved_ip", "reserved_ips", "reserved_ips", "ip"),
    ("digitalocean_tag", "tags", "tags", "name"),
];

/// The user that every cluster is born with.
const BORN: &str = "doadmin";

/// The tag that all of a state's objects share: it costs nothing, and stays for the next.
const LINEAGE: &str = "infra:";

/// Lists everything.
pub(super) fn objects(address: &str) -> Result<Objects, Box<dyn Error>> {
    let mut objects = Objects::new();
    for (ty, path, key, id) in COLLECTIONS {
        let found = objects.entry(ty).or_default();
        for one in list(address, &format!("/v2/{path}?per_page=200"), key)? {
            // What has no name is called by its id.
            let name = text(one.get("name").unwrap_or(&one[id]));
            let id = text(&one[id]);
            if ty != "digitalocean_tag" || !id.starts_with(LINEAGE) {
                found.insert(id, name);
            }
        }
    }
    let clusters: Vec<String> = objects["digitalocean_database_cluster"].keys().cloned().collect();
    let users = objects.entry("digitalocean_database_user").or_default();
    for cluster in clusters {
        for user in list(address, &format!("/v2/databases/{cluster}/users"), "users")? {
            let name = text(&user["name"]);
            if name != BORN {
                users.insert(format!("{cluster}/user/{name}"), name);
            }
        }
    }
    Ok(objects)
}

/// The droplets by id, each with whether it is switched on.
pub(super) fn droplets(address: &str) -> Result<BTreeMap<String, (String, bool)>, Box<dyn Error>> {
    let droplets = list(address, "/v2/droplets?per_page=200", "droplets")?;
    let one = |droplet: &Value| (text(&droplet["id"]), (text(&droplet["name"]), droplet["status"] == "active"));
    Ok(droplets.iter().map(one).collect())
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn list(address: &str, path: &str, key: &str) -> Result<Vec<Value>, Box<dyn Error>> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer simulated\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8(answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("an answer without a body")?;
    if !head.starts_with("HTTP/1.1 200") {
        return Err(format!("GET {path}: {answer}").into());
    }
    let body: Value = serde_json::from_str(body)?;
    Ok(body[key].as_array().cloned().ok_or_else(|| format!("GET {path} lists no {key}"))?)
}
