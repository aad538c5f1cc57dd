mod content;

use crate::plan::Action;
use crate::plan::Deferred;
use crate::plan::Drift;
use crate::plan::Handover;
use crate::plan::Mode;
use crate::plan::Reason;
use crate::report::testing::block;
use crate::report::testing::blocks;
use crate::report::testing::body;
use crate::report::testing::change;
use crate::report::testing::output;
use crate::report::testing::plan;
use crate::report::testing::text;
use crate::report::testing::unknown;
use crate::report::testing::vm;
use crate::state::DeposedKey;
use crate::state::ObjectKey;
use crate::value::Origin;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;
use insta::assert_snapshot;

fn s(text: &str) -> Value {
    Value::from(text)
}

fn n(number: i64) -> Value {
    Value::from(number)
}

fn tags(tags: &[&str]) -> (&'static str, Value) {
    ("tags", Value::set(Type::STRING, tags.iter().map(|tag| s(tag)).collect()))
}

fn env(entries: &[(&str, &str)]) -> (&'static str, Value) {
    ("env", Value::map(Type::STRING, entries.iter().map(|(key, value)| ((*key).into(), s(value)))))
}

#[test]
fn an_update_says_what_it_lets_go_of_in_time() {
    let vm =
        |addr: &str, action| change(addr, action, None, Some(vm([("name", s("a"))])), Some(vm([("name", s("b"))])));
    let gone = |at: u8| change(&format!("acme_vm.old[{at}]"), Action::Delete, None, None, None);
    let mut changes = vec![vm("acme_vm.a", Action::Update), vm("acme_vm.b", Action::Update)];
    changes.extend((0..5).map(gone));
    let mut plan = plan(changes, Vec::new());
    let handover = |change, gone: &[usize], is_released| Handover { change, gone: gone.to_vec(), is_released };
    plan.steps.handovers =
        vec![handover(0, &[2], false), handover(1, &[2, 3, 4, 5, 6], false), handover(0, &[3], true)];
    let text = text(&plan);
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("  # (")).collect();
    assert_eq!(
        lines,
        [
            "  # (updated before acme_vm.old[0] is destroyed)",
            "  # (lets go of acme_vm.old[1] before it is destroyed; updated once it is there anew)",
            "  # (updated before acme_vm.old[0], acme_vm.old[1], acme_vm.old[2] and 2 more are destroyed)",
        ]
    );
}

#[test]
fn a_plan_has_a_legend_changes_a_summary_and_outputs() {
    let planned = vm([
        ("id", unknown()),
        ("name", s("web")),
        tags(&["a", "b"]),
        env(&[("PORT", "80"), ("a b", "c")]),
        ("password", s("hunter2")),
        blocks("rule", vec![block("rule", &[("port", n(22)), ("key", s("k").sensitive())])]),
    ]);
    let id = Value::unknown_from(Type::STRING, Origin { instance: "acme_vm.web".into(), path: Path::of("id") });
    let outputs = vec![
        output("gone", Some(s("x")), None, false),
        output("ip", None, Some(id), false),
        output("list", Some(Value::tuple(vec![s("a"), s("b")])), Some(Value::tuple(vec![s("a"), s("c")])), false),
        output("same", Some(s("x")), Some(s("x")), false),
        output("secret", Some(s("one")), Some(s("two")), true),
    ];
    let plan = plan(vec![change("acme_vm.web", Action::Create, None, None, Some(planned))], outputs);
    assert_snapshot!(text(&plan), @r#"

    Actions are marked with these symbols:
      + create

    infra will perform the following actions:

      # acme_vm.web will be created
      + resource "acme_vm" "web" {
          + env      = {
              + PORT  = "80"
              + "a b" = "c"
            }
          + id       = (known after apply)
          + name     = "web"
          + password = (sensitive value)
          + tags     = [
              + "a",
              + "b",
            ]

          + rule { (sensitive value) }
        }

    Plan: 1 to add, 0 to change, 0 to destroy.

    Changes to Outputs:
      - gone   = "x" -> null
      + ip     = (known after apply) # acme_vm.web.id
      ~ list   = [
            "a",
          ~ "b" -> "c",
        ]
      ~ secret = (sensitive value)
    "#);
}

#[test]
fn every_action_and_reason_has_its_headline() {
    let here = || Some(vm([("id", s("vm-1")), ("name", s("x"))]));
    let then = || Some(vm([("id", s("vm-1")), ("name", s("y"))]));
    let mut changes = Vec::new();
    for (addr, reason) in [
        ("acme_vm.a", None),
        ("acme_vm.a", Some(Reason::NoResourceConfig)),
        ("acme_vm.a[1]", Some(Reason::CountIndex)),
        ("acme_vm.a[\"k\"]", Some(Reason::EachKey)),
        ("acme_vm.a", Some(Reason::WrongRepetition)),
        ("acme_vm.a[0]", Some(Reason::WrongRepetition)),
        ("module.m[0].acme_vm.a", Some(Reason::NoModule)),
        ("acme_vm.a", Some(Reason::NoMoveTarget)),
    ] {
        changes.push(change(addr, Action::Delete, reason, here(), None));
    }
    for (action, reason) in [
        (Action::DeleteThenCreate, Reason::CannotUpdate),
        (Action::CreateThenDelete, Reason::Tainted),
        (Action::DeleteThenCreate, Reason::Requested),
        (Action::DeleteThenCreate, Reason::Triggered),
    ] {
        changes.push(change("acme_vm.a", action, Some(reason), here(), then()));
    }
    changes.push(change("data.acme_zone.z", Action::Read, Some(Reason::ConfigUnknown), None, here()));
    changes.push(change("data.acme_zone.z", Action::Read, Some(Reason::DependencyPending), None, here()));
    changes.push(change("acme_vm.a", Action::Forget, None, here(), None));
    let mut moved = change("acme_vm.b", Action::NoOp, None, here(), here());
    moved.previous_addr = "acme_vm.a".parse().ok();
    changes.push(moved.clone());
    changes.push(crate::plan::Change { action: Action::Update, planned: then(), ..moved });
    let mut imported = change("acme_vm.i", Action::NoOp, None, here(), here());
    imported.importing = Some("vm-1".into());
    changes.push(imported.clone());
    changes.push(crate::plan::Change { action: Action::Update, planned: then(), ..imported });
    let mut deposed = change("acme_vm.a", Action::Delete, None, here(), None);
    deposed.object = ObjectKey::Deposed(DeposedKey::new(0xab));
    changes.push(deposed);
    let mut adopted = change("acme_vm.f", Action::Create, None, here(), here());
    adopted.adopts = true;
    changes.push(adopted.clone());
    changes.push(crate::plan::Change { planned: then(), ..adopted });
    let text = body(changes);
    let headlines: Vec<&str> =
        text.lines().filter(|line| !line.starts_with("     ") && !line.is_empty() && *line != "    }").collect();
    assert_snapshot!(headlines.join("\n"), @r#"
      # acme_vm.a will be destroyed
      - resource "acme_vm" "a" {
      # acme_vm.a will be destroyed
      # (because acme_vm.a is not in configuration)
      - resource "acme_vm" "a" {
      # acme_vm.a[1] will be destroyed
      # (because index [1] is out of range for count)
      - resource "acme_vm" "a" {
      # acme_vm.a["k"] will be destroyed
      # (because key ["k"] is not in for_each map)
      - resource "acme_vm" "a" {
      # acme_vm.a will be destroyed
      # (because resource uses count or for_each)
      - resource "acme_vm" "a" {
      # acme_vm.a[0] will be destroyed
      # (because resource does not use count)
      - resource "acme_vm" "a" {
      # module.m[0].acme_vm.a will be destroyed
      # (because module.m[0] is not in configuration)
      - resource "acme_vm" "a" {
      # acme_vm.a will be destroyed
      # (because acme_vm.a was moved to an address that is not in configuration)
      - resource "acme_vm" "a" {
      # acme_vm.a must be replaced
    -/+ resource "acme_vm" "a" {
      # acme_vm.a is tainted, so must be replaced
    +/- resource "acme_vm" "a" {
      # acme_vm.a will be replaced, as requested
    -/+ resource "acme_vm" "a" {
      # acme_vm.a will be replaced due to changes in replace_triggered_by
    -/+ resource "acme_vm" "a" {
      # data.acme_zone.z will be read during apply
      # (config refers to values not yet known)
     <= data "acme_zone" "z" {
      # data.acme_zone.z will be read during apply
      # (depends on a resource or a module with changes pending)
     <= data "acme_zone" "z" {
      # acme_vm.a will no longer be managed, but will not be destroyed
      # (destroy = false is set in the configuration)
      . resource "acme_vm" "a" {
      # acme_vm.a has moved to acme_vm.b
        resource "acme_vm" "b" {
      # acme_vm.b will be updated in-place
      # (moved from acme_vm.a)
      ~ resource "acme_vm" "b" {
      # acme_vm.i will be imported
        resource "acme_vm" "i" {
      # acme_vm.i will be updated in-place
      # (imported from "vm-1")
      ~ resource "acme_vm" "i" {
      # acme_vm.a (deposed object 000000ab) will be destroyed
      # (left over from a partially-failed replacement of this instance)
      - resource "acme_vm" "a" {
      # acme_vm.f is already there, identical: will be adopted
      # acme_vm.f is already there: will be adopted and updated in-place
      ~ resource "acme_vm" "f" {
    "#);
}

#[test]
fn moved_imported_and_forgotten_objects_are_shown_without_a_change() {
    let here = || Some(vm([("id", s("vm-1")), ("name", s("x")), ("size", s("big")), ("password", s("hunter2"))]));
    let mut moved = change("acme_vm.b", Action::NoOp, None, here(), here());
    moved.previous_addr = "acme_vm.a".parse().ok();
    let mut imported = change("acme_vm.i", Action::NoOp, None, here(), here());
    imported.importing = Some("vm-1".into());
    let gone = change("acme_vm.g", Action::Forget, None, here(), None);
    assert_snapshot!(body(vec![moved, imported, gone]), @r#"
    # acme_vm.a has moved to acme_vm.b
      resource "acme_vm" "b" {
          id   = "vm-1"
          name = "x"
          # (2 unchanged attributes hidden)
      }

    # acme_vm.i will be imported
      resource "acme_vm" "i" {
          id       = "vm-1"
          name     = "x"
          password = (sensitive value)
          size     = "big"
      }

    # acme_vm.g will no longer be managed, but will not be destroyed
    # (destroy = false is set in the configuration)
    . resource "acme_vm" "g" {
          id   = "vm-1"
          name = "x"
          # (2 unchanged attributes hidden)
      }
    "#);
}

#[test]
fn a_plan_without_changes_says_so_in_each_mode() {
    let mut texts = String::new();
    for mode in [Mode::Normal, Mode::Destroy, Mode::RefreshOnly] {
        let mut plan = plan(Vec::new(), Vec::new());
        plan.mode = mode;
        texts.push_str(&text(&plan));
    }
    assert_snapshot!(texts, @r#"

    No changes. Your infrastructure matches the configuration.

    infra has compared your real infrastructure against your configuration and
    found no differences, so no changes are needed.

    No changes. No objects need to be destroyed.

    Either you have not created any objects yet or the existing objects were
    already deleted outside of infra.

    No changes. Your infrastructure still matches the configuration.

    infra has checked that the real remote objects still match the result of your
    most recent changes, and found no differences.
    "#);
}

#[test]
fn outputs_alone_can_be_applied_too() {
    let plan = plan(Vec::new(), vec![output("a", None, Some(n(1)), false)]);
    assert_snapshot!(text(&plan), @r#"

    Changes to Outputs:
      + a = 1

    You can apply this plan to save these new output values to the state,
    without changing any real infrastructure.
    "#);
}

#[test]
fn drift_is_shown_where_it_matters() {
    let before = || vm([("id", s("vm-1")), ("name", s("x")), ("size", s("small"))]);
    let drift = |addr: &str, after: Option<&str>, stale: Option<&str>| Drift {
        addr: addr.parse().expect("an address"),
        previous: None,
        object: ObjectKey::Current,
        before: before(),
        after: after.map(|size| vm([("id", s("vm-1")), ("name", s("x")), ("size", s(size))])),
        stale: stale.map(str::to_owned),
    };
    let mut plan = plan(
        vec![change("acme_vm.a", Action::Update, None, Some(vm([("size", s("big"))])), Some(before()))],
        Vec::new(),
    );
    plan.drift = vec![
        drift("acme_vm.a", Some("big"), None),
        drift("acme_vm.b", None, None),
        drift("acme_vm.c", Some("small"), Some("the host does not answer")),
        drift("acme_vm.unrelated", Some("big"), None),
    ];
    plan.deferred = vec![Deferred {
        address: "acme_vm.many".to_owned(),
        reason: "Its for_each depends on acme_vm.a.id, which is known once acme_vm.a has been created.".to_owned(),
    }];
    assert_snapshot!(text(&plan), @r#"

    Note: Objects have changed outside of infra

    These are not as the last run left them, which may bear on this plan:

      # acme_vm.a has changed
      ~ resource "acme_vm" "a" {
            id   = "vm-1"
            name = "x"
          ~ size = "small" -> "big"
        }

      # acme_vm.b has been deleted
      - resource "acme_vm" "b" {
            id   = "vm-1"
            name = "x"
            # (1 unchanged attribute hidden)
        }


    Note: Objects could not be read

    The plan is made with what was last known of these:

      # acme_vm.c: the host does not answer

    ──────────────────────────────────────────────────────────────────────────────

    Actions are marked with these symbols:
      ~ update in-place

    infra will perform the following actions:

      # acme_vm.a will be updated in-place
      ~ resource "acme_vm" "a" {
          + id   = "vm-1"
          + name = "x"
          ~ size = "big" -> "small"
        }

    Plan: 0 to add, 1 to change, 0 to destroy.

    Left for a later phase, once this one has been applied:

      … acme_vm.many
          Its for_each depends on acme_vm.a.id, which is known once acme_vm.a has
          been created.
    "#);
}
