//! The example from end to end: create, nothing to do, drift, put right, destroy.

use super::Lab;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_stack_makes_its_round() {
    let lab = Lab::of_example("first-stack");
    let applied = lab.apply().await;
    assert_eq!(applied.outcome.counts.add, 12, "{:#?}", lab.heard());
    assert_eq!(lab.planned().await, Vec::<String>::new());
    let host = std::fs::read_dir(lab.world().join("hosts")).unwrap().filter_map(Result::ok).map(|entry| entry.path());
    let file = host.map(|root| root.join("etc/app.conf")).find(|file| file.exists()).expect("a host has the file");
    std::fs::write(&file, "somebody was here\n").unwrap();
    let planned = lab.plan().await;
    assert_eq!(planned.made.plan.drift.len(), 1, "{:?}", planned.made.plan.drift);
    lab.apply().await;
    assert!(std::fs::read_to_string(&file).unwrap().contains("greeting = hello"));
    assert_eq!(lab.planned().await, Vec::<String>::new());
    lab.destroy().await;
    assert_eq!(lab.addresses(), Vec::<String>::new());
}
