//! Small snapshots and records for the tests of this module.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::Event;
use super::Instance;
use super::Intent;
use super::KeyFile;
use super::KeySources;
use super::Object;
use super::ObjectKey;
use super::Op;
use super::Record;
use super::Snapshot;
use crate::addr::InstanceAddr;
use crate::addr::ProviderAddr;
use crate::addr::ResourceAddr;
use crate::value;
use crate::value::Str;
use crate::value::Value;

/// An instance's address.
pub(super) fn addr(text: &str) -> InstanceAddr {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// A resource's address.
pub(super) fn resource(text: &str) -> ResourceAddr {
    addr(text).resource()
}

/// Attributes.
pub(super) fn attributes<const N: usize>(all: [(&str, Value); N]) -> value::Object {
    value::Object::new(all.map(|(name, value)| (Str::from(name), value)))
}

/// An object of the provider `acme`.
pub(super) fn object<const N: usize>(all: [(&str, Value); N]) -> Object {
    Object {
        provider: ProviderAddr::root("acme"),
        schema_version: 0,
        attributes: attributes(all).into(),
        private: Json::Null,
        dependencies: Arc::from([]),
        create_before_destroy: false,
        tainted: false,
        version: 1,
    }
}

/// A snapshot of current objects.
pub(super) fn snapshot<const N: usize>(all: [(&str, Object); N]) -> Snapshot {
    let mut snapshot = Snapshot::new("b5d5a1e2");
    for (address, object) in all {
        snapshot.seq = snapshot.seq.max(object.version);
        snapshot.instances.insert(addr(address), Instance { current: Some(object), ..Instance::default() });
    }
    snapshot
}

/// A record about the current object of an instance.
pub(super) fn record(seq: u64, address: &str, op: Op, event: Event) -> Record {
    Record { seq, ..Record::of_object(1, addr(address), ObjectKey::Current, op, event) }
}

/// An intent.
pub(super) fn intent(planned: Option<value::Object>) -> Event {
    Event::Intent(Box::new(Intent {
        trusted: Vec::new(),
        trusts: Vec::new(),
        op_id: "01hzy3v9qk7m2n4p6r8s0t1u2v".to_owned(),
        planned,
        prior: None,
        before: Json::Null,
        deposes: None,
        provider: ProviderAddr::root("acme"),
        private: Json::Null,
        schema_version: 0,
        dependencies: Arc::from([]),
        create_before_destroy: false,
        time: Timestamp::from_second(1_700_000_000).expect("in range"),
    }))
}

/// Keys of a file in a folder.
pub(super) fn keys(dir: &std::path::Path) -> KeySources {
    KeySources::new(vec![Arc::new(KeyFile::new(dir.join(".key")))])
}
