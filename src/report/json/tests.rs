use std::path::Path as FilePath;
use std::sync::Arc;

use serde_json::Value as Json;
use serde_json::json;

use super::PlanJson;
use super::StateJson;
use super::mask::Mask;
use super::value::Plain;
use crate::config::Config;
use crate::config::MemoryFiles;
use crate::config::load;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::plan::Action;
use crate::plan::Plan;
use crate::plan::Reason;
use crate::report::Secrets;
use crate::report::testing::block;
use crate::report::testing::blocks;
use crate::report::testing::change;
use crate::report::testing::object;
use crate::report::testing::output;
use crate::report::testing::plan;
use crate::report::testing::registry;
use crate::report::testing::snapshot;
use crate::report::testing::unknown;
use crate::report::testing::vm;
use crate::state::DeposedKey;
use crate::state::ObjectKey;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

fn config(text: &str) -> Config {
    let files: MemoryFiles = [("main.tf", text.as_bytes())].into_iter().collect();
    let mut diags = Diagnostics::new();
    let config = load(FilePath::new(""), &Sources::new(), &files, &mut diags);
    assert!(!diags.has_errors(), "{diags:?}");
    config
}

fn shown(plan: &Plan, config: &Config, secrets: Secrets) -> Json {
    let registry = registry();
    let document = PlanJson {
        plan,
        config,
        registry: &registry,
        terraform_version: "1.11.4",
        timestamp: "2026-01-02T03:04:05Z",
        secrets,
    };
    serde_json::to_value(document).unwrap()
}

#[test]
fn unknown_parts_are_masked_as_the_value_is_shaped() {
    let (s, u) = (|| Value::from("a"), unknown);
    for (value, plain, mask) in [
        (s(), json!("a"), json!(false)),
        (u(), json!(null), json!(true)),
        (Value::NULL, json!(null), json!(false)),
        (Value::tuple(vec![s(), u()]), json!(["a", null]), json!([false, true])),
        (Value::list(Type::STRING, vec![]), json!([]), json!([])),
        (object(&[("k", s()), ("u", u())]), json!({"k": "a"}), json!({"u": true})),
        (object(&[("m", object(&[])), ("n", Value::NULL)]), json!({"m": {}, "n": null}), json!({"m": {}})),
        (u().sensitive(), json!(null), json!(true)),
    ] {
        assert_eq!(serde_json::to_value(Plain(&value, Secrets::Hidden)).unwrap(), plain, "{value:?}");
        assert_eq!(serde_json::to_value(Mask::unknown(&value)).unwrap(), mask, "{value:?}");
    }
}

#[test]
fn sensitive_parts_are_masked_and_hidden_unless_asked_for() {
    let secret = Value::from("x").sensitive();
    for (value, plain, mask) in [
        (secret.clone(), json!("(sensitive)"), json!(true)),
        (Value::from(7).sensitive(), json!("(sensitive)"), json!(true)),
        (Value::tuple(vec![secret.clone(), Value::from(1)]), json!(["(sensitive)", 1]), json!([true, false])),
        (object(&[("a", secret)]).sensitive(), json!("(sensitive)"), json!(true)),
        (Value::Null(Type::STRING).sensitive(), json!(null), json!(true)),
        (Value::unknown(Type::list(Type::STRING)), json!(null), json!([])),
        (Value::unknown(Type::map(Type::STRING)), json!(null), json!({})),
    ] {
        assert_eq!(serde_json::to_value(Plain(&value, Secrets::Hidden)).unwrap(), plain, "{value:?}");
        assert_eq!(serde_json::to_value(Mask::sensitive(&value)).unwrap(), mask, "{value:?}");
    }
    let clear = object(&[("a", Value::from(7).sensitive())]);
    assert_eq!(serde_json::to_value(Plain(&clear, Secrets::Shown)).unwrap(), json!({"a": 7}));
}

#[test]
fn a_change_is_written_as_terraform_does() {
    let before = vm([("id", Value::from("1")), ("name", Value::from("a")), ("password", Value::from("p"))]);
    let after = vm([
        ("id", unknown()),
        ("name", Value::from("b")),
        ("password", Value::from("q")),
        blocks("disk", vec![block("disk", &[("size", Value::unknown(Type::NUMBER))])]),
    ]);
    let mut replaced = change(
        "module.m[\"k\"].acme_vm.a[0]",
        Action::CreateThenDelete,
        Some(Reason::CannotUpdate),
        Some(before.clone()),
        Some(after),
    );
    replaced.previous_addr = "acme_vm.old".parse().ok();
    replaced.replace_paths = vec![Path::of("name"), Path::of("disk").index(0).attr("size")];
    let mut deposed = change("acme_vm.a", Action::Delete, None, Some(before), None);
    deposed.object = ObjectKey::Deposed(DeposedKey::new(0xab));
    deposed.importing = Some("id-1".into());
    let written = shown(&plan(vec![replaced, deposed], Vec::new()), &config(""), Secrets::Hidden);
    let mut expected = json!({
        "address": "module.m[\"k\"].acme_vm.a[0]",
        "previous_address": "acme_vm.old",
        "module_address": "module.m[\"k\"]",
        "mode": "managed",
        "type": "acme_vm",
        "name": "a",
        "index": 0,
        "provider_name": "registry.terraform.io/acme/acme",
        "action_reason": "replace_because_cannot_update",
        "change": {
            "actions": ["create", "delete"],
            "before": {
                "any": null, "cpus": null, "disk": [], "env": null, "file": null, "id": "1", "name": "a",
                "on": null,
                "password": "(sensitive)", "rule": [], "seed": null, "size": null, "tags": null,
            },
            "after": {
                "any": null, "cpus": null, "disk": [{"label": null}], "env": null, "file": null, "name": "b",
                "on": null,
                "password": "(sensitive)", "rule": [], "seed": null, "size": null, "tags": null,
            },
            "after_unknown": {"disk": [{"size": true}], "id": true, "rule": []},
            "before_sensitive": {"disk": [], "password": true, "rule": []},
            "after_sensitive": {"disk": [{}], "password": true, "rule": []},
            "replace_paths": [["name"], ["disk", 0, "size"]],
        },
    });
    assert_eq!(written["resource_changes"][0], expected);
    let deposed = &written["resource_changes"][1];
    expected = json!(["000000ab", ["delete"], null, {}, false, {"id": "id-1"}]);
    let change = &deposed["change"];
    assert_eq!(
        json!([
            deposed["deposed"],
            change["actions"],
            change["after"],
            change["after_unknown"],
            change["after_sensitive"],
            change["importing"]
        ]),
        expected
    );
    assert!(deposed.get("module_address").is_none() && deposed.get("index").is_none());
}

#[test]
fn outputs_tell_what_is_not_known_yet() {
    let partly = object(&[("k", Value::from(1)), ("u", unknown())]);
    let outputs = vec![
        output("gone", Some(Value::from("x")), None, false),
        output("new", None, Some(unknown()), false),
        output("partly", Some(Value::from(1)), Some(partly), false),
        output("same", Some(Value::from(1)), Some(Value::from(1)), false),
        output("secret", None, Some(Value::from("s")), true),
    ];
    let plan = plan(Vec::new(), outputs);
    let written = shown(&plan, &config(""), Secrets::Hidden);
    let of = |before: Json, actions: Json, after_unknown: Json, sensitive: bool| {
        json!({"actions": actions, "before": before, "after_unknown": after_unknown, "before_sensitive": sensitive,
            "after_sensitive": sensitive})
    };
    let with = |mut change: Json, after: Json| {
        change["after"] = after;
        change
    };
    assert_eq!(
        written["output_changes"],
        json!({
            "gone": with(of(json!("x"), json!(["delete"]), json!(false), false), json!(null)),
            "new": of(json!(null), json!(["create"]), json!(true), false),
            "partly": with(of(json!(1), json!(["update"]), json!({"u": true}), false), json!({"k": 1})),
            "same": with(of(json!(1), json!(["no-op"]), json!(false), false), json!(1)),
            "secret": with(of(json!(null), json!(["create"]), json!(false), true), json!("(sensitive)")),
        })
    );
    assert_eq!(
        written["planned_values"]["outputs"],
        json!({
            "new": {"sensitive": false},
            "partly": {"sensitive": false},
            "same": {"sensitive": false, "type": "number", "value": 1},
            "secret": {"sensitive": true, "type": "string", "value": "(sensitive)"},
        })
    );
    assert_eq!(shown(&plan, &config(""), Secrets::Shown)["output_changes"]["secret"]["after"], "s");
}

#[test]
fn planned_values_are_a_tree_of_modules() {
    let here = || Some(vm([("name", Value::from("x"))]));
    let changes = vec![
        change("acme_vm.gone", Action::Delete, None, here(), None),
        change("acme_vm.a", Action::NoOp, None, here(), here()),
        change("module.m.module.n[0].acme_vm.b", Action::Create, None, None, here()),
    ];
    let written = shown(&plan(changes, Vec::new()), &config(""), Secrets::Hidden);
    let root = &written["planned_values"]["root_module"];
    let inner = &root["child_modules"][0]["child_modules"][0];
    assert_eq!(
        json!([
            root["resources"].as_array().map(Vec::len),
            root["resources"][0]["address"],
            root["child_modules"][0]["address"],
            root["child_modules"][0].get("resources"),
            inner["address"],
            inner["resources"][0]["address"],
        ]),
        json!([1, "acme_vm.a", "module.m", null, "module.m.module.n[0]", "module.m.module.n[0].acme_vm.b"])
    );
    assert_eq!(
        (&written["applyable"], &written["complete"], &written["errored"]),
        (&json!(true), &json!(true), &json!(false))
    );
}

#[test]
fn the_prior_state_is_the_world_that_the_plan_is_about() {
    let object = |size: &str| vm([("name", Value::from("x")), ("size", Value::from(size))]);
    let moves = |from: &str, to: &str| {
        let mut change = change(to, Action::NoOp, None, Some(object("small")), Some(object("small")));
        change.previous_addr = from.parse().ok();
        change
    };
    let mut imported = change("acme_vm.imported", Action::NoOp, None, Some(object("big")), Some(object("big")));
    imported.importing = Some("id".into());
    // Two that change places, and one that is taken over.
    let mut plan = plan(vec![moves("acme_vm.a", "acme_vm.b"), moves("acme_vm.b", "acme_vm.a"), imported], Vec::new());
    let stored = |size| Arc::unwrap_or_clone(object(size));
    plan.prior = Arc::new(snapshot(&[
        ("acme_vm.a", stored("was-a")),
        ("acme_vm.b", stored("was-b")),
        ("acme_vm.gone", stored("x")),
    ]));
    plan.drift = vec![crate::plan::Drift {
        addr: "acme_vm.gone".parse().unwrap(),
        previous: None,
        object: ObjectKey::Current,
        before: object("x"),
        after: None,
        stale: None,
    }];
    let written = shown(&plan, &config(""), Secrets::Hidden);
    let resources = written["prior_state"]["values"]["root_module"]["resources"].as_array().unwrap();
    let brief: Vec<Json> = resources.iter().map(|it| json!([it["address"], it["values"]["size"]])).collect();
    assert_eq!(
        Json::Array(brief),
        json!([["acme_vm.a", "was-b"], ["acme_vm.b", "was-a"], ["acme_vm.imported", "big"]])
    );
}

#[test]
fn the_configuration_has_constants_and_references() {
    let config = config(
        r#"
        variable "s" {
            default   = "hunter2"
            sensitive = true
        }
        resource "acme_vm" "a" {
            count    = 2
            name     = "x"
            password = "hunter2"
            size     = "${var.s}-${data.acme_zone.z.names[0]}"
            any      = { list = [1, -2, null], (var.s) = "k" }
            disk {
                size = 1
            }
            depends_on = [acme_vm.b]
        }
        resource "acme_vm" "b" {
            name = acme_vm.a[0].id
        }
        output "o" {
            value = acme_vm.b.id
        }
        data "acme_zone" "z" {}
        "#,
    );
    let written = shown(&plan(Vec::new(), Vec::new()), &config, Secrets::Hidden);
    let root = &written["configuration"]["root_module"];
    let of = |name: &str| {
        let resources = root["resources"].as_array().unwrap();
        resources.iter().find(|resource| resource["address"] == name).unwrap().clone()
    };
    assert_eq!(
        of("acme_vm.a"),
        json!({
            "address": "acme_vm.a",
            "mode": "managed",
            "type": "acme_vm",
            "name": "a",
            "provider_config_key": "acme",
            "schema_version": 0,
            "count_expression": {"constant_value": 2},
            "depends_on": ["acme_vm.b"],
            "expressions": {
                "name": {"constant_value": "x"},
                "password": {"constant_value": "(sensitive)"},
                "size": {"references": ["var.s", "data.acme_zone.z.names[0]", "data.acme_zone.z.names", "data.acme_zone.z"]},
                "any": {"references": ["var.s"]},
                "disk": [{"size": {"constant_value": 1}}],
            },
        })
    );
    assert_eq!(
        of("acme_vm.b")["expressions"]["name"],
        json!({"references": ["acme_vm.a[0].id", "acme_vm.a[0]", "acme_vm.a"]})
    );
    assert_eq!(root["variables"]["s"], json!({"default": "(sensitive)", "sensitive": true}));
    assert_eq!(
        written["relevant_attributes"],
        json!([
            {"resource": "acme_vm.a", "attribute": ["id"]},
            {"resource": "acme_vm.b", "attribute": ["id"]},
            {"resource": "data.acme_zone.z", "attribute": ["names", 0]},
        ])
    );
}

#[test]
fn a_state_lists_its_objects() {
    let registry = registry();
    let of = |snapshot: &crate::state::Snapshot| {
        let document =
            StateJson { snapshot, registry: &registry, terraform_version: "1.11.4", secrets: Secrets::Hidden };
        serde_json::to_value(document).unwrap()
    };
    assert_eq!(of(&crate::state::Snapshot::new("l")), json!({"format_version": "1.0"}));
    let written = of(&snapshot(&[("acme_vm.a", Arc::unwrap_or_clone(vm([("id", Value::from("1"))])))]));
    assert_eq!(
        json!([written["values"]["root_module"]["resources"][0], written["values"]["outputs"]]),
        json!([
            {
                "address": "acme_vm.a", "mode": "managed", "type": "acme_vm", "name": "a",
                "provider_name": "registry.terraform.io/acme/acme", "schema_version": 0,
                "values": {
                    "any": null, "cpus": null, "disk": [], "env": null, "file": null, "id": "1", "name": null,
                    "on": null,
                    "password": null, "rule": [], "seed": null, "size": null, "tags": null,
                },
                "sensitive_values": {"disk": [], "password": true, "rule": []},
                "depends_on": ["acme_net.main"],
                "tainted": true,
            },
            {"ip": {"sensitive": false, "type": "string", "value": "10.0.0.1"}},
        ])
    );
}
