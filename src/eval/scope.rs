//! What an expression can see outside itself.

use crate::addr::InstanceKey;
use crate::value::Value;

/// The values around an expression: one module instance and, inside a resource or call, one of its instances.
///
/// Slots are indices into the definitions of the lowered [`super::Module`]. What has failed is answered with an unknown
/// marked `FAILED`; it has been reported where it failed.
pub trait Scope {
    /// `var.x`
    fn variable(&self, slot: u32) -> Value;
    /// `local.x`
    fn local(&self, slot: u32) -> Value;
    /// A whole resource (`key` is `None`: an object for a single instance, a tuple for `count`, an object of objects for
    /// `for_each`), or one instance of it.
    fn resource(&self, slot: u32, key: Option<&InstanceKey>) -> Lookup;
    /// A module call: all of it or one instance, and of that all outputs as an object or one of them.
    fn call(&self, slot: u32, key: Option<&InstanceKey>, output: Option<u32>) -> Lookup;
    /// `each.key`
    fn each_key(&self) -> Option<Value>;
    /// `each.value`
    fn each_value(&self) -> Option<Value>;
    /// `count.index`
    fn count_index(&self) -> Option<Value>;
    /// `self`
    fn self_value(&self) -> Option<Value>;
    /// `path.module`, `path.root`, `path.cwd`
    fn path(&self, which: PathName) -> Value;
    /// `terraform.workspace`
    fn workspace(&self) -> Value;
    /// `terraform.applying`; without it, functions that give something else each time are unknown.
    fn applying(&self) -> bool {
        false
    }
}

/// Which of the three paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathName {
    /// The folder of the module.
    Module,
    /// The folder of the root module.
    Root,
    /// The working folder.
    Cwd,
}

/// What a scope finds for a resource or a module call.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// The value.
    Value(Value),
    /// There is no instance of that key; these are the ones that exist.
    NoSuchInstance {
        /// The keys of the instances there are.
        existing: Vec<InstanceKey>,
    },
}

/// A scope with nothing in it: for constants, templates and defaults.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoScope {
    /// Whether this is an apply, in which functions that give something else each time may run.
    pub is_applying: bool,
}

impl Scope for NoScope {
    fn variable(&self, _: u32) -> Value {
        Value::NULL
    }

    fn local(&self, _: u32) -> Value {
        Value::NULL
    }

    fn resource(&self, _: u32, _: Option<&InstanceKey>) -> Lookup {
        Lookup::Value(Value::NULL)
    }

    fn call(&self, _: u32, _: Option<&InstanceKey>, _: Option<u32>) -> Lookup {
        Lookup::Value(Value::NULL)
    }

    fn each_key(&self) -> Option<Value> {
        None
    }

    fn each_value(&self) -> Option<Value> {
        None
    }

    fn count_index(&self) -> Option<Value> {
        None
    }

    fn self_value(&self) -> Option<Value> {
        None
    }

    fn path(&self, _: PathName) -> Value {
        Value::from(".")
    }

    fn workspace(&self) -> Value {
        Value::from("default")
    }

    fn applying(&self) -> bool {
        self.is_applying
    }
}
