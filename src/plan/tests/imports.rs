//! Imports whose provider has no client, or whose type nobody has.

use super::Trial;
use crate::plan::Options;

const LATE: &str = r#"
    resource "acme_net" "n" {}
    provider "acme" {
      alias = "late"
      token = acme_net.n.id
    }
    import {
      to = acme_vm.a
      id = "7"
    }
    resource "acme_vm" "a" { provider = acme.late }
    resource "acme_vm" "b" { net = acme_vm.a.id }
"#;

#[test]
fn an_import_over_a_provider_that_is_not_known_yet_is_an_error() {
    let tried = Trial::of([("main.tf", LATE)]).plan();
    assert_eq!(tried.problems(), ["Error: Import needs a configured provider [acme_vm.a]"]);
}

#[test]
fn an_import_over_a_provider_that_is_not_known_yet_waits_for_a_later_phase() {
    let tried = Trial::new(LATE).plan();
    let deferred = &tried.sound().plan.deferred;
    assert_eq!(deferred.iter().map(|it| &*it.address).collect::<Vec<_>>(), ["acme_vm.a"]);
    assert_eq!(tried.changes(), ["Create acme_net.n", "Create acme_vm.b"]);
}

#[test]
fn an_import_of_a_provider_that_is_not_there_ends_in_errors() {
    let text = r#"
        import {
          to = foo_bar.x
          id = "7"
        }
        resource "foo_bar" "x" {}
    "#;
    let tried = Trial::new(text).plan();
    assert_eq!(tried.problems(), ["Error: Invalid resource type"]);
    let block = format!("provider \"foo\" {{}}\n{text}");
    assert_eq!(Trial::new(&block).plan().problems(), ["Error: Unknown provider", "Error: Invalid resource type"]);
}

#[test]
fn an_import_over_a_provider_that_failed_says_so_once_and_creates_nothing() {
    let tried = Trial::new(&LATE.replace("acme_net.n.id", "[]")).plan();
    assert_eq!(tried.problems(), ["Error: Incorrect attribute value type"]);
    assert_eq!(tried.changes(), ["Create acme_net.n", "Create acme_vm.b"]);
}

#[test]
fn an_import_of_a_type_that_nobody_has_is_an_error() {
    let resource = r#"resource "acme_typo" "a" {}"#;
    let block = format!("import {{\n to = acme_typo.a\n id = \"7\"\n}}\n{resource}");
    assert_eq!(Trial::new(&block).plan().problems(), ["Error: Invalid resource type"]);
    let mut wanted = Trial::new(resource);
    let imports = vec![("acme_typo.a".parse().unwrap(), "7".into())];
    wanted.options = Options { imports, ..Options::default() };
    assert_eq!(wanted.plan().problems(), ["Error: Invalid resource type"]);
}
