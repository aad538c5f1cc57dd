//! The order of deletes.

use serde_json::json;

use super::Trial;

#[test]
fn providers_of_one_name_in_two_modules_are_two() {
    // `x` configures the module's provider, and not the one of its own name that keeps `w`, on which `x` rests: taken for
    // one, `x` and `w` would have to wait for each other, and one of the two edges would be left out.
    let root = r#"
        resource "acme_vm" "w" {}
        resource "acme_vm" "x" { net = acme_vm.w.id }
        module "m" {
          source = "./m"
          token  = acme_vm.x.id
        }
    "#;
    let module = r#"
        variable "token" {}
        provider "acme" { token = var.token }
        resource "acme_vm" "v" {}
    "#;
    let of = |root: &str| Trial::of([("main.infra.hcl", root), ("m/main.tf", module)]);
    let mut trial = of(root).after_trial(&of(root));
    trial.options.mode = crate::plan::Mode::Destroy;
    assert_eq!(
        trial.plan().order(),
        [
            "Delete acme_vm.w < Delete acme_vm.x",
            "Delete acme_vm.x < Delete module.m.acme_vm.v",
            "Delete module.m.acme_vm.v",
        ]
    );
}

#[test]
fn a_chain_of_dependants_leads_through_what_stays() {
    let config = |value: u8| {
        format!(
            r#"
            resource "acme_vm" "x" {{
              name  = "x"
              image = "{value}"
            }}
            resource "acme_vm" "c" {{ net = acme_vm.x.name }}
            resource "acme_vm" "b" {{
              net   = acme_vm.c.net
              image = "{value}"
            }}
            "#
        )
    };
    let tried = Trial::new(&config(2)).after(&config(1)).plan();
    assert_eq!(
        tried.order(),
        [
            "Create acme_vm.b < Create acme_vm.x, Delete acme_vm.b",
            "Create acme_vm.x < Delete acme_vm.x",
            "Delete acme_vm.b",
            "Delete acme_vm.x < Delete acme_vm.b",
        ]
    );
}

#[test]
fn what_is_moved_to_nowhere_says_so() {
    let prior = json!({ "acme_vm.a": { "id": "1" }, "acme_vm.c": { "id": "2" } });
    let text = "moved {\n from = acme_vm.a\n to = acme_vm.b\n}\n";
    let tried = Trial::new(text).with_prior(&prior).plan();
    assert_eq!(
        tried.changes(),
        ["Delete acme_vm.b (was acme_vm.a): NoMoveTarget", "Delete acme_vm.c: NoResourceConfig"]
    );
}
