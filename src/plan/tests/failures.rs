//! What has failed is reported once, whatever hangs on it.

use super::Trial;

#[test]
fn what_follows_from_a_failed_for_each_is_not_reported_again() {
    let tried = Trial::new(
        r#"
        locals { numbers = range(5000) }
        resource "acme_vm" "a" { for_each = toset([for n in local.numbers : "k${n}"]) }
        resource "acme_vm" "b" { for_each = acme_vm.a }
        resource "acme_vm" "c" { name = acme_vm.b["k1"].id }
        "#,
    )
    .plan();
    assert_eq!(tried.problems(), ["Error: Error in function call"]);
}
