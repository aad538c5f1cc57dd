//! What was begun and not ended is found again, and nothing is made twice.

use std::time::Duration;

use super::Lab;
use super::lab::lines;
use super::seven::config;
use super::seven::rows::Row;
use super::seven::rows::rows;
use super::tap::Mishap;
use super::tap::copy;
use crate::apply::Ended;
use crate::ops;
use crate::plan::Options;
use crate::provider::Effect;

const NOTHING: [&str; 0] = [];

fn is_remote(row: &Row) -> bool {
    let providers = crate::providers::all();
    let ty = providers.iter().find_map(|provider| provider.resource(row.ty)).unwrap();
    ty.effect() == Effect::Remote
}

/// How many objects there are when nothing goes wrong.
async fn undisturbed(row: &Row) -> usize {
    let lab = Lab::new(&config(row, row.base, ""));
    lab.apply().await;
    lab.census().await.len()
}

async fn recovers(row: &Row, path: &'static str, mishap: Mishap) {
    let what = format!("{} {mishap:?}", row.ty);
    let mut lab = Lab::new(row.needs);
    lab.apply().await;
    lab.write(&config(row, row.base, ""));
    lab.apply_with(path, mishap).await;
    let planned = lab.plan().await;
    let expected = match mishap {
        Mishap::DieBefore => vec![format!("Create {}.it", row.ty)],
        Mishap::LoseAnswer | Mishap::DieAfter => Vec::new(),
    };
    // A tag is made again in one go when its answer is lost, and so on: then there is nothing left to find.
    assert_eq!(lines(&planned), expected, "{what}");
    assert_eq!(lab.perform(planned).await.outcome.ended, Ended::Complete, "{what}");
    assert!(lab.addresses().contains(&format!("{}.it", row.ty)), "{what}: {:?}", lab.addresses());
    assert_eq!(lab.planned().await, NOTHING, "{what}");
    assert!(ops::snapshot(&lab.session, false).unwrap().open.is_empty(), "{what}: no intent is left open");
    lab.wait(120).await;
    let mut there = lab.census().await;
    // The tag by which it was found goes with it.
    there.retain(|object| !object.starts_with("tags \"infra-op:"));
    assert_eq!(there.len(), undisturbed(row).await, "{what}: {there:#?}");
    lab.destroy().await;
    lab.wait(120).await;
    assert_eq!(lab.census().await.len(), 1, "{what}: only main.tf is left: {:#?}", lab.census().await);
}

#[test]
fn every_remote_type_is_interrupted() {
    for row in rows() {
        let is_interrupted = row.made_at.is_some() || row.ty.starts_with("host_");
        assert_eq!(is_interrupted, is_remote(&row), "{}", row.ty);
    }
}

#[tokio::test]
async fn what_a_lost_answer_made_is_adopted() {
    for row in rows() {
        let Some(path) = row.made_at else { continue };
        recovers(&row, path, Mishap::LoseAnswer).await;
    }
}

#[tokio::test]
async fn an_intent_alone_makes_nothing_twice() {
    for row in rows() {
        let Some(path) = row.made_at else { continue };
        recovers(&row, path, Mishap::DieBefore).await;
        recovers(&row, path, Mishap::DieAfter).await;
    }
}

#[tokio::test]
async fn what_was_done_on_a_host_is_adopted() {
    for row in rows().into_iter().filter(|row| row.ty.starts_with("host_")) {
        let mut lab = Lab::new(row.needs);
        lab.apply().await;
        lab.write(&config(&row, row.base, ""));
        let copies = lab.watch_hosts();
        lab.apply().await;
        let made = lab.census().await;
        let state = lab.root().join("state");
        let mut interrupted = 0;
        for at in 0..std::fs::read_dir(&copies).unwrap().count() {
            std::fs::remove_dir_all(&state).unwrap();
            copy(&copies.join(at.to_string()), &state);
            if ops::snapshot(&lab.session, false).unwrap().open.is_empty() {
                continue;
            }
            interrupted += 1;
            assert_eq!(lab.planned().await, NOTHING, "{}: {}", row.ty, super::seven::differences(&lab).await);
            lab.apply().await;
            assert!(lab.addresses().contains(&format!("{}.it", row.ty)), "{}", row.ty);
            assert!(ops::snapshot(&lab.session, false).unwrap().open.is_empty(), "{}", row.ty);
            assert_eq!(lab.census().await, made, "{}", row.ty);
        }
        assert!(interrupted > 0, "{}: a run was interrupted while it worked on the host", row.ty);
    }
}

#[tokio::test]
async fn each_of_several_addresses_is_adopted_once() {
    let mut lab = Lab::new("resource \"digitalocean_reserved_ip\" \"it\" {\ncount = 3\nregion = \"fra1\"\n}\n");
    lab.apply_with("/v2/reserved_ips", Mishap::DieAfter).await;
    lab.apply().await;
    let ids: std::collections::BTreeSet<String> =
        (0..3).map(|n| format!("{:?}", lab.attribute(&format!("digitalocean_reserved_ip.it[{n}]"), "id"))).collect();
    assert_eq!(ids.len(), 3);
    let held = lab.census().await.into_iter().filter(|object| object.starts_with("reserved_ips")).count();
    assert_eq!(held, 3);
}

#[tokio::test]
async fn what_is_owed_is_done_though_nothing_differs() {
    let row = rows().into_iter().find(|row| row.ty == "digitalocean_droplet").unwrap();
    let lab = Lab::new(&config(&row, row.base, ""));
    lab.apply().await;
    let id = lab.of_it("digitalocean_droplet", "id");
    let off = serde_json::json!({"type": "power_off"});
    lab.send("POST", &format!("droplets/{id}/actions"), off).await;
    lab.wait(60).await;
    let owe = |snapshot: &mut crate::state::Snapshot| {
        let addr = "digitalocean_droplet.it".parse().unwrap();
        let instance = snapshot.instances.get_mut(&addr).unwrap();
        instance.current.as_mut().unwrap().private["owes_power_on"] = true.into();
        snapshot.seq += 1;
        Ok::<(), ()>(())
    };
    ops::edit_state(&lab.session, "test", Duration::ZERO, owe).unwrap().unwrap();
    let (planned, diags) = lab.plan_with(Options { refresh: true, ..Options::default() }).await;
    let planned = planned.unwrap();
    assert_eq!(lines(&planned), ["Update digitalocean_droplet.it"]);
    assert_eq!(diags.iter().map(|d| &*d.summary).collect::<Vec<_>>(), ["Interrupted change goes on"]);
    lab.perform(planned).await;
    let droplet = lab.send("GET", &format!("droplets/{id}"), serde_json::Value::Null).await;
    assert_eq!(droplet["droplet"]["status"], "active");
    assert_eq!(lab.planned().await, NOTHING);
}
