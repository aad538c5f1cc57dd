//! What is left for a later phase.

use super::Trial;

#[test]
fn what_is_deferred_is_named_by_its_whole_path_and_once() {
    let tried = Trial::of([
        ("main.infra.hcl", "module \"outer\" {\n source = \"./outer\"\n count = 2\n}\n"),
        (
            "outer/main.tf",
            r#"
            resource "acme_net" "n" {}
            module "inner" {
              source   = "../inner"
              for_each = toset([acme_net.n.id])
            }
            resource "acme_vm" "b" { for_each = toset([acme_net.n.id]) }
            "#,
        ),
        ("inner/main.tf", "resource \"acme_vm\" \"a\" {}\n"),
    ])
    .plan();
    let deferred = &tried.sound().plan.deferred;
    let addresses: Vec<&str> = deferred.iter().map(|it| &*it.address).collect();
    assert_eq!(addresses, ["module.outer.acme_vm.b", "module.outer.module.inner"]);
}
