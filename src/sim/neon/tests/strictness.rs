//! Bad requests, generated from the vendor's specification out of good ones, and its own examples.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::sim::neon::tests::Made;
use crate::sim::neon::tests::project;
use crate::sim::neon::tests::spec::Spec;
use crate::sim::testing::Bench;
use crate::sim::testing::bench;

const PROJECT: &str = "/projects/{project_id}";

/// A request that is served: its verb, its template, its path and a body that is good and says much.
struct Served {
    method: &'static str,
    template: String,
    path: String,
    good: Value,
}

fn served(made: &Made, bare: &str) -> Vec<Served> {
    let size = json!({ "autoscaling_limit_min_cu": 1, "autoscaling_limit_max_cu": 1, "suspend_timeout_seconds": 300 });
    let libraries = json!({ "use_defaults": true, "enabled_libraries": ["x"] });
    let window = json!({ "weekdays": [1], "start_time": "01:00", "end_time": "02:00" });
    let settings = json!({
        "quota": {}, "allowed_ips": { "ips": ["192.0.2.1"] }, "maintenance_window": window,
        "preload_libraries": libraries,
    });
    let of_compute = json!({ "pg_settings": { "a": "b" }, "preload_libraries": libraries });
    let compute = |more: Value| {
        let mut compute = size.clone();
        compute["settings"] = of_compute.clone();
        compute.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        compute
    };
    let branch = "/branches/{branch_id}";
    let row = |method, template: &str, path: String, good| Served { method, template: template.to_owned(), path, good };
    let of = |tail: &str| format!("{PROJECT}{tail}");
    vec![
        row(
            "POST",
            "/projects",
            "/api/v2/projects".to_owned(),
            json!({ "project": {
            "name": "p", "settings": settings, "branch": { "name": "b", "annotations": { "a": "b" } },
            "default_endpoint_settings": size, "pg_version": 17,
        } }),
        ),
        row("PATCH", PROJECT, made.path.clone(), json!({ "project": { "name": "p", "settings": settings } })),
        row(
            "POST",
            &of("/branches"),
            made.at("/branches"),
            json!({
                "branch": { "name": "fresh" }, "endpoints": [compute(json!({ "type": "read_write" }))],
                "annotation_value": { "a": "b" },
            }),
        ),
        row("PATCH", &of(branch), made.at(&format!("/branches/{bare}")), json!({ "branch": { "name": "bare" } })),
        row(
            "POST",
            &of("/endpoints"),
            made.at("/endpoints"),
            json!({
                "endpoint": compute(json!({ "branch_id": bare, "type": "read_only" })),
            }),
        ),
        row(
            "PATCH",
            &of("/endpoints/{endpoint_id}"),
            made.at(&format!("/endpoints/{}", made.endpoint)),
            json!({
                "endpoint": compute(json!({ "name": "n" })),
            }),
        ),
        row("POST", &of(&format!("{branch}/roles")), made.in_branch("/roles"), json!({ "role": { "name": "r" } })),
        row(
            "POST",
            &of(&format!("{branch}/databases")),
            made.in_branch("/databases"),
            json!({
                "database": { "name": "d", "owner_name": "neondb_owner" },
            }),
        ),
        row(
            "PATCH",
            &of(&format!("{branch}/databases/{{database_name}}")),
            made.in_branch("/databases/neondb"),
            json!({
                "database": { "name": "e" },
            }),
        ),
        row("POST", &of("/permissions"), made.at("/permissions"), json!({ "email": "a@example.com" })),
    ]
}

/// What is wrong with a value, in every way that its schema forbids: the field at fault and the value.
fn bad_values(schema: &Value, good: Option<&Value>, name: &str) -> Vec<(String, Value)> {
    let mut bad = Vec::new();
    let number = |field: &str| schema.get(field).and_then(Value::as_f64);
    let size = |field: &str| schema.get(field).and_then(Value::as_u64).map(|size| size as usize);
    match schema["type"].as_str() {
        Some("object") => {
            bad.push((name.to_owned(), json!("not an object")));
            bad.extend(bad_objects(schema, good));
        }
        Some("array") => {
            bad.push((name.to_owned(), json!("not an array")));
            let first = good.and_then(|good| good.get(0));
            let items = bad_values(&schema["items"], first, name).into_iter();
            bad.extend(items.map(|(field, value)| (field, json!([value]))));
        }
        Some("boolean") => bad.push((name.to_owned(), json!("yes"))),
        Some("integer" | "number") => {
            bad.push((name.to_owned(), json!("7")));
            bad.extend(number("minimum").map(|least| (name.to_owned(), json!(least - 0.125))));
            bad.extend(number("minimum").map(|least| (name.to_owned(), json!(least.floor() as i64 - 1))));
            bad.extend(number("maximum").map(|most| (name.to_owned(), json!(most as i64 + 1))));
        }
        Some("string") => {
            bad.push((name.to_owned(), json!(7)));
            bad.extend(size("minLength").map(|size| (name.to_owned(), json!("x".repeat(size - 1)))));
            bad.extend(size("maxLength").map(|size| (name.to_owned(), json!("x".repeat(size + 1)))));
            bad.extend(schema.get("enum").map(|_| (name.to_owned(), json!("none of them"))));
            bad.extend(schema.get("pattern").map(|_| (name.to_owned(), json!("Not An Id!"))));
            if ["date-time", "email"].contains(&schema["format"].as_str().unwrap_or_default()) {
                bad.push((name.to_owned(), json!("neither")));
            }
        }
        // What may be null has its schema one step further down.
        _ => bad.extend(schema["anyOf"].as_array().into_iter().flat_map(|any| bad_values(&any[0], good, name))),
    }
    bad
}

fn bad_objects(schema: &Value, good: Option<&Value>) -> Vec<(String, Value)> {
    let nothing = Map::new();
    let good = good.and_then(Value::as_object).unwrap_or(&nothing);
    let mut bad = Vec::new();
    for name in schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap()) {
        let mut without = good.clone();
        without.remove(name);
        bad.push((name.to_owned(), Value::Object(without)));
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        for (field, value) in bad_values(schema, good.get(name), name) {
            let mut with = good.clone();
            with.insert(name.clone(), value);
            bad.push((field, Value::Object(with)));
        }
    }
    if schema["additionalProperties"]["type"] == "string" {
        bad.push(("added".to_owned(), json!({ "added": 7 })));
    }
    bad
}

#[tokio::test]
async fn every_required_field_enumeration_and_bound_is_minded() {
    let Some(spec) = Spec::load() else {
        return crate::diag::tier("neon requests", Some("the vendor's specification is not beside the project"));
    };
    crate::diag::tier("neon requests", None);
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let bare = made.branch(&bench, json!({ "name": "bare" }), json!([])).await;
    let mut count = 0;
    for Served { method, template, path, good } in served(&made, &bare) {
        let schema = spec.request(method, &template);
        let bad = bad_objects(&schema, Some(&good));
        assert!(!bad.is_empty(), "{method} {template}");
        for (field, body) in bad {
            bench.wait(0.2);
            let (status, answer) = bench.call(method, &path, body.clone()).await;
            let message = answer["message"].as_str().unwrap_or_default();
            assert!(status == 400 && message.contains(&field), "{method} {template} {field} {body}: {status} {answer}");
            count += 1;
        }
        // The body that all of them were made from is a good one.
        if path == "/api/v2/projects" {
            bench.must(method, &path, good).await;
        } else {
            made.change(&bench, method, &path, good).await;
        }
    }
    assert!(count > 250, "{count}");
}

#[tokio::test]
async fn the_specifications_own_examples_are_taken() {
    let Some(spec) = Spec::load() else {
        return crate::diag::tier("neon examples", Some("the vendor's specification is not beside the project"));
    };
    crate::diag::tier("neon examples", None);
    let bench = bench();
    let mut count = 0;
    for n in 0..served(&project(&bench, json!({})).await, "br").len() {
        // Each template has a project of its own, with the roles that the examples give databases to.
        let made = project(&bench, json!({ "region_id": "aws-us-east-2" })).await;
        if n > 6 {
            for role in ["casey", "sally"] {
                made.change(&bench, "POST", &made.in_branch("/roles"), json!({ "role": { "name": role } })).await;
            }
        }
        let bare = made.branch(&bench, json!({ "name": "bare" }), json!([])).await;
        let Served { method, template, path, .. } = served(&made, &bare).swap_remove(n);
        for mut example in spec.examples(method, &template) {
            let fresh = free_branch(&bench, &made, &template).await;
            // The one thing about an example that cannot be true here is whose ids it names.
            for (pointer, id) in [("/branch/parent_id", &made.branch), ("/endpoint/branch_id", &fresh)] {
                if let Some(named) = example.pointer_mut(pointer) {
                    *named = json!(id);
                }
            }
            if path == "/api/v2/projects" {
                bench.must(method, &path, example).await;
            } else {
                let answer = made.change(&bench, method, &path, example).await;
                forget(&bench, &made, &template, &answer).await;
            }
            count += 1;
        }
    }
    assert!(count >= 14, "{count}");
}

/// A branch without a compute, where an example makes one.
async fn free_branch(bench: &Bench, made: &Made, template: &str) -> String {
    if template.ends_with("/endpoints") { made.branch(bench, json!({}), json!([])).await } else { String::new() }
}

/// Two examples of a branch have one name.
async fn forget(bench: &Bench, made: &Made, template: &str, answer: &Value) {
    if template.ends_with("/branches") {
        let path = made.at(&format!("/branches/{}", answer["branch"]["id"].as_str().unwrap()));
        made.change(bench, "DELETE", &path, Value::Null).await;
    }
}
