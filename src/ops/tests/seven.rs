//! What every resource type must stand: seven claims, each on all types of the registry.

pub(super) mod rows;

use std::collections::BTreeSet;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;

use super::Lab;
use super::lab::lines;
use super::lab::text;
use crate::ops;
use crate::plan::Action;
use crate::schema::Presence;
use crate::value::Object;
use rows::Row;
use rows::rows;

const NOTHING: [&str; 0] = [];

/// The configuration of a row, with these arguments.
pub(super) fn config(row: &Row, arguments: &str, lifecycle: &str) -> String {
    format!("{}\nresource \"{}\" \"it\" {{\n{arguments}\n{lifecycle}\n}}\n", row.needs, row.ty)
}

/// Tries a claim on every row, and reports all that do not stand it.
async fn each<F: Future<Output = ()>>(claim: impl Fn(Row) -> F) {
    let mut failures = Vec::new();
    for row in rows() {
        let ty = row.ty;
        if let Err(panic) = AssertUnwindSafe(claim(row)).catch_unwind().await {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            failures.push(format!("── {ty}: {}", text.unwrap_or_default()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

async fn made(row: &Row) -> Lab {
    let lab = Lab::new(&config(row, row.base, ""));
    lab.apply().await;
    assert_eq!(lab.planned().await, NOTHING, "after the first apply: {}", differences(&lab).await);
    lab
}

/// The attributes in which each planned change differs from what is there.
pub(super) async fn differences(lab: &Lab) -> String {
    let planned = lab.plan().await;
    let changes = planned.made.plan.changes.iter().filter(|change| change.action != Action::NoOp);
    let told = changes.map(|change| match (&change.prior, &change.planned) {
        (Some(prior), Some(after)) => format!("{}: {:?}", change.addr, differing(prior, after)),
        _ => change.addr.to_string(),
    });
    told.collect::<Vec<_>>().join("; ")
}

/// Names of attributes that differ, with their values.
fn differing(a: &Object, b: &Object) -> Vec<String> {
    let pairs = a.iter().filter(|(name, value)| b.get(name).is_none_or(|other| !same(value, other)));
    pairs.map(|(name, value)| format!("{name}: {value:?} -> {:?}", b.get(name))).collect()
}

fn differing_names(a: &Object, b: &Object) -> BTreeSet<String> {
    let pairs = a.iter().filter(|(name, value)| b.get(name).is_none_or(|other| !same(value, other)));
    pairs.map(|(name, _)| name.to_string()).collect()
}

fn same(a: &crate::value::Value, b: &crate::value::Value) -> bool {
    a.clone().unmark_deep().0 == b.clone().unmark_deep().0
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn every_type_has_its_row() {
    let types: Vec<&str> = crate::providers::all().iter().flat_map(|provider| provider.resource_names()).collect();
    let rows: Vec<&str> = rows().iter().map(|row| row.ty).collect();
    assert_eq!(types.iter().collect::<BTreeSet<_>>(), rows.iter().collect::<BTreeSet<_>>());
    assert_eq!(rows.len(), types.len(), "no row comes twice");
}

#[test]
fn only_a_type_without_changeable_arguments_is_excused_from_changing() {
    for row in rows().into_iter().filter(|row| row.update.is_err()) {
        let providers = crate::providers::all();
        let ty = providers.iter().find_map(|provider| provider.resource(row.ty)).unwrap();
        let attributes = ty.schema().root().attributes().iter();
        let changeable = attributes.filter(|(_, it)| it.presence != Presence::Computed && !it.replaces);
        assert_eq!(changeable.map(|(name, _)| &**name).collect::<Vec<_>>(), NOTHING, "{}", row.ty);
    }
}

#[test]
fn only_a_type_without_replacing_arguments_is_excused_from_being_replaced() {
    for row in rows().into_iter().filter(|row| row.replace.is_err()) {
        let providers = crate::providers::all();
        let ty = providers.iter().find_map(|provider| provider.resource(row.ty)).unwrap();
        let replacing = ty.schema().root().attributes().iter().filter(|(_, it)| it.replaces);
        assert_eq!(replacing.map(|(name, _)| &**name).collect::<Vec<_>>(), NOTHING, "{}", row.ty);
    }
}

#[test]
fn only_a_type_that_is_not_read_is_excused_from_disappearing() {
    // What every cluster has does not go without its cluster.
    let is_excused =
        |ty: &str| ty == "host_machine" || ty.starts_with("digitalocean_database_") && ty.ends_with("_config");
    for row in rows().into_iter().filter(|row| row.gone.is_err() && !is_excused(row.ty)) {
        let providers = crate::providers::all();
        let ty = providers.iter().find_map(|provider| provider.resource(row.ty)).unwrap();
        assert!(!ty.is_read(), "{}", row.ty);
    }
}

#[tokio::test]
async fn what_was_created_is_not_planned_again() {
    each(async |row| {
        let lab = Lab::new(&config(&row, row.base, ""));
        let planned = lab.planned().await;
        assert!(planned.contains(&format!("Create {}.it", row.ty)), "{planned:?}");
        lab.apply().await;
        assert_eq!(lab.planned().await, NOTHING, "{}", differences(&lab).await);
    })
    .await;
}

#[tokio::test]
async fn a_change_in_place_keeps_the_object() {
    each(async |row| {
        let Ok(update) = row.update else { return };
        let lab = made(&row).await;
        let id = lab.object(&format!("{}.it", row.ty)).get("id").cloned();
        lab.write(&config(&row, update, ""));
        assert_eq!(lab.planned().await, [format!("Update {}.it", row.ty)]);
        lab.apply().await;
        assert_eq!(lab.object(&format!("{}.it", row.ty)).get("id").cloned(), id);
        assert_eq!(lab.planned().await, NOTHING, "{}", differences(&lab).await);
        lab.write(&config(&row, row.base, ""));
        lab.apply().await;
        assert_eq!(lab.planned().await, NOTHING, "back again: {}", differences(&lab).await);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_change_is_replaced_in_either_order() {
    each(async |row| {
        for (first, action) in [(false, "DeleteThenCreate"), (true, "CreateThenDelete")] {
            let lifecycle = &*format!("lifecycle {{\ncreate_before_destroy = {first}\n}}");
            let Ok((other, paths)) = row.replace else { return };
            let lab = Lab::new(&config(&row, row.base, lifecycle));
            lab.apply().await;
            lab.write(&config(&row, other, lifecycle));
            let planned = lab.plan().await;
            assert_eq!(lines(&planned), [format!("{action} {}.it", row.ty)]);
            let change = planned.made.plan.changes.iter().find(|change| change.action.is_replace()).unwrap();
            let found: BTreeSet<String> = change.replace_paths.iter().map(ToString::to_string).collect();
            assert_eq!(found, set(paths));
            lab.perform(planned).await;
            assert_eq!(lab.planned().await, NOTHING, "{action}: {}", differences(&lab).await);
            // As if it had been so from the beginning.
            let direct = Lab::new(&config(&row, other, lifecycle));
            direct.apply().await;
            lab.wait(120).await;
            assert_eq!(lab.census().await.len(), direct.census().await.len(), "{action}: {:?}", lab.census().await);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_imported_is_as_it_was_made() {
    each(async |row| {
        let lab = made(&row).await;
        let addr = format!("{}.it", row.ty).parse().unwrap();
        let id = row.import.map(|(id, _)| id(&lab)).unwrap_or_else(|_| "some-id".to_owned());
        let forget = |snapshot: &mut crate::state::Snapshot| snapshot.rm(&format!("{}.it", row.ty).parse().unwrap());
        ops::edit_state(&lab.session, "rm", Duration::ZERO, forget).unwrap().unwrap();
        let (done, diags) = lab.import(&addr, &id).await;
        let Ok((_, differs)) = row.import else {
            assert!(!done && text(&diags).contains(row.import.err().unwrap()), "{}", text(&diags));
            return;
        };
        assert!(done, "{}", text(&diags));
        let planned = lab.plan().await;
        let change = planned.made.plan.changes.iter().find(|change| change.addr == addr).unwrap();
        let (prior, after) = (change.prior.as_ref().unwrap(), change.planned.as_ref().unwrap());
        let mut found = differing_names(prior, after);
        // An import knows where a host is, and not how else it is reached: that is recorded without a change.
        found.remove("host");
        assert_eq!(found, set(differs), "{}", differences(&lab).await);
        assert_eq!(lines(&planned).len(), usize::from(!differs.is_empty()), "{:?}", lines(&planned));
        lab.perform(planned).await;
        assert_eq!(lab.planned().await, NOTHING, "{}", differences(&lab).await);
    })
    .await;
}

#[tokio::test]
async fn what_another_changed_is_seen_and_put_right() {
    each(async |row| {
        let Ok((deed, attributes)) = row.changed else { return };
        let lab = made(&row).await;
        deed(&lab).await;
        let planned = lab.plan().await;
        let drift: Vec<_> = planned.made.plan.drift.iter().map(|drift| drift.addr.to_string()).collect();
        assert_eq!(drift, [format!("{}.it", row.ty)]);
        let drift = &planned.made.plan.drift[0];
        let after = drift.after.as_ref().expect("it is still there");
        assert_eq!(differing_names(&drift.before, after), set(attributes), "{:?}", differing(&drift.before, after));
        assert_eq!(lines(&planned), [format!("Update {}.it", row.ty)]);
        lab.perform(planned).await;
        assert_eq!(lab.planned().await, NOTHING, "{}", differences(&lab).await);
    })
    .await;
}

#[tokio::test]
async fn what_another_removed_is_made_again() {
    each(async |row| {
        let Ok(deed) = row.gone else { return };
        let lab = made(&row).await;
        let before = lab.census().await.len();
        deed(&lab).await;
        let planned = lab.plan().await;
        let gone: Vec<_> = planned.made.plan.drift.iter().filter(|drift| drift.after.is_none()).collect();
        assert_eq!(gone.iter().map(|d| d.addr.to_string()).collect::<Vec<_>>(), [format!("{}.it", row.ty)]);
        assert_eq!(lines(&planned), [format!("Create {}.it", row.ty)]);
        lab.perform(planned).await;
        assert_eq!(lab.planned().await, NOTHING, "{}", differences(&lab).await);
        assert_eq!(lab.census().await.len(), before, "{:?}", lab.census().await);
    })
    .await;
}

#[tokio::test]
async fn what_is_deleted_leaves_nothing() {
    each(async |row| {
        let lab = Lab::new(row.needs);
        lab.apply().await;
        let before = lab.census().await;
        lab.write(&config(&row, row.base, ""));
        lab.apply().await;
        lab.write(row.needs);
        assert_eq!(lab.planned().await, [format!("Delete {}.it", row.ty)]);
        lab.apply().await;
        lab.wait(120).await;
        assert_eq!(lab.planned().await, NOTHING, "{}", differences(&lab).await);
        assert_eq!(lab.census().await, before);
        lab.write(&config(&row, row.base, ""));
        lab.apply().await;
        lab.destroy().await;
        lab.wait(120).await;
        let folder = format!("folder {}", lab.root().join("main.tf").display());
        assert_eq!(lab.census().await, set(&[&folder]), "after destroying everything");
        assert_eq!(lab.addresses(), NOTHING);
    })
    .await;
}

#[tokio::test]
async fn sizes_are_read() {
    let lab = Lab::new(
        r#"
        data "digitalocean_sizes" "small" {
          filter {
            key    = "vcpus"
            values = ["1"]
          }
          filter {
            key    = "regions"
            values = ["fra1"]
          }
          sort {
            key       = "price_monthly"
            direction = "asc"
          }
        }
        output "first" { value = data.digitalocean_sizes.small.sizes[0].slug }
        output "vcpus" { value = distinct(data.digitalocean_sizes.small.sizes[*].vcpus) }
        "#,
    );
    let applied = lab.apply().await;
    assert_eq!(format!("{:?}", applied.snapshot.outputs["vcpus"].value), "[1]");
    assert_eq!(format!("{:?}", applied.snapshot.outputs["first"].value), r#""s-1vcpu-512mb-10gb""#);
    assert_eq!(lab.planned().await, NOTHING);
}

#[tokio::test]
async fn a_host_of_another_identity_is_another_host() {
    let lab = Lab::new("");
    std::fs::create_dir(lab.root().join("host")).unwrap();
    let config = |identity: &str| {
        format!(
            "resource \"host_machine\" \"it\" {{\nidentity = \"{identity}\"\nconnection {{\nlocal = true\n\
             root = \"host\"\n}}\n}}\n"
        )
    };
    lab.write(&config("one"));
    lab.apply().await;
    lab.write(&config("two"));
    let planned = lab.plan().await;
    assert_eq!(lines(&planned), ["DeleteThenCreate host_machine.it"]);
    assert_eq!(planned.made.plan.changes[0].replace_paths, [crate::value::Path::of("identity")]);
}
