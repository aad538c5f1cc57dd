//! Plans made by hand, for the tests of this module.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use super::Secrets;
use super::Style;
use super::plan_text;
use crate::addr::InstanceAddr;
use crate::addr::ProviderAddr;
use crate::plan::Action;
use crate::plan::Change;
use crate::plan::Mode;
use crate::plan::OutputChange;
use crate::plan::Plan;
use crate::plan::Reason;
use crate::plan::Registry;
use crate::provider::Configure;
use crate::provider::Cx;
use crate::provider::Definition;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Provider;
use crate::provider::ProviderError;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::NestedBlock;
use crate::schema::Schema;
use crate::schema::any;
use crate::schema::map;
use crate::schema::number;
use crate::schema::set;
use crate::schema::string;
use crate::state::ObjectKey;
use crate::state::Snapshot;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;

struct Acme;

#[async_trait]
impl Definition for Acme {
    type Client = ();

    fn name(&self) -> &'static str {
        "acme"
    }

    fn source(&self) -> &'static str {
        "registry.terraform.io/acme/acme"
    }

    fn resources(&self) -> Vec<Box<dyn ResourceType<()>>> {
        vec![Box::new(Vm)]
    }

    fn configure(&self, _: &Object, _: Configure) -> Result<()> {
        Ok(())
    }
}

struct Vm;

fn never<T>() -> Result<T> {
    Err(ProviderError::refused("calling a vendor", "reports call none"))
}

#[async_trait]
impl ResourceType<()> for Vm {
    fn name(&self) -> &'static str {
        "acme_vm"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn side_effect(&self, prior: &Object, planned: &Object) -> Option<&'static str> {
        (prior.get("cpus") != planned.get("cpus")).then_some("powered off meanwhile")
    }

    async fn read(&self, (): &(), _: &Cx, _: &Object) -> Result<Option<Object>> {
        never()
    }

    async fn create(&self, (): &(), _: &Cx, _: &Object) -> Result<Object> {
        never()
    }

    async fn delete(&self, (): &(), _: &Cx, _: &Object) -> Result<()> {
        never()
    }

    async fn find(&self, (): &(), _: &Cx, _: &Intent) -> Result<Found> {
        never()
    }

    async fn import(&self, (): &(), _: &Cx, _: &str) -> Result<Option<Object>> {
        never()
    }
}

fn schema() -> Schema {
    Schema::new([
        ("name", string().required()),
        ("size", string()),
        ("cpus", number()),
        ("file", string()),
        ("tags", set(Type::STRING)),
        ("env", map(Type::STRING)),
        ("any", any()),
        ("on", any().followed()),
        ("password", string().sensitive()),
        ("seed", string().boot_only()),
        ("id", string().computed()),
    ])
    .block("disk", NestedBlock::list([("size", number()), ("label", string())]))
    .block("rule", NestedBlock::set([("port", number()), ("key", string().sensitive()), ("note", string())]))
}

/// A registry of one provider with one type, `acme_vm`.
pub(super) fn registry() -> Registry {
    Registry::new(vec![Provider::new(Acme)])
}

/// An `acme_vm`.
pub(super) fn vm(attributes: impl IntoIterator<Item = (&'static str, Value)>) -> Arc<Object> {
    Arc::new(schema().object(attributes))
}

/// A `rule` or `disk` block's value.
pub(super) fn block(nested: &str, attributes: &[(&'static str, Value)]) -> Value {
    let schema = schema();
    let ty = schema.root().blocks()[nested].block.implied_type();
    let crate::value::TypeKind::Object(known) = ty.kind() else { unreachable!("blocks are objects") };
    let blank = known.iter().map(|attribute| (attribute.name.clone(), Value::Null(attribute.ty)));
    Value::object(blank.chain(attributes.iter().map(|(name, value)| ((*name).into(), value.clone()))))
}

/// A list (`disk`) or set (`rule`) of blocks.
pub(super) fn blocks(nested: &str, members: Vec<Value>) -> (&'static str, Value) {
    let ty = schema().root().blocks()[nested].block.implied_type();
    match nested {
        "disk" => ("disk", Value::list(ty, members)),
        _ => ("rule", Value::set(ty, members)),
    }
}

/// An object of any shape.
pub(super) fn object(attributes: &[(&'static str, Value)]) -> Value {
    Value::object(attributes.iter().map(|(name, value)| ((*name).into(), value.clone())))
}

/// A string that is not known yet.
pub(super) fn unknown() -> Value {
    Value::unknown(Type::STRING)
}

/// A change of an instance.
pub(super) fn change(
    addr: &str,
    action: Action,
    reason: Option<Reason>,
    prior: Option<Arc<Object>>,
    planned: Option<Arc<Object>>,
) -> Change {
    Change {
        addr: addr.parse::<InstanceAddr>().expect("tests write addresses"),
        object: ObjectKey::Current,
        previous_addr: None,
        provider: ProviderAddr::root("acme"),
        action,
        reason,
        prior,
        planned,
        replace_paths: Vec::new(),
        importing: None,
        adopts: false,
        is_place_seen: false,
        prior_version: 0,
        deposes: None,
        dependencies: [].into(),
        create_before_destroy: false,
        private: serde_json::Value::Null,
        place: None,
        provider_node: None,
        is_settled: true,
        touched: Vec::new(),
        goes_with: None,
        kept: None,
    }
}

/// A change of an output.
pub(super) fn output(name: &str, prior: Option<Value>, planned: Option<Value>, sensitive: bool) -> OutputChange {
    OutputChange { name: name.into(), prior, planned, sensitive }
}

/// A plan of changes and outputs.
pub(super) fn plan(changes: Vec<Change>, outputs: Vec<OutputChange>) -> Plan {
    Plan {
        mode: Mode::Normal,
        changes,
        outputs,
        adoptions: Vec::new(),
        forgotten: Vec::new(),
        drift: Vec::new(),
        deferred: Vec::new(),
        steps: Default::default(),
        variables: BTreeMap::new(),
        prior: Arc::new(Snapshot::new("5b6c")),
        targets: Vec::new(),
        unmatched: Vec::new(),
        errored: false,
        counters: Default::default(),
    }
}

/// The plan's text without colours.
pub(super) fn text(plan: &Plan) -> String {
    let mut out = Vec::new();
    plan_text(&mut out, plan, &registry(), Style::PLAIN, Secrets::Hidden).expect("memory takes all");
    String::from_utf8(out).expect("text is UTF-8")
}

/// The lines of the resource blocks: the plan's text without legend and summary.
pub(super) fn body(changes: Vec<Change>) -> String {
    let text = text(&plan(changes, Vec::new()));
    let (_, rest) = text.split_once("following actions:\n\n").expect("there are changes");
    rest.split_once("\nPlan: ").expect("there is a summary").0.to_owned()
}

/// A state of tainted objects and one output.
pub(super) fn snapshot(objects: &[(&str, Object)]) -> Snapshot {
    let mut snapshot = Snapshot::new("5b6c");
    for (addr, attributes) in objects {
        let object = crate::state::Object {
            provider: ProviderAddr::root("acme"),
            schema_version: 0,
            attributes: Arc::new(attributes.clone()),
            private: serde_json::Value::Null,
            dependencies: ["acme_net.main".parse::<InstanceAddr>().expect("tests write addresses").resource()].into(),
            create_before_destroy: false,
            tainted: true,
            version: 1,
        };
        let instance = crate::state::Instance { current: Some(object), ..Default::default() };
        snapshot.instances.insert(addr.parse().expect("tests write addresses"), instance);
    }
    let output = crate::state::Output { value: Value::from("10.0.0.1"), sensitive: false };
    snapshot.outputs.insert("ip".into(), output);
    snapshot
}
