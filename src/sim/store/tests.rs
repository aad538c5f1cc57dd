use std::path::Path;

use serde::Deserialize;
use serde::Serialize;

use super::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Thing {
    name: String,
    size: u64,
}

impl Stored for Thing {
    const KIND: &'static str = "thing";

    fn id(&self) -> String {
        self.name.clone()
    }
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn open(dir: &Path) -> Result<Store, SimError> {
    Store::open(dir, 1, now(), [Kind::of::<Thing>()])
}

fn thing(name: &str, size: u64) -> Thing {
    Thing { name: name.to_owned(), size }
}

fn put(store: &mut Store, name: &str, size: u64) {
    store.put("team", thing(name, size));
}

fn things(store: &Store) -> Vec<(String, u64)> {
    store.list::<Thing>("team").map(|thing| (thing.name.clone(), thing.size)).collect()
}

#[test]
fn rows_keep_their_place_and_survive() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path()).unwrap();
    for name in ["b", "a", "c"] {
        put(&mut store, name, 1);
        store.commit(now()).unwrap();
    }
    put(&mut store, "b", 2);
    store.remove::<Thing>("team", "a");
    store.commit(now()).unwrap();
    put(&mut store, "a", 3);
    store.commit(now()).unwrap();
    let expected = [("b", 2), ("c", 1), ("a", 3)].map(|(name, size)| (name.to_owned(), size));
    assert_eq!(things(&store), expected);
    assert_eq!(store.list::<Thing>("other").count(), 0);
    let (id, draw) = (store.id().to_owned(), store.draw());
    store.commit(now()).unwrap();
    drop(store);
    let mut store = open(dir.path()).unwrap();
    assert_eq!((things(&store), store.id()), (expected.to_vec(), id.as_str()));
    assert_ne!(store.draw(), draw, "a draw is never repeated");
}

#[test]
fn a_batch_is_there_wholly_or_not_at_all_wherever_it_is_torn() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path()).unwrap();
    put(&mut store, "a", 1);
    store.commit(now()).unwrap();
    put(&mut store, "a", 2);
    put(&mut store, "b", 2);
    store.commit(now()).unwrap();
    drop(store);
    let path = dir.path().join("world.jsonl");
    let text = std::fs::read(&path).unwrap();
    let last = text[..text.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
    for length in last..=text.len() {
        std::fs::write(&path, &text[..length]).unwrap();
        let mut store = open(dir.path()).unwrap();
        let whole = length == text.len();
        assert_eq!(things(&store).len(), if whole { 2 } else { 1 }, "cut at {length}");
        // And what is written next is not spoilt by the torn end.
        put(&mut store, "c", 3);
        store.commit(now()).unwrap();
        drop(store);
        assert_eq!(things(&open(dir.path()).unwrap()).len(), if whole { 3 } else { 2 }, "cut at {length}");
    }
}

#[test]
fn a_refused_request_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path()).unwrap();
    put(&mut store, "a", 1);
    store.commit(now()).unwrap();
    let before = std::fs::read(dir.path().join("world.jsonl")).unwrap();
    put(&mut store, "a", 2);
    put(&mut store, "b", 2);
    store.remove::<Thing>("team", "a");
    let draw = store.draw();
    store.rollback();
    assert_eq!(things(&store), [("a".to_owned(), 1)]);
    assert_eq!(store.draw(), draw, "it was never given to anybody");
    store.rollback();
    store.commit(now()).unwrap();
    assert_eq!(std::fs::read(dir.path().join("world.jsonl")).unwrap(), before);
}

#[test]
fn damage_is_named_by_line() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()).unwrap());
    let path = dir.path().join("world.jsonl");
    let header = std::fs::read_to_string(&path).unwrap();
    let at = "{\"at\":\"2026-01-01T00:00:00Z\"";
    let row = |kind: &str, row: &str| {
        format!("{at},\"changes\":[{{\"kind\":{kind:?},\"team\":\"t\",\"id\":\"a\",\"place\":0,\"row\":{row}}}]}}")
    };
    let table = [
        (format!("{header}{at}}}\nrubbish\n"), 3),
        (format!("{header}{}\n", row("nothing", "{}")), 2),
        (format!("{header}{}\n", row("thing", "{\"name\":1}")), 2),
        (header.replace("\"format\":1", "\"format\":2"), 1),
        ("{\"format\":1,\"id\":\"x\",\"seed\":1}\n".to_owned(), 1),
        ("\n".to_owned(), 1),
    ];
    for (text, expected) in table {
        std::fs::write(&path, &text).unwrap();
        match open(dir.path()) {
            Err(SimError::Damaged { line, .. }) => assert_eq!(line, expected, "{text}"),
            other => panic!("{text}: {:?}", other.err()),
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "a damaged file is left as it is");
    }
}

#[test]
fn dead_lines_are_compacted_away() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path()).unwrap();
    for size in 0..400 {
        put(&mut store, "a", size);
        put(&mut store, "b", size);
        store.commit(now()).unwrap();
    }
    drop(store);
    let store = open(dir.path()).unwrap();
    assert_eq!(things(&store), [("a".to_owned(), 399), ("b".to_owned(), 399)]);
    drop(store);
    let text = std::fs::read_to_string(dir.path().join("world.jsonl")).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert_eq!(things(&open(dir.path()).unwrap()).len(), 2, "and what is left can be read again");
}

#[test]
fn what_was_seen_at_an_hour_is_not_shown_at_an_earlier_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path()).unwrap();
    put(&mut store, "a", 1);
    store.commit(now()).unwrap();
    store.commit(now() + SignedDuration::from_millis(999)).unwrap();
    assert_eq!(store.last(), Some(now()), "time is not kept as exactly as that");
    let later = now() + SignedDuration::from_mins(5);
    store.commit(later).unwrap();
    drop(store);
    let mut store = open(dir.path()).unwrap();
    assert_eq!((store.last(), things(&store)), (Some(later), vec![("a".to_owned(), 1)]));
    for hour in 1..400 {
        store.commit(later + SignedDuration::from_hours(hour)).unwrap();
    }
    drop(store);
    drop(open(dir.path()).unwrap());
    let text = std::fs::read_to_string(dir.path().join("world.jsonl")).unwrap();
    assert_eq!(text.lines().count(), 2, "looking at the world does not fill its file");
}
