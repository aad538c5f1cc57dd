use std::path::Path;

use insta::assert_snapshot;

use super::*;
use crate::config::MemoryFiles;
use crate::config::load;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::plan::Action;
use crate::report::testing::change;
use crate::report::testing::plan;
use crate::report::testing::registry;
use crate::report::testing::vm;
use crate::value::Value;

fn metrics<'a>(found: Option<&'a DriftReport<'a>>, cost: Option<&'a Cost>, previous: &'a str) -> DriftMetrics<'a> {
    let folder = "/srv/a \"b\"\\c\nd";
    DriftMetrics { folder, workspace: "default", now: 1_790_000_000, found, cost, previous }
}

#[test]
fn a_run_is_told_in_the_text_format() {
    let files: MemoryFiles = [("main.tf", Vec::new())].into_iter().collect();
    let config = load(Path::new(""), &Sources::new(), &files, &mut Diagnostics::new());
    let created = change("acme_vm.new", Action::Create, None, None, Some(vm([("name", Value::from("new"))])));
    let (plan, registry) = (plan(vec![created], Vec::new()), registry());
    let report = DriftReport::new(&plan, &config, &registry);
    let cost = Cost { before: 12.5, is_before_partial: true, ..Cost::default() };
    let text = metrics(Some(&report), Some(&cost), "").text();
    assert_snapshot!(text, @r###"
    # HELP infra_drift_objects Objects that are not as they were left or as they are written, by class.
    # TYPE infra_drift_objects gauge
    infra_drift_objects{folder="/srv/a \"b\"\\c\nd",workspace="default",class="changed_outside"} 0
    infra_drift_objects{folder="/srv/a \"b\"\\c\nd",workspace="default",class="deleted_outside"} 0
    infra_drift_objects{folder="/srv/a \"b\"\\c\nd",workspace="default",class="unapplied_code"} 1
    infra_drift_objects{folder="/srv/a \"b\"\\c\nd",workspace="default",class="stale"} 0
    # HELP infra_drift_success Whether the last run came to its end; what it could not read is counted as stale.
    # TYPE infra_drift_success gauge
    infra_drift_success{folder="/srv/a \"b\"\\c\nd",workspace="default"} 1
    # HELP infra_drift_last_run_timestamp_seconds When the last run ended.
    # TYPE infra_drift_last_run_timestamp_seconds gauge
    infra_drift_last_run_timestamp_seconds{folder="/srv/a \"b\"\\c\nd",workspace="default"} 1790000000
    # HELP infra_drift_last_success_timestamp_seconds When a run came to its end last.
    # TYPE infra_drift_last_success_timestamp_seconds gauge
    infra_drift_last_success_timestamp_seconds{folder="/srv/a \"b\"\\c\nd",workspace="default"} 1790000000
    # HELP infra_monthly_cost_dollars What is known of the monthly cost of what is there, in US dollars.
    # TYPE infra_monthly_cost_dollars gauge
    infra_monthly_cost_dollars{folder="/srv/a \"b\"\\c\nd",workspace="default"} 12.5
    # HELP infra_monthly_cost_is_partial Whether something is there whose cost is not known and not counted.
    # TYPE infra_monthly_cost_is_partial gauge
    infra_monthly_cost_is_partial{folder="/srv/a \"b\"\\c\nd",workspace="default"} 1
    "###);
    // A run that could not look says so, and when it last could.
    assert_snapshot!(metrics(None, None, &text.replace("1790000000", "1780000000")).text(), @r###"
    # HELP infra_drift_success Whether the last run came to its end; what it could not read is counted as stale.
    # TYPE infra_drift_success gauge
    infra_drift_success{folder="/srv/a \"b\"\\c\nd",workspace="default"} 0
    # HELP infra_drift_last_run_timestamp_seconds When the last run ended.
    # TYPE infra_drift_last_run_timestamp_seconds gauge
    infra_drift_last_run_timestamp_seconds{folder="/srv/a \"b\"\\c\nd",workspace="default"} 1790000000
    # HELP infra_drift_last_success_timestamp_seconds When a run came to its end last.
    # TYPE infra_drift_last_success_timestamp_seconds gauge
    infra_drift_last_success_timestamp_seconds{folder="/srv/a \"b\"\\c\nd",workspace="default"} 1780000000
    "###);
    assert!(
        !metrics(None, None, "nonsense\ninfra_drift_last_success_timestamp_seconds x").text().contains("last_success")
    );
}

#[test]
fn each_family_is_declared_once_and_no_line_is_broken() {
    let cost = Cost::default();
    let text = metrics(None, Some(&cost), "").text();
    let line = regex::Regex::new(r#"^([a-z_]+)\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)+\} -?[0-9.]+$"#).unwrap();
    let mut family = "";
    for line_of_text in text.lines() {
        if let Some(head) = line_of_text.strip_prefix("# HELP ") {
            family = head.split(' ').next().unwrap();
            assert_eq!(text.matches(&format!("# HELP {family} ")).count(), 1);
            assert_eq!(text.matches(&format!("# TYPE {family} gauge\n")).count(), 1);
        } else if !line_of_text.starts_with("# TYPE ") {
            let found = line.captures(line_of_text).unwrap_or_else(|| panic!("{line_of_text}"));
            assert_eq!(&found[1], family);
        }
    }
    assert!(text.ends_with('\n'));
}
