use std::collections::BTreeSet;
use std::path::Path as FilePath;

use serde_json::json;

use super::password::Text;
use super::*;
use crate::provider::Planned;
use crate::providers::testing::configure;
use crate::providers::testing::cx;
use crate::providers::testing::proposed;
use crate::schema::ObjectExt;
use crate::schema::Presence;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

type Config<'a> = &'a [(&'static str, Value)];

fn client(seed: u64) -> Client {
    let random = Random::with_entropy(Entropy::seeded(seed));
    random.configure(&random.schema().empty(), configure(FilePath::new("."))).unwrap()
}

fn ty(name: &str) -> Box<dyn ResourceType<Client>> {
    Random::default().resources().into_iter().find(|ty| ty.name() == name).unwrap()
}

fn plan(name: &str, prior: Option<&Object>, config: Config<'_>) -> Planned {
    let ty = ty(name);
    ty.plan(prior, proposed(&ty.schema(), prior, config))
}

async fn create(name: &str, seed: u64, config: Config<'_>) -> Result<Object> {
    ty(name).create(&client(seed), &cx(), &plan(name, None, config).object).await
}

async fn import(name: &str, id: &str) -> Result<Object> {
    Ok(ty(name).import(&client(1), &cx(), id).await?.unwrap())
}

fn int(value: i64) -> Value {
    Value::from(value)
}

fn strings(texts: &[&str]) -> Value {
    Value::list(Type::STRING, texts.iter().map(|text| Value::from(*text)).collect())
}

fn keepers(entries: &[(&str, Value)]) -> Value {
    Value::map(Type::STRING, entries.iter().map(|(key, value)| ((*key).into(), value.clone())))
}

/// How many lower-case letters, upper-case letters, digits and others.
fn counts(text: &str) -> [usize; 4] {
    let count = |of: fn(&char) -> bool| text.chars().filter(of).count();
    let classes = [char::is_ascii_lowercase, char::is_ascii_uppercase, char::is_ascii_digit].map(count);
    [classes[0], classes[1], classes[2], text.chars().count() - classes.iter().sum::<usize>()]
}

#[tokio::test]
async fn a_text_has_its_length_and_so_many_of_each_class() {
    let off = || Value::from(false);
    let cases: [(Config<'_>, usize, [std::ops::RangeInclusive<usize>; 4]); 9] = [
        (&[("length", int(16))], 16, [0..=16, 0..=16, 0..=16, 0..=16]),
        (&[("length", int(1))], 1, [0..=1, 0..=1, 0..=1, 0..=1]),
        (&[("length", int(20)), ("special", off())], 20, [0..=20, 0..=20, 0..=20, 0..=0]),
        (&[("length", int(20)), ("number", off())], 20, [0..=20, 0..=20, 0..=0, 0..=20]),
        (&[("length", int(20)), ("numeric", off()), ("lower", off())], 20, [0..=0, 0..=20, 0..=0, 0..=20]),
        (
            &[("length", int(10)), ("min_lower", int(2)), ("min_upper", int(3)), ("min_numeric", int(1))],
            10,
            [2..=6, 3..=7, 1..=5, 0..=4],
        ),
        (
            &[
                ("length", int(4)),
                ("min_lower", int(1)),
                ("min_upper", int(1)),
                ("min_numeric", int(1)),
                ("min_special", int(1)),
            ],
            4,
            [1..=1, 1..=1, 1..=1, 1..=1],
        ),
        // The least holds for a class that is off.
        (&[("length", int(8)), ("upper", off()), ("min_upper", int(3))], 8, [0..=5, 3..=3, 0..=5, 0..=5]),
        (
            &[("length", int(12)), ("override_special", Value::from("äß")), ("min_special", int(2))],
            12,
            [0..=10, 0..=10, 0..=10, 2..=12],
        ),
    ];
    for (config, length, ranges) in cases {
        for seed in 0..40 {
            let text = create("random_string", seed, config).await.unwrap();
            assert_eq!(text.id(), text.str("result").unwrap());
            let counts = counts(text.id());
            assert_eq!(text.id().chars().count(), length, "{config:?}");
            for (count, range) in counts.iter().zip(&ranges) {
                assert!(range.contains(count), "{config:?} seed {seed}: {} has {counts:?}", text.id());
            }
        }
    }
}

#[tokio::test]
async fn own_special_characters_replace_the_usual_ones_and_places_are_shuffled() {
    let config = [
        ("length", int(6)),
        ("min_special", int(1)),
        ("upper", Value::from(false)),
        ("lower", Value::from(false)),
        ("override_special", Value::from("é%")),
    ];
    let mut places = BTreeSet::new();
    for seed in 0..60 {
        let text = create("random_string", seed, &config).await.unwrap();
        assert!(text.id().chars().all(|c| c.is_ascii_digit() || "é%".contains(c)), "{}", text.id());
        places.extend(text.id().chars().position(|c| !c.is_ascii_digit()));
    }
    assert!(places.len() > 3, "the special character only ever stands at {places:?}");
    // An empty text is no text.
    let config = [("length", int(30)), ("min_special", int(30)), ("override_special", Value::from(""))];
    let text = create("random_string", 1, &config).await.unwrap();
    assert!(text.id().chars().all(|c| "!@#$%&*()-_=+[]{}<>:?".contains(c)), "{}", text.id());
}

#[tokio::test]
async fn a_password_is_a_secret_with_a_hash_that_fits() {
    let schema = ty("random_password").schema();
    let secret = schema.root().attributes().iter().filter(|(_, attribute)| attribute.is_sensitive());
    assert_eq!(secret.map(|(name, _)| &**name).collect::<Vec<_>>(), ["bcrypt_hash", "result"]);
    for length in [16, 100] {
        let password = create("random_password", 7, &[("length", int(length))]).await.unwrap();
        let (result, hash) = (password.str("result").unwrap(), password.str("bcrypt_hash").unwrap());
        assert_eq!(password.id(), "none");
        assert!(hash.starts_with("$2a$10$"), "{hash}");
        assert!(bcrypt::verify(&result.as_bytes()[..result.len().min(72)], hash).unwrap());
        assert!(!bcrypt::verify("another", hash).unwrap());
    }
    // The system's randomness does not repeat.
    let system =
        Random::default().configure(&Random::default().schema().empty(), configure(FilePath::new("."))).unwrap();
    let planned = plan("random_password", None, &[("length", int(32))]).object;
    let ty = ty("random_password");
    let (a, b) =
        (ty.create(&system, &cx(), &planned).await.unwrap(), ty.create(&system, &cx(), &planned).await.unwrap());
    assert_ne!(a.str("result"), b.str("result"));
}

#[test]
fn number_and_numeric_are_one_switch() {
    let unknown = Value::unknown(Type::BOOL);
    for (config, digits) in [
        (vec![], Value::from(true)),
        (vec![("number", Value::from(false))], Value::from(false)),
        (vec![("numeric", Value::from(false))], Value::from(false)),
        (vec![("number", Value::from(true)), ("numeric", Value::from(true))], Value::from(true)),
        (vec![("numeric", unknown.clone())], unknown.clone()),
        (vec![("numeric", unknown), ("number", Value::from(false))], Value::from(false)),
    ] {
        let planned = plan("random_string", None, &config).object;
        assert_eq!((planned.get("number"), planned.get("numeric")), (Some(&digits), Some(&digits)), "{config:?}");
    }
}

#[test]
fn what_contradicts_itself_is_said_before_anything_is_drawn() {
    let off = || Value::from(false);
    for (name, config, argument) in [
        ("random_password", vec![("length", int(0))], "length"),
        ("random_password", vec![("length", int(1 << 40))], "length"),
        ("random_password", vec![("length", Value::Number("1.5".parse().unwrap()))], "length"),
        ("random_password", vec![("length", int(3)), ("min_lower", int(2)), ("min_upper", int(2))], "length"),
        ("random_password", vec![("length", int(3)), ("min_lower", int(-1))], "min_lower"),
        ("random_password", vec![("length", int(3)), ("number", off()), ("numeric", Value::from(true))], "number"),
        (
            "random_string",
            vec![("length", int(3)), ("number", off()), ("upper", off()), ("lower", off()), ("special", off())],
            "special",
        ),
        ("random_id", vec![("byte_length", int(0))], "byte_length"),
        ("random_bytes", vec![("length", int(0))], "length"),
        ("random_integer", vec![("min", int(2)), ("max", int(1))], "min"),
        ("random_shuffle", vec![("result_count", int(-1))], "result_count"),
        ("random_pet", vec![("length", int(0))], "length"),
    ] {
        let problems = ty(name).validate(&ty(name).schema().object(config.clone()));
        let paths: Vec<String> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, [argument], "{name} {config:?} {problems:?}");
    }
    let unknown = Value::unknown(Type::NUMBER);
    let config = ty("random_password").schema().object([("length", unknown), ("min_lower", int(9))]);
    assert!(ty("random_password").validate(&config).is_empty());
}

#[tokio::test]
async fn a_value_is_kept_until_a_keeper_or_an_argument_changes() {
    let a = |value| keepers(&[("a", value)]);
    let (x, null) = (Value::from("x"), Value::Null(Type::STRING));
    for (before, after, replaces) in [
        (Value::Null(Type::map(Type::STRING)), Value::Null(Type::map(Type::STRING)), false),
        (a(x.clone()), a(x.clone()), false),
        (a(x.clone()), a(x.clone().sensitive()), false),
        (a(x.clone()), a(Value::from("y")), true),
        (a(x.clone()), a(null.clone()), true),
        (a(x.clone()), a(Value::unknown(Type::STRING)), true),
        (a(x.clone()), Value::Null(Type::map(Type::STRING)), true),
        (Value::Null(Type::map(Type::STRING)), a(x), true),
        (Value::Null(Type::map(Type::STRING)), a(null.clone()), false),
        (a(null), keepers(&[]), false),
    ] {
        let prior = create("random_id", 1, &[("byte_length", int(4)), ("keepers", before.clone())]).await.unwrap();
        let planned = plan("random_id", Some(&prior), &[("byte_length", int(4)), ("keepers", after.clone())]);
        assert_eq!(planned.replace, if replaces { vec![Path::of("keepers")] } else { vec![] }, "{before:?} {after:?}");
        let updated = ty("random_id").update(&client(2), &cx(), &prior, &planned.object).await.unwrap();
        assert_eq!((updated.get("hex"), updated.get("keepers")), (prior.get("hex"), Some(&after)));
        assert_eq!(ty("random_id").read(&client(2), &cx(), &updated).await.unwrap(), Some(updated.clone()));
        ty("random_id").delete(&client(2), &cx(), &updated).await.unwrap();
    }
    let special = |text: &str| [("length", int(4)), ("override_special", Value::from(text))];
    for (before, after, replaces) in [("", "", false), ("%", "%", false), ("%", "&", true), ("%", "", true)] {
        let prior = create("random_string", 1, &special(before)).await.unwrap();
        let planned = plan("random_string", Some(&prior), &special(after));
        assert_eq!(!planned.replace.is_empty(), replaces, "{before:?} -> {after:?}");
        let planned = plan("random_string", Some(&prior), &[("length", int(4))]);
        assert_eq!(!planned.replace.is_empty(), !before.is_empty(), "{before:?} -> null");
        assert_eq!(planned.object.id(), prior.id());
    }
}

/// What is written differently without drawing again is said by [`keepers`] and `override_special` above.
#[test]
fn every_other_argument_replaces_and_every_result_is_unknown_at_first() {
    for ty in Random::default().resources() {
        let schema = ty.schema();
        let planned = ty.plan(None, proposed(&schema, None, &[]));
        for (name, attribute) in schema.root().attributes() {
            let is_result = attribute.presence == Presence::Computed;
            let in_place = matches!(&**name, "keepers" | "override_special");
            assert_eq!(attribute.replaces, !is_result && !in_place, "{}.{name}", ty.name());
            assert_eq!(
                planned.object.get(name).is_some_and(|value| !value.is_known()),
                is_result,
                "{}.{name}",
                ty.name()
            );
        }
    }
}

#[tokio::test]
async fn an_imported_value_is_what_the_defaults_would_have_drawn() {
    let password = import("random_password", "sécret").await.unwrap();
    assert_eq!((password.str("result"), password.int("length"), password.id()), (Some("sécret"), Some(6), "none"));
    assert!(bcrypt::verify("sécret", password.str("bcrypt_hash").unwrap()).unwrap());
    let planned = plan("random_password", Some(&password), &[("length", int(6))]);
    assert_eq!((planned.object, planned.replace), (password, vec![]));

    let string = import("random_string", "abc").await.unwrap();
    assert_eq!((string.id(), string.bool("numeric"), string.int("min_upper")), ("abc", Some(true), Some(0)));

    let id = import("random_id", "my,prefix-,p-9hUg").await.unwrap();
    assert_eq!((id.id(), id.str("prefix"), id.int("byte_length")), ("p-9hUg", Some("my,prefix-"), Some(4)));
    assert_eq!((id.str("hex"), id.str("dec")), (Some("my,prefix-a7ef6152"), Some("my,prefix-2817483090")));
    assert_eq!((id.str("b64_std"), id.str("b64_url")), (Some("my,prefix-p+9hUg=="), Some("my,prefix-p-9hUg")));
    assert_eq!(import("random_id", "p-9hUg").await.unwrap().get("prefix"), Some(&Value::Null(Type::STRING)));

    let bytes = import("random_bytes", "AP8=").await.unwrap();
    assert_eq!((bytes.int("length"), bytes.str("hex"), bytes.str("base64")), (Some(2), Some("00ff"), Some("AP8=")));

    let uuid = import("random_uuid", "AABBCCDD-eeff-0011-2233-445566778899").await.unwrap();
    assert_eq!((uuid.id(), uuid.str("result")), (uuid.id(), Some("aabbccdd-eeff-0011-2233-445566778899")));

    let integer = import("random_integer", "15390,1,50000,a,b").await.unwrap();
    assert_eq!((integer.id(), integer.int("result"), integer.int("max")), ("15390", Some(15390), Some(50000)));
    assert_eq!(integer.str("seed"), Some("a,b"));

    for (name, id) in [
        ("random_id", "not base64!"),
        ("random_id", ""),
        ("random_bytes", "?secret?"),
        ("random_uuid", "nope"),
        ("random_integer", "1,2"),
        ("random_integer", "a,1,2"),
        ("random_shuffle", "x"),
        ("random_pet", "x"),
    ] {
        let error = import(name, id).await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("importing a {name}: ")), "{error}");
        assert!(!error.contains("?secret?"), "{error}");
    }
}

#[tokio::test]
async fn a_range_is_drawn_from_whole_and_a_seed_repeats() {
    let range = |min, max| [("min", int(min)), ("max", int(max))];
    let mut seen = BTreeSet::new();
    for seed in 0..60 {
        seen.insert(create("random_integer", seed, &range(-1, 2)).await.unwrap().int("result"));
    }
    assert_eq!(seen, [-1, 0, 1, 2].map(Some).into());
    assert_eq!(create("random_integer", 1, &range(5, 5)).await.unwrap().id(), "5");
    create("random_integer", 1, &range(i64::MIN, i64::MAX)).await.unwrap();
    assert!(create("random_integer", 1, &range(2, 1)).await.is_err());

    // The number is part of the promise: it must not change with a library.
    for entropy in [1, 2] {
        let config = [("min", int(1)), ("max", int(1000)), ("seed", Value::from("s"))];
        assert_eq!(create("random_integer", entropy, &config).await.unwrap().id(), "784");
        let config = [("input", strings(&["a", "b", "c", "d"])), ("seed", Value::from("s"))];
        let shuffled = create("random_shuffle", entropy, &config).await.unwrap();
        assert_eq!(shuffled.get("result"), Some(&strings(&["c", "b", "a", "d"])));
    }
}

#[tokio::test]
async fn a_shuffle_repeats_nothing_before_its_time() {
    for (input, count, length) in [
        (vec!["a", "b", "c"], None, 3),
        (vec!["a", "b", "c"], Some(2), 2),
        (vec!["a", "b", "c"], Some(7), 7),
        (vec!["a", "b", "c"], Some(0), 0),
        (vec![], Some(4), 0),
    ] {
        let count = count.map_or(Value::Null(Type::NUMBER), int);
        let config = [("input", strings(&input)), ("result_count", count)];
        let shuffled = create("random_shuffle", 3, &config).await.unwrap();
        let result = shuffled.strings("result").unwrap();
        assert_eq!((shuffled.id(), result.len()), ("-", length));
        for round in result.chunks(3) {
            assert_eq!(round.iter().collect::<BTreeSet<_>>().len(), round.len(), "{result:?}");
        }
    }
}

#[tokio::test]
async fn ids_bytes_and_pets_have_their_form() {
    let id = create("random_id", 5, &[("byte_length", int(8)), ("prefix", Value::from("web-"))]).await.unwrap();
    let again = import("random_id", &format!("web-,{}", id.id())).await.unwrap();
    assert_eq!(again, id);
    assert_eq!(id.str("hex").unwrap().len(), "web-".len() + 16);

    let bytes = create("random_bytes", 5, &[("length", int(32))]).await.unwrap();
    assert_eq!(import("random_bytes", bytes.str("base64").unwrap()).await.unwrap(), bytes);

    let uuid = create("random_uuid", 5, &[]).await.unwrap();
    assert_eq!(::uuid::Uuid::parse_str(uuid.id()).unwrap().get_version_num(), 4);

    let pet = create("random_pet", 5, &[]).await.unwrap();
    assert_eq!(pet.id().split('-').count(), 2, "{}", pet.id());
    let config = [("length", int(4)), ("prefix", Value::from("my")), ("separator", Value::from("."))];
    let pet = create("random_pet", 5, &config).await.unwrap();
    let words: Vec<&str> = pet.id().split('.').collect();
    assert_eq!((words.len(), words[0]), (5, "my"), "{}", pet.id());
    assert!(words::ADVERBS.contains(&words[1]) && words::ADVERBS.contains(&words[2]));
    assert!(words::ADJECTIVES.contains(&words[3]) && words::ANIMALS.contains(&words[4]));
}

#[tokio::test]
async fn a_stored_password_of_an_older_version_gets_what_it_lacks() {
    let ty = ty("random_password");
    let old =
        json!({"id": "none", "length": null, "number": false, "lower": null, "result": "hunter2", "special": true});
    let new = Drawn(Text::Password).upgrade(1, old).unwrap();
    for (name, value) in
        [("numeric", json!(false)), ("lower", json!(true)), ("min_upper", json!(0)), ("length", json!(7))]
    {
        assert_eq!(new[name], value, "{name}");
    }
    assert!(ty.upgrade(1, json!([])).is_err());

    let prior = import("random_password", "hunter2").await.unwrap().set("bcrypt_hash", Value::Null(Type::STRING));
    let planned = plan("random_password", Some(&prior), &[("length", int(7))]);
    assert!(planned.replace.is_empty() && !planned.object.get("bcrypt_hash").unwrap().is_known());
    let updated = ty.update(&client(1), &cx(), &prior, &planned.object).await.unwrap();
    assert_eq!(updated.str("result"), Some("hunter2"));
    assert!(bcrypt::verify("hunter2", updated.str("bcrypt_hash").unwrap()).unwrap());
}
