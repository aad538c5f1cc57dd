//! A module and the values around it, as a planner would give them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use crate::addr::InstanceKey;
use crate::config::MemoryFiles;
use crate::config::load;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::eval::Evaluator;
use crate::eval::Lookup;
use crate::eval::Module;
use crate::eval::PathName;
use crate::eval::Scope;
use crate::eval::function::CallCx;
use crate::eval::lower;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;

/// A root module, lowered.
pub(super) struct World {
    pub(super) sources: Sources,
    pub(super) module: Module,
    pub(super) diags: Diagnostics,
}

impl World {
    /// Lowers files, given as name and text.
    pub(super) fn of(files: &[(&str, &str)]) -> World {
        let sources = Sources::new();
        let mut diags = Diagnostics::new();
        let files = files.iter().map(|(name, text)| (*name, text.as_bytes().to_vec()));
        let files: MemoryFiles = files.collect();
        let config = load(Path::new(""), &sources, &files, &mut diags);
        let module = lower(config.root(), &config, &mut diags);
        World { sources, module, diags }
    }

    /// Lowers one file.
    pub(super) fn new(text: &str) -> World {
        Self::of(&[("main.tf", text)])
    }

    /// What was wrong, as `summary: detail`.
    pub(super) fn problems(&self) -> Vec<String> {
        problems(&self.diags)
    }

    /// Runs with an evaluator of the module.
    pub(super) fn evaluate<T>(
        &self,
        values: &Values<'_>,
        diags: &mut Diagnostics,
        run: impl FnOnce(&mut Evaluator<'_, Values<'_>>) -> T,
    ) -> T {
        let mut evaluator = Evaluator::new(&self.module.arena, values, values.cx, diags).with_sources(&self.sources);
        run(&mut evaluator)
    }
}

pub(super) fn problems(diags: &Diagnostics) -> Vec<String> {
    diags.iter().map(|problem| format!("{}: {}", problem.summary, problem.detail)).collect()
}

/// The values around a module's expressions. Locals are computed when they are asked for.
pub(super) struct Values<'a> {
    pub(super) world: &'a World,
    pub(super) cx: &'a CallCx<'a>,
    pub(super) variables: BTreeMap<u32, Value>,
    /// Instances of resources by slot.
    pub(super) instances: BTreeMap<(u32, InstanceKey), Value>,
    pub(super) each: Option<(Value, Value)>,
    locals: RefCell<BTreeMap<u32, Value>>,
    pub(super) diags: RefCell<Diagnostics>,
    /// How often a resource was put together as a whole.
    pub(super) wholes: RefCell<u32>,
}

impl<'a> Values<'a> {
    pub(super) fn new(world: &'a World, cx: &'a CallCx<'a>) -> Self {
        Self {
            world,
            cx,
            variables: BTreeMap::new(),
            instances: BTreeMap::new(),
            each: None,
            locals: RefCell::default(),
            diags: RefCell::default(),
            wholes: RefCell::default(),
        }
    }

    fn keys(&self, slot: u32) -> Vec<InstanceKey> {
        self.instances.keys().filter(|(of, _)| *of == slot).map(|(_, key)| key.clone()).collect()
    }
}

impl Scope for Values<'_> {
    fn variable(&self, slot: u32) -> Value {
        self.variables.get(&slot).cloned().unwrap_or_else(|| Value::unknown(Type::DYNAMIC))
    }

    fn local(&self, slot: u32) -> Value {
        if let Some(known) = self.locals.borrow().get(&slot) {
            return known.clone();
        }
        let mut diags = Diagnostics::new();
        let value = self
            .world
            .evaluate(self, &mut diags, |evaluator| evaluator.expr(self.world.module.locals[slot as usize].value));
        self.diags.borrow_mut().extend(diags);
        self.locals.borrow_mut().insert(slot, value.clone());
        value
    }

    fn resource(&self, slot: u32, key: Option<&InstanceKey>) -> Lookup {
        if let Some(key) = key {
            let found = self.instances.get(&(slot, key.clone())).cloned();
            return found.map_or_else(|| Lookup::NoSuchInstance { existing: self.keys(slot) }, Lookup::Value);
        }
        *self.wholes.borrow_mut() += 1;
        let all = self.instances.iter().filter(|((of, _), _)| *of == slot);
        let all: Vec<(InstanceKey, Value)> = all.map(|((_, key), value)| (key.clone(), value.clone())).collect();
        Lookup::Value(match all.as_slice() {
            [(InstanceKey::None, value)] => value.clone(),
            [(InstanceKey::Str(_), _), ..] => Value::Object(std::sync::Arc::new(Object::new(
                all.iter()
                    .map(|(key, value)| (key.to_value().and_then(|key| key.as_str().map(Into::into)), value))
                    .filter_map(|(key, value)| Some((key?, value.clone()))),
            ))),
            _ => Value::tuple(all.into_iter().map(|(_, value)| value).collect()),
        })
    }

    fn call(&self, _: u32, _: Option<&InstanceKey>, output: Option<u32>) -> Lookup {
        Lookup::Value(output.map_or_else(|| Value::unknown(Type::DYNAMIC), |output| Value::from(i64::from(output))))
    }

    fn each_key(&self) -> Option<Value> {
        self.each.as_ref().map(|(key, _)| key.clone())
    }

    fn each_value(&self) -> Option<Value> {
        self.each.as_ref().map(|(_, value)| value.clone())
    }

    fn count_index(&self) -> Option<Value> {
        None
    }

    fn self_value(&self) -> Option<Value> {
        None
    }

    fn path(&self, which: PathName) -> Value {
        Value::from(match which {
            PathName::Module | PathName::Root => ".",
            PathName::Cwd => "/work",
        })
    }

    fn workspace(&self) -> Value {
        Value::from("default")
    }

    fn applying(&self) -> bool {
        true
    }
}
