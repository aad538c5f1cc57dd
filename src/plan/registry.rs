//! The vendors there are, by the types they have.

use std::collections::HashMap;
use std::sync::Arc;

use crate::addr::Mode;
use crate::provider::AnyData;
use crate::provider::AnyResource;
use crate::provider::Provider;
use crate::value::Str;

/// Every provider, and which one has a type.
pub struct Registry {
    providers: Vec<Arc<Provider>>,
    by_name: HashMap<&'static str, usize>,
    resources: HashMap<&'static str, usize>,
    data: HashMap<&'static str, usize>,
}

impl Registry {
    /// A registry of providers.
    pub fn new(providers: Vec<Provider>) -> Self {
        let providers: Vec<_> = providers.into_iter().map(Arc::new).collect();
        let mut registry =
            Self { by_name: HashMap::new(), resources: HashMap::new(), data: HashMap::new(), providers: Vec::new() };
        for (at, provider) in providers.iter().enumerate() {
            registry.by_name.insert(provider.name(), at);
            registry.resources.extend(provider.resource_names().into_iter().map(|name| (name, at)));
            registry.data.extend(provider.data_names().into_iter().map(|name| (name, at)));
        }
        registry.providers = providers;
        registry
    }

    /// All providers.
    pub fn providers(&self) -> &[Arc<Provider>] {
        &self.providers
    }

    /// A provider by its local name.
    pub fn provider(&self, name: &str) -> Option<&Arc<Provider>> {
        self.by_name.get(name).map(|at| &self.providers[*at])
    }

    /// The name of the provider of a type: the one that has it, else the one its first word names.
    pub fn provider_of(&self, mode: Mode, ty: &str) -> Str {
        let known = match mode {
            Mode::Managed => self.resources.get(ty),
            Mode::Data => self.data.get(ty),
        };
        match known {
            Some(at) => self.providers[*at].name().into(),
            None => ty.split('_').next().unwrap_or(ty).into(),
        }
    }

    /// Whether a provider has a type.
    pub fn has(&self, provider: &str, mode: Mode, ty: &str) -> bool {
        let known = match mode {
            Mode::Managed => self.resources.get(ty),
            Mode::Data => self.data.get(ty),
        };
        known.is_some_and(|at| self.providers[*at].name() == provider)
    }

    /// A resource type.
    pub fn resource(&self, ty: &str) -> Option<Arc<dyn AnyResource>> {
        self.resources.get(ty).and_then(|at| self.providers[*at].resource(ty))
    }

    /// A data source.
    pub fn data(&self, ty: &str) -> Option<Arc<dyn AnyData>> {
        self.data.get(ty).and_then(|at| self.providers[*at].data(ty))
    }

    /// The names of all types of a mode, for "did you mean".
    pub fn names(&self, mode: Mode) -> Vec<&'static str> {
        let names = match mode {
            Mode::Managed => self.resources.keys(),
            Mode::Data => self.data.keys(),
        };
        names.copied().collect()
    }
}
