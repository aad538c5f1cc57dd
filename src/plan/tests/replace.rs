//! `-replace` that names no instance.

use super::Trial;

const SUMMARY: &str = "Warning: Incompletely-matched force-replace resource instance";

/// The details of the warnings for one `-replace`.
fn details(replace: &str) -> Vec<String> {
    let text = r#"
        resource "acme_vm" "many" { count = 2 }
        resource "acme_vm" "one" { for_each = toset(["x"]) }
        resource "acme_vm" "none" { count = 0 }
        resource "acme_vm" "plain" {}
    "#;
    let mut trial = Trial::new(text).after(text);
    trial.options.replace = vec![replace.parse().unwrap()];
    let tried = trial.plan();
    let details: Vec<String> = tried.details().into_iter().map(str::to_owned).collect();
    assert!(tried.problems().iter().all(|problem| problem == SUMMARY), "{:?}", tried.problems());
    assert!(tried.changes().is_empty() || details.is_empty(), "what is replaced is not warned of");
    details
}

#[test]
fn an_address_that_names_no_instance_is_warned_of() {
    assert_eq!(details("acme_vm.plain"), [""; 0]);
    assert_eq!(details("acme_vm.many[1]"), [""; 0]);
    let start = |addr: &str| format!("Your force-replace request for {addr} doesn't match any resource instances");
    let many = "To force replacement of particular instances, use one or more of the following options \
                instead:\n  -replace=\"acme_vm.many[0]\"\n  -replace=\"acme_vm.many[1]\"";
    let lacks = "because it lacks an instance key.";
    assert_eq!(details("acme_vm.many"), [format!("{} {lacks}\n\n{many}", start("acme_vm.many"))]);
    let one = "To force replacement of the single declared instance, use the following option \
               instead:\n  -replace=\"acme_vm.one[\\\"x\\\"]\"";
    assert_eq!(details("acme_vm.one"), [format!("{} {lacks}\n\n{one}", start("acme_vm.one"))]);
    let none = format!("{} because this resource doesn't have any instances.", start("acme_vm.none"));
    assert_eq!(details("acme_vm.none"), [none]);
    // Terraform says nothing of these.
    assert_eq!(details("acme_vm.many[7]"), [""; 0]);
    assert_eq!(details("acme_vm.unheard_of"), [""; 0]);
}
