//! What a user may name: a module, a resource, or an instance of either.

use std::fmt;
use std::sync::Arc;

use super::InstanceAddr;
use super::InstanceKey;
use super::Mode;
use super::ModuleInstance;
use super::ModulePath;
use super::ResourceAddr;
use crate::value::Str;

/// A module, a resource or an instance. A part without a key stands for all its instances.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// The module calls from the root; [`InstanceKey::None`] where no key was written.
    pub module: ModuleInstance,
    /// The resource; `None` when the module as a whole is meant.
    pub resource: Option<TargetResource>,
}

/// The resource part of a [`Target`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetResource {
    /// Managed or only read.
    pub mode: Mode,
    /// The type.
    pub ty: Str,
    /// The block's name.
    pub name: Str,
    /// The key, or [`InstanceKey::None`] where none was written.
    pub key: InstanceKey,
}

impl Target {
    /// Whether the instance is the one that is meant, or among those that are.
    pub fn covers(&self, instance: &InstanceAddr) -> bool {
        let module = instance.module.steps();
        let wanted = self.module.steps();
        let within = wanted.len() <= module.len()
            && wanted.iter().zip(module).all(|((a, wanted), (b, key))| a == b && admits(wanted, key));
        let Some(resource) = &self.resource else { return within };
        within
            && wanted.len() == module.len()
            && (resource.mode, &resource.ty, &resource.name) == (instance.mode, &instance.ty, &instance.name)
            && admits(&resource.key, &instance.key)
    }

    /// Whether instances of the resource block can be among those that are meant.
    pub fn may_cover(&self, resource: &ResourceAddr) -> bool {
        let module = resource.module.names();
        let wanted = self.module.steps();
        let within = wanted.len() <= module.len() && wanted.iter().zip(module).all(|((a, _), b)| a == b);
        let Some(target) = &self.resource else { return within };
        within
            && wanted.len() == module.len()
            && (target.mode, &target.ty, &target.name) == (resource.mode, &resource.ty, &resource.name)
    }

    /// Whether modules of the path can be among those that are meant.
    pub fn may_cover_module(&self, path: &ModulePath) -> bool {
        let wanted = self.module.steps();
        self.resource.is_none()
            && wanted.len() <= path.names().len()
            && wanted.iter().zip(path.names()).all(|((a, _), b)| a == b)
    }

    /// The instance of exactly this address; `None` when a module is meant.
    pub fn to_instance(&self) -> Option<InstanceAddr> {
        let resource = self.resource.as_ref()?;
        Some(InstanceAddr {
            module: self.module.clone(),
            mode: resource.mode,
            ty: Arc::clone(&resource.ty),
            name: Arc::clone(&resource.name),
            key: resource.key.clone(),
        })
    }
}

impl From<&InstanceAddr> for Target {
    fn from(addr: &InstanceAddr) -> Self {
        let resource = TargetResource {
            mode: addr.mode,
            ty: Arc::clone(&addr.ty),
            name: Arc::clone(&addr.name),
            key: addr.key.clone(),
        };
        Self { module: addr.module.clone(), resource: Some(resource) }
    }
}

fn admits(wanted: &InstanceKey, key: &InstanceKey) -> bool {
    *wanted == InstanceKey::None || wanted == key
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_instance() {
            Some(instance) => write!(f, "{instance}"),
            None => write!(f, "{}", self.module),
        }
    }
}
