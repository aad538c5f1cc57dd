//! What is shown of an object that changes.

use super::env;
use super::n;
use super::s;
use super::tags;
use crate::plan::Action;
use crate::plan::Reason;
use crate::report::testing::block;
use crate::report::testing::blocks;
use crate::report::testing::body;
use crate::report::testing::change;
use crate::report::testing::object;
use crate::report::testing::unknown;
use crate::report::testing::vm;
use crate::value::Origin;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;
use insta::assert_snapshot;

#[test]
fn an_update_shows_what_differs_and_counts_the_rest() {
    let before = vm([
        ("id", s("vm-1")),
        ("name", s("web")),
        ("size", s("small")),
        ("cpus", n(1)),
        tags(&["a", "b"]),
        env(&[("A", "1"), ("B", "2"), ("C", "3")]),
        ("any", object(&[("list", Value::tuple(vec![n(1), n(2), n(3), n(4), n(5)])), ("old", s("x")), ("same", n(1))])),
        blocks("disk", vec![block("disk", &[("size", n(1))]), block("disk", &[("size", n(2)), ("label", s("b"))])]),
        blocks("rule", vec![block("rule", &[("port", n(22))]), block("rule", &[("port", n(80)), ("note", s("web"))])]),
    ]);
    let after = vm([
        ("id", s("vm-1")),
        ("name", s("web")),
        ("size", s("small")),
        ("cpus", n(2)),
        tags(&["b", "c"]),
        env(&[("A", "1"), ("B", "two"), ("D", "4")]),
        ("any", object(&[("list", Value::tuple(vec![n(1), n(2), n(9), n(4), n(5)])), ("new", s("y")), ("same", n(1))])),
        blocks("disk", vec![block("disk", &[("size", n(1))]), block("disk", &[("size", n(3)), ("label", s("b"))])]),
        blocks("rule", vec![block("rule", &[("port", n(22))]), block("rule", &[("port", n(81)), ("note", s("web"))])]),
    ]);
    assert_snapshot!(body(vec![change("acme_vm.web", Action::Update, None, Some(before), Some(after))]), @r#"
    # acme_vm.web will be updated in-place, and powered off meanwhile
    ~ resource "acme_vm" "web" {
        ~ any  = {
            ~ list = [
                  # (1 unchanged element hidden)
                  2,
                ~ 3 -> 9,
                  4,
                  # (1 unchanged element hidden)
              ]
            + new  = "y"
            - old  = "x"
              # (1 unchanged attribute hidden)
          }
        ~ cpus = 1 -> 2
        ~ env  = {
            ~ B = "2" -> "two"
            - C = "3"
            + D = "4"
              # (1 unchanged element hidden)
          }
          id   = "vm-1"
          name = "web"
        ~ tags = [
            - "a",
            + "c",
              # (1 unchanged element hidden)
          ]
          # (1 unchanged attribute hidden)

        ~ disk {
            ~ size = 2 -> 3
              # (1 unchanged attribute hidden)
          }
          # (1 unchanged block hidden)
        ~ rule {
            ~ port = 80 -> 81
              # (1 unchanged attribute hidden)
          }
          # (1 unchanged block hidden)
      }
    "#);
}

#[test]
fn texts_are_compared_by_line_and_json_by_what_it_says() {
    let lines = |middle: &str| format!("one\ntwo\nthree\nfour\n{middle}\nsix\nseven\neight\nnine\nten\n");
    let before = vm([
        ("name", s("web")),
        ("file", s(&lines("five\n"))),
        ("size", s(r#"{"a":1,"b":[1,2]}"#)),
        ("any", object(&[("end", s("a\nb")), ("space", s("a\n  b\n"))])),
    ]);
    let after = vm([
        ("name", s("web")),
        ("file", s(&lines("FIVE\u{1b}[2J\n"))),
        ("size", s(r#"{"a":1,"b":[1,2,3]}"#)),
        ("any", object(&[("end", s("a\nb\n")), ("space", s("a\n    b\n"))])),
    ]);
    assert_snapshot!(body(vec![change("acme_vm.web", Action::Update, None, Some(before), Some(after))]), @r#"
    # acme_vm.web will be updated in-place
    ~ resource "acme_vm" "web" {
        ~ any  = {
            ~ end   = <<-EOT # a line break is added at the end
                  # (2 unchanged lines hidden)
              EOT
            ~ space = <<-EOT # only white space changes
                  a
                -   b
                +     b
              EOT
          }
        ~ file = <<-EOT
              # (1 unchanged line hidden)
              two
              three
              four
            - five
            + FIVE\u{1b}[2J

              six
              seven
              # (3 unchanged lines hidden)
          EOT
          name = "web"
        ~ size = jsonencode(
            ~ {
                ~ b = [
                      # (1 unchanged element hidden)
                      2,
                    + 3,
                  ]
                  # (1 unchanged attribute hidden)
              }
          )
      }
    "#);
}

#[test]
fn a_replacement_says_which_argument_forces_it() {
    let before = vm([
        ("id", s("vm-1")),
        ("name", s("web")),
        ("size", s("small")),
        ("seed", s("one")),
        tags(&["a"]),
        blocks("disk", vec![block("disk", &[("size", n(1))])]),
    ]);
    let from = Origin { instance: "acme_net.main".into(), path: Path::of("cidr") };
    let after = vm([
        ("id", unknown()),
        ("name", s("web")),
        ("size", s("large")),
        ("seed", s("two")),
        ("file", Value::unknown_from(Type::STRING, from)),
        tags(&["b"]),
        blocks("disk", vec![block("disk", &[("size", n(2))])]),
    ]);
    let mut change =
        change("acme_vm.web", Action::DeleteThenCreate, Some(Reason::CannotUpdate), Some(before), Some(after));
    change.replace_paths = vec![Path::of("size"), Path::of("tags"), Path::of("disk").index(n(0)).attr("size")];
    assert_snapshot!(body(vec![change]), @r#"
      # acme_vm.web must be replaced
    -/+ resource "acme_vm" "web" {
          + file = (known after apply) # acme_net.main.cidr
          ~ id   = "vm-1" -> (known after apply)
            name = "web"
          ~ seed = "one" -> "two" # used only when it is made, never read back
          ~ size = "small" -> "large" # forces replacement
          ~ tags = [ # forces replacement
              - "a",
              + "b",
            ]

          ~ disk {
              ~ size = 1 -> 2 # forces replacement
            }
        }
    "#);
}

#[test]
fn a_whole_object_that_is_only_followed_is_told_by_its_id() {
    let host = |id: Value| object(&[("id", id), ("kernel", s("6.1")), ("os", s("Debian"))]);
    let on = |id: Value| Some(vm([("name", s("web")), ("on", host(id))]));
    let shown = |action, before, after| {
        let text = body(vec![change("acme_vm.web", action, None, before, after)]);
        text.lines().find(|line| line.contains(" on ")).unwrap_or_default().trim().to_owned()
    };
    assert_eq!(shown(Action::Create, None, on(s("vm:1"))), "+ on   = { ... } # vm:1");
    assert_eq!(shown(Action::Delete, on(s("vm:1")), None), "- on   = { ... } -> null # vm:1");
    assert_eq!(shown(Action::Create, None, on(s("vm:1").sensitive())), "+ on   = {");
    assert_eq!(shown(Action::Update, on(s("vm:1")), on(s("vm:2"))), "~ on   = {");
}
