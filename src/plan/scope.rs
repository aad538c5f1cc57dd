//! What an expression sees: one module instance of the values, and the expansion being evaluated.

use std::path::Path;
use std::sync::Arc;

use super::PathId;
use super::Tree;
use super::Values;
use super::values::Repeat;
use super::values::Repetition;
use crate::addr::InstanceKey;
use crate::eval::Lookup;
use crate::eval::PathName;
use crate::eval::Scope;
use crate::eval::function::Now;
use crate::value::Type;
use crate::value::Value;

/// The surroundings of a run that expressions can ask for.
#[derive(Clone)]
pub struct Environment {
    /// `path.cwd`
    pub cwd: String,
    /// `terraform.workspace`
    pub workspace: String,
    /// `plantimestamp()`
    pub plan_time: jiff::Timestamp,
    /// `timestamp()`
    pub now: Arc<Now>,
    /// The home folder, for `pathexpand`.
    pub home: Option<std::path::PathBuf>,
    /// The folder that relative paths start from.
    pub base: std::path::PathBuf,
}

/// One module instance, and one expansion inside it.
pub struct InstanceScope<'a> {
    pub(crate) values: &'a Values,
    pub(crate) tree: &'a Tree,
    pub(crate) dir: &'a Path,
    pub(crate) root_dir: &'a Path,
    pub(crate) environment: &'a Environment,
    pub(crate) path: PathId,
    pub(crate) instance: u32,
    pub(crate) repetition: &'a Repetition,
    pub(crate) this: Option<&'a Value>,
    pub(crate) is_applying: bool,
    pub(crate) touched: Option<&'a Touched>,
}

/// The resources of the own module that an evaluation looked at: by slot, one instance or the whole.
pub type Touched = std::cell::RefCell<Vec<(u32, Option<InstanceKey>)>>;

impl InstanceScope<'_> {
    fn at<'v>(&self, slots: &'v [Vec<Value>], slot: u32) -> Value {
        let value = slots.get(slot as usize).and_then(|values: &'v Vec<Value>| values.get(self.instance as usize));
        // A node that was left out (targeting) or failed has no value.
        value.cloned().unwrap_or_else(|| Value::unknown(Type::DYNAMIC))
    }

    /// One instance of a called module: all its outputs, or one of them.
    fn outputs(&self, child: PathId, instance: u32, output: Option<u32>, names: &[crate::value::Str]) -> Value {
        let slots = &self.values.path(child).outputs;
        let value = |slot: usize| {
            let value = slots.get(slot).and_then(|values| values.get(instance as usize));
            value.cloned().unwrap_or_else(|| Value::unknown(Type::DYNAMIC))
        };
        match output {
            Some(slot) => value(slot as usize),
            None => Value::object(names.iter().enumerate().map(|(slot, name)| (name.clone(), value(slot)))),
        }
    }
}

impl Scope for InstanceScope<'_> {
    fn variable(&self, slot: u32) -> Value {
        self.at(&self.values.path(self.path).variables, slot)
    }

    fn local(&self, slot: u32) -> Value {
        self.at(&self.values.path(self.path).locals, slot)
    }

    fn resource(&self, slot: u32, key: Option<&InstanceKey>) -> Lookup {
        let resources = self.values.path(self.path).resources.get(slot as usize);
        if let Some(touched) = self.touched {
            touched.borrow_mut().push((slot, key.cloned()));
        }
        let Some(instances) = resources.and_then(|resources| resources.get(self.instance as usize)) else {
            return Lookup::Value(Value::unknown(Type::DYNAMIC));
        };
        match key {
            None => Lookup::Value(instances.whole()),
            Some(_) if instances.repeat == Repeat::Unknown => Lookup::Value(instances.whole()),
            Some(key) => match instances.get(key) {
                Some(value) => Lookup::Value(value.clone()),
                None => Lookup::NoSuchInstance { existing: instances.keys().cloned().collect() },
            },
        }
    }

    fn call(&self, slot: u32, key: Option<&InstanceKey>, output: Option<u32>) -> Lookup {
        let Some(child) = self.tree.path(self.path).children.get(slot as usize).copied().flatten() else {
            return Lookup::Value(Value::unknown(Type::DYNAMIC));
        };
        let path = self.values.path(child);
        let names = self.tree.outputs(child);
        let repeat = path.repeat(self.instance);
        let one = |instance: u32| self.outputs(child, instance, output, names);
        match (repeat, key) {
            (Repeat::Unknown, _) => Lookup::Value(Value::unknown(Type::DYNAMIC)),
            (_, Some(key)) => match path.instance(self.instance, key) {
                Some(instance) => Lookup::Value(one(instance)),
                None => {
                    let existing = path.called_by(self.instance).map(|(key, _)| key).collect();
                    Lookup::NoSuchInstance { existing }
                }
            },
            (Repeat::Single, None) => match path.instance(self.instance, &InstanceKey::None) {
                Some(instance) => Lookup::Value(one(instance)),
                None => Lookup::Value(Value::unknown(Type::DYNAMIC)),
            },
            (Repeat::Count, None) => {
                let called = path.called_by(self.instance);
                Lookup::Value(Value::tuple(called.map(|(_, instance)| one(instance)).collect()))
            }
            (Repeat::Each, None) => {
                let called = path.called_by(self.instance);
                Lookup::Value(Value::object(called.filter_map(|(key, instance)| match key {
                    InstanceKey::Str(key) => Some((key, one(instance))),
                    InstanceKey::None | InstanceKey::Int(_) => None,
                })))
            }
        }
    }

    fn each_key(&self) -> Option<Value> {
        match self.repetition {
            Repetition::Each(key, _) => Some(key.clone()),
            Repetition::Single | Repetition::Count(_) => None,
        }
    }

    fn each_value(&self) -> Option<Value> {
        match self.repetition {
            Repetition::Each(_, value) => Some(value.clone()),
            Repetition::Single | Repetition::Count(_) => None,
        }
    }

    fn count_index(&self) -> Option<Value> {
        match self.repetition {
            Repetition::Count(index) => Some(index.clone()),
            // Where the count is not known, the one expansion that stands for all has no index either.
            Repetition::Each(key, _) if !key.is_known() => Some(Value::unknown_not_null(Type::NUMBER)),
            Repetition::Single | Repetition::Each(..) => None,
        }
    }

    fn self_value(&self) -> Option<Value> {
        self.this.cloned()
    }

    fn path(&self, which: PathName) -> Value {
        match which {
            PathName::Module => text(self.dir),
            PathName::Root => text(self.root_dir),
            PathName::Cwd => Value::from(self.environment.cwd.as_str()),
        }
    }

    fn workspace(&self) -> Value {
        Value::from(self.environment.workspace.as_str())
    }

    fn applying(&self) -> bool {
        self.is_applying
    }
}

/// A folder as `path.module` gives it: `.` for the working folder.
fn text(dir: &Path) -> Value {
    let text = dir.to_string_lossy().replace('\\', "/");
    Value::from(if text.is_empty() { ".".to_owned() } else { text })
}
