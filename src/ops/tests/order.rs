//! In what order things come and go.

use super::Lab;
use crate::apply::Ended;
use crate::plan::Step;
use crate::plan::StepId;

#[tokio::test]
async fn a_replacement_goes_dependants_first_and_comes_dependencies_first() {
    let config = |value: u8| {
        format!(
            r#"
            resource "terraform_data" "a" {{ triggers_replace = {value} }}
            resource "terraform_data" "b" {{ triggers_replace = terraform_data.a.id }}
            resource "terraform_data" "c" {{ input = terraform_data.b.id }}
            "#
        )
    };
    let lab = Lab::new(&config(1));
    lab.apply().await;
    lab.heard();
    lab.write(&config(2));
    lab.apply().await;
    assert_eq!(
        lab.heard(),
        [
            "Delete terraform_data.b",
            "Delete terraform_data.b done",
            "Delete terraform_data.a",
            "Delete terraform_data.a done",
            "Create terraform_data.a",
            "Create terraform_data.a done",
            "Create terraform_data.b",
            "Create terraform_data.b done",
            "Update terraform_data.c",
            "Update terraform_data.c done",
        ]
    );
}

#[tokio::test]
async fn a_replacement_that_comes_first_is_deleted_last() {
    let config = |value: u8| {
        format!(
            r#"
            resource "terraform_data" "a" {{ triggers_replace = {value} }}
            resource "terraform_data" "b" {{
              input = terraform_data.a.id
              lifecycle {{ create_before_destroy = true }}
            }}
            "#
        )
    };
    let lab = Lab::new(&config(1));
    lab.apply().await;
    lab.heard();
    lab.write(&config(2));
    lab.apply().await;
    let heard: Vec<String> = lab.heard().into_iter().filter(|line| !line.ends_with("done")).collect();
    assert_eq!(heard, ["Create terraform_data.a", "Update terraform_data.b", "DeleteDeposed terraform_data.a"]);
    assert_eq!(lab.addresses(), ["terraform_data.a", "terraform_data.b"]);
}

#[tokio::test]
async fn what_goes_for_good_waits_until_nothing_points_to_it() {
    let lab = Lab::new(
        "resource \"terraform_data\" \"a\" {}\nresource \"terraform_data\" \"b\" { input = terraform_data.a.id }\n",
    );
    lab.apply().await;
    lab.heard();
    lab.write("resource \"terraform_data\" \"b\" { input = 1 }\n");
    lab.apply().await;
    let heard: Vec<String> = lab.heard().into_iter().filter(|line| !line.ends_with("done")).collect();
    assert_eq!(heard, ["Update terraform_data.b", "Delete terraform_data.a"]);
}

#[tokio::test]
async fn an_instance_waits_through_one_that_does_nothing() {
    let config = |value: u8| {
        format!(
            r#"
            resource "terraform_data" "a" {{
              for_each = toset(["x", "y"])
              input    = {value}
            }}
            resource "terraform_data" "b" {{
              for_each = terraform_data.a
              input    = each.key
            }}
            resource "terraform_data" "c" {{
              for_each = terraform_data.b
              input    = "${{each.value.input}} {value}"
            }}
            "#
        )
    };
    let lab = Lab::new(&config(1));
    lab.apply().await;
    lab.write(&config(2));
    let plan = lab.plan().await.made.plan;
    let step = |addr: &str| {
        let is_it = |step: &Step| match step {
            Step::Change { change, .. } => plan.changes[*change].addr.to_string() == addr,
            _ => false,
        };
        StepId::try_from(plan.steps.steps.iter().position(is_it).unwrap()).unwrap()
    };
    let mut behind = vec![step(r#"terraform_data.a["x"]"#)];
    for at in 0.. {
        let Some(step) = behind.get(at).copied() else { break };
        behind.extend(plan.steps.order.dependents(step));
    }
    assert!(behind.contains(&step(r#"terraform_data.c["x"]"#)));
    assert!(!behind.contains(&step(r#"terraform_data.c["y"]"#)), "and for nothing else");
}

#[tokio::test]
async fn steps_that_wait_for_each_other_are_no_success() {
    let lab = Lab::new("resource \"terraform_data\" \"a\" {}\nresource \"terraform_data\" \"b\" {}\n");
    let mut planned = lab.plan().await;
    let order = &mut planned.made.plan.steps.order;
    order.after(0, 1);
    order.after(1, 0);
    let applied = lab.perform(planned).await;
    assert_eq!(applied.outcome.ended, Ended::Failed);
    let summaries: Vec<&str> = applied.outcome.diags.iter().map(|d| &*d.summary).collect();
    assert_eq!(summaries, ["Steps without an order"]);
}
