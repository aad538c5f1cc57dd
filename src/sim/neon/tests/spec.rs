//! The vendor's published schemas: what answers must be, and what requests must not.

use std::path::Path;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::sim::neon::tests::api;
use crate::sim::testing::Bench;

/// The specification, and what was found to differ from it.
pub(super) struct Spec {
    document: Value,
    pub(super) checked: Vec<String>,
    pub(super) faults: Vec<String>,
}

impl Spec {
    /// The specification, where it lies beside the project.
    pub(super) fn load() -> Option<Spec> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/specs/neon.openapi.json");
        // Worktrees lie one folder deeper.
        let deeper = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs/neon.openapi.json");
        let text = std::fs::read(path).or_else(|_| std::fs::read(deeper)).ok()?;
        let document = serde_json::from_slice(&text).unwrap();
        Some(Spec { document, checked: Vec::new(), faults: Vec::new() })
    }

    /// The schema with references put in place, in the dialect that validators read.
    fn inlined(&self, schema: &Value) -> Value {
        match schema {
            Value::Object(map) if map.contains_key("$ref") => {
                let pointer = map["$ref"].as_str().unwrap().trim_start_matches('#');
                self.inlined(self.document.pointer(pointer).unwrap())
            }
            Value::Object(map) => {
                let mut plain: Map<String, Value> = map
                    .iter()
                    .filter(|(name, _)| !["example", "examples", "discriminator"].contains(&name.as_str()))
                    .map(|(name, value)| (name.clone(), self.inlined(value)))
                    .collect();
                if plain.remove("nullable") == Some(json!(true)) {
                    return json!({ "anyOf": [plain, { "type": "null" }] });
                }
                Value::Object(plain)
            }
            Value::Array(items) => items.iter().map(|item| self.inlined(item)).collect(),
            other => other.clone(),
        }
    }

    fn operation(&self, method: &str, template: &str) -> &Value {
        let path = template.split('?').next().unwrap().replace('/', "~1");
        let pointer = format!("/paths/{path}/{}", method.to_ascii_lowercase());
        self.document.pointer(&pointer).unwrap_or_else(|| panic!("no {method} {template}"))
    }

    /// The schema of a request's body.
    pub(super) fn request(&self, method: &str, template: &str) -> Value {
        let body = self.operation(method, template).pointer("/requestBody/content/application~1json/schema");
        merged(&self.inlined(body.unwrap()))
    }

    /// The examples of a request's body.
    pub(super) fn examples(&self, method: &str, template: &str) -> Vec<Value> {
        let content = &self.operation(method, template)["requestBody"]["content"]["application/json"];
        let several = content["examples"].as_object().into_iter().flat_map(Map::values).map(|e| e["value"].clone());
        several.chain(content.get("example").cloned()).collect()
    }

    /// Compares an answer with what the specification says of it, and finds fields that it does not know.
    pub(super) fn check(&mut self, method: &str, template: &str, status: u16, body: &Value) {
        let operation = format!("{method} {template} {status}");
        let responses = &self.operation(method, template)["responses"];
        let response = responses.get(status.to_string()).or(responses.get("default").filter(|_| status >= 400));
        let Some(response) = response else {
            self.faults.push(format!("{operation}: the specification has no such answer"));
            return;
        };
        let response = self.inlined(response);
        match response.pointer("/content/application~1json/schema") {
            None if body.is_null() => {}
            None => self.faults.push(format!("{operation}: there should be no body")),
            Some(schema) => {
                let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft4).build(schema).unwrap();
                for fault in validator.iter_errors(body) {
                    self.faults.push(format!("{operation}: {} at {}", fault, fault.instance_path));
                }
                unknown(&merged(schema), body, &operation, &mut self.faults);
            }
        }
        self.checked.push(operation);
    }

    /// Sends a request whose path is a template filled in, while it is refused because the project is locked; checks the answer.
    pub(super) async fn send(
        &mut self,
        bench: &Bench,
        method: &str,
        template: &str,
        parts: &[&str],
        body: Value,
    ) -> (u16, Value) {
        let mut path = template.to_owned();
        for part in parts {
            let (open, close) = (path.find('{').unwrap(), path.find('}').unwrap());
            path.replace_range(open..=close, part);
        }
        loop {
            let (status, answer) = bench.call(method, &api(&path), body.clone()).await;
            self.check(method, template, status, &answer);
            bench.wait(0.5);
            if status != 423 {
                return (status, answer);
            }
        }
    }
}

/// A schema whose parts are one object with all of their properties.
fn merged(schema: &Value) -> Value {
    let Value::Object(map) = schema else { return schema.clone() };
    let mut whole: Map<String, Value> = map.iter().map(|(name, value)| (name.clone(), merged(value))).collect();
    if let Some(Value::Object(properties)) = map.get("properties") {
        // Here names are names, whatever they mean elsewhere.
        let inner = properties.iter().map(|(name, value)| (name.clone(), merged(value))).collect();
        whole.insert("properties".to_owned(), Value::Object(inner));
    }
    let Some(Value::Array(parts)) = whole.remove("allOf") else { return Value::Object(whole) };
    for part in parts.iter().map(merged) {
        let Value::Object(part) = part else { continue };
        for (name, value) in part {
            match (whole.get_mut(&name), value) {
                (Some(Value::Object(all)), Value::Object(more)) => all.extend(more),
                (Some(Value::Array(all)), Value::Array(more)) => all.extend(more),
                (Some(_), _) => {}
                (None, value) => drop(whole.insert(name, value)),
            }
        }
    }
    Value::Object(whole)
}

fn unknown(schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let known = schema.get("properties").and_then(Value::as_object);
            for (name, value) in fields {
                let at = format!("{at}/{name}");
                match (known.and_then(|known| known.get(name)), schema.get("additionalProperties")) {
                    (Some(schema), _) => unknown(schema, value, &at, faults),
                    (None, Some(schema)) => unknown(schema, value, &at, faults),
                    (None, None) => faults.push(format!("{at}: the specification knows no such field")),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| unknown(&schema["items"], item, at, faults)),
        _ => {}
    }
}
