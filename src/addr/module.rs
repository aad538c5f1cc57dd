//! Modules by their calls, with and without instance keys.

use std::fmt;
use std::sync::Arc;

use crate::value::Str;
use crate::value::Value;

/// Which expansion of a resource or module call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum InstanceKey {
    /// There is neither `count` nor `for_each`.
    #[default]
    None,
    /// A place in a `count`.
    Int(i64),
    /// A key of a `for_each`.
    Str(Str),
}

impl InstanceKey {
    /// The key as a value, to index with; `None` for [`InstanceKey::None`].
    pub fn to_value(&self) -> Option<Value> {
        match self {
            InstanceKey::None => None,
            InstanceKey::Int(index) => Some(Value::from(*index)),
            InstanceKey::Str(key) => Some(Value::String(Arc::clone(key))),
        }
    }

    /// The key that a known index value names: a whole number or a string.
    pub fn from_value(value: &Value) -> Option<InstanceKey> {
        match value.unmarked() {
            Value::Number(number) => number.as_i64().map(InstanceKey::Int),
            Value::String(key) => Some(InstanceKey::Str(Arc::clone(key))),
            _ => None,
        }
    }
}

/// As it is written behind a name: nothing, `[0]` or `["key"]`.
impl fmt::Display for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InstanceKey::None => Ok(()),
            InstanceKey::Int(index) => write!(f, "[{index}]"),
            InstanceKey::Str(key) => write!(f, "[{}]", quoted(key)),
        }
    }
}

/// A string as HCL writes it: templates are escaped too.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            '$' | '%' if chars.peek() == Some(&'{') => {
                out.push(c);
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A module by its calls from the root: which *block*, not which instance. Empty for the root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ModulePath(Arc<[Str]>);

impl ModulePath {
    /// The root module.
    pub fn root() -> Self {
        Self::default()
    }

    /// The module that this one calls by a name.
    pub fn child(&self, name: impl Into<Str>) -> Self {
        Self(self.0.iter().cloned().chain(std::iter::once(name.into())).collect())
    }

    /// The names of the calls from the root.
    pub fn names(&self) -> &[Str] {
        &self.0
    }

    /// Whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Str> for ModulePath {
    fn from_iter<T: IntoIterator<Item = Str>>(names: T) -> Self {
        Self(names.into_iter().collect())
    }
}

/// `module.a.module.b`; empty for the root.
impl fmt::Display for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, name) in self.0.iter().enumerate() {
            let dot = if at == 0 { "" } else { "." };
            write!(f, "{dot}module.{name}")?;
        }
        Ok(())
    }
}

/// One instance of a module: its calls from the root, each with its key. Empty for the root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ModuleInstance(Arc<[(Str, InstanceKey)]>);

impl ModuleInstance {
    /// The root module.
    pub fn root() -> Self {
        Self::default()
    }

    /// One instance of a module that this one calls.
    pub fn child(&self, name: impl Into<Str>, key: InstanceKey) -> Self {
        Self(self.0.iter().cloned().chain(std::iter::once((name.into(), key))).collect())
    }

    /// The calls from the root.
    pub fn steps(&self) -> &[(Str, InstanceKey)] {
        &self.0
    }

    /// The instance that calls this one; `None` for the root.
    pub fn parent(&self) -> Option<ModuleInstance> {
        let (_, parents) = self.0.split_last()?;
        Some(Self(parents.into()))
    }

    /// Whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The module without its keys.
    pub fn path(&self) -> ModulePath {
        self.0.iter().map(|(name, _)| Arc::clone(name)).collect()
    }
}

impl FromIterator<(Str, InstanceKey)> for ModuleInstance {
    fn from_iter<T: IntoIterator<Item = (Str, InstanceKey)>>(steps: T) -> Self {
        Self(steps.into_iter().collect())
    }
}

/// `module.a["x"].module.b`; empty for the root.
impl fmt::Display for ModuleInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, key)) in self.0.iter().enumerate() {
            let dot = if at == 0 { "" } else { "." };
            write!(f, "{dot}module.{name}{key}")?;
        }
        Ok(())
    }
}
