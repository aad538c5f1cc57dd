//! One secret in every place that is printed, and no print that shows it.

use std::path::Path as FilePath;
use std::sync::Arc;

use super::testing::block;
use super::testing::blocks;
use super::testing::change;
use super::testing::object;
use super::testing::output;
use super::testing::plan;
use super::testing::registry;
use super::testing::snapshot;
use super::testing::vm;
use super::*;
use crate::config::MemoryFiles;
use crate::config::load;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::plan::Action;
use crate::plan::Drift;
use crate::plan::Plan;
use crate::plan::Registry;
use crate::state::ObjectKey;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

const SECRET: &str = "canary";

/// Objects that hold a secret in one place each; `n` makes it another secret.
fn objects(n: i64) -> Vec<Arc<Object>> {
    let secret = || Value::from(format!("{SECRET}{n}"));
    let marked = || secret().sensitive();
    let lines = Value::from(format!("a\nb\n{SECRET}{n}\nc\n")).sensitive();
    let json = Value::from(format!("{{\"k\":\"{SECRET}{n}\"}}")).sensitive();
    let values: Vec<Vec<(&'static str, Value)>> = vec![
        // By the schema alone, at the top and in blocks.
        vec![("password", secret())],
        vec![blocks("rule", vec![block("rule", &[("port", Value::from(1)), ("key", secret())])])],
        // By mark.
        vec![("size", marked())],
        vec![("file", lines)],
        vec![("file", json)],
        vec![("env", Value::map(Type::STRING, [("k".into(), marked())]))],
        vec![("tags", Value::set(Type::STRING, vec![marked()]))],
        vec![(
            "any",
            Value::tuple(vec![Value::from(n), object(&[("deep", Value::list(Type::STRING, vec![marked()]))])]),
        )],
        vec![("any", object(&[("whole", secret())]).sensitive())],
        vec![blocks("disk", vec![block("disk", &[("size", Value::from(n)), ("label", marked())])])],
        // Ours, though not marked any more: the other side is.
        vec![("size", if n == 1 { marked() } else { Value::from("shown") })],
    ];
    values.into_iter().map(|values| vm(values.into_iter().chain([("cpus", Value::from(n))]))).collect()
}

fn full_plan() -> Plan {
    let mut changes = Vec::new();
    let mut drift = Vec::new();
    for (at, (before, after)) in objects(1).into_iter().zip(objects(2)).enumerate() {
        let mut add = |name: &str, action, prior: Option<&Arc<Object>>, planned: Option<&Arc<Object>>| {
            let addr = format!("acme_vm.{name}[{at}]");
            changes.push(change(&addr, action, None, prior.cloned(), planned.cloned()));
        };
        add("create", Action::Create, None, Some(&before));
        add("update", Action::Update, Some(&before), Some(&after));
        add("back", Action::Update, Some(&after), Some(&before));
        add("replace", Action::DeleteThenCreate, Some(&before), Some(&after));
        add("delete", Action::Delete, Some(&before), None);
        add("forget", Action::Forget, Some(&before), None);
        add("import", Action::NoOp, Some(&before), Some(&before));
        changes.last_mut().expect("one was added").importing = Some("id".into());
        for after in [Some(after), None] {
            let addr = format!("acme_vm.update[{at}]").parse().expect("an address");
            drift.push(Drift {
                addr,
                previous: None,
                object: ObjectKey::Current,
                before: Arc::clone(&before),
                after,
                stale: None,
            });
        }
    }
    for change in changes.iter_mut().filter(|change| change.action.is_replace()) {
        change.replace_paths = ["password", "size", "file", "env", "tags", "any", "rule"].map(Path::of).into();
    }
    let secret = |n: i64| Value::from(format!("{SECRET}{n}"));
    let outputs = vec![
        output("flag", Some(secret(1)), Some(secret(2)), true),
        output("mark", Some(secret(1).sensitive()), Some(secret(2).sensitive()), false),
        output("new", None, Some(object(&[("part", secret(1).sensitive())])), false),
        output("gone", Some(Value::tuple(vec![secret(1).sensitive()])), None, false),
    ];
    let mut plan = plan(changes, outputs);
    plan.drift = drift;
    plan.variables.insert("v".into(), secret(1).sensitive());
    let named: Vec<String> = (0..).take(objects(1).len()).map(|at| format!("acme_vm.update[{at}]")).collect();
    let stored: Vec<(&str, Object)> =
        named.iter().map(String::as_str).zip(objects(1).into_iter().map(Arc::unwrap_or_clone)).collect();
    let mut prior = snapshot(&stored);
    let flagged = crate::state::Output { value: secret(1), sensitive: true };
    prior.outputs.insert("secret".into(), flagged);
    plan.prior = Arc::new(prior);
    plan
}

/// Everything that is printed of a plan and a state, by its name.
fn prints(plan: &Plan, registry: &Registry, secrets: Secrets) -> Vec<(&'static str, String)> {
    let text = format!(
        "variable \"v\" {{\n  sensitive = true\n  default = \"{SECRET}\"\n}}\n\
         resource \"acme_vm\" \"update\" {{\n  password = \"{SECRET}\"\n  size = \"x\"\n  file = \"x\"\n  env = {{}}\n  \
         tags = []\n  any = 1\n  rule {{\n    key = \"{SECRET}\"\n  }}\n  disk {{}}\n}}\n"
    );
    let files: MemoryFiles = [("main.tf", text.into_bytes())].into_iter().collect();
    let config = load(FilePath::new(""), &Sources::new(), &files, &mut Diagnostics::new());
    let style = Style { color: true, ..Style::PLAIN };
    let string = |write: &dyn Fn(&mut Vec<u8>) -> std::io::Result<()>| {
        let mut out = Vec::new();
        write(&mut out).expect("memory takes all");
        String::from_utf8(out).expect("text is UTF-8")
    };
    let json = PlanJson { plan, config: &config, registry, terraform_version: "1", timestamp: "t", secrets };
    let state = StateJson { snapshot: &plan.prior, registry, terraform_version: "1", secrets };
    let drift = DriftReport::new(plan, &config, registry);
    let lines = JsonLines::new(Vec::new(), String::new);
    lines.plan(plan);
    lines.outputs(&plan.prior.outputs);
    let marked = |add: &dyn Fn(&mut Markdown)| {
        let mut report = Markdown::new("plan", "folder", "default");
        add(&mut report);
        report.text(usize::MAX)
    };
    let cost = crate::plan::Cost::default();
    let metrics = DriftMetrics {
        folder: "folder with a \"(sensitive value)\" in it",
        workspace: "default",
        now: 0,
        found: Some(&drift),
        cost: Some(&cost),
        previous: "",
    };
    vec![
        ("plan as Markdown", marked(&|report| report.plan(plan, registry))),
        ("drift as Markdown", marked(&|report| report.drift(&drift))),
        ("metrics", metrics.text()),
        ("plan", string(&|out| plan_text(out, plan, registry, style, secrets))),
        ("plan as JSON", serde_json::to_string(&json).expect("JSON")),
        ("state", string(&|out| state_text(out, &plan.prior, registry, style, secrets))),
        ("state as JSON", serde_json::to_string(&state).expect("JSON")),
        ("drift", string(&|out| drift.text(out, style, secrets))),
        ("drift as JSON", drift.json(secrets).to_string()),
        ("outputs", string(&|out| outputs_text(out, &plan.prior.outputs))),
        ("stream", String::from_utf8(lines.into_inner()).expect("text is UTF-8")),
    ]
}

#[test]
fn a_secret_is_in_no_print() {
    let (plan, registry) = (full_plan(), registry());
    for (name, text) in prints(&plan, &registry, Secrets::Hidden) {
        let around = text.find(SECRET).map(|at| &text[at.saturating_sub(400)..(at + 60).min(text.len())]);
        assert_eq!(around, None, "a secret is in the {name}");
        assert!(text.contains("ensitive"), "the {name} says that something is hidden");
    }
}

#[test]
fn a_secret_is_shown_when_it_is_asked_for() {
    let (plan, registry) = (full_plan(), registry());
    for (name, text) in prints(&plan, &registry, Secrets::Shown) {
        // What others read hides it, whatever was asked for.
        let is_asked = !matches!(name, "outputs" | "stream" | "metrics") && !name.ends_with("Markdown");
        assert_eq!(text.contains(SECRET), is_asked, "{name}");
    }
}
