use std::io;
use std::sync::Arc;
use std::sync::Mutex;

use proptest::prelude::*;
use serde_json::json;

use super::Encode as _;
use super::Encoder;
use super::Header;
use super::Journal;
use super::JournalError;
use super::JournalOptions;
use super::Media;
use super::read;
use crate::addr::ProviderAddr;
use crate::state::Damage;
use crate::state::DeposedKey;
use crate::state::Event;
use crate::state::KeyEntry;
use crate::state::Object;
use crate::state::ObjectKey;
use crate::state::Op;
use crate::state::Output;
use crate::state::Record;
use crate::state::Sealer;
use crate::state::World;
use crate::state::WorldEntry;
use crate::state::document::Failure;
use crate::state::sample::addr;
use crate::state::sample::attributes;
use crate::state::sample::intent;
use crate::state::sample::object;
use crate::state::sample::record;
use crate::state::sample::resource;
use crate::value::Type;
use crate::value::Value;

const A: &str = "acme_vm.a";

/// A disk that remembers what was synced, and can be told to fail.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<DiskState>>);

#[derive(Default)]
struct DiskState {
    bytes: Vec<u8>,
    synced: usize,
    syncs: usize,
    fail: bool,
    /// Held while somebody wants the writer to wait.
    gate: Option<Arc<Mutex<()>>>,
}

impl Media for Disk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let gate = self.0.lock().unwrap().gate.clone();
        drop(gate.as_ref().map(|gate| gate.lock()));
        let mut state = self.0.lock().unwrap();
        if state.fail {
            return Err(io::Error::other("the disk is full"));
        }
        state.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        state.synced = state.bytes.len();
        state.syncs += 1;
        Ok(())
    }
}

impl Disk {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().bytes.clone()
    }

    fn is_synced(&self) -> bool {
        let state = self.0.lock().unwrap();
        state.synced == state.bytes.len()
    }
}

struct Written {
    sealer: Sealer,
    bytes: Vec<u8>,
}

impl Written {
    fn new() -> Self {
        let sealer = Sealer::generate();
        let keys = vec![KeyEntry { id: sealer.id().to_owned(), recipients: vec![] }];
        let bytes = Header { lineage: "l".to_owned(), serial: 3, base: 10, keys }.encode();
        Self { sealer, bytes }
    }

    fn encoder(&self) -> Encoder {
        Encoder::new(self.sealer.clone(), "l".to_owned())
    }

    /// Appends records, `batches` of them at a time.
    fn with(mut self, records: &[Record], batch: usize) -> Self {
        let mut encoder = self.encoder();
        let mut durable = 10;
        for records in records.chunks(batch) {
            for record in records {
                encoder.encode(record, durable, &mut self.bytes);
            }
            durable = records.last().map_or(durable, |record| record.seq);
        }
        self
    }

    fn read(&self, bytes: &[u8]) -> Result<Option<super::Content>, Failure> {
        read(bytes, 0, Some(&|_| Ok(self.sealer.clone())))
    }
}

fn start(disk: &Disk, written: &Written, options: JournalOptions) -> Journal {
    Journal::start(Box::new(disk.clone()), Box::new(written.encoder()), 10, options, Vec::new()).unwrap()
}

fn created(id: usize) -> Record {
    let object = Object { version: 0, ..object([("id", Value::from(id.to_string()))]) };
    record(0, A, Op::Create, Event::Done { object: Some(object) })
}

fn numbered(count: u64) -> Vec<Record> {
    (11..11 + count).map(|seq| Record { seq, ..created(usize::try_from(seq).unwrap()) }).collect()
}

#[test]
fn every_record_reads_back_the_same() {
    let time = jiff::Timestamp::from_second(1_700_000_000).unwrap();
    let rich = Object {
        provider: ProviderAddr { alias: Some("west".into()), ..ProviderAddr::root("acme") },
        schema_version: 2,
        private: json!({"owes": ["power-on"], "n": 1.5}),
        dependencies: [resource("acme_net.a"), resource("module.m.acme_net.b")].into(),
        create_before_destroy: true,
        tainted: true,
        version: 0,
        ..object([
            ("any", Value::tuple(vec![Value::from(1), Value::NULL])),
            ("password", Value::from("hunter2").sensitive()),
            ("type", Value::from("a name that the format uses too")),
        ])
    };
    let planned = attributes([("id", Value::unknown(Type::STRING)), ("tags", Value::set(Type::STRING, vec![]))]);
    let Event::Intent(mut full) = intent(Some(planned.clone())) else { panic!("an intent") };
    full.prior = Some(7);
    full.before = json!(["1", "2"]);
    full.private = json!("note");
    full.dependencies = rich.dependencies.clone();
    full.create_before_destroy = true;
    full.trusted = vec!["urn".into(), "id".into()];
    full.trusts = vec!["identity".into()];
    let world = World {
        entries: [(
            "acme".into(),
            WorldEntry { id: "1".into(), name: "Team".into(), credentials: vec!["d0".into(), "d1".into()] },
        )]
        .into(),
    };
    let output = Output { value: Value::from("x").sensitive(), sensitive: true };
    let key = DeposedKey::new(0xc0ffee);
    let events = vec![
        Event::Begin { run: "r".into(), time, plan: "sha256:0".into() },
        intent(None),
        Event::Intent(full),
        Event::Partial { object: Some(planned), private: json!({"id": 1}) },
        Event::Partial { object: None, private: json!(null) },
        Event::Done { object: Some(rich.clone()) },
        Event::Done { object: None },
        Event::Failed { error: "no \"room\"".into(), object: Some(rich.clone()) },
        Event::Failed { error: String::new(), object: None },
        Event::Adopt { object: rich },
        Event::Deposed { key: key.clone() },
        Event::Restored { key: key.clone() },
        Event::Moved { from: addr(r#"module.m["x"].acme_vm.a["\"y\""]"#) },
        Event::Outputs([("pw".into(), output)].into()),
        Event::World(world),
        Event::End { time, result: "done".into() },
    ];
    let mut records: Vec<Record> = (11..)
        .zip(events)
        .map(|(seq, event)| match event {
            Event::Begin { .. } | Event::End { .. } | Event::Outputs(_) | Event::World(_) => {
                Record { seq, ..Record::of_run(event) }
            }
            event => Record { step: 4, ..record(seq, r#"acme_vm.a["k"]"#, Op::Provision, event) },
        })
        .collect();
    records[5].object = ObjectKey::Deposed(key);
    let written = Written::new().with(&records, 3);
    let content = written.read(&written.bytes).unwrap().unwrap();
    assert_eq!(content.records, records);
    assert_eq!((content.header.serial, content.header.base, content.last), (3, 10, 26));
    assert_eq!(content.length, written.bytes.len());
    // What is folded in already is not opened, and still checked.
    let later = read(&written.bytes, 20, Some(&|_| Ok(written.sealer.clone()))).unwrap().unwrap();
    assert_eq!(later.records, records[10..]);
    let text = String::from_utf8_lossy(&written.bytes);
    for secret in ["hunter2", "Team", "power-on", "room"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn a_journal_torn_at_any_byte_gives_the_records_before() {
    let records = numbered(6);
    let written = Written::new().with(&records, 2);
    let mut ends = vec![];
    for (at, byte) in written.bytes.iter().enumerate() {
        ends.extend((*byte == b'\n').then_some(at + 1));
    }
    for cut in 0..=written.bytes.len() {
        let whole = ends.iter().filter(|end| **end <= cut).count();
        // What a file system may leave behind the end: nothing, zeros, or another file's bytes.
        for rest in [vec![], vec![0; 100], b"garbage\n\"}\n".to_vec()] {
            let torn = [&written.bytes[..cut], &rest].concat();
            let content = written.read(&torn).unwrap_or_else(|error| panic!("{cut}: {error:?}"));
            match content {
                None => assert_eq!(whole, 0, "{cut}"),
                Some(content) => {
                    assert_eq!(content.records, records[..whole - 1], "{cut}");
                    assert_eq!(content.length, ends[whole - 1], "{cut}");
                }
            }
        }
    }
}

#[test]
fn damage_to_what_was_durable_stops_and_damage_to_what_was_not_is_torn() {
    let written = Written::new().with(&numbered(6), 2);
    let lines: Vec<usize> = std::iter::once(0)
        .chain(written.bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1))
        .collect();
    // Records 11 to 16 stand in lines 2 to 7, in batches of two.
    for (line, expected) in [(1, None), (2, None), (3, None), (4, None), (5, None), (6, Some(14)), (7, Some(15))] {
        for at in [lines[line - 1], (lines[line - 1] + lines[line]) / 2, lines[line] - 1] {
            let mut bytes = written.bytes.clone();
            bytes[at] ^= 1;
            match (written.read(&bytes), expected) {
                (Err(Failure::Damage(Damage::Content { line: found, .. })), None) => assert_eq!(found, line),
                (Ok(Some(content)), Some(last)) => assert_eq!(content.last, last, "{line}"),
                (found, _) => panic!("line {line}: {found:?}"),
            }
        }
    }
    // A line that is missing, and one that stands twice.
    let mut without = written.bytes.clone();
    without.drain(lines[2]..lines[3]);
    assert!(written.read(&without).is_err());
    let twice = [&written.bytes[..lines[3]], &written.bytes[lines[2]..]].concat();
    assert!(written.read(&twice).is_err());
}

#[test]
fn a_payload_opens_under_its_own_record_only() {
    let written = Written::new().with(&numbered(1), 1);
    let text = String::from_utf8(written.bytes.clone()).unwrap();
    let changed = text.replace("acme_vm.a", "acme_vm.b");
    // With a checksum that fits, as by somebody who means it.
    let line = changed.lines().nth(1).unwrap();
    let body = &line[..line.find(", \"sum\"").unwrap()];
    let sum = hex::encode(&<sha2::Sha256 as sha2::Digest>::digest(body.as_bytes())[..8]);
    let forged = format!("{}\n{body}, \"sum\": \"{sum}\"}}\n", changed.lines().next().unwrap());
    let Err(Failure::Damage(Damage::Content { line: 2, problem })) = written.read(forged.as_bytes()) else {
        panic!("refused")
    };
    assert!(problem.contains("does not open"), "{problem}");
}

#[tokio::test]
async fn many_callers_share_one_sync() {
    let (disk, written) = (Disk::default(), Written::new());
    let gate = Arc::new(Mutex::new(()));
    disk.0.lock().unwrap().gate = Some(Arc::clone(&gate));
    let journal = Arc::new(start(&disk, &written, JournalOptions::default()));
    let calls = {
        let _closed = gate.lock().unwrap();
        let calls: Vec<_> = (0..50)
            .map(|id| {
                let journal = Arc::clone(&journal);
                let mut call = Box::pin(async move { journal.commit(vec![created(id), created(id)]).await });
                // Polled once, so that it is queued before the gate opens.
                let mut context = std::task::Context::from_waker(std::task::Waker::noop());
                assert!(Future::poll(call.as_mut(), &mut context).is_pending());
                call
            })
            .collect::<Vec<_>>();
        calls
    };
    let last: Vec<u64> = futures::future::join_all(calls).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(last, (0..50).map(|call| 12 + 2 * call).collect::<Vec<u64>>());
    // The first may have been taken alone before the rest was queued.
    let syncs = disk.0.lock().unwrap().syncs;
    assert!(syncs <= 2, "{syncs}");
    let counters = journal.counters();
    assert_eq!((counters.records, counters.syncs), (100, syncs as u64));
    assert_eq!(counters.bytes, disk.bytes().len() as u64);
}

#[tokio::test]
async fn what_was_committed_is_on_the_disk_in_the_order_of_the_calls() {
    let (disk, written) = (Disk::default(), Written::new());
    let journal = start(&disk, &written, JournalOptions::default());
    journal.append(vec![created(0)]);
    journal.commit(vec![created(1)]).await.unwrap();
    assert!(disk.is_synced());
    journal.append(vec![created(2)]);
    journal.sync().await.unwrap();
    journal.append(vec![created(3)]);
    journal.close();
    let bytes = [written.bytes.as_slice(), &disk.bytes()].concat();
    let content = written.read(&bytes).unwrap().unwrap();
    let ids: Vec<_> = content
        .records
        .iter()
        .map(|record| match &record.event {
            Event::Done { object: Some(object) } => object.attributes.get("id").unwrap().as_str().unwrap().to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, ["0", "1", "2", "3"]);
    assert!(disk.is_synced());
}

#[tokio::test]
async fn after_a_failed_write_nothing_more_is_promised() {
    let (disk, written) = (Disk::default(), Written::new());
    let journal = start(&disk, &written, JournalOptions::default());
    journal.commit(vec![created(0)]).await.unwrap();
    let good = disk.bytes();
    disk.0.lock().unwrap().fail = true;
    assert!(matches!(journal.commit(vec![created(1)]).await, Err(JournalError::Io(_))));
    // The gap would be damage, so the disk having room again changes nothing.
    disk.0.lock().unwrap().fail = false;
    assert!(matches!(journal.commit(vec![created(2)]).await, Err(JournalError::Io(_))));
    assert!(matches!(journal.sync().await, Err(JournalError::Io(_))));
    journal.close();
    assert_eq!(disk.bytes(), good);
}

#[tokio::test]
async fn the_switches_that_break_promises_do_break_them() {
    let (disk, written) = (Disk::default(), Written::new());
    let journal = start(&disk, &written, JournalOptions { sync: false, ..JournalOptions::default() });
    journal.commit(vec![created(0)]).await.unwrap();
    assert!(disk.bytes().is_empty(), "told of, and not on the disk");
    journal.close();
    assert!(!disk.bytes().is_empty());

    let disk = Disk::default();
    let journal = start(&disk, &written, JournalOptions { write_intents: false, ..JournalOptions::default() });
    journal.commit(vec![record(0, A, Op::Create, intent(None))]).await.unwrap();
    journal.commit(vec![created(0)]).await.unwrap();
    assert_eq!(journal.counters().records, 1);
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>, at in 0usize..2000, flip: u8) {
        let written = Written::new().with(&numbered(3), 1);
        let _ = written.read(&bytes);
        let mut changed = written.bytes.clone();
        let at = at % changed.len();
        changed[at] ^= flip;
        let _ = written.read(&changed);
        changed.splice(at..at, bytes);
        let _ = written.read(&changed);
    }
}
