use serde_json::json;

use super::*;
use crate::provider::Planned;
use crate::provider::ProviderError;
use crate::providers::testing::configure;
use crate::providers::testing::cx;
use crate::providers::testing::proposed;
use crate::schema::ObjectExt;
use crate::value::Type;
use crate::value::Value;

fn client(dir: &std::path::Path) -> Client {
    let terraform = Terraform::with_entropy(Entropy::seeded(1));
    terraform.configure(&terraform.schema().empty(), configure(dir)).unwrap()
}

fn plan(prior: Option<&Object>, input: Value) -> Object {
    let Planned { object, replace, warnings } = Data.plan(prior, proposed(&Data.schema(), prior, &[("input", input)]));
    assert!(replace.is_empty() && warnings.is_empty());
    object
}

#[test]
fn an_output_is_known_only_while_its_input_stays() {
    let text = |text: &str| Value::from(text);
    let unknown_string = Value::unknown(Type::STRING);
    let unknown_any = Value::unknown(Type::DYNAMIC);
    let half_known = Value::tuple(vec![unknown_string.clone()]);
    for (prior, input, output) in [
        (None, Value::NULL, Value::NULL),
        (None, text("x"), unknown_string.clone()),
        (None, unknown_any.clone(), unknown_any.clone()),
        (Some(text("x")), text("x"), text("x")),
        (Some(text("x")), text("x").sensitive(), text("x")),
        (Some(text("1")), Value::from(1), Value::unknown(Type::NUMBER)),
        (Some(text("x")), Value::NULL, unknown_any.clone()),
        (Some(Value::NULL), Value::NULL, Value::NULL),
        (Some(half_known.clone()), half_known.clone(), Value::unknown(half_known.ty())),
        (Some(text("x")), unknown_string.clone(), unknown_string.clone()),
    ] {
        let prior = prior
            .map(|input| Data.schema().object([("id", text("1234")), ("input", input.clone()), ("output", input)]));
        let planned = plan(prior.as_ref(), input.clone());
        assert_eq!(planned.get("output"), Some(&output), "{prior:?} -> {input:?}");
        assert_eq!(planned.get("input"), Some(&input));
        let id = prior.map_or(Value::unknown_not_null(Type::STRING), |_| text("1234"));
        assert_eq!(planned.get("id"), Some(&id));
    }
}

#[tokio::test]
async fn a_value_is_made_changed_kept_and_removed() {
    let client = client(std::path::Path::new("."));
    let made = Data.create(&client, &cx(), &plan(None, Value::from("x"))).await.unwrap();
    assert_eq!(uuid::Uuid::parse_str(made.id()).unwrap().get_version_num(), 4);
    assert_eq!(made.str("output"), Some("x"));
    assert_eq!(made.get("triggers_replace"), Some(&Value::NULL));

    let other = Data.create(&client, &cx(), &plan(None, Value::from("x"))).await.unwrap();
    assert_ne!(other.id(), made.id());

    let changed = Data.update(&client, &cx(), &made, &plan(Some(&made), Value::from(2))).await.unwrap();
    assert_eq!((changed.id(), changed.int("output")), (made.id(), Some(2)));
    assert_eq!(Data.read(&client, &cx(), &changed).await.unwrap(), Some(changed.clone()));
    Data.delete(&client, &cx(), &changed).await.unwrap();
}

#[tokio::test]
async fn an_import_takes_any_id_and_leaves_the_rest_to_the_next_plan() {
    let imported = Data.import(&client(std::path::Path::new(".")), &cx(), "some-id").await.unwrap().unwrap();
    assert_eq!(imported, Data.schema().object([("id", Value::from("some-id"))]));
    assert_eq!(plan(Some(&imported), Value::from(1)).get("output"), Some(&Value::unknown(Type::NUMBER)));
}

#[test]
fn only_triggers_replace_replaces() {
    let schema = Data.schema();
    let replaces = schema.root().attributes().iter().filter(|(_, attribute)| attribute.replaces);
    assert_eq!(replaces.map(|(name, _)| &**name).collect::<Vec<_>>(), ["triggers_replace"]);
}

fn state(value: &str) -> String {
    json!({"version": 4, "serial": 1, "lineage": "x", "resources": [], "outputs": {
        "k": {"value": value, "type": "string", "sensitive": true},
        "n": {"value": null, "type": "string"},
        "a": {"value": {"b": [1, 2]}, "type": ["object", {"b": ["list", "number"]}]},
    }})
    .to_string()
}

async fn read(dir: &std::path::Path, config: &[(&'static str, Value)]) -> Result<Value> {
    let config = RemoteState.schema().object(config.iter().cloned());
    let read = RemoteState.read(&client(dir), &cx(), &config).await?;
    Ok(read.get("outputs").unwrap().clone())
}

fn object<const N: usize>(entries: [(&str, &str); N]) -> Value {
    Value::object(entries.map(|(name, value)| (name.into(), Value::from(value))))
}

#[tokio::test]
async fn a_workspace_is_a_file_and_its_outputs_cover_the_defaults() {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, value| {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, state(value)).unwrap();
    };
    write("terraform.tfstate", "plain");
    write("o.tfstate", "path");
    write("terraform.tfstate.d/w/terraform.tfstate", "workspace");
    write("dd/w/terraform.tfstate", "folder");

    let local = ("backend", Value::from("local"));
    let path = ("config", object([("path", "o.tfstate"), ("workspace_dir", "dd")]));
    let w = ("workspace", Value::from("w"));
    for (config, k) in [
        (vec![local.clone()], "plain"),
        (vec![local.clone(), path.clone()], "path"),
        (vec![local.clone(), path.clone(), ("workspace", Value::from("default"))], "path"),
        (vec![local.clone(), w.clone()], "workspace"),
        (vec![local.clone(), path.clone(), w.clone()], "folder"),
    ] {
        let outputs = read(dir.path(), &config).await.unwrap();
        assert_eq!(outputs.get("k"), Some(&Value::from(k)), "{config:?}");
    }

    let defaults = ("defaults", object([("k", "default"), ("n", "default"), ("z", "default")]));
    let outputs = read(dir.path(), &[local.clone(), defaults]).await.unwrap();
    let list = Value::list(Type::NUMBER, vec![Value::from(1), Value::from(2)]);
    let expected = Value::object([
        ("k".into(), Value::from("plain")),
        ("n".into(), Value::Null(Type::STRING)),
        ("z".into(), Value::from("default")),
        ("a".into(), Value::object([("b".into(), list)])),
    ]);
    assert_eq!(outputs, expected);
}

#[tokio::test]
async fn what_cannot_be_read_is_said_in_terraforms_words() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("empty", "");
    write("torn", r#"{"version":4,"outp"#);
    write("old", r#"{"version":3}"#);
    write("typeless", r#"{"version":4,"outputs":{"k":{"value":1,"type":"nope"}}}"#);
    write("mistyped", r#"{"version":4,"outputs":{"k":{"value":[],"type":"number"}}}"#);

    let config = |backend: &str, config: Value| vec![("backend", Value::from(backend)), ("config", config)];
    let path = |path: &str| config("local", object([("path", path)]));
    for (config, summary, detail) in [
        (path("missing"), "Unable to find remote state", "No stored state"),
        (path("empty"), "Unable to find remote state", "No stored state"),
        (path("torn"), "Unsupported state file format", "is not a state with a version"),
        (path("old"), "Unsupported state file format", "version 3"),
        (path("typeless"), "Unsupported state file format", "output \"k\""),
        (path("mistyped"), "Unsupported state file format", "output \"k\""),
        (path(""), "Invalid local state file path", "\"path\" attribute value must not be empty"),
        (config("nope", Value::NULL), "Invalid backend configuration", "no backend type named \"nope\""),
        (config("s3", Value::NULL), "Invalid backend configuration", "backend \"s3\" cannot be read"),
        (config("local", object([("pth", "x")])), "Invalid backend configuration", "unexpected attribute \"pth\""),
        (config("local", Value::from("x")), "Invalid backend configuration", "an object is required"),
        (
            config("local", Value::object([("path".into(), Value::from(true))])),
            "Invalid backend configuration",
            ".path: string required",
        ),
        (
            vec![("backend", Value::from("local")), ("defaults", Value::from("x"))],
            "Invalid default values",
            "Defaults must be given in an object value.",
        ),
    ] {
        let Err(ProviderError::Problem(problem)) = read(dir.path(), &config).await else {
            panic!("{config:?} was read");
        };
        assert_eq!(problem.summary, summary, "{config:?}");
        assert!(problem.detail.contains(detail), "{config:?}: {}", problem.detail);
    }
}
