//! Real runs of the scripts in a private root folder, with a small service manager in `tests/bin`.

mod accounts;
mod commands;
mod crashes;
mod directories;
mod files;
mod gates;
mod lab;
mod locks;
mod machines;
mod packages;
mod redis;
mod scripts;
mod simulated;
mod units;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value as Json;

use super::batch::HostBatch;
use super::bundle::HostBundle;
use super::client::Dial;
use super::client::Dialled;
use super::client::Hosts;
use super::endpoint::Endpoint;
use super::machine;
use super::way::Way;
use super::*;
use crate::net::host::LocalShell;
use crate::net::host::Output;
use crate::net::host::Shell;
use crate::provider::BatchItem;
use crate::provider::Cancel;
use crate::provider::Cx;
use crate::provider::Member;
use crate::provider::MemberCall;
use crate::provider::MemberEnd;
use crate::provider::NoRecord;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::WallClock;
use crate::schema::ObjectExt;
use crate::schema::Presence;
use crate::value::Str;
use crate::value::Value;

const FILE: &str = "host_file";
const UNIT: &str = "host_systemd_unit";
const BIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/providers/host/tests/bin");

/// A host of its own in a folder.
struct Bed {
    dir: tempfile::TempDir,
    hosts: Hosts,
    shared: Arc<Shared>,
}

/// What the transport of a bed counts and is told.
#[derive(Default)]
struct Shared {
    root: Mutex<Option<PathBuf>>,
    is_down: Mutex<bool>,
    commands: Mutex<usize>,
    kill_after: Mutex<Option<Duration>>,
    /// Other programs than those of `tests/bin`.
    bin: Mutex<Option<PathBuf>>,
}

struct TestDial(Arc<Shared>);

struct TestShell {
    inner: LocalShell,
    shared: Arc<Shared>,
}

#[async_trait]
impl Dial for TestDial {
    async fn dial(&self, way: &Way, _: &Cx) -> Result<Dialled> {
        if *self.0.is_down.lock().unwrap() {
            return Ok(Dialled::Down(super::client::off(way)));
        }
        let root = self.0.root.lock().unwrap().clone();
        let bin = self.0.bin.lock().unwrap().clone().unwrap_or_else(|| PathBuf::from(BIN));
        Ok(match root {
            Some(root) => {
                let inner = LocalShell { root: Some(root), bin: Some(bin) };
                Dialled::Up(Arc::new(TestShell { inner, shared: Arc::clone(&self.0) }))
            }
            None => Dialled::Gone,
        })
    }
}

#[async_trait]
impl Shell for TestShell {
    async fn run(&self, script: &str, stdin: Bytes, cx: &Cx) -> Result<Output> {
        *self.shared.commands.lock().unwrap() += 1;
        let Some(delay) = *self.shared.kill_after.lock().unwrap() else {
            return self.inner.run(script, stdin, cx).await;
        };
        crashes::run_and_kill(&self.inner, script, stdin, delay).await
    }
}

impl Bed {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["etc/systemd/system", "opt", "run", "var/lib"] {
            std::fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        let shared = Arc::new(Shared { root: Mutex::new(Some(dir.path().to_owned())), ..Shared::default() });
        Self { dir, hosts: Hosts::new(TestDial(Arc::clone(&shared))), shared }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path.trim_start_matches('/'))
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        std::fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        std::fs::write(self.path(path), content).unwrap();
    }

    /// Puts a program before the machine's; those of `tests/bin` are not among them any more.
    fn program(&self, name: &str, text: &str) {
        let path = format!("bin/{name}");
        self.write(&path, text);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(self.path(&path), mode).unwrap();
        *self.shared.bin.lock().unwrap() = Some(self.path("bin"));
    }

    fn text(&self, path: &str) -> String {
        String::from_utf8(std::fs::read(self.path(path)).unwrap_or_else(|e| panic!("{path}: {e}"))).unwrap()
    }

    fn exists(&self, path: &str) -> bool {
        self.path(path).symlink_metadata().is_ok()
    }

    /// What the service manager was told to do since the last time.
    fn calls(&self) -> Vec<String> {
        let calls = std::fs::read_to_string(self.path("run/calls")).unwrap_or_default();
        let _ = std::fs::remove_file(self.path("run/calls"));
        calls.lines().map(str::to_owned).collect()
    }

    fn commands(&self) -> usize {
        std::mem::take(&mut *self.shared.commands.lock().unwrap())
    }

    /// Applies members as the engine does, and checks that what was promised came about.
    async fn apply(&self, op: &str, members: &[Member]) -> Vec<MemberEnd> {
        let ends = HostBundle.apply(&self.hosts, &cx(op), members).await.unwrap();
        assert_eq!(ends.len(), members.len());
        for (member, end) in members.iter().zip(&ends) {
            if let (MemberEnd::Applied { object: Some(object), .. }, Some(planned)) = (end, planned_of(member)) {
                honours(planned, object);
            }
        }
        ends
    }

    /// Applies one member that must succeed.
    async fn put(&self, op: &str, member: Member) -> Object {
        let ends = self.apply(op, std::slice::from_ref(&member)).await;
        applied(&ends[0])
    }

    async fn read(&self, ty: &str, reference: &Object) -> Read {
        let item = ReadItem { prior: reference.clone(), private: Json::Null };
        let key = resource(ty).read_key(reference).unwrap();
        let items = [BatchItem { ty: ty.to_owned(), item }];
        HostBatch.read(&self.hosts, &cx("read"), &key, &items).await.remove(0).unwrap()
    }

    async fn seen(&self, ty: &str, reference: &Object) -> Option<Object> {
        match self.read(ty, reference).await {
            Read::Present(object) | Read::Noted(object, _) => Some(object),
            Read::Absent => None,
            Read::Stale(why) => panic!("stale: {why}"),
        }
    }
}

fn cx(op: &str) -> Cx {
    let progress = Arc::new(|_: &str| {});
    let recorder = Arc::new(NoRecord);
    let (op, lineage) = (op.to_owned(), "lineage1".to_owned());
    Cx::new(Arc::new(WallClock), Cancel::new(), op, lineage, progress, recorder, Json::Null)
}

fn resource(ty: &str) -> Box<dyn ResourceType<Hosts>> {
    Host.resources().into_iter().find(|resource| resource.name() == ty).unwrap()
}

fn host() -> Value {
    let endpoint = Endpoint::parse("10.0.0.5").unwrap();
    Value::Object(Arc::new(machine::named(&endpoint)))
}

fn strings<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<(&'a str, Value)> {
    pairs.into_iter().map(|(name, value)| (name, Value::from(value))).collect()
}

/// What the engine would plan: the configuration over the prior object, defaults, and unknowns for what is computed.
fn plan(ty: &str, prior: Option<&Object>, config: &[(&str, Value)]) -> Object {
    let resource = resource(ty);
    let schema = resource.schema();
    let mut object = machine::nulls(schema.ty()).set("host", host());
    for (name, attribute) in schema.root().attributes() {
        let given = config.iter().find(|(given, _)| **given == **name).map(|(_, value)| value.clone());
        let known = prior.and_then(|prior| prior.get(name)).cloned();
        let value = match (given, attribute.presence, known) {
            (Some(given), _, Some(known)) if attribute.same(&given, &known) => known,
            (Some(given), ..) => given,
            (None, Presence::Computed | Presence::OptionalComputed, Some(known)) => known,
            (None, Presence::Computed | Presence::OptionalComputed, None) => Value::unknown(attribute.ty),
            (None, ..) => attribute.default.clone().unwrap_or(object.get(name).unwrap().clone()),
        };
        object = object.with([(Str::clone(name), value)]);
    }
    if let Some((name, gate)) = config.iter().find(|(name, _)| *name == "gate") {
        let ty = schema.ty().attribute(name).unwrap().ty;
        let block = gate.as_entries().unwrap().into_iter().map(|(name, value)| (Str::clone(name), value.clone()));
        object = object.set(name, Value::Object(Arc::new(machine::nulls(ty).with(block))));
    }
    let problems = resource.validate(&object);
    assert!(problems.is_empty(), "{problems:?}");
    resource.plan(prior, object).object
}

fn member(ty: &'static str, address: &str, call: MemberCall) -> Member {
    Member { address: address.to_owned(), ty, call, private: Json::Null }
}

fn create(ty: &'static str, address: &str, config: &[(&str, Value)]) -> Member {
    member(ty, address, MemberCall::Create { planned: plan(ty, None, config), gives_way: false })
}

fn update(ty: &'static str, address: &str, prior: &Object, config: &[(&str, Value)]) -> Member {
    let planned = plan(ty, Some(prior), config);
    member(ty, address, MemberCall::Update { prior: prior.clone(), planned })
}

fn delete(ty: &'static str, address: &str, prior: &Object) -> Member {
    member(ty, address, MemberCall::Delete { prior: prior.clone() })
}

fn planned_of(member: &Member) -> Option<&Object> {
    match &member.call {
        MemberCall::Create { planned, .. } | MemberCall::Update { planned, .. } => Some(planned),
        MemberCall::Delete { .. } => None,
    }
}

/// Each known value of a promise must be so.
fn honours(planned: &Object, object: &Object) {
    for (name, promised) in planned.iter().filter(|(_, value)| value.is_wholly_known()) {
        assert_eq!(object.get(name), Some(promised), "`{name}` is not as promised");
    }
    assert!(object.values().iter().all(Value::is_wholly_known), "{object:?}");
}

fn applied(end: &MemberEnd) -> Object {
    match end {
        MemberEnd::Applied { object: Some(object), private } => {
            assert!(private.is_null(), "{private}");
            object.clone()
        }
        end => panic!("not applied: {end:?}"),
    }
}

/// Why a member failed.
fn failure(end: &MemberEnd) -> String {
    match end {
        MemberEnd::Failed { error: ProviderError::OnHost(failure), .. } => failure.text(&[]),
        end => panic!("not failed: {end:?}"),
    }
}
