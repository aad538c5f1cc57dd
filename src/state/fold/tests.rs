use serde_json::json;

use super::fold;
use crate::state::DeposedKey;
use crate::state::Event;
use crate::state::Object;
use crate::state::ObjectKey;
use crate::state::Op;
use crate::state::Record;
use crate::state::Snapshot;
use crate::state::sample::addr;
use crate::state::sample::attributes;
use crate::state::sample::intent;
use crate::state::sample::object;
use crate::state::sample::record;
use crate::state::sample::snapshot;
use crate::value::Value;

const A: &str = "acme_vm.a";

fn vm(id: &str) -> Object {
    object([("id", Value::from(id))])
}

fn done(object: Option<Object>) -> Event {
    Event::Done { object }
}

/// What a snapshot says, in short: `a=id@version`, `a/key=id@version`, `?op a`.
fn shown(snapshot: &Snapshot) -> String {
    let mut parts = Vec::new();
    for (address, instance) in &snapshot.instances {
        for (key, object) in instance.objects() {
            let key = match key {
                ObjectKey::Current => String::new(),
                ObjectKey::Deposed(key) => format!("/{key}"),
            };
            let tainted = if object.tainted { "!" } else { "" };
            let id = object.attributes.get("id").and_then(Value::as_str).unwrap_or("-");
            parts.push(format!("{}{key}={id}@{}{tainted}", address.name, object.version));
        }
    }
    for open in &snapshot.open {
        let partial = open.partial.as_ref().and_then(|partial| partial.get("id")?.as_str()).unwrap_or("");
        let key = match &open.object {
            ObjectKey::Current => String::new(),
            ObjectKey::Deposed(key) => format!("/{key}"),
        };
        parts.push(format!("?{} {}{key}{partial}", open.op, open.instance.name));
    }
    parts.join(" ")
}

/// The id of the object before, what happens, and what is there then.
type Case<'a> = (&'a str, Vec<(Op, Event)>, &'a str);

#[test]
fn each_sequence_leaves_what_it_should() {
    let key = DeposedKey::new(0x00c0_ffee);
    let tainted = |id: &str| Object { tainted: true, ..vm(id) };
    let partial = |id: &str| Event::Partial { object: Some(attributes([("id", Value::from(id))])), private: json!(1) };
    let failed = |object| Event::Failed { error: "refused".into(), object };
    let cases: Vec<Case> = vec![
        ("", vec![(Op::Create, intent(None))], "?create a"),
        ("", vec![(Op::Create, intent(None)), (Op::Create, partial("7"))], "?create a7"),
        // A later note without an object leaves the earlier object.
        (
            "",
            vec![
                (Op::Create, intent(None)),
                (Op::Create, partial("7")),
                (Op::Create, Event::Partial { object: None, private: json!(2) }),
            ],
            "?create a7",
        ),
        ("", vec![(Op::Create, intent(None)), (Op::Create, done(Some(vm("7"))))], "a=7@3"),
        ("", vec![(Op::Create, intent(None)), (Op::Create, failed(None))], ""),
        ("", vec![(Op::Create, intent(None)), (Op::Create, failed(Some(tainted("7"))))], "a=7@3!"),
        ("", vec![(Op::Create, intent(None)), (Op::Create, Event::Adopt { object: vm("7") })], "a=7@3"),
        // Local objects have no intents.
        ("", vec![(Op::Create, partial("7")), (Op::Create, done(Some(vm("7"))))], "a=7@3"),
        ("1", vec![(Op::Update, intent(None))], "a=1@1 ?update a"),
        ("1", vec![(Op::Update, intent(None)), (Op::Update, failed(None))], "a=1@1"),
        ("1", vec![(Op::Update, intent(None)), (Op::Update, done(Some(vm("2"))))], "a=2@3"),
        // Nothing changed, so plans that read version 1 stay good.
        ("1", vec![(Op::Read, done(Some(vm("1"))))], "a=1@1"),
        ("1", vec![(Op::Delete, intent(None)), (Op::Delete, done(None))], ""),
        ("1", vec![(Op::Delete, intent(None)), (Op::Delete, failed(None))], "a=1@1"),
        ("1", vec![(Op::Forget, done(None))], ""),
        // Replaced, the new one first.
        ("1", vec![(Op::Create, Event::Deposed { key: key.clone() })], "a/00c0ffee=1@1"),
        (
            "1",
            vec![
                (Op::Create, Event::Deposed { key: key.clone() }),
                (Op::Create, intent(None)),
                (Op::Create, done(Some(vm("2")))),
            ],
            "a=2@4 a/00c0ffee=1@1",
        ),
        (
            "1",
            vec![
                (Op::Create, Event::Deposed { key: key.clone() }),
                (Op::Create, intent(None)),
                (Op::Create, failed(None)),
                (Op::Create, Event::Restored { key: key.clone() }),
            ],
            "a=1@1",
        ),
        // What is open about an object goes with it; a current one is never overwritten by an old one.
        (
            "1",
            vec![(Op::Update, intent(None)), (Op::Create, Event::Deposed { key: key.clone() })],
            "a/00c0ffee=1@1 ?update a/00c0ffee",
        ),
        (
            "1",
            vec![
                (Op::Create, Event::Deposed { key: key.clone() }),
                (Op::Create, done(Some(vm("2")))),
                (Op::Create, Event::Restored { key }),
            ],
            "a=2@3 a/00c0ffee=1@1",
        ),
        ("1", vec![(Op::Update, Event::Moved { from: addr("acme_vm.b") })], "a=1@1"),
    ];
    for (before, events, expected) in cases {
        let mut state = if before.is_empty() { snapshot([]) } else { snapshot([(A, vm(before))]) };
        state.seq = 1;
        let records: Vec<Record> = events
            .into_iter()
            .zip(2..)
            .map(|((op, event), seq)| crate::state::sample::record(seq, A, op, event))
            .collect();
        fold(&mut state, &records);
        assert_eq!(shown(&state), expected, "{records:#?}");
        assert_eq!(state.seq, records.last().map_or(1, |record| record.seq));

        // What is folded in already changes nothing.
        let once = state.clone();
        fold(&mut state, &records);
        assert_eq!(state, once);
    }
}

#[test]
fn a_deposed_object_is_deleted_under_its_key() {
    let key = DeposedKey::new(1);
    let mut state = snapshot([(A, vm("1"))]);
    let deposed = ObjectKey::Deposed(key.clone());
    let of_deposed = |seq, event| Record { seq, ..Record::of_object(2, addr(A), deposed.clone(), Op::Delete, event) };
    let records = [
        crate::state::sample::record(2, A, Op::Create, Event::Deposed { key }),
        crate::state::sample::record(3, A, Op::Create, done(Some(vm("2")))),
        of_deposed(4, intent(None)),
    ];
    fold(&mut state, &records);
    assert_eq!(shown(&state), "a=2@3 a/00000001=1@1 ?delete a/00000001");
    fold(&mut state, &[of_deposed(5, done(None))]);
    assert_eq!(shown(&state), "a=2@3");
}

#[test]
fn a_move_takes_everything_along_and_overwrites_nothing() {
    let mut state = snapshot([(A, vm("1")), ("acme_vm.b", vm("2"))]);
    let moved = |seq, to: &str| crate::state::sample::record(seq, to, Op::Update, Event::Moved { from: addr(A) });
    fold(&mut state, &[crate::state::sample::record(2, A, Op::Update, intent(None)), moved(3, "acme_vm.c")]);
    assert_eq!(shown(&state), "b=2@1 c=1@1 ?update c");
    let from_c = Event::Moved { from: addr("acme_vm.c") };
    fold(&mut state, &[crate::state::sample::record(4, "acme_vm.b", Op::Update, from_c)]);
    assert_eq!(state.instances.len(), 2);
}

#[test]
fn an_intent_knows_its_run() {
    let mut state = snapshot([]);
    let begin = Event::Begin { run: "r1".into(), time: jiff::Timestamp::UNIX_EPOCH, plan: "p".into() };
    let begin = Record { seq: 1, ..Record::of_run(begin) };
    fold(&mut state, &[begin, crate::state::sample::record(2, A, Op::Create, intent(None))]);
    assert_eq!(state.open.iter().map(|open| open.run.as_str()).collect::<Vec<_>>(), ["r1"]);
}

#[test]
fn a_failure_leaves_what_must_be_replaced_as_such() {
    let mut state = snapshot([(A, Object { tainted: true, ..vm("1") })]);
    state.seq = 1;
    let failed = Event::Failed { error: "no".to_owned(), object: Some(vm("1")) };
    fold(&mut state, &[crate::state::sample::record(2, A, Op::Delete, failed)]);
    assert!(state.current(&A.parse().unwrap()).unwrap().tainted);
    let done = Event::Done { object: Some(vm("2")) };
    fold(&mut state, &[crate::state::sample::record(3, A, Op::Create, done)]);
    assert!(!state.current(&A.parse().unwrap()).unwrap().tainted);
}

/// Who trusts a machine for being new may do so once, whichever run made it, and not when it is gone.
#[test]
fn what_is_new_stays_so_until_it_is_met() {
    let begins = |trusted: &[&str], trusts: &[&str]| {
        let Event::Intent(mut begun) = intent(None) else { panic!("an intent") };
        begun.trusted = trusted.iter().map(|name| (*name).into()).collect();
        begun.trusts = trusts.iter().map(|name| (*name).into()).collect();
        Event::Intent(begun)
    };
    let failed = || Event::Failed { error: String::new(), object: None };
    let mut state = snapshot([]);
    let mut then = |address: &str, op: Op, event: Event| {
        let next = record(state.seq + 1, address, op, event);
        fold(&mut state, [&next]);
        state.unmet.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    for (made, met) in [
        (done(Some(vm("1"))), done(Some(vm("1")))),
        (Event::Adopt { object: vm("1") }, Event::Adopt { object: vm("1") }),
    ] {
        assert_eq!(then("acme_vm.a", Op::Create, begins(&["id"], &[])), "");
        assert_eq!(then("acme_vm.a", Op::Create, made), "1");
        assert_eq!(then("acme_vm.b", Op::Create, begins(&[], &["id"])), "1");
        assert_eq!(then("acme_vm.b", Op::Create, failed()), "1", "not reached yet");
        assert_eq!(then("acme_vm.b", Op::Create, begins(&[], &["id"])), "1");
        assert_eq!(then("acme_vm.b", Op::Create, met), "");
    }
    then("acme_vm.c", Op::Create, begins(&["id"], &[]));
    assert_eq!(then("acme_vm.c", Op::Create, done(Some(vm("2")))), "2");
    assert_eq!(then("acme_vm.c", Op::Delete, done(None)), "");
}
