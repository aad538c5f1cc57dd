//! A type, a scene and surroundings for the tests of a vendor with an API: plans as the engine does and checks what every
//! call must keep.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::net::replay::Ear;
use crate::net::replay::Replay;
use crate::net::replay::START;
use crate::net::replay::surroundings;
use crate::provider::AnyResource;
use crate::provider::BatchItem;
use crate::provider::Client;
use crate::provider::Commons;
use crate::provider::Configure;
use crate::provider::Connection;
use crate::provider::Credentials;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::Provider;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::Result;
use crate::schema::Attribute;
use crate::schema::Block;
use crate::schema::NestedBlock;
use crate::schema::Nesting;
use crate::value::Number;
use crate::value::Object;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;

/// Credentials as they would stand in the environment, and under `KEYRING` what the keyring holds.
pub(super) struct Environment(pub(super) Vec<(&'static str, &'static str)>);

impl Credentials for Environment {
    fn env(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        let set = |name: &&&'static str| self.0.iter().any(|(known, _)| *known == **name);
        let name = names.iter().find(set)?;
        self.0.iter().find(|(known, _)| known == name).map(|(name, value)| (*name, (*value).to_owned()))
    }

    fn keyring(&self, _: &str) -> Option<String> {
        self.env(&["KEYRING"]).map(|(_, secret)| secret)
    }
}

/// A vendor's client whose requests end in a scene.
pub(super) fn configure(
    provider: &Provider,
    replay: &Arc<Replay>,
    cx: &Cx,
    config: &Object,
    env: Environment,
) -> Result<Client> {
    let with = Configure {
        commons: Commons::default(),
        clock: Arc::clone(&cx.clock),
        http: Arc::clone(replay) as Arc<dyn crate::provider::Http>,
        credentials: Arc::new(env),
        hosts: None,
        dir: PathBuf::new(),
    };
    provider.configure(config, with)
}

pub(super) struct Lab {
    pub(super) ty: Arc<dyn AnyResource>,
    pub(super) connection: Arc<dyn Connection>,
    pub(super) client: Client,
    pub(super) cx: Cx,
    pub(super) ear: Arc<Ear>,
    pub(super) replay: Arc<Replay>,
}

/// A type of a vendor before a scene, with what the provider noted last.
pub(super) fn lab(provider: &Provider, config: &Object, ty: &str, file: &str, scene: &str, private: Json) -> Lab {
    let replay = Replay::of(file, scene);
    let (cx, ear) = surroundings(private);
    let client = configure(provider, &replay, &cx, config, Environment(Vec::new())).unwrap();
    let ty = provider.resource(ty).unwrap();
    Lab { ty, connection: provider.connection(), client, cx, ear, replay }
}

impl Lab {
    pub(super) fn config(&self, config: Json) -> Object {
        block_value(self.ty.schema().root(), &config).as_object().unwrap().clone()
    }

    /// An object that is there already: the configuration, defaults, and what the vendor set.
    pub(super) fn existing(&self, attributes: Json) -> Object {
        let config = self.config(attributes);
        let schema = self.ty.schema();
        let with_defaults = config.iter().map(|(name, value)| {
            let default = schema.root().attributes().get(name).and_then(|attribute| attribute.default.clone());
            let value = if value.is_null() { default.unwrap_or(value.clone()) } else { value.clone() };
            (name.clone(), value)
        });
        schema.object(with_defaults.collect::<Vec<_>>())
    }

    pub(super) fn plan(&self, prior: Option<&Object>, config: Json) -> Planned {
        let config = self.config(config);
        let proposed = propose(self.ty.schema().root(), prior, &config);
        self.ty.plan(prior, self.ty.schema().object(proposed))
    }

    pub(super) async fn create(&self, config: Json) -> Result<Object> {
        let planned = self.plan(None, config).object;
        let made = self.ty.create(&self.client, &self.cx, &planned).await;
        self.replay.finish();
        let made = made?;
        self.kept(&planned, &made);
        Ok(made)
    }

    /// Makes an object of a type that notes first what is there, as the engine has it do.
    pub(super) async fn make(&self, config: Json) -> Result<Object> {
        let planned = self.plan(None, config).object;
        let looked = self.ty.before_create(&self.client, &self.cx, &planned).await;
        let made = match looked {
            Ok(_) => self.ty.create(&self.client, &self.cx, &planned).await,
            Err(error) => Err(error),
        };
        self.replay.finish();
        let made = made?;
        self.kept(&planned, &made);
        Ok(made)
    }

    pub(super) async fn update(&self, prior: &Object, config: Json) -> Result<Object> {
        let planned = self.plan(Some(prior), config);
        assert!(planned.replace.is_empty(), "would be replaced for {:?}", planned.replace);
        let made = self.ty.update(&self.client, &self.cx, prior, &planned.object).await;
        self.replay.finish();
        let made = made?;
        self.kept(&planned.object, &made);
        Ok(made)
    }

    pub(super) async fn delete(&self, prior: &Object) -> Result<()> {
        self.ty.delete(&self.client, &self.cx, prior).await?;
        self.replay.finish();
        Ok(())
    }

    pub(super) async fn import(&self, id: &str) -> Result<Option<Object>> {
        let object = self.ty.import(&self.client, &self.cx, id).await?;
        self.replay.finish();
        Ok(object)
    }

    /// Reads all in one batch.
    pub(super) async fn read(&self, priors: &[Object]) -> Vec<Result<Read>> {
        self.read_noted(priors.iter().map(|prior| (prior.clone(), Json::Null)).collect()).await
    }

    pub(super) async fn read_noted(&self, priors: Vec<(Object, Json)>) -> Vec<Result<Read>> {
        let key = self.ty.read_key(&priors[0].0).unwrap();
        let items: Vec<_> = priors.into_iter().map(|(prior, private)| ReadItem { prior, private }).collect();
        let reads = self.ty.read_batch(&self.client, &self.cx, &key, &items).await;
        self.replay.finish();
        reads
    }

    /// Reads objects of several types together, as the engine does.
    pub(super) async fn read_across(&self, items: &[(&str, &Object)]) -> Vec<Result<Read>> {
        let key = self.ty.read_key(items[0].1).unwrap();
        let item = |prior: &Object| ReadItem { prior: prior.clone(), private: self.cx.private() };
        let items = items.iter().map(|(ty, prior)| BatchItem { ty: (*ty).to_owned(), item: item(prior) });
        let items: Vec<_> = items.collect();
        let reads = self.connection.read_batch(&self.client, &self.cx, &key, &items).await;
        self.replay.finish();
        reads
    }

    pub(super) async fn find(&self, config: Json, partial: Option<Object>, before: Json) -> Result<Found> {
        let intent = self.intent(config, partial, before, START);
        let found = self.ty.find(&self.client, &self.cx, &intent).await;
        self.replay.finish();
        found
    }

    pub(super) fn intent(&self, config: Json, partial: Option<Object>, before: Json, since: Timestamp) -> Intent {
        Intent {
            op: self.cx.op.clone(),
            planned: self.plan(None, config).object,
            partial,
            private: Json::Null,
            before,
            since,
            claimed: Vec::new(),
        }
    }

    /// Looks for what a create may have made; `before` and `private` are what was noted for it.
    pub(super) async fn find_noted(&self, config: Json, before: Json, private: Json) -> Result<Found> {
        let intent = Intent { private, ..self.intent(config, None, before, START) };
        let found = self.ty.find(&self.client, &self.cx, &intent).await;
        self.replay.finish();
        found
    }

    /// What every call must keep: known values of the plan are so, and nothing is unknown.
    fn kept(&self, planned: &Object, made: &Object) {
        for (name, promised) in planned.iter() {
            let got = made.get(name).unwrap();
            assert!(got.is_wholly_known(), "{name} is not known: {got:?}");
            assert_eq!(got.ty(), self.ty.schema().ty().attribute(name).unwrap().ty, "the type of {name}");
            if promised.is_wholly_known() {
                assert_eq!(got, promised, "{name} is not as planned");
            }
        }
    }
}

/// The object of a read that found one.
pub(super) fn present(read: &Result<Read>) -> &Object {
    match read {
        Ok(Read::Present(object) | Read::Noted(object, _)) => object,
        other => panic!("expected an object, found {other:?}"),
    }
}

/// Compares some attributes with JSON.
#[track_caller]
pub(super) fn assert_has(object: &Object, expected: Json) {
    for (name, expected) in expected.as_object().unwrap() {
        let value = object.get(name).unwrap_or_else(|| panic!("no attribute {name}"));
        assert_eq!(*value, value_of(&expected.clone(), value.ty()), "{name}");
    }
}

fn propose(block: &Block, prior: Option<&Object>, config: &Object) -> Vec<(crate::value::Str, Value)> {
    let before = |name: &str| prior.and_then(|prior| prior.get(name));
    let attribute = |name: &str, attribute: &Attribute, value: &Value| match (before(name), &attribute.default) {
        (Some(prior), _) if !value.is_null() && attribute.same(prior, value) => prior.clone(),
        (_, Some(default)) if value.is_null() => default.clone(),
        (prior, _) if value.is_null() && attribute.is_computed() => {
            prior.cloned().unwrap_or_else(|| Value::unknown(attribute.ty))
        }
        _ => value.clone(),
    };
    let nested = |name: &str, nested: &NestedBlock, value: &Value| {
        let elements = value.as_elements().unwrap_or_default();
        if elements.is_empty() && nested.computed {
            return before(name).cloned().unwrap_or_else(|| Value::unknown(nested.ty()));
        }
        if nested.nesting == Nesting::Single {
            return value.clone();
        }
        let priors = before(name).and_then(Value::as_elements).unwrap_or_default();
        let elements = elements.iter().enumerate().map(|(at, element)| {
            let prior = priors.get(at).and_then(Value::as_object).filter(|_| nested.nesting == Nesting::List);
            Value::object(propose(&nested.block, prior, element.as_object().unwrap()))
        });
        let ty = nested.block.implied_type();
        match nested.nesting {
            Nesting::Set => Value::set(ty, elements.collect()),
            _ => Value::list(ty, elements.collect()),
        }
    };
    let propose = |(name, value): (&crate::value::Str, &Value)| {
        let value = match (block.attributes().get(name), block.blocks().get(name)) {
            (Some(known), _) => attribute(name, known, value),
            (_, Some(known)) => nested(name, known, value),
            _ => panic!("{name} is not in the schema"),
        };
        (name.clone(), value)
    };
    config.iter().map(propose).collect()
}

/// A block's value with everything that JSON does not name null or empty.
pub(super) fn block_value(block: &Block, json: &Json) -> Value {
    for key in json.as_object().unwrap().keys() {
        assert!(block.names().any(|name| **name == **key), "{key} is not in the schema");
    }
    let attributes = block.attributes().iter().map(|(name, attribute)| {
        (name.clone(), json.get(&**name).map_or(Value::Null(attribute.ty), |json| value_of(json, attribute.ty)))
    });
    let blocks = block.blocks().iter().map(|(name, nested)| {
        let element = nested.block.implied_type();
        let given = json.get(&**name).and_then(Json::as_array);
        let elements = given.into_iter().flatten().map(|json| block_value(&nested.block, json)).collect();
        let value = match nested.nesting {
            Nesting::Single => json.get(&**name).map_or(Value::Null(element), |json| block_value(&nested.block, json)),
            Nesting::Set => Value::set(element, elements),
            _ => Value::list(element, elements),
        };
        (name.clone(), value)
    });
    Value::object(attributes.chain(blocks).collect::<Vec<_>>())
}

fn value_of(json: &Json, ty: Type) -> Value {
    match (json, ty.kind()) {
        (Json::String(text), _) if text == "(unknown)" => Value::unknown_not_null(ty),
        (Json::Null, _) => Value::Null(ty),
        (Json::Bool(value), _) => Value::from(*value),
        (Json::Number(number), _) => Value::from(number.to_string().parse::<Number>().unwrap()),
        (Json::String(text), _) => Value::from(&**text),
        (Json::Array(elements), TypeKind::Set(of)) => {
            Value::set(*of, elements.iter().map(|json| value_of(json, *of)).collect())
        }
        (Json::Array(elements), TypeKind::List(of)) => {
            Value::list(*of, elements.iter().map(|json| value_of(json, *of)).collect())
        }
        (Json::Object(entries), TypeKind::Map(of)) => {
            Value::map(*of, entries.iter().map(|(key, json)| (key.as_str().into(), value_of(json, *of))))
        }
        (Json::Object(entries), TypeKind::Object(attributes)) => Value::object(attributes.iter().map(|attribute| {
            let json = entries.get(&*attribute.name).unwrap_or(&Json::Null);
            (attribute.name.clone(), value_of(json, attribute.ty))
        })),
        _ => panic!("{json} is not a {ty}"),
    }
}
