//! Phases: what cannot be planned yet is left for the next one.

use super::Lab;
use super::lab::lines;
use crate::ops::is_announced;
use crate::plan::Options;

#[tokio::test]
async fn what_was_deferred_is_the_next_phase() {
    let lab = Lab::new(
        r#"
        infra { deferral = true }
        resource "terraform_data" "a" {}
        resource "terraform_data" "b" {
          for_each = toset([terraform_data.a.id])
          input    = each.key
        }
        "#,
    );
    let first = lab.plan().await;
    assert_eq!(lines(&first), ["Create terraform_data.a"]);
    let deferred = first.made.plan.deferred.clone();
    assert_eq!(deferred.iter().map(|d| &*d.address).collect::<Vec<_>>(), ["terraform_data.b"]);
    lab.perform(first).await;
    let second = lab.plan().await;
    assert_eq!(lines(&second).len(), 1);
    assert!(second.made.plan.deferred.is_empty());
    assert!(is_announced(&deferred, &second.made.plan));
    assert!(!is_announced(&[], &second.made.plan));
}

#[tokio::test]
async fn without_deferral_an_unknown_key_is_an_error() {
    let lab = Lab::new(
        "resource \"terraform_data\" \"a\" {}\nresource \"terraform_data\" \"b\" {\n  for_each = toset([terraform_data.a.id])\n}\n",
    );
    let (planned, diags) = lab.plan_with(Options::default()).await;
    assert_eq!(diags.iter().map(|d| &*d.summary).collect::<Vec<_>>(), ["Invalid for_each argument"]);
    assert_eq!(lines(&planned.expect("a plan to show")), ["Create terraform_data.a"]);
}
