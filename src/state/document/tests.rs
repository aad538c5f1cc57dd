use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use serde_json::json;

use super::Check;
use super::Failure;
use super::Head;
use super::Survey;
use super::read;
use super::write;
use crate::addr::InstanceKey;
use crate::addr::Mode;
use crate::addr::ProviderAddr;
use crate::state::Declared;
use crate::state::DeposedKey;
use crate::state::EnvKey;
use crate::state::Event;
use crate::state::Instance;
use crate::state::KeyEntry;
use crate::state::KeySources;
use crate::state::Object;
use crate::state::Op;
use crate::state::Output;
use crate::state::Sealer;
use crate::state::Snapshot;
use crate::state::World;
use crate::state::WorldEntry;
use crate::state::fold;
use crate::state::journal::Encode as _;
use crate::state::journal::Encoder;
use crate::state::sample::addr;
use crate::state::sample::attributes;
use crate::state::sample::intent;
use crate::state::sample::object;
use crate::state::sample::record;
use crate::state::sample::resource;
use crate::state::sample::snapshot;
use crate::value::Object as Attributes;
use crate::value::ObjectAttr;
use crate::value::Shape;
use crate::value::Type;
use crate::value::Value;

/// The key that the samples are sealed for; used nowhere else.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn sources() -> KeySources {
    KeySources::new(vec![Arc::new(EnvKey::new("INFRA_STATE_KEY", Some(KEY.to_owned())))])
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("state")
}

fn opened(bytes: &[u8]) -> Result<Snapshot, Failure> {
    let sources = sources();
    read(bytes, Check::Digest, Some(&|entry| sources.open(entry)))
}

/// The document of a snapshot under its own head.
fn written(snapshot: &Snapshot, sealer: &Sealer) -> String {
    let survey = Survey::of(snapshot);
    let head = Head { lineage: snapshot.lineage.clone(), serial: snapshot.serial, seq: snapshot.seq };
    let mut bytes = Vec::new();
    let twin = write(snapshot, &survey, &head, Some(&head), (&snapshot.keys, Some(sealer)), &mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains(&twin.unwrap()), "the twin under the same head is the digest");
    text
}

/// A snapshot, its key wrapped for the samples' key, and back again.
fn round_trip(mut snapshot: Snapshot) -> (String, Snapshot) {
    let (sealer, entry, _) = sources().make().unwrap();
    snapshot.keys = vec![entry];
    let text = written(&snapshot, &sealer);
    let again = opened(text.as_bytes()).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    assert_eq!(written(&again, &sealer), text);
    (text, again)
}

/// A snapshot with something of everything.
fn full() -> Snapshot {
    let vm = |id: &str, version: u64| Object {
        dependencies: [resource("acme_net.main"), resource("data.acme_image.base")].into(),
        version,
        ..object([
            ("id", Value::from(id)),
            ("password", Value::from("hunter2").sensitive()),
            ("ports", Value::set(Type::NUMBER, vec![443.into(), 80.into()])),
            ("size", Value::Null(Type::STRING)),
            ("token", Value::Null(Type::STRING).sensitive()),
            (
                "volumes",
                Value::list(
                    Type::object(vec![ObjectAttr::new("key", Type::STRING), ObjectAttr::new("size", Type::NUMBER)]),
                    vec![Value::object([
                        ("key".into(), Value::from("k3y").sensitive()),
                        ("size".into(), Value::Number("1.5".parse().unwrap())),
                    ])],
                ),
            ),
        ])
    };
    let any = |input: Value, version| Object { version, ..object([("id", Value::from("1")), ("input", input)]) };
    let mut state = snapshot([
        ("acme_vm.web[0]", vm("101", 3)),
        ("acme_vm.web[1]", Object { tainted: true, create_before_destroy: true, ..vm("102", 4) }),
        ("acme_net.main", Object { private: json!({"owes": "attach"}), version: 2, ..object([("id", "7".into())]) }),
        ("data.acme_image.base", object([("id", Value::from(12))])),
        ("terraform_data.t[\"a\"]", any(Value::from("x"), 5)),
        ("terraform_data.t[\"b \\\"q\\\"\"]", any(Value::tuple(vec![1.into(), Value::NULL]), 6)),
        (
            "module.app[\"eu\"].host_file.env",
            Object {
                provider: ProviderAddr { alias: Some("eu".into()), ..ProviderAddr::root("host") },
                schema_version: 2,
                ..object([("content", "TOKEN=s3cr3t\n".into()), ("path", "/etc/app.env".into())])
            },
        ),
    ]);
    let ty = Type::object(vec![ObjectAttr::new("content", Type::STRING), ObjectAttr::new("path", Type::STRING)]);
    state.declare(Mode::Managed, "host_file", 2, Declared { ty, sealed: ["content".into()].into() });
    let web = state.instances.get_mut(&addr("acme_vm.web[0]")).unwrap();
    web.deposed.insert(DeposedKey::new(0xc0ffee), vm("100", 1));
    let gone = Instance { current: None, deposed: [(DeposedKey::new(1), vm("99", 1))].into() };
    state.instances.insert(addr("acme_vm.web[2]"), gone);
    state.outputs = BTreeMap::from([
        ("password".into(), Output { value: Value::from("hunter2").sensitive(), sensitive: true }),
        ("unmarked".into(), Output { value: Value::from("hunter2"), sensitive: true }),
        ("urls".into(), Output { value: Value::map(Type::STRING, [("a".into(), "b".into())]), sensitive: false }),
    ]);
    let team = WorldEntry { id: "9".into(), name: "Team \"X\"".into(), credentials: vec!["d0".into(), "d1".into()] };
    state.world = Some(World { entries: [("acme".to_owned(), team)].into() });
    let planned = attributes([("id", Value::unknown(Type::STRING)), ("password", Value::from("hunter3").sensitive())]);
    let begun = Event::Partial { object: Some(attributes([("id", "103".into())])), private: json!({"action": 5}) };
    fold(
        &mut state,
        &[
            record(7, "acme_vm.web[3]", Op::Create, intent(Some(planned))),
            record(8, "acme_vm.web[3]", Op::Create, begun),
        ],
    );
    state.serial = 4;
    state
}

#[test]
fn a_document_reads_back_as_it_was() {
    let before = full();
    let (text, again) = round_trip(before.clone());
    assert_eq!((&again.instances, &again.open), (&before.instances, &before.open));
    assert_eq!((&again.outputs, &again.world), (&before.outputs, &before.world));
    assert_eq!((again.serial, again.seq, &again.lineage), (4, 8, &before.lineage));
    let types: Vec<String> = again.types.keys().map(|(name, version)| format!("{name}/{version}")).collect();
    assert_eq!(types, ["acme_net/0", "acme_vm/0", "data.acme_image/0", "host_file/2", "terraform_data/0"]);
    assert!(!text.contains("unmet"), "what says nothing is not written");
    let named = Snapshot { unmet: ["do:droplet:2".into(), "do:droplet:1".into()].into(), ..full() };
    let (unmet, again) = round_trip(named.clone());
    assert_eq!(again.unmet, named.unmet);
    assert!(unmet.contains(r#""unmet": ["do:droplet:1", "do:droplet:2"]"#), "{unmet}");
    for secret in ["hunter", "k3y", "s3cr3t", "attach"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn samples_read_validate_and_write_back_the_same() {
    let schema: serde_json::Value =
        serde_json::from_slice(&std::fs::read(samples().join("format-1.schema.json")).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(samples().join("samples")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> =
            schema.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
        let state = opened(text.as_bytes()).unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
        let sealer = state.keys.first().map_or_else(Sealer::generate, |entry| sources().open(entry).unwrap());
        assert_eq!(written(&state, &sealer), text, "{}", path.display());
        names.push(path.file_stem().unwrap().to_string_lossy().into_owned());
        // The schema bites.
        for (from, to) in [("\"format\": 1", "\"format\": 0"), ("\"version\"", "\"vision\""), ("sha256:", "sha1:")] {
            let changed = serde_json::from_str(&text.replace(from, to)).unwrap();
            assert!(!text.contains(from) || !schema.is_valid(&changed), "{from}");
        }
    }
    names.sort_unstable();
    assert_eq!(names, ["empty", "full", "plain"]);
    // The full one says what the code above makes, so that nothing of it is lost unseen.
    let stored = opened(&std::fs::read(samples().join("samples/full.json")).unwrap()).unwrap();
    assert_eq!((stored.instances, stored.open, stored.outputs), (full().instances, full().open, full().outputs));
}

#[test]
fn unchanged_values_keep_their_text_when_another_changes() {
    let (before, mut state) = round_trip(full());
    let sealer = sources().open(&state.keys[0]).unwrap();
    let place = state.instances.get_mut(&addr("acme_net.main")).unwrap();
    let object = place.current.as_mut().unwrap();
    object.attributes = object.attributes.with([("id".into(), Value::from("8"))]).into();
    let after = written(&state, &sealer);
    let changed: Vec<&str> = before.lines().zip(after.lines()).filter(|(a, b)| a != b).map(|(_, b)| b.trim()).collect();
    assert_eq!(changed.len(), 2, "{changed:#?}");
    assert_eq!(changed[0], r#""id": "8""#);
    assert!(changed[1].starts_with("\"digest\""));
}

#[test]
fn differing_types_are_written_so_that_none_is_lost() {
    let string = Value::from("x");
    let list = Value::list(Type::NUMBER, vec![1.into()]);
    let nested = |value: Value| Value::object([("a".into(), value), ("b".into(), true.into())]);
    for (a, b) in [
        (string.clone(), Value::NULL),
        (string.clone(), Value::Null(Type::NUMBER)),
        (string.clone().sensitive(), list.clone()),
        (nested(string.clone()), nested(list.clone())),
        (nested(string), Value::from(1)),
        (Value::list(Type::DYNAMIC, vec![]), list),
        (Value::tuple(vec![]), Value::tuple(vec![1.into()])),
    ] {
        let before = snapshot([("t.x[0]", object([("v", a)])), ("t.x[1]", object([("v", b)]))]);
        let (text, again) = round_trip(before.clone());
        assert_eq!(again.instances, before.instances, "{text}");
    }
    // Attributes that only some have.
    let before = snapshot([
        ("t.x[0]", object([("a", 1.into())])),
        ("t.x[1]", object([("b", 2.into())])),
        ("t.x[2]", object([("a", 1.into()), ("b", 2.into())])),
        ("t.x[3]", object([])),
    ]);
    assert_eq!(round_trip(before.clone()).1.instances, before.instances);
}

#[test]
fn one_lineage_does_not_open_anothers_values() {
    let (text, state) = round_trip(full());
    let copied = text.replace(&state.lineage, "another1");
    let sources = sources();
    let Err(Failure::Damage(damage)) = read(copied.as_bytes(), Check::Nothing, Some(&|entry| sources.open(entry)))
    else {
        panic!("refused")
    };
    assert!(damage.to_string().contains("does not open"), "{damage}");
}

#[test]
fn members_out_of_place_are_refused() {
    let (text, _) = round_trip(snapshot([("t.x[0]", object([("a", 1.into())]))]));
    for (from, to, expected) in [
        ("  \"outputs\": {},\n", "", "`outputs` is missing"),
        ("\"serial\": 0", "\"serial\": 0,\n  \"serial\": 1", "`serial` stands here twice"),
        ("\"serial\": 0", "\"serial\": -1", "a whole number is expected"),
        ("{\"key\": 0, ", "{\"key\": 0, \"key\": 0.5, ", "a whole number is expected"),
        ("\"version\": 1, ", "", "the object's `version` is missing"),
        ("\"provider\": \"acme\", ", "", "the object's `provider` is missing"),
        ("\"t.x\"", "\"t.x[1]\"", "without a key, is expected"),
        ("\"0\": {", "\"1\": {", "`types` has no `t` of version 0"),
        ("\"values\"", "\"extra\": 1, \"values\"", "`extra` is not known here"),
        (
            "\n    ]}",
            ",\n      {\"key\": 0, \"version\": 1, \"values\": {\"a\": 1}}\n    ]}",
            "an instance stands here twice",
        ),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text, "{from}");
        let Err(Failure::Damage(damage)) = read(changed.as_bytes(), Check::Nothing, None) else { panic!("{expected}") };
        assert!(damage.to_string().contains(expected), "{damage}");
    }
}

/// All the ways in which bytes may show up in text.
fn disguises(secret: &str) -> Vec<String> {
    let mut all = vec![secret.to_owned(), hex::encode(secret), hex::encode_upper(secret)];
    for engine in [base64::engine::general_purpose::STANDARD_NO_PAD, base64::engine::general_purpose::URL_SAFE_NO_PAD] {
        // The text depends on where in a group of three bytes it begins; its middle does not depend on the rest.
        for shift in 0..3 {
            let encoded = engine.encode([&b"xxx"[..shift], secret.as_bytes()].concat());
            all.push(encoded[4..encoded.len() - 4].to_owned());
        }
    }
    let url: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let json = serde_json::to_string(secret).unwrap();
    let units: String = secret.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    all.extend([url, json[1..json.len() - 1].to_owned(), units]);
    all
}

#[test]
fn what_must_not_be_seen_is_nowhere_in_any_form() {
    let secret = "canary \"ß\"/+=?&:0123456789";
    let hide = || Value::from(secret).sensitive();
    let in_list = Value::list(Type::STRING, vec![Value::from("a"), hide()]);
    let mut state = snapshot([
        ("t.a[\"k\"]", Object { private: json!({"note": secret}), ..object([("s", hide()), ("l", in_list)]) }),
        ("t.b", object([("m", Value::map(Type::STRING, [("k".into(), hide())])), ("any", Value::tuple(vec![hide()]))])),
        ("host_file.c", object([("content", Value::from(secret))])),
    ]);
    let ty = Type::object(vec![ObjectAttr::new("content", Type::STRING)]);
    state.declare(Mode::Managed, "host_file", 0, Declared { ty, sealed: ["content".into()].into() });
    state.outputs.insert("o".into(), Output { value: Value::object([("x".into(), hide())]), sensitive: false });
    state.outputs.insert("p".into(), Output { value: Value::from(secret), sensitive: true });
    let records = [
        record(9, "t.d", Op::Create, intent(Some(attributes([("s", hide()), ("plain", Value::from(secret))])))),
        record(10, "t.d", Op::Create, Event::Partial { object: None, private: json!(secret) }),
        record(11, "t.e", Op::Create, Event::Failed { error: secret.into(), object: None }),
    ];
    let mut journal = Vec::new();
    let mut encoder = Encoder::new(Sealer::generate(), state.lineage.clone());
    for record in &records {
        encoder.encode(record, 8, &mut journal);
    }
    fold(&mut state, &records);
    let (text, again) = round_trip(state.clone());
    assert_eq!((&again.instances, &again.open, &again.outputs), (&state.instances, &state.open, &state.outputs));
    let journal = String::from_utf8(journal).unwrap();
    for disguise in disguises(secret) {
        assert!(!text.contains(&disguise), "{disguise} in\n{text}");
        assert!(!journal.contains(&disguise), "{disguise} in\n{journal}");
    }
    // The search bites: the same in the clear is found.
    state.outputs = BTreeMap::new();
    state.instances = snapshot([("t.b", object([("s", Value::from(secret))]))]).instances;
    state.open.clear();
    let clear = round_trip(state).0;
    assert!(disguises(secret).iter().any(|disguise| clear.contains(disguise)));
}

/// A snapshot of many instances that share a shape, as a `for_each` makes them.
fn many(count: usize) -> Snapshot {
    let names = ["id", "name", "image", "region", "size", "monitoring", "tags", "ipv4_address", "price", "status"];
    let shape = Shape::new(names.map(Into::into));
    let dependencies: Arc<[_]> = [resource("acme_net.main")].into();
    let mut state = snapshot([]);
    for at in 0..count {
        let values = shape.names().iter().map(|name| match &**name {
            "monitoring" => Value::from(true),
            "price" => Value::from(1200),
            "tags" => Value::set(Type::STRING, vec!["web".into(), "prod".into()]),
            name => Value::from(format!("{name}-{at:06}")),
        });
        let attributes = Attributes::with_shape(Arc::clone(&shape), values.collect());
        let object = Object { attributes: attributes.into(), dependencies: Arc::clone(&dependencies), ..object([]) };
        let address = addr("acme_vm.many").with_key(InstanceKey::Str(format!("key-{at:06}").into()));
        state.instances.insert(address, Instance { current: Some(object), ..Instance::default() });
    }
    state
}

#[test]
fn bytes_grow_with_the_instances_and_with_nothing_else() {
    /// Counts what is written and how much of it at a time.
    struct Counter(usize, usize);
    impl std::io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            self.1 = self.1.max(bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let size = |count: usize| {
        let state = many(count);
        let head = Head { lineage: state.lineage.clone(), serial: 1, seq: 1 };
        let mut counter = Counter(0, 0);
        write(&state, &Survey::of(&state), &head, None, (&[], None), &mut counter).unwrap();
        assert!(counter.1 < 128 * 1024, "{} bytes are held at a time", counter.1);
        counter.0
    };
    let (small, middle, large) = (size(10), size(1_000), size(100_000));
    let each = (middle - small) / 990;
    assert_eq!(middle - small, 990 * each, "each instance costs the same");
    assert_eq!(large - small, 99_990 * each);
    assert!(each < 400, "{each} bytes an instance");
}

#[test]
fn objects_of_a_type_share_their_shape_and_dependencies() {
    let (_, state) = round_trip(many(3));
    let objects: Vec<&Object> = state.instances.values().filter_map(|instance| instance.current.as_ref()).collect();
    assert!(Arc::ptr_eq(objects[0].attributes.shape(), objects[2].attributes.shape()));
    assert!(Arc::ptr_eq(&objects[0].dependencies, &objects[2].dependencies));
}

#[test]
fn a_key_entry_of_nobody_opens_nothing() {
    let (text, state) = round_trip(full());
    let other = KeyEntry { id: "00000000".into(), recipients: vec![] };
    let changed =
        text.replace(&format!("[{{\"id\": \"{}\"", state.keys[0].id), &format!("[{{\"id\": \"{}\"", other.id));
    let sources = sources();
    let Err(Failure::Damage(damage)) = read(changed.as_bytes(), Check::Nothing, Some(&|entry| sources.open(entry)))
    else {
        panic!("refused")
    };
    assert!(damage.to_string().contains("which is not this state's"), "{damage}");
}
