//! Resources and their instances.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::InstanceKey;
use super::ModuleInstance;
use super::ModulePath;
use super::ParseAddrError;
use super::Target;
use crate::value::Str;

/// Whether a resource is managed or only read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A `data` block.
    Data,
    /// A `resource` block.
    Managed,
}

/// A resource block in a module, whatever the module's and its own instances are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceAddr {
    /// The module that holds the block.
    pub module: ModulePath,
    /// Managed or only read.
    pub mode: Mode,
    /// The type, as `digitalocean_droplet`.
    pub ty: Str,
    /// The block's name.
    pub name: Str,
}

impl fmt::Display for ResourceAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write_resource(f, self.mode, &self.ty, &self.name)
    }
}

/// One instance of a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceAddr {
    /// The instance of the module that holds the block.
    pub module: ModuleInstance,
    /// Managed or only read.
    pub mode: Mode,
    /// The type, as `digitalocean_droplet`.
    pub ty: Str,
    /// The block's name.
    pub name: Str,
    /// Which expansion of the block.
    pub key: InstanceKey,
}

impl InstanceAddr {
    /// The block that this is an instance of.
    pub fn resource(&self) -> ResourceAddr {
        ResourceAddr {
            module: self.module.path(),
            mode: self.mode,
            ty: Arc::clone(&self.ty),
            name: Arc::clone(&self.name),
        }
    }

    /// The same resource in the same module instance with another key.
    pub fn with_key(&self, key: InstanceKey) -> InstanceAddr {
        InstanceAddr { key, ..self.clone() }
    }

    /// The address without the module's part: `acme_vm.a[0]`.
    pub fn relative(&self) -> String {
        InstanceAddr { module: ModuleInstance::root(), ..self.clone() }.to_string()
    }
}

impl fmt::Display for InstanceAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write_resource(f, self.mode, &self.ty, &self.name)?;
        write!(f, "{}", self.key)
    }
}

impl FromStr for InstanceAddr {
    type Err = ParseAddrError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let target: Target = text.parse()?;
        target.to_instance().ok_or_else(|| ParseAddrError::new(text, 0, "a resource instance is required here"))
    }
}

fn write_resource(f: &mut fmt::Formatter<'_>, mode: Mode, ty: &str, name: &str) -> fmt::Result {
    match mode {
        Mode::Data => write!(f, "data.{ty}.{name}"),
        Mode::Managed => write!(f, "{ty}.{name}"),
    }
}
