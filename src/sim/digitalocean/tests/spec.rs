//! The vendor's published interface, where it lies beside the project: schemas, examples, operations.

use std::path::Path;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

pub(super) struct Spec {
    pub(super) document: Value,
}

/// What the simulator leaves out of the collections that it serves, by a part of the path.
const NOT_SERVED: [(&str, &str); 15] = [
    ("/account_transfer", "images are not handed to other accounts"),
    ("/autoscale/", "pools of droplets that scale by themselves are not simulated"),
    ("/droplets/autoscale", "pools of droplets that scale by themselves are not simulated"),
    ("/cache", "global load balancers have no cache here"),
    ("/destroy_with_associated_resources", "each object is deleted by itself"),
    ("/indexes", "OpenSearch is not simulated"),
    ("/logsink", "logs are not forwarded"),
    ("/metrics/credentials", "there are no metrics to read"),
    ("/neighbors", "which machine a droplet is on is not simulated"),
    ("/online-migration", "there is no other server to migrate from"),
    ("/peerings", "networks are not peered"),
    ("/schema-registry", "Kafka is not simulated"),
    ("/topics", "Kafka is not simulated"),
    ("POST /v2/images", "images are not uploaded"),
    ("/images/{image_id}/actions", "images are not copied between regions"),
];

/// The collections that are served.
const SERVED: [&str; 20] = [
    "account",
    "actions",
    "certificates",
    "databases",
    "domains",
    "droplets",
    "firewalls",
    "images",
    "load_balancers",
    "monitoring/alerts",
    "projects",
    "regions",
    "reserved_ips",
    "sizes",
    "snapshots",
    "tags",
    "uptime",
    "volumes",
    "vpcs",
    "account/keys",
];

impl Spec {
    /// Reads it; `None`, and a notice, where it is not there.
    pub(super) fn load(tier: &str) -> Option<Spec> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/specs/digitalocean.openapi.json");
        // Worktrees lie one folder deeper.
        let deeper = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs/digitalocean.openapi.json");
        let text = std::fs::read(path).or_else(|_| std::fs::read(deeper)).ok();
        let missing = text.is_none().then_some("the vendor's specification is not beside the project");
        crate::diag::tier(tier, missing);
        Some(Spec { document: serde_json::from_slice(&text?).unwrap() })
    }

    /// Method and path of every operation that the simulator is to serve.
    pub(super) fn operations(&self) -> Vec<(String, &Value)> {
        let mut all = Vec::new();
        for (path, methods) in self.document["paths"].as_object().unwrap() {
            let Some(inside) = path.strip_prefix("/v2/") else { continue };
            if !SERVED.iter().any(|served| inside == *served || inside.starts_with(&format!("{served}/"))) {
                continue;
            }
            for (method, operation) in methods.as_object().unwrap() {
                let name = format!("{} {path}", method.to_ascii_uppercase());
                let is_method = ["get", "put", "post", "patch", "delete"].contains(&method.as_str());
                let is_left_out = |part: &str| if part.starts_with('/') { path.contains(part) } else { name == part };
                if is_method && !NOT_SERVED.iter().any(|(part, _)| is_left_out(part)) {
                    all.push((name, operation));
                }
            }
        }
        all
    }

    /// What a reference points to, or the thing itself.
    pub(super) fn resolved<'a>(&'a self, mut thing: &'a Value) -> &'a Value {
        while let Some(reference) = thing.get("$ref").and_then(Value::as_str) {
            thing = self.document.pointer(reference.trim_start_matches('#')).unwrap();
        }
        thing
    }

    /// The JSON part of an operation's request: schema and examples.
    pub(super) fn request<'a>(&'a self, operation: &'a Value) -> Option<&'a Value> {
        self.resolved(operation.get("requestBody")?).pointer("/content/application~1json")
    }

    /// The examples of a request, by name.
    pub(super) fn examples(&self, request: &Value) -> Vec<(String, Value)> {
        let named = request.get("examples").and_then(Value::as_object).into_iter().flatten();
        let named = named.map(|(name, example)| (name.clone(), self.resolved(example)["value"].clone()));
        let single = request.get("example").map(|example| ("example".to_owned(), example.clone()));
        named.chain(single).collect()
    }

    /// The schema with references put in place, in the dialect that validators read.
    pub(super) fn inlined(&self, schema: &Value) -> Value {
        match schema {
            Value::Object(map) if map.contains_key("$ref") => self.inlined(self.resolved(schema)),
            Value::Object(map) => {
                let kept = map
                    .iter()
                    .filter(|(name, _)| !["example", "examples", "discriminator", "format"].contains(&name.as_str()));
                let mut plain: Map<String, Value> =
                    kept.map(|(name, value)| (name.clone(), self.inlined(value))).collect();
                if plain.remove("nullable") == Some(json!(true)) {
                    return json!({ "anyOf": [plain, { "type": "null" }] });
                }
                Value::Object(plain)
            }
            Value::Array(items) => items.iter().map(|item| self.inlined(item)).collect(),
            other => other.clone(),
        }
    }

    /// What tells whether a document fits a schema.
    pub(super) fn validator(&self, schema: &Value) -> jsonschema::Validator {
        jsonschema::options().with_draft(jsonschema::Draft::Draft4).build(&self.inlined(schema)).unwrap()
    }

    /// What a schema has against a document.
    pub(super) fn faults(&self, schema: &Value, document: &Value) -> Vec<String> {
        self.validator(schema)
            .iter_errors(document)
            .map(|fault| format!("{fault} at {}", fault.instance_path))
            .collect()
    }
}
