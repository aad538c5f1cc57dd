use std::path::Path as FilePath;

use insta::assert_snapshot;

use super::DriftReport;
use crate::config::Config;
use crate::config::MemoryFiles;
use crate::config::load;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::plan::Action;
use crate::plan::Drift;
use crate::plan::Plan;
use crate::report::Secrets;
use crate::report::Style;
use crate::report::testing::change;
use crate::report::testing::plan;
use crate::report::testing::registry;
use crate::report::testing::vm;
use crate::state::ObjectKey;
use crate::value::Value;

fn config() -> Config {
    let text = "resource \"acme_vm\" \"a\" {\n  name = \"x\"\n  size = \"small\"\n  password = \"p\"\n}\n";
    let files: MemoryFiles = [("main.tf", text.as_bytes())].into_iter().collect();
    load(FilePath::new(""), &Sources::new(), &files, &mut Diagnostics::new())
}

fn drifted() -> Plan {
    let object = |size: &str, cpus: i64, password: &str| {
        vm([
            ("name", Value::from("x")),
            ("size", Value::from(size)),
            ("cpus", Value::from(cpus)),
            ("password", Value::from(password)),
            ("id", Value::from(format!("{cpus}").as_str())),
        ])
    };
    let drift = |addr: &str, after, stale: Option<&str>| Drift {
        addr: addr.parse().unwrap(),
        previous: None,
        object: ObjectKey::Current,
        before: object("small", 1, "hunter2"),
        after,
        stale: stale.map(str::to_owned),
    };
    let mut plan = plan(
        vec![
            change("acme_vm.a", Action::Update, None, Some(object("large", 2, "p")), Some(object("small", 1, "p"))),
            change("acme_vm.new", Action::Create, None, None, Some(object("small", 1, "p"))),
        ],
        Vec::new(),
    );
    plan.drift = vec![
        drift("acme_vm.a", Some(object("large", 2, "hunter3")), None),
        drift("acme_vm.gone", None, None),
        drift("acme_vm.dark", Some(object("small", 1, "hunter2")), Some("the host does not answer")),
    ];
    plan
}

#[test]
fn classes_are_kept_apart_and_what_is_configured_stands_out() {
    let (plan, registry) = (drifted(), registry());
    let report = DriftReport::new(&plan, &config(), &registry);
    let mut out = Vec::new();
    report.text(&mut out, Style::PLAIN, Secrets::Hidden).unwrap();
    assert!(!report.is_clean());
    assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
    Changed outside of infra:
      ~ acme_vm.a
          ~ cpus     = 1 -> 2
          ~ password = (sensitive value)
          ~ size     = "small" -> "large"
            # also, but not decided by the configuration: id

    Deleted outside of infra:
      - acme_vm.gone

    Written but not applied:
      + acme_vm.new: to be created

    Could not be read:
      ? acme_vm.dark: the host does not answer

    Drift: 1 changed outside, 1 deleted outside, 1 not yet applied, 1 could not be read.
    "#);
    assert_snapshot!(serde_json::to_string_pretty(&report.json(Secrets::Hidden)).unwrap(), @r#"
    {
      "changed_outside": [
        {
          "address": "acme_vm.a",
          "attributes": {
            "cpus": {
              "after": 2,
              "before": 1,
              "configured": false
            },
            "id": {
              "after": "2",
              "before": "1",
              "configured": false
            },
            "password": {
              "after": "(sensitive)",
              "before": "(sensitive)",
              "configured": true
            },
            "size": {
              "after": "large",
              "before": "small",
              "configured": true
            }
          }
        }
      ],
      "clean": false,
      "deleted_outside": [
        {
          "address": "acme_vm.gone"
        }
      ],
      "errored": false,
      "format_version": "1.0",
      "stale": [
        {
          "address": "acme_vm.dark",
          "reason": "the host does not answer"
        }
      ],
      "unapplied_code": [
        {
          "actions": [
            "create"
          ],
          "address": "acme_vm.new"
        }
      ]
    }
    "#);
}

#[test]
fn nothing_drifted_is_clean_and_a_host_that_is_down_is_said() {
    let (mut plan, registry) = (drifted(), registry());
    plan.changes.clear();
    plan.drift.retain(|drift| drift.stale.is_some());
    let text = |plan: &Plan| {
        let report = DriftReport::new(plan, &config(), &registry);
        let mut out = Vec::new();
        report.text(&mut out, Style::PLAIN, Secrets::Hidden).unwrap();
        (report.is_clean(), String::from_utf8(out).unwrap())
    };
    let (is_clean, said) = text(&plan);
    assert!(is_clean && said.contains("acme_vm.dark: the host does not answer"), "{said}");
    plan.drift.clear();
    assert_eq!(text(&plan), (true, "No drift. Everything is as it was left, and as it is written.\n".to_owned()));
}
