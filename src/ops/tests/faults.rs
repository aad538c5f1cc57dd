//! Applies against a vendor that loses answers and drops connections end, run again, with exactly what was planned.

use std::collections::BTreeMap;

use super::Lab;
use super::lab::text;
use crate::apply::Ended;
use crate::diag::Diagnostics;
use crate::ops;
use crate::ops::ApplyOptions;
use crate::plan::Options;

/// How many objects there are of each kind.
async fn kinds(lab: &Lab) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for object in lab.census().await {
        let words: Vec<&str> = object.split(' ').collect();
        // The tags by which objects are found go with their intents; one that stays does no harm.
        if words[0] == "tags" && words[1].starts_with("\"infra-op:") {
            continue;
        }
        let kind = if words.len() > 2 { words[1] } else { words[0] };
        *kinds.entry(kind.to_owned()).or_default() += 1;
    }
    kinds
}

/// Applies until it comes to its end; says how often it took.
async fn apply_until_done(lab: &Lab, what: &str) -> usize {
    let mut said = String::new();
    for tries in 1..=12 {
        let (planned, diags) = lab.plan_with(Options { refresh: true, ..Options::default() }).await;
        said = text(&diags);
        let Some(planned) = planned.filter(|_| !diags.has_errors()) else { continue };
        let lock = ops::lock(&lab.session, "test", std::time::Duration::ZERO).expect("the lock is free");
        let mut diags = Diagnostics::new();
        let applied = ops::apply(&lab.session, planned, &lock, ApplyOptions::default(), &mut diags).await;
        let applied = applied.expect("the state is sound");
        said = text(&diags);
        let Some(applied) = applied else { continue };
        if applied.outcome.ended == Ended::Complete {
            return tries;
        }
        said = text(&applied.outcome.diags);
    }
    panic!("{what}: not done after twelve runs: {said}");
}

async fn ends_as_planned(droplets: usize, seeds: std::ops::Range<u64>) {
    let change = |text: String| text.replace("  default     = 2\n", &format!("  default     = {droplets}\n"));
    let calm = Lab::of_example_with("ha-cloud", change, |_| {});
    calm.apply().await;
    let expected = kinds(&calm).await;
    let mut runs = 0;
    for seed in seeds {
        let lab = Lab::of_example_with("ha-cloud", change, |options| {
            options.seed = seed;
            options.faults = "lost-answer:10% reset:5%".parse().expect("faults");
        });
        runs += apply_until_done(&lab, &format!("seed {seed}")).await;
        assert_eq!(kinds(&lab).await, expected, "seed {seed}");
        assert_eq!(apply_until_done(&lab, "again").await, 1, "seed {seed}");
        assert_eq!(kinds(&lab).await, expected, "seed {seed}: nothing was left to do");
    }
    assert!(runs > 0);
}

#[tokio::test]
async fn a_stack_ends_as_planned_whatever_is_lost() {
    ends_as_planned(3, 0..20).await;
}

#[tokio::test]
async fn a_hundred_droplets_end_as_planned_whatever_is_lost() {
    ends_as_planned(100, 100..102).await;
}
