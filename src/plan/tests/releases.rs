//! What goes before its successor comes is taken out of what uses it first.

use serde_json::json;

use super::Trial;
use super::vendors::asked;
use crate::plan::Step;

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
fn what_shall_be_used_for_good_is_not_let_go_of() {
    // The tags are as they were, whatever is configured; the machine changes in something else.
    let text = r#"
        resource "acme_net" "n" { cidr = "new" }
        resource "acme_vm" "v" {
          size = 2
          tags = { a = acme_net.n.id }
          lifecycle { ignore_changes = [tags] }
        }
    "#;
    let prior = json!({
        "acme_net.n": { "id": "7", "cidr": "old" },
        "acme_vm.v": { "id": "3", "size": 1, "tags": { "a": "7" }, "#": { "dependencies": ["acme_net.n"] } },
    });
    let order = Trial::new(text).with_prior(&prior).plan().order();
    assert!(order.iter().any(|line| line.starts_with("Update acme_vm.v")), "{order:#?}");
    assert!(!order.iter().any(|line| line.contains("Release")), "{order:#?}");
}

/// Each user is asked once for what it was and once for what it becomes, and all that it is asked for is its own.
#[test]
fn many_users_of_many_that_go_are_asked_once_each() {
    const MANY: usize = 1_000;
    let text = format!(
        r#"
        resource "acme_net" "n" {{
          count = {MANY}
          cidr  = "new"
        }}
        resource "acme_vm" "v" {{
          count = {MANY}
          tags  = {{ a = acme_net.n[count.index].id }}
        }}
        "#
    );
    let mut prior = serde_json::Map::new();
    for at in 0..MANY {
        prior.insert(format!("acme_net.n[{at}]"), json!({ "id": format!("n{at}"), "cidr": "old" }));
        let tags = json!({ "a": format!("n{at}") });
        let vm = json!({ "id": format!("v{at}"), "tags": tags, "#": { "dependencies": ["acme_net.n"] } });
        prior.insert(format!("acme_vm.v[{at}]"), vm);
    }
    let trial = Trial::new(&text).with_prior(&prior.into());
    let before = asked();
    let tried = trial.plan();
    assert!(asked() - before <= 2 * MANY, "{}", asked() - before);
    let steps = &tried.sound().plan.steps;
    let released = steps.steps.iter().filter_map(|step| match step {
        Step::Release { gone, .. } => Some(gone.len()),
        _ => None,
    });
    assert_eq!(released.collect::<Vec<_>>(), [1; MANY]);
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
