//! Whether the provider that keeps an object has its type.

use serde_json::json;

use super::Trial;

#[test]
fn a_block_that_names_a_provider_without_the_type_is_an_error() {
    let text = r#"
        resource "acme_vm" "a" { provider = host }
        data "acme_zone" "z" {
          provider = host
          name     = "x"
        }
    "#;
    let tried = Trial::new(text).plan();
    assert_eq!(tried.problems(), ["Error: Invalid data source", "Error: Invalid resource type"]);
    assert_eq!(
        tried.details(),
        [
            "The provider host does not support data source \"acme_zone\". The provider acme does.",
            "The provider host does not support resource type \"acme_vm\". The provider acme does.",
        ]
    );
    // Nor is it asked for what the state has.
    let prior = json!({ "acme_vm.a": { "id": "1" } });
    assert_eq!(Trial::new(text).with_prior(&prior).plan().problems().len(), 2);
}

#[test]
fn a_state_that_names_a_provider_without_the_type_is_an_error() {
    let prior = json!({
        "acme_vm.a": { "id": "1", "#": { "provider": "host" } },
        "other_thing.b": { "#": { "provider": "other" } },
    });
    let tried = Trial::new("").with_prior(&prior).plan();
    assert_eq!(
        tried.problems(),
        ["Error: Invalid resource type [acme_vm.a]", "Error: Invalid resource type [other_thing.b]"]
    );
    // The block says better, and what is let go of needs no call.
    let text = "resource \"acme_vm\" \"a\" {}\nremoved {\n from = other_thing.b\n lifecycle { destroy = false }\n}\n";
    let tried = Trial::new(text).with_prior(&prior).plan();
    tried.sound();
    assert_eq!(tried.changes(), ["Forget other_thing.b: NoResourceConfig"]);
}
