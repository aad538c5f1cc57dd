//! What has been evaluated so far: for each module path its instances, and for each of these every value by slot.
//!
//! Planning fills it with planned values, applying replaces those with actual ones. A whole-resource value is put together
//! at most once, when something asks for it.

use std::ops::Range;
use std::sync::Arc;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::Node;
use super::NodeKind;
use super::PathId;
use super::Tree;
use crate::addr::InstanceKey;
use crate::addr::ModuleInstance;
use crate::eval::Expansion;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// Every value of a configuration.
#[derive(Debug)]
pub struct Values {
    paths: Vec<PathValues>,
}

/// The values at one module path.
#[derive(Debug)]
pub struct PathValues {
    /// The instances of the module; for the root there is one.
    pub instances: Vec<ModuleValues>,
    by_key: FxHashMap<(u32, InstanceKey), u32>,
    /// By the caller's instance: how the call is repeated, and which instances it makes.
    pub calls: Vec<(Repeat, Range<u32>)>,
    /// By slot, then by instance.
    pub variables: Vec<Vec<Value>>,
    /// By slot, then by instance.
    pub locals: Vec<Vec<Value>>,
    /// By slot, then by instance.
    pub outputs: Vec<Vec<Value>>,
    /// By slot, then by instance.
    pub resources: Vec<Vec<Instances>>,
}

/// One instance of a module.
#[derive(Debug, Clone)]
pub struct ModuleValues {
    /// Its address.
    pub addr: ModuleInstance,
    /// The caller's instance.
    pub parent: u32,
    /// Which expansion of the call.
    pub repetition: Repetition,
}

/// Which expansion of a block is being evaluated.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Repetition {
    /// There is neither `count` nor `for_each`.
    #[default]
    Single,
    /// A place in a `count`; unknown where the count is.
    Count(Value),
    /// A key and a value of a `for_each`; unknown where the collection is.
    Each(Value, Value),
}

impl Repetition {
    /// Whether this stands for expansions that are not known yet.
    pub fn is_open(&self) -> bool {
        matches!(self, Repetition::Each(key, _) if !key.is_known())
    }

    /// The key of the instance; [`InstanceKey::None`] also where it is not known.
    pub fn key(&self) -> InstanceKey {
        match self {
            Repetition::Single => InstanceKey::None,
            Repetition::Count(index) => InstanceKey::from_value(index).unwrap_or_default(),
            Repetition::Each(key, _) => InstanceKey::from_value(key).unwrap_or_default(),
        }
    }
}

/// How a block is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Once.
    Single,
    /// By `count`.
    Count,
    /// By `for_each`.
    Each,
    /// Not known how often.
    Unknown,
}

/// The instances of a resource in one module instance.
#[derive(Debug)]
pub struct Instances {
    /// How the block is repeated.
    pub repeat: Repeat,
    /// Each instance with its value and the place of its change in the plan, sorted by key.
    list: Vec<(InstanceKey, Value, Option<usize>)>,
    whole: OnceLock<Value>,
}

impl Instances {
    /// Instances in any order.
    pub fn new(repeat: Repeat, mut list: Vec<(InstanceKey, Value, Option<usize>)>) -> Self {
        list.sort_by(|a, b| a.0.cmp(&b.0));
        Self { repeat, list, whole: OnceLock::new() }
    }

    /// Stand in for those of a resource of which it could not be told which there are: that has been reported, and whoever
    /// looks at them has nothing to add.
    pub fn failed() -> Self {
        let instances = Self::new(Repeat::Unknown, Vec::new());
        instances.whole.get_or_init(|| Value::failed(Type::DYNAMIC));
        instances
    }

    /// The value of an instance.
    pub fn get(&self, key: &InstanceKey) -> Option<&Value> {
        self.find(key).map(|at| &self.list[at].1)
    }

    /// The place of an instance's change in the plan.
    pub fn change(&self, key: &InstanceKey) -> Option<usize> {
        self.find(key).and_then(|at| self.list[at].2)
    }

    /// The places of all instances' changes.
    pub fn changes(&self) -> impl Iterator<Item = usize> {
        self.list.iter().filter_map(|(_, _, change)| *change)
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &InstanceKey> {
        self.list.iter().map(|(key, _, _)| key)
    }

    /// Replaces the value of an instance that is there.
    pub fn set(&mut self, key: &InstanceKey, value: Value) {
        if let Some(at) = self.find(key) {
            self.list[at].1 = value;
            self.whole = OnceLock::new();
        }
    }

    /// The resource as one value: an object, a tuple of them, or an object of them.
    pub fn whole(&self) -> Value {
        self.whole
            .get_or_init(|| match self.repeat {
                Repeat::Single => {
                    self.list.first().map_or(Value::unknown(Type::DYNAMIC), |(_, value, _)| value.clone())
                }
                Repeat::Count => Value::tuple(self.list.iter().map(|(_, value, _)| value.clone()).collect()),
                Repeat::Each => {
                    let named = self.list.iter().filter_map(|(key, value, _)| match key {
                        InstanceKey::Str(key) => Some((Str::clone(key), value.clone())),
                        InstanceKey::None | InstanceKey::Int(_) => None,
                    });
                    Value::object(named)
                }
                Repeat::Unknown => Value::unknown(Type::DYNAMIC),
            })
            .clone()
    }

    fn find(&self, key: &InstanceKey) -> Option<usize> {
        // Indices of a count stand at their own place.
        if let InstanceKey::Int(index) = key
            && let Ok(at) = usize::try_from(*index)
            && self.list.get(at).is_some_and(|(known, _, _)| known == key)
        {
            return Some(at);
        }
        self.list.binary_search_by(|(known, _, _)| known.cmp(key)).ok()
    }
}

impl Values {
    /// Nothing but the root module's instance.
    pub fn new(tree: &Tree) -> Self {
        let paths = tree.paths().map(|_| PathValues {
            instances: Vec::new(),
            by_key: FxHashMap::default(),
            calls: Vec::new(),
            variables: Vec::new(),
            locals: Vec::new(),
            outputs: Vec::new(),
            resources: Vec::new(),
        });
        let mut values = Self { paths: paths.collect() };
        values.path_mut(Tree::ROOT).instances.push(ModuleValues {
            addr: ModuleInstance::root(),
            parent: 0,
            repetition: Repetition::Single,
        });
        values
    }

    /// The instances of a resource in one module instance, once they are planned.
    pub fn resource(&self, path: PathId, slot: u32, module: u32) -> Option<&Instances> {
        self.path(path).resources.get(slot as usize)?.get(module as usize)
    }

    /// Replaces the value of one instance of a resource.
    pub fn set_instance(&mut self, path: PathId, slot: u32, module: u32, key: &InstanceKey, value: Value) {
        let resources = self.path_mut(path).resources.get_mut(slot as usize);
        if let Some(instances) = resources.and_then(|resources| resources.get_mut(module as usize)) {
            instances.set(key, value);
        }
    }

    /// Stores the instances of a resource by module instance.
    pub fn store_resource(&mut self, path: PathId, slot: u32, instances: Vec<Instances>) {
        let resources = &mut self.path_mut(path).resources;
        let slot = slot as usize;
        if resources.len() <= slot {
            resources.resize_with(slot + 1, Vec::new);
        }
        resources[slot] = instances;
    }

    /// Stores the values of a node by instance.
    pub fn store(&mut self, node: Node, values: Vec<Value>) {
        let path = self.path_mut(node.path);
        let (slots, slot) = match node.kind {
            NodeKind::Variable(slot) => (&mut path.variables, slot),
            NodeKind::Local(slot) => (&mut path.locals, slot),
            NodeKind::Output(slot) => (&mut path.outputs, slot),
            _ => return,
        };
        let slot = slot as usize;
        if slots.len() <= slot {
            slots.resize(slot + 1, Vec::new());
        }
        slots[slot] = values;
    }

    /// Puts a failed value in the place of a variable's.
    pub(super) fn fail(&mut self, node: Node, instance: u32, ty: Type) {
        if let NodeKind::Variable(slot) = node.kind
            && let Some(values) = self.path_mut(node.path).variables.get_mut(slot as usize)
        {
            values[instance as usize] = Value::failed(ty);
        }
    }

    /// The stored values of a node, by instance.
    pub fn stored(&self, node: Node) -> &[Value] {
        let path = self.path(node.path);
        let (slots, slot) = match node.kind {
            NodeKind::Variable(slot) => (&path.variables, slot),
            NodeKind::Local(slot) => (&path.locals, slot),
            NodeKind::Output(slot) => (&path.outputs, slot),
            _ => return &[],
        };
        slots.get(slot as usize).map_or(&[], Vec::as_slice)
    }

    /// Gives every change its new place.
    pub(super) fn renumber(&mut self, place: &[usize]) {
        let resources = self.paths.iter_mut().flat_map(|path| &mut path.resources).flatten();
        for (_, _, change) in resources.flat_map(|instances| &mut instances.list) {
            *change = change.map(|at| place[at]);
        }
    }

    /// The values at a path.
    pub fn path(&self, path: PathId) -> &PathValues {
        &self.paths[path.0 as usize]
    }

    /// The values at a path, to fill in.
    pub fn path_mut(&mut self, path: PathId) -> &mut PathValues {
        &mut self.paths[path.0 as usize]
    }

    /// Adds the instances of a call by one instance of the caller.
    pub fn expand(&mut self, child: PathId, name: &Str, parent: u32, addr: &ModuleInstance, expansion: &Expansion) {
        let (repeat, repetitions) = repetitions(expansion);
        let path = self.path_mut(child);
        let first = u32::try_from(path.instances.len()).expect("instances are of 32 bits");
        for repetition in repetitions {
            let at = u32::try_from(path.instances.len()).expect("instances are of 32 bits");
            let key = repetition.key();
            let addr = addr.child(Str::clone(name), key.clone());
            path.by_key.insert((parent, key), at);
            path.instances.push(ModuleValues { addr, parent, repetition });
        }
        let end = u32::try_from(path.instances.len()).expect("instances are of 32 bits");
        path.calls.push((repeat, first..end));
    }
}

impl PathValues {
    /// The instance that a caller's instance calls by a key.
    pub fn instance(&self, parent: u32, key: &InstanceKey) -> Option<u32> {
        self.by_key.get(&(parent, key.clone())).copied()
    }

    /// The instances that a caller's instance calls, in the order of their keys.
    pub fn called_by(&self, parent: u32) -> impl Iterator<Item = (InstanceKey, u32)> {
        let range = self.calls.get(parent as usize).map_or(0..0, |(_, range)| range.clone());
        range.map(|at| (self.instances[at as usize].repetition.key(), at))
    }

    /// How a caller's instance repeats the call.
    pub fn repeat(&self, parent: u32) -> Repeat {
        self.calls.get(parent as usize).map_or(Repeat::Unknown, |(repeat, _)| *repeat)
    }
}

/// The expansions of a block. Where their number is not known there is one that stands for all.
pub fn repetitions(expansion: &Expansion) -> (Repeat, Vec<Repetition>) {
    match expansion {
        Expansion::Single => (Repeat::Single, vec![Repetition::Single]),
        Expansion::Count(count) => {
            let indices = 0..*count;
            (Repeat::Count, indices.map(|index| Repetition::Count(Value::from(index))).collect())
        }
        Expansion::ForEach(entries) => {
            let each = entries.iter();
            let each = each.map(|(key, value)| Repetition::Each(Value::String(Str::clone(key)), value.clone()));
            (Repeat::Each, each.collect())
        }
        Expansion::Unknown => (
            Repeat::Unknown,
            vec![Repetition::Each(Value::unknown_not_null(Type::STRING), Value::unknown(Type::DYNAMIC))],
        ),
    }
}

/// An object value of shared content.
pub(super) fn object(object: &Arc<crate::value::Object>) -> Value {
    Value::Object(Arc::clone(object))
}
