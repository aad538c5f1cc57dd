use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::Local;
use super::store::Step;
use crate::state::Backend;
use crate::state::BackendError;
use crate::state::Event;
use crate::state::JournalOptions;
use crate::state::KeySources;
use crate::state::LockError;
use crate::state::LockInfo;
use crate::state::Notice;
use crate::state::Op;
use crate::state::Record;
use crate::state::Snapshot;
use crate::state::sample::addr;
use crate::state::sample::intent;
use crate::state::sample::keys;
use crate::state::sample::object;
use crate::state::sample::record;
use crate::value::Value;

const A: &str = "acme_vm.a";

fn local(dir: &Path) -> Local {
    Local::new(dir.join("state"), "prod", keys(dir)).unwrap()
}

fn info(id: &str) -> LockInfo {
    LockInfo {
        id: id.into(),
        operation: "OperationTypeApply".into(),
        info: String::new(),
        who: "ada@host".into(),
        version: "0.1.0".into(),
        created: "2026-01-01T00:00:00Z".into(),
        path: "state/prod.json".into(),
    }
}

fn created(id: &str) -> Record {
    let object = object([("id", Value::from(id)), ("password", Value::from("hunter2").sensitive())]);
    record(0, A, Op::Create, Event::Done { object: Some(object) })
}

/// Writes records behind what is there.
fn write(local: &Local, records: Vec<Record>) {
    let lock = local.lock(info("w"), Duration::ZERO).unwrap();
    let loaded = local.load().unwrap();
    let journal = local.journal(&lock, &loaded.snapshot, JournalOptions::default()).unwrap();
    futures::executor::block_on(journal.commit(records)).unwrap();
}

/// Stores what was written.
fn store(local: &Local) -> crate::state::Stored {
    let lock = local.lock(info("s"), Duration::ZERO).unwrap();
    local.store(&lock, &local.load().unwrap().snapshot).unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn id(snapshot: &Snapshot) -> Option<&str> {
    snapshot.current(&addr(A))?.attributes.get("id")?.as_str()
}

#[test]
fn what_the_journal_holds_is_there_after_a_crash_and_stored_once() {
    let dir = tempfile::tempdir().unwrap();
    let state = local(dir.path());
    assert!(state.load().unwrap().is_new);
    write(&state, vec![record(0, A, Op::Create, intent(None)), created("1")]);
    // Another process, which has the key file only.
    let state = local(dir.path());
    let loaded = state.load().unwrap();
    assert_eq!((id(&loaded.snapshot), loaded.records.len(), loaded.is_new), (Some("1"), 2, false));
    assert_eq!(id(&loaded.base), None);
    let stored = store(&state);
    assert_eq!((stored.serial, stored.changed), (1, true));
    assert_eq!(std::fs::metadata(state.journal_path()).unwrap().len(), 0);
    let again = state.load().unwrap();
    assert_eq!(again.base.instances, loaded.snapshot.instances);
    assert_eq!((again.base.lineage.as_str(), again.base.seq), (loaded.snapshot.lineage.as_str(), 2));

    let text = std::fs::read(state.path()).unwrap();
    write(&state, vec![Record::of_run(Event::End { time: jiff::Timestamp::UNIX_EPOCH, result: "done".into() })]);
    let stored = store(&state);
    assert_eq!((stored.serial, stored.changed), (1, false), "a run that changed nothing");
    assert_eq!(std::fs::read(state.path()).unwrap(), text);
    assert_eq!(std::fs::metadata(state.journal_path()).unwrap().len(), 0);

    // And what comes after that is numbered on.
    write(&state, vec![created("2")]);
    assert_eq!(store(&state).serial, 2);
    assert_eq!(id(&state.load().unwrap().base), Some("2"));
}

#[test]
fn open_intents_survive_storing() {
    let dir = tempfile::tempdir().unwrap();
    let state = local(dir.path());
    let planned = object([("id", Value::unknown(crate::value::Type::STRING))]).attributes;
    write(&state, vec![record(0, A, Op::Create, intent(Some((*planned).clone())))]);
    let before = state.load().unwrap().snapshot.open.clone();
    store(&state);
    let loaded = state.load().unwrap();
    assert_eq!((loaded.snapshot.open.len(), loaded.records.len()), (1, 0));
    assert_eq!(loaded.snapshot.open, before);
    write(&state, vec![created("1")]);
    assert!(state.load().unwrap().snapshot.open.is_empty());
}

#[test]
fn a_crash_at_any_step_of_storing_leaves_the_same_truth() {
    let dir = tempfile::tempdir().unwrap();
    let state = local(dir.path());
    write(&state, vec![created("1")]);
    store(&state);
    write(&state, vec![record(0, "acme_vm.b", Op::Create, intent(None)), created("2")]);
    let truth = state.load().unwrap();
    let mut copies = Vec::new();
    let lock = state.lock(info("s"), Duration::ZERO).unwrap();
    let copies_dir = tempfile::tempdir().unwrap();
    state
        .store_in_steps(&lock, &truth.snapshot, &mut |step| {
            let to = copies_dir.path().join(format!("{step:?}"));
            copy(dir.path(), &to);
            copies.push((step, to));
        })
        .unwrap();
    let steps: Vec<Step> = copies.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, [Step::Written, Step::Kept, Step::Renamed, Step::Emptied]);
    for (step, dir) in copies {
        let state = local(&dir);
        let loaded = state.load().unwrap_or_else(|error| panic!("{step:?}: {error}"));
        assert_eq!(loaded.snapshot.instances, truth.snapshot.instances, "{step:?}");
        assert_eq!(loaded.snapshot.open, truth.snapshot.open, "{step:?}");
        // And life goes on from there.
        write(&state, vec![created("3")]);
        store(&state);
        let loaded = state.load().unwrap();
        assert_eq!((id(&loaded.base), loaded.snapshot.open.len()), (Some("3"), 1), "{step:?}");
        assert_eq!(loaded.base.serial, if step == Step::Written || step == Step::Kept { 2 } else { 3 });
    }
}

#[test]
fn earlier_snapshots_are_kept_and_the_oldest_go() {
    let dir = tempfile::tempdir().unwrap();
    let state = local(dir.path());
    for at in 0..23 {
        write(&state, vec![created(&at.to_string())]);
        store(&state);
    }
    let serials: Vec<u64> = state.history().unwrap().iter().map(|past| past.serial).collect();
    assert_eq!(serials, (3..24).rev().collect::<Vec<_>>());
    assert!(state.history().unwrap().iter().all(|past| past.is_current == (past.serial == 23)));
    assert_eq!(id(&state.past(7).unwrap()), Some("6"));
    assert!(matches!(state.past(2), Err(BackendError::NoSuchPast(2))));

    let lock = state.lock(info("r"), Duration::ZERO).unwrap();
    let stored = state.replace(&lock, &state.past(7).unwrap()).unwrap();
    assert_eq!(stored.serial, 24, "history goes on");
    let loaded = state.load().unwrap();
    assert_eq!(id(&loaded.base), Some("6"));
    assert!(loaded.base.seq > 23, "no number is used twice");
}

#[test]
fn a_damaged_file_says_what_is_wrong_and_how_to_go_back() {
    let dir = tempfile::tempdir().unwrap();
    let state = local(dir.path());
    for at in ["1", "2"] {
        write(&state, vec![created(at)]);
        store(&state);
    }
    let good = std::fs::read_to_string(state.path()).unwrap();
    let newer = good.replace("\"format\": 1", "\"format\": 2");
    let cases = [
        (String::new(), "prod.json is empty; `infra state restore 1` brings the last good snapshot back"),
        (good[..good.len() / 2].to_owned(), "is cut off: it ends in the middle, at line "),
        (good[..good.len() - 3].to_owned(), "is cut off"),
        (
            good.replace("\"2\"", "\"3\""),
            "was changed by hand or damaged: its digest does not match. If the change is meant",
        ),
        (good.replace("\"serial\": 2", "\"serial\": 9"), "its digest does not match"),
        (good.replace("\"version\"", "\"vision\""), "line 15: `vision` is not known here"),
        ("\0".repeat(good.len()), "is damaged at line 1: an object is expected"),
        (newer, "has format 2, and this program reads up to format 1: use a newer one"),
        (
            "{\"version\": 4}".into(),
            "is not a state of infra: Terraform's is taken over by `infra state import-terraform`",
        ),
    ];
    for (bytes, expected) in cases {
        std::fs::write(state.path(), &bytes).unwrap();
        let error = state.load().expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}\n{bytes}");
        std::fs::write(state.path(), &good).unwrap();
    }
    // What is meant can be pushed, and what is restored replaces what is damaged.
    let edited = good.replace("\"id\": \"2\"", "\"id\": \"3\"");
    let pushed = state.decode(edited.as_bytes(), Path::new("x.json")).unwrap();
    assert_eq!(id(&pushed), Some("3"));
    std::fs::write(state.path(), "").unwrap();
    let lock = state.lock(info("r"), Duration::ZERO).unwrap();
    let early = Snapshot { serial: 2, ..state.past(1).unwrap() };
    assert!(matches!(state.store(&lock, &early), Err(BackendError::Damaged { .. })), "only on demand");
    assert_eq!(state.replace(&lock, &pushed).unwrap().serial, 3);
    assert_eq!(id(&state.load().unwrap().base), Some("3"));
}

#[test]
fn a_state_that_is_gone_is_not_a_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let state = local(dir.path());
    for at in ["1", "2"] {
        write(&state, vec![created(at)]);
        store(&state);
    }
    let seq = state.load().unwrap().base.seq;
    std::fs::remove_file(state.path()).unwrap();
    assert!(matches!(state.load(), Err(BackendError::Missing { last_good: 2, .. })));
    assert!(state.history().unwrap().iter().all(|past| !past.is_current));
    // Nothing of it is lost, and no number is used twice.
    let lock = state.lock(info("r"), Duration::ZERO).unwrap();
    let stored = state.replace(&lock, &state.past(2).unwrap()).unwrap();
    let loaded = state.load().unwrap().base;
    assert_eq!((stored.serial, id(&loaded)), (3, Some("2")));
    assert!(loaded.seq > seq);
}

#[test]
fn a_journal_of_another_state_is_not_folded_in() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (here, there) = (local(a.path()), local(b.path()));
    write(&there, vec![created("there")]);
    write(&here, vec![created("here")]);
    store(&here);
    std::fs::copy(there.journal_path(), here.journal_path()).unwrap();
    assert!(matches!(here.load(), Err(BackendError::Lineage { .. })));

    // An older state under a journal that went on.
    std::fs::write(here.journal_path(), "").unwrap();
    let old = std::fs::read(here.path()).unwrap();
    for at in ["2", "3"] {
        write(&here, vec![created(at)]);
        store(&here);
    }
    write(&here, vec![created("4")]);
    std::fs::write(here.path(), old).unwrap();
    assert!(matches!(here.load(), Err(BackendError::OtherSerial { journal: 3, state: 1, .. })));
}

#[test]
fn who_read_too_early_stores_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let state = local(dir.path());
    write(&state, vec![created("1")]);
    store(&state);
    let early = state.load().unwrap().snapshot;
    write(&state, vec![created("2")]);
    let lock = state.lock(info("s"), Duration::ZERO).unwrap();
    assert!(matches!(state.store(&lock, &early), Err(BackendError::Unfolded { last: 2, folded: 1 })));
    assert!(matches!(
        state.journal(&lock, &early, JournalOptions::default()),
        Err(BackendError::Unfolded { last: 2, folded: 1 })
    ));
    drop(lock);
    store(&state);
    let lock = state.lock(info("s"), Duration::ZERO).unwrap();
    assert!(matches!(state.store(&lock, &early), Err(BackendError::Stale { expected: 1, found: 2 })));
}

#[test]
fn without_the_key_addresses_can_be_listed_and_nothing_stored() {
    let dir = tempfile::tempdir().unwrap();
    let state = local(dir.path());
    write(&state, vec![created("1")]);
    store(&state);
    let keyless = Local::new(dir.path().join("state"), "prod", KeySources::default()).unwrap();
    assert!(matches!(keyless.load(), Err(BackendError::Key(_))));
    let loaded = keyless.load_shut().unwrap();
    let object = loaded.base.current(&addr(A)).unwrap();
    assert_eq!(object.attributes.get("id"), Some(&Value::from("1")));
    assert_eq!(object.attributes.get("password"), Some(&Value::Null(crate::value::Type::STRING).sensitive()));
    let lock = keyless.lock(info("s"), Duration::ZERO).unwrap();
    assert!(matches!(keyless.store(&lock, &loaded.snapshot), Err(BackendError::Shut)));
    drop(lock);
    write(&state, vec![created("2")]);
    assert!(keyless.load_shut().unwrap().snapshot.is_shut, "the journal stays shut too");
}

#[test]
fn a_key_is_made_once_and_told_of() {
    let dir = tempfile::tempdir().unwrap();
    let state = local(dir.path());
    let lock = state.lock(info("j"), Duration::ZERO).unwrap();
    let snapshot = state.load().unwrap().snapshot;
    let journal = state.journal(&lock, &snapshot, JournalOptions::default()).unwrap();
    assert_eq!(journal.notices(), [Notice::KeyMade { path: dir.path().join(".key") }]);
    journal.close();
    let journal = state.journal(&lock, &snapshot, JournalOptions::default()).unwrap();
    assert_eq!(journal.notices(), []);
    assert_eq!(std::fs::read_to_string(dir.path().join("state/.gitignore")).unwrap(), ".*\n!.gitignore\n");
}

#[test]
fn one_holds_the_lock_and_death_or_dropping_releases_it() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (local(dir.path()), local(dir.path()));
    assert_eq!(a.holder().unwrap(), None);
    let held = a.lock(info("first"), Duration::ZERO).unwrap();
    assert_eq!(b.holder().unwrap(), Some(info("first")));
    let error = b.lock(info("second"), Duration::from_millis(30)).expect_err("held");
    let LockError::Held { holder: Some(holder), .. } = &error else { panic!("{error}") };
    assert_eq!(**holder, info("first"));
    let text = "workspace `prod` is locked by ada@host since 2026-01-01T00:00:00Z for OperationTypeApply (ID first)";
    assert!(error.to_string().starts_with(text) && error.to_string().contains("`infra lock show`"), "{error}");
    // The text is Terraform's.
    let file = std::fs::read_to_string(dir.path().join("state/.prod.lock")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&file).unwrap();
    let names: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["Created", "ID", "Info", "Operation", "Path", "Version", "Who"]);

    let waiting = std::thread::spawn(move || b.lock(info("second"), Duration::from_secs(60)).map(|lock| (b, lock)));
    drop(held);
    let (b, lock) = waiting.join().unwrap().unwrap();
    assert_eq!(a.holder().unwrap(), Some(info("second")));
    drop(lock);
    assert_eq!(b.holder().unwrap(), None);
    // Somebody who died leaves the file behind, and no lock on it.
    std::fs::write(dir.path().join("state/.prod.lock"), file).unwrap();
    assert_eq!(b.holder().unwrap(), None);
    b.lock(info("third"), Duration::ZERO).unwrap();
}

#[test]
fn a_broken_lock_writes_nothing_more() {
    let dir = tempfile::tempdir().unwrap();
    let state = local(dir.path());
    let broken = state.lock(info("first"), Duration::ZERO).unwrap();
    let snapshot = state.load().unwrap().snapshot;
    let journal = state.journal(&broken, &snapshot, JournalOptions::default()).unwrap();
    assert!(matches!(state.break_lock("other"), Err(LockError::NotHeld { .. })));
    assert_eq!(state.break_lock("first").unwrap(), info("first"));
    assert!(!broken.is_held());
    let size = std::fs::metadata(state.journal_path()).unwrap().len();
    assert!(futures::executor::block_on(journal.commit(vec![created("1")])).is_err());
    assert_eq!(std::fs::metadata(state.journal_path()).unwrap().len(), size);
    assert!(matches!(state.store(&broken, &snapshot), Err(BackendError::LockLost { .. })));
    let held = state.lock(info("second"), Duration::ZERO).unwrap();
    drop(broken);
    assert!(held.is_held());
}

#[test]
fn a_torn_journal_is_cut_and_written_on() {
    let dir = tempfile::tempdir().unwrap();
    let state = local(dir.path());
    write(&state, vec![created("1")]);
    write(&state, vec![created("2")]);
    let bytes = std::fs::read(state.journal_path()).unwrap();
    std::fs::write(state.journal_path(), &bytes[..bytes.len() - 5]).unwrap();
    assert_eq!(id(&state.load().unwrap().snapshot), Some("1"));
    write(&state, vec![created("3")]);
    let loaded = state.load().unwrap();
    assert_eq!((id(&loaded.snapshot), loaded.records.len()), (Some("3"), 2));
}

#[test]
fn workspaces_are_files_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["", ".x", "a/b", "..", "a b"] {
        let refused = Local::new(dir.path(), name, KeySources::default());
        assert!(matches!(refused, Err(BackendError::Workspace(_))), "{name}");
    }
    let state = local(dir.path());
    write(&state, vec![created("1")]);
    store(&state);
    assert_eq!(Local::workspaces(&dir.path().join("state")).unwrap(), ["prod"]);
    assert!(Local::workspaces(&dir.path().join("none")).unwrap().is_empty());
    let _: Arc<dyn Backend> = Arc::new(state);
}
