//! The `configuration` of a plan: what is written, with constants and references in place of expressions.

use std::collections::BTreeMap;

use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;

use super::Plain;
use super::address::mode;
use super::address::provider_name;
use crate::addr::Mode;
use crate::addr::ModulePath;
use crate::config::Config;
use crate::config::Found;
use crate::config::Module;
use crate::config::ModuleCall;
use crate::config::Resource;
use crate::config::StepKind;
use crate::config::Traversal;
use crate::config::walk;
use crate::plan::Registry;
use crate::report::plan::with_block;
use crate::report::style::Secrets;
use crate::schema::Block;
use crate::schema::Nesting;
use crate::syntax::Body;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::syntax::UnaryOp;
use crate::value::Type;
use crate::value::Value;

/// The configuration, and the attributes of resources that it refers to.
pub(super) fn configuration(config: &Config, registry: &Registry, secrets: Secrets) -> (Json, Json) {
    let mut writer = Writer { config, registry, secrets, providers: Map::new(), relevant: BTreeMap::new() };
    let root = writer.module(config.root(), &ModulePath::root());
    (json!({"provider_config": writer.providers, "root_module": root}), writer.relevant.into_values().collect())
}

struct Writer<'a> {
    config: &'a Config,
    registry: &'a Registry,
    secrets: Secrets,
    providers: Map<String, Json>,
    relevant: BTreeMap<(String, String), Json>,
}

impl Writer<'_> {
    fn module(&mut self, module: &Module, path: &ModulePath) -> Json {
        for provider in &module.providers {
            let schema = self.registry.provider(&provider.name).map(|provider| provider.schema().root().clone());
            let expressions = self.body(&provider.body, schema.as_ref());
            let key = match &provider.alias {
                Some(alias) => format!("{}.{alias}", provider.name),
                None => provider.name.to_string(),
            };
            let mut entry = self.provider_entry(&provider.name);
            set(&mut entry, "alias", provider.alias.as_deref().map(Json::from));
            set(&mut entry, "module_address", (!path.is_root()).then(|| path.to_string().into()));
            set(&mut entry, "expressions", some(expressions));
            let key = if path.is_root() { key } else { format!("{path}:{key}") };
            self.providers.insert(key, Json::Object(entry));
        }
        let mut out = Map::new();
        let mut outputs = Map::new();
        for (name, output) in &module.outputs {
            let hides = output.sensitive;
            let mut entry = Map::new();
            set(&mut entry, "sensitive", output.sensitive.then_some(Json::Bool(true)));
            set(&mut entry, "ephemeral", output.ephemeral.then_some(Json::Bool(true)));
            entry.insert("expression".into(), self.expression(&output.value, hides));
            set(&mut entry, "description", output.description.as_deref().map(Json::from));
            set(&mut entry, "depends_on", depends_on(&output.depends_on));
            self.refer(&output.value, path);
            outputs.insert(name.to_string(), Json::Object(entry));
        }
        set(&mut out, "outputs", some(outputs));
        let resources: Vec<Json> = module.resources.values().map(|resource| self.resource(resource, path)).collect();
        set(&mut out, "resources", (!resources.is_empty()).then_some(Json::Array(resources)));
        let calls: Map<String, Json> =
            module.calls.iter().map(|(name, call)| (name.to_string(), self.call(name, call, path))).collect();
        set(&mut out, "module_calls", some(calls));
        let variables = module.variables.iter().map(|(name, variable)| {
            let mut entry = Map::new();
            let default = variable.default.as_ref().and_then(constant);
            set(&mut entry, "default", default.map(|value| self.plain(&value, variable.sensitive)));
            set(&mut entry, "description", variable.description.as_deref().map(Json::from));
            set(&mut entry, "sensitive", variable.sensitive.then_some(Json::Bool(true)));
            (name.to_string(), Json::Object(entry))
        });
        let variables: Map<String, Json> = variables.collect();
        set(&mut out, "variables", some(variables));
        Json::Object(out)
    }

    fn provider_entry(&self, name: &str) -> Map<String, Json> {
        let mut entry = Map::new();
        entry.insert("name".into(), name.into());
        entry.insert("full_name".into(), provider_name(name, self.registry).into());
        entry
    }

    fn resource(&mut self, resource: &Resource, path: &ModulePath) -> Json {
        let name = match &resource.provider {
            Some(provider) => provider.name.to_string(),
            None => self.registry.provider_of(resource.mode, &resource.ty).to_string(),
        };
        if !self.providers.contains_key(&name) {
            self.providers.insert(name.clone(), Json::Object(self.provider_entry(&name)));
        }
        let key = match resource.provider.as_ref().and_then(|provider| provider.alias.as_ref()) {
            Some(alias) => format!("{name}.{alias}"),
            None => name,
        };
        let schema = with_block(self.registry, resource.mode, &resource.ty, |block| block.cloned());
        let version = match resource.mode {
            Mode::Managed => self.registry.resource(&resource.ty).map(|ty| ty.schema().version),
            Mode::Data => self.registry.data(&resource.ty).map(|ty| ty.schema().version),
        };
        let address = match resource.mode {
            Mode::Managed => format!("{}.{}", resource.ty, resource.name),
            Mode::Data => format!("data.{}.{}", resource.ty, resource.name),
        };
        let mut entry = Map::new();
        entry.insert("address".into(), address.into());
        entry.insert("mode".into(), mode(resource.mode).into());
        entry.insert("type".into(), (&*resource.ty).into());
        entry.insert("name".into(), (&*resource.name).into());
        entry.insert("provider_config_key".into(), key.into());
        let provisioners = resource.provisioners.iter();
        let provisioners: Vec<Json> =
            provisioners.map(|it| json!({"type": &*it.kind, "expressions": self.body(&it.body, None)})).collect();
        set(&mut entry, "provisioners", (!provisioners.is_empty()).then_some(Json::Array(provisioners)));
        set(&mut entry, "expressions", some(self.body(&resource.body, schema.as_ref())));
        entry.insert("schema_version".into(), version.unwrap_or(0).into());
        set(&mut entry, "count_expression", self.repetition(resource.count.as_ref()));
        set(&mut entry, "for_each_expression", self.repetition(resource.for_each.as_ref()));
        set(&mut entry, "depends_on", depends_on(&resource.depends_on));
        self.refer_body(&resource.body, path);
        Json::Object(entry)
    }

    fn call(&mut self, name: &str, call: &ModuleCall, path: &ModulePath) -> Json {
        let mut entry = Map::new();
        let callee = call.module.map(|id| self.config.module(id));
        if let Some(callee) = callee {
            entry.insert("source".into(), source(&callee.dir).into());
        }
        let mut expressions = Map::new();
        for (argument, (value, _)) in &call.arguments {
            let variable = callee.and_then(|callee| callee.variables.get(argument));
            let hides = variable.is_some_and(|variable| variable.sensitive);
            expressions.insert(argument.to_string(), self.expression(value, hides));
        }
        set(&mut entry, "expressions", some(expressions));
        set(&mut entry, "count_expression", self.repetition(call.count.as_ref()));
        set(&mut entry, "for_each_expression", self.repetition(call.for_each.as_ref()));
        if let Some(callee) = callee {
            let module = self.module(callee, &path.child(name));
            entry.insert("module".into(), module);
        }
        set(&mut entry, "depends_on", depends_on(&call.depends_on));
        Json::Object(entry)
    }

    /// The arguments and blocks of a body. What a schema calls sensitive is hidden, even where it is written in clear.
    fn body(&self, body: &Body, schema: Option<&Block>) -> Map<String, Json> {
        let mut out = Map::new();
        for attribute in &body.attributes {
            let known = schema.and_then(|schema| schema.attributes().get(&attribute.name));
            let hides = known.is_some_and(|known| known.is_sensitive() || known.write_only);
            out.insert(attribute.name.to_string(), self.expression(&attribute.value, hides));
        }
        for block in body.blocks.iter().filter(|block| &*block.kind != "dynamic") {
            let nested = schema.and_then(|schema| schema.blocks().get(&block.kind));
            let content = Json::Object(self.body(&block.body, nested.map(|nested| &nested.block)));
            match nested.map(|nested| nested.nesting) {
                Some(Nesting::Single) => {
                    out.insert(block.kind.to_string(), content);
                }
                Some(Nesting::Map) => {
                    let entry = out.entry(block.kind.to_string()).or_insert_with(|| json!({}));
                    let label = block.labels.first().map(|label| label.text.to_string()).unwrap_or_default();
                    entry[label] = content;
                }
                Some(Nesting::List | Nesting::Set) | None => {
                    let entry = out.entry(block.kind.to_string()).or_insert_with(|| json!([]));
                    if let Some(list) = entry.as_array_mut() {
                        list.push(content);
                    }
                }
            }
        }
        out
    }

    /// A `count` or `for_each`; one that is neither constant nor refers to anything is left out.
    fn repetition(&self, expr: Option<&Expr>) -> Option<Json> {
        expr.map(|expr| self.expression(expr, false)).filter(|json| json.as_object().is_some_and(|map| !map.is_empty()))
    }

    fn expression(&self, expr: &Expr, hides: bool) -> Json {
        let references = references(expr);
        if !references.is_empty() {
            return json!({ "references": references });
        }
        match constant(expr) {
            Some(value) => json!({"constant_value": self.plain(&value, hides)}),
            None => json!({}),
        }
    }

    fn plain(&self, value: &Value, hides: bool) -> Json {
        let value = if hides { value.clone().sensitive() } else { value.clone() };
        serde_json::to_value(Plain(&value, self.secrets)).unwrap_or(Json::Null)
    }

    fn refer_body(&mut self, body: &Body, path: &ModulePath) {
        body.attributes.iter().for_each(|attribute| self.refer(&attribute.value, path));
        body.blocks.iter().for_each(|block| self.refer_body(&block.body, path));
    }

    /// Notes the attributes of resources that an expression refers to.
    fn refer(&mut self, expr: &Expr, path: &ModulePath) {
        walk(expr, &[], |found| {
            let Found::Name(name) = found else { return };
            let Some((resource, attribute)) = resource_of(&name) else { return };
            let resource = if path.is_root() { resource } else { format!("{path}.{resource}") };
            let key = (resource.clone(), Json::Array(attribute.clone()).to_string());
            self.relevant.entry(key).or_insert_with(|| json!({"resource": resource, "attribute": attribute}));
        });
    }
}

/// A folder as a `source` argument names it.
fn source(dir: &std::path::Path) -> String {
    let dir = dir.display().to_string();
    if dir.starts_with(['.', '/']) { dir } else { format!("./{dir}") }
}

fn set(to: &mut Map<String, Json>, name: &str, value: Option<Json>) {
    if let Some(value) = value {
        to.insert(name.to_owned(), value);
    }
}

fn some(map: Map<String, Json>) -> Option<Json> {
    (!map.is_empty()).then_some(Json::Object(map))
}

fn depends_on(references: &[crate::config::Reference]) -> Option<Json> {
    let named = references.iter().filter_map(|reference| {
        let traversal = crate::config::as_traversal(&reference.expr)?;
        Some(Json::from(spelled(&traversal, traversal.steps.len())))
    });
    let named: Vec<Json> = named.collect();
    (!named.is_empty()).then_some(Json::Array(named))
}

/// Everything that is referred to, each with what it is a part of.
fn references(expr: &Expr) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    walk(expr, &[], |it| {
        let Found::Name(name) = it else { return };
        for steps in (object_steps(&name)..=name.steps.len()).rev() {
            let text = spelled(&name, steps);
            if !found.contains(&text) {
                found.push(text);
            }
        }
    });
    found
}

/// How many steps behind its root name an object: `var.x` has one, `data.acme_zone.z` two.
fn object_steps(name: &Traversal) -> usize {
    let wanted = if matches!(&*name.root, "data" | "ephemeral") { 2 } else { 1 };
    wanted.min(name.steps.len())
}

fn spelled(name: &Traversal, steps: usize) -> String {
    let mut text = name.root.to_string();
    for step in &name.steps[..steps] {
        match &step.kind {
            StepKind::Attr(name) => {
                text.push('.');
                text.push_str(name);
            }
            StepKind::Index(key) => text.push_str(&format!("[{key:?}]")),
        }
    }
    text
}

fn resource_of(name: &Traversal) -> Option<(String, Vec<Json>)> {
    if matches!(&*name.root, "var" | "local" | "each" | "count" | "self" | "path" | "terraform" | "infra" | "module") {
        return None;
    }
    let object = object_steps(name);
    if name.steps.len() < object || object == 0 {
        return None;
    }
    let mut behind = &name.steps[object..];
    // The instance's key names no attribute.
    if let Some((StepKind::Index(_), rest)) = behind.split_first().map(|(first, rest)| (&first.kind, rest)) {
        behind = rest;
    }
    let attribute = behind.iter().map(|step| match &step.kind {
        StepKind::Attr(name) => Json::from(&**name),
        StepKind::Index(key) => serde_json::to_value(Plain(key, Secrets::Shown)).unwrap_or(Json::Null),
    });
    Some((spelled(name, object), attribute.collect()))
}

/// The value of an expression that is written out.
fn constant(expr: &Expr) -> Option<Value> {
    Some(match &expr.kind {
        ExprKind::Null => Value::Null(Type::DYNAMIC),
        ExprKind::Bool(value) => Value::Bool(*value),
        ExprKind::Number(number) => Value::Number(number.clone()),
        ExprKind::String(text) => Value::String(text.clone()),
        ExprKind::Parens(inner) | ExprKind::Wrap(inner) => constant(inner)?,
        ExprKind::Unary { op: UnaryOp::Neg, of } => Value::Number(constant(of)?.as_number()?.neg()),
        ExprKind::Unary { op: UnaryOp::Not, of } => Value::Bool(!constant(of)?.as_bool()?),
        ExprKind::Tuple(parts) => Value::tuple(parts.iter().map(constant).collect::<Option<_>>()?),
        ExprKind::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| Some((constant(key)?.as_str()?.into(), constant(value)?)));
            Value::object(entries.collect::<Option<Vec<_>>>()?)
        }
        ExprKind::Template(_)
        | ExprKind::Variable(_)
        | ExprKind::GetAttr { .. }
        | ExprKind::Index { .. }
        | ExprKind::AttrSplat { .. }
        | ExprKind::FullSplat { .. }
        | ExprKind::Call { .. }
        | ExprKind::Binary { .. }
        | ExprKind::Conditional { .. }
        | ExprKind::For(_)
        | ExprKind::Error => return None,
    })
}
