//! From a request schema and a good body to bodies that break one rule each.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::sim::digitalocean::tests::spec::Spec;

/// A body with one mistake.
pub(super) struct Mutation {
    /// Where, as a JSON pointer.
    pub(super) pointer: String,
    /// Which rule it breaks.
    pub(super) rule: &'static str,
    pub(super) body: Value,
}

/// Every required field left out, every enumeration and every bound overstepped, one at a time.
pub(super) fn all(spec: &Spec, schema: &Value, good: &Value) -> Vec<Mutation> {
    let mut found = Vec::new();
    Walk { spec, found: &mut found }.value(schema, good, "");
    found
}

struct Walk<'a> {
    spec: &'a Spec,
    found: &'a mut Vec<Mutation>,
}

impl Walk<'_> {
    /// `document` has something at the pointer, which the schema describes.
    fn value(&mut self, schema: &Value, document: &Value, pointer: &str) {
        let here = document.pointer(pointer).unwrap().clone();
        let schema = merged(self.spec, schema, &here);
        if schema.get("readOnly") == Some(&json!(true)) {
            return;
        }
        for (rule, value) in broken(&schema) {
            let mut body = document.clone();
            *body.pointer_mut(pointer).unwrap() = value;
            self.found.push(Mutation { pointer: pointer.to_owned(), rule, body });
        }
        self.properties(&schema, document, pointer, &here);
        if let (Some(items), Some(list)) = (schema.get("items"), here.as_array()) {
            let item = list.first().cloned().or_else(|| example(self.spec, items));
            if let Some(item) = item {
                let mut body = document.clone();
                *body.pointer_mut(pointer).unwrap() = json!([item]);
                self.value(items, &body, &format!("{pointer}/0"));
            }
        }
    }

    fn properties(&mut self, schema: &Map<String, Value>, document: &Value, pointer: &str, here: &Value) {
        let Some(fields) = here.as_object() else { return };
        let none = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            let name = name.as_str().unwrap();
            let is_read = properties.get(name).is_some_and(|of| self.spec.resolved(of)["readOnly"] == json!(true));
            let mut body = document.clone();
            body.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(name);
            if !is_read {
                self.found.push(Mutation { pointer: format!("{pointer}/{name}"), rule: "required", body });
            }
        }
        for (name, property) in properties {
            if self.spec.resolved(property)["readOnly"] == json!(true) {
                continue;
            }
            let mut body = document.clone();
            if fields.get(name).is_none_or(Value::is_null) {
                let Some(value) = example(self.spec, property) else { continue };
                body.pointer_mut(pointer).unwrap()[name] = value;
            }
            self.value(property, &body, &format!("{pointer}/{}", name.replace('/', "~1")));
        }
    }
}

/// A schema's rules in one map: all parts, and of the alternatives the first that the value fits.
fn merged(spec: &Spec, schema: &Value, value: &Value) -> Map<String, Value> {
    let mut rules = Map::new();
    for (name, rule) in spec.resolved(schema).as_object().unwrap() {
        match name.as_str() {
            "allOf" => {
                for part in rule.as_array().unwrap() {
                    add(&mut rules, merged(spec, part, value));
                }
            }
            "anyOf" | "oneOf" => {
                let fitting = rule.as_array().unwrap().iter().filter(|one| spec.faults(one, value).is_empty());
                // The one that knows all that is there, as others may fit because they demand nothing.
                if let Some(one) = fitting.max_by_key(|one| std::cmp::Reverse(strangers(spec, one, value))) {
                    add(&mut rules, merged(spec, one, value));
                }
            }
            _ => add(&mut rules, Map::from_iter([(name.clone(), rule.clone())])),
        }
    }
    rules
}

/// How many fields of a value a schema does not know.
fn strangers(spec: &Spec, schema: &Value, value: &Value) -> usize {
    let known = merged(spec, schema, value);
    let known = known.get("properties").and_then(Value::as_object);
    let fields = value.as_object().into_iter().flatten();
    fields.filter(|(name, _)| known.is_none_or(|known| !known.contains_key(*name))).count()
}

fn add(rules: &mut Map<String, Value>, more: Map<String, Value>) {
    for (name, rule) in more {
        match (rules.get_mut(&name), rule) {
            (Some(Value::Object(before)), Value::Object(rule)) => before.extend(rule),
            (Some(Value::Array(before)), Value::Array(rule)) if name == "required" => before.extend(rule),
            (_, rule) => drop(rules.insert(name, rule)),
        }
    }
}

/// Values that break a rule about the value itself.
fn broken(schema: &Map<String, Value>) -> Vec<(&'static str, Value)> {
    let mut all = Vec::new();
    let is_text = schema.get("type") != Some(&json!("integer")) && schema.get("type") != Some(&json!("number"));
    if schema.contains_key("enum") {
        all.push(("enum", if is_text { json!("no-such-value") } else { json!(987_654) }));
    }
    let number = |name: &str| schema.get(name).and_then(Value::as_f64).filter(|number| number.abs() < 9e18);
    if let Some(low) = number("minimum") {
        all.push(("minimum", whole(low - 1.0)));
    }
    if let Some(high) = number("maximum") {
        all.push(("maximum", whole(high + 1.0)));
    }
    let count = |name: &str| schema.get(name).and_then(Value::as_u64).map(|count| count as usize);
    if let Some(least) = count("minLength").filter(|least| *least > 0) {
        all.push(("minLength", json!("a".repeat(least - 1))));
    }
    if let Some(most) = count("maxLength") {
        all.push(("maxLength", json!("a".repeat(most + 1))));
    }
    if let Some(most) = count("maxItems") {
        all.push(("maxItems", json!(vec!["a.example.com"; most + 1])));
    }
    if let Some(least) = count("minItems").filter(|least| *least > 0) {
        all.push(("minItems", json!(Vec::<Value>::with_capacity(least))));
    }
    if schema.contains_key("pattern") {
        all.push(("pattern", json!("\u{1} !")));
    }
    all
}

fn whole(number: f64) -> Value {
    if number.fract() == 0.0 { json!(number as i64) } else { json!(number) }
}

/// A value that fits a schema, made of the vendor's own examples.
fn example(spec: &Spec, schema: &Value) -> Option<Value> {
    let schema = spec.resolved(schema);
    for name in ["example", "default"] {
        if let Some(value) = schema.get(name).filter(|value| !value.is_null()) {
            return Some(value.clone());
        }
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values.first().cloned();
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        let mut whole = Map::new();
        for part in parts {
            match example(spec, part) {
                Some(Value::Object(fields)) => whole.extend(fields),
                Some(other) => return Some(other),
                None => {}
            }
        }
        return Some(Value::Object(whole)).filter(|whole| *whole != json!({}));
    }
    for name in ["anyOf", "oneOf"] {
        if let Some(one) = schema.get(name).and_then(|all| all.get(0)) {
            return example(spec, one);
        }
    }
    match schema.get("type").and_then(Value::as_str)? {
        "array" => Some(json!([example(spec, schema.get("items")?)?])),
        "object" => {
            let properties = schema.get("properties")?.as_object()?.iter();
            let written = properties.filter(|(_, of)| spec.resolved(of)["readOnly"] != json!(true));
            Some(written.filter_map(|(name, of)| Some((name.clone(), example(spec, of)?))).collect())
        }
        "boolean" => Some(json!(true)),
        "integer" | "number" => Some(schema.get("minimum").cloned().unwrap_or(json!(1))),
        "string" => Some(json!("x")),
        _ => None,
    }
}
