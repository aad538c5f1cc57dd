//! Applies against a vendor that loses answers and drops connections end, run again, with exactly what was planned.

use std::collections::BTreeMap;

use super::Lab;
use super::lab::text;
use crate::apply::Ended;
use crate::diag::Diagnostics;
use crate::ops;
use crate::ops::ApplyOptions;
use crate::plan::Options;

/// A hundred droplets, and one of each other type.
const EVERY_TYPE: &str = include_str!("every_type.infra.hcl");

/// How many objects there are of each kind, at all vendors.
async fn kinds(lab: &Lab) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for object in lab.census().await {
        let words: Vec<&str> = object.split(' ').collect();
        let kind = match words[..] {
            // The tags by which objects are found go with their intents; one that stays does no harm.
            ["tags", name] if name.starts_with("\"infra-op:") => continue,
            // Collections and ids take turns.
            ["neon", path, ..] => path.split('/').step_by(2).collect::<Vec<_>>().join("/"),
            [kind, _] | [_, kind, ..] => kind.to_owned(),
            _ => object.clone(),
        };
        *kinds.entry(kind).or_default() += 1;
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

/// As many runs as it may take; most of what is lost is found again by the run that lost it.
const FEW: usize = 4;

async fn ends_as_planned(lab: impl Fn(&dyn Fn(&mut crate::sim::Options)) -> Lab, seeds: std::ops::Range<u64>) {
    let calm = lab(&|_| {});
    calm.apply().await;
    let expected = (kinds(&calm).await, calm.addresses());
    for seed in seeds {
        let lab = lab(&|options| {
            options.seed = seed;
            options.faults = "lost-answer:10% reset:5%".parse().expect("faults");
        });
        let runs = apply_until_done(&lab, &format!("seed {seed}")).await;
        assert!(runs <= FEW, "seed {seed}: {runs} runs");
        assert_eq!((kinds(&lab).await, lab.addresses()), expected, "seed {seed}");
        assert_eq!(lab.planned().await, [""; 0], "seed {seed}: nothing is left to do");
    }
}

#[tokio::test]
async fn a_stack_ends_as_planned_whatever_is_lost() {
    ends_as_planned(|options| Lab::of_example_with("ha-cloud", |text| text, options), 0..20).await;
}

#[test]
fn every_type_of_a_cloud_is_among_them() {
    let all = crate::providers::all();
    let clouds = all.iter().flat_map(|provider| provider.resource_names());
    let clouds = clouds.filter(|ty| ["digitalocean_", "neon_"].iter().any(|vendor| ty.starts_with(vendor)));
    let missing: Vec<&str> =
        clouds.filter(|ty| !EVERY_TYPE.contains(&format!("\nresource \"{ty}\" \"it\" {{\n"))).collect();
    assert_eq!(missing, [""; 0]);
}

#[tokio::test]
async fn a_hundred_droplets_and_one_of_each_other_type_end_as_planned_whatever_is_lost() {
    ends_as_planned(|options| Lab::on(EVERY_TYPE, options), 0..20).await;
}
