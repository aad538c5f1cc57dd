//! The lock of a host: one transaction at a time, whoever is killed.

use std::fs::File;

use futures::future::join_all;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;
use rustix::process::kill_process_group;
use tokio::io::AsyncWriteExt;

use super::super::script::Part;
use super::super::script::compose;
use super::*;

/// Takes the lock, and sees whether somebody else comes in meanwhile.
const TAKER: &str = r#"
op=NAME
patience=6000
open_store || { echo "$because" >&2; exit 3; }
echo "$op" >"$store/inside"
sleep 1
[ "$(cat "$store/inside")" = "$op" ] || echo "$op" >>"$store/clashes"
echo "$op" >>"$store/served"
release_lock
echo end
"#;

#[tokio::test]
async fn two_are_never_at_work_at_once_whoever_is_killed() {
    let bed = Bed::new();
    let shell = LocalShell { root: Some(bed.dir.path().to_owned()), bin: Some(PathBuf::from(BIN)) };
    let take = async |taker: u64| {
        let program = TAKER.replace("NAME", &format!("taker{taker}"));
        let mut child = shell.start(&compose([Part::Store])).unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(format!("{}\n{program}", program.len()).as_bytes()).await.unwrap();
        drop(input);
        let process = Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
        // Half of those that are killed leave their children behind.
        let kill = async |taker: u64| {
            tokio::time::sleep(Duration::from_millis(taker * 7919 % 900)).await;
            let _ = match taker % 2 {
                0 => kill_process_group(process, Signal::KILL),
                _ => kill_process(process, Signal::KILL),
            };
        };
        match taker % 3 {
            0 => tokio::join!(kill(taker), child.wait_with_output()).1.unwrap(),
            _ => child.wait_with_output().await.unwrap(),
        }
    };
    let ends = join_all((0..36).map(take)).await;
    assert!(!bed.exists("var/lib/infra/clashes"), "{}", bed.text("var/lib/infra/clashes"));
    let served = bed.text("var/lib/infra/served");
    for (taker, end) in ends.iter().enumerate().filter(|(taker, _)| taker % 3 != 0) {
        assert!(end.status.success(), "{taker}: {end:?}");
        assert!(served.lines().any(|line| line == format!("taker{taker}")), "{taker} was never served: {served}");
    }
}

#[tokio::test]
async fn a_holder_that_cannot_be_seen_is_alive_and_a_dead_one_holds_nobody_up() {
    let bed = Bed::new();
    // As a killed run left it, and one that had never heard of such locks.
    bed.write("var/lib/infra/lock", "999999999\n");
    let made = bed.put("op1", create(FILE, "f", &strings([("path", "/etc/a"), ("content", "x")]))).await;
    // A process of another namespace: its number says nothing here.
    let held = File::options().append(true).open(bed.path("var/lib/infra/lock")).unwrap();
    held.lock().unwrap();
    let members = [delete(FILE, "f", &made)];
    let busy = HostBundle.apply(&bed.hosts, &cx("op2"), &members).await.unwrap_err();
    assert!(busy.to_string().contains("has been at work on this host"), "{busy}");
    let busy = HostBundle.receipt(&bed.hosts, &cx("op3"), "op2", &members).await.unwrap_err();
    assert!(busy.to_string().contains("has been at work on this host"), "{busy}");
    assert!(bed.exists("etc/a"));
    drop(held);
    bed.apply("op4", &members).await;
    assert!(!bed.exists("etc/a"));
}

#[tokio::test]
async fn who_waits_gives_up_when_nobody_listens_any_more() {
    let bed = Bed::new();
    bed.write("var/lib/infra/lock", "");
    let held = File::options().append(true).open(bed.path("var/lib/infra/lock")).unwrap();
    held.lock().unwrap();
    let shell = LocalShell { root: Some(bed.dir.path().to_owned()), bin: Some(PathBuf::from(BIN)) };
    let program = TAKER.replace("NAME", "late");
    let mut child = shell.start(&compose([Part::Store])).unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(format!("{}\n{program}", program.len()).as_bytes()).await.unwrap();
    drop((input, child.stdout.take()));
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(!bed.exists("var/lib/infra/served"));
}
