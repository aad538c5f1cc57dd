//! What goes before its successor comes is taken out of what uses it first.

use serde_json::json;

use super::Trial;

/// Networks that are replaced, and machines that name some of them.
fn trial(lifecycle: &str, tags: &str) -> Trial {
    let text = format!(
        r#"
        resource "acme_net" "n" {{
          count = 2
          cidr  = "new"
          lifecycle {{
            {lifecycle}
          }}
        }}
        resource "acme_vm" "v" {{ tags = {tags} }}
        "#
    );
    let prior = json!({
        "acme_net.n[0]": { "id": "7", "cidr": "old" },
        "acme_net.n[1]": { "id": "8", "cidr": "old" },
        "acme_vm.v": {
            "id": "3", "tags": { "a": "7", "b": "8", "c": "9" }, "#": { "dependencies": ["acme_net.n"] }
        },
    });
    Trial::new(&text).with_prior(&prior)
}

const BOTH: &str = "{ a = acme_net.n[0].id, b = acme_net.n[1].id, c = \"9\" }";

#[test]
fn what_goes_together_is_let_go_of_together() {
    assert_eq!(
        trial("", BOTH).plan().order(),
        [
            "Create acme_net.n[0] < Delete acme_net.n[0]",
            "Create acme_net.n[1] < Delete acme_net.n[1]",
            "Delete acme_net.n[0] < Release acme_vm.v",
            "Delete acme_net.n[1] < Release acme_vm.v",
            "Release acme_vm.v",
            "Update acme_vm.v < Create acme_net.n[0], Create acme_net.n[1], Release acme_vm.v",
        ]
    );
}

#[test]
fn what_goes_in_waves_is_let_go_of_with_its_wave() {
    assert_eq!(
        trial("max_unavailable = 1", BOTH).plan().order(),
        [
            "Create acme_net.n[0] < Delete acme_net.n[0]",
            "Create acme_net.n[1] < Delete acme_net.n[1]",
            "Delete acme_net.n[0] < Release acme_vm.v",
            "Delete acme_net.n[1] < Release acme_vm.v",
            "Release acme_vm.v",
            "Release acme_vm.v < Create acme_net.n[0], Release acme_vm.v",
            "Update acme_vm.v < Create acme_net.n[0], Create acme_net.n[1], Release acme_vm.v",
        ]
    );
}

#[test]
fn nothing_is_let_go_of_that_goes_last() {
    let order = trial("create_before_destroy = true", BOTH).plan().order();
    assert!(!order.iter().any(|line| line.contains("Release")), "{order:#?}");
    assert!(
        order.contains(&"DeleteDeposed acme_net.n[0] < Create acme_net.n[0], Update acme_vm.v".to_owned()),
        "{order:#?}"
    );
}
